//! People's pictures as textures, by account name.

use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use std::collections::HashMap;

/// The pictures fetched so far.
#[derive(Default)]
pub struct Pictures {
    fresh: Vec<(String, ColorImage)>,
    known: HashMap<String, TextureHandle>,
}

impl std::fmt::Debug for Pictures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pictures({})", self.known.len() + self.fresh.len())
    }
}

impl Pictures {
    /// Takes in somebody's picture; it replaces an older one.
    pub fn take(&mut self, user: String, picture: ColorImage) {
        self.fresh.push((user, picture));
    }

    /// Makes textures of what came since the last frame.
    pub fn upload(&mut self, ctx: &Context) {
        for (user, picture) in self.fresh.drain(..) {
            let texture = ctx.load_texture(&user, picture, TextureOptions::LINEAR);
            self.known.insert(user, texture);
        }
    }

    /// Somebody's picture, if they have one and it has come.
    pub fn of(&self, user: &str) -> Option<&TextureHandle> {
        self.known.get(user)
    }

    /// Forgets all, for another account.
    pub fn clear(&mut self) {
        self.fresh.clear();
        self.known.clear();
    }
}
