//! Shortcuts: what can be done by a key, and which keys do it. Every one can be changed.

mod talk;

pub use talk::PushToTalk;

use crate::i18n::Language;
use egui::{Event, InputState, Key, Modifiers};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Open or close the microphone.
    Microphone,
    /// Talk while it is held, with the microphone closed otherwise.
    PushToTalk,
    /// Camera on or off.
    Camera,
    /// Raise or lower the own hand.
    Hand,
    /// Share the screen, or stop.
    Share,
    /// Tiles or stage.
    View,
    /// The chat panel.
    Chat,
    /// The people panel.
    People,
    /// Fill the screen, or not.
    Fullscreen,
    /// The list of shortcuts.
    Help,
    /// The keyboard goes to the next region of the window.
    NextRegion,
    /// The keyboard goes to the region before.
    PreviousRegion,
}

impl Action {
    /// All, in the order in which they are listed.
    pub const ALL: [Action; 12] = [
        Action::Microphone,
        Action::PushToTalk,
        Action::Camera,
        Action::Hand,
        Action::Share,
        Action::View,
        Action::Chat,
        Action::People,
        Action::Fullscreen,
        Action::Help,
        Action::NextRegion,
        Action::PreviousRegion,
    ];

    /// What other conference programs use, so that hands need not learn.
    fn usual(self) -> Vec<Shortcut> {
        let plain = |key| Shortcut { ctrl: false, alt: false, shift: false, key };
        let ctrl = |key| Shortcut { ctrl: true, ..plain(key) };
        match self {
            Action::Microphone => vec![plain(Key::M), ctrl(Key::D)],
            Action::PushToTalk => vec![plain(Key::Space)],
            Action::Camera => vec![plain(Key::V), ctrl(Key::E)],
            Action::Hand => vec![plain(Key::R), plain(Key::H)],
            Action::Share => vec![plain(Key::D)],
            Action::View => vec![plain(Key::W)],
            Action::Chat => vec![plain(Key::C)],
            Action::People => vec![plain(Key::P)],
            Action::Fullscreen => vec![plain(Key::S), plain(Key::F11)],
            Action::Help => vec![plain(Key::Questionmark)],
            Action::NextRegion => vec![plain(Key::F6)],
            Action::PreviousRegion => vec![Shortcut { shift: true, ..plain(Key::F6) }],
        }
    }
}

/// A key with what is held beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shortcut {
    /// Control is held.
    pub ctrl: bool,
    /// Alt is held.
    pub alt: bool,
    /// Shift is held.
    pub shift: bool,
    /// The key.
    pub key: Key,
}

impl Shortcut {
    /// A key press as a shortcut. Shift belongs to a character that needs it, such as `?`.
    pub fn pressed(key: Key, modifiers: Modifiers) -> Shortcut {
        let shift = modifiers.shift && !made_by_shift(key);
        Shortcut { ctrl: modifiers.command || modifiers.ctrl, alt: modifiers.alt, shift, key }
    }

    /// Whether the key leads through the window, and can do nothing else.
    pub fn reserved(self) -> bool {
        matches!(
            self.key,
            Key::Escape
                | Key::Tab
                | Key::Enter
                | Key::ArrowUp
                | Key::ArrowDown
                | Key::ArrowLeft
                | Key::ArrowRight
        ) || (self.ctrl && matches!(self.key, Key::C | Key::V | Key::X | Key::Z | Key::A | Key::F))
    }

    /// Backspace alone: where a key is asked for, it stands for none.
    pub fn means_none(self) -> bool {
        self == Shortcut { ctrl: false, alt: false, shift: false, key: Key::Backspace }
    }

    /// Whether a field that has the keyboard would take it as text, or to move in it.
    fn writes(self) -> bool {
        !self.ctrl && !self.alt && !(Key::F1..=Key::F35).contains(&self.key)
    }

    /// As it is printed on a keyboard.
    pub fn printed(self, language: Language) -> String {
        let german = language == Language::German;
        let mut parts: Vec<&str> = Vec::new();
        if self.ctrl {
            parts.push(if german { "Strg" } else { "Ctrl" });
        }
        if self.alt {
            parts.push("Alt");
        }
        if self.shift {
            parts.push(if german { "Umschalt" } else { "Shift" });
        }
        parts.push(match self.key {
            Key::Space if german => "Leertaste",
            Key::Space => "Space",
            Key::Questionmark => "?",
            key => key.name(),
        });
        parts.join("+")
    }
}

/// Characters that many keyboards make with Shift.
fn made_by_shift(key: Key) -> bool {
    matches!(key, Key::Questionmark | Key::Plus | Key::Colon | Key::Exclamationmark | Key::Pipe)
}

