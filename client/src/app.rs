//! The window: events in, page drawn, commands out. [`Window`] knows no back end; [`App`] ties it
//! to two channels.

use crate::call::CallEvent;
use crate::command::{Command, Commands, DesktopCommand};
use crate::pictures::Pictures;
use crate::ringer::Alerts;
use crate::settings::Settings;
use crate::state::{BackendEvent, Call, Now, Phase, Screen, State, TalkKeys};
use crate::tray::Look;
use crate::ui::watch::Wishes;
use crate::video_texture::{Feed, Videos};
use crate::{notices, ringer, theme, ui, video_texture};
use crossbeam::channel::{Receiver, Sender};
use egui::{Context, UserAttentionType, ViewportCommand};
use engine::playback::chime::Chime;
use protocol::HubMessage;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Running times on show move once a second. A frame is drawn up to a frame's time too early; so
/// long after the full second it is surely over.
const AFTER_SECOND_MS: i64 = 40;

/// At once, and once: egui draws twice for who asks for no delay at all.
pub const AT_ONCE: Duration = Duration::from_millis(1);

/// State, pictures and wishes of one window.
#[derive(Debug)]
pub struct Window {
    /// Everything it knows.
    pub state: State,
    /// The pictures.
    pub videos: Videos,
    /// People's pictures.
    pub pictures: Pictures,
    commands: Commands,
    wishes: Wishes,
    outside: Outside,
    alerts: Alerts,
}

/// What the user sends.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Publishing {
    microphone: bool,
    camera: bool,
    screen: bool,
}

/// What the desktop was asked for last.
#[derive(Debug, Default, PartialEq)]
struct Outside {
    notices: Vec<notices::Notice>,
    sound: Option<Chime>,
    look: Option<Look>,
    talk_keys: Option<TalkKeys>,
    tried_keys: Option<TalkKeys>,
}

impl Window {
    /// A fresh one.
    pub fn new(settings: Settings) -> Window {
        Window {
            state: State::new(settings),
            videos: Videos::default(),
            pictures: Pictures::default(),
            commands: Commands::default(),
            wishes: Wishes::default(),
            outside: Outside::default(),
            alerts: Alerts::default(),
        }
    }

    /// Takes in one event.
    pub fn apply(&mut self, event: BackendEvent) {
        let from_hub = matches!(event, BackendEvent::Call(CallEvent::Hub(_)));
        let wanted = self.publishing();
        match event {
            BackendEvent::Video(feed, reader) => self.videos.connect(feed, reader),
            BackendEvent::Picture(user, picture) => self.pictures.take(user, picture),
            BackendEvent::Screens(mut found) => {
                for (choice, picture) in &mut found {
                    if let Some(picture) = picture.take() {
                        self.pictures.take(choice.picture(), picture);
                    }
                }
                self.state.apply(BackendEvent::Screens(found));
            }
            event => {
                if matches!(event, BackendEvent::SignedIn(_) | BackendEvent::SignInNeeded) {
                    self.pictures.clear();
                }
                if matches!(event, BackendEvent::SharingEnded) {
                    self.videos.blank(&Feed::OwnScreen);
                }
                if let BackendEvent::Call(CallEvent::Hub(message)) = &event {
                    match message {
                        // Who comes back on a fresh connection asks for pictures afresh.
                        HubMessage::Joined { .. } => self.wishes.reset(),
                        HubMessage::Slots { slots } => self.videos.rebind(slots),
                        _ => {}
                    }
                }
                self.state.apply(event);
            }
        }
        // Levels and figures come many times a second, and nobody's hand with them.
        let inside = self.state.call.as_ref().is_some_and(|call| call.phase == Phase::In);
        if (from_hub || !inside)
            && let Some(alert) = self.alerts.look(&self.state)
        {
            self.commands.push(Command::Play(alert));
        }
        // Who may no longer speak stops sending, not only showing that they do not.
        if let (Some(wanted), Some(now)) = (wanted, self.publishing()) {
            if self.state.call.as_ref().is_some_and(Call::watches) {
                if wanted != now {
                    self.commands.push(Command::StopSending);
                }
            } else if wanted.microphone && !now.microphone {
                self.commands.push(Command::SetMicrophone(false));
            }
        }
    }

    fn publishing(&self) -> Option<Publishing> {
        let call = self.state.call.as_ref()?;
        let screen = self.state.screens.shared.is_some();
        Some(Publishing { microphone: call.microphone, camera: call.camera, screen })
    }

