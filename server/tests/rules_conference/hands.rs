//! A raised hand goes down once its owner has the word, and can be put back.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

impl Hall {
    fn hand(&mut self, who: ConnectionId, restore: bool) {
        self.say(who, ClientMessage::Hand { raised: true, restore });
    }

    /// These are heard from now on, for so long.
    fn speak(&mut self, speakers: &[ConnectionId], time: Duration) {
        let speakers: Vec<_> = speakers.iter().map(|who| self.id(*who)).collect();
        self.conference.heard(self.now(), &speakers);
        self.settle();
        self.wait(time);
    }

    fn raised_at(&self, who: ConnectionId) -> Option<i64> {
        self.person(who, who).hand_raised_at_ms
    }
}

/// A host, and two who raised their hands one after the other.
fn hall() -> (Hall, ConnectionId, [ConnectionId; 2]) {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, a, b) = (hall.host(), hall.guest("A"), hall.guest("B"));
    hall.hand(a, false);
    hall.hand(b, false);
    (hall, host, [a, b])
}

#[test]
fn after_three_seconds_of_speech_a_hand_goes_down_and_its_owner_is_told() {
    let (mut hall, host, [a, b]) = hall();
    let raised = hall.raised_at(a).unwrap();
    hall.speak(&[a], SUSTAINED_SPEECH - Duration::from_millis(1));
    assert_eq!(hall.raised_at(a), Some(raised));
    hall.wait(Duration::from_millis(1));
    assert_eq!(hall.person(host, a).hand_raised_at_ms, None);
    assert_eq!(hall.clients[&a].hands_dropped, [raised], "with the original time");
    assert!(hall.raised_at(b).is_some(), "who only listens keeps theirs");
    assert!(
        hall.clients[&b].hands_dropped.is_empty() && hall.clients[&host].hands_dropped.is_empty()
    );
}

#[test]
fn a_word_thrown_in_and_being_interrupted_cost_nobody_their_place() {
    let (mut hall, host, [a, _]) = hall();
    for _ in 0..10 {
        hall.speak(&[a, host], 2 * SECOND);
        hall.speak(&[host, a], 2 * SECOND);
        hall.speak(&[], SECOND);
    }
    assert!(hall.raised_at(a).is_some());
}

#[test]
fn speech_that_ends_between_two_looks_counts_in_full() {
    let (mut hall, host, [a, _]) = hall();
    hall.speak(&[a], 2 * SECOND);
    hall.at += SECOND;
    hall.speak(&[host], Duration::ZERO);
    assert_eq!(hall.raised_at(a), None);
}

#[test]
fn within_ten_seconds_undo_restores_the_original_place_and_this_speech_spares_it() {
    let (mut hall, _, [a, b]) = hall();
    let raised = hall.raised_at(a);
    hall.speak(&[a], SUSTAINED_SPEECH);
    hall.wait(RESTORE_WITHIN);
    hall.hand(a, true);
    assert_eq!(hall.raised_at(a), raised);
    assert!(hall.raised_at(a) < hall.raised_at(b), "first again");
    hall.wait(60 * SECOND);
    assert_eq!(hall.raised_at(a), raised, "the same speech goes on");
    hall.speak(&[], SECOND);
    hall.speak(&[a], SUSTAINED_SPEECH);
    assert_eq!(hall.raised_at(a), None, "the next one counts");
    assert_eq!(hall.clients[&a].hands_dropped.len(), 2);
}

#[test]
fn later_or_after_a_decision_of_somebody_undo_is_a_new_hand() {
    for case in 0..4 {
        let (mut hall, host, [a, b]) = hall();
        hall.speak(&[a], SUSTAINED_SPEECH);
        match case {
            0 => hall.wait(RESTORE_WITHIN + Duration::from_millis(1)),
            1 => hall.say(host, ClientMessage::LowerAllHands),
            2 => hall.say(a, ClientMessage::Hand { raised: false, restore: false }),
            _ => {
                hall.hand(a, false);
                hall.say(a, ClientMessage::Hand { raised: false, restore: true });
            }
        }
        hall.hand(b, false);
        hall.hand(a, true);
        assert!(hall.raised_at(a) > hall.raised_at(b), "case {case}");
    }
}

#[test]
fn who_raises_a_hand_while_speaking_keeps_it_until_they_speak_again() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (_, a) = (hall.host(), hall.guest("A"));
    hall.speak(&[a], SECOND);
    hall.hand(a, false);
    hall.wait(60 * SECOND);
    assert!(hall.raised_at(a).is_some());
    hall.speak(&[], SECOND);
    hall.speak(&[a], SUSTAINED_SPEECH);
    assert_eq!(hall.raised_at(a), None);
}

#[test]
fn an_undo_without_a_dropped_hand_raises_one_and_a_raised_one_stays() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (_, a) = (hall.host(), hall.guest("A"));
    hall.hand(a, true);
    let raised = hall.raised_at(a);
    assert!(raised.is_some());
    hall.wait(SECOND);
    hall.hand(a, true);
    assert_eq!(hall.raised_at(a), raised);
}
