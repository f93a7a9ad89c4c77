//! What people see behind the user. While a picture is read the room is blurred, and so it stays when
//! the picture cannot be used.

use super::{Driver, Note};
use crate::settings::{Backdrop, BackdropKind};
use crate::state::BackendEvent;
use engine::blur::{Background, Picture};
use engine::engine::Command as EngineCommand;
use std::path::PathBuf;
use std::sync::Arc;

/// Picture files that the dialog shows; others can be dropped, and are tried.
const PICTURES: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

impl Driver {
    /// What the engine is to show now.
    pub(super) fn background(&self) -> Option<Background> {
        let backdrop = &self.chosen.backdrop;
        let strength = f32::from(backdrop.strength_percent.min(100)) / 100.0;
        match (backdrop.kind, self.chosen_picture()) {
            (BackdropKind::Room, _) => None,
            (BackdropKind::Picture, Some(picture)) => Some(Background::Picture(picture)),
            (BackdropKind::Blurred | BackdropKind::Picture, _) => {
                Some(Background::Blurred { strength })
            }
        }
    }

    /// The chosen picture, if it has been read.
    fn chosen_picture(&self) -> Option<Arc<Picture>> {
        let (path, picture) = self.picture.as_ref()?;
        (self.chosen.backdrop.picture.as_ref() == Some(path)).then(|| picture.clone())
    }

    pub(super) fn set_backdrop(&mut self, backdrop: Backdrop) {
        self.chosen.backdrop = backdrop;
        self.engine(EngineCommand::SetBackground(self.background()));
        self.read_picture();
    }

    /// Reads the chosen picture without holding anything up, unless it is there already.
    pub(super) fn read_picture(&self) {
        let Backdrop { kind: BackdropKind::Picture, picture: Some(path), .. } =
            &self.chosen.backdrop
        else {
            return;
        };
        if self.engine.is_none() || self.chosen_picture().is_some() {
            return;
        }
        let (notes, path) = (self.notes.clone(), path.clone());
        self.runtime.spawn_blocking(move || {
            let picture = Picture::load(&path);
            let _ = notes.send(Note::PictureRead(path, picture));
        });
    }

    pub(super) fn picture_read(&mut self, path: PathBuf, picture: engine::Result<Picture>) {
        let chosen = &mut self.chosen.backdrop;
        if chosen.picture.as_ref() != Some(&path) {
            // Another one was chosen meanwhile.
            return;
        }
        match picture {
            Ok(picture) => self.picture = Some((path, Arc::new(picture))),
            Err(error) => {
                chosen.kind = BackdropKind::Blurred;
                self.tell(BackendEvent::PictureRefused(error.to_string()));
            }
        }
        self.engine(EngineCommand::SetBackground(self.background()));
    }

    /// Opens the system's dialog.
    pub(super) fn pick_picture(&self) {
        let notes = self.notes.clone();
        let folder = self.chosen.backdrop.picture.as_ref().and_then(|path| path.parent());
        let folder = folder.map(std::path::Path::to_owned);
        self.runtime.spawn_blocking(move || {
            let mut dialog = rfd::FileDialog::new().add_filter("JPEG, PNG, WebP", &PICTURES);
            if let Some(folder) = folder {
                dialog = dialog.set_directory(folder);
            }
            // Nothing comes back when it was closed.
            if let Some(path) = dialog.pick_file() {
                let _ = notes.send(Note::PicturePicked(path));
            }
        });
    }

    pub(super) fn picture_picked(&mut self, path: PathBuf) {
        self.tell(BackendEvent::PicturePicked(path.clone()));
        self.set_backdrop(Backdrop {
            kind: BackdropKind::Picture,
            picture: Some(path),
            ..self.chosen.backdrop.clone()
        });
    }
}
