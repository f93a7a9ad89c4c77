//! How rooms touch the rest of the window: the live channel, pre-join, calls that ring.

use super::{CreateForm, Question, Rooms, RoomsEvent, StartForm, moderates, nobody_there};
use crate::command::{Command, Purpose, RoomsCommand};
use crate::net::Rung;
use crate::state::{Failure, Page, Screen, State, Toast};
use protocol::{ChangeRoom, ChatLine, CreateRoom, Room, RoomState, RoomStatus};

impl Rooms {
    /// All rooms' status anew; who is not named is idle.
    pub fn welcome(&mut self, rooms: Vec<RoomStatus>) {
        self.status = rooms.into_iter().map(|status| (status.number.clone(), status)).collect();
        self.since.retain(|number, _| {
            let state = self.status.get(number).map(|status| status.state);
            matches!(state, Some(RoomState::Live | RoomState::OnHold))
        });
    }

    /// What a welcome makes ask: it comes when rooms were made or changed, too.
    pub(in crate::state) fn ask_anew(&self) -> Vec<RoomsCommand> {
        let mut wishes = vec![RoomsCommand::List];
        wishes.extend(self.starts_unknown());
        wishes.extend(self.reload_people());
        wishes
    }

    /// Something happens in some rooms, or no longer.
    pub(in crate::state) fn status_changed(
        &mut self,
        rooms: &[RoomStatus],
        now_ms: i64,
    ) -> Vec<RoomsCommand> {
        let mut wishes = Vec::new();
        for status in rooms {
            let number = status.number.clone();
            let ran = self.runs(&number);
            let shown = self.selected.as_ref() == Some(&number);
            if status.state == RoomState::Idle {
                self.status.remove(&number);
            } else {
                self.status.insert(number.clone(), status.clone());
            }
            match (ran, self.runs(&number)) {
                (false, true) => {
                    self.since.insert(number.clone(), now_ms);
                }
                (true, false) => {
                    self.since.remove(&number);
                }
                _ => {}
            }
            if !shown {
                continue;
            }
            wishes.extend(self.reload_people());
            // What was written inside is in the chat as well.
            if ran && !self.runs(&number) {
                wishes.push(RoomsCommand::LoadChat { number, before: None });
            }
        }
        wishes
    }

    /// A line was written beside a conference. `me`: the own account; `seen`: the user looks at that
    /// room.
    pub(in crate::state) fn chat(&mut self, number: &str, line: ChatLine, me: &str, seen: bool) {
        let own = line.account.as_deref() == Some(me);
        let chat = self.chats.entry(number.to_owned()).or_default();
        if chat.take(line) && !own && !seen {
            chat.unread += 1;
        }
    }

    /// Conferences that run since nobody knows when.
    pub(super) fn starts_unknown(&self) -> Vec<RoomsCommand> {
        let rooms = self.list.iter().flatten().filter(|room| {
            self.runs(&room.number) && !self.since.contains_key(&room.number) && moderates(room)
        });
        rooms.map(|room| RoomsCommand::LoadStart { number: room.number.clone() }).collect()
    }

    fn reload_people(&self) -> Option<RoomsCommand> {
        let room = self.current().filter(|room| moderates(room))?;
        Some(RoomsCommand::LoadPeople { number: room.number.clone() })
    }
}

impl State {
    pub(in crate::state) fn apply_room(&mut self, event: RoomsEvent) {
        match event {
            // Only for the dialog that asked: it may have been closed, and opened anew, meanwhile.
            RoomsEvent::Created { room: Ok(room), purpose: Purpose::Start }
                if self.rooms.start.as_ref().is_some_and(|form| form.busy) =>
            {
                let entry = self.start_in(room);
                self.follow_up.push_all(entry);
            }
            RoomsEvent::Rung { outcome: Ok(Rung::Calling(call)), .. } => {
                self.calls.calling.retain(|own| own.call != call.call);
                self.calls.calling.push(call);
                self.load_journal();
            }
            RoomsEvent::Rung { outcome: Ok(Rung::Ask(0)), .. } if self.call.is_some() => {
                self.not_rung(nobody_there());
            }
            RoomsEvent::Rung { outcome: Err(failure), .. } if self.call.is_some() => {
                self.not_rung(failure);
            }
            event => {
                self.look(&event);
                self.meet(&event);
                let wishes = self.rooms.apply(event);
                self.ask_rooms(wishes);
            }
        }
    }

