//! Everything the window knows, as plain data. Views read it and set drafts; what comes from
//! outside changes it in [`State::apply`] only.

mod account;
mod call;
mod calls;
mod desktop;
mod devices;
pub mod entry;
mod event;
mod names;
mod people;
mod planner;
mod pre_join;
mod quality;
mod rooms;
mod screens;
mod session;
mod sound;
mod talk;
mod toast;
mod trouble;

pub use account::{AccountEvent, AccountPage, PASSWORD_CHARS, PasswordError, PasswordForm, Saved};
pub use call::{
    Call, CallView, ChatRefusal, Corner, Desk, Detached, FADE_S, Fares, Floor, HIDE_S, Lamp,
    Layout, PAGE, Panel, Phase, Piece, REFLOW_S, Roster, SPEECH_LEVEL, STILL_S, Scene, Subject,
    Tiles, Unsent, controls, pieces,
};
pub use calls::{Calls, CallsEvent, Choice, Outgoing, Over, Stage, is_missed};
pub use desktop::{Desktop, DesktopEvent, Said};
pub use devices::{Device, Devices, Wished};
pub use entry::{Entry, EntryDialog, EntryEvent};
pub use event::BackendEvent;
pub use people::{People, PeopleEvent};
pub use planner::{
    Act, Code, Confirmation, Discreet, Filters, Group, Line, MoveError, MoveForm, Outcome, Planner,
    PlannerEvent, Question, RangeError, RangeForm, Span,
};
pub use pre_join::PreJoin;
pub use quality::{Cause, Circumstances, Quality, Verdict};
pub use rooms::{
    Chat, CreateForm, EmbedForm, Expiry, Info, LinkForm, MAX_NAME, Outgoing as OutgoingLine, Part,
    Picked, Question as RoomQuestion, RenameForm, Rooms, RoomsEvent, StartForm, is_color, manages,
    moderates,
};
pub use screens::{ScreenChoice, ScreenKind, Screens};
pub use sound::TestSound;
pub use talk::{Refused, TalkKeyEvent, TalkKeyState, TalkKeys};
pub use toast::{Toast, Toasts};
pub use trouble::{Trouble, Troubles};

use crate::call::CallEvent;
use crate::command::Commands;
use crate::i18n::{Language, Texts};
use crate::keys::{Action, PushToTalk, Shortcut, Taken};
use crate::settings::{BackdropKind, Settings};
use engine::engine::Event;
use engine::stats::Stats;
use protocol::{EndReason, HubMessage, Refusal, Room};

/// The moment of a frame, read once at its start.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Now {
    /// Seconds since some fixed moment, never going back.
    pub seconds: f64,
    /// Unix milliseconds by the hub's clock, which all its times are told by.
    pub unix_ms: i64,
}

/// The page on show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The embedded hub starts, or a remembered session is tried.
    Starting,
    /// Hub, name, password.
    SignIn,
    /// Signed in with a password that has to be changed first.
    NewPassword,
    /// The pages beside the navigation: [`Page`].
    Main,
    /// Devices and preview.
    PreJoin,
    /// In the conference, waiting for it, or on hold.
    Call,
    /// After it.
    Ended,
}

/// A page beside the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Page {
    /// Entries.
    #[default]
    Planner,
    /// Rooms and their chat.
    Rooms,
    /// People.
    Contacts,
    /// Past and missed calls.
    Journal,
    /// Profile, devices, hub, language, theme, shortcuts.
    Settings,
}

/// A part of the settings page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SettingsTab {
    /// Conference profile, name, picture.
    #[default]
    Profile,
    /// Camera, microphone, loudspeaker, background.
    Devices,
    /// Language and theme.
    Looks,
    /// Shortcuts.
    Keys,
    /// Hub, password, sessions.
    Hub,
}

