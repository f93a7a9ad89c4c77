//! X11: the keys are taken from all programs for as long as a [`Grab`] lives, and their presses and
//! releases come here. The window cannot hear them then, in front or not.

use super::Tell;
use crate::keys::Shortcut;
use crate::state::{Refused, TalkKeyEvent};
use egui::Key;
use engine::thread::{self, Joined};
use std::fmt::Display;
use std::sync::Arc;
use x11rb::connection::Connection as _;
use x11rb::errors::{ReplyError, ReplyOrIdError};
use x11rb::protocol::xkb::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    self, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, GrabMode, ModMask,
    Window, WindowClass,
};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::RustConnection;

/// What a lock key adds to a press: nothing that matters here. Caps Lock and Num Lock.
const LOCKS: [ModMask; 2] = [ModMask::LOCK, ModMask::M2];

/// The keys, taken from all programs; dropping it gives them back.
#[derive(Debug)]
pub struct Grab {
    /// Ends the thread, so it stays before `_thread`.
    _stop: Stop,
    _thread: Joined,
}

impl Grab {
    /// Takes `keys`; `tell` hears that one of them goes down, and up again.
    ///
    /// # Errors
    /// [`Refused`] when they cannot be had, all or one.
    pub fn start(keys: &[Shortcut], tell: Tell) -> Result<Grab, Refused> {
        let (x, screen) = x11rb::connect(None).map_err(unreachable)?;
        let root = x.setup().roots[screen].root;
        let window = mailbox(&x, root).map_err(unreachable)?;
        hold_quietly(&x).map_err(unreachable)?;
        let codes = take(&x, root, keys).inspect_err(|_| give_back(&x, root))?;
        let x = Arc::new(x);
        let stop = Stop { x: x.clone(), window };
        let listen = move || {
            listen(&x, window, &codes, &*tell);
            give_back(&x, root);
        };
        let thread = thread::spawn("talk_key", listen).map_err(unreachable)?;
        Ok(Grab { _stop: stop, _thread: thread })
    }
}

fn unreachable(error: impl Display) -> Refused {
    tracing::warn!(%error, "no key is heard while another program is in front");
    Refused::Unreachable
}

/// Tells the thread to end when it is dropped.
#[derive(Debug)]
struct Stop {
    x: Arc<RustConnection>,
    window: Window,
}

impl Drop for Stop {
    fn drop(&mut self) {
        let message = ClientMessageEvent::new(8, self.window, xproto::AtomEnum::NONE, [0_u32; 5]);
        let sent = self.x.send_event(false, self.window, EventMask::NO_EVENT, message).is_ok();
        // A connection that is gone has ended the thread.
        if !(sent && self.x.flush().is_ok()) {
            tracing::debug!("the X server is gone");
        }
    }
}

fn listen(
    x: &RustConnection,
    window: Window,
    codes: &[u8],
    tell: &(dyn Fn(TalkKeyEvent) + Send + Sync),
) {
    let mut held = None;
    while let Ok(event) = x.wait_for_event() {
        match event {
            Event::KeyPress(key) if held.is_none() && codes.contains(&key.detail) => {
                held = Some(key.detail);
                tell(TalkKeyEvent::Held(true));
            }
            Event::KeyRelease(key) if held == Some(key.detail) => {
                held = None;
                tell(TalkKeyEvent::Held(false));
            }
            Event::ClientMessage(message) if message.window == window => break,
            _ => {}
        }
    }
    if held.is_some() {
        tell(TalkKeyEvent::Held(false));
    }
}

/// A window that nobody sees, for messages to ourselves.
fn mailbox(x: &RustConnection, root: Window) -> Result<Window, ReplyOrIdError> {
    let window = x.generate_id()?;
    let (class, looks) = (WindowClass::INPUT_ONLY, CreateWindowAux::new());
    x.create_window(0, window, root, 0, 0, 1, 1, 0, class, x11rb::COPY_FROM_PARENT, &looks)?
        .check()?;
    Ok(window)
}

/// A held key is told as pressed again and again, but not as released in between.
fn hold_quietly(x: &RustConnection) -> Result<(), ReplyError> {
    x.xkb_use_extension(1, 0)?.reply()?;
    let (keyboard, none) = (xkb::ID::USE_CORE_KBD.into(), 0_u8.into());
    let flag = xkb::PerClientFlag::DETECTABLE_AUTO_REPEAT;
    x.xkb_per_client_flags(keyboard, flag, flag, none, none, none)?.reply()?;
    Ok(())
}

