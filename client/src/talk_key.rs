//! Push to talk while another program is in front: X11 gives the keys away, under Wayland the desktop
//! listens itself where it has the portal for that.

mod portal;
mod x11;

use crate::state::{TalkKeyEvent, TalkKeys};
use std::sync::Arc;
use tokio::runtime::Handle;

/// Told what becomes of the keys, from any thread.
pub type Tell = Arc<dyn Fn(TalkKeyEvent) + Send + Sync>;

/// What listens to the keys.
#[derive(Debug, Default)]
pub struct TalkKey {
    ear: Ear,
    portal: portal::Portal,
}

#[derive(Debug, Default)]
enum Ear {
    #[default]
    None,
    /// X11, for a conference.
    Grab(#[expect(dead_code, reason = "dropping it gives the keys back")] x11::Grab),
    /// A portal, for a conference.
    Portal(#[expect(dead_code, reason = "dropping it ends it")] portal::Listening),
    /// A portal, for the settings: the user may still be reading its question.
    Question(#[expect(dead_code, reason = "dropping it takes it back")] portal::Listening),
}

impl TalkKey {
    /// To be called first, when the program starts.
    pub fn introduce(&self, runtime: &Handle) {
        if wayland() {
            self.portal.introduce(runtime);
        }
    }

    /// Listens to these keys from now on, or to none.
    pub fn listen(&mut self, runtime: &Handle, wish: Option<TalkKeys>, tell: &Tell) {
        // The keys in force are given back first: the new ones may be the same.
        self.ear = Ear::None;
        let Some(wish) = wish else { return };
        self.ear = if wayland() {
            Ear::Portal(self.portal.listen(runtime, wish, tell.clone()))
        } else {
            grabbed(&wish, tell).map_or(Ear::None, Ear::Grab)
        };
    }

    /// Tells whether these keys can be had, as long as nothing listens to them anyway. X11 gives them
    /// back at once; a portal's question stands until it is answered, or `None` comes.
    pub fn attempt(&mut self, runtime: &Handle, wish: Option<TalkKeys>, tell: &Tell) {
        if matches!(self.ear, Ear::Grab(_) | Ear::Portal(_)) {
            return;
        }
        self.ear = Ear::None;
        let Some(wish) = wish else { return };
        if wayland() {
            self.ear = Ear::Question(self.portal.listen(runtime, wish, tell.clone()));
        } else {
            drop(grabbed(&wish, tell));
        }
    }
}

fn wayland() -> bool {
    std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty())
}

fn grabbed(wish: &TalkKeys, tell: &Tell) -> Option<x11::Grab> {
    let taken = x11::Grab::start(&wish.keys, tell.clone());
    tell(match &taken {
        Ok(_) => TalkKeyEvent::Ready { trigger: None },
        Err(refused) => TalkKeyEvent::Refused(*refused),
    });
    taken.ok()
}
