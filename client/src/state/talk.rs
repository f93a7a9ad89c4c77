//! Push to talk, with the window in front or not.

use super::{Page, Phase, Screen, SettingsTab, State};
use crate::command::Command;
use crate::keys::{Action, PushToTalk, Shortcut};

/// What the desktop is to listen to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkKeys {
    /// Any of these.
    pub keys: Vec<Shortcut>,
    /// What they are for, in the user's words: a desktop that asks the user shows it.
    pub purpose: String,
}

/// What is heard of the key while another program may be in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TalkKeyEvent {
    /// It will be heard, or would be.
    Ready {
        /// The key as the desktop calls it, where the user chooses it there; empty while they have not.
        trigger: Option<String>,
    },
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
    /// The desktop is one of Wayland and offers no program such keys.
    Wayland,
    /// The desktop of Wayland does not know whose keys they would be: our launcher is not installed.
    Unknown,
    /// The user did not allow it when the desktop asked.
    Declined,
    /// The desktop does not answer, or says no.
    Unreachable,
}

/// What the desktop told of the key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TalkKeyState {
    /// It is down.
    pub held: bool,
    /// Why it is not heard.
    pub refused: Option<Refused>,
    /// The key as the desktop calls it, where the user chooses it there.
    pub trigger: Option<String>,
}

impl State {
    /// The keys that the desktop is to listen to now: while one can talk in a conference, and wants
    /// that. A key that is being chosen has to reach the window.
    pub fn talk_keys(&self) -> Option<TalkKeys> {
        self.talk_keys_if(self.can_talk() && self.choosing_key.is_none())
    }

    /// The keys of which the settings on show tell whether they can be had.
    pub fn talk_keys_on_show(&self) -> Option<TalkKeys> {
        self.talk_keys_if(self.shows_keys())
    }

    fn talk_keys_if(&self, wanted: bool) -> Option<TalkKeys> {
        let keys = self.settings.keys.everywhere(Action::PushToTalk);
        let purpose = self.texts.get("keys-push-to-talk");
        let wanted = wanted && self.settings.talk_everywhere && !keys.is_empty();
        wanted.then_some(TalkKeys { keys, purpose })
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
            TalkKeyEvent::Ready { trigger } => {
                self.talk_key.refused = None;
                self.talk_key.trigger = trigger;
            }
            TalkKeyEvent::Refused(refused) => {
                self.talk_key.refused = Some(refused);
                self.talk_key.trigger = None;
            }
            TalkKeyEvent::Held(held) => {
                self.talk_key.held = held;
                self.push_to_talk(false);
            }
        }
    }
}
