//! Pages with texts of double length and at double scale: nothing is cut off, nothing overlaps,
//! every control has a name.

mod audit;
#[path = "planner_page/data.rs"]
#[allow(dead_code, reason = "the planner's own tests use the rest")]
mod data;
mod fake;
#[path = "rooms_page/scene.rs"]
#[allow(dead_code, reason = "the rooms' own tests use the rest")]
mod scene;

use client::app::Window;
use client::i18n::Language;
use client::state::{BackendEvent, Page, Panel, Screen, SettingsTab, Why};
use egui_kittest::Harness;
use fake::people::{introduce, journal, past_calls};
use fake::*;
use protocol::*;

/// The sizes that matter: the mock-ups', both sides of each breakpoint, the least.
const SIZES: [[f32; 2]; 4] = [[1440.0, 900.0], [1100.0, 760.0], [1000.0, 700.0], [900.0, 600.0]];

/// A page at every size, with its own texts and with ones twice as long.
fn everywhere(what: &str, window: impl Fn() -> Window) {
    let mut findings = Vec::new();
    for size in SIZES {
        for long in [false, true] {
            let mut window = window();
            if long {
                window.state.texts = window.state.texts.stretched();
            }
            let mut page: Harness<'_, Window> = harness(window);
            page.set_size(size.into());
            page.run_steps(4);
            let width = if long { "double" } else { "plain" };
            let found = audit::findings(&page).into_iter();
            findings.extend(found.map(|finding| format!("{size:?}, {width}: {finding}")));
        }
    }
    assert!(findings.is_empty(), "{what}:\n  {}", findings.join("\n  "));
}

fn at(page: Page) -> Window {
    let mut window = at_home(Language::German);
    introduce(&mut window);
    window.state.page = page;
    window
}

fn called(kind: RoomKind) -> Window {
    inside(Language::German, kind, 9, people())
}

#[test]
fn sign_in_holds_every_text() {
    everywhere("sign-in", || {
        let mut window = Window::new(settings(Language::German));
        window.apply(BackendEvent::SignInNeeded);
        window
    });
}

#[test]
fn a_new_password_holds_every_text() {
    everywhere("new password", || {
        let mut window = at_home(Language::German);
        window.state.screen = Screen::NewPassword;
        window
    });
}

#[test]
fn the_frame_holds_every_text_on_every_page() {
    for page in [Page::Planner, Page::Rooms, Page::Contacts, Page::Journal, Page::Settings] {
        everywhere(&format!("{page:?}"), || {
            let mut window = at_home(Language::German);
            window.state.page = page;
            window
        });
    }
}

#[test]
fn the_planner_holds_every_text() {
    everywhere("the list", || data::lively(Language::German));
    everywhere("the details", || {
        let mut window = data::lively(Language::German);
        data::tell_details(&mut window, data::TOMORROW);
        window.state.planner.show(data::TOMORROW);
        window
    });
}

#[test]
fn rooms_hold_every_text() {
    let busy = |all_members| {
        let mut window = scene::busy(Language::German);
        window.state.page = Page::Rooms;
        window.state.rooms.info.all_members = all_members;
        window
    };
    everywhere("a room with its chat", || busy(false));
    everywhere("a room with all members", || busy(true));
    everywhere("a room in which nothing happens", || {
        let mut window = scene::quiet(Language::German);
        window.state.page = Page::Rooms;
        scene::show(&mut window, scene::OFFICE);
        window
    });
}

#[test]
fn people_and_calls_hold_every_text() {
    everywhere("somebody's details", || {
        let mut window = at(Page::Contacts);
        window.state.people.selected = Some("farid".into());
        window
    });
    everywhere("the journal", || {
        let mut window = at(Page::Journal);
        window.apply(journal(past_calls()));
        window
    });
}

#[test]
fn every_part_of_the_settings_holds_every_text() {
    for tab in SettingsTab::ALL {
        everywhere(&format!("{tab:?}"), || {
            let mut window = at(Page::Settings);
            window.state.settings_tab = tab;
            window
        });
    }
}

#[test]
fn a_wrong_clock_leaves_room_for_every_text() {
    for page in [Page::Planner, Page::Rooms] {
        everywhere(&format!("{page:?}"), || {
            let mut window = data::lively(Language::German);
            window.state.page = page;
            window.apply(BackendEvent::HubClock(300_000));
            window
        });
    }
}

#[test]
fn pre_join_holds_every_text() {
    everywhere("pre-join", || at_pre_join(Language::German));
}

#[test]
fn waiting_and_the_end_hold_every_text() {
    everywhere("waiting", || {
        let mut window = joining(Language::German, RoomKind::Webinar);
        window.apply(hub(HubMessage::Waiting {
            reason: WaitReason::NoHost,
            room_name: "Nebenkostenabrechnung 2026".into(),
            resume_token: "t".into(),
        }));
        window
    });
    everywhere("the end", || {
        let mut window = called(RoomKind::GroupCall);
        window.state.end(Why::Over(EndReason::EndedByHost));
        window
    });
}

#[test]
fn the_call_holds_every_text() {
    everywhere("call", || called(RoomKind::GroupCall));
    everywhere("webinar", || called(RoomKind::Webinar));
}

#[test]
fn every_panel_of_the_call_holds_every_text() {
    for panel in [Panel::Chat, Panel::People, Panel::Info, Panel::Health] {
        everywhere(&format!("{panel:?}"), || {
            let mut window = called(RoomKind::GroupCall);
            introduce(&mut window);
            window.apply(health(blur_on(Some(gpu()), engine::blur::Reason::Gpu)));
            window.state.screens.shared = Some("Folien.pdf".into());
            window.state.call.as_mut().expect("a call").toggle(panel);
            window
        });
    }
}
