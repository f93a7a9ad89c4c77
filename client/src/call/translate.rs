//! Between the hub's words and the engine's.

use engine::engine::Command;
use engine::transport::{Offer, Source};
use protocol::{ClientMessage, MediaSource, SendingStream, SlotBinding};

/// What the engine must know of a change of bindings: whose picture goes with whose sound, and which
/// video slots changed hands.
pub(super) fn slot_commands(before: &[SlotBinding], after: &[SlotBinding]) -> [Command; 2] {
    let sounds = || after.iter().filter(|slot| slot.source == MediaSource::Microphone);
    let pairs = after
        .iter()
        .filter(|slot| slot.source == MediaSource::Camera && slot.participant.is_some())
        .filter_map(|picture| {
            let sound = sounds().find(|sound| sound.participant == picture.participant)?;
            Some((picture.mid.clone(), sound.mid.clone()))
        })
        .collect();
    let rebound = after
        .iter()
        .filter(|slot| slot.source != MediaSource::Microphone && !before.contains(slot))
        .map(|slot| slot.mid.clone())
        .collect();
    [Command::PairSlots(pairs), Command::SlotsRebound(rebound)]
}

/// The engine's offer as the hub takes it.
pub(super) fn offer_message(offer: Offer) -> ClientMessage {
    ClientMessage::Offer {
        sdp: offer.sdp,
        streams: offer
            .streams
            .into_iter()
            .map(|stream| SendingStream {
                mid: stream.mid,
                source: match stream.source {
                    Source::Microphone => MediaSource::Microphone,
                    Source::Camera => MediaSource::Camera,
                    Source::Screen => MediaSource::Screen,
                },
                rid: stream.rid,
                ssrc: Some(stream.ssrc),
                rtx_ssrc: stream.rtx_ssrc,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::ParticipantId;

    fn slot(mid: &str, participant: Option<u32>, source: MediaSource) -> SlotBinding {
        SlotBinding { mid: mid.into(), participant: participant.map(ParticipantId), source }
    }

    #[test]
    fn a_picture_is_paired_with_its_speakers_sound_and_a_new_owner_is_told() {
        let before = [slot("4", Some(1), MediaSource::Camera)];
        let after = [
            slot("3", Some(2), MediaSource::Microphone),
            slot("4", Some(2), MediaSource::Camera),
            slot("5", Some(3), MediaSource::Camera),
            slot("6", None, MediaSource::Camera),
        ];
        let [Command::PairSlots(pairs), Command::SlotsRebound(rebound)] =
            slot_commands(&before, &after)
        else {
            panic!("two orders in this sequence");
        };
        assert_eq!(pairs, [("4".to_owned(), "3".to_owned())]);
        assert_eq!(rebound, ["4", "5", "6"]);
        let [_, Command::SlotsRebound(again)] = slot_commands(&after, &after) else {
            panic!("two orders in this sequence");
        };
        assert!(again.is_empty());
    }
}
