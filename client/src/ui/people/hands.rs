//! The queue of hands, first raised first.

use super::{MOST, ROW, lower};
use crate::command::Command;
use crate::icons;
use crate::theme::font;
use crate::ui::{View, column, portrait, region, words};
use crate::widgets::{Button, Kind, avatar, elided, icon_button, spoken};
use egui::accesskit::Role as Kit;
use egui::{Align, Align2, Layout, Rect, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use protocol::{Participant, Role};

/// The card's head and foot.
const HEAD: f32 = 44.0;
const FOOT: f32 = 6.0;

/// The card, while a hand is up.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &view.state.call else { return };
    let hands: Vec<Participant> = call.hands().into_iter().cloned().collect();
    let host = call.host();
    if hands.is_empty() {
        return;
    }
    let height = HEAD + hands.len().min(MOST) as f32 * ROW + FOOT;
    let (card, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    ui.painter().rect_filled(card, 12.0, p.hand_soft);
    let icon = pos2(card.left() + 22.0, card.top() + HEAD / 2.0);
    icons::paint(ui.painter(), icons::ICON_FRONT_HAND.filled(), icon, 18.0, p.hand);
    let mut right = card.right() - 12.0;
    if host && hands.len() > 1 {
        let row = Rect::from_min_size(card.min, vec2(card.width() - 6.0, HEAD));
        region(ui, "lower_all", row, Layout::right_to_left(Align::Center), |ui| {
            let words = t.get("hands-lower-all");
            if ui.add(Button::new(&words).kind(Kind::Ghost).height(32.0)).clicked() {
                lower_all(view);
            }
            right = ui.min_rect().left() - 8.0;
        });
    }
    let title = t.get("hands-title");
    let words = Rect::from_min_max(pos2(icon.x + 18.0, card.top()), pos2(right, card.top() + HEAD));
    elided(ui.painter(), words, &title, font::semibold(13.0), p.hand);
    spoken(ui, words, "hands", Kit::Heading, &title);
    let list = Rect::from_min_max(card.min + vec2(4.0, HEAD), card.max - vec2(4.0, FOOT));
    region(ui, "hand_list", list, column(), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().id_salt("hands").auto_shrink(false).show_rows(
            ui,
            ROW,
            hands.len(),
            |ui, shown| {
                for place in shown {
                    let person = &hands[place];
                    ui.push_id(person.id.0, |ui| row(ui, view, person, place, host));
                }
            },
        );
    });
    // Their waiting times run.
    ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
    ui.add_space(12.0);
}

fn lower_all(view: &mut View<'_>) {
    if let Some(call) = &mut view.state.call {
        // The own one may be among them, and needs no word about it.
        call.lowering = true;
    }
    view.commands.push(Command::LowerAllHands);
}

fn row(ui: &mut Ui, view: &mut View<'_>, person: &Participant, place: usize, host: bool) {
    let (p, t) = (view.p, view.t);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let now = view.state.now.unix_ms;
    let waited = person.hand_raised_at_ms.map_or(0, |since| (now - since) / 1000);
    let since = t.named("hand-since", &words::timer(waited));
    let spoken = format!("{}: {}, {since}", place + 1, person.name);
    response.widget_info(|| WidgetInfo::labeled(Kit::ListItem, true, &spoken));
    let painter = ui.painter();
    let dot = pos2(rect.left() + 19.0, rect.center().y);
    painter.circle_filled(dot, 11.0, p.hand);
    let number = (place + 1).to_string();
    painter.text(dot, Align2::CENTER_CENTER, number, font::semibold(12.0), p.on_hand);
    let picture = portrait::of(view, person);
    avatar(painter, pos2(rect.left() + 58.0, rect.center().y), 32.0, &person.name, picture);
    let mut right = rect.right() - 8.0;
    if host {
        region(ui, "controls", rect, Layout::right_to_left(Align::Center), |ui| {
            controls(ui, view, person);
            right = ui.min_rect().left() - 8.0;
        });
    }
    let name = Rect::from_min_max(
        pos2(rect.left() + 84.0, rect.top() + 5.0),
        pos2(right, rect.top() + 25.0),
    );
    elided(ui.painter(), name, &person.name, font::medium(14.0), p.text);
    let below = name.translate(vec2(0.0, 18.0));
    elided(ui.painter(), below, &since, font::regular(12.0), p.text2);
}

fn controls(ui: &mut Ui, view: &mut View<'_>, person: &Participant) {
    let t = view.t;
    ui.spacing_mut().item_spacing.x = 2.0;
    let down = t.named("hand-lower-of", &person.name);
    if icon_button(ui, icons::ICON_CLOSE, &down, 32.0).clicked() {
        lower(view, person.id);
    }
    let gives = view.state.call.as_ref().is_some_and(|call| call.floor_is_given(person));
    let words = t.get("hand-grant");
    if !gives {
        return;
    }
    let button = ui.add(Button::new(&words).kind(Kind::Hand).height(32.0));
    let name = t.named("hand-grant-of", &person.name);
    button.widget_info(|| WidgetInfo::labeled(Kit::Button, true, &name));
    if button.on_hover_text(name).clicked() {
        view.commands.push(Command::SetRole { participant: person.id, role: Role::Presenter });
        lower(view, person.id);
    }
}