    /// What the people of an answer are called.
    fn meet(&mut self, event: &RoomsEvent) {
        match event {
            RoomsEvent::Members { members: Ok(members), .. } => {
                for member in members {
                    self.people.remember(&member.name, &member.display_name);
                }
            }
            RoomsEvent::ChatPage { page: Ok(page), .. } => {
                page.lines.iter().rev().for_each(|line| self.meet_writer(line));
            }
            _ => {}
        }
    }

    fn meet_writer(&mut self, line: &ChatLine) {
        // A line has the name of its day: it replaces none that is known.
        if let Some(account) = &line.account
            && self.people.name_of(account) == account
        {
            self.people.remember(account, &line.from_name);
        }
    }

    fn not_rung(&mut self, failure: Failure) {
        self.toasts.show(Toast::NotRung(failure), self.now.seconds);
    }

    pub(in crate::state) fn ask_rooms(&mut self, wishes: Vec<RoomsCommand>) {
        self.follow_up.push_all(wishes.into_iter().map(Command::Rooms));
    }

    pub(in crate::state) fn room_chat(&mut self, number: &str, line: ChatLine) {
        let seen = self.screen == Screen::Main
            && self.page == Page::Rooms
            && self.rooms.selected.as_deref() == Some(number);
        self.meet_writer(&line);
        let me = self.account.as_ref().map_or("", |account| account.user.as_str());
        self.rooms.chat(number, line, me, seen);
    }

    /// We are inside: whoever was to be called hears it now.
    pub(in crate::state) fn ring_those_awaited(&mut self) {
        let Some(call) = &self.call else { return };
        let awaited = self.rooms.ring_on_entry.take();
        if let Some(number) = awaited.filter(|number| *number == call.room.number) {
            let ring = RoomsCommand::Ring { number, confirm: true, video: call.camera };
            self.follow_up.push(Command::Rooms(ring));
        }
    }

    /// Calls everybody into the conference that we are in who belongs to its room and is missing,
    /// after the user was told how many that are.
    pub fn call_the_others(&mut self) {
        let Some(call) = &self.call else { return };
        let number = call.room.number.clone();
        let ring = RoomsCommand::Ring { number, confirm: false, video: call.camera };
        self.follow_up.push(Command::Rooms(ring));
    }

    /// Brings somebody into the conference that we are in: they become a member of its room, and it
    /// rings for those members who are not inside, after the user was told how many that are.
    pub fn fetch(&mut self, user: &str) {
        let Some(call) = &self.call else { return };
        let (number, user) = (call.room.number.clone(), user.to_owned());
        let fetch = RoomsCommand::Fetch { number, user, video: call.camera };
        self.follow_up.push(Command::Rooms(fetch));
    }

    /// The question to put to the user now: on the rooms page whatever stands there, and in a
    /// conference whether to call others into it.
    pub fn room_question(&self) -> Option<&Question> {
        let question = self.rooms.question.as_ref()?;
        let fits = match (&self.call, question) {
            (Some(_), Question::Ring { number, .. }) => self.in_conference(number),
            (Some(_), _) => false,
            (None, _) => self.screen == Screen::Main && self.page == Page::Rooms,
        };
        fits.then_some(question)
    }

    /// Nobody is to be called any more: the user went back before going in.
    pub(in crate::state) fn ring_nobody(&mut self) {
        self.rooms.ring_on_entry = None;
    }

    /// Opens the dialog that starts a spontaneous call, from any page.
    pub fn prepare_call(&mut self) {
        self.rooms.start.get_or_insert_with(StartForm::default);
    }

    /// Opens the dialog that makes a room.
    pub fn prepare_room(&mut self) {
        self.rooms.create.get_or_insert_with(CreateForm::default);
    }

    /// Makes the room of the dialog, unless it has no name.
    pub fn create_room(&mut self) -> Option<Command> {
        let form = self.rooms.create.as_mut().filter(|form| !form.busy)?;
        form.checked = true;
        let name = form.name.trim().to_owned();
        if name.is_empty() {
            return None;
        }
        (form.busy, form.failure) = (true, None);
        let (kind, members) = (form.kind, form.members.keys());
        let room = CreateRoom { name, kind, members, ad_hoc: false };
        Some(Command::Rooms(RoomsCommand::Create { room, purpose: Purpose::Keep }))
    }

