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

    /// Tells everybody inside what is new to them, if the last time is long enough ago.
    pub(super) fn tell_quality(&mut self, now: Now) {
        let recent = |at| now.instant.saturating_duration_since(at) < QUALITY_INTERVAL;
        if self.quality_told_at.is_some_and(recent) {
            return;
        }
        let mut news: Vec<(Vec<PersonQuality>, Vec<ConnectionId>)> = Vec::new();
        let mut told: Vec<ParticipantId> = Vec::new();
        for (id, member) in self.members.iter().filter(|(_, member)| member.inside) {
            let Link::Up(connection) = member.link else { continue };
            let people = self.quality_for(member);
            if people == member.quality_told {
                continue;
            }
            told.push(*id);
            match news.iter_mut().find(|(same, _)| *same == people) {
                Some((_, connections)) => connections.push(connection),
                None => news.push((people, vec![connection])),
            }
        }
        for id in told {
            self.quality_is_told(id);
        }
        if !news.is_empty() {
            self.quality_told_at = Some(now.instant);
        }
        for (people, connections) in news {
            self.send(connections, HubMessage::Quality { people });
        }
    }

    /// Somebody has just got a snapshot, which says nothing of quality.
    pub(super) fn tell_quality_again(&mut self, id: ParticipantId, connection: ConnectionId) {
        self.quality_is_told(id);
        let people = self.members.get(&id).map(|member| member.quality_told.clone());
        if let Some(people) = people.filter(|people| !people.is_empty()) {
            self.send(vec![connection], HubMessage::Quality { people });
        }
    }

    fn quality_is_told(&mut self, id: ParticipantId) {
        let Some(people) = self.members.get(&id).map(|member| self.quality_for(member)) else {
            return;
        };
        if let Some(member) = self.members.get_mut(&id) {
            member.quality_told = people;
        }
    }

    fn quality_for(&self, receiver: &Member) -> Vec<PersonQuality> {
        let coarse = receiver.public.kind == ParticipantKind::Guest;
        let shown = |row: &&PersonQuality| {
            let of = self.members.get(&row.participant).filter(|member| member.inside);
            of.is_some_and(|of| {
                let sends = of.public.microphone || of.public.camera || of.public.screen;
                sends || receiver.is_host() || of.public.id == receiver.public.id
            })
        };
        let way = |way: WayQuality| WayQuality {
            level: way.level,
            loss_percent: way.loss_percent.filter(|_| !coarse),
        };
        let row = |row: &PersonQuality| PersonQuality {
            participant: row.participant,
            uplink: way(row.uplink),
            downlink: way(row.downlink),
        };
        self.quality.iter().filter(shown).map(row).collect()
    }
}
