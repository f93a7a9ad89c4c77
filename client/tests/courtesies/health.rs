//! How everybody fares, and why, in words: oneself first, the worst next, the many who fare well in
//! one line.

use crate::fake::*;
use crate::{NARROW, Page, WIDE, keep, page, says};
use client::app::Window;
use client::call::{CallEvent, Link};
use client::i18n::Language;
use client::state::{BackendEvent, Cause, Panel};
use egui::accesskit::Role as Kind;
use egui::{Theme, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use protocol::QualityLevel::{Bad, Good, Weak};
use protocol::*;

fn way(level: QualityLevel, loss_percent: Option<u8>) -> WayQuality {
    WayQuality { level, loss_percent }
}

fn told(window: &mut Window, people: &[(u32, WayQuality)]) {
    let rows = people.iter().map(|(id, uplink)| PersonQuality {
        participant: ParticipantId(*id),
        uplink: *uplink,
        downlink: way(Good, Some(0)),
    });
    window.apply(hub(HubMessage::Quality { people: rows.collect() }));
}

/// A call of so many with the panel open; we are the ninth.
fn watching(language: Language, count: u32) -> Window {
    let mut everybody = people();
    let more =
        (10..=count).map(|id| person(id, &format!("Gast {id:02}"), Role::Attendee, false, false));
    everybody.extend(more);
    let mut window = inside(language, RoomKind::GroupCall, 9, everybody);
    window.state.call.as_mut().expect("a call").toggle(Panel::Health);
    window
}

/// What is read of each row, from above.
fn rows(page: &Page) -> Vec<String> {
    let mut rows: Vec<_> = page
        .get_all_by_role(Kind::ListItem)
        .filter_map(|node| Some((node.rect().top(), node.accesskit_node().label()?)))
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter().map(|(_, words)| words).collect()
}

#[test]
fn k2_the_health_panel_names_the_cause_for_each_person_the_worst_first() {
    let mut window = watching(Language::German, 9);
    told(
        &mut window,
        &[(3, way(Weak, Some(8))), (7, way(Bad, Some(100))), (9, way(Weak, Some(5)))],
    );
    let rows = rows(&page(window));
    let own = "Sie, Verbindung schwach: Auf dem Weg von Ihnen gehen 5 % der Daten verloren.";
    assert!(rows[0].starts_with(own), "{rows:?}");
    let silent = "Grace Owusu, Verbindung schlecht: Von Grace Owusu kommt nichts mehr an";
    assert!(rows[1].starts_with(silent), "{rows:?}");
    let lossy =
        "Dr. Petra Hansen, Verbindung schwach: Die Leitung von Dr. Petra Hansen verliert 8 %";
    assert!(rows[2].starts_with(lossy), "{rows:?}");
    assert_eq!(rows[3], "Aylin Demir, Verbindung gut: Alles in Ordnung.");
    assert_eq!(rows.len(), 9);
}

#[test]
fn forty_nine_people_stay_readable() {
    let mut window = watching(Language::German, 49);
    told(&mut window, &[(2, way(Bad, Some(40))), (12, way(Weak, Some(4)))]);
    let fares = window.state.call.as_ref().expect("a call").fares();
    let order: Vec<u32> = fares.rows.iter().map(|(id, _)| id.0).collect();
    assert_eq!((order, fares.well, fares.through_us), (vec![9, 2, 12], 46, 0));
    let page = page(window);
    assert!(says(&page, "Bei 46 weiteren Personen ist alles in Ordnung."));
    assert_eq!(rows(&page).len(), 3);
    // All of them in trouble: each has a row, and the panel scrolls.
    let mut window = watching(Language::German, 49);
    let all: Vec<_> = (1..=49).map(|id| (id, way(Weak, Some(6)))).collect();
    told(&mut window, &all);
    let fares = window.state.call.as_ref().expect("a call").fares();
    assert_eq!((fares.rows.len(), fares.well), (49, 0));
    let mut page = crate::page(window);
    let last = page.get_by_label_contains("Gast 49, Verbindung schwach");
    assert!(last.rect().bottom() > 900.0, "below the window");
    last.scroll_to_me();
    page.run_steps(4);
    assert!(page.get_by_label_contains("Gast 49, Verbindung schwach").rect().bottom() < 900.0);
    page.set_size(vec2(900.0, 600.0));
    page.run_steps(3);
}

#[test]
fn what_is_wrong_on_the_own_side_is_said_once() {
    let mut window = watching(Language::German, 9);
    let link = Link::Lost { retry_in: std::time::Duration::from_secs(1) };
    window.apply(BackendEvent::Call(CallEvent::Link(link)));
    let fares = window.state.call.as_ref().expect("a call").fares();
    assert_eq!((fares.rows.len(), fares.well, fares.through_us), (1, 0, 8));
    assert_eq!(fares.rows[0].1.cause, Cause::HubGone);
    let page = page(window);
    assert!(says(&page, "Der Server antwortet nicht."));
    assert!(says(&page, "Bei 8 weiteren Personen liegt es an Ihrer Seite."));
}

#[test]
fn the_health_panel_renders() {
    let troubled = |language, count| {
        let mut window = watching(language, count);
        people::introduce(&mut window);
        people::faces(&mut window);
        window.apply(health(blur_on(Some(gpu()), engine::blur::Reason::Gpu)));
        told(&mut window, &[(3, way(Weak, Some(8))), (7, way(Bad, Some(100)))]);
        window
    };
    keep("health_people", troubled(Language::German, 9), WIDE, Theme::Dark);
    keep("health_people_many", troubled(Language::English, 49), NARROW, Theme::Light);
}
