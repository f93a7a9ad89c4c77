//! What the page shows by its labels, and what clicks and keys ask for.

use crate::fake::*;
use crate::scene::*;
use client::app::Window;
use client::command::{Command, Line, RoomsCommand};
use client::i18n::Language;
use client::net::Rung;
use client::state::{BackendEvent, Failure, Part, RoomQuestion, RoomsEvent, Screen};
use egui::Key;
use egui::accesskit::Role as Kind;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use protocol::*;

type Page = Harness<'static, Window>;

fn page(window: Window) -> Page {
    let mut page = harness(window);
    page.run_steps(3);
    page.state_mut().take_commands();
    page
}

fn press(page: &mut Page, label: &str) {
    page.get_by_role_and_label(Kind::Button, label).click();
    page.run_steps(4);
}

/// What is in front was drawn last.
fn pick(page: &mut Page, role: Kind, label: &str) {
    page.get_all_by_role_and_label(role, label).last().expect(label).click();
    page.run_steps(4);
}

fn wishes(page: &mut Page) -> Vec<RoomsCommand> {
    asked(page.state_mut())
}

/// What lands in the clipboard when `label` is pressed.
fn copied(page: &mut Page, label: &str) -> Option<String> {
    page.get_by_role_and_label(Kind::Button, label).click();
    clipboard(page)
}

/// What was put into the clipboard by the last click.
fn clipboard(page: &mut Page) -> Option<String> {
    for _ in 0..3 {
        page.step();
        let found =
            page.output().platform_output.commands.iter().find_map(|command| match command {
                egui::OutputCommand::CopyText(text) => Some(text.clone()),
                _ => None,
            });
        if found.is_some() {
            page.run_steps(2);
            return found;
        }
    }
    None
}

#[test]
fn e10_f5_rows_say_who_waits_what_runs_and_what_is_public() {
    let page = page(busy(Language::German));
    for row in [
        "Mieterberatung, 3 Gäste warten, öffentlich",
        "Wochenrunde Verwaltung, Läuft seit 22 Min., öffentlich",
        "Sprechstunde Miriam Vogt, Öffentlich · niemand wartet, öffentlich",
        "Technik und Zähler, Emre: Zähler 14 ist getauscht, 2 neue Nachrichten",
    ] {
        page.get_by_role_and_label(Kind::ListItem, row);
    }
}

#[test]
fn f19_the_bar_leads_into_the_running_conference() {
    let mut page = page(busy(Language::German));
    page.get_by_label("Videobesprechung läuft");
    press(&mut page, "Teilnehmen");
    assert_eq!(page.state().state.screen, Screen::PreJoin);
    let commands = page.state_mut().take_commands();
    assert!(commands.contains(&Command::OpenRoom { number: ROUND.into(), camera: true }));
}

#[test]
fn f10_the_handset_starts_a_quiet_room() {
    let mut window = quiet(Language::German);
    show(&mut window, OFFICE);
    let mut page = page(window);
    press(&mut page, "Starten");
    let commands = page.state_mut().take_commands();
    assert!(commands.contains(&Command::OpenRoom { number: OFFICE.into(), camera: true }));
}

#[test]
fn f17_calling_all_asks_first_with_the_safe_button_in_focus() {
    let mut page = page(busy(Language::German));
    press(&mut page, "Alle rufen");
    let ask = RoomsCommand::Ring { number: ROUND.into(), confirm: false, video: true };
    assert_eq!(wishes(&mut page), [ask]);
    let outcome = Ok(Rung::Ask(11));
    page.state_mut().apply(event(RoomsEvent::Rung { number: ROUND.into(), outcome }));
    page.run_steps(4);
    page.get_by_label_contains("Es klingelt bei 11 Personen");
    assert!(page.get_by_role_and_label(Kind::Button, "Abbrechen").is_focused());
    press(&mut page, "Beitreten und rufen");
    assert_eq!(page.state().state.screen, Screen::PreJoin);
}

