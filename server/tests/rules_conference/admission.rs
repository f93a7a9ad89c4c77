use super::*;

#[test]
fn f4_f10_only_a_host_starts_the_conference() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let guest = hall.guest("Helene Graf");
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::NoHost));
    let presenter = hall.come("Jonas", Role::Presenter, Some(5)).unwrap();
    assert_eq!(hall.place(presenter), &Place::Waiting(WaitReason::NoHost));
    assert_eq!(hall.conference.state(), ConferenceState::Waiting);
    hall.host();
    assert_eq!(hall.conference.state(), ConferenceState::Live);
}

#[test]
fn f5_the_records_see_that_somebody_came_early() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let guest = hall.guest("Helene");
    hall.guest("Second");
    let status = hall.conference.status();
    assert_eq!((status.state, status.waiting, status.guests), (ConferenceState::Waiting, 2, 2));
    assert_eq!(hall.records.waiting, 2);
    hall.say(guest, ClientMessage::Leave);
    assert_eq!(hall.records.waiting, 1);
}

#[test]
fn g5_guests_count_inside_and_waiting_and_users_do_not() {
    let mut hall = Hall::with_policy(RoomKind::GroupCall, |policy| policy.waiting_room = true);
    let host = hall.host();
    let guest = hall.guest("Inside");
    let participant = hall.id(guest);
    hall.say(host, ClientMessage::Admit { participant });
    hall.guest("Knocks");
    hall.come("Jonas", Role::Attendee, Some(9)).unwrap();
    assert_eq!(hall.conference.status().guests, 2);
    hall.say(guest, ClientMessage::Leave);
    assert_eq!(hall.conference.status().guests, 1);
}

#[test]
fn f6_the_first_host_starts_the_conference_for_all_who_wait() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let guests = [hall.guest("A"), hall.guest("B")];
    let host = hall.host();
    assert_eq!(hall.conference.state(), ConferenceState::Live);
    for connection in [guests[0], guests[1], host] {
        assert_eq!(hall.place(connection), &Place::Inside);
        assert_eq!(hall.clients[&connection].people.len(), 3);
    }
    let late = hall.guest("C");
    assert_eq!(hall.place(late), &Place::Inside);
    assert_eq!(hall.clients[&guests[0]].people.len(), 4);
}

#[test]
fn f7_last_moderator_leaving_puts_on_hold() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (first, second, guest) = (hall.host(), hall.host(), hall.guest("Helene"));
    hall.say(first, ClientMessage::Leave);
    assert_eq!(hall.place(first), &Place::Over(EndReason::Left));
    assert_eq!(hall.place(guest), &Place::Inside, "one host is still there");
    hall.say(second, ClientMessage::Leave);
    assert_eq!(hall.conference.state(), ConferenceState::OnHold);
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::OnHold));
}

#[test]
fn f8_on_hold_everybody_waits_without_media_and_nothing_is_ended() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.say(guest, ClientMessage::Offer { sdp: String::new(), streams: Vec::new() });
    hall.media(guest, true);
    hall.say(host, ClientMessage::Leave);
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::OnHold));
    assert!(hall.with_media.is_empty(), "whoever waits gets no media");
    assert!(hall.records.inside.is_empty(), "for the records they left");
    assert_eq!(hall.published.get(&hall.id(guest)), None, "what they sent is forgotten");
    let newcomer = hall.guest("Late");
    assert_eq!(hall.place(newcomer), &Place::Waiting(WaitReason::OnHold));
    assert_eq!(hall.records.states, [ConferenceState::Live, ConferenceState::OnHold]);
}

#[test]
fn f9_a_returning_host_ends_the_hold_and_the_clock_goes_on() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.host();
    let guest = hall.guest("Helene");
    let since = hall.clients[&guest].live_since_ms;
    hall.say(host, ClientMessage::Leave);
    hall.wait(Duration::from_secs(300));
    hall.host();
    assert_eq!(hall.place(guest), &Place::Inside);
    assert_eq!(hall.clients[&guest].live_since_ms, since);
    assert_eq!(hall.records.stays, 4, "both came in twice");
}

#[test]
fn f11_j9_leaving_ends_it_for_oneself_only() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, second, guest) = (hall.host(), hall.host(), hall.guest("Helene"));
    hall.say(host, ClientMessage::Leave);
    hall.say(guest, ClientMessage::Leave);
    for gone in [host, guest] {
        assert_eq!(hall.place(gone), &Place::Over(EndReason::Left));
    }
    assert_eq!(hall.clients[&second].people.len(), 1);
    assert_eq!(hall.conference.state(), ConferenceState::Live);
}

#[test]
fn f4_whoever_waits_can_only_leave() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let guest = hall.guest("Helene");
    hall.chat(guest, ChatScope::Everyone, "hello?");
    hall.say(guest, ClientMessage::Offer { sdp: String::new(), streams: Vec::new() });
    hall.say(guest, ClientMessage::Hand { raised: true, restore: false });
    assert_eq!(hall.clients[&guest].denied, 3);
    assert!(hall.kept.is_empty() && hall.with_media.is_empty());
    hall.say(guest, ClientMessage::Leave);
    assert_eq!(hall.place(guest), &Place::Over(EndReason::Left));
    assert_eq!(hall.conference.state(), ConferenceState::Ended);
}

