//! How well everybody's media travels, and when that is worth telling.

use super::super::SfuEvent;
use super::super::peer::Measured;
use super::super::quality::{self, Line, Second};
use super::{Action, Member, Room};
use protocol::{ParticipantId, PersonQuality, QualityLevel};
use std::time::Instant;

impl Room {
    /// What somebody's connection measured within the last second.
    pub fn measured(&mut self, participant: ParticipantId, measured: Measured, now: Instant) {
        let Some(member) = self.index.get(&participant).and_then(|at| self.members[*at].as_ref())
        else {
            return;
        };
        let up = Second { loss: measured.uplink_loss, narrow: self.sends_less(member, now) };
        let down = Second { loss: measured.downlink_loss, narrow: member.narrow };
        let line = self.lines.entry(participant).or_insert_with(|| Line::new(now));
        line.take(up, down, measured.heard, now);
    }

    /// Whether somebody does not send a layer that is wished, while they send a smaller one.
    fn sends_less(&self, member: &Member, now: Instant) -> bool {
        member.sources.iter().any(|source| {
            source.subscribers.iter().any(|&(receiver, slot)| {
                let receiver = self.members[receiver].as_ref();
                let ideal = receiver.and_then(|receiver| receiver.slots.get(slot)?.ideal());
                ideal.is_some_and(|ideal| source.lacks(ideal, now))
            })
        })
    }

    /// Tells whose way is not good, when that changed as people see it.
    pub(super) fn tell_quality(&mut self, now: Instant) {
        let rows = self.lines.iter().map(|(participant, line)| {
            let [uplink, downlink] = line.quality(now);
            PersonQuality { participant: *participant, uplink, downlink }
        });
        let good = |row: &PersonQuality| {
            [row.uplink, row.downlink].iter().all(|way| way.level == QualityLevel::Good)
        };
        let people: Vec<_> = rows.filter(|row| !good(row)).collect();
        let same = people.len() == self.told_quality.len()
            && people.iter().zip(&self.told_quality).all(|(now, told)| {
                now.participant == told.participant
                    && quality::alike(now.uplink, told.uplink)
                    && quality::alike(now.downlink, told.downlink)
            });
        if !same {
            self.told_quality.clone_from(&people);
            let event = SfuEvent::Quality { room: self.key, people };
            self.actions.push(Action::Event(event));
        }
    }
}
