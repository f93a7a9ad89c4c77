//! The room's rules, without sockets.

use super::super::RoomKey;
use super::super::peer::Measured;
use super::super::rewrite::Incoming;
use super::super::sender::SlotLine;
use super::*;
use protocol::QualityLevel;

const CAMERA: MediaSource = MediaSource::Camera;
const VOICE: MediaSource = MediaSource::Microphone;
const ALL: Media = Media { microphone: true, camera: true, screen: true };

struct Stage {
    room: Room,
    now: Instant,
    members: HashMap<u32, usize>,
    sequence: u64,
    ssrc: u32,
    actions: Vec<Action>,
}

impl Stage {
    fn new() -> Stage {
        #[expect(clippy::disallowed_methods, reason = "any moment will do as an origin")]
        let now = Instant::now();
        let (members, actions) = (HashMap::new(), Vec::new());
        Stage { room: Room::new(RoomKey(1)), now, members, sequence: 0, ssrc: 0, actions }
    }

    /// Somebody who sends everything, with three camera layers, and has `audio` and `video` slots.
    fn join(&mut self, id: u32, audio: usize, video: usize) {
        let kinds = [(Kind::Audio, audio), (Kind::Video, video)].into_iter();
        let kinds = kinds.flat_map(|(kind, count)| std::iter::repeat_n(kind, count));
        let line = |(n, kind)| SlotLine { mid: format!("s{n}"), kind, sequence: 0 };
        let rids = ["h", "m", "l"].map(String::from).to_vec();
        let sources = vec![Source::new(VOICE, vec![]), Source::new(CAMERA, rids)];
        let lines = Lines { slots: kinds.enumerate().map(line).collect(), sources };
        let index = self.room.join(ParticipantId(id), id as usize, lines);
        self.members.insert(id, index);
        self.settle();
    }

    fn watch(&mut self, id: u32, pictures: &[(u32, u32)]) {
        let wish = |(of, max_lines): &(u32, u32)| Watch {
            participant: ParticipantId(*of),
            source: CAMERA,
            max_lines: *max_lines,
        };
        self.room.watch(ParticipantId(id), pictures.iter().map(wish).collect());
        self.settle();
    }

    fn publish(&mut self, id: u32, media: Media) {
        self.room.publish(ParticipantId(id), media);
        self.settle();
    }

    fn settle(&mut self) {
        self.room.settle(self.now);
        self.actions.extend(self.room.take_actions());
    }

    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += Duration::from_millis(50);
            self.room.tick(self.now);
            self.actions.extend(self.room.take_actions());
        }
    }

    /// A packet; returns the endpoints and slots that get it.
    fn send(
        &mut self,
        id: u32,
        source: MediaSource,
        layer: usize,
        key: bool,
    ) -> Vec<(usize, usize)> {
        self.sequence += 1;
        let incoming = Incoming { sequence: self.sequence, timestamp: 0, vp8: None };
        let level_dbov = Some(if key { -20 } else { -90 });
        let ssrc = self.ssrc + id * 10 + layer as u32;
        let packet =
            Packet { incoming, ssrc, bytes: 100, starts_keyframe: key, lines: None, level_dbov };
        let mut out = Vec::new();
        self.room.packet(self.members[&id], source, layer, &packet, self.now, &mut out);
        out.iter().map(|forward| (forward.endpoint, forward.slot)).collect()
    }

    fn keyframes_asked(&mut self) -> Vec<(usize, usize)> {
        let asked = |action: Action| match action {
            Action::Keyframe { endpoint, layer, .. } => Some((endpoint, layer)),
            _ => None,
        };
        self.actions.drain(..).filter_map(asked).collect()
    }

    fn layers(&self, id: u32) -> Option<(Vec<String>, bool)> {
        self.actions.iter().rev().find_map(|action| match action {
            Action::Event(SfuEvent::Layers { participant, camera, microphone, .. })
                if participant.0 == id =>
            {
                Some((camera.clone(), *microphone))
            }
            _ => None,
        })
    }

    fn shown(&self, id: u32) -> Vec<Option<u32>> {
        let told = self.actions.iter().rev().find_map(|action| match action {
            Action::Event(SfuEvent::Slots { participant, slots, .. }) if participant.0 == id => {
                Some(slots)
            }
            _ => None,
        });
        told.into_iter().flatten().map(|slot| slot.participant.map(|who| who.0)).collect()
    }
}

