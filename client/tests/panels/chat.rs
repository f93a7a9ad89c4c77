//! The chat: who reads, what was accepted, what is new.

use super::*;
use client::call::{CallEvent, Link};
use client::state::{BackendEvent, ChatRefusal, Piece, pieces};
use egui::{Key, Modifiers};
use std::time::Duration;

fn say(id: i64, from: u32, name: &str, scope: ChatScope, text: &str) -> HubMessage {
    HubMessage::Chat { line: line(id, from, name, scope, text) }
}

fn write(page: &mut Page, text: &str) {
    page.get_by_role_and_label(Kind::MultilineTextInput, "Nachricht").focus();
    page.run_steps(2);
    page.get_by_role_and_label(Kind::MultilineTextInput, "Nachricht").type_text(text);
    page.run_steps(2);
}

fn wheel(points: f32) -> egui::Event {
    egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, points),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    }
}

fn state() -> State {
    state_of(RoomKind::GroupCall, Role::Host)
}

fn chat_of(state: &mut State) -> &mut Call {
    state.call.as_mut().expect("in a call")
}

#[test]
fn j6_enter_sends_and_shift_enter_starts_a_new_line() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Chat);
    write(&mut page, "erste");
    page.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    page.run_steps(2);
    page.get_by_role_and_label(Kind::MultilineTextInput, "Nachricht").type_text("zweite");
    page.run_steps(2);
    assert_eq!(wishes(&mut page), []);
    page.key_press(Key::Enter);
    page.run_steps(3);
    let (scope, text) = (ChatScope::Everyone, "erste\nzweite".to_owned());
    assert_eq!(wishes(&mut page), [Command::SendChat { scope, text }]);
    assert!(call(&page).draft.is_empty());
    let field = page.get_by_role_and_label(Kind::MultilineTextInput, "Nachricht");
    assert!(field.is_focused(), "the next line can be written at once");
}

#[test]
fn j6_a_line_counts_only_when_the_hub_sends_it_back() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Chat);
    write(&mut page, "hallo");
    page.key_press(Key::Enter);
    page.run_steps(3);
    page.get_by_label("Wird gesendet");
    told(&mut page, say(1, 9, "Miriam Vogt", ChatScope::Everyone, "hallo"));
    assert!(page.query_by_label("Wird gesendet").is_none());
    assert_eq!((call(&page).chat.len(), call(&page).desk.unsent.len()), (1, 0));
}

#[test]
fn j6_a_refused_line_comes_back_into_the_field_with_a_sentence() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Chat);
    write(&mut page, "hallo");
    page.key_press(Key::Enter);
    page.run_steps(2);
    told(&mut page, HubMessage::Denied { detail: "not kept".into() });
    assert_eq!(call(&page).draft, "hallo");
    assert!(says(&page, Kind::Alert, "konnte nicht gespeichert werden"));
    assert!(!says(&page, Kind::Alert, "Das ist hier nicht erlaubt"));
    page.key_press(Key::Enter);
    page.run_steps(2);
    assert_eq!(wishes(&mut page).len(), 2, "it can be sent again");
}

#[test]
fn j6_nothing_that_was_written_is_lost_by_a_refusal() {
    let mut state = state();
    let call = chat_of(&mut state);
    call.draft = "eins".into();
    call.send_line().expect("sent");
    call.draft = "zwei".into();
    state.apply(hub(HubMessage::Denied { detail: String::new() }));
    assert_eq!(chat_of(&mut state).draft, "eins\nzwei");
}

#[test]
fn j6_a_refusal_of_something_else_takes_no_line_back() {
    let mut state = state();
    let call = chat_of(&mut state);
    call.draft = "hallo".into();
    call.send_line().expect("sent");
    // The hub refused a role, and then sent the line.
    state.apply(hub(HubMessage::Denied { detail: String::new() }));
    state.apply(hub(say(1, 9, "Miriam Vogt", ChatScope::Everyone, "hallo")));
    let call = chat_of(&mut state);
    assert_eq!((&*call.draft, call.desk.refused, call.chat.len()), ("", None, 1));
}

