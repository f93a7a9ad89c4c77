//! What the forwarding unit tells: to whom it matters, and what is kept for the next resume.

use super::{Live, MediaState};
use crate::clock;
use crate::sfu::{RoomKey, SfuEvent};
use crate::socket::encode;
use axum::extract::ws::Utf8Bytes;
use protocol::{HubMessage, ParticipantId};
use std::sync::Arc;
use tokio::sync::mpsc;

impl Live {
    pub(super) async fn pass_on(self: Arc<Live>, mut events: mpsc::UnboundedReceiver<SfuEvent>) {
        while let Some(event) = events.recv().await {
            match event {
                SfuEvent::Connected { room, participant } => {
                    tracing::debug!(room = room.0, participant = participant.0, "media connected");
                }
                SfuEvent::Disconnected { room, participant } => {
                    tracing::debug!(room = room.0, participant = participant.0, "media lost");
                }
                SfuEvent::Slots { room, participant, slots } => {
                    let message = HubMessage::Slots { slots };
                    self.media_news(room, participant, &message, |media| &mut media.slots);
                }
                SfuEvent::Layers { room, participant, camera, screen, microphone } => {
                    let message = HubMessage::Layers { camera, screen, microphone };
                    self.media_news(room, participant, &message, |media| &mut media.layers);
                }
                SfuEvent::Quality { room, people } => {
                    if let Some(run) = self.run_by_key(room) {
                        run.lock().conference.set_quality(people);
                    }
                }
                SfuEvent::Speakers { room, participants } => {
                    let Some(run) = self.run_by_key(room) else { continue };
                    let mut state = run.lock();
                    state.conference.heard(clock::now(), &participants);
                    self.apply(&run, &mut state);
                    if let Some(text) = encode(&HubMessage::Speakers { participants }) {
                        state.speakers = Some(text.clone());
                        let inside = state.conference.connections_inside();
                        self.push(&mut state, &inside, &text);
                    }
                }
            }
        }
    }

    /// News about one participant's media reach that participant, while inside, and are kept for
    /// the next resume.
    fn media_news(
        &self,
        room: RoomKey,
        participant: ParticipantId,
        message: &HubMessage,
        place: impl FnOnce(&mut MediaState) -> &mut Option<Utf8Bytes>,
    ) {
        let Some(run) = self.run_by_key(room) else { return };
        let mut state = run.lock();
        if state.conference.participant_inside(participant).is_none() {
            return;
        }
        let Some(text) = encode(message) else { return };
        *place(state.media.entry(participant).or_default()) = Some(text.clone());
        if let Some(connection) = state.conference.connection_inside(participant) {
            self.push(&mut state, &[connection], &text);
        }
    }
}
