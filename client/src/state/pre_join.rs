//! The page before a conference.

use super::{Call, RoomsEvent, Screen, State};
use crate::command::{Command, RoomsCommand};
use protocol::{Capacity, PeopleNow, Room, RoomStatus};

/// The pre-join page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreJoin {
    /// The room.
    pub room: Room,
    /// The name that the others will read, as typed.
    pub name: String,
    /// Who is there already; `None` while unknown, and for those who do not moderate.
    pub there: Option<PeopleNow>,
    /// Free places for guests; `None` while unknown.
    pub capacity: Option<Capacity>,
    /// How long the hub took to answer, milliseconds.
    pub latency_ms: Option<u32>,
    /// Join without any picture, own or others'.
    pub audio_only: bool,
    /// Join with the microphone closed.
    pub muted: bool,
    /// Join without the camera.
    pub without_camera: bool,
    /// The join button had its initial focus.
    pub focused: bool,
}

impl PreJoin {
    /// Whether the own picture is wanted, here and inside.
    pub fn wants_camera(&self) -> bool {
        !(self.without_camera || self.audio_only)
    }
}

impl State {
    /// Goes to a room's pre-join page; gives the command that opens the devices for it.
    pub fn open(&mut self, room: Room) -> Command {
        let number = room.number.clone();
        // The rooms page keeps up to date who is in the room that it shows.
        let there = self.rooms.people_in(&number).cloned();
        if there.is_none() {
            self.ask_rooms(vec![RoomsCommand::LoadPeople { number: number.clone() }]);
        }
        self.ask_rooms(vec![RoomsCommand::LoadCapacity]);
        let page = PreJoin {
            name: self.own_name(),
            room,
            there,
            capacity: None,
            latency_ms: None,
            audio_only: self.settings.audio_only,
            muted: self.settings.join_muted,
            without_camera: self.settings.join_without_camera,
            focused: false,
        };
        let camera = page.wants_camera();
        self.pre_join = Some(page);
        self.screen = Screen::PreJoin;
        Command::OpenRoom { number, camera }
    }

    /// The name of the conference profile, or else of the account.
    fn own_name(&self) -> String {
        let profile = self.people.me.as_ref().and_then(|me| me.profile.as_ref());
        let account = || self.account.as_ref().map(|account| account.display_name.clone());
        profile.map(|profile| profile.name.clone()).or_else(account).unwrap_or_default()
    }

    /// What to ask, beside what is asked already, when something happened in these rooms and one of
    /// them is on the pre-join page.
    pub(super) fn look_again(
        &self,
        rooms: &[RoomStatus],
        asked: &[RoomsCommand],
    ) -> Vec<RoomsCommand> {
        let Some(page) = &self.pre_join else { return Vec::new() };
        let number = &page.room.number;
        if rooms.iter().all(|room| room.number != *number) {
            return Vec::new();
        }
        let people = RoomsCommand::LoadPeople { number: number.clone() };
        let wishes = [people, RoomsCommand::LoadCapacity].into_iter();
        wishes.filter(|wish| !asked.contains(wish)).collect()
    }

    /// Takes over what the pre-join page shows of an answer about its room.
    pub(super) fn look(&mut self, event: &RoomsEvent) {
        let Some(page) = &mut self.pre_join else { return };
        match event {
            RoomsEvent::People { number, people } if *number == page.room.number => {
                page.there = people.as_ref().ok().cloned();
            }
            RoomsEvent::Capacity { capacity: Ok(capacity), latency_ms } => {
                page.capacity = Some(capacity.clone());
                page.latency_ms = Some(*latency_ms);
            }
            _ => {}
        }
    }

    /// Goes into the conference of the room on the pre-join page, with the page's choices. Gives the
    /// command; nothing without a name.
    pub fn join(&mut self) -> Option<Command> {
        let name = self.pre_join.as_ref()?.name.trim().to_owned();
        if name.is_empty() {
            return None;
        }
        let page = self.pre_join.take()?;
        // It would go on ringing there, with nobody to talk to.
        self.cancel_outgoing();
        self.settings.join_muted = page.muted;
        self.settings.join_without_camera = page.without_camera;
        self.settings.audio_only = page.audio_only;
        let (microphone, camera) = (!page.muted, page.wants_camera());
        let number = page.room.number.clone();
        let name = (name != self.own_name()).then_some(name);
        let mut call = Call::new(page.room, microphone, camera);
        call.view.audio_only = page.audio_only;
        self.call = Some(call);
        self.toasts.clear();
        self.screen = Screen::Call;
        Some(Command::Join { number, name, microphone, camera })
    }
}
