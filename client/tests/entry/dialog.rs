//! The dialog by its accessible labels, with pointer and keyboard.

use crate::fake::{NOON_MS, harness, now};
use crate::world::*;
use client::app::Window;
use client::command::{Command, EntryCommand, PeopleCommand};
use client::i18n::Language;
use client::state::entry::{Field, Invitee};
use client::state::{BackendEvent, EntryEvent, Failure, PeopleEvent, PlannerEvent};
use egui::accesskit::{Role as Kind, Toggled};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use protocol::*;

type Page = Harness<'static, Window>;

fn page(window: Window) -> Page {
    let mut page = harness(window);
    page.run_steps(4);
    page.state_mut().take_commands();
    page
}

fn press(page: &mut Page, key: Key) {
    page.key_press(key);
    page.run_steps(3);
}

fn click(page: &mut Page, kind: Kind, label: &str) {
    page.get_by_role_and_label(kind, label).click();
    page.run_steps(3);
}

/// Types into a field; what stands there goes.
fn fill(page: &mut Page, kind: Kind, label: &str, text: &str) {
    page.get_by_role_and_label(kind, label).focus();
    page.run_steps(2);
    page.key_press_modifiers(Modifiers::COMMAND, Key::A);
    page.run_steps(1);
    page.get_by_role_and_label(kind, label).type_text(text);
    page.run_steps(3);
}

/// What has the keyboard types this, key by key.
fn keys(page: &mut Page, kind: Kind, label: &str, letters: &str) {
    for letter in letters.chars() {
        page.get_by_role_and_label(kind, label).type_text(&letter.to_string());
        page.run_steps(3);
    }
}

fn value(page: &Page, kind: Kind, label: &str) -> String {
    page.get_by_role_and_label(kind, label).accesskit_node().value().unwrap_or_default()
}

fn is_open(page: &Page) -> bool {
    page.state().state.entry.dialog.is_some()
}

const PEOPLE: (Kind, &str) = (Kind::ComboBox, "Zugeordnete Teilnehmer");

#[test]
fn c1_c2_c3_each_kind_has_its_dialog() {
    let named = |window: Window, title: &str| {
        page(window).get_by_role_and_label(Kind::Heading, title);
    };
    named(planning(RoomKind::Webinar), "Webinar planen");
    named(planning(RoomKind::GroupCall), "Gruppenanruf planen");
    named(changing(&details(NOON_MS + DAY, None)), "Gruppenanruf bearbeiten");
}