#[test]
fn e12_the_info_icon_opens_and_closes_the_settings() {
    let mut page = page(busy(Language::German));
    page.get_by_role_and_label(Kind::Switch, "Gäste zulassen");
    let hide = page.get_all_by_role_and_label(Kind::Button, "Informationen ausblenden").next();
    hide.expect("a button").click();
    page.run_steps(4);
    assert!(page.query_by_label("Gäste zulassen").is_none());
    press(&mut page, "Informationen zum Raum");
    page.get_by_role_and_label(Kind::Switch, "Gäste zulassen");
}

#[test]
fn e9_f13_the_switches_change_the_room_also_while_a_conference_runs() {
    for (label, expected) in [
        (
            "Gäste zulassen",
            RoomPolicy { guests: false, ..RoomPolicy::default_for(RoomKind::GroupCall) },
        ),
        (
            "Warteraum",
            RoomPolicy { waiting_room: true, ..RoomPolicy::default_for(RoomKind::GroupCall) },
        ),
        (
            "Interne sind Moderatoren",
            RoomPolicy { users_moderate: false, ..RoomPolicy::default_for(RoomKind::GroupCall) },
        ),
        (
            "PIN verlangen",
            RoomPolicy { pin_required: true, ..RoomPolicy::default_for(RoomKind::GroupCall) },
        ),
        (
            "Stumm beginnen",
            RoomPolicy { join_muted: true, ..RoomPolicy::default_for(RoomKind::GroupCall) },
        ),
        (
            "Chat für alle",
            RoomPolicy { chat_everyone: false, ..RoomPolicy::default_for(RoomKind::GroupCall) },
        ),
    ] {
        let mut page = page(busy(Language::German));
        page.get_by_role_and_label(Kind::Switch, label).focus();
        page.run_steps(3);
        page.key_press(Key::Space);
        page.run_steps(4);
        let change = ChangeRoom { name: None, policy: Some(expected) };
        let wish = RoomsCommand::Change { number: ROUND.into(), change };
        assert_eq!(wishes(&mut page), [wish], "{label}");
    }
}

#[test]
fn d13_number_pin_and_url_are_each_copied_alone() {
    let mut page = page(busy(Language::German));
    page.get_by_label("Einwahlnummer: 030 5550 0142");
    page.get_by_label("PIN: 7305");
    let number = copied(&mut page, "Einwahlnummer kopieren");
    assert_eq!(number.as_deref(), Some("030 5550 0142"));
    assert_eq!(copied(&mut page, "PIN kopieren").as_deref(), Some("7305"));
    let url = copied(&mut page, "URL kopieren");
    assert_eq!(url.as_deref(), Some("https://kath.example/j/612006120"));
}

#[test]
fn d14_one_click_copies_everything_in_the_language_of_the_window() {
    let mut page = page(busy(Language::German));
    let text = copied(&mut page, "In Zwischenablage kopieren").expect("text");
    assert!(text.contains("Link: https://kath.example/j/612006120") && text.contains("PIN: 7305"));
    page.get_by_label("Kopiert: Nummer, PIN und URL als Text");
    page.run_steps(20);
    assert!(page.query_by_label("Kopiert: Nummer, PIN und URL als Text").is_none());
    let mut english = self::page(busy(Language::English));
    let text = copied(&mut english, "Copy to clipboard").expect("text");
    assert!(text.contains("Link in English"));
}

#[test]
fn d16_e1_the_page_says_how_long_a_link_is_valid() {
    page(busy(Language::German)).get_by_label_contains("auch für spätere Besprechungen");
    let mut window = busy(Language::German);
    let mut short = room("Kurz", RoomKind::GroupCall, OFFICE);
    short.ad_hoc = true;
    let number = OFFICE.to_owned();
    show(&mut window, OFFICE);
    window.apply(event(RoomsEvent::Details { number, details: Ok(details(short)) }));
    page(window).get_by_label_contains("solange dieses Gespräch dauert");
}

