//! The background's controls, before the conference and in it: off, out of focus, a picture. What is
//! chosen is seen in the own picture at once.

use super::{View, words};
use crate::command::Command;
use crate::icons::{self, MaterialIcon};
use crate::settings::{Backdrop, BackdropKind};
use crate::theme::font;
use crate::widgets::{Button, card, elided, failure, label, slider, spoken};
use egui::accesskit::Role;
use egui::{Align, Align2, Layout, Rect, Sense, Ui, pos2, vec2};
use engine::blur::Path;

/// A card's height with its words.
const CARD: f32 = 78.0;

/// The controls over the whole width.
pub fn controls(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    label(ui, t.get("background"), font::medium(13.0), p.text2);
    ui.add_space(-2.0);
    choices(ui, view);
    let kind = view.state.settings.backdrop.kind;
    if kind == BackdropKind::Blurred {
        strength(ui, view);
    }
    if kind == BackdropKind::Picture {
        picture(ui, view);
    }
    if kind != BackdropKind::Room {
        path(ui, view);
    }
    if let Some(reason) = &view.state.picture_refused {
        failure(ui, &t.named("background-refused", reason));
    }
    let dropped =
        ui.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned()));
    if let Some(path) = dropped {
        let picture = Some(path);
        change(view, |backdrop| {
            (backdrop.kind, backdrop.picture) = (BackdropKind::Picture, picture)
        });
    }
}

/// Remembers a change and asks for it.
fn change(view: &mut View<'_>, change: impl FnOnce(&mut Backdrop)) {
    let backdrop = &mut view.state.settings.backdrop;
    change(backdrop);
    view.commands.push(Command::SetBackdrop(backdrop.clone()));
    view.state.picture_refused = None;
}

fn choices(ui: &mut Ui, view: &mut View<'_>) {
    let cards: [(BackdropKind, MaterialIcon, &str); 3] = [
        (BackdropKind::Room, icons::ICON_BLOCK, "background-off"),
        (BackdropKind::Blurred, icons::ICON_BLUR_ON, "background-blurred"),
        (BackdropKind::Picture, icons::ICON_IMAGE, "background-picture"),
    ];
    let gap = 8.0;
    let width = (ui.available_width() - 2.0 * gap) / 3.0;
    let chosen = view.state.settings.backdrop.kind;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for (kind, icon, key) in cards {
            let words = view.t.get(key);
            if !card(ui, icon, &words, chosen == kind, vec2(width, CARD)).clicked() {
                continue;
            }
            if kind == BackdropKind::Picture && view.state.settings.backdrop.picture.is_none() {
                view.commands.push(Command::PickPicture);
            } else if kind != chosen {
                change(view, |backdrop| backdrop.kind = kind);
            }
        }
    });
}

fn strength(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let mut percent = view.state.settings.backdrop.strength_percent.min(100);
    let row = ui.horizontal(|ui| {
        let name = label(ui, t.get("background-strength"), font::regular(13.0), p.text2);
        label(ui, t.get("strength-subtle"), font::regular(12.0), p.text3);
        // The words at the right and the figure keep their room.
        ui.spacing_mut().slider_width = (ui.available_width() - 104.0).max(60.0);
        let changed = slider(ui, &mut percent, name.id).changed();
        label(ui, t.get("strength-strong"), font::regular(12.0), p.text3);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            label(ui, format!("{percent} %"), font::mono(13.0), p.text2);
        });
        changed
    });
    if row.inner {
        change(view, |backdrop| backdrop.strength_percent = percent);
    }
}

fn picture(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    ui.horizontal(|ui| {
        let words = t.get("background-choose");
        if ui.add(Button::new(&words).icon(icons::ICON_ADD_PHOTO_ALTERNATE)).clicked() {
            view.commands.push(Command::PickPicture);
        }
        let file = view.state.settings.backdrop.picture.as_ref();
        let name = file.and_then(|path| path.file_name()).unwrap_or_default().to_string_lossy();
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
        elided(ui.painter(), rect.shrink2(vec2(8.0, 0.0)), &name, font::regular(13.0), p.text2);
        spoken(ui, rect, "picture", Role::Label, &name);
    });
    label(ui, t.get("background-drop"), font::regular(12.0), p.text3);
}

/// Where it runs and what a picture costs there; orange where a GPU does not do it.
fn path(ui: &mut Ui, view: &View<'_>) {
    let (p, t) = (view.p, view.t);
    let blur = view.state.health.as_ref().and_then(|health| health.sending.blur.as_ref());
    let Some(blur) = blur else { return };
    let time = words::ms(t, blur.frame.p50_ms);
    let (short, color) = match &blur.path {
        Some(Path::Gpu { .. }) => (format!("GPU {time}"), p.text3),
        Some(Path::Cpu) => (format!("CPU {time}"), p.warning),
        None if blur.frames_whole > 0 => (t.get("blur-path-whole"), p.warning),
        None => return,
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
    let reason = words::blur_reason(t, &blur.reason);
    let drawn = ui.painter().text(
        pos2(rect.right(), rect.center().y),
        Align2::RIGHT_CENTER,
        &short,
        font::mono(12.0),
        color,
    );
    let left = Rect::from_min_max(rect.min, pos2(drawn.left() - 12.0, rect.bottom()));
    elided(ui.painter(), left, &reason, font::regular(12.0), p.text3);
    spoken(ui, rect, "blur_path", Role::Status, &format!("{short}. {reason}"));
    response.on_hover_text(reason);
}
