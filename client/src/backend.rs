//! The window's other half: obeys its commands, drives hub, engine and call, and tells it what came
//! of them.
//!
//! One thread, `backend`. REST calls run on the `net` runtime and come back as notes; the engine
//! lives from the moment a room is opened until it is left, so that camera and microphone are only
//! in use while a page shows them.

mod account;
mod backdrop;
mod calls;
mod conference;
mod desktop;
mod devices;
mod entry;
mod host;
mod meter;
mod people;
mod planner;
mod rooms;
mod screen;
mod session;
mod sound;

use crate::call::Call;
use crate::command::Command;
use crate::instance::First;
use crate::live::Live;
use crate::net::{HubClient, NetError};
use crate::settings::Settings;
use crate::state::{Account, BackendEvent, Device, Failure};
use anyhow::Context;
use crossbeam::channel::{Receiver, Sender, bounded, unbounded};
use devices::Chosen;
use engine::blur::Picture;
use engine::capture::microphone;
use engine::capture::screen::ScreenInfo;
use engine::config::CameraSource;
use engine::engine::{Command as EngineCommand, Engine};
use engine::frame::VideoFrame;
use engine::gpu::Gpu;
use engine::latest::Reader;
use engine::playback::chime::{Chime, Chimes};
use engine::thread::{self, Joined};
use meter::Meter;
use protocol::ClientMessage;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often the microphone's level is looked at.
const METER: Duration = Duration::from_millis(50);

/// How often the figures are looked at.
const HEALTH: Duration = Duration::from_millis(500);

/// How long the hub may take to say good-bye to everybody.
const STOP_LIMIT: Duration = Duration::from_secs(3);

/// How long leaving a conference may take when the window has closed.
const FAREWELL_LIMIT: Duration = Duration::from_secs(1);

/// The back end as the window sees it.
pub struct Backend {
    /// Wishes in. Closing it ends the thread, so it stays before `_thread`.
    pub commands: Sender<Command>,
    /// Answers out.
    pub events: Receiver<BackendEvent>,
    _thread: Joined,
}

/// What comes back from signing in and from this machine.
enum Note {
    SignedIn(HubClient, String, Account),
    SignInFailed(Failure),
    Devices(Vec<Device<CameraSource>>, microphone::Devices),
    PicturePicked(PathBuf),
    PictureRead(PathBuf, engine::Result<Picture>),
    Screens(Vec<ScreenInfo>),
}

impl Backend {
    /// Starts it. With an address in the settings it waits for a sign-in to that hub; otherwise it
    /// starts the embedded hub on `listen` and signs in by itself. Blur runs on `gpu` if that can.
    /// With `first` it hears later starts of the program.
    /// `wake` is called after every event and every picture.
    pub fn start(
        settings: &Settings,
        listen: SocketAddr,
        gpu: Option<Gpu>,
        first: Option<First>,
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
            live: None,
            hub: None,
            engine: None,
            call: None,
            farewell: None,
            camera_wanted: false,
            clock_ahead_ms: 0,
            publishing: (false, false),
            screens: Vec::new(),
            sharing: false,
            meter: Meter::default(),
            pictures: HashMap::new(),
            desktop: desktop::Desktop::default(),
            chimes: None,
        };
        let thread = thread::spawn("backend", move || {
            let mut driver = driver;
            driver.introduce();
            driver.listen_to_later_starts(first);
            driver.list_devices();
            driver.open_hub(embed);
            driver.run(&wishes, &noted, &rung);
            driver.close();
        })?;
        Ok(Backend { commands, events, _thread: thread })
    }
}

