//! The people panel: order, search, rows, menus.

use super::*;

fn names(state: &State, query: &str) -> Vec<String> {
    let call = state.call.as_ref().expect("in a call");
    let names = call.roster(query).into_iter().map(|place| call.participants[place].name.clone());
    names.collect()
}

fn changed(participant: Participant) -> client::state::BackendEvent {
    hub(HubMessage::ParticipantChanged { participant })
}

#[test]
fn j8_everybody_stands_in_the_documented_order() {
    let mut state = state_of(RoomKind::GroupCall, Role::Host);
    let call = state.call.as_mut().expect("in a call");
    call.floor.settle(10.0);
    assert_eq!(call.floor.holder(), Some(ParticipantId(1)), "who speaks has the floor");
    let mut sharing = people().remove(7);
    sharing.screen = true;
    state.apply(changed(sharing));
    let order = [
        "Jonas Kettler",
        "Miriam Vogt",
        "Aylin Demir",
        "Grace Owusu",
        "Nguyễn Thị Mai",
        "Dr. Petra Hansen",
        "Farid Rahimi",
        "Sabine Wolff",
        "Tobias Lindner",
    ];
    assert_eq!(names(&state, ""), order);
}

#[test]
fn j8_a_speaker_with_a_hand_keeps_the_place_in_the_queue() {
    let mut state = state_of(RoomKind::GroupCall, Role::Host);
    state.call.as_mut().expect("in a call").floor.settle(10.0);
    let mut speaker = people().remove(0);
    speaker.hand_raised_at_ms = Some(NOON_MS);
    state.apply(changed(speaker));
    let first: Vec<String> = names(&state, "").into_iter().take(4).collect();
    assert_eq!(first, ["Miriam Vogt", "Aylin Demir", "Grace Owusu", "Jonas Kettler"]);
}

#[test]
fn j8_names_are_found_by_the_beginning_of_a_word_without_accents() {
    let mut everybody = people();
    everybody.push(person(10, "Çağla Öztürk", Role::Attendee, false, false));
    everybody.push(person(11, "Zoë Straße", Role::Attendee, false, false));
    everybody.push(person(12, "Łukasz Dvořák", Role::Attendee, false, false));
    let state = inside(Language::German, RoomKind::GroupCall, 9, everybody).state;
    for (query, found) in [
        ("nguyen", "Nguyễn Thị Mai"),
        ("thi", "Nguyễn Thị Mai"),
        ("cagla", "Çağla Öztürk"),
        ("OZT", "Çağla Öztürk"),
        ("zoe", "Zoë Straße"),
        ("strasse", "Zoë Straße"),
        ("lukasz", "Łukasz Dvořák"),
        ("dvořak", "Łukasz Dvořák"),
        ("  hansen ", "Dr. Petra Hansen"),
    ] {
        assert_eq!(names(&state, query), [found], "{query}");
    }
    assert_eq!(names(&state, "ansen"), Vec::<String>::new(), "not in the middle of a word");
}

#[test]
fn j8_the_search_narrows_the_list_and_says_when_nobody_is_left() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::People);
    click(&mut page, "Suchen");
    page.get_by_role_and_label(Kind::SearchInput, "Name suchen").type_text("nguyen");
    page.run_steps(3);
    assert!(says(&page, Kind::ListItem, "Nguyễn Thị Mai, Teilnahme"));
    assert!(!says(&page, Kind::ListItem, "Sabine Wolff, Moderation"));
    page.get_by_role_and_label(Kind::SearchInput, "Name suchen").type_text("xx");
    page.run_steps(3);
    page.get_by_label("Niemand gefunden");
    page.key_press(egui::Key::Escape);
    page.run_steps(3);
    assert!(says(&page, Kind::ListItem, "Sabine Wolff, Moderation"));
}

