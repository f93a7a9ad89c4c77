//! Choosing a background, seeing what it costs, and being told when that changes.

mod fake;

use client::app::Window;
use client::command::Command;
use client::i18n::Language;
use client::settings::{Backdrop, BackdropKind};
use client::state::{BackendEvent, Panel};
use egui::Key;
use egui::accesskit::Role as Kind;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::blur::{Notice, Path, Quality, Reason};
use engine::engine::Event as EngineEvent;
use fake::*;
use protocol::RoomKind;
use std::path::PathBuf;

type Page = Harness<'static, Window>;

fn click(page: &mut Page, role: Kind, label: &str) {
    page.get_by_role_and_label(role, label).click();
    page.run_steps(3);
}

/// The backgrounds asked for since the last look.
fn asked(page: &mut Page) -> Vec<Backdrop> {
    let commands = page.state_mut().take_commands().into_iter();
    commands
        .filter_map(|command| match command {
            Command::SetBackdrop(backdrop) => Some(backdrop),
            _ => None,
        })
        .collect()
}

fn pre_join() -> Page {
    let mut page = harness(at_pre_join(Language::German));
    page.run_steps(2);
    page
}

fn group_call() -> Page {
    let mut page = harness(inside(Language::German, RoomKind::GroupCall, 9, people()));
    page.run_steps(2);
    page.state_mut().take_commands();
    page
}

fn remembered(page: &Page) -> &Backdrop {
    &page.state().state.settings.backdrop
}

#[test]
fn blur_is_switched_on_tuned_and_off_before_the_conference_and_remembered() {
    let mut page = pre_join();
    assert!(page.query_by_role_and_label(Kind::Slider, "Stärke").is_none());
    click(&mut page, Kind::RadioButton, "Unscharf");
    let on = Backdrop { kind: BackdropKind::Blurred, ..Backdrop::default() };
    assert_eq!(asked(&mut page), std::slice::from_ref(&on));
    assert_eq!(*remembered(&page), on);
    page.get_by_role_and_label(Kind::Slider, "Stärke").focus();
    page.run_steps(2);
    page.key_press(Key::ArrowRight);
    page.run_steps(2);
    let stronger = asked(&mut page);
    assert!(stronger.iter().all(|now| now.strength_percent > on.strength_percent));
    assert_eq!(stronger.last(), Some(remembered(&page)));
    click(&mut page, Kind::RadioButton, "Aus");
    assert_eq!(asked(&mut page).last().map(|now| now.kind), Some(BackdropKind::Room));
    assert_eq!(asked(&mut page), [], "nothing is asked for twice");
}

#[test]
fn a_picture_is_chosen_by_dialog_dropped_or_taken_from_last_time() {
    let mut page = pre_join();
    click(&mut page, Kind::RadioButton, "Bild");
    assert_eq!(page.state_mut().take_commands(), [Command::PickPicture]);
    assert_eq!(remembered(&page).kind, BackdropKind::Room, "not before there is one");
    page.state_mut().apply(BackendEvent::PicturePicked("/pictures/hall.jpg".into()));
    page.run_steps(2);
    page.get_by_label("hall.jpg");
    assert_eq!(remembered(&page).picture, Some(PathBuf::from("/pictures/hall.jpg")));
    click(&mut page, Kind::Button, "Bild wählen");
    assert_eq!(page.state_mut().take_commands(), [Command::PickPicture]);
    click(&mut page, Kind::RadioButton, "Aus");
    click(&mut page, Kind::RadioButton, "Bild");
    let kinds: Vec<_> = asked(&mut page).into_iter().map(|now| now.kind).collect();
    assert_eq!(kinds, [BackdropKind::Room, BackdropKind::Picture]);
}

