//! Lock, waiting room, and whoever was removed.

use super::*;

fn waiting_room() -> Hall {
    Hall::with_policy(RoomKind::GroupCall, |policy| policy.waiting_room = true)
}

#[test]
fn f15_locked_refuses_even_with_the_right_number() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.say(host, ClientMessage::Lock { locked: true });
    assert!(hall.clients[&guest].locked, "everybody sees it");
    assert_eq!(hall.try_join("Late", Role::Attendee), Err(Refusal::Locked));
    assert_eq!(hall.come("Jonas", Role::Presenter, Some(9)), Err(Refusal::Locked));
    hall.say(host, ClientMessage::Lock { locked: false });
    assert!(hall.try_join("Late", Role::Attendee).is_ok());
}

#[test]
fn e13_f16_guests_who_share_a_number_one_after_another_never_meet() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.host();
    let first = hall.guest("First customer");
    hall.say(host, ClientMessage::Lock { locked: true });
    assert_eq!(hall.try_join("Second customer", Role::Attendee), Err(Refusal::Locked));
    hall.say(first, ClientMessage::Leave);
    hall.say(host, ClientMessage::Lock { locked: false });
    let second = hall.guest("Second customer");
    assert_eq!(hall.clients[&second].people.len(), 2);
    assert_eq!(hall.clients[&first].people.len(), 2, "the first never saw the second");
}

#[test]
fn x7_lock_comes_before_waiting() {
    let mut hall = waiting_room();
    let host = hall.host();
    hall.guest("Early");
    hall.say(host, ClientMessage::Lock { locked: true });
    assert_eq!(hall.try_join("Late", Role::Attendee), Err(Refusal::Locked), "not a knock");
    hall.say(host, ClientMessage::Leave);
    assert_eq!(hall.conference.state(), ConferenceState::OnHold);
    assert_eq!(hall.try_join("Later", Role::Attendee), Err(Refusal::Locked), "not a hold");
}

#[test]
fn x7_no_host_comes_before_the_waiting_room() {
    let mut hall = waiting_room();
    let guest = hall.guest("Helene");
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::NoHost));
    let host = hall.host();
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::Knock));
    assert_eq!(hall.queue(host), ["Helene"]);
}

#[test]
fn x7_removed_comes_before_lock() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.host();
    let user = hall.come("Jonas", Role::Attendee, Some(9)).unwrap();
    let participant = hall.id(user);
    hall.say(host, ClientMessage::Remove { participant });
    hall.say(host, ClientMessage::Lock { locked: true });
    assert_eq!(hall.come("Jonas", Role::Attendee, Some(9)), Err(Refusal::Removed));
}

#[test]
fn x7_hosts_and_whoever_reconnects_get_back_into_a_locked_conference() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.say(host, ClientMessage::Lock { locked: true });
    let (host_token, guest_token) = (hall.token(host), hall.token(guest));
    hall.break_link(host);
    hall.break_link(guest);
    let host = hall.resume(&host_token).unwrap();
    let guest = hall.resume(&guest_token).unwrap();
    assert_eq!((hall.place(host), hall.place(guest)), (&Place::Inside, &Place::Inside));
    hall.say(host, ClientMessage::Leave);
    let host = hall.host();
    assert_eq!(hall.place(host), &Place::Inside, "a host who comes anew gets in");
    assert_eq!(hall.place(guest), &Place::Inside, "and with them whoever was inside before");
    assert!(hall.conference.locked(), "a hold does not open the lock");
}

#[test]
fn x7_the_waiting_room_admits_one_or_all() {
    let mut hall = waiting_room();
    let host = hall.host();
    let (a, b, c) = (hall.guest("A"), hall.guest("B"), hall.guest("C"));
    assert_eq!(hall.queue(host), ["A", "B", "C"], "in the order in which they came");
    let participant = hall.id(b);
    hall.say(host, ClientMessage::Admit { participant });
    assert_eq!(hall.place(b), &Place::Inside);
    assert_eq!(hall.queue(host), ["A", "C"]);
    hall.say(host, ClientMessage::AdmitAll);
    assert_eq!((hall.place(a), hall.place(c)), (&Place::Inside, &Place::Inside));
    assert!(hall.queue(host).is_empty());
    hall.say(host, ClientMessage::Admit { participant });
    assert_eq!(hall.denied(host), 1, "nobody of that id waits any more");
}

