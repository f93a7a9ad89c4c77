//! Between the hub's words and the engine's.

use engine::engine::Command;
use engine::transport::{Offer, Source};
use protocol::{ClientMessage, MediaSource, ParticipantId, SendingStream, SlotBinding};
use std::collections::HashMap;

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

/// How loud the engine plays each slot: as loud as whoever it carries.
pub(super) fn volumes(slots: &[SlotBinding], percent: &HashMap<ParticipantId, u8>) -> Command {
    let volume = |slot: &SlotBinding| {
        let percent = slot.participant.and_then(|participant| percent.get(&participant))?;
        Some((slot.mid.clone(), *percent))
    };
    let sounds = slots.iter().filter(|slot| slot.source == MediaSource::Microphone);
    Command::SetVolumes(sounds.filter_map(volume).collect())
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

    #[test]
    fn a_persons_volume_goes_with_them_from_slot_to_slot() {
        let percent = HashMap::from([(ParticipantId(1), 60), (ParticipantId(2), 0)]);
        let of = |slots: &[SlotBinding]| match volumes(slots, &percent) {
            Command::SetVolumes(volumes) => volumes,
            other => panic!("{other:?}"),
        };
        let sound = |mid, participant| slot(mid, participant, MediaSource::Microphone);
        let before = [sound("1", Some(1)), sound("2", Some(3)), sound("3", None)];
        assert_eq!(of(&before), [("1".to_owned(), 60)]);
        let after = [
            sound("1", Some(3)),
            sound("2", Some(2)),
            sound("3", Some(1)),
            slot("4", Some(1), MediaSource::Camera),
        ];
        assert_eq!(of(&after), [("2".to_owned(), 0), ("3".to_owned(), 60)]);
    }
}