#[test]
fn c1_to_c19_an_entry_is_planned_by_its_labels() {
    let mut page = page(planning(RoomKind::Webinar));
    fill(&mut page, Kind::TextInput, "Titel", "Nebenkosten");
    fill(&mut page, Kind::MultilineTextInput, "Beschreibung", "Was sich ändert");
    fill(&mut page, Kind::TextInput, "Beginn", "morgen 14:30");
    fill(&mut page, Kind::TextInput, "Ende", "16");
    click(&mut page, Kind::CheckBox, "Teilnehmer via E-Mail benachrichtigen");
    click(&mut page, Kind::CheckBox, "Telefonkonferenzinformationen hinzufügen");
    click(&mut page, Kind::CheckBox, "E-Mail-Erinnerung");
    click(&mut page, Kind::ComboBox, "Zeitpunkt der Erinnerung");
    page.get_by_label("1 Stunde vorher").click();
    page.run_steps(3);
    fill(&mut page, PEOPLE.0, PEOPLE.1, "kett");
    page.get_by_label("Jonas Kettler, jonas · Kontakt").click();
    page.run_steps(3);
    click(&mut page, Kind::Button, "Speichern");
    let sent = sent(page.state_mut().take_commands());
    let [(None, draft)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((draft.title.as_str(), draft.kind), ("Nebenkosten", RoomKind::Webinar));
    assert_eq!(draft.description, "Was sich ändert");
    let schedule = draft.schedule.as_ref().expect("a date");
    assert_eq!(schedule.start_ms, NOON_MS + DAY + 3 * HOUR + 30 * MINUTE);
    assert_eq!(schedule.end_ms, NOON_MS + DAY + 5 * HOUR);
    assert!(!draft.notify && draft.phone_info);
    assert_eq!(draft.reminder_minutes, Some(60));
    assert_eq!(draft.people.iter().map(|p| p.user_id).collect::<Vec<_>>(), [Some(6)]);
    page.get_by_role_and_label(Kind::Button, "Wird gespeichert");

    let entry = details(NOON_MS + DAY, None);
    let saved = SavedEntry { entry, warnings: Vec::new() };
    page.state_mut().apply(BackendEvent::Planner(PlannerEvent::Saved(saved)));
    page.run_steps(2);
    assert!(!is_open(&page));
}

#[test]
fn c9_the_letter_h_fills_in_now_and_still_begins_heute() {
    let mut page = page(titled(RoomKind::Webinar));
    let start = (Kind::TextInput, "Beginn");
    page.get_by_role_and_label(start.0, start.1).focus();
    page.run_steps(2);
    keys(&mut page, start.0, start.1, "h");
    assert_eq!(value(&page, start.0, start.1), "25.11.2026 um 11:00");
    keys(&mut page, start.0, start.1, "eute 15");
    assert_eq!(value(&page, start.0, start.1), "heute 15");
    press(&mut page, Key::Tab);
    assert_eq!(value(&page, start.0, start.1), "25.11.2026 um 15:00");
    // Inside a word it is a letter like others.
    page.get_by_role_and_label(start.0, start.1).focus();
    page.run_steps(2);
    page.key_press_modifiers(Modifiers::COMMAND, Key::A);
    page.run_steps(1);
    keys(&mut page, start.0, start.1, "thursday 9");
    assert_eq!(value(&page, start.0, start.1), "thursday 9");
    assert!(page.query_all_by_label("Taste h setzt Datum und Uhrzeit von jetzt.").count() > 0);
}

#[test]
fn c6_arrows_change_the_time_and_the_calendar_the_day() {
    let mut page = page(titled(RoomKind::Webinar));
    let start = (Kind::TextInput, "Beginn");
    page.get_by_role_and_label(start.0, start.1).focus();
    page.run_steps(2);
    press(&mut page, Key::ArrowUp);
    assert_eq!(value(&page, start.0, start.1), "25.11.2026 um 12:15");
    press(&mut page, Key::ArrowDown);
    press(&mut page, Key::ArrowDown);
    assert_eq!(value(&page, start.0, start.1), "25.11.2026 um 11:45");
    page.key_press_modifiers(Modifiers::ALT, Key::ArrowDown);
    page.run_steps(4);
    page.get_by_label("Mittwoch, 25. November 2026, heute");
    press(&mut page, Key::ArrowRight);
    press(&mut page, Key::ArrowDown);
    press(&mut page, Key::PageDown);
    page.get_by_label("Januar 2027");
    // 25 November, a day and a week later, and a month after that: 3 January.
    press(&mut page, Key::Enter);
    assert_eq!(value(&page, start.0, start.1), "03.01.2027 um 11:45");
    assert_eq!(value(&page, Kind::TextInput, "Ende"), "03.01.2027 um 12:45");
}

#[test]
fn c8_errors_stand_below_their_fields_and_the_footer_leads_there() {
    let mut page = page(titled(RoomKind::Webinar));
    fill(&mut page, Kind::TextInput, "Beginn", "20.11.2026 14:00");
    let past = "Der Beginn liegt in der Vergangenheit. Wählen Sie eine spätere Zeit.";
    assert!(page.query_by_label(past).is_none(), "not while it is typed");
    press(&mut page, Key::Tab);
    page.get_by_label(past);
    page.get_by_label("Ein Feld braucht Ihre Aufmerksamkeit:");
    click(&mut page, Kind::Link, "Beginn");
    assert!(page.get_by_role_and_label(Kind::TextInput, "Beginn").is_focused());
    click(&mut page, Kind::Button, "Speichern");
    assert!(sent(page.state_mut().take_commands()).is_empty());
    assert!(page.get_by_role_and_label(Kind::TextInput, "Beginn").is_focused());
}

#[test]
fn c11_c13_people_are_picked_by_the_keyboard_and_the_list_stays_open() {
    let mut page = page(titled(RoomKind::GroupCall));
    page.get_by_role_and_label(PEOPLE.0, PEOPLE.1).focus();
    page.run_steps(3);
    page.get_by_label("Vorschläge");
    press(&mut page, Key::ArrowDown);
    assert_eq!(dialog(page.state_mut()).picker.marked, 1);
    press(&mut page, Key::Enter);
    press(&mut page, Key::ArrowDown);
    press(&mut page, Key::Enter);
    let names = |page: &mut Page| {
        let people = &dialog(page.state_mut()).form.people;
        people.iter().map(|person| person.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&mut page), ["Dr. Petra Hansen", "Emre Kemal"]);
    page.get_by_label("2 von 24");
    page.get_by_label("Vorschläge");
    // Backspace leads to the last chip, and there it removes.
    press(&mut page, Key::Backspace);
    assert!(page.get_by_role_and_label(Kind::ListItem, "Emre Kemal").is_focused());
    press(&mut page, Key::Backspace);
    assert_eq!(names(&mut page), ["Dr. Petra Hansen"]);
    click(&mut page, Kind::Button, "Dr. Petra Hansen entfernen");
    assert!(names(&mut page).is_empty());
}

#[test]
fn c11_the_directory_is_searched_and_addresses_are_taken_as_typed() {
    let mut page = page(titled(RoomKind::GroupCall));
    fill(&mut page, PEOPLE.0, PEOPLE.1, "kern");
    page.run_steps(30);
    let searched = page.state_mut().take_commands();
    let query = "kern".to_owned();
    assert!(searched.contains(&Command::People(PeopleCommand::Search { query: query.clone() })));
    let users = Ok(vec![user(9, "kim", "Kim Kern")]);
    page.state_mut().apply(BackendEvent::People(PeopleEvent::Found { query, users }));
    page.run_steps(3);
    page.get_by_label("Kim Kern, kim · Kontakt").click();
    page.run_steps(3);
    fill(&mut page, PEOPLE.0, PEOPLE.1, "gast@example.org");
    press(&mut page, Key::Enter);
    fill(&mut page, PEOPLE.0, PEOPLE.1, "xyz");
    press(&mut page, Key::Enter);
    page.get_by_label("Das ist keine E-Mail-Adresse. Sie sieht so aus: name@beispiel.de");
    let people = &dialog(page.state_mut()).form.people;
    assert_eq!(people.len(), 2);
    assert_eq!(people[1].email.as_deref(), Some("gast@example.org"));
}

#[test]
fn c12_the_organiser_is_listed_and_a_click_does_nothing() {
    let mut page = page(titled(RoomKind::GroupCall));
    fill(&mut page, PEOPLE.0, PEOPLE.1, "vogt");
    let row = "Miriam Vogt, Sie organisieren diesen Eintrag und sind immer dabei.";
    page.get_by_label(row).click();
    page.run_steps(3);
    assert!(dialog(page.state_mut()).form.people.is_empty());
}

#[test]
fn c14_the_field_is_off_at_24_and_c15_a_webinar_has_no_limit() {
    let mut window = titled(RoomKind::GroupCall);
    for id in 100..124 {
        let new = Invitee::user(&user(id, &format!("u{id}"), &format!("U {id}")));
        dialog(&mut window).add(new);
    }
    let mut full = page(window);
    full.get_by_label("24 von 24");
    click(&mut full, PEOPLE.0, PEOPLE.1);
    assert!(full.query_by_label("Vorschläge").is_none());
    let mut window = titled(RoomKind::Webinar);
    dialog(&mut window).add(Invitee::user(&contacts()[0]));
    page(window).get_by_label("1 · unbegrenzt");
}

#[test]
fn somebody_invited_becomes_co_host() {
    let mut window = titled(RoomKind::GroupCall);
    dialog(&mut window).add(Invitee::user(&contacts()[0]));
    let mut page = page(window);
    click(&mut page, Kind::ListItem, "Aylin Demir");
    page.get_by_label("Moderiert mit").click();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::ListItem, "Aylin Demir · moderiert");
    assert!(dialog(page.state_mut()).form.people[0].co_host);
}

