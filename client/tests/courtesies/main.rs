//! What the window does for people unasked: a word about a wrong clock, a look at what they share,
//! quiet sounds, ways to reach the people they read of.

mod clock;
#[path = "../planner_page/data.rs"]
#[allow(dead_code, reason = "the planner's own tests use the rest")]
mod data;
mod faces;
#[path = "../fake/mod.rs"]
mod fake;
mod health;
mod menus;
mod own_share;
#[path = "../rooms_page/scene.rs"]
#[allow(dead_code, reason = "the rooms' own tests use the rest")]
mod scene;
mod sounds;

use client::app::Window;
use egui::Theme;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

type Page = Harness<'static, Window>;

const WIDE: [f32; 2] = [1440.0, 900.0];
const NARROW: [f32; 2] = [1000.0, 700.0];

/// The window without a renderer, at rest.
fn page(window: Window) -> Page {
    let mut page = fake::harness(window);
    page.run_steps(3);
    page
}

/// Some node's name holds these words.
fn says(page: &Page, words: &str) -> bool {
    page.query_all_by_label_contains(words).next().is_some()
}

/// Draws the window into `target/screens`, to be looked at.
fn keep(name: &str, window: Window, size: [f32; 2], theme: Theme) {
    keep_after(name, window, size, theme, |_| {});
}

/// Likewise, after `act`.
fn keep_after(
    name: &str,
    window: Window,
    size: [f32; 2],
    theme: Theme,
    act: impl FnOnce(&mut Page),
) {
    let mut page = fake::rendered(window, size, theme);
    page.run_steps(4);
    act(&mut page);
    page.run_steps(4);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&folder).expect("a folder");
    let picture = page.render().expect("a picture");
    picture.save(folder.join(format!("{name}.png"))).expect("writable");
}
