//! Somebody's own volume follows them from slot to slot and into a fresh connection.

use engine::config::{CameraSource, Config, MicrophoneSource, SpeakerSink};
use katheder_suite::conference::{Native, Venue};
use protocol::{ClientMessage, MediaSource, ParticipantId, RoomKind};

fn config(name: &str) -> Config {
    Config {
        name: name.to_owned(),
        camera: CameraSource::None,
        microphone: MicrophoneSource::Demo,
        speaker: SpeakerSink::Null,
        audio_slots: 1,
        video_slots: 1,
        ..Config::default()
    }
}

/// Opens or closes somebody's microphone.
fn microphone(native: &Native, open: bool) {
    native.call.send(ClientMessage::Media { microphone: open, camera: false, screen: false });
}

/// Waits until the only slot plays this person, and gives how loud.
fn volume_of(host: &mut Native, person: ParticipantId) -> anyhow::Result<u8> {
    let before: u64 = host.call.engine().stats().receiving.iter().map(|slot| slot.samples).sum();
    host.until(&format!("the sound of {person:?}"), |host| {
        let sound = |slot: &&protocol::SlotBinding| {
            slot.source == MediaSource::Microphone && slot.participant == Some(person)
        };
        let mid = host.slots.iter().find(sound)?.mid.clone();
        let row = host.received(&mid)?;
        // It plays, and what was asked for has reached the receiving side.
        (row.samples > before.saturating_add(4_800) || row.samples < before).then_some(())?;
        Some(row.volume_percent)
    })
}

#[test]
fn a_persons_volume_holds_however_slots_move_and_after_a_restart() -> anyhow::Result<()> {
    let venue = Venue::open(RoomKind::GroupCall)?;
    let mut host = venue.host(config("host"))?;
    host.until("coming in", |host| host.snapshot.as_ref().map(|_| ()))?;
    let [mut anna, mut ben] =
        [venue.guest("Anna", config("anna"))?, venue.guest("Ben", config("ben"))?];
    let id = |native: &mut Native| {
        native.until("coming in", |native| Some(native.snapshot.as_ref()?.you))
    };
    let (a, b) = (id(&mut anna)?, id(&mut ben)?);
    microphone(&host, false);
    microphone(&ben, false);
    assert_eq!(volume_of(&mut host, a)?, 100);
    host.call.set_volume(a, 60);
    host.until("the new volume", |host| {
        host.call
            .engine()
            .stats()
            .receiving
            .iter()
            .any(|slot| slot.volume_percent == 60)
            .then_some(())
    })?;
    // Ben takes the slot, and Anna takes it back.
    microphone(&anna, false);
    microphone(&ben, true);
    assert_eq!(volume_of(&mut host, b)?, 100);
    microphone(&ben, false);
    microphone(&anna, true);
    assert_eq!(volume_of(&mut host, a)?, 60);
    host.slots.clear();
    host.call.restart();
    assert_eq!(volume_of(&mut host, a)?, 60);
    Ok(())
}
