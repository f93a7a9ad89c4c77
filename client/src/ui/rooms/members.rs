//! Who belongs to a room.

use super::top::heading;
use super::{ask, picker, words};
use crate::command::RoomsCommand;
use crate::icons;
use crate::state::{Part, Picked, RoomQuestion, manages};
use crate::theme::font;
use crate::ui::View;
use crate::ui::contacts::{contact_menu, picture};
use crate::widgets::{
    Button, Kind, avatar, avatars, elided, failure, focus_ring, icon_button, label, menu_below,
    menu_item, presence_dot,
};
use egui::{Align, Layout, Rect, Sense, Ui, pos2, vec2};
use protocol::{Room, RoomMember, Standing};

/// Faces before the rest is a number.
const FACES: usize = 7;
/// A member's row.
const ROW: f32 = 44.0;

/// The section.
pub fn show(ui: &mut Ui, view: &mut View<'_>, room: &Room) {
    let (p, t) = (view.p, view.t);
    let members = view.state.rooms.info.members.clone();
    ui.horizontal(|ui| {
        heading(ui, view, &t.get("rooms-members-title"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if manages(room)
                && icon_button(ui, icons::ICON_PERSON_ADD, &t.get("rooms-member-add"), 32.0)
                    .clicked()
            {
                let adding = &mut view.state.rooms.info.adding;
                *adding = if adding.is_some() { None } else { Some(Picked::default()) };
            }
            if let Some(members) = &members {
                label(ui, members.len().to_string(), font::medium(13.0), p.text2);
            }
        });
    });
    if let Some(cause) = view.state.rooms.info.failure_of(Part::Members) {
        failure(ui, &words::failure(t, cause));
    }
    adding(ui, view);
    let Some(members) = members else { return };
    if view.state.rooms.info.all_members {
        for member in &members {
            row(ui, view, room, member);
        }
    } else {
        faces(ui, view, &members);
    }
    let open = view.state.rooms.info.all_members;
    let words = t.get(if open { "rooms-members-fewer" } else { "rooms-members-all" });
    if ui.add(Button::new(&words).kind(Kind::Ghost).height(32.0)).clicked() {
        view.state.rooms.info.all_members = !open;
    }
}

fn faces(ui: &mut Ui, view: &mut View<'_>, members: &[RoomMember]) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::hover());
    let names: Vec<_> = members.iter().map(|member| member.display_name.as_str()).collect();
    let spoken = names.join(", ");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &spoken));
    let people: Vec<_> = members
        .iter()
        .map(|member| (member.display_name.as_str(), picture(view, &member.name)))
        .collect();
    let at = pos2(rect.left() + 1.0, rect.center().y);
    avatars(ui, at, 28.0, &people, FACES, view.p.panel);
    response.on_hover_text(spoken);
}

fn row(ui: &mut Ui, view: &mut View<'_>, room: &Room, member: &RoomMember) {
    let (p, t) = (view.p, view.t);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let standing = t.get(match member.standing {
        Standing::Owner => "rooms-standing-owner",
        Standing::Host => "rooms-standing-host",
        Standing::Member => "rooms-standing-member",
    });
    let spoken = format!("{}, {standing}", member.display_name);
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::ListItem, true, &spoken));
    let middle = pos2(rect.left() + 17.0, rect.center().y);
    let picture = picture(view, &member.name);
    avatar(ui.painter(), middle, 32.0, &member.display_name, picture);
    let me = view.state.people.me.as_ref().is_some_and(|me| me.id == member.user);
    if !me {
        presence_dot(ui, middle, 32.0, view.state.people.presence(&member.name), p.panel);
    }
    let left = rect.left() + 46.0;
    let name = Rect::from_min_max(
        pos2(left, rect.top() + 4.0),
        pos2(rect.right() - 40.0, rect.top() + 24.0),
    );
    elided(ui.painter(), name, &member.display_name, font::medium(14.0), p.text);
    let below = Rect::from_min_max(pos2(left, name.bottom()), pos2(name.right(), rect.bottom()));
    elided(ui.painter(), below.shrink2(vec2(0.0, 2.0)), &standing, font::regular(12.0), p.text3);
    if response.has_focus() {
        focus_ring(ui.painter(), rect.shrink(3.0), 8.0, p);
    }
    if !me {
        contact_menu(&response, view, &member.name);
    }
    if !manages(room) || member.standing == Standing::Owner || me {
        return;
    }
    let spot = Rect::from_center_size(pos2(rect.right() - 16.0, rect.center().y), vec2(32.0, 32.0));
    let name = t.named("rooms-member-more", &member.display_name);
    let builder = egui::UiBuilder::new().id_salt(("member", member.user)).max_rect(spot);
    let button = icon_button(&mut ui.new_child(builder), icons::ICON_MORE_VERT, &name, 32.0);
    menu_below(&button, |ui| menu(ui, view, room, member));
}

fn menu(ui: &mut Ui, view: &mut View<'_>, room: &Room, member: &RoomMember) {
    let t = view.t;
    let width = ui.available_width();
    let (number, user) = (room.number.clone(), member.user);
    let host = member.standing == Standing::Host;
    let words = t.get(if host { "rooms-member-no-host" } else { "rooms-member-host" });
    if menu_item(ui, Some(icons::ICON_BADGE), &words, false, width).clicked() {
        let number = number.clone();
        ask(view, [RoomsCommand::SetMember { number, user, host: !host }]);
    }
    let words = t.get("rooms-member-remove");
    if menu_item(ui, Some(icons::ICON_PERSON_REMOVE), &words, false, width).clicked() {
        let name = member.display_name.clone();
        view.state.rooms.question = Some(RoomQuestion::RemoveMember { number, user, name });
    }
}

/// People who are being taken in.
fn adding(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(mut picked) = view.state.rooms.info.adding.take() else { return };
    let members = view.state.rooms.info.members.as_deref().unwrap_or_default();
    let known: Vec<i64> = members.iter().map(|member| member.user).collect();
    picker::show(ui, view, &mut picked, &known, 176.0);
    let some = !picked.people.is_empty();
    view.state.rooms.info.adding = Some(picked);
    let words = t.get("rooms-member-add-go");
    let button = Button::new(&words).kind(Kind::Primary).enabled(some);
    if ui.add(button.width(ui.available_width())).clicked() {
        let wishes = view.state.rooms.add_members();
        ask(view, wishes);
    }
}
