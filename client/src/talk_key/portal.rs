//! Wayland: no program hears another's keys, but the desktop listens for programs where it has
//! `org.freedesktop.portal.GlobalShortcuts` (KDE, GNOME from 48 on, Hyprland). It may ask the user
//! first, and they choose the key there: ours is a proposal.

use super::Tell;
use crate::keys::Shortcut;
use crate::state::{Refused, TalkKeyEvent, TalkKeys};
use ashpd::desktop::global_shortcuts::{GlobalShortcuts, NewShortcut, Shortcut as Bound};
use ashpd::desktop::{ResponseError, Session};
use ashpd::zbus::{self, fdo};
use ashpd::{Error, PortalError};
use egui::Key;
use futures_util::{StreamExt as _, try_join};
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, oneshot};

/// By this name the desktop remembers the user's choice.
const ID: &str = "push-to-talk";

/// A desktop that does not take its session back in time is left with it.
const CLOSING: Duration = Duration::from_millis(500);

/// The desktop's half.
#[derive(Debug, Default)]
pub(super) struct Portal {
    /// One session at a time: the next waits until the one before is given back.
    turn: Arc<Mutex<()>>,
}

/// Ends the session, and its question, when dropped.
#[derive(Debug)]
pub(super) struct Listening {
    _stop: oneshot::Sender<Infallible>,
}

impl Portal {
    /// Says who we are, before any other word to the portal: xdg-desktop-portal takes it only then,
    /// and from 1.21 on gives keys to nobody whom it does not know.
    pub(super) fn introduce(&self, runtime: &Handle) {
        let turn = self.turn.clone();
        runtime.spawn(async move {
            let _turn = turn.lock().await;
            let Ok(name) = crate::APP_ID.parse() else { return };
            if let Err(error) = ashpd::register_host_app(name).await {
                tracing::debug!(%error, "the desktop does not note who we are");
            }
        });
    }

    /// Lets the desktop listen, and `tell` hears how that goes.
    pub(super) fn listen(&self, runtime: &Handle, wish: TalkKeys, tell: Tell) -> Listening {
        let (stop, stopped) = oneshot::channel();
        let turn = self.turn.clone();
        runtime.spawn(async move {
            let _turn = turn.lock().await;
            run(stopped, &wish, &tell).await;
        });
        Listening { _stop: stop }
    }
}

async fn run(mut stopped: oneshot::Receiver<Infallible>, wish: &TalkKeys, tell: &Tell) {
    // What ended while it waited for its turn asks nothing.
    if !matches!(stopped.try_recv(), Err(oneshot::error::TryRecvError::Empty)) {
        return;
    }
    let (proxy, session) = match open().await {
        Ok(opened) => opened,
        Err(error) => return tell(TalkKeyEvent::Refused(refused(&error))),
    };
    let mut held = false;
    tokio::select! {
        Err(error) = listen(&proxy, &session, wish, tell, &mut held) => {
            tell(TalkKeyEvent::Refused(refused(&error)));
        }
        _ = stopped => {}
    }
    if held {
        tell(TalkKeyEvent::Held(false));
    }
    let closed = tokio::time::timeout(CLOSING, session.close()).await;
    if !matches!(closed, Ok(Ok(()))) {
        tracing::debug!("the desktop did not take its session back");
    }
}

async fn open() -> ashpd::Result<(GlobalShortcuts, Session<GlobalShortcuts>)> {
    let proxy = GlobalShortcuts::new().await?;
    let session = proxy.create_session(Default::default()).await?;
    Ok((proxy, session))
}

