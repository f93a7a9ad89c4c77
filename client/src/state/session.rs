//! Signing in and out, and what is heard meanwhile.

use super::{Account, AccountPage, Calls, Page, People, Planner, Rooms, Screen, State};
use crate::command::{AccountCommand, Command, PeopleCommand, RoomsCommand};
use crate::live::LiveEvent;
use protocol::Event as Live;

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
                let wishes = self.rooms.welcome(rooms);
                self.ask_rooms(wishes);
                self.calls_welcome(ringing, calling);
                self.planner_may_have_changed();
                self.follow_up.push(Command::People(PeopleCommand::LoadContacts));
            }
            Live::Refused { .. } => self.live = false,
            Live::Presence { people } => self.people.presence_changed(people),
            Live::Rooms { rooms } => {
                self.look_in_again(&rooms);
                self.planner_rooms_changed(&rooms);
                let wishes = self.rooms.status_changed(rooms, self.now.unix_ms);
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

    /// Asks the hub for what the pages show.
    pub(super) fn ask_for_all(&mut self) {
        if let Some(account) = &mut self.account {
            account.must_change = false;
        }
        self.follow_up.push(Command::Account(AccountCommand::Load));
        self.follow_up.push(Command::People(PeopleCommand::LoadContacts));
        self.follow_up.push(Command::Rooms(RoomsCommand::List));
        self.calls_signed_in();
    }

    /// Forgets the account and all that came with it.
    pub fn sign_out(&mut self) {
        self.account = None;
        self.account_page = AccountPage::default();
        self.preview = false;
        self.page = Page::default();
        self.people = People::default();
        self.planner = Planner::default();
        self.rooms = Rooms::default();
        self.calls = Calls::default();
        self.live = false;
        self.screen = Screen::SignIn;
    }
}
