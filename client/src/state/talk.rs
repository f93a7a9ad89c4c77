//! Push to talk, with the window in front or not.

use super::{Page, Phase, Screen, SettingsTab, State};
use crate::command::Command;
use crate::keys::{Action, PushToTalk, Shortcut};

/// What is heard of the key while another program may be in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TalkKeyEvent {
    /// It will be heard, or would be.
    Ready,
    /// It will not.
    Refused(Refused),
    /// It went down, or up.
    Held(bool),
}

/// Why a key is not heard while another program is in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Another program has it.
    Taken(Shortcut),
    /// This keyboard lacks it.
    Missing(Shortcut),
    /// The desktop is one of Wayland.
    Wayland,
    /// The desktop does not answer, or says no.
    Unreachable,
}

/// What the desktop told of the key.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TalkKeyState {
    /// It is down.
    pub held: bool,
    /// Why it is not heard.
    pub refused: Option<Refused>,
}

impl State {
    /// The keys that the desktop is to listen to now: while one can talk in a conference, and wants
    /// that. A key that is being chosen has to reach the window.
    pub fn talk_keys(&self) -> Option<Vec<Shortcut>> {
        self.talk_keys_if(self.can_talk() && self.choosing_key.is_none())
    }

    /// The keys of which the settings on show tell whether they can be had.
    pub fn talk_keys_on_show(&self) -> Option<Vec<Shortcut>> {
        self.talk_keys_if(self.shows_keys())
    }

    fn talk_keys_if(&self, wanted: bool) -> Option<Vec<Shortcut>> {
        let keys = self.settings.keys.everywhere(Action::PushToTalk);
        (wanted && self.settings.talk_everywhere && !keys.is_empty()).then_some(keys)
    }

    /// The settings are on show where shortcuts are chosen.
    pub fn shows_keys(&self) -> bool {
        let page = match self.screen {
            Screen::Main => self.page == Page::Settings,
            _ => self.call.as_ref().is_some_and(|call| call.view.settings),
        };
        page && self.settings_tab == SettingsTab::Keys
    }

    fn can_talk(&self) -> bool {
        self.call.as_ref().is_some_and(|call| call.phase == Phase::In && call.may_publish())
    }

    /// Opens or closes the microphone by the key, which is down `here`, in the window, or not. Called
    /// as time goes on, too: see [`PushToTalk::due_s`].
    pub fn push_to_talk(&mut self, here: bool) {
        let down = (here || self.talk_key.held) && self.can_talk();
        let Some(call) = &mut self.call else {
            self.talk = PushToTalk::default();
            return;
        };
        if let Some(open) = self.talk.update(down, call.microphone, self.now.seconds) {
            call.microphone = open;
            self.follow_up.push(Command::SetMicrophone(open));
        }
    }

    pub(super) fn apply_talk_key(&mut self, event: TalkKeyEvent) {
        match event {
            TalkKeyEvent::Ready => self.talk_key.refused = None,
            TalkKeyEvent::Refused(refused) => self.talk_key.refused = Some(refused),
            TalkKeyEvent::Held(held) => {
                self.talk_key.held = held;
                self.push_to_talk(false);
            }
        }
    }
}
