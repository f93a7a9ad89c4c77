//! Somebody by link, in front of a door that is watched.

use crate::world::{ROOM, World};
use egui::accesskit::Role as Kind;
use protocol::{HubMessage, WaitReason};

#[test]
fn a_guest_waits_and_is_admitted() {
    let world = World::start();
    let mut eva = world.walker("eva");
    eva.click("Räume");
    eva.press_a(Kind::ListItem, ROOM);
    eva.press(Kind::Switch, "Warteraum");
    eva.until_state("waiting room", |state| {
        state.rooms.current().is_some_and(|room| room.policy.waiting_room)
    });
    let link = eva.state().rooms.current().unwrap().link_path.clone();
    eva.click("Starten");
    eva.go_in();

    let mut guest = world.guest(&link, "Familie Brandt");
    guest.hears("door", |m| matches!(m, HubMessage::Waiting { reason: WaitReason::Knock, .. }));
    eva.sees_a(Kind::Alert, "Familie Brandt wartet vor der Tür");
    eva.click("Teilnehmer");
    eva.sees_a(Kind::ListItem, "Familie Brandt, Gast");
    eva.click("Familie Brandt einlassen");
    guest.hears("way in", |m| matches!(m, HubMessage::Joined { .. }));
    eva.counts(2);
    eva.sees_no_more("wartet vor der Tür");
    eva.sees("Familie Brandt");
}
