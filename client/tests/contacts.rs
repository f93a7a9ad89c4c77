//! People: the list, the directory, the menu that stands wherever somebody appears, their details.

mod fake;

use client::app::Window;
use client::command::{AccountCommand, CallsCommand, Command, PeopleCommand, RoomsCommand};
use client::i18n::Language;
use client::net::Rung;
use client::state::{BackendEvent, Failure, Page as Shown, PeopleEvent, RoomsEvent, Screen, Stage};
use egui::accesskit::Role as Kind;
use egui::{Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use fake::people::*;
use fake::*;
use protocol::*;

type Page = Harness<'static, Window>;

fn contacts() -> Page {
    let mut window = with_people(Language::German);
    window.state.page = Shown::Contacts;
    opened(window)
}

fn opened(window: Window) -> Page {
    let mut page = harness(window);
    page.run_steps(2);
    page.state_mut().take_commands();
    page
}

fn wishes(page: &mut Page) -> Vec<Command> {
    page.state_mut().take_commands()
}

fn has(page: &Page, role: Kind, label: &str) -> bool {
    page.query_by_role_and_label(role, label).is_some()
}

fn open_menu(page: &mut Page, row: &str) {
    page.get_by_role_and_label(Kind::ListItem, row).click_secondary();
    page.run_steps(3);
}

fn choose(page: &mut Page, line: &str) {
    page.get_by_role_and_label(Kind::MenuItem, line).click();
    page.run_steps(3);
}

#[test]
fn a5_a6_a_right_click_on_a_contact_opens_its_menu_and_the_video_call_starts() {
    let mut page = contacts();
    open_menu(&mut page, "Farid Rahimi, Verfügbar");
    choose(&mut page, "Videoanruf");
    let ring = CallsCommand::RingUser { user: "farid".into(), video: true };
    assert!(wishes(&mut page).contains(&Command::Calls(ring)));
    let outgoing = page.state().state.calls.outgoing.as_ref().expect("a call");
    assert_eq!((outgoing.user.as_str(), &outgoing.stage), ("farid", &Stage::Asking));
}

#[test]
fn a5_the_same_menu_stands_in_the_journal() {
    let mut window = with_people(Language::German);
    window.apply(journal(past_calls()));
    window.state.page = Shown::Journal;
    let mut page = opened(window);
    page.get_by_label_contains("Farid Rahimi, Verpasst").click_secondary();
    page.run_steps(3);
    choose(&mut page, "Audioanruf");
    let ring = CallsCommand::RingUser { user: "farid".into(), video: false };
    assert!(wishes(&mut page).contains(&Command::Calls(ring)));
}

#[test]
fn a6_the_keyboard_opens_the_menu_too() {
    for (modifiers, key) in [(Modifiers::SHIFT, Key::F10), (Modifiers::NONE, Key::Menu)] {
        let mut page = contacts();
        page.get_by_role_and_label(Kind::ListItem, "Aylin Demir, Verfügbar").focus();
        page.run_steps(2);
        page.key_press_modifiers(modifiers, key);
        page.run_steps(3);
        assert!(has(&page, Kind::MenuItem, "Videoanruf"), "{key:?}");
    }
}

#[test]
fn a7_who_is_not_signed_in_is_not_offered_a_call() {
    let mut page = contacts();
    open_menu(&mut page, "Tobias Lindner, Nicht angemeldet");
    assert!(has(&page, Kind::MenuItem, "Nachricht"));
    for call in ["Videoanruf", "Audioanruf"] {
        assert!(!has(&page, Kind::MenuItem, call), "{call}");
    }
    let online = vec![UserPresence { user: "tobias".into(), presence: Presence::Online }];
    page.state_mut().apply(live(Event::Presence { people: online }));
    page.run_steps(3);
    assert!(has(&page, Kind::MenuItem, "Videoanruf"), "the menu follows");
    // Nobody's presence is known while the hub cannot be heard.
    page.state_mut().apply(BackendEvent::Live(client::live::LiveEvent::Lost));
    page.run_steps(3);
    assert!(!has(&page, Kind::MenuItem, "Videoanruf"));
}

#[test]
fn x14_who_is_in_a_call_or_wants_to_be_left_alone_can_be_called_and_the_hub_decides() {
    let mut page = contacts();
    open_menu(&mut page, "Sabine Wolff, Im Gespräch");
    assert!(has(&page, Kind::MenuItem, "Videoanruf"));
    let mut page = contacts();
    open_menu(&mut page, "Dr. Petra Hansen, Beschäftigt");
    assert!(has(&page, Kind::MenuItem, "Videoanruf"));
}

#[test]
fn a8_pictures_are_asked_for_once_and_again_when_they_changed() {
    let mut window = with_people(Language::German);
    window.state.page = Shown::Contacts;
    let mut page = harness(window);
    page.run_steps(4);
    let asked = |commands: &[Command], name: &str| {
        let wanted = Command::People(PeopleCommand::LoadPicture { user: name.into() });
        commands.iter().filter(|command| **command == wanted).count()
    };
    let first = wishes(&mut page);
    assert_eq!(asked(&first, "farid"), 1);
    assert_eq!(asked(&first, "tobias"), 0, "the hub says that there is none");
    let mut people = summaries();
    people.iter_mut().find(|person| person.name == "farid").expect("Farid").picture_changed_at_ms =
        Some(NOON_MS);
    page.state_mut().apply(BackendEvent::People(PeopleEvent::Contacts(Ok(people))));
    page.run_steps(3);
    let second = wishes(&mut page);
    assert_eq!((asked(&second, "farid"), asked(&second, "aylin")), (1, 0));
    // The menu shows who it is about.
    open_menu(&mut page, "Farid Rahimi, Verfügbar");
    assert!(has(&page, Kind::Heading, "Farid Rahimi, Verfügbar"));
}

#[test]
fn the_directory_is_searched_when_the_typing_pauses() {
    let mut page = contacts();
    page.get_by_role_and_label(Kind::SearchInput, "Personen suchen").focus();
    page.run_steps(1);
    page.get_by_role_and_label(Kind::SearchInput, "Personen suchen").type_text("gr");
    page.run_steps(1);
    assert!(wishes(&mut page).is_empty(), "still typing");
    page.run_steps(4);
    let search = Command::People(PeopleCommand::Search { query: "gr".into() });
    assert_eq!(wishes(&mut page), [search]);
    assert!(has(&page, Kind::ListItem, "Helene Graf, Nicht angemeldet"), "a contact fits at once");
    page.state_mut().apply(found("gr", vec![summary(20, "grace", "Grace Owusu", false)]));
    page.run_steps(2);
    page.get_by_role_and_label(Kind::ListItem, "Grace Owusu, Nicht angemeldet").click();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::Button, "Zu Kontakten hinzufügen").click();
    page.run_steps(2);
    let add = PeopleCommand::SetContact { user: "grace".into(), contact: true };
    assert!(wishes(&mut page).contains(&Command::People(add)));
    let done = PeopleEvent::ContactSet { user: "grace".into(), contact: true, done: Ok(()) };
    page.state_mut().apply(BackendEvent::People(done));
    page.run_steps(2);
    assert!(has(&page, Kind::Button, "Aus Kontakten entfernen"));
    assert!(page.state().state.people.is_contact("grace"));
}

