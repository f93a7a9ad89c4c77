//! The window's other half: obeys its commands, drives hub, engine and call, and tells it what came
//! of them.
//!
//! One thread, `backend`. REST calls run on the `net` runtime and come back as notes; the engine
//! lives from the moment a room is opened until it is left, so that camera and microphone are only
//! in use while a page shows them.

mod backdrop;
mod devices;
mod host;

use crate::call::{Call, CallEvent, Link};
use crate::command::Command;
use crate::net::{HubClient, NetError};
use crate::settings::Settings;
use crate::state::{Account, BackendEvent, Device, Failure};
use crate::video_texture::Feed;
use anyhow::Context;
use crossbeam::channel::{Receiver, Sender, bounded, unbounded};
use devices::Chosen;
use engine::blur::Picture;
use engine::capture::microphone;
use engine::config::{CameraSource, Config};
use engine::engine::{Command as EngineCommand, Engine};
use engine::frame::VideoFrame;
use engine::gpu::Gpu;
use engine::latest::Reader;
use engine::thread::{self, Joined};
use protocol::{ClientMessage, Credential, HubMessage, MediaSource, Room};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How often the level meter moves.
const METER: Duration = Duration::from_millis(50);

/// How often the figures are looked at.
const HEALTH: Duration = Duration::from_millis(500);

/// How long the hub may take to say good-bye to everybody.
const STOP_LIMIT: Duration = Duration::from_secs(3);

/// The back end as the window sees it.
pub struct Backend {
    /// Wishes in. Closing it ends the thread, so it stays before `_thread`.
    pub commands: Sender<Command>,
    /// Answers out.
    pub events: Receiver<BackendEvent>,
    _thread: Joined,
}

/// What comes back from REST calls and device listing.
enum Note {
    SignedIn(HubClient, String, Account),
    Rooms(Vec<Room>),
    Created(Room),
    SignInFailed(Failure),
    RoomsFailed(Failure),
    Devices(Vec<Device<CameraSource>>, microphone::Devices),
    PicturePicked(PathBuf),
    PictureRead(PathBuf, engine::Result<Picture>),
}

impl Backend {
    /// Starts it. With an address in the settings it waits for a sign-in to that hub; otherwise it
    /// starts the embedded hub on `listen` and signs in by itself. Blur runs on `gpu` if that can.
    /// `wake` is called after every event and every picture.
    pub fn start(
        settings: &Settings,
        listen: SocketAddr,
        gpu: Option<Gpu>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> anyhow::Result<Backend> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("net")
            .enable_all()
            .build()
            .context("cannot start the network runtime")?;
        let (commands, wishes) = unbounded();
        let (out, events) = unbounded();
        let embed = settings.hub.is_empty().then_some(listen);
        let (notes, noted) = unbounded();
        let (bell, rung) = bounded(1);
        let driver = Driver {
            runtime,
            out,
            wake,
            notes,
            bell,
            gpu,
            chosen: Chosen::of(settings),
            picture: None,
            session: None,
            hub: None,
            engine: None,
            call: None,
            rooms: Vec::new(),
            publishing: (false, false),
            pictures: HashMap::new(),
        };
        let thread = thread::spawn("backend", move || {
            let mut driver = driver;
            driver.list_devices();
            driver.open_hub(embed);
            driver.run(&wishes, &noted, &rung);
            driver.close();
        })?;
        Ok(Backend { commands, events, _thread: thread })
    }
}

struct Session {
    client: HubClient,
    token: String,
}

struct Driver {
    runtime: tokio::runtime::Runtime,
    out: Sender<BackendEvent>,
    wake: Arc<dyn Fn() + Send + Sync>,
    notes: Sender<Note>,
    /// Rung by the engine's and the call's threads.
    bell: Sender<()>,
    gpu: Option<Gpu>,
    chosen: Chosen,
    /// The background picture last read.
    picture: Option<(PathBuf, Arc<Picture>)>,
    session: Option<Session>,
    hub: Option<server::Hub>,
    engine: Option<Arc<Engine>>,
    call: Option<Call>,
    rooms: Vec<Room>,
    /// Microphone and camera as last asked for.
    publishing: (bool, bool),
    /// The video slots that the window knows.
    pictures: HashMap<String, Reader<VideoFrame>>,
}

