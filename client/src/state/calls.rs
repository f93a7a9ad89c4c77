//! Calls that ring here, own calls, and the journal.

use super::{Call, Failure, Screen, State};
use crate::command::{CallsCommand, Command};
use protocol::{
    Call as OwnCall, CallAnswer, CallRoom, Journal, JournalCall, Ring, Room, RoomKind, RoomPolicy,
    RoomState, Standing,
};

/// What rings, what was called, what was missed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calls {
    /// Calls that ring here, oldest first.
    pub ringing: Vec<Ring>,
    /// Own calls that somebody may still take.
    pub calling: Vec<OwnCall>,
    /// The own call to one person, from the press of the button until its end was seen.
    pub outgoing: Option<Outgoing>,
    /// The journal, newest first; `None` until the hub answered.
    pub journal: Option<Vec<JournalCall>>,
    /// Names the journal's next page; `None`: there is none.
    pub older: Option<i64>,
    /// A page of the journal is on its way.
    pub loading: bool,
    /// Only calls with this account are shown in the journal.
    pub journal_of: Option<String>,
    /// Why the last page of the journal did not come.
    pub failure: Option<Failure>,
    /// The newest line of the journal that was on show.
    seen: i64,
    /// Answers that overtook the hub's word that it rings.
    early: Vec<(String, String, CallAnswer)>,
}

/// A call to one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// The account's name.
    pub user: String,
    /// With pictures.
    pub video: bool,
    /// How far it is.
    pub stage: Stage,
}

/// How far a call to one person is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// The hub was asked.
    Asking,
    /// It rings there.
    Ringing {
        /// Names the call.
        call: String,
        /// Where we meet.
        room: CallRoom,
    },
    /// Nobody took it.
    Over(Over),
}

/// Why nobody took a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// They do not want to.
    Declined,
    /// They did not answer.
    Missed,
    /// They are in a conference.
    Busy,
    /// They are not signed in.
    NotThere,
    /// It rings there already, for a call of another machine of ours.
    Rings,
    /// The hub does not let us call them, or does not know them.
    Stranger,
    /// Something else.
    Failed(Failure),
}

/// What the hub answered about calls.
#[derive(Debug)]
pub enum CallsEvent {
    /// A page of the journal.
    Journal {
        /// The page asked for; `None` is the newest.
        before: Option<i64>,
        /// It.
        page: Result<Journal, Failure>,
    },
    /// Whether it rings for one person.
    Rang {
        /// The account's name.
        user: String,
        /// The call, or why there is none.
        call: Result<OwnCall, Failure>,
    },
    /// The system's notification of a call was pressed.
    Chosen {
        /// Which call.
        call: String,
        /// What was pressed.
        choice: Choice,
    },
}

/// What can be done with a call that rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Take it, with the camera if it is a call with pictures.
    Join,
    /// Take it without the camera.
    JoinAudio,
    /// Decline it.
    Decline,
    /// Look at it.
    Show,
}

impl Calls {
    /// Missed calls that the journal has not shown yet.
    pub fn missed_unseen(&self) -> usize {
        let missed = |call: &&JournalCall| is_missed(call) && call.id > self.seen;
        self.journal.iter().flatten().filter(missed).count()
    }

    /// What the journal shows.
    pub fn shown(&self) -> impl Iterator<Item = &JournalCall> {
        let of = self.journal_of.as_deref();
        self.journal.iter().flatten().filter(move |call| of.is_none_or(|user| call.user == user))
    }

    /// The calls with one person, newest first.
    pub fn with_person<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a JournalCall> {
        self.journal.iter().flatten().filter(move |call| call.user == user)
    }

    fn take_journal(&mut self, before: Option<i64>, page: Journal) {
        self.failure = None;
        if before.is_some() || self.journal.is_none() {
            self.older = page.next;
        }
        let known = self.journal.get_or_insert_default();
        known.retain(|old| page.calls.iter().all(|new| new.id != old.id));
        known.extend(page.calls);
        known.sort_by_key(|call| std::cmp::Reverse(call.id));
    }
}

/// Whether a line of the journal is a call that was missed, also because we were elsewhere.
pub fn is_missed(call: &JournalCall) -> bool {
    let missed = [CallAnswer::Missed, CallAnswer::Busy, CallAnswer::NotThere];
    call.incoming && missed.contains(&call.answer)
}

impl State {
    pub(super) fn apply_calls(&mut self, event: CallsEvent) {
        match event {
            CallsEvent::Journal { before, page } => {
                self.calls.loading = false;
                match page {
                    Ok(page) => {
                        for call in &page.calls {
                            self.people.remember(&call.user, &call.display_name);
                        }
                        self.calls.take_journal(before, page);
                    }
                    Err(failure) => self.calls.failure = Some(failure),
                }
            }
            CallsEvent::Rang { user, call } => self.rang(&user, call),
            CallsEvent::Chosen { call, choice } => {
                self.desktop.raise |= choice != Choice::Decline;
                self.answer_ring(&call, choice);
            }
        }
    }