/// Takes all keys; gives where they lie.
fn take(x: &RustConnection, root: Window, keys: &[Shortcut]) -> Result<Vec<u8>, Refused> {
    let one = |key: &Shortcut| {
        let found = place(x, *key).map_err(unreachable)?;
        let (code, modifiers) = found.ok_or(Refused::Missing(*key))?;
        match grab(x, root, code, modifiers) {
            Ok(()) => Ok(code),
            Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Access => {
                Err(Refused::Taken(*key))
            }
            Err(error) => Err(unreachable(error)),
        }
    };
    keys.iter().map(one).collect()
}

/// Gives all keys back, before anybody asks for them again: the server closes a connection at its
/// own time.
fn give_back(x: &RustConnection, root: Window) {
    let any: u8 = xproto::Grab::ANY.into();
    let given = x.ungrab_key(any, root, ModMask::ANY).map(|sent| sent.check());
    if !matches!(given, Ok(Ok(()))) {
        tracing::debug!("the X server is gone");
    }
}

/// Takes a key with its modifiers, whatever is locked.
fn grab(x: &RustConnection, root: Window, code: u8, held: ModMask) -> Result<(), ReplyError> {
    let [caps, num] = LOCKS;
    for locked in [ModMask::from(0_u16), caps, num, caps | num] {
        let asynchronous = GrabMode::ASYNC;
        x.grab_key(false, root, held | locked, code, asynchronous, asynchronous)?.check()?;
    }
    Ok(())
}

/// Where a shortcut lies on this keyboard, and what is held beside it.
fn place(x: &RustConnection, shortcut: Shortcut) -> Result<Option<(u8, ModMask)>, ReplyError> {
    let Some(wanted) = keysym(shortcut.key) else { return Ok(None) };
    let (first, last) = (x.setup().min_keycode, x.setup().max_keycode);
    let map = x.get_keyboard_mapping(first, last - first + 1)?.reply()?;
    let rows: Vec<&[u32]> = map.keysyms.chunks(map.keysyms_per_keycode.max(1).into()).collect();
    let find = |level: usize| rows.iter().position(|row| row.get(level) == Some(&wanted));
    let found = find(0).map(|row| (row, shortcut.shift)).or_else(|| Some((find(1)?, true)));
    Ok(found.and_then(|(row, shift)| {
        let code = u8::try_from(usize::from(first) + row).ok()?;
        let masks = [
            (shortcut.ctrl, ModMask::CONTROL),
            (shortcut.alt, ModMask::M1),
            (shift, ModMask::SHIFT),
        ];
        let held = masks.into_iter().filter(|(held, _)| *held);
        Some((code, held.fold(ModMask::from(0_u16), |all, (_, mask)| all | mask)))
    }))
}

/// The number by which X knows a key (X11/keysymdef.h); those of Latin-1 are its characters.
fn keysym(key: Key) -> Option<u32> {
    const F1: u32 = 0xffbe;
    if (Key::F1..=Key::F35).contains(&key) {
        return Some(F1 + key as u32 - Key::F1 as u32);
    }
    Some(match key {
        Key::Backspace => 0xff08,
        Key::Home => 0xff50,
        Key::PageUp => 0xff55,
        Key::PageDown => 0xff56,
        Key::End => 0xff57,
        Key::Insert => 0xff63,
        Key::Delete => 0xffff,
        Key::Space => u32::from(' '),
        Key::Minus => u32::from('-'),
        Key::Quote => u32::from('\''),
        key => {
            let mut name = key.symbol_or_name().chars();
            let (Some(letter), None) = (name.next(), name.next()) else { return None };
            letter.is_ascii().then(|| u32::from(letter.to_ascii_lowercase()))?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_numbers_of_the_x_protocol() {
        for (key, number) in [
            (Key::F1, 0xffbe),
            (Key::F12, 0xffc9),
            (Key::F35, 0xffe0),
            (Key::M, 0x6d),
            (Key::Num7, 0x37),
            (Key::Space, 0x20),
            (Key::Comma, 0x2c),
            (Key::Minus, 0x2d),
        ] {
            assert_eq!(keysym(key), Some(number), "{key:?}");
        }
        assert_eq!(keysym(Key::Copy), None);
    }
}
