//! Who is here, and whose hand is up, in order.

use super::{View, column, region, words};
use crate::command::Command;
use crate::icons;
use crate::state::{Panel, Toast};
use crate::theme::font;
use crate::widgets::{Button, Kind, avatar, elided, icon_button, menu_item};
use egui::{Align, Align2, Layout, Popup, Rect, RectAlign, ScrollArea, Sense, Ui, pos2, vec2};
use protocol::{Participant, ParticipantId, Role, RoomKind};

/// A person's row.
const ROW: f32 = 48.0;
/// Hands shown before the list scrolls.
const HANDS: usize = 4;

/// The people panel.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let inner = rect.shrink(12.0);
    header(ui, view, Rect::from_min_size(inner.min, vec2(inner.width(), 40.0)));
    let Some(call) = &view.state.call else { return };
    // A few hundred small records a frame: cheaper than any borrowing acrobatics.
    let hands: Vec<Participant> = call.hands().into_iter().cloned().collect();
    let people = call.participants.clone();
    let link = call.room.link_path.clone();
    let mut body = Rect::from_min_max(inner.min + vec2(0.0, 48.0), inner.max);
    if let Some(path) = link {
        let row = Rect::from_min_max(pos2(body.left(), body.bottom() - 40.0), body.max);
        body.max.y = row.top() - 8.0;
        region(ui, "invite", row, Layout::left_to_right(Align::Center), |ui| {
            let words = view.t.get("invite");
            let button = Button::new(&words).icon(icons::ICON_PERSON_ADD).height(40.0);
            if ui.add(button.width(row.width())).clicked() {
                copy_invitation(ui, view, &path);
            }
        });
    }
    region(ui, "people", body, column(), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if !hands.is_empty() {
            hand_queue(ui, view, &hands);
            ui.add_space(12.0);
        }
        let words = view.t.get("people-in-call");
        let at = ui.cursor().min + vec2(8.0, 8.0);
        ui.painter().text(at, Align2::LEFT_CENTER, words, font::semibold(12.0), view.p.text3);
        ui.add_space(16.0);
        ui.add_space(4.0);
        ScrollArea::vertical().auto_shrink(false).id_salt("people").show_rows(
            ui,
            ROW,
            people.len(),
            |ui, shown| {
                for person in &people[shown] {
                    row(ui, view, person);
                }
            },
        );
    });
}

/// Puts the guest link into the clipboard and says so.
pub fn copy_invitation(ui: &Ui, view: &mut View<'_>, path: &str) {
    if let Some(link) = view.state.link(path) {
        ui.ctx().copy_text(link);
        view.state.toasts.show(Toast::Copied, view.state.now.seconds);
    }
}

fn header(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let (p, t) = (view.p, view.t);
    let count = view.state.call.as_ref().map_or(0, |call| call.participants.len()).to_string();
    let at = pos2(rect.left() + 8.0, rect.center().y);
    crate::widgets::spread(
        ui.painter(),
        at,
        &[(&t.get("people"), font::semibold(16.0), p.text), (&count, font::medium(16.0), p.text3)],
    );
    region(ui, "people_header", rect, Layout::right_to_left(Align::Center), |ui| {
        if icon_button(ui, icons::ICON_CLOSE, &t.get("panel-close"), 36.0).clicked()
            && let Some(call) = &mut view.state.call
        {
            call.toggle(Panel::People);
        }
    });
}

fn hand_queue(ui: &mut Ui, view: &mut View<'_>, hands: &[Participant]) {
    let (p, t) = (view.p, view.t);
    let rows = hands.len().min(HANDS) as f32;
    let (card, _) =
        ui.allocate_exact_size(vec2(ui.available_width(), 40.0 + rows * ROW + 6.0), Sense::hover());
    ui.painter().rect_filled(card, 12.0, p.hand_soft);
    let title = pos2(card.left() + 22.0, card.top() + 22.0);
    icons::paint(ui.painter(), icons::ICON_FRONT_HAND.filled(), title, 18.0, p.hand);
    let words = t.get("hands-title");
    ui.painter().text(
        title + vec2(18.0, 0.0),
        Align2::LEFT_CENTER,
        words,
        font::semibold(13.0),
        p.hand,
    );
    let host = view.state.call.as_ref().is_some_and(|call| call.host());
    if host && hands.len() > 1 {
        let corner = Rect::from_min_max(
            card.right_top() + vec2(-140.0, 4.0),
            card.right_top() + vec2(-4.0, 38.0),
        );
        region(ui, "lower_all", corner, Layout::right_to_left(Align::Center), |ui| {
            let words = t.get("hands-lower-all");
            if ui.add(Button::new(&words).kind(Kind::Ghost).height(32.0)).clicked() {
                for hand in hands {
                    lower(view, hand.id);
                }
            }
        });
    }
    let list = Rect::from_min_max(card.min + vec2(4.0, 40.0), card.max - vec2(4.0, 6.0));
    region(ui, "hand_list", list, column(), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().id_salt("hands").auto_shrink(false).show_rows(
            ui,
            ROW,
            hands.len(),
            |ui, shown| {
                for place in shown {
                    hand_row(ui, view, &hands[place], place, host);
                }
            },
        );
    });
}

