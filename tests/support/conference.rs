//! A hub of its own, a room in it, and native participants.

use crate::network::Conditions;
use crate::relay::Relay;
use anyhow::{Context, bail};
use client::call::{Call, CallEvent};
use client::net::HubClient;
use engine::config::Config;
use engine::engine::{Command, Engine, Event};
use engine::frame::VideoFrame;
use engine::stats::Receiving;
use protocol::{
    ClientMessage, Credential, HubMessage, MediaSource, Participant, ParticipantId, Room, RoomKind,
    SignedIn, SlotBinding, Snapshot, Watch,
};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long anything may take that needs no human.
pub const LIMIT: Duration = Duration::from_secs(20);

/// A running hub with one room.
pub struct Venue {
    /// The room.
    pub room: Room,
    /// Its owner's session.
    pub host: SignedIn,
    /// The hub's REST interface.
    pub client: HubClient,
    /// Where WebSockets run.
    pub runtime: tokio::runtime::Runtime,
    /// The hub.
    pub hub: Option<server::Hub>,
    data: tempfile::TempDir,
}

impl Venue {
    /// A hub on free loopback ports, and a room.
    pub fn open(kind: RoomKind) -> anyhow::Result<Venue> {
        Venue::open_with(kind, |_| {})
    }

    /// The same behind a bad network: media goes through the relay, signalling does not.
    pub fn behind(kind: RoomKind, conditions: Conditions) -> anyhow::Result<(Venue, Relay)> {
        // The relay must know the hub's port and the hub the relay's, so one is chosen beforehand.
        let target = std::net::UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
        let relay = Relay::start(target, conditions.clone(), conditions, 7)?;
        let venue = Venue::open_with(kind, |config| {
            config.media_listen = target;
            config.advertise = vec![relay.address()];
        })?;
        Ok((venue, relay))
    }

    fn open_with(
        kind: RoomKind,
        change: impl FnOnce(&mut server::Config),
    ) -> anyhow::Result<Venue> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let data = tempfile::tempdir()?;
        let mut config = server::Config::local(data.path());
        change(&mut config);
        let hub = server::Hub::start(config)?;
        let host = hub.local_sign_in()?;
        let client = HubClient::new(&format!("http://{}", hub.http_addr()))?;
        let room = runtime.block_on(client.create_room(&host.token, "Probe", kind))?;
        Ok(Venue { room, host, client, runtime, hub: Some(hub), data })
    }

    /// The guest page's address.
    pub fn link(&self) -> String {
        format!("{}{}", self.client.base(), self.room.link_path)
    }

    /// The host joins natively.
    pub fn host(&self, config: Config) -> anyhow::Result<Native> {
        let credential = Credential::Session {
            token: self.host.token.clone(),
            number: self.room.number.clone(),
            name: None,
        };
        self.join(credential, config)
    }

    /// A guest joins natively.
    pub fn guest(&self, name: &str, config: Config) -> anyhow::Result<Native> {
        let link = self.room.link_path.rsplit('/').next().context("a link has a token")?;
        self.join(Credential::Link { link: link.to_owned(), name: name.to_owned() }, config)
    }

    /// Somebody joins with whatever they have.
    pub fn join(&self, credential: Credential, config: Config) -> anyhow::Result<Native> {
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(|| {});
        let engine = Arc::new(Engine::start(config, wake.clone())?);
        engine.send(Command::CameraOn(true));
        engine.send(Command::MicrophoneOn(true));
        let url = self.client.websocket_url();
        let call = Call::join(self.runtime.handle(), url, credential, engine, wake);
        call.send(ClientMessage::Media { microphone: true, camera: true, screen: false });
        Ok(Native { call, snapshot: None, people: Vec::new(), slots: Vec::new(), log: Vec::new() })
    }

    /// Stops the hub as an administrator would, and starts it again on the same ports and data.
    pub fn restart_hub(&mut self) -> anyhow::Result<()> {
        let hub = self.hub.take().context("the hub runs")?;
        let config = server::Config {
            listen: hub.http_addr(),
            media_listen: hub.media_addr(),
            ..server::Config::local(self.data.path())
        };
        self.runtime.block_on(hub.stop());
        self.hub = Some(server::Hub::start(config)?);
        Ok(())
    }
}

