//! Nothing is drawn anew without a reason: a page on which nothing happens leaves the processor
//! alone.

#[path = "planner_page/data.rs"]
#[allow(dead_code, reason = "only its week is looked at here")]
mod data;
mod fake;

use client::app::Window;
use client::i18n::Language;
use client::state::{BackendEvent, Page, Panel};
use egui::ViewportId;
use egui_kittest::Harness;
use fake::*;
use protocol::*;
use std::time::Duration;

/// What moves once a minute, such as the clock in the header, may wake a page; at this time of the
/// tests' day a whole minute has just begun.
const MINUTE: Duration = Duration::from_secs(50);

/// The running time of a conference moves once a second.
const SECOND: Duration = Duration::from_millis(900);

/// Lets everything that was under way come to rest; gives how long the window sleeps then.
fn sleeps(mut window: Window) -> Duration {
    window.take_commands();
    let mut page = harness(window);
    // Longer than any light fades and any message stands.
    page.run_steps(80);
    let found = sleep_of(&page);
    page.run_steps(4);
    assert_eq!(found > SECOND, sleep_of(&page) > SECOND, "it sleeps once and wakes again");
    found.min(sleep_of(&page))
}

fn sleep_of(page: &Harness<'_, Window>) -> Duration {
    page.output().viewport_output.get(&ViewportId::ROOT).map_or(Duration::ZERO, |v| v.repaint_delay)
}

/// A group call in which nobody says anything.
fn silent_call() -> Window {
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
    window.apply(hub(HubMessage::Speakers { participants: Vec::new() }));
    window
}

#[test]
fn the_planner_sleeps_until_its_clock_moves() {
    let window = data::lively(Language::German);
    let found = sleeps(window);
    assert!(found > MINUTE, "{found:?}");
}

#[test]
fn an_empty_planner_sleeps_until_its_clock_moves() {
    let mut window = data::at_planner(Language::German);
    data::list(&mut window, Vec::new(), None);
    let found = sleeps(window);
    assert!(found > MINUTE, "{found:?}");
}

#[test]
fn rooms_and_settings_sleep_until_their_clock_moves() {
    for page in [Page::Rooms, Page::Contacts, Page::Journal, Page::Settings] {
        let mut window = data::lively(Language::German);
        window.state.page = page;
        let found = sleeps(window);
        assert!(found > MINUTE, "{page:?}: {found:?}");
    }
}

#[test]
fn a_silent_call_draws_once_a_second() {
    let found = sleeps(silent_call());
    assert!(found > SECOND, "{found:?}");
}

#[test]
fn a_silent_call_with_a_panel_draws_once_a_second() {
    for panel in [Panel::Chat, Panel::Health] {
        let mut window = silent_call();
        if let Some(call) = &mut window.state.call {
            call.toggle(panel);
        }
        let found = sleeps(window);
        assert!(found > SECOND, "{panel:?}: {found:?}");
    }
}

#[test]
fn figures_of_the_engine_and_a_still_microphone_wake_no_call() {
    let mut window = silent_call();
    window.apply(health(blur_on(Some(gpu()), no_gpu())));
    window.apply(BackendEvent::MicrophoneLevel(127));
    let found = sleeps(window);
    assert!(found > SECOND, "{found:?}");
}