fn hand_row(ui: &mut Ui, view: &mut View<'_>, person: &Participant, place: usize, host: bool) {
    let (p, t) = (view.p, view.t);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let painter = ui.painter();
    let dot = pos2(rect.left() + 19.0, rect.center().y);
    painter.circle_filled(dot, 11.0, p.hand);
    painter.text(
        dot,
        Align2::CENTER_CENTER,
        (place + 1).to_string(),
        font::semibold(12.0),
        p.on_hand,
    );
    avatar(painter, pos2(rect.left() + 58.0, rect.center().y), 32.0, &person.name);
    let waited =
        person.hand_raised_at_ms.map_or(0, |since| (view.state.now.unix_ms - since) / 1000);
    let grant = host && grants(view, person);
    let right = rect.right()
        - if grant {
            140.0
        } else if host {
            44.0
        } else {
            8.0
        };
    let name = Rect::from_min_max(
        pos2(rect.left() + 84.0, rect.top() + 5.0),
        pos2(right, rect.top() + 25.0),
    );
    elided(painter, name, &person.name, font::medium(14.0), p.text);
    let since = t.named("hand-since", &words::timer(waited));
    elided(painter, name.translate(vec2(0.0, 18.0)), &since, font::regular(12.0), p.text3);
    ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
    if !host {
        return;
    }
    let controls = Rect::from_min_max(pos2(right, rect.top()), rect.max - vec2(4.0, 0.0));
    region(ui, ("hand", person.id.0), controls, Layout::right_to_left(Align::Center), |ui| {
        ui.push_id(person.id.0, |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            if icon_button(ui, icons::ICON_CLOSE, &t.named("hand-lower-of", &person.name), 32.0)
                .clicked()
            {
                lower(view, person.id);
            }
            let words = t.get("hand-grant");
            if grant && ui.add(Button::new(&words).kind(Kind::Hand).height(32.0)).clicked() {
                view.commands
                    .push(Command::SetRole { participant: person.id, role: Role::Presenter });
                lower(view, person.id);
            }
        });
    });
}

/// Whether giving the floor changes anything: who watches a webinar may not speak yet.
fn grants(view: &View<'_>, person: &Participant) -> bool {
    let webinar = view.state.call.as_ref().is_some_and(|call| call.room.kind == RoomKind::Webinar);
    webinar && !person.may_publish
}

fn lower(view: &mut View<'_>, whose: ParticipantId) {
    let own = view.state.call.as_ref().is_some_and(|call| call.you == whose);
    if own {
        super::pult::raise_hand(view, false);
    } else {
        view.commands.push(Command::LowerHand(whose));
    }
}

fn row(ui: &mut Ui, view: &mut View<'_>, person: &Participant) {
    let (p, t, now) = (view.p, view.t, view.state.now);
    let Some(call) = &view.state.call else { return };
    let (own, host) = (call.you == person.id, call.host());
    let speaks = call.ring(person.id, now) > 0.0;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    if response.contains_pointer() {
        ui.painter().rect_filled(rect, 10.0, p.raised);
    }
    let spoken = format!("{}, {}", person.name, words::role(t, person.role));
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::ListItem, true, &spoken));
    let painter = ui.painter();
    avatar(painter, pos2(rect.left() + 24.0, rect.center().y), 32.0, &person.name);
    let right = rect.right() - 108.0;
    let name = Rect::from_min_max(
        pos2(rect.left() + 52.0, rect.top() + 5.0),
        pos2(right, rect.top() + 25.0),
    );
    let drawn = elided(painter, name, &person.name, font::medium(14.0), p.text);
    if own {
        let at = pos2(drawn.right() + 5.0, drawn.center().y);
        painter.text(at, Align2::LEFT_CENTER, t.get("you-aside"), font::regular(14.0), p.text3);
    }
    let role = words::role(t, person.role);
    elided(painter, name.translate(vec2(0.0, 18.0)), &role, font::regular(12.0), p.text3);
    let (icon, color) = match (person.microphone, speaks) {
        (true, true) => (icons::ICON_GRAPHIC_EQ.filled(), p.ring),
        (true, false) => (icons::ICON_MIC.outlined(), p.text2),
        (false, _) => (icons::ICON_MIC_OFF.outlined(), p.text3),
    };
    let middle = rect.center().y;
    if person.may_publish {
        icons::paint(painter, icon, pos2(rect.right() - 82.0, middle), 18.0, color);
        let (icon, color) = if person.camera {
            (icons::ICON_VIDEOCAM, p.text2)
        } else {
            (icons::ICON_VIDEOCAM_OFF, p.text3)
        };
        icons::paint(painter, icon.outlined(), pos2(rect.right() - 54.0, middle), 18.0, color);
    }
    if host && !own {
        let corner = Rect::from_min_max(pos2(rect.right() - 38.0, rect.top()), rect.max);
        region(ui, ("person", person.id.0), corner, Layout::left_to_right(Align::Center), |ui| {
            more(ui, view, person);
        });
    }
}

/// What a host may do with somebody.
fn more(ui: &mut Ui, view: &mut View<'_>, person: &Participant) {
    let t = view.t;
    let button =
        icon_button(ui, icons::ICON_MORE_HORIZ, &t.named("person-more", &person.name), 32.0);
    Popup::menu(&button).align(RectAlign::BOTTOM_END).width(240.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let roles = [
            (Role::Host, "make-host"),
            (Role::Presenter, "make-presenter"),
            (Role::Attendee, "make-attendee"),
        ];
        for (role, key) in roles {
            let chosen = person.role == role;
            if menu_item(ui, None, &t.get(key), chosen, 240.0).clicked() && !chosen {
                view.commands.push(Command::SetRole { participant: person.id, role });
            }
        }
        if person.hand_raised_at_ms.is_some() {
            let words = t.named("hand-lower-of", &person.name);
            if menu_item(ui, Some(icons::ICON_FRONT_HAND), &words, false, 240.0).clicked() {
                lower(view, person.id);
            }
        }
    });
}