#[test]
fn an_answer_to_what_was_typed_before_changes_nothing() {
    let mut page = contacts();
    page.state_mut().state.people.query = "gra".into();
    page.state_mut().apply(found("gr", vec![summary(21, "greta", "Greta Berg", false)]));
    assert!(page.state().state.people.found.is_empty());
}

#[test]
fn a_search_without_a_hit_and_a_hub_that_says_no_have_their_sentences() {
    let mut page = contacts();
    page.state_mut().state.people.query = "xyz".into();
    page.state_mut().apply(found("xyz", Vec::new()));
    page.run_steps(2);
    page.get_by_label_contains("Niemand heißt so");
    let failure = Failure::Unreachable("aus".into());
    page.state_mut().apply(BackendEvent::People(PeopleEvent::Contacts(Err(failure))));
    page.run_steps(2);
    page.get_by_role_and_label(Kind::Button, "Noch einmal versuchen").click();
    page.run_steps(2);
    assert!(wishes(&mut page).contains(&Command::People(PeopleCommand::LoadContacts)));
    assert_eq!(page.state().state.people.query, "xyz", "nothing typed is lost");
}

#[test]
fn a_message_opens_the_room_of_the_two() {
    let mut page = contacts();
    open_menu(&mut page, "Farid Rahimi, Verfügbar");
    choose(&mut page, "Nachricht");
    let open = Command::People(PeopleCommand::OpenChat { user: "farid".into() });
    assert!(wishes(&mut page).contains(&open));
    let number = Ok("123456789".to_owned());
    let event = PeopleEvent::ChatRoom { user: "farid".into(), number };
    page.state_mut().apply(BackendEvent::People(event));
    // Made this moment: it comes with the next list.
    let mut listed = rooms();
    listed.push(room("Farid Rahimi und Miriam Vogt", RoomKind::GroupCall, "123456789"));
    page.state_mut().apply(BackendEvent::Room(RoomsEvent::Listed(Ok(listed))));
    let state = &page.state().state;
    assert_eq!((state.page, state.rooms.selected.as_deref()), (Shown::Rooms, Some("123456789")));
}

