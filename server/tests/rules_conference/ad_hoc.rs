//! Spontaneous conferences, and how long a hold lasts.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn e2_an_ad_hoc_conference_ends_after_30_minutes_alone() {
    let mut hall = Hall::ad_hoc();
    let host = hall.host();
    hall.wait(ALONE_LIMIT - SECOND);
    assert_eq!(hall.place(host), &Place::Inside);
    hall.wait(SECOND);
    assert_eq!(hall.place(host), &Place::Over(EndReason::NobodyCame));
    assert_eq!(ALONE_LIMIT.as_secs(), 30 * 60);
}

#[test]
fn e1_an_ad_hoc_room_goes_with_its_conference_and_others_stay() {
    let mut hall = Hall::ad_hoc();
    let host = hall.host();
    hall.say(host, ClientMessage::End);
    assert!(hall.room_deleted);
    let mut lasting = Hall::new(RoomKind::GroupCall);
    let host = lasting.host();
    lasting.say(host, ClientMessage::End);
    assert!(!lasting.room_deleted);
}

#[test]
fn e1_an_ad_hoc_room_outlives_a_hub_that_stops_and_a_guest_who_gave_up() {
    let mut hall = Hall::ad_hoc();
    hall.host();
    hall.conference.stop();
    hall.settle();
    assert!(!hall.room_deleted, "its people come back in a moment");
    let mut early = Hall::ad_hoc();
    let guest = early.guest("Helene");
    early.say(guest, ClientMessage::Leave);
    assert_eq!(early.conference.state(), ConferenceState::Ended);
    assert!(!early.room_deleted, "whoever made it is still on the way");
}

#[test]
fn x8_adhoc_timer_stops_when_a_guest_waits() {
    let mut hall = Hall::ad_hoc();
    let first = hall.guest("Helene");
    hall.wait(ALONE_LIMIT / 2);
    let second = hall.guest("Jonas");
    assert_eq!(hall.place(second), &Place::Waiting(WaitReason::NoHost));
    hall.wait(ALONE_LIMIT * 3);
    assert_eq!(hall.place(first), &Place::Waiting(WaitReason::NoHost), "no host, yet company");
}

#[test]
fn x8_adhoc_timer_stays_stopped_when_the_others_leave() {
    let mut hall = Hall::ad_hoc();
    let host = hall.host();
    let guest = hall.guest("Helene");
    hall.say(guest, ClientMessage::Leave);
    hall.wait(ALONE_LIMIT * 3);
    assert_eq!(hall.place(host), &Place::Inside);
}

#[test]
fn x8_a_second_device_is_no_company() {
    let mut hall = Hall::ad_hoc();
    let host = hall.come("Miriam", Role::Host, Some(1)).unwrap();
    hall.come("Miriam", Role::Host, Some(1)).unwrap();
    hall.wait(ALONE_LIMIT);
    assert_eq!(hall.place(host), &Place::Over(EndReason::NobodyCame));
}

#[test]
fn x8_only_ad_hoc_conferences_have_the_30_minutes() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.host();
    hall.wait(ALONE_LIMIT * 10);
    assert_eq!(hall.place(host), &Place::Inside);
}

#[test]
fn x8_a_hold_has_a_longer_limit_of_its_own() {
    let mut hall = Hall::ad_hoc();
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.wait(ALONE_LIMIT);
    hall.say(host, ClientMessage::Leave);
    hall.wait(HOLD_LIMIT - SECOND);
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::OnHold));
    hall.wait(SECOND);
    assert_eq!(hall.place(guest), &Place::Over(EndReason::HeldTooLong));
    assert!(HOLD_LIMIT > ALONE_LIMIT);
}

#[test]
fn x8_a_hold_that_ended_in_time_starts_its_limit_anew() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.say(host, ClientMessage::Leave);
    hall.wait(HOLD_LIMIT / 2);
    let host = hall.host();
    hall.wait(HOLD_LIMIT * 2);
    hall.say(host, ClientMessage::Leave);
    hall.wait(HOLD_LIMIT / 2);
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::OnHold));
}
