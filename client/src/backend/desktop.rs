//! What the desktop around the window does for it: announcing calls, the tray, the browser, keys.

use super::{Driver, Teller};
use crate::command::DesktopCommand;
use crate::instance::{First, Listening};
use crate::notices::Notices;
use crate::state::{BackendEvent, CallsEvent, Choice, DesktopEvent};
use crate::talk_key::{TalkKey, Tell};
use crate::tray::Tray;
use std::sync::Arc;

/// What is shown and heard outside of the window.
#[derive(Debug, Default)]
pub(super) struct Desktop {
    notices: Notices,
    tray: Option<Tray>,
    talk_key: TalkKey,
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
                let tell = self.tell_talk_key();
                self.desktop.talk_key.listen(self.runtime.handle(), keys, &tell);
            }
            DesktopCommand::TryTalkKeys(keys) => {
                let tell = self.tell_talk_key();
                self.desktop.talk_key.attempt(self.runtime.handle(), keys, &tell);
            }
        }
    }

    /// Says to the desktop who we are.
    pub(super) fn introduce(&self) {
        self.desktop.talk_key.introduce(self.runtime.handle());
    }

    fn tell_talk_key(&self) -> Tell {
        let tell = hearer(self.teller());
        Arc::new(move |event| tell(DesktopEvent::TalkKey(event)))
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
