//! Everything the window knows, as plain data. Views read it and set drafts; what comes from
//! outside changes it in [`State::apply`] only.

mod call;
mod toast;

pub use call::{Call, Lamp, Layout, Panel, Phase};
pub use toast::{Toast, Toasts};

use crate::call::CallEvent;
use crate::i18n::{Language, Texts};
use crate::settings::{BackdropKind, Settings};
use engine::config::{CameraSource, MicrophoneSource, SpeakerSink};
use engine::engine::Event;
use engine::frame::VideoFrame;
use engine::latest::Reader;
use engine::stats::Stats;
use protocol::{EndReason, Refusal, Room, RoomKind};
use std::path::PathBuf;

/// The moment of a frame, read once at its start.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Now {
    /// Seconds since some fixed moment, never going back.
    pub seconds: f64,
    /// Unix milliseconds.
    pub unix_ms: i64,
}

/// The page on show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The embedded hub starts, or a remembered session is tried.
    Starting,
    /// Hub, name, password.
    SignIn,
    /// The rooms.
    Home,
    /// Devices and preview.
    PreJoin,
    /// In the conference, waiting for it, or on hold.
    Call,
    /// After it.
    Ended,
}

/// Why something did not work, in the user's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Name or password is wrong.
    WrongPassword,
    /// Too many tries; wait a moment.
    TooManyTries,
    /// The hub does not answer: the technical reason.
    Unreachable(String),
    /// The session is over: sign in again.
    NotSignedIn,
    /// Refused when joining.
    Refused(Refusal),
    /// Anything else, in the hub's or engine's words.
    Other(String),
}

/// Who is signed in, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The hub's base URL without a slash at the end; links start with it.
    pub hub: String,
    /// The account's name.
    pub user: String,
    /// The display name.
    pub display_name: String,
    /// The hub runs inside this program: there is nothing to sign out of.
    pub embedded: bool,
}

/// The sign-in page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignInForm {
    /// The hub's address as typed.
    pub hub: String,
    /// The account's name.
    pub user: String,
    /// Its password.
    pub password: String,
    /// On its way.
    pub busy: bool,
    /// What went wrong last.
    pub failure: Option<Failure>,
}

/// The rooms page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Home {
    /// Newest first; `None` until the hub answered.
    pub rooms: Option<Vec<Room>>,
    /// The new room's name as typed.
    pub name: String,
    /// A room is being made.
    pub creating: Option<RoomKind>,
    /// What went wrong last.
    pub failure: Option<Failure>,
    /// The room whose link was copied, and until when the page says so.
    pub copied: Option<(String, f64)>,
}

/// A device to choose: what the engine needs, and what people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device<T> {
    /// What the engine needs.
    pub source: T,
    /// What people read; empty for the choices that the window names itself (none, demo, default).
    pub name: String,
}

/// All choices, and what is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Devices {
    /// Cameras.
    pub cameras: Vec<Device<CameraSource>>,
    /// Microphones.
    pub microphones: Vec<Device<MicrophoneSource>>,
    /// Loudspeakers.
    pub speakers: Vec<Device<SpeakerSink>>,
    /// The chosen camera.
    pub camera: CameraSource,
    /// The chosen microphone.
    pub microphone: MicrophoneSource,
    /// The chosen loudspeaker.
    pub speaker: SpeakerSink,
}

impl Default for Devices {
    fn default() -> Self {
        Devices {
            cameras: vec![Device { source: CameraSource::None, name: String::new() }],
            microphones: vec![Device { source: MicrophoneSource::None, name: String::new() }],
            speakers: vec![Device { source: SpeakerSink::Null, name: String::new() }],
            camera: CameraSource::None,
            microphone: MicrophoneSource::None,
            speaker: SpeakerSink::Null,
        }
    }
}

/// The pre-join page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreJoin {
    /// The room.
    pub room: Room,
    /// Join with the microphone closed.
    pub muted: bool,
    /// Join without the camera.
    pub without_camera: bool,
    /// The join button had its initial focus.
    pub focused: bool,
    /// What went wrong last.
    pub failure: Option<Failure>,
}

