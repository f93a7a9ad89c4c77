//! A raised hand goes down when its owner has the word, told by real sound.

use engine::config::{CameraSource, Config, MicrophoneSource, SpeakerSink};
use katheder_suite::conference::{Native, Venue};
use protocol::{ClientMessage, ParticipantId, RoomKind};

fn config(name: &str, microphone: MicrophoneSource) -> Config {
    Config {
        name: name.to_owned(),
        camera: CameraSource::None,
        microphone,
        speaker: SpeakerSink::Null,
        audio_slots: 1,
        video_slots: 1,
        ..Config::default()
    }
}

/// When somebody's hand went up, as `native` sees it.
fn hand(native: &Native, of: ParticipantId) -> Option<i64> {
    native.people.iter().find(|person| person.id == of)?.hand_raised_at_ms
}

#[test]
fn j7_a_hand_goes_down_after_sustained_speech_and_undo_restores_its_place() -> anyhow::Result<()> {
    let venue = Venue::open(RoomKind::GroupCall)?;
    let mut host = venue.host(config("host", MicrophoneSource::None))?;
    host.until("coming in", |host| host.snapshot.as_ref().map(|_| ()))?;
    let mut guest = venue.guest("Gast", config("guest", MicrophoneSource::Demo))?;
    let you = guest.until("coming in", |guest| Some(guest.snapshot.as_ref()?.you))?;
    let mute = ClientMessage::Media { microphone: false, camera: false, screen: false };
    guest.call.send(mute);
    // Before that, they may have been heard already.
    guest.until("a closed microphone", |guest| {
        let own = guest.people.iter().find(|person| person.id == you)?;
        (!own.microphone).then_some(())
    })?;

    let raise = |restore| ClientMessage::Hand { raised: true, restore };
    guest.call.send(raise(false));
    let raised = host.until("the hand", |host| hand(host, you))?;
    // The guest is given the word, and speaks.
    let speak = ClientMessage::Media { microphone: true, camera: false, screen: false };
    guest.call.send(speak);
    let dropped = format!("HandDropped {{ raised_at_ms: {raised} }}");
    guest.until("that the hand went down", |guest| {
        guest.log.iter().any(|line| line.contains(&dropped)).then_some(())
    })?;
    host.until("the hand's end", |host| hand(host, you).is_none().then_some(()))?;
    guest.call.send(raise(true));
    let restored = host.until("the hand again", |host| hand(host, you))?;
    assert_eq!(restored, raised, "in its old place");
    Ok(())
}
