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
    assert_eq!(hall.clients[&host].denied, 4);
    hall.chat(host, ChatScope::Everyone, &"ä".repeat(MAX_CHAT_CHARS));
    assert_eq!(hall.clients[&host].chat.len(), 1);
    for _ in 0..CHAT_KEPT + 5 {
        hall.chat(host, ChatScope::Everyone, "more");
    }
    let late = hall.guest("Late");
    assert_eq!(hall.clients[&late].chat.len(), CHAT_KEPT);
}
