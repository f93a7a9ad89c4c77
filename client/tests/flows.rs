//! What clicks and keys ask for.

mod fake;

use client::app::Window;
use client::call::{CallEvent, Link};
use client::command::{Command, RoomsCommand};
use client::i18n::Language;
use client::state::{BackendEvent, Layout, Panel, RoomsEvent, Screen};
use egui::accesskit::Role as Kind;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::engine::Event as EngineEvent;
use fake::*;
use protocol::*;
use std::time::Duration;

type Page = Harness<'static, Window>;

fn press(page: &mut Page, key: Key) {
    page.key_press(key);
    page.run_steps(2);
}

fn click(page: &mut Page, label: &str) {
    page.get_by_role_and_label(Kind::Button, label).click();
    page.run_steps(2);
}

fn commands(page: &mut Page) -> Vec<Command> {
    page.state_mut().take_commands()
}

/// Without what the views ask for by themselves.
fn wishes(page: &mut Page) -> Vec<Command> {
    let own = |c: &Command| {
        use RoomsCommand::{LoadCapacity, LoadPeople};
        !matches!(c, Command::Watch(_) | Command::Rooms(LoadPeople { .. } | LoadCapacity))
    };
    commands(page).into_iter().filter(own).collect()
}

fn call(page: &Page) -> &client::state::Call {
    page.state().state.call.as_ref().expect("in a call")
}

fn group_call() -> Page {
    let mut page = harness(inside(Language::German, RoomKind::GroupCall, 9, people()));
    page.run_steps(2);
    commands(&mut page);
    page
}

#[test]
fn signing_in_sends_what_was_typed_once_and_shows_errors_in_place() {
    let mut window = Window::new(settings(Language::German));
    window.apply(BackendEvent::SignInNeeded);
    let mut page = harness(window);
    for (label, text) in [
        ("Adresse des Servers", "https://kath.example/ "),
        ("Benutzername", "miriam"),
        ("Kennwort", "geheim"),
    ] {
        let role = if label == "Kennwort" { Kind::PasswordInput } else { Kind::TextInput };
        page.get_by_role_and_label(role, label).focus();
        page.run_steps(1);
        page.get_by_role_and_label(role, label).type_text(text);
        page.run_steps(2);
    }
    click(&mut page, "Anmelden");
    let expected = Command::SignIn {
        hub: "https://kath.example".into(),
        user: "miriam".into(),
        password: "geheim".into(),
    };
    assert_eq!(commands(&mut page), [expected]);
    click(&mut page, "Anmeldung läuft");
    assert_eq!(commands(&mut page), []);
    page.state_mut().apply(BackendEvent::SignInFailed(client::state::Failure::WrongPassword));
    page.run_steps(2);
    page.get_by_label("Benutzername oder Kennwort stimmt nicht.");
    page.state_mut().apply(BackendEvent::SignedIn(account()));
    page.run_steps(2);
    page.get_by_role_and_label(Kind::Button, "Räume");
    assert!(page.state().state.sign_in.password.is_empty());
}

#[test]
fn a_room_leads_to_pre_join_where_enter_joins_muted() {
    let mut page = harness(at_home(Language::German));
    click(&mut page, "Starten");
    let number = page.state().state.pre_join.as_ref().expect("page").room.number.clone();
    let opened = Command::OpenRoom { number: number.clone(), camera: true };
    assert!(wishes(&mut page).contains(&opened));
    assert!(page.get_by_role_and_label(Kind::Button, "Beitreten").is_focused());
    press(&mut page, Key::Enter);
    assert_eq!(
        commands(&mut page),
        [Command::Join { number, name: None, microphone: false, camera: true }]
    );
    assert_eq!(page.state().state.screen, Screen::Call);
}

#[test]
fn pre_join_works_without_any_device() {
    let mut page = harness(at_pre_join(Language::German));
    page.state_mut().apply(BackendEvent::Devices(Default::default()));
    page.state_mut().videos = Default::default();
    page.run_steps(2);
    page.get_by_label("Keine Kamera gefunden. Sie können trotzdem beitreten.");
    page.get_by_label("Stumm beitreten").click();
    page.run_steps(2);
    click(&mut page, "Beitreten");
    assert!(matches!(wishes(&mut page)[..], [Command::Join { microphone: true, .. }]));
}

#[test]
fn another_camera_is_asked_for_and_remembered() {
    let mut page = harness(at_pre_join(Language::German));
    page.get_by_role_and_label(Kind::ComboBox, "Kamera").click();
    page.run_steps(3);
    page.get_by_label("Vorführung").click();
    page.run_steps(3);
    let demo = engine::config::CameraSource::Demo;
    // Whatever was plugged in before the list was opened stands in it.
    let asked = [Command::ListDevices, Command::SetCameraDevice(demo.clone())];
    assert_eq!(commands(&mut page), asked);
    assert_eq!(page.state().state.devices.camera, demo);
}