#[test]
fn e13_f16_who_shares_a_number_is_told_to_lock() {
    page(busy(Language::German)).get_by_label_contains("Schließen Sie die Sitzung ab");
}

#[test]
fn g5_free_guest_places_are_told_and_their_lack_too() {
    let mut window = busy(Language::German);
    page(busy(Language::German)).get_by_label_contains("noch 48 Gastplätze frei");
    window.apply(event(capacity(0)));
    page(window).get_by_label_contains("Alle Gastplätze des Servers sind belegt");
}

#[test]
fn j6_enter_sends_and_shift_enter_begins_a_line() {
    let mut page = page(busy(Language::German));
    let field = "Nachricht an Wochenrunde Verwaltung";
    let role = Kind::MultilineTextInput;
    page.get_by_role_and_label(role, field).focus();
    page.run_steps(2);
    page.get_by_role_and_label(role, field).type_text("erste");
    page.run_steps(2);
    page.key_press_modifiers(egui::Modifiers::SHIFT, Key::Enter);
    page.run_steps(2);
    page.get_by_role_and_label(role, field).type_text("zweite");
    page.run_steps(2);
    page.key_press(Key::Enter);
    page.run_steps(3);
    let text = Line("erste\nzweite".into());
    let wish = RoomsCommand::Write { number: ROUND.into(), key: 1, text };
    assert_eq!(wishes(&mut page), [wish]);
    page.get_by_label("wird gesendet");
    let line = Err(Failure::Unreachable("aus".into()));
    page.state_mut().apply(event(RoomsEvent::Written { number: ROUND.into(), key: 1, line }));
    page.run_steps(3);
    press(&mut page, "Noch einmal senden");
    assert!(matches!(&wishes(&mut page)[..], [RoomsCommand::Write { key: 1, .. }]));
}

#[test]
fn f21_d10_d11_d12_call_now_takes_people_from_the_list_and_a_link_for_guests() {
    let mut page = page(busy(Language::German));
    press(&mut page, "Sofort anrufen");
    page.get_by_role_and_label(Kind::Dialog, "Sofort anrufen");
    pick(&mut page, Kind::ListItem, "Aylin Demir, Verfügbar");
    pick(&mut page, Kind::ListItem, "Tobias Lindner, Nicht angemeldet");
    press(&mut page, "Externe Teilnehmer einladen");
    press(&mut page, "OK");
    let asked = wishes(&mut page);
    let [RoomsCommand::Create { room: made, purpose }] = &asked[..] else { panic!("{asked:?}") };
    assert!(made.ad_hoc && made.name == "Gruppenanruf von Miriam Vogt" && made.members == [2, 7]);
    let fresh = room("Gruppenanruf von Miriam Vogt", RoomKind::GroupCall, "905331648");
    let (told, purpose) = (Ok(details(fresh.clone())), *purpose);
    let window = page.state_mut();
    window.apply(event(RoomsEvent::Created { room: Ok(fresh), purpose }));
    window.apply(event(RoomsEvent::Details { number: "905331648".into(), details: told }));
    page.run_steps(4);
    let urls = page.get_all_by_role_and_label(Kind::Button, "URL kopieren");
    assert_eq!(urls.count(), 2, "in the dialog, and behind it");
    page.get_by_label("URL: https://kath.example/j/905331648");
    press(&mut page, "Starten und 2 Personen rufen");
    assert_eq!(page.state().state.screen, Screen::PreJoin);
}

