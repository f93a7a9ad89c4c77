//! What comes from the desktop around the window: the tray, notifications, links of other programs.

use super::{BackendEvent, Screen, State, TalkKeyEvent, calls};
use crate::command::{Command, DesktopCommand, PeopleCommand};
use crate::links::Link;
use protocol::CallRoom;

/// What the window owes the desktop.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Desktop {
    /// The window is to come to the front; whoever does it takes this back.
    pub raise: bool,
    /// The program is to end, whatever closing the window means.
    pub quit: bool,
    /// There is an icon in the tray, so that a hidden window can be found again.
    pub tray: bool,
    /// A link that waits for the sign-in, or for the end of a conference.
    pub link: Option<Link>,
    /// What became of a link, and until when it is said, [`super::Now::seconds`].
    pub said: Option<(Said, f64)>,
}

/// What became of a link that does not open right away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It opens after the conference.
    LinkWaits,
    /// It leads to a guest page, and the browser shows that.
    LinkInBrowser,
}

/// How long it is said, seconds.
const SAID_S: f64 = 8.0;

/// What the desktop tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DesktopEvent {
    /// The window is wanted.
    Show,
    /// The program is to end.
    Quit,
    /// We want to be left alone, or not any more.
    Busy(bool),
    /// There is an icon in the tray, or no longer.
    Tray(bool),
    /// A link was opened, here or in another start of the program.
    Open(Link),
    /// The key that opens the microphone while it is held.
    TalkKey(TalkKeyEvent),
}

impl From<DesktopEvent> for BackendEvent {
    fn from(event: DesktopEvent) -> BackendEvent {
        BackendEvent::Desktop(event)
    }
}

impl State {
    pub(super) fn apply_desktop(&mut self, event: DesktopEvent) {
        match event {
            DesktopEvent::Show => self.desktop.raise = true,
            DesktopEvent::Quit => self.desktop.quit = true,
            DesktopEvent::Busy(busy) => self.set_busy(busy),
            DesktopEvent::Tray(shown) => self.desktop.tray = shown,
            DesktopEvent::TalkKey(event) => self.apply_talk_key(event),
            DesktopEvent::Open(link) => {
                self.desktop.raise = true;
                if self.call.is_some() {
                    self.say_of_link(Said::LinkWaits);
                }
                self.desktop.link = Some(link);
                self.follow_link();
            }
        }
    }

    fn say_of_link(&mut self, said: Said) {
        self.desktop.said = Some((said, self.now.seconds + SAID_S));
    }

    /// Closing the window leaves the program in the tray. Where there is no tray nobody would find
    /// it again.
    pub fn hides_on_close(&self) -> bool {
        self.settings.stay_in_tray && self.desktop.tray && !self.desktop.quit
    }

    /// The window goes into the tray: outside of a conference nothing stays open behind it that
    /// sees and hears the user.
    pub fn hide(&mut self) {
        let before_one = self.pre_join.is_some();
        self.close_devices();
        if before_one {
            self.go_home();
        }
    }

    /// Shows us to the others as busy, or as available.
    pub fn set_busy(&mut self, busy: bool) {
        self.follow_up.push(Command::People(PeopleCommand::SetBusy(busy)));
    }

    /// Goes where the waiting link leads, as soon as that is possible.
    pub(super) fn follow_link(&mut self) {
        let free = matches!(self.screen, Screen::Main | Screen::PreJoin | Screen::Ended)
            && !self.session_over;
        // Tokens are found among the rooms.
        let (true, Some(account), Some(rooms)) = (free, &self.account, &self.rooms.list) else {
            return;
        };
        let own = account.hub.clone();
        let Some(link) = self.desktop.link.take() else { return };
        let room = match &link {
            Link::Number(number) => {
                let listed = rooms.iter().find(|room| room.number == *number).cloned();
                let place = CallRoom { number: number.clone(), name: number.clone() };
                Some(listed.unwrap_or_else(|| calls::unlisted(&place)))
            }
            Link::Token(token) | Link::Page { token, .. } => {
                let path = format!("/j/{token}");
                let here = !matches!(&link, Link::Page { hub, .. } if *hub != own);
                rooms.iter().find(|room| here && room.link_path == path).cloned()
            }
        };
        if let Some(room) = room {
            self.ended = None;
            let open = self.open(room);
            self.follow_up.push(open);
            return;
        }
        // A room that we enter as any guest does: on its page.
        let address = match &link {
            Link::Token(token) => format!("{own}/j/{token}"),
            _ => link.address().unwrap_or_default(),
        };
        self.say_of_link(Said::LinkInBrowser);
        self.follow_up.push(Command::Desktop(DesktopCommand::Browse(address)));
    }
}
