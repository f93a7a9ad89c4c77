//! What people are told of their slots and layers.

use super::super::SfuEvent;
use super::super::sender::{Layer, Source};
use super::super::slots::{Feed, Slot};
use super::{Action, Room};
use protocol::MediaSource;

impl Room {
    pub(super) fn tell_slots(&mut self, index: usize) {
        let Some(member) = self.members[index].as_ref() else { return };
        let slots: Vec<_> = member.slots.iter().filter_map(Slot::binding).collect();
        let event = SfuEvent::Slots { room: self.key, participant: member.participant, slots };
        self.actions.push(Action::Event(event));
    }

    /// Tells senders which of their layers somebody gets, where that changed.
    pub(super) fn tell_layers(&mut self) {
        let company = self.index.len() > 1;
        for index in 0..self.members.len() {
            let Some(member) = self.members[index].as_ref() else { continue };
            let allowed = |source| self.is_live(Feed { participant: member.participant, source });
            let needed = |source| match member.sources.iter().find(|s| s.source == source) {
                Some(sender) if allowed(source) => self.needed_rids(sender),
                _ => Vec::new(),
            };
            let microphone = company && allowed(MediaSource::Microphone);
            let (camera, screen) = (needed(MediaSource::Camera), needed(MediaSource::Screen));
            let state = [camera, screen, vec![String::new(); usize::from(microphone)]];
            let Some(member) = self.members[index].as_mut() else { continue };
            if member.told_layers.as_ref() == Some(&state) {
                continue;
            }
            member.told_layers = Some(state.clone());
            let (room, participant) = (self.key, member.participant);
            let [camera, screen, _] = state;
            let event = SfuEvent::Layers { room, participant, camera, screen, microphone };
            self.actions.push(Action::Event(event));
        }
    }

    fn needed_rids(&self, sender: &Source) -> Vec<String> {
        let mut needed = vec![false; sender.layers.len()];
        for &(receiver, slot) in &sender.subscribers {
            let slot = self.members[receiver].as_ref().and_then(|member| member.slots.get(slot));
            slot.into_iter().flat_map(Slot::needs).for_each(|layer| needed[layer] = true);
        }
        let rid = |(layer, needed): (&Layer, bool)| needed.then(|| layer.rid.clone());
        sender.layers.iter().zip(needed).filter_map(rid).collect()
    }
}
