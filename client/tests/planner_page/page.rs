//! What clicks and keys on the planner's page ask for, by accessible name.

use crate::data::*;
use crate::fake::*;
use client::app::Window;
use client::command::{Command, PlannerCommand};
use client::i18n::Language;
use client::state::{
    Act, BackendEvent, Page as Place, PeopleEvent, PlannerEvent, Screen, SettingsTab, Span,
};
use egui::accesskit::Role as Kind;
use egui::{Key, Modifiers, OutputCommand};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use jiff::civil::date;
use protocol::*;

type Page = Harness<'static, Window>;

fn week_page() -> Page {
    let mut page = harness(lively(Language::German));
    page.run_steps(3);
    asked(&mut page);
    page
}

fn asked(page: &mut Page) -> Vec<PlannerCommand> {
    let planner = |command| match command {
        Command::Planner(command) => Some(command),
        _ => None,
    };
    page.state_mut().take_commands().into_iter().filter_map(planner).collect()
}

fn click(page: &mut Page, label: &str) {
    page.get_by_role_and_label(Kind::Button, label).click();
    page.run_steps(3);
}

/// Presses the button of this name in the row so far down, from 0.
fn click_in_row(page: &mut Page, label: &str, row: usize) {
    let button = page.get_all_by_role_and_label(Kind::Button, label).nth(row);
    button.expect("so many rows").click();
    page.run_steps(3);
}

/// Chooses from an open menu.
fn pick(page: &mut Page, label: &str) {
    page.get_by_role_and_label(Kind::MenuItem, label).click();
    page.run_steps(3);
}

fn enabled(page: &Page, label: &str) -> Vec<bool> {
    let buttons = page.get_all_by_role_and_label(Kind::Button, label);
    buttons.map(|button| !button.accesskit_node().is_disabled()).collect()
}

fn press(page: &mut Page, modifiers: Modifiers, key: Key) {
    page.key_press_modifiers(modifiers, key);
    page.run_steps(3);
}

fn apply(page: &mut Page, event: PlannerEvent) {
    page.state_mut().apply(planner(event));
    page.run_steps(3);
}

fn selected(page: &Page) -> Option<i64> {
    page.state().state.planner.selected
}

#[test]
fn b2_a_free_range_is_typed_and_what_is_wrong_is_said_beside_the_field() {
    let mut page = week_page();
    page.get_by_role_and_label(Kind::ComboBox, "Zeitraum").click();
    page.run_steps(3);
    pick(&mut page, "Von – bis …");
    assert_eq!(asked(&mut page), [], "nothing is asked for before the days are known");
    let last = |page: &mut Page, text: &str| {
        let form = page.state_mut().state.planner.range.as_mut();
        form.expect("the dialog").last = text.into();
        page.run_steps(2);
    };
    last(&mut page, "24.11.2026");
    assert!(page.query_by_label_contains("liegt vor dem ersten").is_none(), "not while typing");
    click(&mut page, "Zeitraum zeigen");
    page.get_by_label_contains("Der letzte Tag liegt vor dem ersten");
    last(&mut page, "irgendwann");
    page.get_by_label_contains("Das ist kein Tag");
    last(&mut page, "24.12.2026");
    click(&mut page, "Zeitraum zeigen");
    let range = Span::Between(date(2026, 11, 25), date(2026, 12, 24));
    assert_eq!(page.state().state.planner.filters.span, range);
    assert!(matches!(asked(&mut page)[..], [PlannerCommand::List(_)]));
    let filter = page.get_by_role_and_label(Kind::ComboBox, "Zeitraum");
    assert_eq!(filter.value().as_deref(), Some("25.11. – 24.12."));
    // It opens again with what is on show, and goes without a change.
    filter.click();
    page.run_steps(3);
    pick(&mut page, "Von – bis …");
    page.get_by_role_and_label(Kind::TextInput, "Bis").click();
    page.run_steps(2);
    click(&mut page, "abbrechen");
    assert_eq!(page.state().state.planner.filters.span, range);
    assert_eq!(asked(&mut page), []);
}

#[test]
fn a1_a2_the_navigation_leads_to_the_planner_and_the_list_is_asked_for() {
    let mut window = at_planner(Language::German);
    window.state.page = Place::Journal;
    let mut page = harness(window);
    page.run_steps(2);
    assert!(asked(&mut page).is_empty(), "only who looks asks");
    page.get_by_label("Anrufplaner").click();
    page.run_steps(3);
    assert!(matches!(asked(&mut page)[..], [PlannerCommand::List(_)]));
    page.get_by_role_and_label(Kind::Heading, "Anrufplaner");
}