    /// What rings and was called, anew: the live channel is heard again.
    pub(super) fn calls_welcome(&mut self, ringing: Vec<Ring>, calling: Vec<OwnCall>) {
        for ring in &ringing {
            self.people.remember(&ring.caller, &ring.caller_name);
        }
        self.calls.ringing = ringing;
        self.calls.calling = calling;
        let Some(Outgoing { stage: Stage::Ringing { call, room }, .. }) = &self.calls.outgoing
        else {
            return;
        };
        if self.calls.calling.iter().any(|own| own.call == *call) {
            return;
        }
        // Answered while the hub could not be heard. Whoever took it is in the room.
        let live = self.rooms.status.get(&room.number).is_some_and(|s| s.state == RoomState::Live);
        self.outgoing_answered(if live { CallAnswer::Accepted } else { CallAnswer::Missed });
    }

    pub(super) fn ring(&mut self, ring: Ring) {
        self.people.remember(&ring.caller, &ring.caller_name);
        self.calls.ringing.retain(|known| known.call != ring.call);
        self.calls.ringing.push(ring);
    }

    pub(super) fn ring_ended(&mut self, call: &str) {
        self.calls.ringing.retain(|ring| ring.call != call);
        self.load_journal();
    }

    pub(super) fn ring_answer(&mut self, call: &str, user: &str, answer: CallAnswer) {
        let own = self.calls.calling.iter_mut().find(|own| own.call == call);
        let known = own.is_some();
        if let Some(callee) =
            own.and_then(|own| own.answers.iter_mut().find(|callee| callee.user == user))
        {
            callee.answer = answer;
        }
        let ours = matches!(&self.calls.outgoing,
            Some(Outgoing { stage: Stage::Ringing { call: own, .. }, .. }) if own == call);
        if ours {
            self.outgoing_answered(answer);
        } else if !known {
            self.calls.early.push((call.to_owned(), user.to_owned(), answer));
        }
        // Who is called and has answered is no news any more.
        let rings = |own: &OwnCall| own.answers.iter().any(|c| c.answer == CallAnswer::Ringing);
        self.calls.calling.retain(|own| own.call != call || rings(own));
        self.load_journal();
    }

    /// Calls one person; the way to them is told by [`Calls::outgoing`].
    pub fn call_person(&mut self, user: &str, video: bool) {
        self.calls.early.clear();
        self.calls.outgoing = Some(Outgoing { user: user.to_owned(), video, stage: Stage::Asking });
        self.follow_up
            .push(Command::Calls(CallsCommand::RingUser { user: user.to_owned(), video }));
    }

    /// Gives up the call to one person, or puts away the word that nobody took it.
    pub fn cancel_outgoing(&mut self) {
        let Some(outgoing) = self.calls.outgoing.take() else { return };
        if let Stage::Ringing { call, .. } = outgoing.stage {
            self.calls.calling.retain(|own| own.call != call);
            self.follow_up.push(Command::Calls(CallsCommand::Cancel { call }));
        }
    }

    fn rang(&mut self, user: &str, call: Result<OwnCall, Failure>) {
        let asked = matches!(&self.calls.outgoing,
            Some(Outgoing { user: wanted, stage: Stage::Asking, .. }) if wanted == user);
        let mut call = match call {
            Ok(call) => call,
            Err(failure) => {
                if asked {
                    self.outgoing_over(over(failure));
                }
                return;
            }
        };
        if !asked {
            // Given up before the hub answered. Where the other one called at the same time it is
            // their call, and we may be in it by now.
            if !self.in_conference(&call.room.number) {
                self.follow_up.push(Command::Calls(CallsCommand::Cancel { call: call.call }));
            }
            return;
        }
        for (early, user, answer) in self.calls.early.drain(..) {
            let callee = call.answers.iter_mut().find(|callee| callee.user == user);
            if let Some(callee) = callee.filter(|_| early == call.call) {
                callee.answer = answer;
            }
        }
        let answer = call.answers.iter().find(|callee| callee.user == user).map(|c| c.answer);
        // In the other one's call that we took instead, the called are we.
        let answer = answer.unwrap_or(CallAnswer::Accepted);
        if let Some(outgoing) = &mut self.calls.outgoing {
            outgoing.stage = Stage::Ringing { call: call.call.clone(), room: call.room.clone() };
        }
        if answer == CallAnswer::Ringing {
            self.calls.calling.push(call);
        } else {
            self.outgoing_answered(answer);
        }
        self.load_journal();
    }

