//! Push to talk while another program is in front, on an X server of the test's own.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

#[path = "../../tests/support/again.rs"]
mod again;
#[path = "../../tests/support/desktop.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod desktop;
mod fake;

use client::app::Window;
use client::backend::Backend;
use client::command::{Command, DesktopCommand};
use client::i18n::Language;
use client::keys::{Action, Shortcut};
use client::settings::Settings;
use client::state::{BackendEvent, DesktopEvent, Refused, SettingsTab, TalkKeyEvent};
use desktop::on_a_desktop;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use fake::*;
use protocol::*;
use std::sync::Arc;
use std::time::Duration;
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::protocol::xproto::{
    ConnectionExt as _, GrabMode, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, ModMask,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// What does not happen within this, does not happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longer than a key is held before it repeats, 660 ms under Xvfb, and then some repeats.
const REPEATS: Duration = Duration::from_millis(1_200);

/// Long enough for what was told already.
const LOOK: Duration = Duration::from_millis(100);

const READY: TalkKeyEvent = TalkKeyEvent::Ready { trigger: None };

/// F8 and Num Lock as X knows them.
const F8: u32 = 0xffc5;
const NUM_LOCK: u32 = 0xff7f;

/// Somebody in a conference with a closed microphone, and the desktop half of the program.
struct Caller {
    page: Harness<'static, Window>,
    backend: Backend,
}

impl Caller {
    /// With F8 for talking, everywhere.
    fn start() -> Caller {
        let settings = Settings { hub: "https://127.0.0.1:1".into(), ..Settings::default() };
        let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let backend = Backend::start(&settings, listen, None, None, Arc::new(|| {})).unwrap();
        let mut page = harness(inside(Language::German, RoomKind::GroupCall, 9, people()));
        let state = &mut page.state_mut().state;
        state.call.as_mut().unwrap().microphone = false;
        state.settings.keys.bind(Action::PushToTalk, f8()).unwrap();
        state.settings.talk_everywhere = true;
        page.run_steps(2);
        Caller { page, backend }
    }

    /// Hands wishes for the desktop to the back end; gives what the microphone is to become.
    fn microphone(&mut self) -> Vec<bool> {
        let mut wanted = Vec::new();
        for command in self.page.state_mut().take_commands() {
            match command {
                Command::Desktop(
                    wish @ (DesktopCommand::TalkKeys(_) | DesktopCommand::TryTalkKeys(_)),
                ) => self.backend.commands.send(Command::Desktop(wish)).unwrap(),
                Command::SetMicrophone(open) => wanted.push(open),
                _ => {}
            }
        }
        wanted
    }

    /// The next word about the key, which the window takes in.
    fn told(&mut self) -> TalkKeyEvent {
        self.told_within(PATIENCE).expect("told in time")
    }

    fn told_within(&mut self, limit: Duration) -> Option<TalkKeyEvent> {
        let end = crossbeam::channel::after(limit);
        loop {
            let event = crossbeam::channel::select! {
                recv(self.backend.events) -> event => event.unwrap(),
                recv(end) -> _ => return None,
            };
            if let BackendEvent::Desktop(DesktopEvent::TalkKey(told)) = event {
                self.page.state_mut().apply(DesktopEvent::TalkKey(told.clone()).into());
                return Some(told);
            }
        }
    }
}

fn f8() -> Shortcut {
    "F8".parse().unwrap()
}

/// A keyboard, by the XTEST extension.
struct Keyboard {
    x: RustConnection,
    root: u32,
    opcode: u8,
}

impl Keyboard {
    fn open() -> Keyboard {
        let (x, screen) = x11rb::connect(None).unwrap();
        let root = x.setup().roots[screen].root;
        let extension = x.query_extension(b"XTEST").unwrap().reply().unwrap();
        assert!(extension.present);
        Keyboard { x, root, opcode: extension.major_opcode }
    }

    fn code(&self, keysym: u32) -> u8 {
        let (first, last) = (self.x.setup().min_keycode, self.x.setup().max_keycode);
        let map = self.x.get_keyboard_mapping(first, last - first + 1).unwrap().reply().unwrap();
        let mut rows = map.keysyms.chunks(map.keysyms_per_keycode.into());
        first + rows.position(|row| row[0] == keysym).unwrap() as u8
    }

    /// The request FakeInput of XTEST 2.2.
    fn key(&self, keysym: u32, event: u8) {
        const FAKE_INPUT: u8 = 2;
        const WORDS: u8 = 9;
        let mut request = [0; 36];
        request[..6].copy_from_slice(&[
            self.opcode,
            FAKE_INPUT,
            WORDS,
            0,
            event,
            self.code(keysym),
        ]);
        let buffers = [std::io::IoSlice::new(&request)];
        self.x.send_request_without_reply(&buffers, Vec::new()).unwrap().check().unwrap();
    }

    fn press(&self, keysym: u32) {
        self.key(keysym, KEY_PRESS_EVENT);
    }

    fn release(&self, keysym: u32) {
        self.key(keysym, KEY_RELEASE_EVENT);
    }

    /// Takes the key from all programs, as any of them may.
    fn grab(&self, keysym: u32) -> bool {
        let (code, mode) = (self.code(keysym), GrabMode::ASYNC);
        let none = ModMask::from(0_u16);
        self.x.grab_key(false, self.root, none, code, mode, mode).unwrap().check().is_ok()
    }
}

#[test]
fn the_key_opens_the_microphone_while_another_program_is_in_front() {
    let test = "the_key_opens_the_microphone_while_another_program_is_in_front";
    on_a_desktop(test, (640, 480), |desktop| {
        let keyboard = Keyboard::open();
        let other = desktop.page("Notes", (0, 0), (400, 300), 1).unwrap();
        let focus = (InputFocus::PARENT, other.window, x11rb::CURRENT_TIME);
        keyboard.x.set_input_focus(focus.0, focus.1, focus.2).unwrap().check().unwrap();
        let mut caller = Caller::start();
        assert!(caller.microphone().is_empty());
        assert_eq!(caller.told(), READY);

        keyboard.press(F8);
        assert_eq!(caller.told(), TalkKeyEvent::Held(true));
        assert_eq!(caller.microphone(), [true]);
        assert_eq!(caller.told_within(REPEATS), None, "a held key is not released in between");
        keyboard.release(F8);
        assert_eq!(caller.told(), TalkKeyEvent::Held(false));
        caller.page.run_steps(8);
        assert_eq!(caller.microphone(), [false]);

        // Num Lock is no matter.
        keyboard.press(NUM_LOCK);
        keyboard.release(NUM_LOCK);
        keyboard.press(F8);
        assert_eq!(caller.told(), TalkKeyEvent::Held(true));
        // The conference ends under the finger.
        caller.page.state_mut().state.go_home();
        caller.microphone();
        assert_eq!(caller.told(), TalkKeyEvent::Held(false));
        keyboard.release(F8);
        while !keyboard.grab(F8) {
            keyboard.x.sync().unwrap();
        }
        assert_eq!(caller.told_within(LOOK), None, "nobody listens any more");
    });
}

#[test]
fn a_key_of_another_program_is_refused_with_a_sentence() {
    let test = "a_key_of_another_program_is_refused_with_a_sentence";
    on_a_desktop(test, (640, 480), |_| {
        let keyboard = Keyboard::open();
        assert!(keyboard.grab(F8));
        let mut caller = Caller::start();
        caller.page.state_mut().state.settings_tab = SettingsTab::Keys;
        caller.page.state_mut().state.call.as_mut().unwrap().view.settings = true;
        caller.microphone();
        assert_eq!(caller.told(), TalkKeyEvent::Refused(Refused::Taken(f8())));
        caller.page.run_steps(3);
        caller.page.get_by_label_contains("F8 gehört einem anderen Programm");
        // Another key takes its place.
        let keys = &mut caller.page.state_mut().state.settings.keys;
        keys.bind(Action::PushToTalk, "Ctrl+Space".parse().unwrap()).unwrap();
        caller.page.run_steps(3);
        caller.microphone();
        while caller.told() != READY {}
        caller.page.run_steps(3);
        assert!(caller.page.query_by_label_contains("gehört einem anderen").is_none());
    });
}

/// Runs a test of this file again where `name` is `value` in the environment.
fn again(test: &str, name: &str, value: &str) {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env_remove("WAYLAND_DISPLAY")
        .env(name, value)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

#[test]
fn a_missing_display_is_told() {
    again("inside::no_display", "DISPLAY", ":4000");
}

mod inside {
    use super::*;

    #[test]
    #[ignore = "runs in an environment of its own, by the test above"]
    fn no_display() {
        let mut caller = Caller::start();
        caller.microphone();
        assert_eq!(caller.told(), TalkKeyEvent::Refused(Refused::Unreachable));
    }
}
