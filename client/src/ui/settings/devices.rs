//! Camera, microphone, loudspeaker, background, how we enter, and what is heard.

use super::super::{View, background, pre_join};
use super::heading;
use crate::command::Command;
use crate::icons;
use crate::theme::size;
use crate::video_texture::{Feed, Fit, Look};
use crate::widgets::{Button, Kind, avatar, switch};
use egui::{Rect, Sense, Ui, vec2};

/// The preview's height.
const PREVIEW: f32 = 220.0;

/// The tab.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    heading(ui, view, "settings-devices-title", "settings-devices-text");
    preview(ui, view);
    ui.add_space(4.0);
    pre_join::troubles(ui, view);
    pre_join::devices(ui, view);
    ui.add_space(8.0);
    background::controls(ui, view);
    ui.add_space(28.0);
    heading(ui, view, "settings-entry-title", "settings-entry-text");
    let t = view.t;
    let settings = &mut view.state.settings;
    switch(ui, &t.get("join-muted"), None, &mut settings.join_muted);
    ui.add_space(4.0);
    switch(ui, &t.get("join-without-camera"), None, &mut settings.join_without_camera);
    ui.add_space(28.0);
    heading(ui, view, "settings-sounds-title", "settings-sounds-text");
    switch(ui, &t.get("settings-sounds"), None, &mut view.state.settings.alert_sounds);
}

/// The own picture, on demand: a settings page must not open a camera by itself. In a call the
/// devices are open anyway.
fn preview(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let on = view.state.preview;
    if on {
        let place = vec2(PREVIEW * 16.0 / 9.0, PREVIEW);
        let (rect, _) = ui.allocate_exact_size(place, Sense::hover());
        ui.painter().rect_filled(rect, size::TILE_RADIUS, p.stage);
        let look = Look { fit: Fit::Fill, mirrored: true, radius: size::TILE_RADIUS };
        if !view.videos.paint(ui.painter(), rect, &Feed::SelfView, look) {
            let name = view.state.account.as_ref().map_or("", |a| a.display_name.as_str());
            avatar(ui.painter(), Rect::center(&rect), 72.0, name, None);
        }
        ui.add_space(4.0);
    }
    let words = t.get(if on { "settings-preview-stop" } else { "settings-preview-start" });
    let icon = if on { icons::ICON_VIDEOCAM_OFF } else { icons::ICON_VIDEOCAM };
    let kind = if on { Kind::Neutral } else { Kind::Primary };
    if view.state.call.is_none() && ui.add(Button::new(&words).icon(icon).kind(kind)).clicked() {
        view.state.preview = !on;
        view.state.troubles.clear();
        view.commands.push(Command::Preview(!on));
    }
    ui.add_space(4.0);
}