impl Driver {
    fn run(&mut self, wishes: &Receiver<Command>, noted: &Receiver<Note>, rung: &Receiver<()>) {
        // One for the whole run: a timer made anew after every picture would never ring.
        let meter = crossbeam::channel::tick(METER);
        let health = crossbeam::channel::tick(HEALTH);
        loop {
            crossbeam::channel::select! {
                recv(wishes) -> wish => match wish {
                    Ok(wish) => self.obey(wish),
                    Err(_) => return,
                },
                recv(noted) -> note => if let Ok(note) = note { self.hear(note) },
                recv(rung) -> _ => {}
                recv(meter) -> _ => self.meter(),
                recv(health) -> _ => self.health(),
            }
            self.drain();
        }
    }

    fn obey(&mut self, wish: Command) {
        match wish {
            Command::SignIn { hub, user, password } => self.sign_in(&hub, user, password),
            Command::SignOut => {
                self.leave();
                self.session = None;
                self.tell(BackendEvent::SignInNeeded);
            }
            Command::ListRooms => self.list_rooms(),
            Command::CreateRoom { name, kind } => {
                self.ask(async move |client, token| {
                    Ok(Note::Created(client.create_room(&token, &name, kind).await?))
                });
            }
            Command::OpenRoom { .. } => self.start_engine(),
            Command::CloseRoom => self.leave(),
            Command::Join { number, microphone, camera } => self.join(number, microphone, camera),
            Command::SetMicrophone(on) => {
                self.engine(EngineCommand::MicrophoneOn(on));
                self.publishing.0 = on;
                self.say_media();
            }
            Command::SetCamera(on) => {
                self.engine(EngineCommand::CameraOn(on));
                self.publishing.1 = on;
                self.say_media();
            }
            Command::SetCameraDevice(source) => {
                self.chosen.camera = source.clone();
                self.engine(EngineCommand::SetCamera(source));
            }
            Command::SetMicrophoneDevice(source) => {
                self.chosen.microphone = source.clone();
                self.engine(EngineCommand::SetMicrophone(source));
            }
            Command::SetSpeakerDevice(sink) => {
                self.chosen.speaker = sink.clone();
                self.engine(EngineCommand::SetSpeaker(sink));
            }
            Command::SetBackdrop(backdrop) => self.set_backdrop(backdrop),
            Command::PickPicture => self.pick_picture(),
            Command::RaiseHand(raised) => self.say(ClientMessage::Hand { raised }),
            Command::AdmitAll => self.say(ClientMessage::AdmitAll),
            Command::LowerHand(participant) => self.say(ClientMessage::LowerHand { participant }),
            Command::SetRole { participant, role } => {
                self.say(ClientMessage::SetRole { participant, role });
            }
            Command::SendChat { scope, text } => self.say(ClientMessage::Chat { scope, text }),
            Command::Watch(videos) => self.say(ClientMessage::Watch { videos }),
            Command::Leave => self.leave(),
            Command::EndForAll => self.say(ClientMessage::End),
        }
    }

    fn hear(&mut self, note: Note) {
        match note {
            Note::SignedIn(client, token, account) => {
                self.session = Some(Session { client, token });
                self.tell(BackendEvent::SignedIn(account));
                self.list_rooms();
            }
            Note::Rooms(rooms) => {
                self.rooms.clone_from(&rooms);
                self.tell(BackendEvent::Rooms(rooms));
            }
            Note::Created(room) => {
                self.rooms.insert(0, room.clone());
                self.start_engine();
                self.tell(BackendEvent::RoomCreated(room));
            }
            Note::SignInFailed(failure) => self.tell(BackendEvent::SignInFailed(failure)),
            Note::RoomsFailed(failure) => self.tell(BackendEvent::RoomsFailed(failure)),
            Note::Devices(cameras, sound) => self.offer_devices(cameras, sound),
            Note::PicturePicked(path) => self.picture_picked(path),
            Note::PictureRead(path, picture) => self.picture_read(path, picture),
        }
    }

