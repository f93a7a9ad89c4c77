//! What hosts change while it runs: policies, hold, microphones.

use super::*;

#[test]
fn f13_x2_policies_change_while_live_and_stay_with_the_room() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.set_policy(host, |policy| policy.waiting_room = true);
    assert!(hall.clients[&guest].policy.waiting_room);
    assert_eq!(hall.kept_policy, Some(hall.conference.policy()));
    let knocks = hall.guest("Knocks");
    assert_eq!(hall.place(knocks), &Place::Waiting(WaitReason::Knock));
    hall.set_policy(host, |policy| policy.waiting_room = false);
    assert_eq!(hall.place(knocks), &Place::Inside, "without a waiting room nobody knocks");
    hall.set_policy(guest, |policy| policy.guests = false);
    assert_eq!(hall.denied(guest), 1);
}

#[test]
fn f13_a_guest_who_was_made_host_changes_the_conference_and_not_the_room() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    let participant = hall.id(guest);
    hall.say(host, ClientMessage::SetRole { participant, role: Role::Host });
    hall.set_policy(guest, |policy| policy.waiting_room = true);
    assert!(hall.clients[&host].policy.waiting_room);
    assert_eq!(hall.kept_policy, None);
}

#[test]
fn f13_without_guests_only_new_ones_are_refused() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.set_policy(host, |policy| policy.guests = false);
    assert_eq!(hall.place(guest), &Place::Inside);
    assert_eq!(hall.try_join("Late", Role::Attendee), Err(Refusal::NoGuests));
    assert!(hall.come("Jonas", Role::Attendee, Some(9)).is_ok(), "users are no guests");
}

#[test]
fn f13_a_policy_from_outside_counts_at_once_and_is_not_written_twice() {
    let mut hall = Hall::with_policy(RoomKind::GroupCall, |policy| policy.waiting_room = true);
    hall.host();
    let guest = hall.guest("Helene");
    let open = RoomPolicy { waiting_room: false, ..hall.conference.policy() };
    hall.conference.apply_policy(open);
    hall.settle();
    assert_eq!(hall.place(guest), &Place::Inside);
    assert_eq!(hall.kept_policy, None);
}

#[test]
fn f7_a_host_holds_by_button_and_hosts_stay_inside() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, second, guest) = (hall.host(), hall.host(), hall.guest("Helene"));
    hall.say(guest, ClientMessage::Offer { sdp: String::new(), streams: Vec::new() });
    hall.say(host, ClientMessage::Hold { held: true });
    assert_eq!(hall.conference.state(), ConferenceState::OnHold);
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::OnHold));
    assert!(hall.with_media.is_empty());
    assert_eq!(hall.clients[&second].people.len(), 2);
    assert_eq!(hall.queue(second), ["Helene"]);
    let third = hall.host();
    assert_eq!(hall.place(third), &Place::Inside);
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::OnHold), "the button decides");
    hall.say(second, ClientMessage::Hold { held: false });
    assert_eq!(hall.conference.state(), ConferenceState::Live);
    assert_eq!(hall.clients[&guest].people.len(), 4);
}

#[test]
fn f9_when_all_hosts_left_a_held_conference_the_next_one_resumes_it() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.say(host, ClientMessage::Hold { held: true });
    hall.say(host, ClientMessage::Leave);
    assert_eq!(hall.conference.state(), ConferenceState::OnHold);
    hall.host();
    assert_eq!(hall.place(guest), &Place::Inside);
}

#[test]
fn f8_whoever_stops_being_host_during_a_hold_waits_with_the_others() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, second) = (hall.host(), hall.host());
    hall.say(host, ClientMessage::Hold { held: true });
    let participant = hall.id(second);
    hall.say(host, ClientMessage::SetRole { participant, role: Role::Attendee });
    assert_eq!(hall.place(second), &Place::Waiting(WaitReason::OnHold));
}

#[test]
fn a_host_mutes_one_and_only_they_can_open_the_microphone_again() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.media(guest, true);
    let participant = hall.id(guest);
    hall.say(host, ClientMessage::Mute { participant });
    assert!(!hall.person(host, guest).microphone);
    assert_eq!(hall.clients[&guest].muted_by, ["Miriam Vogt"]);
    hall.media(guest, true);
    assert!(hall.person(host, guest).microphone);
    let other = hall.id(host);
    hall.media(host, true);
    hall.say(guest, ClientMessage::Mute { participant: other });
    assert!(hall.denied(guest) == 1 && hall.person(guest, host).microphone);
}

#[test]
fn mute_all_leaves_the_hosts_alone() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, second, a, b) = (hall.host(), hall.host(), hall.guest("A"), hall.guest("B"));
    for connection in [host, second, a, b] {
        hall.media(connection, true);
    }
    hall.say(host, ClientMessage::MuteAll);
    let open = |who| hall.person(host, who).microphone;
    assert_eq!([host, second, a, b].map(open), [true, true, false, false]);
    assert_eq!(hall.clients[&b].muted_by.len(), 1);
}

#[test]
fn where_the_room_mutes_on_entry_the_first_open_microphone_stays_off() {
    let mut hall = Hall::with_policy(RoomKind::GroupCall, |policy| policy.join_muted = true);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.media(host, true);
    assert!(hall.person(guest, host).microphone, "hosts are not muted");
    hall.media(guest, true);
    assert!(!hall.person(host, guest).microphone);
    assert_eq!(hall.clients[&guest].muted_by, [""]);
    hall.media(guest, true);
    assert!(hall.person(host, guest).microphone, "then it is theirs");
    let quiet = hall.guest("Quiet");
    hall.media(quiet, false);
    hall.media(quiet, true);
    assert!(hall.person(host, quiet).microphone, "whoever came in muted opens it at once");
}