#[test]
fn c10_x1_an_entry_without_a_date_is_a_permanent_room() {
    let mut page = page(titled(RoomKind::GroupCall));
    click(&mut page, Kind::CheckBox, "Ohne Termin (dauerhafter Raum)");
    assert!(page.query_by_role_and_label(Kind::TextInput, "Beginn").is_none());
    let reminder = page.get_by_role_and_label(Kind::CheckBox, "E-Mail-Erinnerung");
    assert!(reminder.accesskit_node().is_disabled());
    click(&mut page, Kind::Button, "Speichern");
    let sent = sent(page.state_mut().take_commands());
    assert_eq!(sent[0].1.schedule, None);
}

#[test]
fn a_recurrence_is_said_in_words() {
    let mut page = page(titled(RoomKind::GroupCall));
    fill(&mut page, Kind::TextInput, "Beginn", "26.11.2026 14:00");
    click(&mut page, Kind::ComboBox, "Wiederholung");
    page.get_by_label("Wöchentlich").click();
    page.run_steps(3);
    click(&mut page, Kind::CheckBox, "Montag");
    fill(&mut page, Kind::TextInput, "Abstand der Wiederholung", "2");
    click(&mut page, Kind::ComboBox, "Ende der Wiederholung");
    page.get_by_label("Endet nach").click();
    page.run_steps(3);
    page.get_by_label("Alle 2 Wochen am Montag und Donnerstag insgesamt 10-mal.");
    let own = page.get_by_role_and_label(Kind::CheckBox, "Donnerstag");
    assert_eq!(own.accesskit_node().toggled(), Some(Toggled::True), "the start's own day");
    fill(&mut page, Kind::TextInput, "Abstand der Wiederholung", "0");
    press(&mut page, Key::Tab);
    page.get_by_label("Geben Sie eine Zahl von 1 bis 1000 ein.");
}

