//! Signing in and out, and what is heard meanwhile.

use super::{Account, AccountPage, Calls, Failure, Page, People, Planner, Rooms, Screen, State};
use crate::command::{AccountCommand, Command, PeopleCommand};
use crate::live::LiveEvent;
use protocol::{Event as Live, Refusal};

impl State {
    pub(super) fn apply_live(&mut self, event: LiveEvent) {
        let LiveEvent::Said(event) = event else {
            self.live = false;
            self.people.forget_presence();
            return;
        };
        match event {
            Live::Welcome { you, people, rooms, ringing, calling } => {
                self.live = true;
                self.people.welcome(you, people);
                self.rooms.welcome(rooms);
                self.ask_for_people_and_rooms();
                self.calls_welcome(ringing, calling);
                self.planner_may_have_changed();
            }
            Live::Refused { reason } => {
                self.live = false;
                self.session_over(match reason {
                    Refusal::Session => Failure::NotSignedIn,
                    other => Failure::Refused(other),
                });
            }
            Live::Presence { people } => self.people.presence_changed(people),
            Live::Rooms { rooms } => {
                self.planner_rooms_changed(&rooms);
                let mut wishes = self.rooms.status_changed(&rooms, self.now.unix_ms);
                let more = self.look_again(&rooms, &wishes);
                wishes.extend(more);
                self.ask_rooms(wishes);
            }
            Live::Ring { ring } => self.ring(ring),
            Live::RingEnded { call, .. } => self.ring_ended(&call),
            Live::RingAnswer { call, user, answer } => self.ring_answer(&call, &user, answer),
            Live::RoomChat { number, line } => self.room_chat(&number, line),
            Live::EntryChanged { entry } => self.planner_entry_changed(entry),
            Live::MailTrouble { .. } => self.planner_mail_trouble(),
            Live::Denied { .. } => {}
        }
    }

    pub(super) fn signed_in(&mut self, account: Account) {
        if !account.embedded {
            self.settings.hub.clone_from(&account.hub);
            self.settings.user.clone_from(&account.user);
        }
        // What the one before did here is none of this one's business.
        if self.people.me.as_ref().is_some_and(|me| me.name != account.user) {
            self.sign_out();
        }
        let must_change = account.must_change;
        self.account = Some(account);
        self.account_page = AccountPage::default();
        self.planner = Planner::default();
        self.sign_in.busy = false;
        self.sign_in.failure = None;
        self.session_over = false;
        if must_change {
            // What was typed to sign in is the old password of the form.
            self.account_page.password.old = std::mem::take(&mut self.sign_in.password);
            self.screen = Screen::NewPassword;
            return;
        }
        self.sign_in.password.clear();
        self.ask_for_all();
        if matches!(self.screen, Screen::Starting | Screen::SignIn) {
            self.screen = Screen::Main;
        }
    }

    /// Asks the hub for what the pages show, and to be told what happens there: the welcome of the
    /// live channel brings contacts and rooms.
    pub(super) fn ask_for_all(&mut self) {
        if let Some(account) = &mut self.account {
            account.must_change = false;
        }
        self.follow_up.push(Command::Account(AccountCommand::Load));
        self.follow_up.push(Command::Account(AccountCommand::Listen));
        self.calls_signed_in();
    }

    fn ask_for_people_and_rooms(&mut self) {
        self.follow_up.push(Command::People(PeopleCommand::LoadContacts));
        let wishes = self.rooms.ask_anew();
        self.ask_rooms(wishes);
    }

    /// The session is over without the user's doing. A conference needs none and goes on; the
    /// sign-in page follows it.
    pub(super) fn session_over(&mut self, why: Failure) {
        self.sign_in.failure = Some(why);
        if self.call.is_some() {
            self.session_over = true;
            return;
        }
        self.close_devices();
        self.ended = None;
        self.account = None;
        self.screen = Screen::SignIn;
    }

    /// Closes what is open outside of a conference and sees and hears the user.
    pub(super) fn close_devices(&mut self) {
        if self.call.is_none() && (self.preview || self.pre_join.is_some()) {
            self.follow_up.push(Command::CloseRoom);
        }
        self.preview = false;
        self.pre_join = None;
    }

    /// Forgets the account and all that came with it.
    pub fn sign_out(&mut self) {
        self.close_devices();
        self.account = None;
        self.account_page = AccountPage::default();
        self.page = Page::default();
        self.people = People::default();
        self.planner = Planner::default();
        self.rooms = Rooms::default();
        self.calls = Calls::default();
        self.live = false;
        self.screen = Screen::SignIn;
    }
}