impl Drop for Venue {
    fn drop(&mut self) {
        if let Some(hub) = self.hub.take() {
            self.runtime.block_on(hub.stop());
        }
    }
}

/// A native participant, driven by a test.
pub struct Native {
    /// The call.
    pub call: Call,
    /// The newest snapshot.
    pub snapshot: Option<Snapshot>,
    /// Who is inside, kept up to date.
    pub people: Vec<Participant>,
    /// What the slots carry.
    pub slots: Vec<SlotBinding>,
    /// Everything else that was told, in words.
    pub log: Vec<String>,
}

impl Native {
    /// Takes in what was told meanwhile.
    pub fn poll(&mut self) {
        while let Some(event) = self.call.poll() {
            self.heard(event);
        }
    }

    /// Takes in one event.
    pub fn heard(&mut self, event: CallEvent) {
        match event {
            CallEvent::Hub(HubMessage::Joined { snapshot, .. }) => {
                self.people.clone_from(&snapshot.participants);
                self.log.push("joined".to_owned());
                self.snapshot = Some(snapshot);
            }
            CallEvent::Hub(
                HubMessage::ParticipantJoined { participant }
                | HubMessage::ParticipantChanged { participant },
            ) => {
                self.people.retain(|known| known.id != participant.id);
                self.people.push(participant);
            }
            CallEvent::Hub(HubMessage::ParticipantLeft { participant }) => {
                self.log.push(format!("{participant:?} left"));
                self.people.retain(|known| known.id != participant);
            }
            CallEvent::Hub(HubMessage::Slots { slots }) => self.slots = slots,
            CallEvent::Engine(Event::Trouble(error)) => {
                self.log.push(format!("trouble: {error}"));
            }
            other => self.log.push(format!("{other:?}")),
        }
    }

    /// Polls until `done` gives something; fails, saying `what` was waited for.
    #[expect(clippy::disallowed_methods, reason = "a limit for the whole wait")]
    pub fn until<T>(
        &mut self,
        what: &str,
        mut done: impl FnMut(&mut Native) -> Option<T>,
    ) -> anyhow::Result<T> {
        let deadline = Instant::now() + LIMIT;
        loop {
            self.poll();
            if let Some(value) = done(self) {
                return Ok(value);
            }
            if Instant::now() > deadline {
                bail!(
                    "{what} did not happen within {LIMIT:?}; slots: {:?}; told: {:#?}; receiving: {:#?}",
                    self.slots,
                    self.log,
                    self.call.engine().stats().receiving
                );
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The id of somebody by name, once they are inside with their camera on.
    pub fn sees(&mut self, name: &str) -> anyhow::Result<ParticipantId> {
        self.until(&format!("{name} with a camera"), |native| {
            let person = native.people.iter().find(|person| person.name == name)?;
            person.camera.then_some(person.id)
        })
    }

    /// Asks for one camera.
    pub fn watch(&self, participant: ParticipantId, max_lines: u32) {
        let videos = vec![Watch { participant, source: MediaSource::Camera, max_lines }];
        self.call.send(ClientMessage::Watch { videos });
    }

    /// The video slot that carries somebody's camera.
    pub fn slot_of(&self, participant: ParticipantId) -> Option<String> {
        let slot = self.slots.iter().find(|slot| {
            slot.participant == Some(participant) && slot.source == MediaSource::Camera
        })?;
        Some(slot.mid.clone())
    }

    /// Waits for a fresh picture of somebody for which `right` holds.
    pub fn picture_of(
        &mut self,
        participant: ParticipantId,
        right: impl Fn(&VideoFrame) -> bool,
    ) -> anyhow::Result<VideoFrame> {
        self.until(&format!("a picture of {participant:?}"), |native| {
            let mid = native.slot_of(participant)?;
            native.call.engine().slot(&mid)?.take().filter(&right)
        })
    }

    /// A slot's figures.
    pub fn received(&self, mid: &str) -> Option<Receiving> {
        self.call.engine().stats().receiving.into_iter().find(|slot| slot.mid == mid)
    }
}