#[test]
fn x7_whoever_was_let_in_need_not_knock_again_after_a_hold() {
    let mut hall = waiting_room();
    let host = hall.host();
    let (known, stranger) = (hall.guest("Known"), hall.guest("Stranger"));
    let participant = hall.id(known);
    hall.say(host, ClientMessage::Admit { participant });
    hall.say(host, ClientMessage::Leave);
    assert_eq!(hall.place(stranger), &Place::Waiting(WaitReason::OnHold));
    hall.host();
    assert_eq!(hall.place(known), &Place::Inside);
    assert_eq!(hall.place(stranger), &Place::Waiting(WaitReason::Knock));
}

#[test]
fn f15_nobody_is_admitted_while_locked_and_opening_lets_in_who_knocked() {
    let mut hall = waiting_room();
    let host = hall.host();
    let guest = hall.guest("Helene");
    hall.say(host, ClientMessage::Lock { locked: true });
    hall.say(host, ClientMessage::AdmitAll);
    hall.set_policy(host, |policy| policy.waiting_room = false);
    assert_eq!(hall.denied(host), 1);
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::Knock));
    hall.say(host, ClientMessage::Lock { locked: false });
    assert_eq!(hall.place(guest), &Place::Inside);
}

#[test]
fn f15_whoever_came_during_a_hold_does_not_pass_a_lock_set_meanwhile() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, known) = (hall.host(), hall.guest("Known"));
    hall.say(host, ClientMessage::Hold { held: true });
    let stranger = hall.guest("Stranger");
    hall.say(host, ClientMessage::Lock { locked: true });
    hall.say(host, ClientMessage::Hold { held: false });
    assert_eq!(hall.place(known), &Place::Inside);
    assert_eq!(hall.place(stranger), &Place::Waiting(WaitReason::Knock));
    hall.say(host, ClientMessage::Lock { locked: false });
    assert_eq!(hall.place(stranger), &Place::Inside);
}

#[test]
fn f15_nobody_is_admitted_ahead_during_a_hold() {
    let mut hall = waiting_room();
    let host = hall.host();
    hall.say(host, ClientMessage::Hold { held: true });
    let guest = hall.guest("Helene");
    hall.say(host, ClientMessage::AdmitAll);
    assert_eq!(hall.denied(host), 1);
    hall.say(host, ClientMessage::Lock { locked: true });
    hall.say(host, ClientMessage::Hold { held: false });
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::Knock));
}

#[test]
fn f15_a_lock_does_not_outlast_the_people_it_was_for() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("First customer"));
    hall.say(host, ClientMessage::Lock { locked: true });
    hall.say(host, ClientMessage::Leave);
    hall.say(guest, ClientMessage::Leave);
    let next = hall.guest("Second customer");
    assert_eq!(hall.place(next), &Place::Waiting(WaitReason::OnHold));
}

#[test]
fn f15_a_lock_outlasts_the_broken_link_of_whoever_set_it() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.host();
    hall.say(host, ClientMessage::Lock { locked: true });
    hall.break_link(host);
    hall.wait(GRACE);
    assert_eq!(hall.try_join("Late", Role::Attendee), Err(Refusal::Locked));
}

#[test]
fn f14_remove_ends_it_for_one_participant_only() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, a, b) = (hall.host(), hall.guest("A"), hall.guest("B"));
    hall.say(a, ClientMessage::Offer { sdp: String::new(), streams: Vec::new() });
    let (participant, token) = (hall.id(a), hall.token(a));
    hall.say(host, ClientMessage::Remove { participant });
    assert_eq!(hall.place(a), &Place::Over(EndReason::Removed));
    assert!(hall.with_media.is_empty());
    assert_eq!((hall.place(b), hall.clients[&b].people.len()), (&Place::Inside, 2));
    assert_eq!(hall.resume(&token), Err(Refusal::Removed));
    let me = hall.id(host);
    hall.say(host, ClientMessage::Remove { participant: me });
    assert_eq!(hall.denied(host), 1, "leaving is another thing");
}

#[test]
fn f14_a_removed_user_stays_out_with_every_device_and_role() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.host();
    let laptop = hall.come("Jonas", Role::Host, Some(9)).unwrap();
    let phone = hall.come("Jonas", Role::Host, Some(9)).unwrap();
    let participant = hall.id(laptop);
    hall.say(host, ClientMessage::Remove { participant });
    for device in [laptop, phone] {
        assert_eq!(hall.place(device), &Place::Over(EndReason::Removed));
    }
    assert_eq!(hall.come("Jonas", Role::Host, Some(9)), Err(Refusal::Removed));
    assert_eq!(hall.come("Other name", Role::Host, Some(9)), Err(Refusal::Removed));
}

#[test]
fn f14_ones_own_second_device_goes_alone() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let laptop = hall.come("Jonas", Role::Host, Some(9)).unwrap();
    let phone = hall.come("Jonas", Role::Host, Some(9)).unwrap();
    let participant = hall.id(phone);
    hall.say(laptop, ClientMessage::Remove { participant });
    assert_eq!(hall.place(laptop), &Place::Inside);
    assert!(hall.come("Jonas", Role::Host, Some(9)).is_ok());
}