#[test]
fn f20_whoever_is_no_contact_yet_is_found_by_name() {
    let mut page = page(busy(Language::German));
    press(&mut page, "Neuer Raum");
    let search =
        |page: &Page| page.get_by_role_and_label(Kind::SearchInput, "Personen suchen").focus();
    search(&page);
    page.run_steps(2);
    page.get_by_role_and_label(Kind::SearchInput, "Personen suchen").type_text("Emr");
    page.run_steps(2);
    assert_eq!(wishes(&mut page), [RoomsCommand::FindPeople { query: "Emr".into() }]);
    let found = Ok(vec![user(20, "emre", "Emre Kaya")]);
    page.state_mut().apply(event(RoomsEvent::Found(found)));
    page.run_steps(3);
    pick(&mut page, Kind::ListItem, "Emre Kaya, Nicht angemeldet");
    let form = page.state().state.rooms.create.as_ref().expect("a form");
    assert_eq!(form.members.keys(), [20]);
}

#[test]
fn e2_the_dialog_says_when_a_spontaneous_call_ends_by_itself() {
    let mut page = page(busy(Language::German));
    press(&mut page, "Sofort anrufen");
    page.get_by_label_contains("Kommt dreißig Minuten lang niemand dazu, endet es von selbst.");
}

#[test]
fn e6_e7_e8_the_login_for_other_web_sites_is_dressed_and_copied() {
    let mut page = page(busy(Language::German));
    press(&mut page, "Mehr zu diesem Raum");
    pick(&mut page, Kind::MenuItem, "Auf Website einbetten");
    let asked = wishes(&mut page);
    assert!(matches!(&asked[..], [RoomsCommand::LoadEmbed { .. }]), "once, not in every frame");
    let code = EmbedCode {
        script: "<script></script>".into(),
        frame: "<iframe></iframe>".into(),
        url: String::new(),
    };
    page.state_mut().apply(event(RoomsEvent::Embed { number: ROUND.into(), code: Ok(code) }));
    page.run_steps(3);
    assert_eq!(copied(&mut page, "Skript kopieren").as_deref(), Some("<script></script>"));
    page.get_by_role_and_label(Kind::Status, "In die Zwischenablage kopiert");
    assert_eq!(copied(&mut page, "Rahmen kopieren").as_deref(), Some("<iframe></iframe>"));
    assert_eq!(wishes(&mut page), [], "the same look is asked for once");
    let form = page.state_mut().state.rooms.info.embed.as_mut().expect("a form");
    form.look.color = "#12".into();
    page.run_steps(3);
    page.get_by_label_contains("Farben schreiben Sie als # und sechs Ziffern");
    assert_eq!(wishes(&mut page), []);
    let form = page.state_mut().state.rooms.info.embed.as_mut().expect("a form");
    form.look.color = "#1f4a3f".into();
    page.run_steps(3);
    let asked = wishes(&mut page);
    let [RoomsCommand::LoadEmbed { look, .. }] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(look.color, "#1f4a3f");
}

#[test]
fn members_links_and_the_room_itself_are_changed_only_after_a_question() {
    let mut page = page(busy(Language::German));
    page.set_size(egui::vec2(1440.0, 1800.0));
    page.run_steps(4);
    press(&mut page, "Alle zeigen");
    press(&mut page, "Mehr zu Carlos Mendes");
    pick(&mut page, Kind::MenuItem, "Zur Moderation machen");
    let set = RoomsCommand::SetMember { number: ROUND.into(), user: 10, host: true };
    assert_eq!(wishes(&mut page), [set]);
    press(&mut page, "Mehr zu Carlos Mendes");
    pick(&mut page, Kind::MenuItem, "Aus dem Raum entfernen");
    assert_eq!(wishes(&mut page), []);
    page.get_by_label_contains("Die Person sieht den Raum nicht mehr");
    press(&mut page, "Aus dem Raum entfernen");
    let remove = RoomsCommand::RemoveMember { number: ROUND.into(), user: 10 };
    assert_eq!(wishes(&mut page), [remove]);
    let revoke = RoomQuestion::RevokeLink { number: ROUND.into(), id: 1, label: "Beirat".into() };
    page.state_mut().state.rooms.question = Some(revoke);
    page.run_steps(4);
    press(&mut page, "Zurückziehen");
    assert_eq!(wishes(&mut page), [RoomsCommand::RevokeLink { number: ROUND.into(), id: 1 }]);
    press(&mut page, "Mehr zu diesem Raum");
    pick(&mut page, Kind::MenuItem, "Raum löschen");
    page.key_press(Key::Escape);
    page.run_steps(4);
    assert!(page.state().state.rooms.question.is_none());
    assert_eq!(wishes(&mut page), []);
}