#[test]
fn a9_a10_without_a_profile_the_page_says_so_and_leads_to_the_settings() {
    let mut window = at_planner(Language::German);
    window.apply(BackendEvent::People(PeopleEvent::Me(Ok(me(false)))));
    let Some(PlannerCommand::List(query)) = window.state.planner.wanted(now(), None) else {
        panic!("a list")
    };
    let answer = PlannerEvent::Listed { query, page: Err(hub_code("no_profile")) };
    window.apply(planner(answer));
    let mut page = harness(window);
    page.run_steps(3);
    let sentence =
        "Videokonferenz-Profil fehlt. Ohne Profil können Sie weder planen noch beitreten.";
    page.get_by_role_and_label(Kind::Alert, sentence);
    assert_eq!(enabled(&page, "Webinar planen"), [false]);
    press(&mut page, Modifiers::COMMAND, Key::N);
    assert!(page.state().state.entry.dialog.is_none());
    page.state_mut().state.settings_tab = SettingsTab::Looks;
    click(&mut page, "Profil anlegen");
    assert_eq!(page.state().state.page, Place::Settings);
    assert_eq!(page.state().state.settings_tab, SettingsTab::Profile);
}

#[test]
fn b3_c20_the_first_page_tells_what_the_planner_is_for_and_plans() {
    let mut window = at_planner(Language::German);
    list(&mut window, Vec::new(), None);
    let mut page = harness(window);
    page.run_steps(3);
    page.get_by_role_and_label(Kind::Heading, "Noch nichts geplant");
    page.get_by_label_contains("was mehr als einen Tag im Voraus feststeht");
    let kind =
        |page: &mut Page| page.state_mut().state.entry.dialog.take().map(|dialog| dialog.kind);
    click(&mut page, "Webinar planen");
    assert_eq!(kind(&mut page), Some(RoomKind::Webinar));
    click(&mut page, "Gruppenanruf planen");
    assert_eq!(kind(&mut page), Some(RoomKind::GroupCall));
    press(&mut page, Modifiers::COMMAND, Key::G);
    assert_eq!(kind(&mut page), Some(RoomKind::GroupCall));
    press(&mut page, Modifiers::COMMAND, Key::N);
    assert_eq!(kind(&mut page), Some(RoomKind::Webinar));
}

#[test]
fn rows_tell_who_comes_who_is_there_and_who_waits() {
    let page = week_page();
    page.get_by_label_contains("9 von 12 sind da");
    page.get_by_label_contains("214 eingeladen, 2 zugesagt, 6 warten");
    page.get_by_label_contains("Sabine Wolff, Sie sind eingeladen");
    page.get_by_label_contains("öffentlich, Gäste zugelassen");
    page.get_by_label_contains("11:08 – 12:38, in 8 Minuten, Bald");
    page.get_by_role_and_label(Kind::Heading, "Donnerstag, 26. November");
}

#[test]
fn b5_b6_b7_b15_join_is_offered_for_what_runs_or_will_soon_and_for_own_rooms() {
    let mut page = week_page();
    assert_eq!(enabled(&page, "Anruf beitreten").len(), 3, "running, soon, permanent");
    assert_eq!(enabled(&page, "Anzeigen").len(), 7, "of both kinds");
    click_in_row(&mut page, "Anruf beitreten", 1);
    let number = week()[3].number.clone();
    assert!(asked(&mut page).contains(&PlannerCommand::Room { number: number.clone() }));
    let answer = room("Nebenkosten", RoomKind::Webinar, &number);
    apply(&mut page, PlannerEvent::Room { number, room: Ok(answer) });
    assert_eq!(page.state().state.screen, Screen::PreJoin);
}

#[test]
fn b8_d15_show_opens_the_details_and_back_returns() {
    let mut page = week_page();
    click_in_row(&mut page, "Anzeigen", 2);
    let expected = [PlannerCommand::Details { entry: TOMORROW }, PlannerCommand::ListMail];
    assert_eq!(asked(&mut page), expected);
    page.get_by_label("2 zugesagt · 1 vielleicht · 1 abgesagt · 1 offen");
    page.get_by_label("Farid Rahimi, Abgesagt");
    page.get_by_label("PIN: 730512");
    page.get_by_label_contains("Teilnehmer werden per E-Mail benachrichtigt.");
    page.get_by_label_contains("Bleibt reserviert, solange der Eintrag besteht");
    click(&mut page, "Zurück");
    assert_eq!(page.state().state.planner.shown, None);
    assert_eq!(selected(&page), Some(TOMORROW));
}

