//! Somebody at a window: looks, clicks and types, and waits for what comes of it.

use client::app::Window;
use client::backend::Backend;
use client::call::CallEvent;
use client::i18n::Language;
use client::settings::Settings;
use client::state::{BackendEvent, Now, Phase, State};
use egui::accesskit::Role as Kind;
use egui::{Key, Modifiers};
use egui_kittest::kittest::NodeT;
use egui_kittest::{Harness, Node};
use engine::engine::{Connection, Event as EngineEvent};
use protocol::{HubMessage, ParticipantId};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What does not happen within this, does not happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks while nothing is told.
const LOOK: Duration = Duration::from_millis(20);

/// The window's own time between two frames, seconds.
const FRAME_S: f32 = 0.05;

/// A window without a screen.
pub type Page = Harness<'static, Window>;

/// A window without a screen, with its back end.
pub struct Walker {
    user: &'static str,
    page: Page,
    backend: Backend,
    /// What was put into the clipboard.
    pub copied: Vec<String>,
    /// Who left the conference, as the hub told.
    pub left: Vec<ParticipantId>,
    /// How the own connection went, as the engine told.
    pub connections: Vec<Connection>,
}

impl Walker {
    /// Signed in at `hub` by the page's own fields.
    pub fn start(hub: &str, user: &'static str, password: &str) -> Walker {
        let settings = Settings {
            hub: hub.to_owned(),
            user: user.to_owned(),
            join_without_camera: true,
            ..crate::fake::settings(Language::German)
        };
        let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let backend = Backend::start(&settings, listen, None, None, Arc::new(|| {})).unwrap();
        let page = Harness::builder()
            .with_size([1440.0, 900.0])
            .with_step_dt(FRAME_S)
            .with_theme(egui::Theme::Dark)
            .with_context_setup(client::theme::install)
            .build_ui_state(draw, Window::new(settings));
        let (copied, left, connections) = (Vec::new(), Vec::new(), Vec::new());
        let mut walker = Walker { user, page, backend, copied, left, connections };
        walker.fill(Kind::PasswordInput, "Kennwort", password);
        walker.click("Anmelden");
        walker.until_state("the pages and the live channel", |state| {
            state.live && state.people.contacts.is_some() && state.people.me.is_some()
        });
        walker
    }

    /// What the window knows.
    pub fn state(&self) -> &State {
        &self.page.state().state
    }