#[test]
fn j6_a_line_that_a_lost_connection_took_can_be_sent_again() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Chat);
    write(&mut page, "eins");
    page.key_press(Key::Enter);
    page.run_steps(2);
    write(&mut page, "zwei");
    page.key_press(Key::Enter);
    page.run_steps(2);
    wishes(&mut page);
    let lost = Link::Lost { retry_in: Duration::from_secs(1) };
    page.state_mut().apply(BackendEvent::Call(CallEvent::Link(lost)));
    let mut snapshot = snapshot(RoomKind::GroupCall, 9, people());
    snapshot.chat = vec![line(1, 9, "Miriam Vogt", ChatScope::Everyone, "eins")];
    told(&mut page, HubMessage::Joined { resume_token: "t".into(), snapshot });
    assert!(page.query_by_label("Wird gesendet").is_none());
    click(&mut page, "Noch einmal senden");
    let (scope, text) = (ChatScope::Everyone, "zwei".to_owned());
    assert_eq!(wishes(&mut page), [Command::SendChat { scope, text }]);
    page.get_by_label("Wird gesendet");
}

#[test]
fn x10_attendees_of_a_webinar_start_on_the_hosts() {
    let mut everybody = people();
    everybody[8].role = Role::Attendee;
    everybody[8].may_publish = false;
    let window = inside(Language::German, RoomKind::Webinar, 9, everybody);
    let page = open(window, Panel::Chat);
    assert_eq!(call(&page).scope, ChatScope::Hosts);
    for scope in ["Alle", "Moderatoren", "Privat"] {
        page.get_by_role_and_label(Kind::RadioButton, scope);
    }
}

#[test]
fn x10_where_the_room_says_so_attendees_write_to_the_hosts_only() {
    let mut page = page_of(RoomKind::GroupCall, Role::Attendee, Panel::Chat);
    assert_eq!(call(&page).scope, ChatScope::Everyone);
    let mut policy = RoomPolicy::default_for(RoomKind::GroupCall);
    policy.chat_everyone = false;
    told(&mut page, HubMessage::Policy { policy });
    assert_eq!(call(&page).scope, ChatScope::Hosts);
    assert!(page.query_by_role_and_label(Kind::RadioButton, "Alle").is_none());
    let call = call(&page);
    assert!(call.may_read(ParticipantId(5)) && !call.may_read(ParticipantId(2)));
    page.get_by_role_and_label(Kind::RadioButton, "Privat").click();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::MenuItem, "Sabine Wolff");
    assert!(page.query_by_role_and_label(Kind::MenuItem, "Aylin Demir").is_none());
}

#[test]
fn j5_a_refusal_by_the_rooms_rule_says_whom_one_may_write_to() {
    let mut state = state_of(RoomKind::GroupCall, Role::Attendee);
    let call = chat_of(&mut state);
    call.draft = "hallo".into();
    call.send_line().expect("sent");
    let mut policy = RoomPolicy::default_for(RoomKind::GroupCall);
    policy.chat_everyone = false;
    state.apply(hub(HubMessage::Policy { policy }));
    state.apply(hub(HubMessage::Denied { detail: String::new() }));
    let call = chat_of(&mut state);
    assert_eq!(call.desk.refused, Some(ChatRefusal::HostsOnly));
    assert_eq!((&*call.draft, call.scope), ("hallo", ChatScope::Hosts));
}

#[test]
fn j4_what_came_while_the_chat_was_closed_is_marked() {
    let mut window = window_of(RoomKind::GroupCall, Role::Host);
    for id in 1..=3 {
        if id == 2
            && let Some(call) = &mut window.state.call
        {
            call.unread = 0;
        }
        window.apply(hub(say(id, 1, "Jonas Kettler", ChatScope::Everyone, "hallo")));
    }
    let call_of = |window: &Window| window.state.call.as_ref().expect("call").desk.unread_from;
    assert_eq!(call_of(&window), Some(2));
    let mut page = harness(window);
    page.run_steps(2);
    page.key_press(Key::C);
    page.run_steps(3);
    page.get_by_label("Neu");
    write(&mut page, "ja");
    page.key_press(Key::Enter);
    page.run_steps(3);
    assert!(page.query_by_label("Neu").is_none(), "who answers has read");
}

#[test]
fn j6_whoever_reads_further_up_stays_there_and_is_told() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Chat);
    for id in 1..=40 {
        page.state_mut().apply(hub(say(id, 1, "Jonas Kettler", ChatScope::Everyone, "hallo")));
    }
    page.run_steps(4);
    assert!(page.query_by_label("Neue Nachrichten").is_none(), "at the end");
    page.hover_at(egui::pos2(1250.0, 400.0));
    page.run_steps(1);
    page.event(wheel(600.0));
    page.run_steps(20);
    page.state_mut().apply(hub(say(41, 1, "Jonas Kettler", ChatScope::Everyone, "unten")));
    page.run_steps(4);
    click(&mut page, "Neue Nachrichten");
    page.run_steps(20);
    assert!(page.query_by_label("Neue Nachrichten").is_none(), "at the end again");
}