#[test]
fn b9_b10_edit_is_off_while_running_and_after_and_for_others() {
    let mut page = week_page();
    let expected = [false, true, true, false, true, false, false];
    assert_eq!(enabled(&page, "Bearbeiten"), expected);
    click_in_row(&mut page, "Bearbeiten", 2);
    assert_eq!(asked(&mut page), [PlannerCommand::Details { entry: TOMORROW }]);
    let details = Ok(details(week().remove(2)));
    apply(&mut page, PlannerEvent::Details { entry: TOMORROW, details });
    let dialog = page.state().state.entry.dialog.as_ref().expect("the dialog");
    assert_eq!(dialog.id, Some(TOMORROW));
}

#[test]
fn b11_b12_x6_delete_asks_and_is_off_while_the_conference_is_live() {
    let mut page = week_page();
    let expected = [false, true, true, false, true, true, true];
    assert_eq!(enabled(&page, "Löschen"), expected);
    page.state_mut().state.planner.select(TOMORROW);
    press(&mut page, Modifiers::NONE, Key::Delete);
    page.get_by_label_contains("Die Nummer 612 004 390 wird wieder frei");
    assert!(page.get_by_role_and_label(Kind::Button, "Behalten").is_focused());
    click(&mut page, "Behalten");
    assert!(asked(&mut page).is_empty());
    press(&mut page, Modifiers::NONE, Key::Delete);
    let last = enabled(&page, "Löschen").len() - 1;
    click_in_row(&mut page, "Löschen", last);
    assert_eq!(asked(&mut page), [PlannerCommand::Delete { entry: TOMORROW }]);
    page.state_mut().state.planner.select(RUNNING);
    press(&mut page, Modifiers::NONE, Key::Delete);
    assert_eq!(page.state().state.planner.question, None);
}

#[test]
fn b13_d1_d7_a_click_selects_and_the_invite_bar_acts_on_it() {
    let mut page = week_page();
    page.get_by_label_contains("09:00 – 10:00").click();
    page.run_steps(3);
    assert_eq!(selected(&page), Some(TOMORROW));
    asked(&mut page);
    click(&mut page, "Per E-Mail");
    assert_eq!(asked(&mut page), [PlannerCommand::SendInvitations { entry: TOMORROW }]);
    let queued = Ok(InvitationsQueued { queued: 11 });
    apply(&mut page, PlannerEvent::Invited { entry: TOMORROW, queued });
    page.get_by_label("11 E-Mails sind unterwegs.");
    page.get_by_label_contains("16:00 – 17:00").click();
    page.run_steps(3);
    assert_eq!(enabled(&page, "Per E-Mail"), [false], "only the organiser invites");
    assert_eq!(enabled(&page, "Kalendereintrag"), [true], "everybody has a calendar");
}

