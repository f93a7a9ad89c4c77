//! How everybody fares, and what the engine measures, for those who want to know: where blur runs and
//! why, what its stages cost, what is sent.

mod people;

use super::{View, column, region, words};
use crate::icons;
use crate::state::Panel;
use crate::theme::font;
use crate::widgets::{elided, icon_button, label, spoken};
use egui::accesskit::Role;
use egui::{Align, Align2, Layout, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};
use engine::blur::{Path, Quality};
use engine::stats::{Blur, Percentiles, Stats};

/// A row of figures.
const ROW: f32 = 24.0;

/// The panel.
pub fn show(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let inner = rect.shrink(12.0);
    header(ui, view, Rect::from_min_size(inner.min, vec2(inner.width(), 40.0)));
    let body = Rect::from_min_max(inner.min + vec2(8.0, 48.0), inner.max - vec2(8.0, 0.0));
    region(ui, "health", body, column(), |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            title(ui, view, "health-people");
            people::show(ui, view);
            ui.add_space(16.0);
            let Some(stats) = &view.state.health else {
                label(ui, view.t.get("health-none"), font::regular(13.0), view.p.text3);
                return;
            };
            title(ui, view, "background");
            match &stats.sending.blur {
                Some(blur) => background(ui, view, blur),
                None => sentence(ui, view, &view.t.get("health-off")),
            }
            ui.add_space(16.0);
            title(ui, view, "health-sending");
            sending(ui, view, stats);
        });
    });
}

fn header(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let (p, t) = (view.p, view.t);
    let words = Rect::from_min_max(rect.min + vec2(8.0, 0.0), rect.max - vec2(44.0, 0.0));
    elided(ui.painter(), words, &t.get("health"), font::semibold(16.0), p.text);
    region(ui, "health_header", rect, Layout::right_to_left(Align::Center), |ui| {
        if icon_button(ui, icons::ICON_CLOSE, &t.get("panel-close"), 36.0).clicked()
            && let Some(call) = &mut view.state.call
        {
            call.toggle(Panel::Health);
        }
    });
}

fn title(ui: &mut Ui, view: &View<'_>, key: &str) {
    label(ui, view.t.get(key), font::semibold(12.0), view.p.text3);
    ui.add_space(4.0);
}

fn sentence(ui: &mut Ui, view: &View<'_>, words: &str) {
    let text = RichText::new(words).font(font::regular(13.0)).color(view.p.text2);
    ui.add(egui::Label::new(text).wrap());
}

fn background(ui: &mut Ui, view: &View<'_>, blur: &Blur) {
    let (p, t) = (view.p, view.t);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(20.0, 22.0), Sense::hover());
        let (icon, color) = match &blur.path {
            Some(Path::Gpu { .. }) => (icons::ICON_CHECK_CIRCLE, p.success),
            Some(Path::Cpu) => (icons::ICON_BLUR_ON, p.warning),
            None => (icons::ICON_WARNING, p.warning),
        };
        icons::paint(ui.painter(), icon.filled(), rect.center(), 18.0, color);
        let words = words::blur_path(t, blur.path.as_ref());
        let text = RichText::new(words).font(font::medium(14.0)).color(p.text);
        ui.add(egui::Label::new(text).wrap());
    });
    sentence(ui, view, &words::blur_reason(t, &blur.reason));
    ui.add_space(8.0);
    let ink = if blur.quality == Quality::Full { p.text2 } else { p.warning };
    row(ui, &t.get("quality"), &words::quality(t, blur.quality), p.text2, ink);
    ui.add_space(8.0);
    stages(ui, view, blur);
    for (key, count) in [
        ("health-whole", blur.frames_whole),
        ("health-withheld", blur.frames_withheld),
        ("health-fallbacks", blur.fallbacks),
    ] {
        if count > 0 {
            row(ui, &t.get(key), &count.to_string(), p.text2, p.warning);
        }
    }
    if !blur.passes.is_empty() {
        ui.add_space(8.0);
        title(ui, view, "health-passes");
        for pass in &blur.passes {
            let time = format!("{} ms", words::decimal(t, pass.mean_ms, 3));
            row(ui, pass.label, &time, p.text3, p.text3);
        }
    }
}

/// The stages' times, median and 95th percentile.
fn stages(ui: &mut Ui, view: &View<'_>, blur: &Blur) {
    let (p, t) = (view.p, view.t);
    let heads = format!("{:>8}  {:>8}", t.get("stage-median"), t.get("stage-slowest"));
    row(ui, &t.get("stage-each"), &heads, p.text3, p.text3);
    let line = |ui: &mut Ui, key: &str, times: &Percentiles, ink| {
        let [median, slowest] = [times.p50_ms, times.p95_ms].map(|value| {
            let places = if value < 0.995 { 2 } else { usize::from(value < 9.95) };
            format!("{:>8}", format!("{} ms", words::decimal(t, value, places)))
        });
        row(ui, &t.get(key), &format!("{median}  {slowest}"), p.text2, ink);
    };
    line(ui, "stage-network", &blur.network, p.text2);
    line(ui, "stage-refine", &blur.refine, p.text2);
    line(ui, "stage-blur", &blur.blur, p.text2);
    line(ui, "stage-composite", &blur.composite, p.text2);
    line(ui, "stage-frame", &blur.frame, p.text);
}

fn sending(ui: &mut Ui, view: &View<'_>, stats: &Stats) {
    let (p, t) = (view.p, view.t);
    let sending = &stats.sending;
    let mut line = |key: &str, value: Option<String>| {
        row(ui, &t.get(key), &value.unwrap_or_else(|| "–".into()), p.text2, p.text2);
    };
    line("health-size", sending.size.map(|(width, height)| format!("{width} × {height}")));
    line("health-encoder", sending.encoder.clone());
    let dropped = format!("{} / {}", sending.frames_dropped, sending.frames_captured);
    line("health-dropped", Some(dropped));
    let capacity = stats.available_bps.map(|bps| f64::from(bps) / 1e6);
    line("health-capacity", capacity.map(|mbit| format!("{} Mbit/s", words::decimal(t, mbit, 1))));
    let round_trip = stats.round_trip.map(|time| words::ms(t, time.as_secs_f64() * 1e3));
    line("health-round-trip", round_trip);
}

/// Words at the left, a figure at the right.
fn row(ui: &mut Ui, name: &str, value: &str, ink: egui::Color32, value_ink: egui::Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let right = pos2(rect.right(), rect.center().y);
    let painter = ui.painter();
    let drawn = painter.text(right, Align2::RIGHT_CENTER, value, font::mono(12.0), value_ink);
    let left = Rect::from_min_max(rect.min, pos2(drawn.left() - 8.0, rect.bottom()));
    elided(painter, left, name, font::regular(13.0), ink);
    spoken(ui, rect, name, Role::Label, &format!("{name}: {}", value.trim()));
}
