use super::*;
use crate::jitter_buffer::any_moment;

fn lost(sequence: impl IntoIterator<Item = u16>) -> u64 {
    let mut continuity = Continuity::default();
    sequence.into_iter().for_each(|number| continuity.insert(number));
    continuity.lost()
}

#[test]
fn what_never_came_counts_as_lost() {
    assert_eq!(lost([]), 0);
    assert_eq!(lost([7]), 0);
    assert_eq!(lost([7, 8, 11, 12]), 2);
    assert_eq!(lost([7, 11, 8, 9, 10]), 0, "late is not lost");
    assert_eq!(lost([65_534, 65_535, 1, 2]), 1, "numbers wrap");
    assert_eq!(lost([9, 7, 8]), 0, "the first may come late");
}

fn slot() -> VideoSlot {
    VideoSlot::new(latest::channel().0)
}

#[test]
fn a_slot_that_changed_hands_waits_for_the_new_owners_keyframe() {
    let (mut slot, now) = (slot(), any_moment());
    let mut dropped = |keyframe_at| {
        slot.keyframe_at = keyframe_at;
        slot.change_hands(now + NEWS_DELAY);
        slot.rebound.swap(false, Ordering::Relaxed)
    };
    assert!(dropped(None));
    assert!(dropped(Some(now)));
    assert!(!dropped(Some(now + NEWS_DELAY / 2)), "the new owner's keyframe came before the news");
}

#[test]
fn lip_sync_starts_anew_with_another_voice_or_face() {
    let now = any_moment() + Duration::from_secs(10);
    let measured = |slot: &VideoSlot| {
        let mut lip_sync = slot.lip_sync.lock();
        for _ in 0..5 {
            lip_sync.sound_played(now, now);
            lip_sync.picture_shown(now, now);
        }
        lip_sync.offset_ms(now).is_some()
    };
    let mut driver = Driver {
        name: "test".to_owned(),
        mode: Receive::Decode,
        playback: None,
        wake: Arc::new(|| ()),
        transport: Weak::new(),
        pictures: Shared::default(),
        figures: Shared::default(),
        video: HashMap::from([("4".into(), slot())]),
        audio: HashMap::from([
            ("1".into(), AudioSlot::default()),
            ("2".into(), AudioSlot::default()),
        ]),
    };
    let pair = |audio: &str| Inbox::Pairs(vec![("4".to_owned(), audio.to_owned())]);
    let offset = |driver: &Driver| driver.video["4"].lip_sync.lock().offset_ms(now);
    driver.take(pair("1"), now);
    assert_eq!((driver.audio["1"].pairs.len(), driver.audio["2"].pairs.len()), (1, 0));
    assert!(measured(&driver.video["4"]));
    driver.take(pair("1"), now);
    assert!(offset(&driver).is_some(), "the same voice as before");
    driver.take(pair("2"), now);
    assert!(offset(&driver).is_none(), "another voice");
    assert_eq!((driver.audio["1"].pairs.len(), driver.audio["2"].pairs.len()), (0, 1));
    assert!(measured(&driver.video["4"]));
    driver.take(Inbox::Rebound(vec!["4".to_owned()]), now);
    assert!(offset(&driver).is_none(), "another face");
}