/// Asks for the key, then tells of it until the desktop ends the session.
async fn listen(
    proxy: &GlobalShortcuts,
    session: &Session<GlobalShortcuts>,
    wish: &TalkKeys,
    tell: &Tell,
    held: &mut bool,
) -> ashpd::Result<Infallible> {
    let (down, up) = try_join!(proxy.receive_activated(), proxy.receive_deactivated())?;
    let (changed, closed) = try_join!(proxy.receive_shortcuts_changed(), session.receive_closed())?;
    let (mut down, mut up) = (pin!(down), pin!(up));
    let (mut changed, mut closed) = (pin!(changed), pin!(closed));
    let proposal = wish.keys.first().and_then(|key| trigger(*key));
    let wanted = NewShortcut::new(ID, &wish.purpose).preferred_trigger(proposal.as_deref());
    let answer = proxy.bind_shortcuts(session, &[wanted], None, Default::default()).await?;
    ready(answer.response()?.shortcuts(), tell)?;
    loop {
        tokio::select! {
            Some(key) = down.next() => if key.shortcut_id() == ID && !*held {
                *held = true;
                tell(TalkKeyEvent::Held(true));
            },
            Some(key) = up.next() => if key.shortcut_id() == ID && *held {
                *held = false;
                tell(TalkKeyEvent::Held(false));
            },
            Some(news) = changed.next() => ready(news.shortcuts(), tell)?,
            _ = closed.next() => return Err(Error::Response(ResponseError::Other)),
        }
    }
}

/// Tells which key it is. A user may allow some keys and leave this one out.
fn ready(bound: &[Bound], tell: &Tell) -> ashpd::Result<()> {
    let ours = bound.iter().find(|bound| bound.id() == ID);
    let ours = ours.ok_or(Error::Response(ResponseError::Cancelled))?;
    tell(TalkKeyEvent::Ready { trigger: Some(ours.trigger_description().to_owned()) });
    Ok(())
}

fn refused(error: &Error) -> Refused {
    tracing::warn!(%error, "the desktop does not listen to the key for talking");
    match error {
        Error::PortalNotFound(_) => Refused::Wayland,
        Error::Response(ResponseError::Cancelled) | Error::Portal(PortalError::Cancelled(_)) => {
            Refused::Declined
        }
        Error::Portal(PortalError::NotAllowed(_)) => Refused::Unknown,
        Error::Zbus(bus) | Error::Portal(PortalError::ZBus(bus)) if lacks_portal(bus) => {
            Refused::Wayland
        }
        _ => Refused::Unreachable,
    }
}

/// Nobody is there for portals, or they are there without this one.
fn lacks_portal(error: &zbus::Error) -> bool {
    matches!(
        fdo::Error::from(error.clone()),
        fdo::Error::ServiceUnknown(_)
            | fdo::Error::NameHasNoOwner(_)
            | fdo::Error::UnknownObject(_)
            | fdo::Error::UnknownInterface(_)
            | fdo::Error::UnknownMethod(_)
    )
}

/// A shortcut as desktops write it (XDG “shortcuts” specification): modifiers, then a keysym's name.
/// `None` for keys that have no name of their own there.
fn trigger(shortcut: Shortcut) -> Option<String> {
    let key = match shortcut.key {
        key if (Key::F1..=Key::F35).contains(&key) => key.name().to_owned(),
        Key::Backspace => "BackSpace".to_owned(),
        Key::PageUp => "Page_Up".to_owned(),
        Key::PageDown => "Page_Down".to_owned(),
        Key::Home | Key::End | Key::Insert | Key::Delete => shortcut.key.name().to_owned(),
        Key::Space => "space".to_owned(),
        Key::Minus => "minus".to_owned(),
        Key::Plus => "plus".to_owned(),
        Key::Comma => "comma".to_owned(),
        Key::Period => "period".to_owned(),
        key => {
            let mut name = key.name().chars();
            let (Some(letter), None) = (name.next(), name.next()) else { return None };
            letter.is_ascii_alphanumeric().then(|| letter.to_ascii_lowercase().to_string())?
        }
    };
    let held = [(shortcut.ctrl, "CTRL+"), (shortcut.alt, "ALT+"), (shortcut.shift, "SHIFT+")];
    let held: String = held.iter().filter(|(held, _)| *held).map(|(_, name)| *name).collect();
    Some(held + &key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_proposed_as_desktops_write_them() {
        for (key, written) in [
            ("F8", Some("F8")),
            ("Ctrl+Space", Some("CTRL+space")),
            ("Ctrl+Alt+Shift+M", Some("CTRL+ALT+SHIFT+m")),
            ("Alt+7", Some("ALT+7")),
            ("Ctrl+PageDown", Some("CTRL+Page_Down")),
            ("Ctrl+Quote", None),
        ] {
            let key: Shortcut = key.parse().expect(key);
            assert_eq!(trigger(key).as_deref(), written, "{key}");
        }
    }
}