#[test]
fn nothing_passes_before_it_is_published_and_nothing_after() {
    let mut stage = Stage::new();
    stage.join(1, 0, 0);
    stage.join(2, 1, 1);
    stage.watch(2, &[(1, 720)]);
    assert_eq!(stage.send(1, CAMERA, 0, true), []);
    assert_eq!(stage.send(1, VOICE, 0, true), []);
    stage.publish(1, ALL);
    assert_eq!(stage.send(1, CAMERA, 0, true), [(2, 1)]);
    assert_eq!(stage.send(1, VOICE, 0, true), [(2, 0)]);
    stage.publish(1, Media { camera: true, ..Media::default() });
    assert_eq!(stage.send(1, VOICE, 0, true), []);
    assert_eq!(stage.send(1, CAMERA, 0, false), [(2, 1)]);
    stage.publish(1, Media::default());
    assert_eq!(stage.send(1, CAMERA, 0, true), []);
    assert_eq!(stage.shown(2), [None, None]);
}

#[test]
fn wishes_may_come_before_the_connection_and_outlive_it() {
    let mut stage = Stage::new();
    stage.publish(1, ALL);
    stage.watch(2, &[(1, 720)]);
    stage.join(1, 0, 0);
    stage.join(2, 0, 1);
    assert_eq!(stage.send(1, CAMERA, 0, true), [(2, 0)]);
    stage.join(2, 0, 1);
    assert_eq!(stage.send(1, CAMERA, 0, true), [(2, 0)]);
    stage.room.forget(ParticipantId(2));
    stage.join(2, 0, 1);
    assert_eq!(stage.send(1, CAMERA, 0, true), []);
}

#[test]
fn nobody_hears_or_sees_themselves() {
    let mut stage = Stage::new();
    for id in [1, 2] {
        stage.join(id, 3, 3);
        stage.publish(id, ALL);
    }
    stage.watch(1, &[(1, 720), (2, 720)]);
    assert_eq!(stage.send(1, CAMERA, 0, true), []);
    assert_eq!(stage.send(1, VOICE, 0, true), [(2, 0)]);
    assert_eq!(stage.send(2, VOICE, 0, true), [(1, 0)]);
    assert_eq!(stage.shown(1), [Some(2), Some(2)]);
}

#[test]
fn a_sender_who_starts_anew_is_shown_from_the_next_keyframe() {
    let mut stage = Stage::new();
    stage.join(1, 0, 0);
    stage.join(2, 0, 1);
    stage.publish(1, ALL);
    stage.watch(2, &[(1, 720)]);
    assert_eq!(stage.send(1, CAMERA, 0, true), [(2, 0)]);
    stage.join(1, 0, 0);
    assert_eq!(stage.send(1, CAMERA, 0, false), []);
    assert_eq!(stage.send(1, CAMERA, 0, true), [(2, 0)]);
}

#[test]
fn a_keyframe_whose_start_was_repaired_too_late_is_not_switched_to() {
    let mut stage = Stage::new();
    stage.join(1, 0, 0);
    stage.join(2, 0, 1);
    stage.publish(1, ALL);
    stage.watch(2, &[(1, 720)]);
    stage.sequence = 11;
    assert_eq!(stage.send(1, CAMERA, 0, false), []);
    stage.sequence = 9;
    assert_eq!(stage.send(1, CAMERA, 0, true), []);
    stage.sequence = 12;
    assert_eq!(stage.send(1, CAMERA, 0, true), [(2, 0)]);
}

#[test]
fn a_sender_with_a_new_ssrc_is_shown_from_the_next_keyframe() {
    let mut stage = Stage::new();
    stage.join(1, 0, 0);
    stage.join(2, 0, 1);
    stage.publish(1, ALL);
    stage.watch(2, &[(1, 720)]);
    stage.sequence = 50_000;
    assert_eq!(stage.send(1, CAMERA, 0, true), [(2, 0)]);
    (stage.sequence, stage.ssrc) = (100, 7);
    assert_eq!(stage.send(1, CAMERA, 0, false), []);
    assert_eq!(stage.send(1, CAMERA, 0, true), [(2, 0)]);
}