/// Tells the window, from any thread.
struct Teller {
    out: Sender<BackendEvent>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Teller {
    fn tell(&self, event: BackendEvent) {
        // The window is gone only when the program ends.
        let _ = self.out.send(event);
        (self.wake)();
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
    /// The live channel of the session.
    live: Option<Live>,
    hub: Option<server::Hub>,
    engine: Option<Arc<Engine>>,
    call: Option<Call>,
    /// Leaving the last one, perhaps done.
    farewell: Option<JoinHandle<()>>,
    /// Whether the camera is to be open.
    camera_wanted: bool,
    /// How far the hub's clock was ahead when the window was told.
    clock_ahead_ms: i64,
    /// Microphone and camera as last asked for.
    publishing: (bool, bool),
    /// What can be shared, as last listed.
    screens: Vec<ScreenInfo>,
    /// Whether a screen is shared.
    sharing: bool,
    meter: Meter,
    /// The video slots that the window knows.
    pictures: HashMap<String, Reader<VideoFrame>>,
    desktop: desktop::Desktop,
    /// The program's own sounds, from the first one on.
    chimes: Option<Chimes>,
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
                recv(health) -> _ => {
                    self.health();
                    self.clock();
                }
            }
            self.drain();
        }
    }

    fn obey(&mut self, wish: Command) {
        match wish {
            Command::SignIn { hub, user, password } => self.sign_in(&hub, user, password),
            Command::SignOut => {
                self.leave();
                self.end_session();
                self.tell(BackendEvent::SignInNeeded);
            }
            Command::Account(command) => self.obey_account(command),
            Command::People(command) => self.obey_people(command),
            Command::Planner(command) => self.obey_planner(command),
            Command::Entry(command) => self.obey_entry(command),
            Command::Rooms(command) => self.obey_rooms(command),
            Command::Calls(command) => self.obey_calls(command),
            Command::Desktop(command) => self.obey_desktop(command),
            // What was plugged in or out since the last look is known then.
            Command::OpenRoom { camera, .. } => {
                self.list_devices();
                self.open_devices(camera);
            }
            Command::Preview(true) => {
                self.list_devices();
                self.open_devices(true);
            }
            Command::Preview(false) | Command::CloseRoom => self.leave(),
            Command::Join { number, name, microphone, camera } => {
                self.join(number, name, (microphone, camera));
            }
            Command::SetMicrophone(on) => self.set_microphone(on),
            Command::SetCamera(on) => self.set_camera(on),
            Command::StopSending => self.stop_sending(),
            Command::ListDevices => self.list_devices(),
            Command::SetCameraDevice(source) => self.set_camera_device(source),
            Command::SetMicrophoneDevice(source) => self.set_microphone_device(source),
            Command::SetSpeakerDevice(sink) => self.set_speaker_device(sink),
            Command::ListScreens => self.list_screens(),
            Command::ShareScreen(id) => self.share_screen(&id),
            Command::StopSharing => self.engine(EngineCommand::ShareScreen(None)),
            Command::SetBackdrop(backdrop) => self.set_backdrop(backdrop),
            Command::PickPicture => self.pick_picture(),
            Command::RaiseHand(raised) => self.say(ClientMessage::Hand { raised, restore: false }),
            Command::RestoreHand => {
                self.say(ClientMessage::Hand { raised: true, restore: true });
            }
            Command::LowerAllHands => self.say(ClientMessage::LowerAllHands),
            Command::Admit(participant) => self.say(ClientMessage::Admit { participant }),
            Command::AdmitAll => self.say(ClientMessage::AdmitAll),
            Command::Remove(participant) => self.say(ClientMessage::Remove { participant }),
            Command::MuteAll => self.say(ClientMessage::MuteAll),
            Command::SetPolicy(policy) => self.say(ClientMessage::SetPolicy { policy }),
            Command::LowerHand(participant) => self.say(ClientMessage::LowerHand { participant }),
            Command::SetRole { participant, role } => {
                self.say(ClientMessage::SetRole { participant, role });
            }
            Command::SendChat { scope, text } => self.say(ClientMessage::Chat { scope, text }),
            Command::Watch(videos) => self.say(ClientMessage::Watch { videos }),
            Command::SetVolume { participant, percent } => self.set_volume(participant, percent),
            Command::RestartCall => self.restart_call(),
            Command::PlayTestSound => self.play(Chime::TestMelody),
            Command::Play(chime) => self.play(chime),
            Command::Silence(chime) => self.silence(chime),
            Command::Mute(participant) => self.say(ClientMessage::Mute { participant }),
            Command::Hold(held) => self.say(ClientMessage::Hold { held }),
            Command::Lock(locked) => self.say(ClientMessage::Lock { locked }),
            Command::Leave => self.leave(),
            Command::EndForAll => self.say(ClientMessage::End),
        }
    }

    fn hear(&mut self, note: Note) {
        match note {
            Note::SignedIn(client, token, account) => {
                self.live = None;
                self.session = Some(Session { client, token });
                self.tell(BackendEvent::SignedIn(account));
            }
            Note::SignInFailed(failure) => self.tell(BackendEvent::SignInFailed(failure)),
            Note::Devices(cameras, sound) => self.offer_devices(cameras, sound),
            Note::Screens(found) => self.offer_screens(found),
            Note::PicturePicked(path) => self.picture_picked(path),
            Note::PictureRead(path, picture) => self.picture_read(path, picture),
        }
    }

    fn teller(&self) -> Teller {
        Teller { out: self.out.clone(), wake: self.wake.clone() }
    }

    /// Runs a REST call of the signed-in user on the network runtime; `event` puts its answer in
    /// the window's terms. A session that is over is told as such.
    fn request<T, F>(
        &self,
        call: impl FnOnce(HubClient, String) -> F + Send + 'static,
        event: impl FnOnce(Result<T, Failure>) -> BackendEvent + Send + 'static,
    ) where
        T: Send,
        F: Future<Output = Result<T, NetError>> + Send,
    {
        let teller = self.teller();
        let Some(session) = &self.session else { return teller.tell(BackendEvent::SessionOver) };
        let (client, token) = (session.client.clone(), session.token.clone());
        self.runtime.spawn(async move {
            let answer = call(client, token).await.map_err(failure);
            if matches!(answer, Err(Failure::NotSignedIn)) {
                teller.tell(BackendEvent::SessionOver);
            }
            teller.tell(event(answer));
        });
    }

    /// Tells how far the hub's clock is off, once it is known and when it has changed.
    fn clock(&mut self) {
        // The hub tells whole seconds: what is closer than this is the same.
        const SAME_MS: i64 = 1_500;
        let ahead = self.session.as_ref().and_then(|session| session.client.clock().ahead_ms());
        let Some(ahead) = ahead else { return };
        if (ahead - self.clock_ahead_ms).abs() > SAME_MS {
            self.clock_ahead_ms = ahead;
            self.tell(BackendEvent::HubClock(ahead));
        }
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
        self.teller().tell(event);
    }

    /// Leaves in good order when the window has closed.
    fn close(mut self) {
        self.leave();
        if let Some(farewell) = self.farewell.take() {
            let told = async { tokio::time::timeout(FAREWELL_LIMIT, farewell).await };
            if self.runtime.block_on(told).is_err() {
                tracing::warn!("the hub could not be told in time that we left");
            }
        }
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
            _ => {
                Failure::Hub { code: refused.code, field: refused.field, message: refused.message }
            }
        },
        NetError::Unreachable { reason, .. } => Failure::Unreachable(reason),
        NetError::Address(_) | NetError::Certificate(..) | NetError::NotAHub { .. } => {
            Failure::Other(error.to_string())
        }
    }
}