    /// Draws the page of the moment over all of `ui`.
    pub fn show(&mut self, ui: &mut egui::Ui, now: Now) {
        self.state.now = now;
        self.videos.take_new();
        if let Some(wait) = self.videos.take_own_screen(now.seconds) {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(wait));
        }
        self.pictures.upload(ui.ctx());
        let seen = ui::show(ui, &mut self.state, &mut self.commands, &self.videos, &self.pictures);
        let Some(call) = &self.state.call else {
            self.wishes.reset();
            self.videos.disconnect_slots();
            return;
        };
        ui.ctx().request_repaint_after(to_next_second(call, now));
        if call.phase == Phase::In {
            if let Some(videos) = self.wishes.update(now.seconds, seen) {
                self.commands.push(Command::Watch(videos));
            } else if let Some(wait) = self.wishes.wait(now.seconds) {
                ui.ctx().request_repaint_after(Duration::from_secs_f64(wait));
            }
        }
    }

    /// Nobody sees the window: asks for no pictures. Gives the seconds after which to come again.
    pub fn rest(&mut self, now_s: f64) -> Option<f64> {
        if self.state.call.as_ref().is_none_or(|call| call.phase != Phase::In) {
            return None;
        }
        if let Some(videos) = self.wishes.update(now_s, Vec::new()) {
            self.commands.push(Command::Watch(videos));
        }
        self.state.push_to_talk(false);
        let closing = self.state.talk.due_s().map(|due| (due - self.state.now.seconds).max(0.0));
        let waits = [self.wishes.wait(now_s), closing];
        waits.into_iter().flatten().reduce(f64::min)
    }

    /// What the user asked for since the last call, and what follows from what happened.
    pub fn take_commands(&mut self) -> Vec<Command> {
        self.tell_desktop();
        for command in self.state.follow_up.take() {
            self.commands.push(command);
        }
        self.commands.take()
    }

    /// Asks the desktop for what changed: announced calls, the sound, the tray, the key for talking.
    fn tell_desktop(&mut self) {
        let notices = ui::outside::notices(&self.state);
        if self.outside.notices != notices {
            self.outside.notices.clone_from(&notices);
            self.commands.push(Command::Desktop(DesktopCommand::Announce(notices)));
        }
        let sound = ringer::sound(&self.state);
        if self.outside.sound != sound {
            let before = std::mem::replace(&mut self.outside.sound, sound);
            if let Some(before) = before {
                self.commands.push(Command::Silence(before));
            }
            if let Some(sound) = sound {
                self.commands.push(Command::Play(sound));
            }
        }
        let look = self.state.settings.stay_in_tray.then(|| ui::outside::tray(&self.state));
        if self.outside.look != look {
            self.outside.look.clone_from(&look);
            self.commands.push(Command::Desktop(DesktopCommand::Tray(look)));
        }
        self.tell_talk_keys();
    }

    fn tell_talk_keys(&mut self) {
        let keys = self.state.talk_keys();
        if self.outside.talk_keys != keys {
            self.outside.talk_keys.clone_from(&keys);
            self.commands.push(Command::Desktop(DesktopCommand::TalkKeys(keys)));
        }
        let keys = self.state.talk_keys_on_show();
        if self.outside.tried_keys != keys {
            self.outside.tried_keys.clone_from(&keys);
            self.commands.push(Command::Desktop(DesktopCommand::TryTalkKeys(keys)));
        }
    }
}

/// When the running time of a conference on show moves on.
fn to_next_second(call: &Call, now: Now) -> Duration {
    let running_ms = call.live_since_ms.map_or(0, |since_ms| now.unix_ms - since_ms);
    let left_ms = 1_000 - running_ms.rem_euclid(1_000) + AFTER_SECOND_MS;
    Duration::from_millis(left_ms.unsigned_abs())
}

/// How far the program has come since its start.
#[derive(Debug, PartialEq)]
enum Start {
    /// No page can be used yet.
    UnderWay,
    /// The first such page is drawn.
    Drawn,
    /// It is on the screen.
    Done,
}

/// The program's window on the screen.
#[derive(Debug)]
pub struct App {
    window: Window,
    commands: Sender<Command>,
    events: Receiver<BackendEvent>,
    settings_file: Option<PathBuf>,
    saved: Settings,
    fullscreen: bool,
    start: Start,
}

impl App {
    /// Prepares fonts, themes and the video pipeline. `commands` carries wishes to the back end,
    /// `events` its answers; whoever sends an event asks for a frame [`AT_ONCE`] after it.
    pub fn new(
        cc: &eframe::CreationContext<'_>,
        commands: Sender<Command>,
        events: Receiver<BackendEvent>,
    ) -> App {
        theme::install(&cc.egui_ctx);
        if let Some(render_state) = &cc.wgpu_render_state {
            video_texture::install(render_state);
        }
        let settings_file = Settings::path();
        let settings = settings_file.as_deref().map(Settings::load).unwrap_or_default();
        App {
            window: Window::new(settings.clone()),
            commands,
            events,
            settings_file,
            saved: settings,
            fullscreen: false,
            start: Start::UnderWay,
        }
    }

