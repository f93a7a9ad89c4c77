//! The window: events in, page drawn, commands out. [`Window`] knows no back end; [`App`] ties it
//! to two channels.

use crate::call::CallEvent;
use crate::command::{Command, Commands};
use crate::settings::{Settings, ThemeChoice};
use crate::state::{BackendEvent, Now, Phase, State};
use crate::ui::watch::Wishes;
use crate::video_texture::Videos;
use crate::{theme, ui, video_texture};
use crossbeam::channel::{Receiver, Sender};
use egui::{Context, ThemePreference, ViewportCommand};
use protocol::HubMessage;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Running times on show move once a second; half of that keeps them honest.
const TICK: Duration = Duration::from_millis(500);

/// State, pictures and wishes of one window.
#[derive(Debug)]
pub struct Window {
    /// Everything it knows.
    pub state: State,
    /// The pictures.
    pub videos: Videos,
    commands: Commands,
    wishes: Wishes,
}

impl Window {
    /// A fresh one.
    pub fn new(settings: Settings) -> Window {
        Window {
            state: State::new(settings),
            videos: Videos::default(),
            commands: Commands::default(),
            wishes: Wishes::default(),
        }
    }

    /// Takes in one event.
    pub fn apply(&mut self, event: BackendEvent) {
        let wanted = self.publishing();
        match event {
            BackendEvent::Video(feed, reader) => self.videos.connect(feed, reader),
            event => {
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
        // Who may no longer speak stops sending, not only showing that they do not.
        if let (Some((microphone, camera)), Some(now)) = (wanted, self.publishing()) {
            if microphone && !now.0 {
                self.commands.push(Command::SetMicrophone(false));
            }
            if camera && !now.1 {
                self.commands.push(Command::SetCamera(false));
            }
        }
    }

    fn publishing(&self) -> Option<(bool, bool)> {
        self.state.call.as_ref().map(|call| (call.microphone, call.camera))
    }

    /// Draws the page of the moment over all of `ui`.
    pub fn show(&mut self, ui: &mut egui::Ui, now: Now) {
        self.state.now = now;
        self.videos.take_new();
        let seen = ui::show(ui, &mut self.state, &mut self.commands, &self.videos);
        let Some(call) = &self.state.call else {
            self.wishes.reset();
            self.videos.disconnect_slots();
            return;
        };
        ui.ctx().request_repaint_after(TICK);
        if call.phase == Phase::In {
            if let Some(videos) = self.wishes.update(now.seconds, seen) {
                self.commands.push(Command::Watch(videos));
            } else if let Some(wait) = self.wishes.wait(now.seconds) {
                ui.ctx().request_repaint_after(Duration::from_secs_f64(wait));
            }
        }
    }

    /// What the user asked for since the last call.
    pub fn take_commands(&mut self) -> Vec<Command> {
        self.commands.take()
    }
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
    theme: Option<ThemeChoice>,
}

impl App {
    /// Prepares fonts, themes and the video pipeline. `commands` carries wishes to the back end,
    /// `events` its answers; whoever sends an event calls [`Context::request_repaint`] after it.
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
            theme: None,
        }
    }

    /// What the window knows; for the program's own purposes, such as screenshots.
    pub fn window(&mut self) -> &mut Window {
        &mut self.window
    }

    fn follow_state(&mut self, ctx: &Context) {
        let state = &self.window.state;
        if self.fullscreen != state.fullscreen {
            self.fullscreen = state.fullscreen;
            ctx.send_viewport_cmd(ViewportCommand::Fullscreen(state.fullscreen));
        }
        if self.theme != Some(state.settings.theme) {
            self.theme = Some(state.settings.theme);
            ctx.set_theme(match state.settings.theme {
                ThemeChoice::System => ThemePreference::System,
                ThemeChoice::Dark => ThemePreference::Dark,
                ThemeChoice::Light => ThemePreference::Light,
            });
        }
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

impl eframe::App for App {
    fn logic(&mut self, _ctx: &Context, _frame: &mut eframe::Frame) {
        while let Ok(event) = self.events.try_recv() {
            self.window.apply(event);
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the window is where wall-clock time comes in")]
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = Now { seconds: ui.input(|i| i.time), unix_ms: unix.as_millis() as i64 };
        self.window.show(ui, now);
        self.follow_state(ui.ctx());
        for command in self.window.take_commands() {
            // A back end that is gone takes the process with it; there is nobody left to tell.
            let _ = self.commands.send(command);
        }
    }
}
