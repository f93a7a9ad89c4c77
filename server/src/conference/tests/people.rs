use super::*;

#[test]
fn webinar_attendees_publish_only_after_promotion_and_stop_when_demoted() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    let media = ClientMessage::Media { microphone: true, camera: true, screen: false };
    hall.say(guest, media.clone());
    assert_eq!(hall.clients[&guest].denied, 1);
    let participant = hall.id(guest);
    hall.say(host, ClientMessage::SetRole { participant, role: Role::Presenter });
    assert!(hall.person(host, guest).may_publish);
    hall.say(guest, media);
    assert!(hall.person(host, guest).camera);
    hall.say(host, ClientMessage::SetRole { participant, role: Role::Attendee });
    assert!(!hall.person(host, guest).camera);
    assert_eq!(hall.published[&participant], (false, false, false));
}

#[test]
fn in_a_group_call_everybody_publishes() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.say(guest, ClientMessage::Media { microphone: true, camera: false, screen: false });
    assert!(hall.person(host, guest).microphone);
}

#[test]
fn only_hosts_change_roles_lower_hands_and_end() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.say(host, ClientMessage::Hand { raised: true });
    let (participant, you) = (hall.id(host), hall.id(guest));
    hall.say(guest, ClientMessage::LowerHand { participant });
    hall.say(guest, ClientMessage::SetRole { participant: you, role: Role::Host });
    hall.say(guest, ClientMessage::End);
    assert_eq!(hall.clients[&guest].denied, 3);
    assert_eq!(hall.person(guest, guest).role, Role::Attendee);
    assert!(hall.person(guest, host).hand_raised_at_ms.is_some());
}

#[test]
fn the_last_host_cannot_give_up_the_role() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    let (me, other) = (hall.id(host), hall.id(guest));
    hall.say(host, ClientMessage::SetRole { participant: me, role: Role::Attendee });
    assert_eq!(hall.clients[&host].denied, 1);
    hall.say(host, ClientMessage::SetRole { participant: other, role: Role::Host });
    hall.say(host, ClientMessage::SetRole { participant: me, role: Role::Attendee });
    assert_eq!(hall.person(guest, host).role, Role::Attendee);
}

#[test]
fn j7_x11_hands_keep_their_order_and_can_be_lowered_by_self_and_host() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let (host, a, b) = (hall.host(), hall.guest("A"), hall.guest("B"));
    hall.say(b, ClientMessage::Hand { raised: true });
    hall.say(a, ClientMessage::Hand { raised: true });
    let (first, second) = (hall.person(host, b).hand_raised_at_ms, hall.person(host, a));
    assert!(first < second.hand_raised_at_ms, "same millisecond, still in order");
    hall.say(b, ClientMessage::Hand { raised: true });
    assert_eq!(hall.person(host, b).hand_raised_at_ms, first, "raising again keeps the place");
    hall.say(a, ClientMessage::Hand { raised: false });
    assert_eq!(hall.person(host, a).hand_raised_at_ms, None);
    let participant = hall.id(b);
    hall.say(host, ClientMessage::LowerHand { participant });
    assert_eq!(hall.person(a, b).hand_raised_at_ms, None);
}

#[test]
fn x3_end_is_for_all_and_also_for_those_who_wait() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.say(host, ClientMessage::End);
    for connection in [host, guest] {
        assert_eq!(hall.place(connection), &Place::Over(EndReason::EndedByHost));
    }
    assert_eq!(hall.try_join("Late", Role::Attendee), Err(Refusal::Ended));
    assert_eq!(hall.resume(&hall.token(guest)), Err(Refusal::Ended));
}
