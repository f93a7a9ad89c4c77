//! Who waits in front of the door; only hosts know.

use super::{MOST, ROW, ask_to_remove};
use crate::command::Command;
use crate::icons;
use crate::state::Panel;
use crate::theme::font;
use crate::ui::{View, column, portrait, region, words};
use crate::widgets::{Button, Kind, avatar, elided, icon_button, spoken};
use egui::accesskit::Role;
use egui::{Align, Layout, Rect, ScrollArea, Sense, Ui, pos2, vec2};
use protocol::{ConferenceState, ParticipantKind, WaitingPerson};

/// The card's head and foot.
const HEAD: f32 = 44.0;
const FOOT: f32 = 6.0;

/// The card, while somebody waits.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &view.state.call else { return };
    let waiting = call.waiting.len();
    if waiting == 0 || !call.host() {
        return;
    }
    // On hold everybody waits, and comes in when it ends.
    let held = call.state == ConferenceState::OnHold;
    let most = if held { 0 } else { MOST };
    let height = HEAD + waiting.min(most) as f32 * ROW + if held { 0.0 } else { FOOT };
    let (card, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    ui.painter().rect_filled(card, 12.0, p.success_soft);
    let icon = pos2(card.left() + 22.0, card.top() + HEAD / 2.0);
    icons::paint(ui.painter(), icons::ICON_DOOR_OPEN.outlined(), icon, 18.0, p.success);
    let title = t.count(if held { "waiting-held" } else { "waiting-title" }, waiting);
    let mut right = card.right() - 12.0;
    if !held && waiting > 1 {
        let row = Rect::from_min_size(card.min, vec2(card.width() - 6.0, HEAD));
        region(ui, "admit_all", row, Layout::right_to_left(Align::Center), |ui| {
            let words = t.get("admit-all");
            if ui.add(Button::new(&words).kind(Kind::Ghost).height(32.0)).clicked() {
                view.commands.push(Command::AdmitAll);
            }
            right = ui.min_rect().left() - 8.0;
        });
    }
    let words = Rect::from_min_max(pos2(icon.x + 18.0, card.top()), pos2(right, card.top() + HEAD));
    elided(ui.painter(), words, &title, font::semibold(13.0), p.success);
    spoken(ui, words, "waiting", Role::Heading, &title);
    if !held {
        let list = Rect::from_min_max(card.min + vec2(4.0, HEAD), card.max - vec2(4.0, FOOT));
        region(ui, "waiting_list", list, column(), |ui| rows(ui, view, waiting));
    }
    ui.add_space(12.0);
}

fn rows(ui: &mut Ui, view: &mut View<'_>, waiting: usize) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("waiting").auto_shrink(false).show_rows(
        ui,
        ROW,
        waiting,
        |ui, shown| {
            for place in shown {
                let person = view.state.call.as_ref().and_then(|call| call.waiting.get(place));
                let Some(person) = person.cloned() else { continue };
                ui.push_id(person.id.0, |ui| row(ui, view, &person));
            }
        },
    );
    ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
}

fn row(ui: &mut Ui, view: &mut View<'_>, person: &WaitingPerson) {
    let (p, t) = (view.p, view.t);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let waited = words::timer((view.state.now.unix_ms - person.since_ms) / 1000);
    let kind = t.get(match person.kind {
        ParticipantKind::Guest => "kind-guest",
        ParticipantKind::User => "kind-user",
    });
    let caption = t.filled("waits-since", &[("kind", &kind), ("time", &waited)]);
    let spoken = format!("{}, {caption}", person.name);
    response.widget_info(|| egui::WidgetInfo::labeled(Role::ListItem, true, &spoken));
    let picture = portrait::named(view, &person.name, person.kind);
    avatar(ui.painter(), pos2(rect.left() + 26.0, rect.center().y), 32.0, &person.name, picture);
    let mut right = rect.right();
    region(ui, "controls", rect, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let refuse = t.named("refuse-of", &person.name);
        if icon_button(ui, icons::ICON_CLOSE, &refuse, 32.0).clicked() {
            ask_to_remove(view, person.id, &person.name);
        }
        let admit = t.get("knock-admit");
        let button = ui.add(Button::new(&admit).kind(Kind::Neutral).height(32.0));
        let name = t.named("admit-of", &person.name);
        button.widget_info(|| egui::WidgetInfo::labeled(Role::Button, true, &name));
        if button.on_hover_text(name).clicked() {
            view.commands.push(Command::Admit(person.id));
        }
        right = ui.min_rect().left() - 8.0;
    });
    let name = Rect::from_min_max(
        pos2(rect.left() + 52.0, rect.top() + 5.0),
        pos2(right, rect.top() + 25.0),
    );
    elided(ui.painter(), name, &person.name, font::medium(14.0), p.text);
    let below = name.translate(vec2(0.0, 18.0));
    elided(ui.painter(), below, &caption, font::regular(12.0), p.text2);
}

/// How many wait and who, in one card with the way to the list; nothing while nobody does.
pub fn notice(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &view.state.call else { return };
    if call.waiting.is_empty() {
        return;
    }
    let held = call.state == ConferenceState::OnHold;
    let title = t.count(if held { "waiting-held" } else { "waiting-title" }, call.waiting.len());
    let names: Vec<&str> = call.waiting.iter().take(3).map(|person| &*person.name).collect();
    let names = names.join(", ");
    let (card, _) = ui.allocate_exact_size(vec2(ui.available_width(), 52.0), Sense::hover());
    ui.painter().rect_filled(card, 10.0, p.success_soft);
    let icon = pos2(card.left() + 22.0, card.center().y);
    icons::paint(ui.painter(), icons::ICON_DOOR_OPEN.outlined(), icon, 20.0, p.success);
    let mut right = card.right() - 8.0;
    // During a hold there is nobody to admit: they come back by themselves.
    if !held {
        let inside = card.shrink2(vec2(8.0, 0.0));
        region(ui, "who_waits", inside, Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::new(&t.get("toast-look"))).clicked()
                && let Some(call) = &mut view.state.call
            {
                call.panel = Some(Panel::People);
            }
            right = ui.min_rect().left() - 8.0;
        });
    }
    let line = |top: f32| {
        let at = pos2(icon.x + 20.0, card.top() + top);
        Rect::from_min_max(at, pos2(right, at.y + 18.0))
    };
    elided(ui.painter(), line(8.0), &title, font::semibold(13.0), p.text);
    elided(ui.painter(), line(26.0), &names, font::regular(12.0), p.text2);
    spoken(ui, line(8.0), "who waits", Role::Status, &format!("{title}: {names}"));
    ui.add_space(8.0);
}