    fn outgoing_answered(&mut self, answer: CallAnswer) {
        let over = match answer {
            CallAnswer::Ringing => return,
            CallAnswer::Accepted => return self.outgoing_accepted(),
            CallAnswer::Declined => Over::Declined,
            CallAnswer::Missed => Over::Missed,
            CallAnswer::Busy => Over::Busy,
            CallAnswer::NotThere => Over::NotThere,
        };
        self.outgoing_over(over);
    }

    fn outgoing_over(&mut self, over: Over) {
        if let Some(outgoing) = &mut self.calls.outgoing {
            outgoing.stage = Stage::Over(over);
        }
    }

    fn outgoing_accepted(&mut self) {
        let Some(outgoing) = self.calls.outgoing.take() else { return };
        // Who is in a conference meanwhile stays there.
        if let (Stage::Ringing { room, .. }, None) = (outgoing.stage, &self.call) {
            self.enter(&room, outgoing.video);
        }
    }

    /// Does with a call that rings what the user wants.
    pub fn answer_ring(&mut self, call: &str, choice: Choice) {
        let accept = match choice {
            Choice::Join | Choice::JoinAudio => true,
            Choice::Decline => false,
            Choice::Show => return,
        };
        let Some(at) = self.calls.ringing.iter().position(|ring| ring.call == call) else { return };
        let ring = self.calls.ringing.remove(at);
        self.follow_up.push(Command::Calls(CallsCommand::Answer { call: ring.call, accept }));
        if accept {
            self.enter(&ring.room, ring.video && choice == Choice::Join);
        }
    }

    /// Whether the conference of the room with this number is the one that we are in.
    pub(super) fn in_conference(&self, number: &str) -> bool {
        self.call.as_ref().is_some_and(|call| call.room.number == number)
    }

    /// Goes straight into a conference, with the remembered devices. `video` allows the camera.
    pub fn enter(&mut self, place: &CallRoom, video: bool) {
        // It would go on ringing there, with nobody to talk to.
        self.cancel_outgoing();
        if self.in_conference(&place.number) {
            return;
        }
        if self.call.take().is_some() {
            self.follow_up.push(Command::Leave);
        }
        self.pre_join = None;
        self.ended = None;
        let known = self.rooms.list.iter().flatten().find(|room| room.number == place.number);
        let room = known.cloned().unwrap_or_else(|| unlisted(place));
        let microphone = !self.settings.join_muted;
        let camera = video && !self.settings.join_without_camera;
        self.call = Some(Call::new(room, microphone, camera));
        self.toasts.clear();
        self.screen = Screen::Call;
        let number = place.number.clone();
        self.follow_up.push(Command::Join { number, name: None, microphone, camera });
    }

    /// Asks for the newest page of the journal.
    pub fn load_journal(&mut self) {
        self.calls.loading = true;
        self.follow_up.push(Command::Calls(CallsCommand::LoadJournal { before: None }));
    }

    /// Asks for the journal's next page, once.
    pub fn load_older(&mut self) {
        if let (Some(before), false) = (self.calls.older, self.calls.loading) {
            self.calls.loading = true;
            let before = Some(before);
            self.follow_up.push(Command::Calls(CallsCommand::LoadJournal { before }));
        }
    }

    /// The journal is on show: nothing in it is news any more.
    pub fn see_journal(&mut self) {
        let newest = self.calls.journal.iter().flatten().map(|call| call.id).max();
        let Some(newest) = newest.filter(|id| *id > self.calls.seen) else { return };
        self.calls.seen = newest;
        if let Some(key) = self.journal_key() {
            self.settings.journal_seen.insert(key, newest);
        }
    }

    /// Begins anew for the account that just signed in.
    pub(super) fn calls_signed_in(&mut self) {
        let seen = self.journal_key().and_then(|key| self.settings.journal_seen.get(&key).copied());
        self.calls = Calls { seen: seen.unwrap_or(0), ..Calls::default() };
        self.load_journal();
    }

    /// Lines of different hubs and accounts are counted each on their own.
    fn journal_key(&self) -> Option<String> {
        self.account.as_ref().map(|account| format!("{}@{}", account.user, account.hub))
    }
}

/// A room that the list does not have; the hub tells the rest on entry.
pub(super) fn unlisted(place: &CallRoom) -> Room {
    Room {
        name: place.name.clone(),
        kind: RoomKind::GroupCall,
        number: place.number.clone(),
        pin: String::new(),
        link_path: String::new(),
        created_at_ms: 0,
        standing: Standing::Member,
        policy: RoomPolicy::default_for(RoomKind::GroupCall),
        ad_hoc: false,
        now: None,
    }
}

fn over(failure: Failure) -> Over {
    match failure {
        Failure::Hub { code, .. } if code == "not_there" => Over::NotThere,
        Failure::Hub { code, .. } if code == "ringing" => Over::Rings,
        Failure::Hub { code, .. } if code == "not_found" => Over::Stranger,
        other => Over::Failed(other),
    }
}
