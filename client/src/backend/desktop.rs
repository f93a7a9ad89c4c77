//! What the desktop around the window does for it: announcing calls, the tray, the browser, keys.

use super::{Driver, Teller};
use crate::command::DesktopCommand;
use crate::instance::{First, Listening};
use crate::keys::Shortcut;
use crate::notices::Notices;
use crate::state::{BackendEvent, CallsEvent, Choice, DesktopEvent, Refused, TalkKeyEvent};
use crate::talk_key::TalkKey;
use crate::tray::Tray;
use std::sync::Arc;

/// What is shown and heard outside of the window.
#[derive(Debug, Default)]
pub(super) struct Desktop {
    notices: Notices,
    tray: Option<Tray>,
    talk_key: Option<TalkKey>,
    instance: Option<Listening>,
}

impl Driver {
    pub(super) fn obey_desktop(&mut self, command: DesktopCommand) {
        match command {
            DesktopCommand::Announce(wanted) => {
                let teller = self.teller();
                let chosen: Arc<dyn Fn(String, Choice) + Send + Sync> =
                    Arc::new(move |call, choice| {
                        teller.tell(BackendEvent::Calls(CallsEvent::Chosen { call, choice }));
                    });
                self.desktop.notices.show(self.runtime.handle(), &wanted, &chosen);
            }
            DesktopCommand::Tray(None) => self.desktop.tray = None,
            DesktopCommand::Tray(Some(look)) => match &self.desktop.tray {
                Some(tray) => tray.look(look),
                None => match Tray::start(look, hearer(self.teller())) {
                    Ok(tray) => self.desktop.tray = Some(tray),
                    Err(error) => tracing::warn!(%error, "no tray icon"),
                },
            },
            DesktopCommand::Browse(address) => {
                if let Err(error) = open::that_detached(&address) {
                    tracing::warn!(%error, "no browser opens");
                }
            }
            DesktopCommand::TalkKeys(keys) => {
                // The key in force is given back first: the new ones may be the same.
                self.desktop.talk_key = None;
                if let Some(keys) = keys {
                    self.desktop.talk_key = self.take_talk_keys(&keys).ok();
                }
            }
            // Taken and given back at once; in a conference it is known already.
            DesktopCommand::TryTalkKeys(keys) if self.desktop.talk_key.is_none() => {
                drop(self.take_talk_keys(&keys));
            }
            DesktopCommand::TryTalkKeys(_) => {}
        }
    }

    /// Takes the keys for talking from all programs, and tells the window whether that went well.
    fn take_talk_keys(&self, keys: &[Shortcut]) -> Result<TalkKey, Refused> {
        let tell = hearer(self.teller());
        let held = tell.clone();
        let taken = TalkKey::start(
            keys,
            Arc::new(move |down| held(DesktopEvent::TalkKey(TalkKeyEvent::Held(down)))),
        );
        let outcome = match &taken {
            Ok(_) => TalkKeyEvent::Ready,
            Err(refused) => TalkKeyEvent::Refused(*refused),
        };
        tell(DesktopEvent::TalkKey(outcome));
        taken
    }

    /// Hears later starts of the program.
    pub(super) fn listen_to_later_starts(&mut self, first: Option<First>) {
        let Some(first) = first else { return };
        match first.listen(self.runtime.handle(), hearer(self.teller())) {
            Ok(listening) => self.desktop.instance = Some(listening),
            Err(error) => tracing::warn!(%error, "later starts are not heard"),
        }
    }
}

fn hearer(teller: Teller) -> Arc<dyn Fn(DesktopEvent) + Send + Sync> {
    Arc::new(move |event| teller.tell(event.into()))
}