#[test]
fn labels_name_the_action_and_flip_with_the_state() {
    let mut page = group_call();
    click(&mut page, "Stummschalten");
    click(&mut page, "Video ausschalten");
    click(&mut page, "Hand heben");
    let expected =
        [Command::SetMicrophone(false), Command::SetCamera(false), Command::RaiseHand(true)];
    assert_eq!(wishes(&mut page), expected);
    page.get_by_role_and_label(Kind::Button, "Ton einschalten");
    page.get_by_role_and_label(Kind::Button, "Video einschalten");
    let mut me = people().remove(8);
    me.hand_raised_at_ms = Some(NOON_MS);
    page.state_mut().apply(hub(HubMessage::ParticipantChanged { participant: me }));
    page.run_steps(2);
    click(&mut page, "Hand senken");
    assert_eq!(wishes(&mut page), [Command::RaiseHand(false)]);
}

#[test]
fn the_lamp_follows_what_is_transmitted_and_not_the_button() {
    let mut page = group_call();
    page.get_by_label("Man hört Sie");
    click(&mut page, "Stummschalten");
    page.get_by_label("Man hört Sie");
    let silent = EngineEvent::Transmitting { microphone: false, camera: false, screen: false };
    page.state_mut().apply(engine_event(silent));
    page.run_steps(2);
    page.get_by_label("Niemand hört Sie");
}

#[test]
fn one_letter_keys_work_and_none_fires_while_typing() {
    let mut page = group_call();
    for key in [Key::M, Key::V, Key::R, Key::H] {
        press(&mut page, key);
    }
    let expected = [
        Command::SetMicrophone(false),
        Command::SetCamera(false),
        Command::RaiseHand(true),
        Command::RaiseHand(true),
    ];
    assert_eq!(wishes(&mut page), expected);
    press(&mut page, Key::P);
    assert_eq!(call(&page).panel, Some(Panel::People));
    press(&mut page, Key::C);
    assert_eq!(call(&page).panel, Some(Panel::Chat));
    page.get_by_role_and_label(Kind::MultilineTextInput, "Nachricht").focus();
    page.run_steps(2);
    for key in [Key::M, Key::V, Key::P, Key::S, Key::H] {
        press(&mut page, key);
    }
    assert_eq!(wishes(&mut page), []);
    assert_eq!(call(&page).panel, Some(Panel::Chat));
    assert!(!page.state().state.fullscreen);
}

#[test]
fn a_shortcut_with_a_modifier_is_somebody_elses() {
    let mut page = group_call();
    page.key_press_modifiers(Modifiers::COMMAND, Key::C);
    page.run_steps(2);
    assert_eq!(call(&page).panel, None);
}

#[test]
fn escape_leaves_the_full_screen_and_never_the_call() {
    let mut page = group_call();
    press(&mut page, Key::F11);
    assert!(page.state().state.fullscreen);
    press(&mut page, Key::Escape);
    assert!(!page.state().state.fullscreen);
    press(&mut page, Key::Escape);
    assert_eq!(page.state().state.screen, Screen::Call);
    assert_eq!(wishes(&mut page), []);
}

#[test]
fn the_toolbar_hides_over_a_still_full_screen_and_comes_back_on_a_key() {
    let mut page = group_call();
    press(&mut page, Key::S);
    assert!(page.query_by_label("Stummschalten").is_some());
    page.run_steps(16);
    assert!(page.query_by_label("Stummschalten").is_none());
    press(&mut page, Key::ArrowUp);
    assert!(page.query_by_label("Stummschalten").is_some());
}

#[test]
fn a_line_goes_to_the_chosen_readers_and_to_nobody_when_they_are_gone() {
    let mut page = group_call();
    press(&mut page, Key::C);
    let write = |page: &mut Page, text: &str| {
        let field =
            |page: &Page| page.get_by_role_and_label(Kind::MultilineTextInput, "Nachricht").focus();
        field(page);
        page.run_steps(2);
        page.get_by_role_and_label(Kind::MultilineTextInput, "Nachricht").type_text(text);
        page.run_steps(2);
        press(page, Key::Enter);
    };
    write(&mut page, "  guten Tag ");
    let (scope, text) = (ChatScope::Everyone, "guten Tag".to_owned());
    assert_eq!(wishes(&mut page), [Command::SendChat { scope, text }]);
    page.get_by_label("Privat").click();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::MenuItem, "Farid Rahimi").click();
    page.run_steps(3);
    page.state_mut().apply(hub(HubMessage::ParticipantLeft { participant: ParticipantId(4) }));
    write(&mut page, "nur für Sie");
    assert_eq!(wishes(&mut page), []);
    assert_eq!(call(&page).draft, "nur für Sie");
}

