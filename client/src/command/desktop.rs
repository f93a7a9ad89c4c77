//! What the window asks of the desktop around it.

use crate::notices::Notice;
use crate::state::TalkKeys;
use crate::tray::Look;

/// A wish to the desktop.
#[derive(Clone, PartialEq, Eq)]
pub enum DesktopCommand {
    /// These calls are announced by the system, and no others.
    Announce(Vec<Notice>),
    /// The tray icon looks like this; `None`: there is none.
    Tray(Option<Look>),
    /// Open an address in the browser.
    Browse(String),
    /// Listen to these keys for talking, whatever program is in front; `None`: to none.
    TalkKeys(Option<TalkKeys>),
    /// Say whether these keys can be listened to; `None`: it matters no more.
    TryTalkKeys(Option<TalkKeys>),
}

impl std::fmt::Debug for DesktopCommand {
    /// Never prints a link: it opens a room.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DesktopCommand::Announce(notices) => write!(f, "Announce({})", notices.len()),
            DesktopCommand::Tray(look) => look.fmt(f),
            DesktopCommand::Browse(_) => f.write_str("Browse"),
            DesktopCommand::TalkKeys(keys) => write!(f, "TalkKeys({keys:?})"),
            DesktopCommand::TryTalkKeys(keys) => write!(f, "TryTalkKeys({keys:?})"),
        }
    }
}