#[test]
fn a_rule_that_the_form_cannot_show_says_so() {
    let rule = Some("FREQ=MONTHLY;BYDAY=MO,WE;BYSETPOS=-1");
    let page = page(changing(&details(NOON_MS + DAY, rule)));
    page.get_by_label(
        "Dieser Eintrag folgt einer Regel, die dieses Formular nicht darstellen kann. \
         Sie bleibt unverändert, solange Sie keine andere wählen.",
    );
}

#[test]
fn c17_escape_and_cancel_ask_before_anything_is_lost() {
    let mut untouched = page(planning(RoomKind::Webinar));
    press(&mut untouched, Key::Escape);
    assert!(!is_open(&untouched));

    for way in ["Escape", "abbrechen", "Schließen"] {
        let mut page = page(titled(RoomKind::Webinar));
        if way == "Escape" {
            press(&mut page, Key::Escape);
        } else {
            click(&mut page, Kind::Button, way);
        }
        page.get_by_role_and_label(Kind::Heading, "Eingaben verwerfen?");
        assert!(page.get_by_role_and_label(Kind::Button, "Weiter bearbeiten").is_focused());
        click(&mut page, Kind::Button, "Weiter bearbeiten");
        assert_eq!(dialog(page.state_mut()).form.title, "Nebenkosten", "{way}");
        click(&mut page, Kind::Button, "abbrechen");
        click(&mut page, Kind::Button, "Verwerfen");
        assert!(!is_open(&page), "{way}");
        assert!(sent(page.state_mut().take_commands()).is_empty());
    }
}

#[test]
fn what_the_hub_refuses_is_said_and_nothing_is_lost() {
    let hub = |code: &str, field: Option<&str>| Failure::Hub {
        code: code.into(),
        field: field.map(str::to_owned),
        message: "no".into(),
    };
    for (failure, sentence) in [
        (
            hub("entry_running", None),
            "Der Eintrag läuft gerade. Ihre Änderungen bleiben hier; speichern Sie nach dem Ende.",
        ),
        (
            hub("entry_over", None),
            "Der Eintrag ist vorbei und kann nicht mehr geändert werden. Planen Sie einen neuen.",
        ),
        (hub("not_found", None), "Diesen Eintrag gibt es nicht mehr. Planen Sie einen neuen."),
        (hub("forbidden", None), "Nur wer den Eintrag organisiert, kann ihn ändern."),
        (
            hub("no_profile", None),
            "Für den Planer brauchen Sie ein Konferenzprofil. Legen Sie es in den Einstellungen an.",
        ),
        (
            hub("invalid", Some("schedule.rrule")),
            "Der Beginn fällt auf keinen Tag der Wiederholung. Ändern Sie den Beginn oder die Regel.",
        ),
        (
            Failure::Unreachable("timed out".into()),
            "Der Server antwortet nicht. Prüfen Sie Adresse und Netz. (timed out)",
        ),
    ] {
        let mut page = page(titled(RoomKind::Webinar));
        click(&mut page, Kind::Button, "Speichern");
        page.state_mut().apply(BackendEvent::Entry(EntryEvent::Failed(failure)));
        page.run_steps(3);
        page.get_by_label(sentence);
        assert_eq!(dialog(page.state_mut()).form.title, "Nebenkosten");
        click(&mut page, Kind::Button, "Speichern");
        assert!(!sent(page.state_mut().take_commands()).is_empty(), "it can be tried again");
    }
}