#[test]
fn ending_for_all_asks_first_with_the_focus_on_the_safe_button() {
    let mut page = group_call();
    click(&mut page, "Weitere Wege hinaus");
    page.get_by_role_and_label(Kind::MenuItem, "Für alle beenden").click();
    page.run_steps(3);
    page.get_by_label("8 Personen verlieren die Verbindung.");
    assert!(page.get_by_role_and_label(Kind::Button, "Weitermachen").is_focused());
    press(&mut page, Key::M);
    assert_eq!(wishes(&mut page), []);
    press(&mut page, Key::Escape);
    assert!(!call(&page).confirm_end);
    page.state_mut().state.call.as_mut().expect("call").confirm_end = true;
    page.run_steps(3);
    click(&mut page, "Für alle beenden");
    assert_eq!(wishes(&mut page), [Command::EndForAll]);
}

#[test]
fn leaving_is_one_click_and_offers_the_way_back() {
    let mut page = group_call();
    page.get_all_by_role_and_label(Kind::Button, "Verlassen").next().expect("button").click();
    page.run_steps(2);
    assert_eq!(wishes(&mut page), [Command::Leave]);
    click(&mut page, "Wieder beitreten");
    let number = "612004387".to_owned();
    assert_eq!(wishes(&mut page), [Command::OpenRoom { number, camera: true }]);
    assert_eq!(page.state().state.screen, Screen::PreJoin);
}

#[test]
fn the_keyboards_place_survives_a_panel_and_never_leaps_to_the_next_page() {
    let mut page = group_call();
    page.get_by_role_and_label(Kind::Button, "Teilnehmer").focus();
    page.run_steps(2);
    press(&mut page, Key::Enter);
    assert_eq!(call(&page).panel, Some(Panel::People));
    assert!(page.get_by_role_and_label(Kind::Button, "Teilnehmer").is_focused());
    let mut page = harness(at_pre_join(Language::German));
    page.run_steps(2);
    press(&mut page, Key::Enter);
    let snapshot = snapshot(RoomKind::GroupCall, 9, people());
    page.state_mut().apply(hub(HubMessage::Joined { resume_token: "t".into(), snapshot }));
    page.run_steps(3);
    assert!(page.ctx.memory(|m| m.focused().is_none()));
}

#[test]
fn who_only_watches_has_no_microphone_no_camera_and_nothing_to_end() {
    let mut everybody = people();
    everybody[3].may_publish = false;
    let page = harness(inside(Language::German, RoomKind::Webinar, 4, everybody));
    for label in ["Stummschalten", "Ton einschalten", "Video ausschalten", "Weitere Wege hinaus"] {
        assert!(page.query_by_label(label).is_none(), "{label}");
    }
    page.get_by_role_and_label(Kind::Button, "Hand heben");
    assert_eq!(call(&page).scope, ChatScope::Hosts);
}

#[test]
fn who_loses_the_right_to_speak_stops_sending() {
    let mut page = group_call();
    let mut me = people().remove(8);
    me.may_publish = false;
    page.state_mut().apply(hub(HubMessage::ParticipantChanged { participant: me }));
    page.run_steps(2);
    assert_eq!(wishes(&mut page), [Command::StopSending]);
    page.get_by_label("Sie sehen und hören jetzt nur noch zu");
}

#[test]
fn a_host_gives_the_floor_in_order_and_lowers_hands() {
    let mut everybody = people();
    for index in [1, 6] {
        everybody[index].may_publish = false;
        everybody[index].camera = false;
    }
    let mut page = harness(inside(Language::German, RoomKind::Webinar, 9, everybody));
    page.run_steps(2);
    press(&mut page, Key::P);
    wishes(&mut page);
    click(&mut page, "Aylin Demir das Wort geben");
    let participant = ParticipantId(2);
    let expected =
        [Command::SetRole { participant, role: Role::Presenter }, Command::LowerHand(participant)];
    assert_eq!(wishes(&mut page), expected);
    click(&mut page, "Alle senken");
    assert_eq!(wishes(&mut page), [Command::LowerAllHands]);
}

