//! An event from its plan to its end.

use crate::driver::Walker;
use crate::world::World;
use egui::accesskit::Role as Kind;

const TITLE: &str = "Nebenkosten verstehen";

/// Plans a webinar that begins now, with two guests who have accounts.
fn plan(host: &mut Walker) {
    host.click("Webinar planen");
    host.fill(Kind::TextInput, "Titel", TITLE);
    host.type_into(Kind::TextInput, "Beginn", "h");
    for (typed, name) in [("ulf", "Ulf Beispiel"), ("ada", "Ada Probe")] {
        host.fill(Kind::ComboBox, "Zugeordnete Teilnehmer", typed);
        host.press_a(Kind::ListBoxOption, name);
    }
    host.click("Speichern");
    host.sees_a(Kind::ListItem, TITLE);
}

/// From the list into the conference.
fn enter(walker: &mut Walker) {
    walker.click("Anruf beitreten");
    walker.go_in();
}

#[test]
fn plan_invite_join_hand_chat_lock_hold_resume_end() {
    let world = World::start();
    let mut eva = world.walker("eva");
    plan(&mut eva);
    eva.press_a(Kind::ListItem, TITLE);
    eva.click("Einladung kopieren");
    eva.sees("Einladung kopiert");
    let text = eva.copied.last().unwrap();
    assert!(text.contains(TITLE) && text.contains("/j/"), "{text}");
    enter(&mut eva);

    let mut ulf = world.walker("ulf");
    ulf.double_click_a(Kind::ListItem, TITLE);
    ulf.go_in();
    eva.counts(2);

    ulf.click("Hand heben");
    eva.click("Teilnehmer");
    eva.sees_a(Kind::ListItem, "1: Ulf Beispiel");
    ulf.click("Hand senken");
    eva.sees_no_more("1: Ulf Beispiel");

    eva.click("Chat");
    ulf.click("Chat");
    eva.write("Guten Morgen zusammen");
    ulf.sees_a(Kind::ListItem, "Guten Morgen zusammen");
    ulf.write("Gilt das auch für Stellplätze?");
    eva.sees_a(Kind::ListItem, "Gilt das auch für Stellplätze?");

    eva.click("Abschließen");
    ulf.sees("Abgeschlossen: niemand kommt mehr hinzu");
    let mut ada = world.walker("ada");
    ada.click("Anruf beitreten");
    ada.click("Beitreten");
    ada.sees("Das Gespräch ist abgeschlossen. Bitten Sie die Moderation, aufzuschließen.");
    eva.click("Aufschließen");
    ulf.sees("Wieder offen für alle");
    ada.click("Wieder beitreten");
    ada.go_in();
    ada.click("Verlassen");
    ada.sees("Gespräch verlassen");
    eva.counts(2);

    eva.click("Halten");
    ulf.sees("Gleich geht es weiter");
    eva.sees("Das Webinar ist angehalten");
    eva.click("Fortsetzen");
    ulf.is_inside();
    eva.sees_no_more("Das Webinar ist angehalten");

    eva.click("Weitere Wege hinaus");
    eva.press(Kind::MenuItem, "Für alle beenden");
    eva.sees("Für alle beenden?");
    eva.click("Für alle beenden");
    for walker in [&mut eva, &mut ulf] {
        walker.sees("Die Moderation hat für alle beendet.");
        walker.sees("Zu den Räumen");
    }
}