#[test]
fn resume_brings_back_the_same_participant_role_and_hand() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    let participant = hall.id(guest);
    hall.say(host, ClientMessage::SetRole { participant, role: Role::Presenter });
    hall.say(guest, ClientMessage::Hand { raised: true, restore: false });
    let before = hall.person(host, guest).clone();
    let token = hall.token(guest);
    hall.break_link(guest);
    hall.wait(GRACE - Duration::from_millis(1));
    assert_eq!(hall.clients[&host].people.len(), 2, "within the grace period nobody left");
    let back = hall.resume(&token).unwrap();
    assert_eq!(hall.person(back, back), &before);
}

#[test]
fn whoever_does_not_come_back_in_time_has_left() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    let participant = hall.id(guest);
    hall.say(host, ClientMessage::SetRole { participant, role: Role::Presenter });
    let token = hall.token(guest);
    hall.break_link(guest);
    hall.wait(GRACE);
    assert_eq!(hall.clients[&host].people.len(), 1);
    assert_eq!(hall.resume(&token), Err(Refusal::Resume));
    let again = hall.guest("Helene");
    assert_eq!(hall.person(again, again).role, Role::Attendee, "no role is gained by reconnecting");
}

#[test]
fn f7_a_host_with_a_broken_link_holds_the_conference_open_for_the_grace_period() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    let token = hall.token(host);
    hall.break_link(host);
    hall.wait(GRACE / 2);
    assert_eq!(hall.place(guest), &Place::Inside);
    let host = hall.resume(&token).unwrap();
    assert_eq!(hall.place(host), &Place::Inside);
    hall.break_link(host);
    hall.wait(GRACE);
    assert_eq!(hall.place(guest), &Place::Waiting(WaitReason::OnHold));
}

#[test]
fn a_second_connection_with_the_same_token_replaces_the_first() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (_, guest) = (hall.host(), hall.guest("Helene"));
    let second = hall.resume(&hall.token(guest)).unwrap();
    assert_eq!(hall.place(guest), &Place::Over(EndReason::Replaced));
    assert_eq!(hall.place(second), &Place::Inside);
    hall.break_link(guest);
    hall.wait(GRACE * 2);
    assert_eq!(hall.place(second), &Place::Inside, "the old connection's end changes nothing");
}

#[test]
fn a_wrong_resume_token_is_refused() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.host();
    let good = hall.token(host);
    for bad in [good.replacen("7.", "8.", 1), format!("{good}x"), "7.99.secret of 1".to_owned()] {
        assert_eq!(hall.resume(&bad), Err(Refusal::Resume));
    }
    for text in ["", "7", "7.1", "x.1.y", "7.-1.y"] {
        assert!(ResumeToken::parse(text).is_none());
    }
}

#[test]
fn waiting_guests_keep_their_place_over_a_broken_link() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let guest = hall.guest("Helene");
    let token = hall.token(guest);
    hall.break_link(guest);
    let back = hall.resume(&token).unwrap();
    assert_eq!(hall.place(back), &Place::Waiting(WaitReason::NoHost));
    hall.break_link(back);
    hall.host();
    let back = hall.resume(&token).unwrap();
    assert_eq!(hall.place(back), &Place::Inside, "the wait ended while the link was down");
}

#[test]
fn x5_k3_a_group_call_holds_25_and_keeps_a_place_for_its_host() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    for n in 1..GROUP_CALL_CAPACITY {
        hall.guest(&format!("Guest {n}"));
    }
    assert_eq!(hall.try_join("One more", Role::Attendee), Err(Refusal::Full));
    let host = hall.host();
    assert_eq!(hall.clients[&host].people.len(), GROUP_CALL_CAPACITY);
    assert_eq!(hall.try_join("Second host", Role::Host), Err(Refusal::Full), "hosts count too");
    let token = hall.token(host);
    hall.break_link(host);
    assert!(hall.resume(&token).is_ok(), "whoever comes back has a place");
}

#[test]
fn x5_a_webinar_takes_more_than_a_group_call() {
    let mut hall = Hall::new(RoomKind::Webinar);
    for n in 0..GROUP_CALL_CAPACITY * 2 {
        hall.guest(&format!("Guest {n}"));
    }
    let host = hall.host();
    assert_eq!(hall.clients[&host].people.len(), GROUP_CALL_CAPACITY * 2 + 1);
}

#[test]
fn names_are_cleaned_and_limited() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    assert_eq!(hall.try_join(" \u{200b}", Role::Attendee), Err(Refusal::Name));
    assert_eq!(hall.try_join(&"x".repeat(81), Role::Attendee), Err(Refusal::Name));
    let host = hall.try_join("  Miriam   Vogt ", Role::Host).unwrap();
    assert_eq!(hall.person(host, host).name, "Miriam Vogt");
}

#[test]
fn x8_a_hold_that_nobody_waits_in_ends_after_its_limit() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.host();
    hall.say(host, ClientMessage::Leave);
    hall.wait(EMPTY_HOLD_LIMIT - Duration::from_secs(1));
    assert_eq!(hall.conference.state(), ConferenceState::OnHold);
    hall.wait(Duration::from_secs(1));
    assert_eq!(hall.conference.state(), ConferenceState::Ended);
}

#[test]
fn a_stopping_hub_tells_everybody() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Helene"));
    hall.conference.stop();
    hall.settle();
    for connection in [host, guest] {
        assert_eq!(hall.place(connection), &Place::Over(EndReason::HubStops));
    }
}