#[test]
fn b14_a_double_click_starts_at_any_time() {
    let mut page = week_page();
    let row = page.get_by_label_contains("09:00 – 10:00").rect().center();
    page.hover_at(row);
    page.run_steps(2);
    // All within one frame: the harness's clock would take two clicks for slow ones.
    for pressed in [true, false, true, false] {
        page.input_mut().events.push(egui::Event::PointerButton {
            pos: row,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    page.step();
    let number = week()[2].number.clone();
    assert!(asked(&mut page).contains(&PlannerCommand::Room { number }));
}

#[test]
fn arrows_select_enter_shows_and_command_enter_starts() {
    let mut page = week_page();
    page.state_mut().state.planner.selected = None;
    press(&mut page, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(selected(&page), Some(RUNNING));
    press(&mut page, Modifiers::NONE, Key::ArrowDown);
    press(&mut page, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(selected(&page), Some(TOMORROW));
    press(&mut page, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(selected(&page), Some(SOON));
    asked(&mut page);
    press(&mut page, Modifiers::COMMAND, Key::Enter);
    let number = week()[3].number.clone();
    assert_eq!(asked(&mut page), [PlannerCommand::Room { number }]);
    press(&mut page, Modifiers::NONE, Key::Enter);
    assert_eq!(page.state().state.planner.shown, Some(SOON));
    press(&mut page, Modifiers::NONE, Key::Escape);
    assert_eq!(page.state().state.planner.shown, None);
}

#[test]
fn d2_the_invitation_is_copied_and_said_so_in_place() {
    let mut page = week_page();
    click(&mut page, "Einladung kopieren");
    let act = Act::Text(Language::German);
    let language = Language::German;
    let wanted = [PlannerCommand::Invitation { entry: SOON, language, act }];
    assert_eq!(asked(&mut page), wanted);
    let invitation = Invitation {
        language: "de".into(),
        subject: String::new(),
        text: "Kommen Sie.".into(),
        html: String::new(),
        link: "https://kath.example/j/abc".into(),
        number: "612004389".into(),
        phone_number: None,
        pin: None,
    };
    let event = PlannerEvent::Invitation { entry: SOON, act, invitation: Ok(invitation) };
    page.state_mut().apply(planner(event));
    page.step();
    let copied = OutputCommand::CopyText("Kommen Sie.".into());
    assert!(page.output().platform_output.commands.contains(&copied));
    page.run_steps(2);
    page.get_by_label("Einladung kopiert");
}

#[test]
fn d3_the_calendar_file_is_saved_and_offered_to_the_calendar() {
    let mut page = week_page();
    click(&mut page, "Kalendereintrag");
    let name = "Nebenkostenabrechnung 2026_ was sich ändert.ics".to_owned();
    let language = Language::German;
    let wanted = PlannerCommand::SaveCalendar { entry: SOON, name, language };
    assert_eq!(asked(&mut page), [wanted]);
    let path = std::path::PathBuf::from("/home/miriam/termin.ics");
    let event = PlannerEvent::CalendarSaved { entry: SOON, saved: Ok(Some(path.clone())) };
    apply(&mut page, event);
    page.get_by_label("Gespeichert: termin.ics");
    click(&mut page, "Im Kalender öffnen");
    assert_eq!(asked(&mut page), [PlannerCommand::OpenCalendar(path)]);
}

#[test]
fn every_refusal_has_its_sentence_in_both_languages() {
    let codes = [
        "no_profile",
        "entry_running",
        "entry_over",
        "conference_live",
        "not_recurring",
        "occurrence_begun",
        "last_occurrence",
        "too_many_exceptions",
        "no_mail",
        "no_date",
        "single_occurrence",
        "not_invited",
        "forbidden",
        "not_found",
        "invalid",
        "internal",
    ];
    for language in [Language::German, Language::English] {
        let mut page = harness(lively(language));
        let mut told = std::collections::BTreeSet::new();
        for code in codes {
            page.state_mut().state.planner.failure = Some(hub_code(code));
            page.run_steps(2);
            let alert = page.get_by_role(Kind::Alert).accesskit_node().label().expect("a sentence");
            assert!(!alert.ends_with(": no"), "{code}: {alert}");
            told.insert(alert);
        }
        assert_eq!(told.len(), codes.len(), "{told:?}");
    }
}

#[test]
fn no_key_reaches_the_page_behind_a_spontaneous_call() {
    let mut page = week_page();
    let before = selected(&page);
    click(&mut page, "Sofort anrufen");
    press(&mut page, Modifiers::COMMAND, Key::N);
    page.get_by_role_and_label(Kind::Dialog, "Sofort anrufen");
    assert!(page.state().state.entry.dialog.is_none());
    press(&mut page, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(selected(&page), before);
}

#[test]
fn b2_each_filter_is_a_control_and_asks_the_hub() {
    let mut page = week_page();
    let mut choose = |kind: Kind, opener: Option<&str>, choice: &str| {
        if let Some(opener) = opener {
            page.get_by_role_and_label(Kind::ComboBox, opener).click();
            page.run_steps(3);
        }
        page.get_all_by_role_and_label(kind, choice).last().expect(choice).click();
        page.run_steps(3);
        match &asked(&mut page)[..] {
            [PlannerCommand::List(query)] => query.clone(),
            other => panic!("{choice}: {other:?}"),
        }
    };
    let query = choose(Kind::RadioButton, None, "Webinare");
    assert_eq!(query.kind, Some(RoomKind::Webinar));
    let query = choose(Kind::MenuItem, Some("Zustand"), "Geplant");
    assert_eq!(query.state, Some(EntryState::Planned));
    let query = choose(Kind::MenuItem, Some("Zeitraum"), "Heute");
    // The 25th of November, from midnight to midnight in Berlin.
    let day = (query.from_ms, query.to_ms);
    assert_eq!(day, (Some(1_795_561_200_000), Some(1_795_647_600_000)));
    let query = choose(Kind::MenuItem, Some("Von wem"), "Von mir");
    assert_eq!(query.whose, Whose::Mine);
    assert_eq!((query.kind, query.state), (Some(RoomKind::Webinar), Some(EntryState::Planned)));
}