/// In a conference with two others, with the people panel open.
fn people_in_a_call() -> Page {
    let mut everybody = people();
    everybody.retain(|person| [1, 2, 9].contains(&person.id.0));
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, everybody);
    introduce(&mut window);
    window.state.call.as_mut().expect("in a call").panel = Some(client::state::Panel::People);
    let mut page = harness(window);
    page.run_steps(3);
    page.state_mut().take_commands();
    page
}

fn rang(page: &mut Page, answer: Rung) {
    let told = RoomsEvent::Rung { number: "612004387".into(), outcome: Ok(answer) };
    page.state_mut().apply(BackendEvent::Room(told));
    page.run_steps(3);
}

#[test]
fn f17_everybody_who_is_missing_is_called_from_inside_after_a_question() {
    let mut page = people_in_a_call();
    page.get_by_role_and_label(Kind::Button, "Person einladen").click();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::MenuItem, "Alle rufen").click();
    page.run_steps(3);
    let ring = |confirm| {
        Command::Rooms(RoomsCommand::Ring { number: "612004387".into(), confirm, video: true })
    };
    assert!(wishes(&mut page).contains(&ring(false)));
    rang(&mut page, Rung::Ask(3));
    page.get_by_role_and_label(Kind::Dialog, "Alle Mitglieder rufen?");
    page.get_by_label_contains("Es klingelt dann bei 3 Personen");
    page.get_by_role_and_label(Kind::Button, "Rufen").click();
    page.run_steps(2);
    assert!(wishes(&mut page).contains(&ring(true)));
    assert_eq!(page.state().state.screen, Screen::Call);
}

