//! The page before a conference.

use super::{Call, Failure, Screen, State};
use crate::command::Command;
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
    /// What went wrong last.
    pub failure: Option<Failure>,
}

/// What can be seen of a room before entering it; what could not be asked is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Who is there.
    pub there: Option<PeopleNow>,
    /// Free places for guests.
    pub capacity: Option<Capacity>,
    /// How long the hub took to answer, milliseconds.
    pub latency_ms: Option<u32>,
}

impl State {
    /// Goes to a room's pre-join page.
    pub fn open(&mut self, room: Room) {
        self.follow_up.push(Command::LookIn { number: room.number.clone() });
        self.pre_join = Some(PreJoin {
            name: self.own_name(),
            room,
            there: None,
            capacity: None,
            latency_ms: None,
            audio_only: self.settings.audio_only,
            muted: self.settings.join_muted,
            without_camera: self.settings.join_without_camera,
            focused: false,
            failure: None,
        });
        self.screen = Screen::PreJoin;
    }

    /// The name of the conference profile, or else of the account.
    fn own_name(&self) -> String {
        let profile = self.people.me.as_ref().and_then(|me| me.profile.as_ref());
        let account = || self.account.as_ref().map(|account| account.display_name.clone());
        profile.map(|profile| profile.name.clone()).or_else(account).unwrap_or_default()
    }

    /// Somebody came or went in front of the pre-join page: look again.
    pub(super) fn look_in_again(&mut self, rooms: &[RoomStatus]) {
        if let Some(page) = &self.pre_join
            && rooms.iter().any(|room| room.number == page.room.number)
        {
            self.follow_up.push(Command::LookIn { number: page.room.number.clone() });
        }
    }

    /// Takes in what a look into a room showed, if its pre-join page is still on show.
    pub(super) fn looked_in(&mut self, number: &str, look: Look) {
        let Some(page) = self.pre_join.as_mut().filter(|page| page.room.number == number) else {
            return;
        };
        page.there = look.there;
        page.capacity = look.capacity.or(page.capacity.take());
        page.latency_ms = look.latency_ms.or(page.latency_ms);
    }

    /// Goes into the conference of the room on the pre-join page, with the page's choices. Gives the
    /// command; nothing without a name.
    pub fn join(&mut self) -> Option<Command> {
        let name = self.pre_join.as_ref()?.name.trim().to_owned();
        if name.is_empty() {
            return None;
        }
        let page = self.pre_join.take()?;
        self.settings.join_muted = page.muted;
        self.settings.join_without_camera = page.without_camera;
        self.settings.audio_only = page.audio_only;
        let (microphone, camera) = (!page.muted, !page.without_camera && !page.audio_only);
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
