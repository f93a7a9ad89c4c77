//! Short messages over the pictures, and the banner that stays while a connection is gone.

use super::{View, region, words};
use crate::call::Link;
use crate::command::Command;
use crate::icons::{self, MaterialIcon};
use crate::state::{Panel, Toast};
use crate::theme::{font, toast_shadow};
use crate::widgets::{Button, elided, icon_button};
use egui::{Align, Color32, Layout, Rect, Stroke, StrokeKind, Ui, pos2, vec2};
use engine::blur::Notice;

/// Everything that stands, from the top of `area` down.
pub fn show(ui: &mut Ui, view: &mut View<'_>, area: Rect) {
    let mut top = area.top() + 16.0;
    if let Some(words) = lost(view) {
        let p = view.p;
        let spot = place(area, top, 420.0);
        card(ui, view, spot, (icons::ICON_NETWORK_CHECK, p.warning), &words, p.warning_soft, None);
        top = spot.bottom() + 8.0;
    }
    if view.state.call.as_ref().is_some_and(|call| call.speaks_muted()) {
        let (p, words) = (view.p, view.t.get("banner-speaks-muted"));
        let spot = place(area, top, 420.0);
        card(ui, view, spot, (icons::ICON_MIC_OFF, p.danger), &words, p.overlay, None);
        top = spot.bottom() + 8.0;
    }
    let (standing, next) = view.state.toasts.standing(view.state.now.seconds);
    let standing: Vec<Toast> = standing.iter().map(|(toast, _)| toast.clone()).collect();
    if let Some(next) = next {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(next.max(0.02)));
    }
    for toast in standing {
        // Where blur goes takes more words.
        let width = if matches!(toast, Toast::Blur(_)) { 540.0 } else { 420.0 };
        let spot = place(area, top, width);
        one(ui, view, spot, toast);
        top = spot.bottom() + 8.0;
    }
}

fn place(area: Rect, top: f32, width: f32) -> Rect {
    let width = width.min(area.width() - 16.0);
    Rect::from_min_size(pos2(area.center().x - width / 2.0, top), vec2(width, 52.0))
}

/// What is gone, in words.
fn lost(view: &View<'_>) -> Option<String> {
    let call = view.state.call.as_ref()?;
    if !call.lost() {
        return None;
    }
    Some(view.t.get(if matches!(call.link, Link::Lost { .. }) {
        "banner-link-lost"
    } else {
        "banner-media-lost"
    }))
}

fn one(ui: &mut Ui, view: &mut View<'_>, spot: Rect, toast: Toast) {
    let (p, t) = (view.p, view.t);
    let call = view.state.call.as_ref();
    let (icon, color, words, action) = match &toast {
        Toast::Hands => {
            let hands = call.map_or(0, |call| call.hands().len());
            if hands == 0 {
                return view.state.toasts.dismiss(&toast);
            }
            let open = call.is_some_and(|call| call.panel == Some(Panel::People));
            let action = (!open).then(|| t.get("hands-open"));
            (icons::ICON_FRONT_HAND, p.hand, t.count("hands-count", hands), action)
        }
        Toast::Copied => (icons::ICON_CHECK_CIRCLE, p.success, t.get("toast-copied"), None),
        Toast::HandLowered => (icons::ICON_FRONT_HAND, p.hand, t.get("toast-hand-lowered"), None),
        Toast::MayPublish => (icons::ICON_MIC, p.success, t.get("toast-may-publish"), None),
        Toast::MayNotPublish => {
            (icons::ICON_MIC_OFF, p.text2, t.get("toast-may-not-publish"), None)
        }
        // Nobody did: the room's policy.
        Toast::Muted(by) if by.is_empty() => {
            (icons::ICON_MIC_OFF, p.text2, t.get("toast-join-muted"), None)
        }
        Toast::Muted(by) => (icons::ICON_MIC_OFF, p.warning, t.named("toast-muted", by), None),
        Toast::Knock => {
            let waiting = call.map_or(&[][..], |call| &call.waiting);
            let Some(first) = waiting.first() else {
                return view.state.toasts.dismiss(&toast);
            };
            let words = match waiting.len() {
                1 => t.named("knock-one", &first.name),
                more => t.count("knock-count", more),
            };
            (icons::ICON_WARNING, p.hand, words, Some(t.get("knock-admit")))
        }
        Toast::Denied => (icons::ICON_ERROR, p.danger, t.get("toast-denied"), None),
        Toast::Trouble(detail) => {
            (icons::ICON_WARNING, p.warning, t.named("toast-trouble", detail), None)
        }
        Toast::Blur(notice) => {
            let better = matches!(notice, Notice::Quality { lowered: false, .. });
            let color = if better { p.success } else { p.warning };
            let open = call.is_some_and(|call| call.panel == Some(Panel::Health));
            let action = (!open).then(|| t.get("health-details"));
            (icons::ICON_BLUR_ON, color, words::blur_notice(t, notice), action)
        }
        Toast::PictureRefused(detail) => {
            (icons::ICON_WARNING, p.warning, t.named("background-refused", detail), None)
        }
    };
    match card(ui, view, spot, (icon, color), &words, p.overlay, Some(action)) {
        Pressed::Action => {
            view.state.toasts.dismiss(&toast);
            if toast == Toast::Knock {
                view.commands.push(Command::AdmitAll);
                return;
            }
            view.state.fullscreen = false;
            if let Some(call) = &mut view.state.call {
                let health = matches!(toast, Toast::Blur(_));
                call.panel = Some(if health { Panel::Health } else { Panel::People });
            }
        }
        Pressed::Close => view.state.toasts.dismiss(&toast),
        Pressed::Nothing => {}
    }
}

enum Pressed {
    Nothing,
    Action,
    Close,
}

/// One card. `controls` is `None` for what cannot be dismissed, else an optional action.
fn card(
    ui: &mut Ui,
    view: &View<'_>,
    rect: Rect,
    (icon, color): (MaterialIcon, Color32),
    words: &str,
    fill: Color32,
    controls: Option<Option<String>>,
) -> Pressed {
    let p = view.p;
    crate::widgets::spoken(ui, rect, words, egui::accesskit::Role::Alert, words);
    let painter = ui.painter();
    painter.add(toast_shadow(p).as_shape(rect, 12));
    painter.rect_filled(rect, 12.0, fill);
    painter.rect_stroke(rect, 12.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
    icons::paint(painter, icon.filled(), pos2(rect.left() + 26.0, rect.center().y), 20.0, color);
    let mut pressed = Pressed::Nothing;
    let mut right = rect.right() - 14.0;
    if let Some(action) = controls {
        let row =
            Rect::from_min_max(pos2(rect.center().x - 20.0, rect.top()), rect.max - vec2(8.0, 0.0));
        region(ui, ("toast", words), row, Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::ICON_CLOSE, &view.t.get("toast-close"), 32.0).clicked() {
                pressed = Pressed::Close;
            }
            if let Some(action) = action
                && ui.add(Button::new(&action)).clicked()
            {
                pressed = Pressed::Action;
            }
            right = ui.min_rect().left() - 8.0;
        });
    }
    let text = Rect::from_min_max(pos2(rect.left() + 46.0, rect.top()), pos2(right, rect.bottom()));
    elided(ui.painter(), text, words, font::medium(14.0), p.text);
    pressed
}
