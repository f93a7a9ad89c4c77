//! Who is here, in the order of the people panel.

use super::Call;
use crate::state::names::{fits, fold};
use protocol::{Participant, ParticipantId, Role, RoomKind};

/// What the people panel holds beside what the hub says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// The search field is on show.
    pub searching: bool,
    /// It takes the keyboard.
    pub focus: bool,
    /// What is searched, as typed.
    pub query: String,
    /// The question whether to remove this person stands: who, and the name it asks with.
    pub removing: Option<(ParticipantId, String)>,
}

impl Call {
    /// The places in [`Call::participants`] of everybody whose name fits `query`: who has the floor,
    /// oneself, hands in their order, who shares, who spoke last, the others by name. A speaker whose
    /// hand is up keeps the place in the queue.
    pub fn roster(&self, query: &str) -> Vec<usize> {
        let query = fold(query.trim());
        let here = self.participants.iter().enumerate();
        let mut places: Vec<usize> =
            here.filter(|(_, p)| fits(&p.name, &query)).map(|(place, _)| place).collect();
        places.sort_by_cached_key(|place| self.rank(&self.participants[*place]));
        places
    }

    fn rank(&self, person: &Participant) -> (u8, i64, String, ParticipantId) {
        let by_name = |class| (class, 0, fold(&person.name), person.id);
        if person.id == self.you {
            (1, 0, String::new(), person.id)
        } else if let Some(since) = person.hand_raised_at_ms {
            (2, since, String::new(), person.id)
        } else if self.floor.holder() == Some(person.id) {
            (0, 0, String::new(), person.id)
        } else if person.screen {
            by_name(3)
        } else if self.floor.recent().contains(&person.id) {
            by_name(4)
        } else {
            by_name(5)
        }
    }

    /// Those who only watch.
    pub fn audience(&self) -> usize {
        self.participants.iter().filter(|p| !p.may_publish).count()
    }

    /// Whether giving the floor changes anything: who watches a webinar may not speak yet.
    pub fn floor_is_given(&self, person: &Participant) -> bool {
        self.host() && self.room.kind == RoomKind::Webinar && !person.may_publish
    }

    /// Whether a host may take the moderation from this person: the last host keeps it.
    pub fn last_host(&self, person: &Participant) -> bool {
        person.role == Role::Host
            && self.participants.iter().filter(|p| p.role == Role::Host).count() == 1
    }
}