impl fmt::Display for Shortcut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "Ctrl+"), (self.alt, "Alt+"), (self.shift, "Shift+")] {
            if held {
                f.write_str(name)?;
            }
        }
        f.write_str(self.key.name())
    }
}

/// A shortcut cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no shortcut; it looks like Ctrl+Shift+M")]
pub struct NoShortcut(String);

impl FromStr for Shortcut {
    type Err = NoShortcut;

    fn from_str(text: &str) -> Result<Shortcut, NoShortcut> {
        let bad = || NoShortcut(text.to_owned());
        let (mut ctrl, mut alt, mut shift, mut rest) = (false, false, false, text);
        while let Some((held, after)) = rest.split_once('+') {
            match held {
                "Ctrl" => ctrl = true,
                "Alt" => alt = true,
                "Shift" => shift = true,
                _ => return Err(bad()),
            }
            rest = after;
        }
        Ok(Shortcut { ctrl, alt, shift, key: Key::from_name(rest).ok_or_else(bad)? })
    }
}

impl TryFrom<String> for Shortcut {
    type Error = NoShortcut;

    fn try_from(text: String) -> Result<Shortcut, NoShortcut> {
        text.parse()
    }
}

impl From<Shortcut> for String {
    fn from(shortcut: Shortcut) -> String {
        shortcut.to_string()
    }
}

/// Which keys do what: the usual ones, and where the user chose others, those.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Keymap {
    chosen: BTreeMap<Action, Vec<Shortcut>>,
}

/// Why a key cannot do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It does something else already.
    By(Action),
    /// It leads through the window.
    Reserved,
}

impl Keymap {
    /// The keys of an action, the first one to be shown.
    pub fn keys(&self, action: Action) -> Vec<Shortcut> {
        self.chosen.get(&action).cloned().unwrap_or_else(|| action.usual())
    }

    /// The first key as it is printed; empty where there is none.
    pub fn printed(&self, action: Action, language: Language) -> String {
        self.keys(action).first().map_or(String::new(), |key| key.printed(language))
    }

    /// Those of its keys that can be taken from all programs: nobody writes with them.
    pub fn everywhere(&self, action: Action) -> Vec<Shortcut> {
        self.keys(action).into_iter().filter(|key| !key.writes()).collect()
    }

    /// What a key does.
    pub fn action(&self, shortcut: Shortcut) -> Option<Action> {
        Action::ALL.into_iter().find(|action| self.keys(*action).contains(&shortcut))
    }

    /// Gives an action this key alone.
    ///
    /// # Errors
    /// When the key is taken; nothing changes then.
    pub fn bind(&mut self, action: Action, shortcut: Shortcut) -> Result<(), Taken> {
        if shortcut.reserved() {
            return Err(Taken::Reserved);
        }
        match self.action(shortcut) {
            Some(other) if other != action => Err(Taken::By(other)),
            _ => {
                self.chosen.insert(action, vec![shortcut]);
                Ok(())
            }
        }
    }

    /// Takes all keys from an action.
    pub fn unbind(&mut self, action: Action) {
        self.chosen.insert(action, Vec::new());
    }

    /// Gives an action its usual keys back, but for those that do something else by now.
    pub fn reset(&mut self, action: Action) {
        self.chosen.remove(&action);
        let usual = action.usual();
        let free: Vec<_> = usual
            .iter()
            .copied()
            .filter(|key| {
                let others = Action::ALL.into_iter().filter(|other| *other != action);
                !others.into_iter().any(|other| self.keys(other).contains(key))
            })
            .collect();
        if free != usual {
            self.chosen.insert(action, free);
        }
    }

    /// Gives every action its usual keys back.
    pub fn reset_all(&mut self) {
        self.chosen.clear();
    }

    /// Whether an action has other keys than usual.
    pub fn changed(&self, action: Action) -> bool {
        self.chosen.contains_key(&action)
    }

    /// Takes this frame's key presses that mean something out of the input. Repeats of a held key do
    /// nothing, and [`Action::PushToTalk`] is not pressed but held: see [`Keymap::held`].
    pub fn take(&self, input: &mut InputState) -> Vec<Action> {
        self.take_where(input, |action, _| action != Action::PushToTalk)
    }

    /// Takes this frame's key presses that lead to another region of the window. While somebody is
    /// `typing`, only those that no text needs.
    pub fn take_regions(&self, input: &mut InputState, typing: bool) -> Vec<Action> {
        self.take_where(input, |action, shortcut| {
            matches!(action, Action::NextRegion | Action::PreviousRegion)
                && !(typing && shortcut.writes())
        })
    }