#[test]
fn every_refusal_has_its_sentence_in_both_languages() {
    let failures = [
        (refused("running"), "Beenden Sie es zuerst", "End it first"),
        (refused("planned"), "Löschen Sie dort den Eintrag", "Delete the entry there"),
        (refused("owner"), "sie bleibt Mitglied", "stays a member"),
        (refused("ringing"), "Es klingelt schon", "It rings for all"),
        (refused("nobody"), "niemand zu rufen", "nobody to call"),
        (refused("forbidden"), "Bitten Sie dort darum", "Ask them"),
        (refused("not_found"), "gibt es nicht mehr", "no longer exists"),
        (wrong("name"), "1 bis 120 Zeichen", "1 to 120 characters"),
        (wrong("members"), "kein Konto mehr", "no longer has an account"),
        (wrong("label"), "für wen oder was", "for whom or what"),
        (wrong("expires_at_ms"), "schon abgelaufen", "over already"),
        (wrong("text"), "1 bis 2000 Zeichen", "1 to 2000 characters"),
        (wrong("color"), "#rrggbb", "#rrggbb"),
    ];
    for (failure, german, english) in failures {
        for (language, words) in [(Language::German, german), (Language::English, english)] {
            let mut window = busy(language);
            window.state.rooms.info.failure = Some((Part::Room, failure.clone()));
            let page = page(window);
            let found = page.query_all_by_label_contains(words).count();
            assert!(found > 0, "{failure:?}: {words}");
        }
    }
}

#[test]
fn a_narrow_window_takes_turns_and_leads_back() {
    let mut page = page(busy(Language::German));
    page.set_size(egui::vec2(880.0, 640.0));
    page.run_steps(4);
    assert!(page.query_by_label("Räume und Kontakte").is_none());
    press(&mut page, "Zurück zur Liste");
    page.get_by_label("Räume und Kontakte");
    assert!(page.query_by_label("Nachricht an Wochenrunde Verwaltung").is_none());
    pick(&mut page, Kind::ListItem, "Wochenrunde Verwaltung, Läuft seit 22 Min., öffentlich");
    page.get_by_label("Nachricht an Wochenrunde Verwaltung");
}

#[test]
fn the_list_is_walked_with_the_arrows_and_opened_with_enter() {
    let mut page = page(busy(Language::German));
    let first = "Mieterberatung, 3 Gäste warten, öffentlich";
    page.get_by_role_and_label(Kind::ListItem, first).focus();
    page.run_steps(2);
    page.key_press(Key::ArrowDown);
    page.run_steps(3);
    let second = "Wochenrunde Verwaltung, Läuft seit 22 Min., öffentlich";
    assert!(page.get_by_role_and_label(Kind::ListItem, second).is_focused());
    page.key_press(Key::ArrowUp);
    page.run_steps(3);
    page.key_press(Key::Enter);
    page.run_steps(3);
    assert_eq!(page.state().state.rooms.selected.as_deref(), Some(ADVICE));
}

#[test]
fn a_room_that_cannot_be_listed_offers_another_try() {
    let mut window = quiet(Language::German);
    window.state.rooms = Default::default();
    let failure = Failure::Unreachable("aus".into());
    window.apply(event(RoomsEvent::Listed(Err(failure))));
    let mut page = page(window);
    let again = page.get_all_by_role_and_label(Kind::Button, "Noch einmal versuchen").next();
    again.expect("a button").click();
    page.run_steps(3);
    assert_eq!(wishes(&mut page), [RoomsCommand::List]);
}