/// The page after a conference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The room, if its name was known.
    pub room_name: Option<String>,
    /// Its number, to go back in.
    pub number: Option<String>,
    /// Why.
    pub why: Why,
}

/// Why a conference is over for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The hub said so.
    Over(EndReason),
    /// The hub did not let us in, or not again.
    Refused(Refusal),
}

/// Everything the window knows.
#[derive(Debug)]
pub struct State {
    /// The moment of this frame.
    pub now: Now,
    /// The page on show.
    pub screen: Screen,
    /// The language.
    pub texts: Texts,
    /// What is remembered; saved when it changed.
    pub settings: Settings,
    /// Who is signed in.
    pub account: Option<Account>,
    /// The sign-in page.
    pub sign_in: SignInForm,
    /// The rooms page.
    pub home: Home,
    /// The pre-join page.
    pub pre_join: Option<PreJoin>,
    /// Devices, for pre-join and the call.
    pub devices: Devices,
    /// The microphone's level, RFC 6464: 0 loud … 127 silent.
    pub microphone_level: u8,
    /// Why the chosen background picture is not used.
    pub picture_refused: Option<String>,
    /// What the engine measured; `None` while there is none.
    pub health: Option<Box<Stats>>,
    /// The conference.
    pub call: Option<Call>,
    /// The page after it.
    pub ended: Option<Ended>,
    /// Short messages.
    pub toasts: Toasts,
    /// The window fills the screen.
    pub fullscreen: bool,
    /// When pointer or keyboard last moved, [`Now::seconds`]; for hiding the toolbar.
    pub last_input: f64,
}

/// What comes from outside the window.
#[derive(Debug)]
pub enum BackendEvent {
    /// Nobody is signed in, and no embedded hub starts: ask.
    SignInNeeded,
    /// Signed in.
    SignedIn(Account),
    /// The sign-in, or the start of the embedded hub, did not work.
    SignInFailed(Failure),
    /// The user's rooms, newest first.
    Rooms(Vec<Room>),
    /// The room asked for exists: go to pre-join.
    RoomCreated(Room),
    /// Listing or making rooms did not work.
    RoomsFailed(Failure),
    /// What this machine has, and what is chosen.
    Devices(Devices),
    /// The microphone's level, RFC 6464: 0 loud … 127 silent.
    MicrophoneLevel(u8),
    /// What the engine measured so far, twice a second while there is one.
    Health(Box<Stats>),
    /// The user chose this picture for the background, and it is used.
    PicturePicked(PathBuf),
    /// The background picture cannot be used, for this reason; the room is blurred instead.
    PictureRefused(String),
    /// A stream has pictures from now on.
    Video(crate::video_texture::Feed, Reader<VideoFrame>),
    /// From the conference.
    Call(CallEvent),
}

impl State {
    /// A fresh window.
    pub fn new(settings: Settings) -> State {
        let language = settings.language.unwrap_or_else(Language::of_system);
        let sign_in = SignInForm {
            hub: settings.hub.clone(),
            user: settings.user.clone(),
            ..SignInForm::default()
        };
        State {
            now: Now::default(),
            screen: Screen::Starting,
            texts: Texts { language },
            settings,
            account: None,
            sign_in,
            home: Home::default(),
            pre_join: None,
            devices: Devices::default(),
            microphone_level: 127,
            picture_refused: None,
            health: None,
            call: None,
            ended: None,
            toasts: Toasts::default(),
            fullscreen: false,
            last_input: 0.0,
        }
    }