#[test]
fn a_keyframe_is_asked_for_until_it_comes_but_not_often() {
    let mut stage = Stage::new();
    stage.join(1, 0, 0);
    stage.publish(1, ALL);
    for id in 2..52 {
        stage.join(id, 0, 1);
        stage.watch(id, &[(1, 720)]);
    }
    assert_eq!(stage.keyframes_asked(), [(1, 0)]);
    stage.wait(Duration::from_secs(3));
    let asked = stage.keyframes_asked().len();
    assert!((8..=10).contains(&asked), "asked {asked} times in 3 s");
    assert_eq!(stage.send(1, CAMERA, 0, true).len(), 50);
    stage.wait(Duration::from_secs(1));
    assert_eq!(stage.keyframes_asked(), []);
    for id in 2..52 {
        stage.room.keyframe_wanted(ParticipantId(id), 0, stage.now);
    }
    stage.wait(Duration::from_millis(250));
    assert_eq!(stage.keyframes_asked(), [(1, 0)]);
}

#[test]
fn only_watched_layers_are_encoded() {
    let mut stage = Stage::new();
    stage.join(1, 0, 0);
    stage.publish(1, ALL);
    assert_eq!(stage.layers(1), Some((vec![], false)));
    for (id, lines) in [(2, 180), (3, 720)] {
        stage.join(id, 0, 1);
        stage.watch(id, &[(1, lines)]);
    }
    assert_eq!(stage.layers(1), Some((vec!["h".to_owned(), "l".to_owned()], true)));
    stage.watch(3, &[]);
    assert_eq!(stage.layers(1), Some((vec!["l".to_owned()], true)));
    stage.room.leave(ParticipantId(2));
    stage.room.leave(ParticipantId(3));
    stage.settle();
    assert_eq!(stage.layers(1), Some((vec![], false)));
}

#[test]
fn a_missing_layer_is_replaced_until_it_comes() {
    let mut stage = Stage::new();
    stage.join(1, 0, 0);
    stage.publish(1, ALL);
    stage.send(1, CAMERA, 2, true);
    stage.join(2, 0, 1);
    stage.watch(2, &[(1, 720)]);
    assert_eq!(stage.send(1, CAMERA, 2, true), [(2, 0)]);
    assert_eq!(stage.layers(1).unwrap().0, ["h", "l"]);
    stage.send(1, CAMERA, 0, true);
    stage.wait(Duration::from_millis(300));
    assert_eq!(stage.send(1, CAMERA, 2, false), [(2, 0)]);
    assert_eq!(stage.send(1, CAMERA, 0, true), [(2, 0)]);
    assert_eq!(stage.send(1, CAMERA, 2, true), []);
    stage.wait(Duration::from_millis(300));
    assert_eq!(stage.layers(1).unwrap().0, ["h"]);
}

#[test]
fn a_narrow_line_gets_a_lower_layer_and_grows_again_later() {
    let mut stage = Stage::new();
    stage.join(1, 0, 0);
    stage.publish(1, ALL);
    stage.join(2, 0, 1);
    stage.watch(2, &[(1, 720)]);
    let send_all = |stage: &mut Stage| -> Vec<usize> {
        (0..3).filter(|&layer| !stage.send(1, CAMERA, layer, true).is_empty()).collect()
    };
    let estimate = |stage: &mut Stage, bitrate| {
        stage.room.budget(ParticipantId(2), bitrate, stage.now);
        stage.settle();
    };
    assert_eq!(send_all(&mut stage), [0]);
    estimate(&mut stage, 100_000);
    assert_eq!(send_all(&mut stage), [0], "an estimator that just started is not believed");
    stage.wait(ESTIMATOR_START);
    estimate(&mut stage, 4_000_000);
    stage.send(1, CAMERA, 0, false);
    estimate(&mut stage, 500_000);
    // The layers sent almost nothing, so that what they cost is guessed.
    stage.wait(Duration::from_millis(1600));
    send_all(&mut stage);
    stage.wait(Duration::from_millis(300));
    assert_eq!(send_all(&mut stage), [1]);
    estimate(&mut stage, 9_000_000);
    stage.wait(Duration::from_secs(5));
    send_all(&mut stage);
    stage.wait(Duration::from_millis(300));
    assert_eq!(send_all(&mut stage), [0]);
}

#[test]
fn with_enough_slots_no_voice_ever_moves() {
    let mut stage = Stage::new();
    for id in 1..5 {
        stage.join(id, 3, 0);
        stage.publish(id, ALL);
    }
    let before = stage.shown(1);
    assert_eq!(before.len(), 3);
    for round in 0..50 {
        for id in 1..5 {
            stage.send(id, VOICE, 0, round % 4 + 1 == id);
        }
        stage.wait(Duration::from_millis(100));
    }
    assert_eq!(stage.shown(1), before);
}