#[test]
fn f3_a_new_host_learns_who_waits() {
    let mut hall = Hall::with_policy(RoomKind::GroupCall, |policy| policy.waiting_room = true);
    let host = hall.host();
    let guest = hall.guest("Helene");
    let participant = hall.id(guest);
    hall.say(host, ClientMessage::Admit { participant });
    hall.guest("Knocks");
    hall.say(host, ClientMessage::SetRole { participant, role: Role::Host });
    assert_eq!(hall.queue(guest), ["Knocks"]);
}

#[test]
fn j10_a_decision_outside_ends_it_for_all() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.conference.end();
    hall.settle();
    for connection in [host, guest] {
        assert_eq!(hall.place(connection), &Place::Over(EndReason::EndedByHost));
    }
    assert_eq!(hall.records.states.last(), Some(&ConferenceState::Ended));
    assert!(hall.records.inside.is_empty());
}

#[test]
fn a_user_who_is_no_longer_host_of_the_room_is_none_in_its_conference_unless_the_last() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let first = hall.come("Miriam", Role::Host, Some(1)).unwrap();
    let second = hall.come("Jonas", Role::Host, Some(2)).unwrap();
    let guest = hall.guest("Helene");
    hall.media(second, true);
    let now = hall.now();
    hall.conference.set_user_role(now, 2, Role::Attendee);
    hall.settle();
    let demoted = hall.person(guest, second);
    assert_eq!((demoted.role, demoted.microphone), (Role::Attendee, false));
    hall.say(second, ClientMessage::Lock { locked: true });
    assert_eq!(hall.denied(second), 1);
    hall.conference.set_user_role(now, 1, Role::Attendee);
    hall.settle();
    assert_eq!(hall.person(guest, first).role, Role::Host, "the last host stays");
    hall.conference.set_user_role(now, 2, Role::Host);
    hall.settle();
    assert_eq!(hall.person(guest, second).role, Role::Host);
}

#[test]
fn a_presenter_stays_one_when_the_room_makes_them_no_host() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let host = hall.host();
    let user = hall.come("Jonas", Role::Attendee, Some(2)).unwrap();
    let participant = hall.id(user);
    hall.say(host, ClientMessage::SetRole { participant, role: Role::Presenter });
    let now = hall.now();
    hall.conference.set_user_role(now, 2, Role::Attendee);
    hall.settle();
    assert_eq!(hall.person(host, user).role, Role::Presenter);
}

#[test]
fn f3_who_becomes_host_gets_pin_and_link_and_loses_them_with_the_role() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    let participant = hall.id(guest);
    let knows = |hall: &Hall| hall.clients[&guest].knows_way_in;
    for (role, should) in [
        (Role::Presenter, false),
        (Role::Host, true),
        (Role::Presenter, false),
        (Role::Host, true),
        (Role::Attendee, false),
    ] {
        hall.say(host, ClientMessage::SetRole { participant, role });
        assert_eq!((hall.person(host, guest).role, knows(&hall)), (role, should));
    }
    assert!(hall.clients[&host].knows_way_in);
}

#[test]
fn f2_who_waits_for_a_host_and_becomes_host_of_the_room_starts_its_conference() {
    let mut hall = Hall::with_policy(RoomKind::Webinar, |policy| policy.waiting_room = false);
    let guest = hall.guest("Helene");
    let user = hall.come("Jonas", Role::Attendee, Some(2)).unwrap();
    assert_eq!(hall.place(user), &Place::Waiting(WaitReason::NoHost));
    hall.room_role(3, Role::Host);
    assert_eq!(hall.place(user), &Place::Waiting(WaitReason::NoHost), "somebody else");
    hall.room_role(2, Role::Host);
    assert_eq!((hall.place(user), hall.place(guest)), (&Place::Inside, &Place::Inside));
    let person = hall.person(guest, user);
    assert_eq!((person.role, person.may_publish), (Role::Host, true));
}

#[test]
fn f3_who_knocks_and_becomes_host_of_the_room_comes_in_alone() {
    let mut hall = Hall::with_policy(RoomKind::GroupCall, |policy| policy.waiting_room = true);
    let host = hall.host();
    let (guest, user) = (hall.guest("Helene"), hall.come("Jonas", Role::Attendee, Some(2)));
    let user = user.unwrap();
    hall.say(host, ClientMessage::Lock { locked: true });
    hall.room_role(2, Role::Host);
    assert_eq!(hall.place(user), &Place::Inside, "a lock is none for hosts");
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::Knock));
    assert_eq!((hall.queue(user), hall.queue(host)), (vec!["Helene"], vec!["Helene"]));
}

#[test]
fn during_a_hold_whoever_becomes_host_of_the_room_joins_the_hosts_or_ends_it() {
    for somebody_holds in [true, false] {
        let mut hall = Hall::new(RoomKind::GroupCall);
        let host = hall.host();
        let (guest, user) = (hall.guest("Helene"), hall.come("Jonas", Role::Attendee, Some(2)));
        let user = user.unwrap();
        match somebody_holds {
            true => hall.say(host, ClientMessage::Hold { held: true }),
            false => hall.say(host, ClientMessage::Leave),
        }
        assert_eq!(hall.place(user), &Place::Waiting(WaitReason::OnHold));
        hall.room_role(2, Role::Host);
        assert_eq!(hall.place(user), &Place::Inside);
        let waits = hall.place(guest) == &Place::Waiting(WaitReason::OnHold);
        assert_eq!(waits, somebody_holds);
    }
}