/// How many profile pictures are on show.
fn faces(page: &Page) -> usize {
    let shapes = page.output().shapes.iter();
    shapes.filter(|s| matches!(&s.shape, egui::Shape::Rect(rect) if rect.brush.is_some())).count()
}

#[test]
fn nobody_gets_a_members_picture_by_calling_themselves_so() {
    let mut window = busy(Language::German);
    window.state.rooms.info_hidden = true;
    let mut page = page(window);
    let line = ChatLine { account: None, ..said(60, "Jonas Kettler", 0, "Ich bin es.") };
    page.state_mut().apply(live(Event::RoomChat { number: ROUND.into(), line }));
    page.run_steps(3);
    let before = faces(&page);
    for member in ["jonas", "mai", "carlos"] {
        let picture = egui::ColorImage::filled([4, 4], egui::Color32::RED);
        page.state_mut().apply(BackendEvent::Picture(member.into(), picture));
    }
    page.run_steps(3);
    page.get_by_label("Ich bin es.");
    // One line of each; not the one of a guest, and nobody of those inside, who have names only.
    assert_eq!(faces(&page), before + 3);
    page.state_mut().state.rooms.info_hidden = false;
    page.run_steps(3);
    assert!(faces(&page) > before + 3, "the members have theirs");
}

#[test]
fn j6_a_line_keeps_its_rows_its_full_stop_and_can_be_copied() {
    let mut page = page(busy(Language::German));
    let words = "Siehe https://akten.example/plan.\nBitte bis Freitag.";
    let line = said(50, "Jonas Kettler", 1, words);
    page.state_mut().apply(live(Event::RoomChat { number: ROUND.into(), line }));
    page.run_steps(3);
    page.get_by_role_and_label(Kind::Link, "https://akten.example/plan");
    page.get_by_label("Bitte bis Freitag.");
    page.get_by_label_contains("Siehe https://akten.example/plan.").click_secondary();
    page.run_steps(4);
    page.get_by_role_and_label(Kind::MenuItem, "Text kopieren").click();
    assert_eq!(clipboard(&mut page).as_deref(), Some(words));
}

#[test]
fn a_copied_further_link_says_so_in_place() {
    let mut page = page(busy(Language::German));
    page.set_size(egui::vec2(1440.0, 1800.0));
    page.run_steps(4);
    let url = copied(&mut page, "Link „Beirat“ kopieren");
    assert_eq!(url.as_deref(), Some("https://kath.example/j/further-1"));
    page.get_by_role_and_label(Kind::Status, "In die Zwischenablage kopiert");
}

#[test]
fn who_was_chosen_for_a_call_or_a_room_goes_only_after_a_question() {
    for title in ["Sofort anrufen", "Neuer Raum"] {
        let mut page = page(busy(Language::German));
        let stands = |page: &Page| page.query_by_role_and_label(Kind::Dialog, title).is_some();
        press(&mut page, title);
        page.key_press(Key::Escape);
        page.run_steps(4);
        assert!(!stands(&page), "nothing to lose");
        press(&mut page, title);
        pick(&mut page, Kind::ListItem, "Aylin Demir, Verfügbar");
        page.key_press(Key::Escape);
        page.run_steps(4);
        page.get_by_role_and_label(Kind::Dialog, "Eingaben verwerfen?");
        press(&mut page, "Weiter bearbeiten");
        assert!(stands(&page) && page.query_by_label("Eingaben verwerfen?").is_none());
        page.get_by_role_and_label(Kind::Button, "Schließen").click();
        page.run_steps(4);
        press(&mut page, "Verwerfen");
        assert!(!stands(&page), "{title}");
        let rooms = &page.state().state.rooms;
        assert!(rooms.start.is_none() && rooms.create.is_none());
    }
}