    /// Starts the embedded hub and signs in to it, or asks the user.
    fn open_hub(&mut self, embed: Option<SocketAddr>) {
        let Some(listen) = embed else {
            self.tell(BackendEvent::SignInNeeded);
            return;
        };
        match self.embed(listen) {
            Ok((client, signed_in)) => {
                let account = Account {
                    hub: client.base().to_owned(),
                    user: signed_in.user,
                    display_name: signed_in.display_name,
                    embedded: true,
                };
                self.hear(Note::SignedIn(client, signed_in.token, account));
            }
            Err(error) => {
                tracing::warn!("the embedded hub does not start: {error:#}");
                self.tell(BackendEvent::SignInFailed(Failure::Other(format!("{error:#}"))));
            }
        }
    }

    fn embed(&mut self, listen: SocketAddr) -> anyhow::Result<(HubClient, protocol::SignedIn)> {
        let data = directories::ProjectDirs::from("", "", "katheder")
            .context("this system names no home folder to keep the hub's data in")?
            .data_dir()
            .join("hub");
        let config = server::Config {
            listen,
            media_listen: listen,
            owner: host::owner(),
            ..server::Config::local(data)
        };
        let hub = server::Hub::start(config)?;
        let signed_in = hub.local_sign_in()?;
        let client = HubClient::new(&format!("http://{}", host::reachable(hub.http_addr())))?;
        self.hub = Some(hub);
        Ok((client, signed_in))
    }

    fn sign_in(&self, address: &str, user: String, password: String) {
        let address = match address.trim() {
            bare if !bare.contains("://") => format!("http://{bare}"),
            full => full.to_owned(),
        };
        let notes = self.notes.clone();
        let client = match HubClient::new(&address) {
            Ok(client) => client,
            Err(error) => return self.note(Note::SignInFailed(failure(error))),
        };
        self.runtime.spawn(async move {
            let note = match client.sign_in(&user, &password).await {
                Ok(signed_in) => {
                    let account = Account {
                        hub: client.base().to_owned(),
                        user: signed_in.user,
                        display_name: signed_in.display_name,
                        embedded: false,
                    };
                    Note::SignedIn(client, signed_in.token, account)
                }
                Err(error) => Note::SignInFailed(failure(error)),
            };
            // The receiver goes only when the program ends.
            let _ = notes.send(note);
        });
    }

    fn list_rooms(&self) {
        self.ask(async |client, token| Ok(Note::Rooms(client.rooms(&token).await?)));
    }