#[test]
fn the_hub_is_asked_for_what_is_on_show_and_only_when_that_changes() {
    let mut page = harness(inside(Language::German, RoomKind::GroupCall, 9, people()));
    page.run_steps(4);
    let asked = commands(&mut page);
    let [Command::Watch(videos)] = &asked[..] else { panic!("{asked:?}") };
    // Seven remote cameras; not the one that is off, not the own.
    assert_eq!(videos.len(), 7);
    assert!(videos.iter().all(|v| v.max_lines == 270), "{videos:?}");
    page.run_steps(8);
    assert_eq!(commands(&mut page), []);
    page.get_by_label("Sabine Wolff groß zeigen").click();
    page.run_steps(6);
    assert_eq!(call(&page).layout, Layout::Stage);
    let asked = commands(&mut page);
    let [Command::Watch(videos)] = &asked[..] else { panic!("{asked:?}") };
    let first = &videos[0];
    assert_eq!((first.participant, first.max_lines), (ParticipantId(5), 1080));
    assert!(videos[1..].iter().all(|v| v.max_lines == 180), "{videos:?}");
}

#[test]
fn who_waits_sees_no_name_and_no_chat() {
    let mut page = group_call();
    press(&mut page, Key::C);
    page.state_mut().apply(hub(HubMessage::Waiting {
        reason: WaitReason::OnHold,
        room_name: "Wochenrunde Verwaltung".into(),
        resume_token: "t".into(),
    }));
    page.run_steps(2);
    page.get_by_label("Gleich geht es weiter");
    for person in people() {
        assert!(page.query_by_label_contains(&person.name).is_none(), "{}", person.name);
    }
    assert!(page.query_by_label("Nachricht").is_none());
}

#[test]
fn a_lost_connection_is_said_until_it_is_back() {
    let mut page = group_call();
    let lost = Link::Lost { retry_in: Duration::from_secs(1) };
    page.state_mut().apply(BackendEvent::Call(CallEvent::Link(lost)));
    page.run_steps(40);
    page.get_by_label("Verbindung verloren. Neuer Versuch läuft.");
    page.state_mut().apply(BackendEvent::Call(CallEvent::Link(Link::Up)));
    page.run_steps(2);
    assert!(page.query_by_label("Verbindung verloren. Neuer Versuch läuft.").is_none());
}

#[test]
fn copying_the_invitation_puts_the_whole_link_into_the_clipboard() {
    let mut page = group_call();
    page.get_by_role_and_label(Kind::Button, "Einladungslink kopieren").click();
    page.step();
    let copied = page.output().platform_output.commands.iter().any(|command| {
        matches!(command, egui::OutputCommand::CopyText(text) if text == "https://kath.example/j/612004387")
    });
    page.run_steps(2);
    assert!(copied);
    page.get_by_label("Einladungslink kopiert");
}

#[test]
fn every_page_speaks_both_languages_and_switches_at_once() {
    for (language, sign_in, home, join, call_word) in [
        (Language::German, "Kennwort", "Räume und Kontakte", "Beitreten", "Teilnehmer"),
        (Language::English, "Password", "Rooms and contacts", "Join", "People"),
    ] {
        let mut window = Window::new(settings(language));
        window.apply(BackendEvent::SignInNeeded);
        harness(window).get_by_role_and_label(Kind::PasswordInput, sign_in);
        harness(at_home(language)).get_by_label(home);
        harness(at_pre_join(language)).get_by_role_and_label(Kind::Button, join);
        let page = harness(inside(language, RoomKind::GroupCall, 9, people()));
        page.get_by_role_and_label(Kind::Button, call_word);
    }
    let mut page = harness(at_home(Language::German));
    page.get_by_label_contains("Miriam Vogt, ").click();
    page.run_steps(3);
    page.get_by_label("Switch to English").click();
    page.run_steps(3);
    page.get_by_label("Rooms and contacts");
    assert_eq!(page.state().state.settings.language, Some(Language::English));
}

#[test]
fn the_last_page_leads_back_in_unless_the_conference_is_over_for_good() {
    for (reason, back) in [
        (EndReason::Left, true),
        (EndReason::HeldTooLong, true),
        (EndReason::EndedByHost, false),
        (EndReason::Removed, false),
        (EndReason::NobodyCame, false),
    ] {
        let mut page = group_call();
        // The room of an event that somebody else planned is in no list.
        page.state_mut().apply(BackendEvent::Room(RoomsEvent::Listed(Ok(Vec::new()))));
        page.state_mut().apply(hub(HubMessage::Ended { reason }));
        page.run_steps(2);
        wishes(&mut page);
        let offered = page.query_by_role_and_label(Kind::Button, "Wieder beitreten").is_some();
        assert_eq!(offered, back, "{reason:?}");
        if back {
            click(&mut page, "Wieder beitreten");
            let number = "612004387".to_owned();
            assert_eq!(wishes(&mut page), [Command::OpenRoom { number, camera: true }]);
            assert_eq!(page.state().state.screen, Screen::PreJoin);
        }
    }
}
