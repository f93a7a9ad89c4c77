//! Sharing a screen: what there is, when it starts, when it ends.

use super::{Driver, Note};
use crate::state::{BackendEvent, ScreenChoice, ScreenKind};
use egui::ColorImage;
use engine::capture::screen::{self, ScreenInfo, Thumbnail};
use engine::config::ScreenSource;
use engine::engine::{Command as EngineCommand, Event as EngineEvent};

impl Driver {
    /// Looks for what can be shared without holding anything up: thumbnails take some milliseconds
    /// each.
    pub(super) fn list_screens(&self) {
        let notes = self.notes.clone();
        self.runtime.spawn_blocking(move || {
            let _ = notes.send(Note::Screens(screen::list()));
        });
    }

    pub(super) fn offer_screens(&mut self, found: Vec<ScreenInfo>) {
        let choices = found.iter().map(|info| (choice(info), info.thumbnail.as_ref().map(picture)));
        let choices = choices.collect();
        self.screens = found;
        self.tell(BackendEvent::Screens(choices));
    }

    /// Shares what has this id. There is nobody to share with before a conference, nor after it.
    pub(super) fn share_screen(&self, wanted: &str) {
        let found = self.screens.iter().find(|info| id(&info.source) == wanted);
        match found {
            Some(info) if self.call.is_some() => {
                self.engine(EngineCommand::ShareScreen(Some(info.source.clone())));
            }
            _ => self.tell(BackendEvent::SharingEnded),
        }
    }

    /// What the engine says about the share. The room is told of it from its first picture on: a
    /// question of the desktop that nobody has answered shows nothing.
    pub(super) fn hear_share(&mut self, event: &EngineEvent) {
        match event {
            EngineEvent::ShareStarted(_) => self.shared(true),
            EngineEvent::ShareEnded => self.shared(false),
            _ => {}
        }
    }

    /// Something is shared now, or nothing.
    pub(super) fn shared(&mut self, sharing: bool) {
        if self.sharing != sharing {
            self.sharing = sharing;
            self.say_media();
        }
        if !sharing {
            self.tell(BackendEvent::SharingEnded);
        }
    }
}

/// What the window knows a source by.
fn id(source: &ScreenSource) -> String {
    match source {
        ScreenSource::Demo => "demo".to_owned(),
        ScreenSource::File(path) => format!("file:{}", path.display()),
        ScreenSource::Monitor(name) => format!("monitor:{name}"),
        ScreenSource::Window(number) => format!("window:{number}"),
        ScreenSource::Portal => "portal".to_owned(),
    }
}

fn choice(info: &ScreenInfo) -> ScreenChoice {
    let kind = match info.source {
        ScreenSource::Portal => ScreenKind::Desktop,
        ScreenSource::Window(_) => ScreenKind::Window,
        ScreenSource::Monitor(_) | ScreenSource::Demo | ScreenSource::File(_) => {
            ScreenKind::Monitor
        }
    };
    ScreenChoice { id: id(&info.source), name: info.title.clone(), kind }
}

fn picture(thumbnail: &Thumbnail) -> ColorImage {
    let size = [thumbnail.width as usize, thumbnail.height as usize];
    ColorImage::from_rgba_unmultiplied(size, &thumbnail.rgba)
}
