//! A word about this computer's clock, where times matter and it disagrees with the hub's.

use super::View;
use crate::i18n::Texts;
use crate::icons;
use crate::widgets::{Tone, banner};
use egui::Ui;

/// From so many minutes on hours are told, and from so many hours on days.
const HOURS_FROM_MIN: usize = 120;
const DAYS_FROM_H: usize = 48;

/// The banner, where there is something to say; `true` when it was drawn.
pub fn notice(ui: &mut Ui, view: &View<'_>) -> bool {
    let Some(slow) = view.state.clock_slow_minutes() else { return false };
    banner(ui, Tone::Neutral, icons::ICON_SCHEDULE, &sentence(view.t, slow), None);
    true
}

/// How wrong the clock is, what that means here, and what to do; `slow_min` is negative where the
/// clock is fast.
fn sentence(t: Texts, slow_min: i64) -> String {
    let minutes = usize::try_from(slow_min.unsigned_abs()).unwrap_or(usize::MAX);
    let hours = minutes.saturating_add(30) / 60;
    let by = if minutes < HOURS_FROM_MIN {
        t.count("clock-minutes", minutes)
    } else if hours < DAYS_FROM_H {
        t.count("clock-hours", hours)
    } else {
        t.count("clock-days", hours.saturating_add(12) / 24)
    };
    t.named(if slow_min > 0 { "clock-slow" } else { "clock-fast" }, &by)
}
