use super::*;

#[test]
fn j6_x10_chat_reaches_its_scope_and_nobody_else() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let (host, a, b) = (hall.host(), hall.guest("A"), hall.guest("B"));
    let participant = hall.id(b);
    hall.chat(a, ChatScope::Everyone, "to all");
    hall.chat(a, ChatScope::Hosts, "to hosts");
    hall.chat(a, ChatScope::Private { participant }, "to b");
    assert_eq!(hall.texts(a), ["to all", "to hosts", "to b"]);
    assert_eq!(hall.texts(b), ["to all", "to b"]);
    assert_eq!(hall.texts(host), ["to all", "to hosts"]);
    assert_eq!(hall.kept.len(), 3);
    let token = hall.token(b);
    hall.break_link(b);
    let b = hall.resume(&token).unwrap();
    assert_eq!(hall.texts(b), ["to all", "to b"], "the snapshot keeps to the scope too");
}

#[test]
fn chat_limits_are_kept() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.host();
    hall.chat(host, ChatScope::Everyone, &"x".repeat(MAX_CHAT_CHARS + 1));
    hall.chat(host, ChatScope::Everyone, " \n ");
    let me = hall.id(host);
    hall.chat(host, ChatScope::Private { participant: me }, "to myself");
    hall.chat(host, ChatScope::Private { participant: ParticipantId(99) }, "to nobody");
    assert_eq!(hall.denied(host), 4);
    hall.chat(host, ChatScope::Everyone, &"ä".repeat(MAX_CHAT_CHARS));
    assert_eq!(hall.clients[&host].chat.len(), 1);
    for _ in 0..CHAT_KEPT + 5 {
        hall.chat(host, ChatScope::Everyone, "more");
    }
    let late = hall.guest("Late");
    assert_eq!(hall.clients[&late].chat.len(), CHAT_KEPT);
}

#[test]
fn j5_x10_attendees_write_to_the_hosts() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let (host, a, b) = (hall.host(), hall.guest("A"), hall.guest("B"));
    hall.chat(a, ChatScope::Hosts, "a question");
    assert_eq!((hall.texts(host), hall.texts(b).len()), (vec!["a question"], 0));
}

#[test]
fn x10_where_not_everybody_may_write_to_all_attendees_reach_hosts_only() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let (host, a, b) = (hall.host(), hall.guest("A"), hall.guest("B"));
    hall.set_policy(host, |policy| policy.chat_everyone = false);
    let (to_host, to_b) = (hall.id(host), hall.id(b));
    hall.chat(a, ChatScope::Everyone, "to all");
    hall.chat(a, ChatScope::Private { participant: to_b }, "to b");
    assert_eq!((hall.denied(a), hall.kept.len()), (2, 0));
    hall.chat(a, ChatScope::Hosts, "to hosts");
    hall.chat(a, ChatScope::Private { participant: to_host }, "to the host");
    assert_eq!(hall.texts(host), ["to hosts", "to the host"]);
    hall.chat(host, ChatScope::Everyone, "to all");
    assert_eq!(hall.texts(b), ["to all"], "hosts still write to everybody");
}

#[test]
fn a_line_is_heard_once_and_only_when_it_is_kept() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.host();
    let say = |hall: &mut Hall, text: &str| {
        let (scope, text) = (ChatScope::Everyone, text.to_owned());
        hall.conference.handle(hall.now(), host, ClientMessage::Chat { scope, text });
        match &hall.conference.take_effects()[..] {
            [Effect::KeepChat { line, .. }] => line.id,
            other => panic!("not only a line to be kept: {other:?}"),
        }
    };
    let id = say(&mut hall, "on its way");
    let late = hall.guest("Late");
    assert!(hall.texts(late).is_empty(), "no snapshot has what a crash could take back");
    hall.conference.chat_kept(id, true);
    hall.conference.chat_kept(id, true);
    hall.settle();
    assert_eq!((hall.texts(host), hall.texts(late)), (vec!["on its way"], vec!["on its way"]));

    let id = say(&mut hall, "lost");
    hall.conference.chat_kept(id, false);
    hall.settle();
    assert_eq!((hall.denied(host), hall.texts(late).len()), (1, 1), "its author alone is told");
}