    /// Makes the spontaneous call's room for its link, or to start in it. `proposed` is its name
    /// where none was typed.
    pub fn make_call(&mut self, proposed: &str, purpose: Purpose) -> Vec<Command> {
        let Some(form) = self.rooms.start.as_mut().filter(|form| !form.busy) else {
            return Vec::new();
        };
        let typed = form.name.trim();
        let name = if typed.is_empty() { proposed } else { typed }.to_owned();
        if let Some(room) = form.room.clone() {
            let wishes = catch_up(form, &room, &name).into_iter().map(Command::Rooms);
            return wishes.chain(self.start_in(Room { name, ..room })).collect();
        }
        (form.busy, form.failure) = (true, None);
        let room = CreateRoom { name, kind: form.kind, members: form.people.keys(), ad_hoc: true };
        vec![Command::Rooms(RoomsCommand::Create { room, purpose })]
    }

    /// Goes to the pre-join page of a spontaneous call; those who were picked are called once we
    /// are inside.
    fn start_in(&mut self, room: Room) -> Option<Command> {
        let list = self.rooms.list.get_or_insert_default();
        if list.iter().all(|known| known.number != room.number) {
            list.insert(0, room.clone());
        }
        let form = self.rooms.start.take();
        // An answer that comes late pulls nobody off their page.
        if self.screen != Screen::Main {
            return None;
        }
        let called = form.is_some_and(|form| !form.people.people.is_empty());
        self.rooms.ring_on_entry = called.then(|| room.number.clone());
        Some(self.open(room))
    }

    /// Goes to the pre-join page of the room with this number.
    pub fn enter_room(&mut self, number: &str) -> Option<Command> {
        let room = self.rooms.get(number)?.clone();
        Some(self.open(room))
    }

    /// Takes the answer to the question that stands; gives what follows from a yes.
    pub fn answer_question(&mut self, yes: bool) -> Vec<Command> {
        let Some(question) = self.rooms.question.take().filter(|_| yes) else { return Vec::new() };
        let wish = match question {
            Question::Ring { number, .. } if self.in_conference(&number) => {
                let video = self.call.as_ref().is_some_and(|call| call.camera);
                RoomsCommand::Ring { number, confirm: true, video }
            }
            Question::Ring { number, .. } => {
                let entry = self.enter_room(&number);
                self.rooms.ring_on_entry = entry.as_ref().map(|_| number);
                return entry.into_iter().collect();
            }
            Question::Delete { number } => RoomsCommand::Delete { number },
            Question::Leave { number } => {
                let Some(me) = &self.people.me else { return Vec::new() };
                RoomsCommand::Leave { number, user: me.id }
            }
            Question::RemoveMember { number, user, .. } => {
                RoomsCommand::RemoveMember { number, user }
            }
            Question::RevokeLink { number, id, .. } => RoomsCommand::RevokeLink { number, id },
            Question::NewPin { number } => {
                self.rooms.info.changes += 1;
                RoomsCommand::NewPin { number }
            }
            Question::NewLink { number } => {
                self.rooms.info.changes += 1;
                RoomsCommand::NewLink { number }
            }
        };
        vec![Command::Rooms(wish)]
    }
}

/// What changed in the dialog since its room was made.
fn catch_up(form: &StartForm, room: &Room, name: &str) -> Vec<RoomsCommand> {
    let number = &room.number;
    let wanted = form.people.keys();
    let join = wanted.iter().filter(|user| !form.inside.contains(user));
    let leave = form.inside.iter().filter(|user| !wanted.contains(user));
    let join = join.map(|user| RoomsCommand::SetMember {
        number: number.clone(),
        user: *user,
        host: false,
    });
    let leave =
        leave.map(|user| RoomsCommand::RemoveMember { number: number.clone(), user: *user });
    let rename = (room.name != name).then(|| RoomsCommand::Change {
        number: number.clone(),
        change: ChangeRoom { name: Some(name.to_owned()), policy: None },
    });
    join.chain(leave).chain(rename).collect()
}