    /// Takes in one event. Pictures ([`BackendEvent::Video`]) are the window's business, not ours.
    pub fn apply(&mut self, event: BackendEvent) {
        match event {
            BackendEvent::SignInNeeded => {
                self.account = None;
                self.screen = Screen::SignIn;
            }
            BackendEvent::SignedIn(account) => self.signed_in(account),
            BackendEvent::SignInFailed(failure) => {
                self.sign_in.busy = false;
                self.sign_in.failure = Some(failure);
                self.screen = Screen::SignIn;
            }
            BackendEvent::Rooms(rooms) => self.home.rooms = Some(rooms),
            BackendEvent::RoomCreated(room) => {
                self.home.creating = None;
                self.home.name.clear();
                self.home.rooms.get_or_insert_default().insert(0, room.clone());
                if self.screen == Screen::Home {
                    self.open(room);
                }
            }
            BackendEvent::RoomsFailed(failure) => self.rooms_failed(failure),
            BackendEvent::Devices(devices) => self.devices = devices,
            BackendEvent::MicrophoneLevel(level) => {
                self.microphone_level = level;
                if let Some(call) = &mut self.call {
                    call.level(level, self.now);
                }
            }
            BackendEvent::Health(stats) => self.health = Some(stats),
            BackendEvent::PicturePicked(path) => {
                self.settings.backdrop.kind = BackdropKind::Picture;
                self.settings.backdrop.picture = Some(path);
                self.picture_refused = None;
            }
            BackendEvent::PictureRefused(reason) => {
                self.settings.backdrop.kind = BackdropKind::Blurred;
                if self.call.is_some() {
                    self.toasts.show(Toast::PictureRefused(reason.clone()), self.now.seconds);
                }
                self.picture_refused = Some(reason);
            }
            BackendEvent::Video(..) => {}
            BackendEvent::Call(event) => self.apply_call(event),
        }
    }

    fn signed_in(&mut self, account: Account) {
        if !account.embedded {
            self.settings.hub.clone_from(&account.hub);
            self.settings.user.clone_from(&account.user);
        }
        self.account = Some(account);
        self.sign_in.busy = false;
        self.sign_in.failure = None;
        self.sign_in.password.clear();
        if matches!(self.screen, Screen::Starting | Screen::SignIn) {
            self.screen = Screen::Home;
        }
    }

    fn rooms_failed(&mut self, failure: Failure) {
        self.home.creating = None;
        if failure == Failure::NotSignedIn {
            self.account = None;
            self.screen = Screen::SignIn;
            self.sign_in.failure = Some(failure);
        } else {
            self.home.failure = Some(failure);
        }
    }

    /// Goes to a room's pre-join page.
    pub fn open(&mut self, room: Room) {
        self.home.failure = None;
        self.pre_join = Some(PreJoin {
            room,
            muted: self.settings.join_muted,
            without_camera: self.settings.join_without_camera,
            focused: false,
            failure: None,
        });
        self.screen = Screen::PreJoin;
    }

    /// Goes into the conference of the room on the pre-join page, with the page's choices. Gives
    /// number, microphone and camera for the command.
    pub fn join(&mut self) -> Option<(String, bool, bool)> {
        let page = self.pre_join.take()?;
        self.settings.join_muted = page.muted;
        self.settings.join_without_camera = page.without_camera;
        let (microphone, camera) = (!page.muted, !page.without_camera);
        let number = page.room.number.clone();
        self.call = Some(Call::new(page.room, microphone, camera));
        self.toasts.clear();
        self.screen = Screen::Call;
        Some((number, microphone, camera))
    }

    /// Back to the rooms, from anywhere.
    pub fn go_home(&mut self) {
        self.pre_join = None;
        self.call = None;
        self.ended = None;
        self.fullscreen = false;
        self.health = None;
        self.toasts.clear();
        self.screen = if self.account.is_some() { Screen::Home } else { Screen::SignIn };
    }

    fn apply_call(&mut self, event: CallEvent) {
        let Some(call) = &mut self.call else {
            // A device that does not open is told where it is chosen.
            if let (CallEvent::Engine(Event::Trouble(error)), Some(page)) =
                (event, &mut self.pre_join)
            {
                page.failure = Some(Failure::Other(error.to_string()));
            }
            return;
        };
        if let Some(why) = call.apply(event, self.now, &mut self.toasts) {
            self.end(why);
        }
    }

    /// The conference is over for us.
    pub fn end(&mut self, why: Why) {
        let Some(call) = self.call.take() else { return };
        self.ended =
            Some(Ended { room_name: Some(call.room.name), number: Some(call.room.number), why });
        self.fullscreen = false;
        self.health = None;
        self.toasts.clear();
        self.screen = Screen::Ended;
    }

    /// What guests open, for a path from the hub.
    pub fn link(&self, path: &str) -> Option<String> {
        Some(format!("{}{path}", self.account.as_ref()?.hub))
    }
}
