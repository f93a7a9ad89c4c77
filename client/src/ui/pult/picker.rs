//! Which screen to share: monitors and windows with small pictures, or the desktop's own question.

use crate::command::Command;
use crate::icons;
use crate::state::{ScreenChoice, ScreenKind};
use crate::theme::font;
use crate::ui::View;
use crate::widgets::{Button, Dialog, Kind, elided, empty_state, focus_ring, label};
use egui::accesskit::Role;
use egui::{Color32, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

/// The dialog and a card in it.
const DIALOG: Vec2 = vec2(760.0, 600.0);
const CARD: Vec2 = vec2(222.0, 168.0);
const NAME: f32 = 36.0;

/// The choice, while it is open.
pub fn show(ui: &Ui, view: &mut View<'_>) {
    if !view.state.screens.open {
        return;
    }
    let kinds = view.state.screens.choices.as_deref();
    // The desktop asks for itself: two questions would be one too many.
    if let Some([only]) = kinds
        && only.kind == ScreenKind::Desktop
    {
        return share(view);
    }
    let title = view.t.get("share-title");
    let dialog = Dialog::new("share", &title).size(DIALOG);
    let (mut go, mut stay) = (false, false);
    let outcome = dialog.show_with(ui.ctx(), view, choices, |ui, view| {
        let words = view.t.get("share-go");
        let ready = view.state.screens.chosen.is_some();
        let button = Button::new(&words).icon(icons::ICON_PRESENT_TO_ALL).kind(Kind::Primary);
        go = ui.add(button.enabled(ready)).clicked();
        stay = ui.add(Button::new(&view.t.get("call-cancel"))).clicked();
    });
    if go {
        share(view);
    } else if stay || outcome.closed {
        view.state.screens.open = false;
    }
}

fn share(view: &mut View<'_>) {
    match view.state.screens.share() {
        Some(id) => view.commands.push(Command::ShareScreen(id)),
        None => view.state.screens.open = false,
    }
}

fn choices(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let Some(choices) = view.state.screens.choices.clone() else {
        label(ui, t.get("share-looking"), font::regular(14.0), p.text3);
        return;
    };
    if choices.is_empty() {
        return empty_state(ui, &t.get("share-none-title"), &t.get("share-none"), false);
    }
    for (kind, key) in [
        (ScreenKind::Monitor, "share-monitors"),
        (ScreenKind::Window, "share-windows"),
        (ScreenKind::Desktop, "share-desktop"),
    ] {
        let of_kind: Vec<_> = choices.iter().filter(|choice| choice.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        label(ui, t.get(key), font::semibold(13.0), p.text2);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(12.0, 12.0);
            for choice in of_kind {
                card(ui, view, choice);
            }
        });
        ui.add_space(12.0);
    }
}

/// One screen: its picture and its name; a double click shares it at once.
fn card(ui: &mut Ui, view: &mut View<'_>, choice: &ScreenChoice) {
    let p = view.p;
    let chosen = view.state.screens.chosen.as_deref() == Some(&choice.id);
    let (rect, response) = ui.allocate_exact_size(CARD, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, &choice.name));
    let painter = ui.painter();
    let fill = if response.hovered() { p.hover } else { p.raised };
    painter.rect_filled(rect, 10.0, fill);
    let area = Rect::from_min_max(rect.min + vec2(8.0, 8.0), rect.max - vec2(8.0, NAME));
    match view.pictures.of(&choice.picture()) {
        Some(texture) => {
            let place = crate::video_texture::fitted(area, texture.size_vec2());
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture.id(), place, whole, Color32::WHITE);
        }
        None => {
            let icon = match choice.kind {
                ScreenKind::Window => icons::ICON_SELECT_WINDOW,
                ScreenKind::Monitor | ScreenKind::Desktop => icons::ICON_DESKTOP_WINDOWS,
            };
            icons::paint(painter, icon.outlined(), area.center(), 40.0, p.text3);
        }
    }
    let name = Rect::from_min_max(pos2(rect.left() + 12.0, rect.bottom() - NAME), rect.max);
    let name = Rect::from_min_max(name.min, name.max - vec2(12.0, 0.0));
    elided(painter, name, &choice.name, font::medium(13.0), if chosen { p.text } else { p.text2 });
    if chosen {
        painter.rect_stroke(rect, 10.0, Stroke::new(2.0, p.accent), StrokeKind::Inside);
    }
    if response.has_focus() {
        focus_ring(painter, rect, 10.0, p);
    }
    if response.clicked() {
        view.state.screens.chosen = Some(choice.id.clone());
    }
    if response.double_clicked() {
        share(view);
    }
}