#[test]
fn a_picture_that_cannot_be_used_leaves_the_room_blurred_and_says_why() {
    let refused = || BackendEvent::PictureRefused("cannot play x.txt: no picture".into());
    let message = "Das Bild lässt sich nicht verwenden. (cannot play x.txt: no picture)";
    let mut page = pre_join();
    page.state_mut().state.settings.backdrop = backdrop(BackdropKind::Picture);
    page.state_mut().apply(refused());
    page.run_steps(2);
    page.get_by_label(message);
    assert_eq!(remembered(&page).kind, BackdropKind::Blurred);
    click(&mut page, Kind::RadioButton, "Aus");
    assert!(page.query_by_label(message).is_none());

    let mut page = group_call();
    page.state_mut().apply(refused());
    page.run_steps(2);
    page.get_by_role_and_label(Kind::Alert, message);
    page.get_by_label("Man hört Sie");
}

#[test]
fn the_toolbar_opens_the_same_controls_and_the_technical_details() {
    let mut page = group_call();
    click(&mut page, Kind::Button, "Kamera wählen");
    click(&mut page, Kind::RadioButton, "Unscharf");
    assert_eq!(asked(&mut page).last().map(|now| now.kind), Some(BackdropKind::Blurred));
    page.get_by_role_and_label(Kind::Slider, "Stärke");
    click(&mut page, Kind::MenuItem, "Technische Angaben zeigen");
    let panel = |page: &Page| page.state().state.call.as_ref().expect("in a call").panel;
    assert_eq!(panel(&page), Some(Panel::Health));
    page.get_by_label("Noch keine Angaben");
    page.state_mut().apply(health(blur_on(Some(gpu()), Reason::Gpu)));
    page.run_steps(2);
    page.get_by_label("Grafikkarte: NVIDIA GeForce RTX 4060");
    page.get_by_label("Güte: voll");
    page.get_by_label("Insgesamt: 0,40 ms   0,56 ms");
    click(&mut page, Kind::Button, "Mehr");
    click(&mut page, Kind::MenuItem, "Technische Angaben");
    assert_eq!(panel(&page), None);
}

#[test]
fn before_the_conference_one_sees_which_path_runs_and_why() {
    let mut page = pre_join();
    page.state_mut().state.settings.backdrop = backdrop(BackdropKind::Blurred);
    page.state_mut().apply(health(blur_on(Some(Path::Cpu), no_gpu())));
    page.run_steps(2);
    let words = "CPU 6,0 ms. Keine geeignete Grafikkarte (llvmpipe is the processor itself)";
    page.get_by_role_and_label(Kind::Status, words);
}

#[test]
fn each_change_of_path_or_quality_is_told_with_a_way_to_the_details() {
    let whole = Notice::Whole { reason: Reason::Failed("x".into()) };
    let quality = |quality, lowered| Notice::Quality { quality, lowered };
    let cpu = |reason| Notice::Path { path: Path::Cpu, reason };
    for (notice, words) in [
        (quality(Quality::Reduced, true), Some("Rechner ausgelastet: Hintergrund vereinfacht")),
        (quality(Quality::Lowest, true), Some("Rechner ausgelastet: Hintergrund nur noch grob")),
        (quality(Quality::Full, false), Some("Der Hintergrund ist wieder genauer")),
        (
            cpu(Reason::GpuFailed("lost".into())),
            Some("Grafikkarte ausgefallen, der Prozessor übernimmt"),
        ),
        (cpu(Reason::GpuTooSlow), Some("Grafikkarte ausgelastet, der Prozessor übernimmt")),
        (whole, Some("Ihr ganzes Bild ist unscharf")),
        // Where it begins is on show where it is chosen.
        (cpu(Reason::Starting), None),
    ] {
        let mut page = group_call();
        page.state_mut().apply(engine_event(EngineEvent::Blur(notice)));
        page.run_steps(2);
        let Some(words) = words else {
            assert!(page.query_by_role(Kind::Alert).is_none());
            continue;
        };
        page.get_by_role_and_label(Kind::Alert, words);
        click(&mut page, Kind::Button, "Details");
        let call = page.state().state.call.as_ref().expect("in a call");
        assert_eq!(call.panel, Some(Panel::Health));
        assert!(page.query_by_role_and_label(Kind::Alert, words).is_none());
    }
}