    /// Runs a REST call of the signed-in user; its failure is told on the rooms page.
    fn ask<F>(&self, call: impl FnOnce(HubClient, String) -> F + Send + 'static)
    where
        F: Future<Output = Result<Note, NetError>> + Send,
    {
        let Some(session) = &self.session else {
            return self.note(Note::RoomsFailed(Failure::NotSignedIn));
        };
        let (client, token) = (session.client.clone(), session.token.clone());
        let notes = self.notes.clone();
        self.runtime.spawn(async move {
            let note =
                call(client, token).await.unwrap_or_else(|error| Note::RoomsFailed(failure(error)));
            let _ = notes.send(note);
        });
    }

    fn start_engine(&mut self) {
        if self.engine.is_some() {
            return;
        }
        let config = Config {
            name: "me".to_owned(),
            camera: self.chosen.camera.clone(),
            microphone: self.chosen.microphone.clone(),
            speaker: self.chosen.speaker.clone(),
            // From the first picture on.
            background: self.background(),
            gpu: self.gpu.clone(),
            ..Config::default()
        };
        let (bell, wake) = (self.bell.clone(), self.wake.clone());
        let ring: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
            // One unheard ring is enough.
            let _ = bell.try_send(());
            wake();
        });
        match Engine::start(config, ring) {
            Ok(engine) => {
                self.tell(BackendEvent::Video(Feed::SelfView, engine.self_view()));
                self.engine = Some(Arc::new(engine));
                self.read_picture();
            }
            Err(error) => {
                self.tell(BackendEvent::RoomsFailed(Failure::Other(error.to_string())));
            }
        }
    }

    fn join(&mut self, number: String, microphone: bool, camera: bool) {
        if self.call.is_some() {
            return;
        }
        self.start_engine();
        let (Some(session), Some(engine)) = (&self.session, &self.engine) else { return };
        let bell = self.bell.clone();
        let ring: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
            let _ = bell.try_send(());
        });
        self.call = Some(Call::join(
            self.runtime.handle(),
            session.client.door(),
            Credential::Session { token: session.token.clone(), number },
            engine.clone(),
            ring,
        ));
        engine.send(EngineCommand::MicrophoneOn(microphone));
        engine.send(EngineCommand::CameraOn(camera));
        self.publishing = (microphone, camera);
        self.say_media();
    }

    /// Leaves whatever is open: conference, preview, devices.
    fn leave(&mut self) {
        self.call = None;
        self.engine = None;
        self.pictures.clear();
        self.publishing = (false, false);
    }

    /// Passes on what call and engine told since the last look.
    fn drain(&mut self) {
        if self.call.is_none() {
            while let Some(event) =
                self.engine.as_ref().and_then(|engine| engine.events().try_recv().ok())
            {
                self.tell(BackendEvent::Call(CallEvent::Engine(event)));
            }
        }
        while let Some(event) = self.call.as_ref().and_then(Call::poll) {
            if let CallEvent::Hub(HubMessage::Slots { slots }) = &event {
                let pictures = slots.iter().filter(|slot| slot.source != MediaSource::Microphone);
                for slot in pictures {
                    let reader = self.engine.as_ref().and_then(|engine| engine.slot(&slot.mid));
                    let Some(reader) = reader else { continue };
                    let told = self.pictures.insert(slot.mid.clone(), reader.clone());
                    // Told again, the window would blank a picture that goes on.
                    if !told.is_some_and(|told| told.is_same(&reader)) {
                        self.tell(BackendEvent::Video(Feed::Slot(slot.mid.clone()), reader));
                    }
                }
            }
            let closed = matches!(event, CallEvent::Link(Link::Closed));
            self.tell(BackendEvent::Call(event));
            if closed {
                self.leave();
            }
        }
    }

    fn meter(&self) {
        if let Some(engine) = &self.engine {
            self.tell(BackendEvent::MicrophoneLevel(engine.microphone_level()));
        }
    }

    fn health(&self) {
        if let Some(engine) = &self.engine {
            self.tell(BackendEvent::Health(Box::new(engine.stats())));
        }
    }

    fn say_media(&self) {
        let (microphone, camera) = self.publishing;
        self.say(ClientMessage::Media { microphone, camera, screen: false });
    }

    fn say(&self, message: ClientMessage) {
        if let Some(call) = &self.call {
            call.send(message);
        }
    }

    fn engine(&self, command: EngineCommand) {
        if let Some(engine) = &self.engine {
            engine.send(command);
        }
    }

    fn note(&self, note: Note) {
        let _ = self.notes.send(note);
    }

    fn tell(&self, event: BackendEvent) {
        // The window is gone only when the program ends.
        let _ = self.out.send(event);
        (self.wake)();
    }

    /// Leaves in good order when the window has closed.
    fn close(mut self) {
        self.leave();
        if let Some(hub) = self.hub.take() {
            let stopped =
                self.runtime.block_on(async { tokio::time::timeout(STOP_LIMIT, hub.stop()).await });
            if stopped.is_err() {
                tracing::warn!("the embedded hub did not stop in time");
            }
        }
        self.runtime.shutdown_timeout(STOP_LIMIT);
    }
}

fn failure(error: NetError) -> Failure {
    match error {
        NetError::Refused(refused) => match refused.code.as_str() {
            "wrong_password" => Failure::WrongPassword,
            "too_many_tries" => Failure::TooManyTries,
            "not_signed_in" => Failure::NotSignedIn,
            _ => Failure::Other(refused.message),
        },
        NetError::Unreachable { reason, .. } => Failure::Unreachable(reason),
        NetError::Address(_) | NetError::Certificate(..) | NetError::NotAHub { .. } => {
            Failure::Other(error.to_string())
        }
    }
}
