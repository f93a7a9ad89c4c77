//! Pages with texts of double length and at double scale: nothing is cut off, nothing overlaps,
//! every control has a name.

mod audit;
mod fake;

use client::app::Window;
use client::i18n::Language;
use client::state::{BackendEvent, Page};
use egui_kittest::Harness;
use fake::*;
use protocol::RoomKind;

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

#[test]
fn sign_in_holds_every_text() {
    everywhere("sign-in", || {
        let mut window = Window::new(settings(Language::German));
        window.apply(BackendEvent::SignInNeeded);
        window
    });
}

#[test]
fn the_frame_holds_every_text_on_every_page() {
    for page in [Page::Planner, Page::Contacts, Page::Journal, Page::Settings] {
        everywhere(&format!("{page:?}"), || {
            let mut window = at_home(Language::German);
            window.state.page = page;
            window
        });
    }
}

#[test]
fn pre_join_holds_every_text() {
    everywhere("pre-join", || at_pre_join(Language::German));
}

#[test]
fn the_call_holds_every_text() {
    everywhere("call", || inside(Language::German, RoomKind::GroupCall, 9, people()));
}