#[test]
fn f12_a_row_says_role_microphone_and_camera() {
    let mut everybody = people();
    everybody[2].kind = ParticipantKind::Guest;
    let window = inside(Language::German, RoomKind::GroupCall, 9, everybody);
    let page = open(window, Panel::People);
    let rows = [
        "Sabine Wolff, Moderation, Mikrofon an, Kamera an",
        "Dr. Petra Hansen, Teilnahme · Gast, Mikrofon aus, Kamera an",
        "Tobias Lindner, Teilnahme, Mikrofon aus, Kamera aus",
        "Jonas Kettler, Moderation · spricht, Mikrofon an, Kamera an",
    ];
    for row in rows {
        page.get_by_role_and_label(Kind::ListItem, row);
    }
}

#[test]
fn f12_the_menu_of_a_person_holds_what_a_host_may_do() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::People);
    pick(&mut page, "Mehr zu Aylin Demir", "Stummschalten");
    pick(&mut page, "Mehr zu Aylin Demir", "Vortragen lassen");
    pick(&mut page, "Mehr zu Tobias Lindner", "Zur Moderation machen");
    pick(&mut page, "Mehr zu Sabine Wolff", "Nur teilnehmen lassen");
    let role = |id, role| Command::SetRole { participant: ParticipantId(id), role };
    let expected = [
        Command::Mute(ParticipantId(2)),
        role(2, Role::Presenter),
        role(6, Role::Host),
        role(5, Role::Attendee),
    ];
    assert_eq!(wishes(&mut page), expected);
    pick(&mut page, "Mehr zu Tobias Lindner", "Auf der Bühne anheften");
    assert_eq!(call(&page).pinned, Some(ParticipantId(6)));
    pick(&mut page, "Mehr zu Tobias Lindner", "Privat schreiben");
    assert_eq!(call(&page).scope, ChatScope::Private { participant: ParticipantId(6) });
    assert_eq!(call(&page).panel, Some(Panel::Chat));
}

#[test]
fn f12_who_is_no_host_finds_no_act_of_one() {
    let mut page = page_of(RoomKind::GroupCall, Role::Attendee, Panel::People);
    assert!(page.query_by_label("Alle stumm").is_none());
    assert!(page.query_by_label("Alle senken").is_none());
    click(&mut page, "Mehr zu Aylin Demir");
    page.get_by_role_and_label(Kind::MenuItem, "Privat schreiben");
    for act in ["Stummschalten", "Entfernen", "Zur Moderation machen"] {
        assert!(page.query_by_role_and_label(Kind::MenuItem, act).is_none(), "{act}");
    }
}

#[test]
fn f12_the_last_host_cannot_give_the_moderation_away() {
    let everybody = vec![
        person(1, "Jonas Kettler", Role::Attendee, true, true),
        person(2, "Aylin Demir", Role::Attendee, true, true),
        person(9, "Miriam Vogt", Role::Host, true, true),
    ];
    let window = inside(Language::German, RoomKind::GroupCall, 9, everybody);
    let call = window.state.call.as_ref().expect("in a call");
    assert!(call.last_host(call.me().expect("me")));
    assert!(!call.last_host(&call.participants[0]));
}

#[test]
fn j8_the_volume_of_a_person_is_in_the_menu() {
    let mut page = page_of(RoomKind::GroupCall, Role::Attendee, Panel::People);
    click(&mut page, "Mehr zu Sabine Wolff");
    let slider = page.get_by_role_and_label(Kind::Slider, "Lautstärke von Sabine Wolff");
    slider.focus();
    page.run_steps(2);
    page.key_press(egui::Key::ArrowLeft);
    page.run_steps(3);
    let [Command::SetVolume { participant, percent }] = wishes(&mut page)[..] else {
        panic!("one volume");
    };
    assert_eq!(participant, ParticipantId(5));
    assert!(percent < 100);
}

