//! The first page: nothing is planned yet, or there is no conference profile to plan with.

use super::{MARGIN, View, list, plan, words};
use crate::icons::{self, MaterialIcon};
use crate::state::{Page, SettingsTab};
use crate::theme::font;
use crate::ui::{clock, column, region};
use crate::widgets::{
    Tone, banner, empty_state, failure, focus_ring, hover_fill, key_cap, tip, wrapped,
};
use egui::accesskit::Role;
use egui::{
    Align2, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use protocol::RoomKind;

/// Both cards and the gap between them.
const WIDTH: f32 = 652.0;
/// A card's height, for two lines of words.
const CARD: f32 = 104.0;
/// Between the cards.
const GAP: f32 = 12.0;

/// The page.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let page = ui.max_rect();
    let top = list::header(ui, view, page, false);
    let rest =
        Rect::from_min_max(pos2(page.left() + MARGIN, top + 16.0), page.max - vec2(MARGIN, 12.0));
    region(ui, "empty", rest, column(), |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.set_max_height(400.0);
            let above = ((rest.height() - 540.0) / 2.0).max(0.0);
            ui.add_space(above);
            ui.scope(|ui| {
                ui.set_max_height(280.0);
                let guidance = t.get("planner-empty-text");
                empty_state(ui, &t.get("planner-empty-title"), &guidance, true);
            });
            ui.add_space(24.0);
            let width = WIDTH.min(rest.width());
            let left = (rest.width() - width) / 2.0;
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                ui.add_space(left);
                ui.vertical(|ui| {
                    ui.set_width(width);
                    cards(ui, view, width);
                    ui.add_space(GAP);
                    profile(ui, view);
                    clock::notice(ui, view);
                    if let Some(cause) = &view.state.planner.failure {
                        failure(ui, &words::failure(t, cause));
                    }
                });
            });
        });
    });
}

fn missing(view: &View<'_>) -> bool {
    view.state.planner.needs_profile() || view.state.people.has_profile() == Some(false)
}

/// What to plan; out of reach without a profile.
fn cards(ui: &mut Ui, view: &mut View<'_>, width: f32) {
    let t = view.t;
    let off = missing(view).then(|| t.get("planner-failed-profile"));
    let beside = width >= 560.0;
    let each = if beside { (width - GAP) / 2.0 } else { width };
    let kinds = [
        (
            RoomKind::Webinar,
            icons::ICON_CO_PRESENT,
            ["planner-plan-webinar", "planner-webinar-text", "planner-webinar-key"],
        ),
        (
            RoomKind::GroupCall,
            icons::ICON_GROUPS,
            ["planner-plan-group-call", "planner-group-call-text", "planner-group-call-key"],
        ),
    ];
    let mut draw = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        for (index, (kind, icon, keys)) in kinds.into_iter().enumerate() {
            let texts = keys.map(|key| t.get(key));
            let add = |ui: &mut Ui| card(ui, icon, &texts, index == 0, each);
            let response = ui.add_enabled_ui(off.is_none(), add).inner;
            if response.clicked() {
                plan(view, kind);
            }
            if let Some(why) = &off {
                tip(response, why, None);
            }
        }
    };
    if beside { ui.horizontal_top(|ui| draw(ui)).inner } else { draw(ui) }
}

/// A large choice: picture, name, key, and what it is for.
fn card(
    ui: &mut Ui,
    icon: MaterialIcon,
    [name, text, key]: &[String; 3],
    first: bool,
    width: f32,
) -> Response {
    let p = crate::theme::palette(ui.ctx());
    let painter = ui.painter().clone();
    let room = width - 40.0;
    let words = painter.layout(text.clone(), font::regular(13.0), p.text2, room);
    let height = CARD.max(64.0 + words.size().y);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(text.as_str()));
    let painter = ui.painter();
    painter.rect_filled(rect, 12.0, hover_fill(ui, &response, p.panel, p.hover));
    if first && enabled {
        painter.rect_stroke(rect, 12.0, Stroke::new(2.0, p.accent), StrokeKind::Inside);
    } else if p.outlined {
        painter.rect_stroke(rect, 12.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
    }
    let middle = rect.top() + 32.0;
    let ink = if first { p.accent_text } else { p.text2 };
    icons::paint(painter, icon.outlined(), pos2(rect.left() + 32.0, middle), 24.0, ink);
    let cap = key_cap(painter, pos2(rect.right() - 20.0, middle), Align2::RIGHT_CENTER, key, p);
    let title = Rect::from_min_max(
        pos2(rect.left() + 56.0, middle - 12.0),
        pos2(cap.left() - 8.0, middle + 12.0),
    );
    crate::widgets::elided(painter, title, name, font::semibold(16.0), p.text);
    painter.galley(pos2(rect.left() + 20.0, rect.top() + 54.0), words, p.text2);
    if response.has_focus() {
        focus_ring(painter, rect, 12.0, p);
    }
    response
}

/// The way to the profile, where there is none.
fn profile(ui: &mut Ui, view: &mut View<'_>) {
    if !missing(view) {
        return;
    }
    let t = view.t;
    let text = t.get("planner-profile-missing");
    if banner(ui, Tone::Warning, icons::ICON_BADGE, &text, Some(&t.get("planner-profile-make"))) {
        view.state.page = Page::Settings;
        view.state.settings_tab = SettingsTab::Profile;
    }
    if view.state.planner.needs_profile() && view.state.people.has_profile() == Some(true) {
        // The hub is asked again; until it answers the page stays.
        wrapped(ui, t.get("planner-loading"), font::regular(13.0), view.p.text3);
    }
}