impl SettingsTab {
    /// All, in their order.
    pub const ALL: [SettingsTab; 5] = [
        SettingsTab::Profile,
        SettingsTab::Devices,
        SettingsTab::Looks,
        SettingsTab::Keys,
        SettingsTab::Hub,
    ];
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
    /// The hub said no to a call.
    Hub {
        /// The stable code.
        code: String,
        /// The member of the body that is wrong.
        field: Option<String>,
        /// The hub's own words, in English.
        message: String,
    },
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
    /// The password was set by somebody else, and has to be changed before anything.
    pub must_change: bool,
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

/// The page after a conference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The room as we knew it, to go back in.
    pub room: Room,
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
    /// The session ended during a conference: the sign-in page comes after it.
    pub session_over: bool,
    /// The page beside the navigation.
    pub page: Page,
    /// The part of the settings on show.
    pub settings_tab: SettingsTab,
    /// The settings show the own picture: camera and microphone are open.
    pub preview: bool,
    /// The own account in the settings.
    pub account_page: AccountPage,
    /// People.
    pub people: People,
    /// The planner.
    pub planner: Planner,
    /// The dialog in which an entry is planned or changed.
    pub entry: Entry,
    /// Rooms outside of conferences.
    pub rooms: Rooms,
    /// Calls that ring, and the journal.
    pub calls: Calls,
    /// What the window owes the desktop.
    pub desktop: Desktop,
    /// The hub is heard on the live channel.
    pub live: bool,
    /// How far the hub's clock is ahead of this machine's, milliseconds; 0 while it is not known.
    pub clock_ahead_ms: i64,
    /// What has to be asked because of what happened; the window hands it on.
    pub follow_up: Commands,
    /// The pre-join page.
    pub pre_join: Option<PreJoin>,
    /// Devices, for pre-join and the call.
    pub devices: Devices,
    /// Devices and media that do not work now.
    pub troubles: Troubles,
    /// The sound check of the loudspeaker.
    pub test_sound: TestSound,
    /// The microphone's level, RFC 6464: 0 loud … 127 silent.
    pub microphone_level: u8,
    /// Why the chosen background picture is not used.
    pub picture_refused: Option<String>,
    /// What the engine measured; `None` while there is none.
    pub health: Option<Box<Stats>>,
    /// The conference.
    pub call: Option<Call>,
    /// Sharing a screen.
    pub screens: Screens,
    /// The page after it.
    pub ended: Option<Ended>,
    /// The key that opens the microphone while it is held.
    pub talk: PushToTalk,
    /// The same key as the desktop tells it.
    pub talk_key: TalkKeyState,
    /// The list of shortcuts is on show.
    pub help: bool,
    /// The action that waits for its new key, in the settings.
    pub choosing_key: Option<Action>,
    /// The key that could not be chosen, and why.
    pub key_taken: Option<(Action, Shortcut, Taken)>,
    /// Short messages.
    pub toasts: Toasts,
    /// The window fills the screen.
    pub fullscreen: bool,
    /// When pointer or keyboard last moved, [`Now::seconds`]; for hiding the toolbar.
    pub last_input: f64,
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
            texts: Texts::new(language),
            settings,
            account: None,
            sign_in,
            session_over: false,
            page: Page::default(),
            settings_tab: SettingsTab::default(),
            preview: false,
            account_page: AccountPage::default(),
            people: People::default(),
            planner: Planner::default(),
            entry: Entry::new(crate::when::own_zone()),
            rooms: Rooms::default(),
            calls: Calls::default(),
            desktop: Desktop::default(),
            live: false,
            clock_ahead_ms: 0,
            follow_up: Commands::default(),
            pre_join: None,
            devices: Devices::default(),
            troubles: Troubles::default(),
            test_sound: TestSound::default(),
            microphone_level: 127,
            picture_refused: None,
            health: None,
            call: None,
            screens: Screens::default(),
            ended: None,
            talk: PushToTalk::default(),
            talk_key: TalkKeyState::default(),
            help: false,
            choosing_key: None,
            key_taken: None,
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
            BackendEvent::SessionOver => self.session_over(Failure::NotSignedIn),
            BackendEvent::Account(event) => self.apply_account(event),
            BackendEvent::People(event) => self.apply_people(event),
            BackendEvent::Planner(event) => {
                if let PlannerEvent::Saved(saved) = &event {
                    self.entry.saved(saved.entry.summary.id);
                }
                self.apply_planner(event);
            }
            BackendEvent::Entry(event) => self.entry.apply(event),
            BackendEvent::Room(event) => {
                self.apply_room(event);
                self.follow_link();
            }
            BackendEvent::Calls(event) => self.apply_calls(event),
            BackendEvent::Desktop(event) => self.apply_desktop(event),
            BackendEvent::Live(event) => self.apply_live(event),
            BackendEvent::HubClock(ahead_ms) => self.clock_ahead_ms = ahead_ms,
            BackendEvent::EngineFailed(error) => {
                self.troubles.add(Trouble::of(&error, &self.devices));
            }
            BackendEvent::Devices(devices) => self.take_devices(devices),
            BackendEvent::MicrophoneLevel(level) => {
                self.microphone_level = level;
                if let Some(call) = &mut self.call {
                    call.level(level, self.now);
                }
            }
            BackendEvent::Health(stats) => {
                if let Some(call) = &mut self.call {
                    call.quality.measured(&stats, self.now);
                }
                self.health = Some(stats);
            }
            BackendEvent::Chime(event) => self.test_sound.apply(&event),
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
            BackendEvent::Screens(found) => {
                self.screens.found(found.into_iter().map(|(choice, _)| choice).collect());
            }
            BackendEvent::SharingEnded => self.screens.ended(),
            BackendEvent::Video(..) | BackendEvent::Picture(..) => {}
            BackendEvent::Call(event) => self.apply_call(event),
        }
    }

    /// Gives the action that waits for a key this one, or says why not; Backspace leaves it none.
    pub fn choose_key(&mut self, shortcut: Shortcut) {
        let Some(action) = self.choosing_key.take() else { return };
        if shortcut.means_none() {
            return self.settings.keys.unbind(action);
        }
        let bound = self.settings.keys.bind(action, shortcut);
        self.key_taken = bound.err().map(|taken| (action, shortcut, taken));
    }

    /// Back to the pages, from anywhere.
    pub fn go_home(&mut self) {
        self.ring_nobody();
        self.pre_join = None;
        self.call = None;
        self.screens = Screens::default();
        self.ended = None;
        self.fullscreen = false;
        self.health = None;
        self.troubles.clear();
        self.toasts.clear();
        if std::mem::take(&mut self.session_over) {
            self.account = None;
        }
        self.screen = if self.account.is_some() { Screen::Main } else { Screen::SignIn };
        self.follow_link();
    }

    fn apply_call(&mut self, event: CallEvent) {
        // A device that does not open is told where it is chosen, in a call and before it.
        match &event {
            CallEvent::Engine(Event::Trouble(error)) => {
                self.troubles.add(Trouble::of(error, &self.devices));
            }
            CallEvent::Engine(Event::Recovered(source)) => self.troubles.recovered(source),
            _ => {}
        }
        let Some(call) = &mut self.call else { return };
        let inside = matches!(event, CallEvent::Hub(HubMessage::Joined { .. }));
        let over = call.apply(event, self.now, &self.devices, &mut self.toasts);
        if call.watches() {
            // Neither shares a screen nor chooses one.
            self.screens = Screens::default();
        }
        if let Some(why) = over {
            self.end(why);
        } else if inside {
            self.ring_those_awaited();
        }
    }

    /// The conference is over for us.
    pub fn end(&mut self, why: Why) {
        let Some(call) = self.call.take() else { return };
        if why == Why::Refused(Refusal::Session) {
            self.session_over = true;
            self.sign_in.failure = Some(Failure::NotSignedIn);
        }
        if let Some(size) = call.view.second_size {
            self.settings.second_window = size;
        }
        // The hub may have told more than was known when we went in.
        let room = Room { name: call.room.name, kind: call.room.kind, ..call.entered };
        self.ended = Some(Ended { room, why });
        self.fullscreen = false;
        self.screens = Screens::default();
        self.health = None;
        self.troubles.clear();
        self.toasts.clear();
        self.screen = Screen::Ended;
    }

    /// By how many minutes this machine's clock is wrong, if that is worth a word: positive when it
    /// is slow. Times in the window follow the hub's clock all the same.
    pub fn clock_slow_minutes(&self) -> Option<i64> {
        const WORTH_A_WORD_MS: i64 = 60_000;
        (self.clock_ahead_ms.abs() >= WORTH_A_WORD_MS)
            .then(|| (self.clock_ahead_ms as f64 / 60_000.0).round() as i64)
    }

    /// What guests open, for a path from the hub.
    pub fn link(&self, path: &str) -> Option<String> {
        Some(format!("{}{path}", self.account.as_ref()?.hub))
    }
}
