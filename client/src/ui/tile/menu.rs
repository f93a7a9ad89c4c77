//! What can be done with one picture: louder, softer, silent, to the stage.

use crate::command::Command;
use crate::icons;
use crate::state::{Corner, Subject};
use crate::theme::font;
use crate::ui::View;
use crate::widgets::{elided, menu_item, menu_line, slider};
use egui::{Align2, Sense, Ui, pos2, vec2};
use protocol::{MediaSource, ParticipantId};

/// The lines of a tile's menu.
pub fn items(ui: &mut Ui, view: &mut View<'_>, subject: Subject) {
    let (who, source) = subject;
    let Some(call) = &view.state.call else { return };
    let Some(person) = call.participant(who) else { return ui.close() };
    let (own, host) = (who == call.you, call.host());
    let (name, open) = (person.name.clone(), person.microphone);
    let pinned = call.pinned == Some(who) && source == MediaSource::Camera;
    heading(ui, view, &name);
    if !own && source == MediaSource::Camera {
        volume(ui, view, who, &name);
        menu_line(ui);
    }
    let t = view.t;
    let key = if pinned { "tile-unpin" } else { "tile-pin" };
    if item(ui, icons::ICON_PUSH_PIN, &t.get(key), pinned)
        && let Some(call) = &mut view.state.call
    {
        if pinned {
            call.unpin();
        } else {
            call.choose(subject);
        }
    }
    if own && source == MediaSource::Camera {
        own_items(ui, view);
    }
    if host && !own && open && item(ui, icons::ICON_MIC_OFF, &t.get("tile-mute"), false) {
        view.commands.push(Command::Mute(who));
    }
}

/// A line of the menu; a press closes it.
pub fn item(ui: &mut Ui, icon: icons::MaterialIcon, words: &str, chosen: bool) -> bool {
    let width = ui.available_width();
    let pressed = menu_item(ui, Some(icon), words, chosen, width).clicked();
    if pressed {
        ui.close();
    }
    pressed
}

/// Whom the menu is about.
pub fn heading(ui: &mut Ui, view: &View<'_>, name: &str) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let words = rect.shrink2(vec2(10.0, 0.0));
    elided(ui.painter(), words, name, font::semibold(13.0), view.p.text2);
}

/// How loud they are, for oneself alone.
pub fn volume(ui: &mut Ui, view: &mut View<'_>, who: ParticipantId, name: &str) {
    let (p, t) = (view.p, view.t);
    let Some(call) = &mut view.state.call else { return };
    let mut percent = call.volume(who);
    let before = percent;
    ui.horizontal(|ui| {
        ui.add_space(10.0);
        let (icon, _) = ui.allocate_exact_size(vec2(22.0, 32.0), Sense::hover());
        let symbol = if percent == 0 { icons::ICON_VOLUME_OFF } else { icons::ICON_VOLUME_UP };
        icons::paint(ui.painter(), symbol.outlined(), icon.center(), 18.0, p.text2);
        let words = t.named("tile-volume", name);
        let (hidden, named) = ui.allocate_exact_size(vec2(0.0, 32.0), Sense::hover());
        named.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &words));
        ui.spacing_mut().slider_width = ui.available_width() - 54.0;
        slider(ui, &mut percent, named.id);
        let right = pos2(ui.max_rect().right() - 8.0, hidden.center().y);
        let value = format!("{percent} %");
        ui.painter().text(right, Align2::RIGHT_CENTER, value, font::mono(12.0), p.text3);
    });
    if percent != before {
        call.view.volumes.insert(who, percent);
        view.commands.push(Command::SetVolume { participant: who, percent });
    }
}

/// The own picture: hidden, or in another corner.
fn own_items(ui: &mut Ui, view: &mut View<'_>) {
    let (hide, corner) = (view.t.get("self-hide"), view.t.get("self-corner"));
    let Some(call) = &mut view.state.call else { return };
    if matches!(call.scene(), crate::state::Scene::Duo(_))
        && item(ui, icons::ICON_OPEN_IN_NEW, &corner, false)
    {
        call.view.corner = match call.view.corner {
            Corner::BottomRight => Corner::BottomLeft,
            Corner::BottomLeft => Corner::TopLeft,
            Corner::TopLeft => Corner::TopRight,
            Corner::TopRight => Corner::BottomRight,
        };
    }
    if item(ui, icons::ICON_VISIBILITY_OFF, &hide, false) {
        call.view.self_hidden = true;
    }
}