    /// What the window knows; for the program's own purposes, such as screenshots.
    pub fn window(&mut self) -> &mut Window {
        &mut self.window
    }

    fn send_commands(&mut self) {
        for command in self.window.take_commands() {
            // A back end that is gone takes the process with it; there is nobody left to tell.
            let _ = self.commands.send(command);
        }
    }

    /// Comes to the front when wanted, and goes into the tray instead of away when the user wants
    /// that and there is a tray.
    fn follow_desktop(&mut self, ctx: &Context) {
        let state = &mut self.window.state;
        if std::mem::take(&mut state.desktop.raise) {
            ctx.send_viewport_cmd(ViewportCommand::Visible(true));
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(ViewportCommand::Focus);
            // Where a program may not take the focus, it asks for it.
            let attention = UserAttentionType::Informational;
            ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(attention));
        }
        if state.desktop.quit {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        } else if ctx.input(|i| i.viewport().close_requested()) && state.hides_on_close() {
            state.hide();
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            // Where windows cannot be hidden, as on Wayland, it is at least out of the way.
            ctx.send_viewport_cmd(ViewportCommand::Minimized(true));
            ctx.send_viewport_cmd(ViewportCommand::Visible(false));
        }
    }

    /// Logs once that the first page that can be used is on the screen: the frame after it begins
    /// when it was handed over.
    fn follow_start(&mut self, ctx: &Context) {
        match self.start {
            Start::UnderWay if self.window.state.screen != Screen::Starting => {
                self.start = Start::Drawn;
                ctx.request_repaint_after(AT_ONCE);
            }
            Start::Drawn => {
                self.start = Start::Done;
                tracing::info!(target: "client::start", "the first page can be used");
            }
            Start::UnderWay | Start::Done => {}
        }
    }

    fn follow_state(&mut self, ctx: &Context) {
        let state = &self.window.state;
        if self.fullscreen != state.fullscreen {
            self.fullscreen = state.fullscreen;
            ctx.send_viewport_cmd(ViewportCommand::Fullscreen(state.fullscreen));
        }
        theme::follow(ctx, &state.settings);
        if self.saved != state.settings {
            self.saved.clone_from(&state.settings);
            if let Some(path) = &self.settings_file
                && let Err(error) = self.saved.save(path)
            {
                tracing::warn!("cannot save settings to {}: {error}", path.display());
            }
        }
    }
}

impl App {
    /// Now, by the hub's clock.
    #[expect(clippy::disallowed_methods, reason = "the window is where wall-clock time comes in")]
    fn moment(&self, ctx: &Context) -> Now {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let unix_ms = unix.as_millis() as i64 + self.window.state.clock_ahead_ms;
        Now { seconds: ctx.input(|i| i.time), unix_ms }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        // What comes now came now, and not when the window was last drawn.
        self.window.state.now = self.moment(ctx);
        let mut news = false;
        while let Ok(event) = self.events.try_recv() {
            news |= !event.is_figure();
            self.window.apply(event);
        }
        self.follow_desktop(ctx);
        if news {
            // What is on show may be another thing than before, and take a second frame to settle.
            ctx.request_repaint_after(AT_ONCE);
        }
        // With no window in sight nothing is drawn: what nobody sees is not asked for either.
        let (hidden, now_s) = ctx.input(|i| {
            let mut windows = i.raw.viewports.values();
            (windows.all(|window| window.visible() == Some(false)), i.time)
        });
        if hidden {
            // In a call some things are told without a wake-up, and are to be taken in.
            let figures = self.window.state.call.is_some().then_some(1.0);
            if let Some(wait) = self.window.rest(now_s).or(figures) {
                ctx.request_repaint_after(Duration::from_secs_f64(wait));
            }
        }
        // A hidden window is not drawn, and what it has to say waits for nothing.
        self.send_commands();
        if !self.window.state.calls.ringing.is_empty() {
            ctx.send_viewport_cmd(ViewportCommand::RequestPaintWhileHidden);
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let now = self.moment(ui.ctx());
        tracing::trace!(target: "client::frame", why = ?ui.ctx().repaint_causes(), "drawn");
        self.follow_start(ui.ctx());
        self.window.show(ui, now);
        self.follow_state(ui.ctx());
        self.send_commands();
    }
}