#[test]
fn i8_in_a_call_a_contact_is_fetched_into_it_after_a_question() {
    let mut page = people_in_a_call();
    page.get_by_role_and_label(Kind::Button, "Person einladen").click();
    page.run_steps(3);
    for other in ["Jonas Kettler", "Aylin Demir", "Helene Graf"] {
        assert!(page.query_by_role_and_label(Kind::MenuItem, other).is_none(), "{other}");
    }
    page.get_by_role_and_label(Kind::MenuItem, "Farid Rahimi").click();
    page.run_steps(3);
    let number = || "612004387".to_owned();
    let fetch = RoomsCommand::Fetch { number: number(), user: "farid".into(), video: true };
    assert!(wishes(&mut page).contains(&Command::Rooms(fetch)));
    rang(&mut page, Rung::Ask(2));
    page.get_by_label_contains("Es klingelt dann bei 2 Personen");
    page.get_by_role_and_label(Kind::Button, "Rufen").click();
    page.run_steps(2);
    let ring = RoomsCommand::Ring { number: number(), confirm: true, video: true };
    assert!(wishes(&mut page).contains(&Command::Rooms(ring)));
    assert_eq!(page.state().state.screen, Screen::Call, "the conference goes on");
    rang(&mut page, Rung::Ask(0));
    page.get_by_label_contains("Es ist niemand zu rufen");
}

#[test]
fn a_question_about_another_room_waits_for_the_rooms_page() {
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
    let number = "111222333".to_owned();
    window.apply(BackendEvent::Room(RoomsEvent::Rung { number, outcome: Ok(Rung::Ask(2)) }));
    assert_eq!(window.state.room_question(), None);
    window.state.go_home();
    window.state.page = Shown::Rooms;
    assert!(window.state.room_question().is_some());
}

#[test]
fn contacts_and_rooms_are_asked_for_once_with_the_welcome() {
    let mut window = Window::new(settings(Language::German));
    let asked = |window: &mut Window| {
        let all = window.take_commands();
        let count = |wish: Command| all.iter().filter(|command| **command == wish).count();
        (
            count(Command::Account(AccountCommand::Listen)),
            count(Command::People(PeopleCommand::LoadContacts)),
            count(Command::Rooms(RoomsCommand::List)),
        )
    };
    window.apply(BackendEvent::SignedIn(account()));
    assert_eq!(asked(&mut window), (1, 0, 0));
    window.apply(live(welcome()));
    assert_eq!(asked(&mut window), (0, 1, 1));
    window.apply(live(welcome()));
    assert_eq!(asked(&mut window), (0, 1, 1), "something changed at the hub");
    window.apply(live(Event::Refused { reason: Refusal::Version }));
    assert_eq!(asked(&mut window), (0, 0, 0), "another program has to be installed first");
}

#[test]
fn names_lead_to_accounts_only_where_they_are_unique() {
    let mut window = with_people(Language::German);
    assert_eq!(window.state.people.called("Farid Rahimi"), Some("farid"));
    assert_eq!(window.state.people.called("Miriam Vogt"), None, "that is ourselves");
    window.state.people.remember("farid2", "Farid Rahimi");
    assert_eq!(window.state.people.called("Farid Rahimi"), None);
}

#[test]
fn pages_render() {
    let mut window = with_people(Language::German);
    window.apply(journal(past_calls()));
    faces(&mut window);
    window.state.page = Shown::Contacts;
    window.state.people.selected = Some("farid".into());
    let mut page = rendered(window, [1440.0, 900.0], Theme::Dark);
    page.run_steps(3);
    page.get_by_role_and_label(Kind::ListItem, "Sabine Wolff, Im Gespräch").click_secondary();
    page.run_steps(6);
    keep("contacts", &mut page);

    let mut window = with_people(Language::English);
    window.apply(journal(past_calls()));
    window.state.page = Shown::Contacts;
    window.state.people.selected = Some("tobias".into());
    save("contacts_light", window, [1000.0, 700.0], Theme::Light);

    let mut window = with_people(Language::German);
    window.state.page = Shown::Contacts;
    save("contacts_none", window, [1440.0, 900.0], Theme::Dark);

    let mut window = with_people(Language::German);
    window.state.texts = window.state.texts.stretched();
    window.apply(journal(past_calls()));
    window.state.page = Shown::Contacts;
    window.state.people.selected = Some("farid".into());
    save("contacts_stretched", window, [900.0, 600.0], Theme::Dark);
}