    fn take_where(
        &self,
        input: &mut InputState,
        wanted: impl Fn(Action, Shortcut) -> bool,
    ) -> Vec<Action> {
        let mut actions = Vec::new();
        input.events.retain(|event| {
            let Event::Key { key, pressed: true, repeat, modifiers, .. } = event else {
                return true;
            };
            let shortcut = Shortcut::pressed(*key, *modifiers);
            match self.action(shortcut).filter(|action| wanted(*action, shortcut)) {
                None => true,
                Some(action) => {
                    if !repeat {
                        actions.push(action);
                    }
                    false
                }
            }
        });
        actions
    }

    /// Whether a key of this action is down.
    pub fn held(&self, input: &InputState, action: Action) -> bool {
        let modifiers = input.modifiers;
        self.keys(action).into_iter().any(|shortcut| {
            input.keys_down.contains(&shortcut.key)
                && Shortcut::pressed(shortcut.key, modifiers) == shortcut
        })
    }
}

/// The first key press of this frame as a shortcut, taken out of the input: for choosing a key.
/// Escape is left alone.
pub fn any_press(input: &mut InputState) -> Option<Shortcut> {
    let index = input.events.iter().position(|event| {
        matches!(event, Event::Key { key, pressed: true, repeat: false, .. } if *key != Key::Escape)
    })?;
    let Event::Key { key, modifiers, .. } = input.events.remove(index) else { return None };
    // The same press as text would land in the next field.
    input.events.retain(|event| !matches!(event, Event::Text(_)));
    Some(Shortcut::pressed(key, modifiers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Shortcut {
        text.parse().expect("a shortcut")
    }

    #[test]
    fn shortcuts_are_written_and_read_back() {
        for text in ["M", "Ctrl+D", "Ctrl+Alt+Shift+F11", "Space", "Questionmark"] {
            assert_eq!(key(text).to_string(), text);
        }
        for bad in ["", "Ctrl+", "Hyper+M", "Ctrl+Nothing", "+", "M+Ctrl"] {
            assert!(bad.parse::<Shortcut>().is_err(), "{bad}");
        }
        assert_eq!(key("Ctrl+Space").printed(Language::German), "Strg+Leertaste");
        assert_eq!(key("Shift+F5").printed(Language::English), "Shift+F5");
    }

    #[test]
    fn no_two_actions_have_a_key_in_common_and_none_is_reserved() {
        let keymap = Keymap::default();
        for action in Action::ALL {
            for shortcut in keymap.keys(action) {
                assert_eq!(keymap.action(shortcut), Some(action));
                assert!(!shortcut.reserved(), "{shortcut}");
            }
        }
    }

    #[test]
    fn a_key_is_given_once_and_what_is_taken_changes_nothing() {
        let mut keymap = Keymap::default();
        assert_eq!(keymap.bind(Action::Camera, key("M")), Err(Taken::By(Action::Microphone)));
        assert_eq!(keymap.bind(Action::Camera, key("Tab")), Err(Taken::Reserved));
        assert_eq!(keymap, Keymap::default());
        assert_eq!(keymap.bind(Action::Camera, key("F9")), Ok(()));
        assert_eq!(keymap.keys(Action::Camera), [key("F9")]);
        assert_eq!(keymap.action(key("V")), None);
        // A usual key may do something else, and then does not come back by a reset.
        assert_eq!(keymap.bind(Action::View, key("V")), Ok(()));
        keymap.reset(Action::Camera);
        assert_eq!(keymap.keys(Action::Camera), [key("Ctrl+E")]);
        keymap.reset_all();
        assert_eq!(keymap, Keymap::default());
    }

    #[test]
    fn what_was_chosen_is_remembered_and_damage_is_refused() {
        let mut keymap = Keymap::default();
        keymap.bind(Action::Hand, key("Ctrl+Shift+K")).expect("free");
        keymap.unbind(Action::Share);
        let json = serde_json::to_string(&keymap).expect("json");
        assert_eq!(json, r#"{"hand":["Ctrl+Shift+K"],"share":[]}"#);
        assert_eq!(serde_json::from_str::<Keymap>(&json).expect("a keymap"), keymap);
        assert!(serde_json::from_str::<Keymap>(r#"{"hand":["Hyper+K"]}"#).is_err());
    }

    #[test]
    fn a_question_mark_needs_no_shift_and_a_letter_minds_it() {
        let shift = Modifiers::SHIFT;
        assert_eq!(Shortcut::pressed(Key::Questionmark, shift), key("?"));
        assert_eq!(Shortcut::pressed(Key::M, shift), key("Shift+M"));
        assert_eq!(Keymap::default().action(Shortcut::pressed(Key::M, shift)), None);
        assert_eq!(Keymap::default().action(Shortcut::pressed(Key::M, Modifiers::ALT)), None);
    }
}
