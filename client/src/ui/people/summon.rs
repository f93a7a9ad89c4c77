//! Bringing people into the conference that runs: everybody who belongs to its room, or a contact.

use crate::icons;
use crate::state::Phase;
use crate::theme::font;
use crate::ui::View;
use crate::widgets::{label, menu_item, menu_line};
use egui::{Margin, ScrollArea, Ui};
use protocol::{ParticipantKind, Presence, RoomKind};

/// So high the list of contacts grows before it scrolls, points.
const MOST: f32 = 216.0;

/// The lines of the menu; none for guests, and none for who only watches a webinar.
pub fn items(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(call) = view.state.call.as_ref().filter(|call| call.phase == Phase::In) else {
        return;
    };
    let allowed = call.host() || call.room.kind == RoomKind::GroupCall;
    if !view.state.live || !allowed {
        return;
    }
    let width = ui.available_width();
    menu_line(ui);
    // How many that are, the hub says; the user is asked then.
    if menu_item(ui, Some(icons::ICON_RING_VOLUME), &t.get("rooms-ring"), false, width).clicked() {
        view.state.call_the_others();
    }
    let missing = missing(view);
    if missing.is_empty() {
        return;
    }
    egui::Frame::NONE.inner_margin(Margin { left: 10, right: 0, top: 8, bottom: 2 }).show(
        ui,
        |ui| {
            label(ui, t.get("contacts-fetch"), font::semibold(12.0), view.p.text3);
        },
    );
    ScrollArea::vertical().id_salt("fetch").max_height(MOST).show(ui, |ui| {
        for (user, name) in missing {
            if menu_item(ui, Some(icons::ICON_PERSON_ADD), &name, false, width).clicked() {
                view.state.fetch(&user);
            }
        }
    });
}

/// The contacts who are signed in and not here: account and display name.
fn missing(view: &View<'_>) -> Vec<(String, String)> {
    let (people, call) = (&view.state.people, view.state.call.as_ref());
    let inside = |name: &str| {
        call.is_some_and(|call| {
            let mut users = call.participants.iter().filter(|p| p.kind == ParticipantKind::User);
            users.any(|person| person.name == name)
        })
    };
    let contacts = people.contacts.iter().flatten().filter(|contact| {
        people.presence(&contact.name) != Presence::Offline && !inside(&contact.display_name)
    });
    contacts.map(|contact| (contact.name.clone(), contact.display_name.clone())).collect()
}
