//! Calls that ring, and a call that is started anew.

use crate::world::{ROOM, World};
use client::state::State;
use egui::accesskit::Role as Kind;

#[test]
fn a_contact_is_rung_and_answers() {
    let world = World::start();
    let mut ulf = world.walker("ulf");
    let mut eva = world.walker("eva");
    eva.click("Kontakte");
    eva.pick(Kind::ListItem, "Ulf Beispiel, Verfügbar", "Videoanruf");
    eva.sees("Es klingelt bei Ulf Beispiel");
    ulf.sees_a(Kind::AlertDialog, "Eva Muster ruft Sie mit Video an");
    ulf.click("Teilnehmen");
    ulf.is_inside();
    eva.is_inside();
    eva.counts(2);
    ulf.counts(2);
}

#[test]
fn a_whole_room_is_called() {
    let world = World::start();
    let mut ulf = world.walker("ulf");
    let mut eva = world.walker("eva");
    eva.click("Räume");
    eva.press_a(Kind::ListItem, ROOM);
    eva.click("Alle rufen");
    eva.sees("Es klingelt bei einer Person");
    eva.click("Beitreten und rufen");
    eva.go_in();
    ulf.sees_a(Kind::AlertDialog, &format!("Eva Muster ruft Sie in {ROOM}"));
    ulf.click("Teilnehmen");
    ulf.is_inside();
    ulf.counts(2);
    eva.counts(2);
}

#[test]
fn the_call_is_restarted_without_leaving() {
    let world = World::start();
    let mut eva = world.walker("eva");
    let mut ulf = world.walker("ulf");
    for walker in [&mut eva, &mut ulf] {
        walker.click("Räume");
        walker.press_a(Kind::ListItem, ROOM);
    }
    eva.click("Starten");
    eva.go_in();
    ulf.click("Teilnehmen");
    ulf.go_in();
    eva.counts(2);
    let you = |state: &State| state.call.as_ref().map(|call| call.you);
    let (before, known) = (you(eva.state()), eva.connections.len());

    eva.click("Mehr");
    eva.press(Kind::MenuItem, "Gespräch neu starten");
    // The old connection goes, and another one comes.
    eva.until_connected(known);
    eva.is_inside();
    assert_eq!(you(eva.state()), before, "the same participant");

    // What Ulf was told up to this line is all that he was told of the restart.
    eva.click("Chat");
    eva.write("Wieder da");
    ulf.click("Chat");
    ulf.sees_a(Kind::ListItem, "Wieder da");
    assert!(ulf.left.is_empty(), "{:?}", ulf.left);
    ulf.counts(2);
}
