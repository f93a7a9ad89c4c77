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
fn f1_only_hosts_change_roles_lower_hands_and_end() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.say(host, ClientMessage::Hand { raised: true, restore: false });
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
    hall.say(b, ClientMessage::Hand { raised: true, restore: false });
    hall.say(a, ClientMessage::Hand { raised: true, restore: false });
    let (first, second) = (hall.person(host, b).hand_raised_at_ms, hall.person(host, a));
    assert!(first < second.hand_raised_at_ms, "same millisecond, still in order");
    hall.say(b, ClientMessage::Hand { raised: true, restore: false });
    assert_eq!(hall.person(host, b).hand_raised_at_ms, first, "raising again keeps the place");
    hall.say(a, ClientMessage::Hand { raised: false, restore: false });
    assert_eq!(hall.person(host, a).hand_raised_at_ms, None);
    let participant = hall.id(b);
    hall.say(host, ClientMessage::LowerHand { participant });
    assert_eq!(hall.person(a, b).hand_raised_at_ms, None);
}

#[test]
fn x3_j10_end_is_for_all_and_also_for_those_who_wait() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.say(host, ClientMessage::End);
    for connection in [host, guest] {
        assert_eq!(hall.place(connection), &Place::Over(EndReason::EndedByHost));
    }
    assert_eq!(hall.try_join("Late", Role::Attendee), Err(Refusal::Ended));
    assert_eq!(hall.resume(&hall.token(guest)), Err(Refusal::Ended));
}

#[test]
fn f1_a_presenter_shows_and_moderates_nothing() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let (host, speaker, guest) = (hall.host(), hall.guest("Jonas"), hall.guest("Helene"));
    let (participant, other) = (hall.id(speaker), hall.id(guest));
    hall.say(host, ClientMessage::SetRole { participant, role: Role::Presenter });
    hall.media(speaker, true);
    assert!(hall.person(guest, speaker).microphone);
    hall.say(speaker, ClientMessage::Remove { participant: other });
    hall.say(speaker, ClientMessage::Lock { locked: true });
    assert_eq!(hall.denied(speaker), 2);
}

#[test]
fn f3_several_hosts_moderate_at_once() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let (first, second, guest) = (hall.host(), hall.host(), hall.guest("Helene"));
    hall.media(first, true);
    hall.chat(guest, ChatScope::Hosts, "a question");
    let participant = hall.id(guest);
    hall.chat(second, ChatScope::Private { participant }, "an answer");
    assert!(hall.person(guest, first).microphone, "one presents meanwhile");
    assert_eq!(hall.texts(guest), ["a question", "an answer"]);
    hall.say(second, ClientMessage::SetRole { participant, role: Role::Host });
    hall.say(guest, ClientMessage::Lock { locked: true });
    assert!(hall.conference.locked());
    assert_eq!(hall.denied(second) + hall.denied(guest), 0);
}

#[test]
fn f12_j8_hosts_see_everybody_inside_and_whoever_waits() {
    let mut hall = Hall::with_policy(RoomKind::GroupCall, |policy| policy.waiting_room = true);
    let host = hall.host();
    let guest = hall.guest("Helene");
    assert_eq!(hall.queue(host), ["Helene"]);
    let second = hall.host();
    assert_eq!(hall.queue(second), ["Helene"], "in the snapshot too");
    let participant = hall.id(guest);
    hall.say(host, ClientMessage::Admit { participant });
    for connection in [host, second, guest] {
        assert_eq!(hall.clients[&connection].people.len(), 3, "everybody sees who is inside");
    }
    hall.guest("Knocks");
    assert!(hall.clients[&guest].waiting.is_empty(), "who waits is for hosts");
}

#[test]
fn x11_everybody_sees_a_hand_and_a_host_lowers_them_all() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let (host, a, b) = (hall.host(), hall.guest("A"), hall.guest("B"));
    hall.say(a, ClientMessage::Hand { raised: true, restore: false });
    hall.say(b, ClientMessage::Hand { raised: true, restore: false });
    assert!(hall.person(b, a).hand_raised_at_ms.is_some());
    hall.say(a, ClientMessage::LowerAllHands);
    assert_eq!(hall.denied(a), 1);
    hall.say(host, ClientMessage::LowerAllHands);
    assert!(hall.clients[&a].people.values().all(|person| person.hand_raised_at_ms.is_none()));
}

#[test]
fn more_changes_than_a_connection_can_queue_are_told_as_one_snapshot() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let (host, now) = (hall.host(), hall.now());
    // Without a look at all replicas after each of them.
    for n in 0..140 {
        let connection = ConnectionId(1000 + n);
        let (kind, role) = (ParticipantKind::Guest, Role::Attendee);
        let entrant = Entrant {
            name: "Guest".into(),
            kind,
            user: None,
            session: None,
            role,
            secret: "s".into(),
        };
        hall.conference.join(now, connection, entrant).unwrap();
        hall.conference.handle(
            now,
            connection,
            ClientMessage::Hand { raised: true, restore: false },
        );
    }
    hall.conference.take_effects();
    hall.conference.handle(now, host, ClientMessage::LowerAllHands);
    let effects = hall.conference.take_effects();
    let to_host =
        |effect: &&Effect| matches!(effect, Effect::Send { to, .. } if to.contains(&host));
    assert_eq!(effects.iter().filter(to_host).count(), 1);
}