#[test]
fn f14_whoever_knocks_can_be_sent_away() {
    let mut hall = waiting_room();
    let host = hall.host();
    let guest = hall.guest("Helene");
    let (participant, token) = (hall.id(guest), hall.token(guest));
    hall.say(host, ClientMessage::Remove { participant });
    assert_eq!(hall.place(guest), &Place::Over(EndReason::Removed));
    assert!(hall.queue(host).is_empty());
    assert_eq!(hall.resume(&token), Err(Refusal::Removed));
}

#[test]
fn f14_a_user_who_loses_the_right_goes_and_with_the_last_host_comes_a_hold() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.come("Jonas", Role::Host, Some(9)).unwrap();
    let guest = hall.guest("Helene");
    let now = hall.now();
    hall.conference.remove_user(now, 9);
    hall.settle();
    assert_eq!(hall.place(host), &Place::Over(EndReason::Removed));
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::OnHold));
    assert_eq!(hall.come("Jonas", Role::Host, Some(9)), Err(Refusal::Removed));
}

#[test]
fn f14_who_was_taken_out_of_the_room_and_put_back_comes_in_again() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.host();
    let user = hall.come("Jonas", Role::Attendee, Some(9)).unwrap();
    let other = hall.come("Anna", Role::Attendee, Some(8)).unwrap();
    let token = hall.token(user);
    for user in [9, 8] {
        hall.conference.remove_user(hall.now(), user);
        hall.settle();
    }
    assert_eq!(hall.place(other), &Place::Over(EndReason::Removed));
    hall.conference.readmit_user(9);
    assert_eq!(hall.resume(&token), Err(Refusal::Resume), "come anew");
    let again = hall.come("Jonas", Role::Attendee, Some(9)).unwrap();
    assert_eq!(hall.place(again), &Place::Inside);
    assert_eq!(hall.come("Anna", Role::Attendee, Some(8)), Err(Refusal::Removed));
    assert_eq!(hall.clients[&host].people.len(), 2);
}

#[test]
fn who_is_signed_out_goes_with_that_session_only_and_comes_back_with_another() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let old = hall.come("Jonas", Role::Host, Some(9)).unwrap();
    hall.machine = 1;
    let own = hall.come("Jonas", Role::Host, Some(9)).unwrap();
    let guest = hall.guest("Helene");
    assert_eq!(hall.conference.sessions(Some(9)).count(), 2);
    assert_eq!(hall.conference.sessions(Some(8)).count(), 0);
    let token = hall.token(old);
    hall.sign_out(&[session(9, 0)]);
    assert!(hall.clients[&old].closed && !hall.clients[&own].closed);
    assert_eq!(hall.clients[&guest].people.len(), 2);
    // The token says nothing to the hub: the client comes with its session and learns that it is over.
    assert_eq!(hall.resume(&token), Err(Refusal::Resume));
    hall.machine = 2;
    let new = hall.come("Jonas", Role::Host, Some(9)).unwrap();
    assert_eq!(hall.place(new), &Place::Inside);
    hall.sign_out(&[session(9, 1), session(9, 2)]);
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::OnHold), "the last hosts are gone");
}

#[test]
fn who_waits_is_signed_out_too_and_a_broken_link_does_not_keep_anybody() {
    let mut hall = waiting_room();
    let host = hall.host();
    let knocks = hall.come("Jonas", Role::Attendee, Some(9)).unwrap();
    let gone = hall.come("Anna", Role::Attendee, Some(8)).unwrap();
    hall.break_link(gone);
    assert_eq!(hall.queue(host), ["Jonas", "Anna"]);
    hall.sign_out(&[session(9, 0), session(8, 0)]);
    assert!(hall.clients[&knocks].closed && hall.queue(host).is_empty());
}

#[test]
fn who_signed_out_by_themselves_stays_until_all_of_their_sessions_are_ended() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let user = hall.come("Jonas", Role::Host, Some(9)).unwrap();
    let guest = hall.guest("Helene");
    hall.conference.release(session(9, 0));
    hall.sign_out(&[session(9, 0)]);
    assert_eq!(hall.place(user), &Place::Inside);
    for (of, stays) in [(8, true), (9, false)] {
        hall.conference.sign_out(hall.now(), &HashSet::new(), Some(of));
        hall.settle();
        assert_eq!(hall.clients[&user].closed, !stays);
    }
    assert!(!hall.clients[&guest].closed, "a guest is nobody's session");
}