    /// Lets events come and frames be drawn until something is so.
    #[expect(clippy::disallowed_methods, reason = "a limit for the whole wait")]
    pub fn until(&mut self, what: &str, is: impl Fn(&Walker) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            self.step();
            if is(self) {
                return;
            }
            if Instant::now() >= end {
                let (user, screen) = (self.user, self.state().screen);
                panic!("{user}: no {what} in time; {screen:?} shows {:#?}", on_show(&self.page));
            }
            if let Ok(event) = self.backend.events.recv_timeout(LOOK) {
                self.take(event);
            }
        }
    }

    /// The same about what the window knows.
    pub fn until_state(&mut self, what: &str, is: impl Fn(&State) -> bool) {
        self.until(what, |walker| is(walker.state()));
    }

    /// Waits until these words are on show, alone or among others.
    pub fn sees(&mut self, words: &str) {
        self.until(&format!("“{words}”"), |walker| shows(&walker.page, words));
    }

    /// Waits until they are not.
    pub fn sees_no_more(&mut self, words: &str) {
        self.until(&format!("end of “{words}”"), |walker| !shows(&walker.page, words));
    }

    /// Waits for one of this kind whose name has `part` in it.
    pub fn sees_a(&mut self, kind: Kind, part: &str) {
        self.until(&format!("{kind:?} “{part}”"), |walker| {
            part_of(&walker.page, kind, part).is_some()
        });
    }

    /// Presses a button as soon as it can be pressed.
    pub fn click(&mut self, label: &str) {
        self.press(Kind::Button, label);
    }

    /// The same with something else that can be pressed.
    pub fn press(&mut self, kind: Kind, label: &str) {
        self.until(&format!("{kind:?} “{label}”"), |walker| {
            named(&walker.page, kind, label).is_some()
        });
        named(&self.page, kind, label).unwrap().click();
        self.settle();
    }

    /// Presses what has `part` in its name.
    pub fn press_a(&mut self, kind: Kind, part: &str) {
        self.sees_a(kind, part);
        part_of(&self.page, kind, part).unwrap().click();
        self.settle();
    }

    /// Presses twice what has `part` in its name.
    pub fn double_click_a(&mut self, kind: Kind, part: &str) {
        self.sees_a(kind, part);
        for _ in 0..2 {
            part_of(&self.page, kind, part).unwrap().click();
        }
        self.settle();
    }

    /// Opens the menu of what has `part` in its name, and picks a line.
    pub fn pick(&mut self, kind: Kind, part: &str, item: &str) {
        self.sees_a(kind, part);
        part_of(&self.page, kind, part).unwrap().click_secondary();
        self.settle();
        self.press(Kind::MenuItem, item);
    }

    /// Types into a field; what stands there goes.
    pub fn fill(&mut self, kind: Kind, label: &str, text: &str) {
        self.focus(kind, label);
        self.page.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.step();
        self.type_into(kind, label, text);
    }

    /// Types into a field, behind what stands there.
    pub fn type_into(&mut self, kind: Kind, label: &str, text: &str) {
        self.focus(kind, label);
        named(&self.page, kind, label).unwrap().type_text(text);
        self.settle();
    }

    fn focus(&mut self, kind: Kind, label: &str) {
        self.until(&format!("{kind:?} “{label}”"), |walker| {
            named(&walker.page, kind, label).is_some()
        });
        named(&self.page, kind, label).unwrap().focus();
        self.settle();
    }

    /// Presses a key.
    pub fn key(&mut self, key: Key) {
        self.page.key_press(key);
        self.settle();
    }

    /// Writes a line into the chat that is open.
    pub fn write(&mut self, line: &str) {
        self.fill(Kind::MultilineTextInput, "Nachricht", line);
        self.key(Key::Enter);
    }

    /// Goes in from the page before it.
    pub fn go_in(&mut self) {
        self.click("Beitreten");
        self.is_inside();
    }

    /// Waits until we are inside and media flows.
    pub fn is_inside(&mut self) {
        self.until_state("conference with media", |state| {
            state.call.as_ref().is_some_and(|call| {
                call.phase == Phase::In && call.connection == Connection::Connected
            })
        });
        self.sees_a(Kind::Button, "Teilnehmer");
    }

    /// Waits until another connection stands than those that were told `before`.
    pub fn until_connected(&mut self, before: usize) {
        self.until("fresh connection", |walker| {
            let fresh = &walker.connections[before..];
            fresh.len() > 1 && fresh.last() == Some(&Connection::Connected)
        });
    }

    /// Waits until so many are inside, oneself included.
    pub fn counts(&mut self, people: usize) {
        self.until_state(&format!("{people} people inside"), |state| {
            state.call.as_ref().is_some_and(|call| call.participants.len() == people)
        });
    }

    /// A few frames, in which menus find their places.
    fn settle(&mut self) {
        for _ in 0..3 {
            self.step();
        }
    }

    /// Takes in what was told, draws, and sends what was asked for.
    fn step(&mut self) {
        let now = now(self.state());
        self.page.state_mut().state.now = now;
        while let Ok(event) = self.backend.events.try_recv() {
            self.take(event);
        }
        self.page.step();
        let done = &self.page.output().platform_output.commands;
        self.copied.extend(done.iter().filter_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        }));
        for command in self.page.state_mut().take_commands() {
            self.backend.commands.send(command).unwrap();
        }
    }

    fn take(&mut self, event: BackendEvent) {
        match &event {
            BackendEvent::Call(CallEvent::Hub(HubMessage::ParticipantLeft { participant })) => {
                self.left.push(*participant);
            }
            BackendEvent::Call(CallEvent::Engine(EngineEvent::Connection(connection))) => {
                self.connections.push(*connection);
            }
            _ => {}
        }
        self.page.state_mut().apply(event);
    }
}

/// The hub's time now, and the window's own of its last frame.
#[expect(clippy::disallowed_methods, reason = "the hub reads the same clock")]
fn now(state: &State) -> Now {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let unix_ms = unix.as_millis() as i64 + state.clock_ahead_ms;
    Now { seconds: state.now.seconds, unix_ms }
}

/// Over all of the window, as the real one does: the harness leaves a margin.
fn draw(ui: &mut egui::Ui, window: &mut Window) {
    let seconds = ui.input(|i| i.time);
    let now = Now { seconds, ..now(&window.state) };
    let rect = ui.ctx().content_rect();
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    ui.set_clip_rect(rect);
    window.show(&mut ui, now);
}

/// What can be used and satisfies `is`; the last, as dialogs and menus lie over the page.
fn find(page: &Page, kind: Kind, is: impl Fn(&str) -> bool) -> Option<Node<'_>> {
    let all = page.root().children_recursive();
    let found = all.filter(|node| {
        let node = node.accesskit_node();
        node.role() == kind && !node.is_disabled() && node.label().is_some_and(|name| is(&name))
    });
    found.last()
}

fn named<'page>(page: &'page Page, kind: Kind, label: &str) -> Option<Node<'page>> {
    find(page, kind, |name| name == label)
}

fn part_of<'page>(page: &'page Page, kind: Kind, part: &str) -> Option<Node<'page>> {
    find(page, kind, |name| name.contains(part))
}

fn shows(page: &Page, words: &str) -> bool {
    on_show(page).iter().any(|text| text.contains(words))
}

/// Everything that a screen reader would find.
fn on_show(page: &Page) -> Vec<String> {
    let all = page.root().children_recursive();
    all.filter_map(|node| {
        let node = node.accesskit_node();
        let name = node.label().or_else(|| node.value()).filter(|name| !name.is_empty())?;
        Some(format!("{:?} {name}", node.role()))
    })
    .collect()
}
