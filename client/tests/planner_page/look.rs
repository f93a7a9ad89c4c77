//! Renders the planner's pages to `target/screens/planner*.png`: nothing may panic, and people can
//! look at the result.

use crate::data::*;
use crate::fake::*;
use client::app::Window;
use client::i18n::Language;
use client::state::{Code, Discreet, MoveForm, PlannerEvent, Question, RangeForm, Span};
use egui::Theme;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use protocol::*;

fn save(name: &str, window: Window, size: [f32; 2], theme: Theme) {
    save_after(name, window, size, theme, |_| {});
}

fn save_after(
    name: &str,
    window: Window,
    size: [f32; 2],
    theme: Theme,
    act: impl FnOnce(&mut egui_kittest::Harness<'static, Window>),
) {
    let mut page = rendered(window, size, theme);
    page.run_steps(4);
    act(&mut page);
    page.run_steps(4);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&folder).expect("folder");
    let image = page.render().expect("a picture");
    image.save(folder.join(format!("{name}.png"))).expect("writable");
}

const WIDE: [f32; 2] = [1440.0, 900.0];
const NARROW: [f32; 2] = [1000.0, 700.0];

fn as_drawn(language: Language) -> Window {
    let mut window = lively(language);
    window.state.planner.filters.span = Span::Fortnight;
    window
}

#[test]
fn the_list_renders_wide_and_narrow_dark_and_light() {
    save("planner", as_drawn(Language::German), WIDE, Theme::Dark);
    save("planner_light", as_drawn(Language::German), WIDE, Theme::Light);
    save("planner_narrow", lively(Language::German), NARROW, Theme::Dark);
    save("planner_small", lively(Language::English), [900.0, 600.0], Theme::Light);
    save("planner_double", lively(Language::German), [720.0, 450.0], Theme::Dark);
    let mut window = lively(Language::German);
    window.state.texts = window.state.texts.stretched();
    save("planner_stretched", window, WIDE, Theme::Dark);
    let mut window = lively(Language::German);
    window.state.planner.list_failure = Some(client::state::Failure::Unreachable("refused".into()));
    window.state.planner.failure = Some(hub_code("conference_live"));
    save("planner_failed", window, WIDE, Theme::Light);
    let mut window = lively(Language::German);
    window.state.planner.filters.search = "gibt es nicht".into();
    save("planner_nothing", window, WIDE, Theme::Dark);
}

#[test]
fn the_first_page_renders() {
    let mut window = at_planner(Language::German);
    list(&mut window, Vec::new(), None);
    save("planner_empty", window, WIDE, Theme::Dark);
    let mut window = at_planner(Language::German);
    window
        .apply(client::state::BackendEvent::People(client::state::PeopleEvent::Me(Ok(me(false)))));
    let query = window.state.planner.wanted(now(), None);
    let Some(client::command::PlannerCommand::List(query)) = query else { panic!("{query:?}") };
    let page = Err(hub_code("no_profile"));
    window.apply(planner(PlannerEvent::Listed { query, page }));
    save("planner_no_profile", window, NARROW, Theme::Light);
}

fn series() -> Window {
    let mut window = lively(Language::German);
    let entries = window.state.planner.entries.as_mut().expect("listed");
    let entry = entries.iter_mut().find(|entry| entry.id == TOMORROW).expect("there");
    entry.recurring = true;
    tell_details(&mut window, TOMORROW);
    window.state.planner.show(TOMORROW);
    let mail = PendingMail {
        id: 1,
        entry: TOMORROW,
        purpose: "invitation".into(),
        recipient: "farid@hv.example".into(),
        given_up: true,
        tries: 5,
        next_try_ms: None,
        detail: Some("550 no such user".into()),
        written_at_ms: NOON_MS,
    };
    let overview = MailOverview { configured: true, mails: vec![mail] };
    window.apply(planner(PlannerEvent::Mail(Ok(overview))));
    window
}

#[test]
fn the_details_render() {
    save("planner_details", series(), WIDE, Theme::Dark);
    save("planner_details_light", series(), NARROW, Theme::Light);
}

#[test]
fn dialogs_and_menus_render() {
    let mut window = lively(Language::German);
    window.state.planner.question = Some(Question::Delete(TOMORROW));
    save("planner_delete", window, WIDE, Theme::Dark);
    let mut window = series();
    window.state.planner.moving = Some(MoveForm {
        entry: TOMORROW,
        original_ms: NOON_MS + 22 * HOUR,
        start: "24.11.2026 14:00".into(),
        end: "26.11.2026 15:00".into(),
        error: Some(client::state::MoveError::Past),
    });
    save("planner_move", window, WIDE, Theme::Light);
    let mut window = lively(Language::German);
    window.state.planner.range =
        Some(RangeForm { first: "25.11.2026".into(), last: "24.11.2026".into(), tried: true });
    save("planner_range", window, WIDE, Theme::Dark);
    let mut window = lively(Language::English);
    window.state.planner.range =
        Some(RangeForm { first: "25 Nov 2026".into(), last: "24 Dec 2026".into(), tried: false });
    save_after("planner_range_light", window, NARROW, Theme::Light, |page| {
        page.get_by_role_and_label(Role::Button, "To: Open calendar").click();
    });
    let mut window = lively(Language::German);
    window.state.planner.code = Some(Code {
        title: "Nebenkostenabrechnung 2026: was sich ändert".into(),
        link: Discreet("https://kath.example/j/2mCk3FhT9wQ".into()),
        number: "483920175".into(),
    });
    save("planner_code", window, WIDE, Theme::Dark);
    save_after("planner_menu", lively(Language::German), WIDE, Theme::Dark, |page| {
        page.get_by_label("Weitere Wege einzuladen").click();
    });
}
