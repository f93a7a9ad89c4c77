//! Who is told how well whose media travels.
//!
//! The forwarding unit says whose way is not good. Hosts hear of everybody, the others of themselves
//! and of those who send; guests get levels without figures.

use super::{Conference, ConnectionId, Link, Member, Now};
use protocol::{HubMessage, ParticipantId, ParticipantKind, PersonQuality, WayQuality};
use std::time::Duration;

/// Quality is told at most this often.
pub const QUALITY_INTERVAL: Duration = Duration::from_secs(2);

impl Conference {
    /// Whose way to or from the hub is not good from now on, by id. Told with one of the next ticks.
    pub fn set_quality(&mut self, people: Vec<PersonQuality>) {
        self.quality = people;
    }

    /// Tells everybody inside what is new to them, if the last look is long enough ago.
    pub(super) fn tell_quality(&mut self, now: Now) {
        let recent = |at| now.instant.saturating_duration_since(at) < QUALITY_INTERVAL;
        if self.quality_looked_at.is_some_and(recent) {
            return;
        }
        let shown = |member: &Member| !member.quality_told.is_empty();
        if self.quality.is_empty() && !self.members.values().any(shown) {
            return;
        }
        self.quality_looked_at = Some(now.instant);
        let rows = self.quality_inside();
        let mut news: Vec<(Vec<PersonQuality>, Vec<ConnectionId>)> = Vec::new();
        for member in self.members.values_mut().filter(|member| member.inside) {
            let Link::Up(connection) = member.link else { continue };
            let people = shown_to(member, &rows);
            if people == member.quality_told {
                continue;
            }
            member.quality_told.clone_from(&people);
            match news.iter_mut().find(|(same, _)| *same == people) {
                Some((_, connections)) => connections.push(connection),
                None => news.push((people, vec![connection])),
            }
        }
        for (people, connections) in news {
            self.send(connections, HubMessage::Quality { people });
        }
    }

    /// Somebody has just got a snapshot, which says nothing of quality.
    pub(super) fn tell_quality_again(&mut self, id: ParticipantId, connection: ConnectionId) {
        let rows = self.quality_inside();
        let Some(member) = self.members.get_mut(&id) else { return };
        let people = shown_to(member, &rows);
        member.quality_told.clone_from(&people);
        if !people.is_empty() {
            self.send(vec![connection], HubMessage::Quality { people });
        }
    }

    /// The rows of those inside, and whether they send.
    fn quality_inside(&self) -> Vec<(PersonQuality, bool)> {
        let row = |row: &PersonQuality| {
            let of = &self.members.get(&row.participant).filter(|member| member.inside)?.public;
            Some((*row, of.microphone || of.camera || of.screen))
        };
        self.quality.iter().filter_map(row).collect()
    }
}

fn shown_to(receiver: &Member, rows: &[(PersonQuality, bool)]) -> Vec<PersonQuality> {
    let coarse = receiver.public.kind == ParticipantKind::Guest;
    let way = |way: WayQuality| WayQuality {
        level: way.level,
        loss_percent: way.loss_percent.filter(|_| !coarse),
    };
    rows.iter()
        .filter(|(row, sends)| {
            *sends || receiver.is_host() || row.participant == receiver.public.id
        })
        .map(|(row, _)| PersonQuality {
            participant: row.participant,
            uplink: way(row.uplink),
            downlink: way(row.downlink),
        })
        .collect()
}