#[test]
fn j8_the_list_is_walked_by_arrows_and_its_menu_opens_by_key() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::People);
    let first = "Jonas Kettler, Moderation · spricht, Mikrofon an, Kamera an";
    // Nobody has the floor yet: oneself comes first, then the hands.
    let own = "Miriam Vogt, Moderation, Mikrofon an, Kamera an";
    page.get_by_role_and_label(Kind::ListItem, own).focus();
    page.run_steps(2);
    page.key_press(egui::Key::ArrowDown);
    page.run_steps(3);
    assert!(page.get_by_role_and_label(Kind::ListItem, first).rect().height() > 40.0);
    let focused = page.root().children_recursive().find(|node| node.is_focused());
    let name = focused.and_then(|node| node.accesskit_node().label()).unwrap_or_default();
    assert!(name.contains(", Mikrofon "), "a row has the keyboard: {name}");
    page.key_press_modifiers(egui::Modifiers::SHIFT, egui::Key::F10);
    page.run_steps(4);
    page.get_by_role_and_label(Kind::MenuItem, "Entfernen");
}

#[test]
fn j8_a_thousand_people_cost_only_the_rows_in_sight() {
    let mut everybody = people();
    everybody.extend((20..1020).map(|id| {
        let mut watching = person(id, &format!("Gast {id}"), Role::Attendee, false, false);
        watching.may_publish = false;
        watching
    }));
    let window = inside(Language::German, RoomKind::Webinar, 9, everybody);
    let page = open(window, Panel::People);
    let rows = page.root().children_recursive().filter(|node| {
        let node = node.accesskit_node();
        node.role() == Kind::ListItem && node.label().is_some_and(|name| name.contains(", "))
    });
    let rows = rows.count();
    assert!((5..40).contains(&rows), "{rows} rows");
    page.get_by_role_and_label(Kind::Status, "1000 sehen zu");
}

#[test]
fn j7_x11_hosts_see_the_queue_of_hands_in_order_and_one_message_about_them() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Chat);
    for (index, at) in [(2, 1_000), (3, 2_000), (4, 3_000)] {
        let mut raised = people().remove(index);
        raised.hand_raised_at_ms = Some(NOON_MS - 5_000 + at);
        told(&mut page, HubMessage::ParticipantChanged { participant: raised });
    }
    let alert = "5 Hände: Aylin Demir, Grace Owusu, Dr. Petra Hansen, Farid Rahimi, Sabine Wolff";
    page.get_by_role_and_label(Kind::Alert, alert);
    click(&mut page, "Ansehen");
    assert_eq!(call(&page).panel, Some(Panel::People));
    assert!(says(&page, Kind::ListItem, "1: Aylin Demir, seit 02:40"));
    assert!(says(&page, Kind::ListItem, "2: Grace Owusu, seit 01:12"));
    click(&mut page, "Hand von Aylin Demir senken");
    click(&mut page, "Alle senken");
    let expected = [Command::LowerHand(ParticipantId(2)), Command::LowerAllHands];
    assert_eq!(wishes(&mut page), expected);
}

#[test]
fn x11_attendees_see_hands_and_get_no_message() {
    let mut page = page_of(RoomKind::GroupCall, Role::Attendee, Panel::People);
    let mut raised = people().remove(2);
    raised.hand_raised_at_ms = Some(NOON_MS);
    told(&mut page, HubMessage::ParticipantChanged { participant: raised });
    assert!(says(&page, Kind::ListItem, "3: Dr. Petra Hansen"));
    assert!(!says(&page, Kind::Alert, "Hände"));
    assert!(page.query_by_label("Hand von Aylin Demir senken").is_none());
}

#[test]
fn j8_the_search_field_has_the_keyboard_when_it_opens() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::People);
    click(&mut page, "Suchen");
    assert!(page.get_by_role_and_label(Kind::SearchInput, "Name suchen").is_focused());
    click(&mut page, "Suchen");
    assert!(page.query_by_role_and_label(Kind::SearchInput, "Name suchen").is_none());
}
