//! A computer's clock that is wrong is told where times matter.

use crate::data::{at_planner, list, lively};
use crate::fake::*;
use crate::{NARROW, WIDE, keep, page, says};
use client::app::Window;
use client::i18n::Language;
use client::state::BackendEvent;
use egui::Theme;
use protocol::RoomKind;

const MINUTE_MS: i64 = 60_000;

fn wrong(mut window: Window, ahead_ms: i64) -> Window {
    window.apply(BackendEvent::HubClock(ahead_ms));
    window
}

fn planning(language: Language) -> Window {
    let mut window = lively(language);
    window.state.plan_entry(RoomKind::Webinar);
    window
}

type Place = (&'static str, fn(Language) -> Window);

/// Every page on which times matter.
const PLACES: [Place; 4] = [
    ("planner", lively),
    ("empty planner", |language| {
        let mut window = at_planner(language);
        list(&mut window, Vec::new(), None);
        window
    }),
    ("dialog", planning),
    ("pre-join", at_pre_join),
];

#[test]
fn a_wrong_clock_is_told_in_both_directions_wherever_times_matter() {
    for (place, window) in PLACES {
        let slow = page(wrong(window(Language::German), 5 * MINUTE_MS));
        assert!(
            says(&slow, "geht 5 Minuten nach. Katheder richtet sich nach der Uhr des Hubs"),
            "{place}"
        );
        let fast = page(wrong(window(Language::German), -5 * MINUTE_MS));
        assert!(says(&fast, "geht 5 Minuten vor"), "{place}");
        let english = page(wrong(window(Language::English), MINUTE_MS));
        assert!(says(&english, "clock is 1 minute slow"), "{place}");
        assert!(says(&english, "Please set the computer's clock right"), "{place}");
    }
}

#[test]
fn seconds_are_not_worth_a_word() {
    for (place, window) in PLACES {
        for ahead_ms in [0, MINUTE_MS - 1, 1 - MINUTE_MS] {
            let page = page(wrong(window(Language::German), ahead_ms));
            assert!(!says(&page, "Die Uhr dieses Rechners"), "{place}");
        }
    }
}

#[test]
fn large_mistakes_are_told_in_hours_and_days() {
    for (minutes, words) in [
        (119, "119 Minuten"),
        (120, "2 Stunden"),
        (-170, "3 Stunden"),
        (47 * 60, "47 Stunden"),
        (366 * 24 * 60, "366 Tage"),
        (i64::MAX / MINUTE_MS, "Tage"),
    ] {
        let page = page(wrong(at_pre_join(Language::German), minutes * MINUTE_MS));
        assert!(says(&page, words), "{minutes}");
    }
}

#[test]
fn the_word_renders() {
    let slow = |window| wrong(window, 7 * MINUTE_MS);
    keep("clock_planner", slow(lively(Language::German)), WIDE, Theme::Dark);
    keep("clock_planner_narrow", slow(lively(Language::English)), NARROW, Theme::Light);
    keep("clock_entry", slow(planning(Language::German)), WIDE, Theme::Dark);
    keep("clock_pre_join", slow(at_pre_join(Language::German)), WIDE, Theme::Light);
}