#[test]
fn among_many_the_loudest_is_heard() {
    let mut stage = Stage::new();
    for id in 1..9 {
        stage.join(id, 2, 0);
        stage.publish(id, ALL);
    }
    for _ in 0..10 {
        for id in 1..9 {
            stage.send(id, VOICE, 0, id == 8);
        }
        stage.wait(Duration::from_millis(50));
    }
    assert!(stage.shown(1).contains(&Some(8)), "{:?}", stage.shown(1));
    assert_eq!(stage.send(8, VOICE, 0, true).len(), 7);
    let speakers = stage.actions.iter().rev().find_map(|action| match action {
        Action::Event(SfuEvent::Speakers { participants, .. }) => Some(participants.clone()),
        _ => None,
    });
    assert_eq!(speakers, Some(vec![ParticipantId(8)]));
}

impl Stage {
    /// So many seconds in which this much of somebody's uplink and downlink is lost.
    fn measure(&mut self, id: u32, seconds: u32, [up, down]: [f32; 2]) {
        for _ in 0..seconds {
            self.wait(Duration::from_secs(1));
            let (uplink_loss, downlink_loss) = (Some(up), Some(down));
            let measured = Measured { uplink_loss, downlink_loss, heard: true };
            self.room.measured(ParticipantId(id), measured, self.now);
        }
        self.wait(Duration::from_millis(50));
    }

    /// Levels of those whose way is not good, as last told.
    fn quality(&self) -> Vec<(u32, QualityLevel, QualityLevel)> {
        let told = self.actions.iter().rev().find_map(|action| match action {
            Action::Event(SfuEvent::Quality { people, .. }) => Some(people),
            _ => None,
        });
        let row = |row: &PersonQuality| (row.participant.0, row.uplink.level, row.downlink.level);
        told.into_iter().flatten().map(row).collect()
    }
}

#[test]
fn a_lossy_way_is_told_by_direction_and_taken_back_and_silence_is_told_until_somebody_goes() {
    use QualityLevel::{Bad, Good, Weak};
    let mut stage = Stage::new();
    stage.join(1, 1, 1);
    stage.join(2, 1, 1);
    stage.measure(1, 6, [0.08, 0.0]);
    assert_eq!(stage.quality(), [(1, Weak, Good)]);
    stage.measure(1, 12, [0.0, 0.0]);
    assert_eq!(stage.quality(), [], "taken back");
    stage.measure(1, 6, [0.0, 0.3]);
    assert_eq!(stage.quality(), [(1, Good, Bad)]);
    // The connection breaks, and nothing can be measured any more.
    stage.room.leave(ParticipantId(1));
    stage.wait(Duration::from_secs(7));
    assert_eq!(stage.quality(), [(1, Bad, Bad)]);
    stage.room.forget(ParticipantId(1));
    stage.wait(Duration::from_millis(50));
    assert_eq!(stage.quality(), []);
}

#[test]
fn a_way_too_narrow_for_what_is_wished_or_sent_is_weak_without_loss() {
    use QualityLevel::{Good, Weak};
    let mut stage = Stage::new();
    stage.join(1, 0, 0);
    stage.join(2, 0, 1);
    stage.publish(1, ALL);
    stage.watch(2, &[(1, 720)]);
    // The receiver's line carries the smallest layer only.
    for round in 0..14 {
        (0..3).for_each(|layer| {
            stage.send(1, CAMERA, layer, round == 0);
        });
        stage.room.budget(ParticipantId(2), 100, stage.now);
        stage.measure(2, 1, [0.0, 0.0]);
        stage.measure(1, 0, [0.0, 0.0]);
    }
    let told = stage.quality();
    assert!(told.contains(&(2, Good, Weak)), "{told:?}");
    // The line is wide again, but the sender sends nothing else than the smallest layer.
    for _ in 0..20 {
        stage.send(1, CAMERA, 2, true);
        stage.room.budget(ParticipantId(2), 20_000_000, stage.now);
        stage.measure(1, 1, [0.0, 0.0]);
        stage.send(1, CAMERA, 2, true);
        stage.room.measured(
            ParticipantId(2),
            Measured { uplink_loss: None, downlink_loss: Some(0.0), heard: true },
            stage.now,
        );
    }
    assert_eq!(stage.quality(), [(1, Weak, Good)]);
}