#[test]
fn double_bookings_are_shown_and_saving_goes_on() {
    let mut window = titled(RoomKind::Webinar);
    dialog(&mut window).add(Invitee::user(&contacts()[3]));
    let mut page = harness(window);
    page.run_steps(60);
    let asked = page.state_mut().take_commands().into_iter().find_map(|command| match command {
        Command::Entry(EntryCommand::Check(check)) => Some(check.draft),
        _ => None,
    });
    let draft = Box::new(asked.expect("asked by itself"));
    let booking = DoubleBooking {
        user_id: 5,
        start_ms: NOON_MS + HOUR,
        end_ms: NOON_MS + 2 * HOUR,
        entry_id: Some(3),
        title: Some("Wochenrunde".into()),
    };
    let warnings = Ok(vec![booking]);
    page.state_mut().apply(BackendEvent::Entry(EntryEvent::Checked { draft, warnings }));
    page.run_steps(3);
    page.get_by_label(
        "Zu dieser Zeit steht schon etwas anderes im Planer. Speichern können Sie trotzdem.\n\
         Helene Graf: „Wochenrunde“, 25.11.2026 um 12:00–13:00",
    );
    click(&mut page, Kind::Button, "Speichern");
    assert_eq!(sent(page.state_mut().take_commands()).len(), 1);
}

#[test]
fn the_keyboard_visits_the_fields_in_their_order() {
    let mut page = page(planning(RoomKind::Webinar));
    assert!(page.get_by_role_and_label(Kind::TextInput, "Titel").is_focused());
    let mut visited = Vec::new();
    for _ in 0..20 {
        let focused =
            page.root().children_recursive().find(|node| node.accesskit_node().is_focused());
        let name = focused.and_then(|node| node.accesskit_node().label()).unwrap_or_default();
        visited.push(name);
        press(&mut page, Key::Tab);
    }
    let wanted = [
        "Titel",
        "Beschreibung",
        "Beginn",
        "Ende",
        "Teilnehmer via E-Mail benachrichtigen",
        "Telefonkonferenzinformationen hinzufügen",
        "E-Mail-Erinnerung",
        "Zugeordnete Teilnehmer",
        "abbrechen",
        "Speichern",
    ];
    let places: Vec<_> =
        wanted.iter().map(|name| visited.iter().position(|seen| seen == name)).collect();
    assert!(places.iter().all(Option::is_some), "{visited:?}");
    assert!(places.is_sorted(), "{visited:?}");
}

#[test]
fn c20_the_recommendation_stands_in_both_languages() {
    for (language, text) in [
        (
            Language::German,
            "Der Planer ist für alles, was mehr als einen Tag im Voraus feststeht. Spontan geht es schneller mit „Sofort anrufen“.",
        ),
        (
            Language::English,
            "The planner is for what is fixed more than a day ahead. On the spur of the moment, “Call now” is quicker.",
        ),
    ] {
        let mut window = window(language);
        window.state.plan_entry(RoomKind::Webinar);
        page(window).get_by_label(text);
    }
}

#[test]
fn somebody_else_does_not_see_what_was_typed() {
    let mut page = page(titled(RoomKind::Webinar));
    page.state_mut().apply(BackendEvent::SessionOver);
    page.run_steps(2);
    let mut other = crate::fake::account();
    page.state_mut().apply(BackendEvent::SignedIn(other.clone()));
    page.run_steps(2);
    assert_eq!(dialog(page.state_mut()).form.title, "Nebenkosten", "the same user goes on");
    other.user = "jonas".into();
    page.state_mut().apply(BackendEvent::SignedIn(other));
    page.run_steps(2);
    assert!(!is_open(&page));
}

#[test]
fn odd_texts_in_every_field_do_no_harm() {
    let texts = ["\u{202e}abc", "\u{0}\u{7}", "h", "99.99.9999 99:99", "' OR 1=1", "½", "\t\n"];
    for text in texts {
        let mut page = page(titled(RoomKind::GroupCall));
        for (kind, label) in [
            (Kind::TextInput, "Titel"),
            (Kind::MultilineTextInput, "Beschreibung"),
            (Kind::TextInput, "Beginn"),
            (Kind::TextInput, "Ende"),
            PEOPLE,
        ] {
            fill(&mut page, kind, label, text);
        }
        press(&mut page, Key::Enter);
        click(&mut page, Kind::Button, "Speichern");
        let _ = dialog(page.state_mut()).read(now());
    }
    let mut window = titled(RoomKind::GroupCall);
    dialog(&mut window).leave(Field::Until, now());
}