#[test]
fn j6_addresses_open_and_the_sentence_around_them_stays_words() {
    let text = "Siehe https://kath.example/a?b=c, oder (http://x.example). ftp://y bleibt.";
    let expected = [
        Piece::Text("Siehe "),
        Piece::Link("https://kath.example/a?b=c"),
        Piece::Text(", oder ("),
        Piece::Link("http://x.example"),
        Piece::Text("). ftp://y bleibt."),
    ];
    assert_eq!(pieces(text), expected);
    assert_eq!(pieces("https:// ist leer"), [Piece::Text("https:// ist leer")]);
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Chat);
    told(&mut page, say(1, 1, "Jonas Kettler", ChatScope::Everyone, text));
    page.get_by_role_and_label(Kind::Link, "https://kath.example/a?b=c");
}

#[test]
fn j6_a_guests_line_is_marked_and_any_line_can_be_copied() {
    let mut everybody = people();
    everybody[2].kind = ParticipantKind::Guest;
    let window = inside(Language::German, RoomKind::GroupCall, 9, everybody);
    let mut page = open(window, Panel::Chat);
    told(&mut page, say(1, 3, "Dr. Petra Hansen", ChatScope::Everyone, "Guten Tag"));
    page.get_by_label("Gast");
    let row = page
        .root()
        .children_recursive()
        .find(|node| node.accesskit_node().label().is_some_and(|l| l.ends_with(": Guten Tag")))
        .map(|node| node.rect())
        .expect("the line");
    page.hover_at(row.center());
    page.run_steps(1);
    for pressed in [true, false] {
        page.event(egui::Event::PointerButton {
            pos: row.center(),
            button: egui::PointerButton::Secondary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    page.run_steps(3);
    let texts = copied(&mut page, |page| {
        page.get_by_role_and_label(Kind::MenuItem, "Text kopieren").click();
    });
    assert_eq!(texts, ["Guten Tag"]);
}

#[test]
fn j6_the_field_counts_near_its_limit() {
    let mut window = window_of(RoomKind::GroupCall, Role::Host);
    chat_of(&mut window.state).draft = "x".repeat(1850);
    let mut page = open(window, Panel::Chat);
    page.get_by_label("1850 / 2000");
    page.state_mut().state.call.as_mut().expect("call").draft = "kurz".into();
    page.run_steps(2);
    assert!(page.query_by_label("4 / 2000").is_none());
    let call = page.state_mut().state.call.as_mut().expect("call");
    call.draft = "x".repeat(2001);
    assert!(!call.sendable());
}

#[test]
fn webinar_questions_to_the_hosts_are_counted_and_shown_alone() {
    let mut page = page_of(RoomKind::Webinar, Role::Host, Panel::Chat);
    told(&mut page, say(1, 5, "Sabine Wolff", ChatScope::Everyone, "Willkommen"));
    told(&mut page, say(2, 3, "Dr. Petra Hansen", ChatScope::Hosts, "Gilt das auch 2027?"));
    told(&mut page, say(3, 5, "Sabine Wolff", ChatScope::Hosts, "Wer antwortet?"));
    page.get_by_role_and_label(Kind::RadioButton, "Fragen 1").click();
    page.run_steps(3);
    assert!(says(&page, Kind::ListItem, "Gilt das auch 2027?"));
    assert!(!says(&page, Kind::ListItem, "Willkommen"));
    page.get_by_role_and_label(Kind::RadioButton, "Hände 2").click();
    page.run_steps(3);
    assert_eq!(call(&page).panel, Some(Panel::People));
}

#[test]
fn f3_several_hosts_share_the_questions() {
    let mut page = page_of(RoomKind::Webinar, Role::Host, Panel::Chat);
    told(&mut page, say(1, 3, "Dr. Petra Hansen", ChatScope::Hosts, "Eine Frage"));
    assert_eq!(call(&page).questions(), 1);
    // Another host answers while this one presents: both see it.
    told(&mut page, say(2, 5, "Sabine Wolff", ChatScope::Everyone, "Eine Antwort"));
    assert!(says(&page, Kind::ListItem, "Eine Antwort"));
}
