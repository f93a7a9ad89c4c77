//! The toolbar: what its tools name and do, and what is left of it in a narrow window.

mod fake;

use client::app::Window;
use client::command::Command;
use client::i18n::Language;
use client::state::{BackendEvent, Screen, ScreenChoice, ScreenKind};
use egui::accesskit::Role as Kind;
use egui::{Key, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use fake::*;
use protocol::*;

type Page = Harness<'static, Window>;

fn page_of(kind: RoomKind, role: Role) -> Page {
    let mut everybody = people();
    everybody[8].role = role;
    let mut page = harness(inside(Language::German, kind, 9, everybody));
    page.run_steps(4);
    page.state_mut().take_commands();
    page
}

fn group_call() -> Page {
    page_of(RoomKind::GroupCall, Role::Host)
}

fn wishes(page: &mut Page) -> Vec<Command> {
    let commands = page.state_mut().take_commands();
    commands.into_iter().filter(|command| !matches!(command, Command::Watch(_))).collect()
}

fn click(page: &mut Page, label: &str) {
    page.get_by_role_and_label(Kind::Button, label).click();
    page.run_steps(3);
}

fn pick(page: &mut Page, opener: &str, item: &str) {
    click(page, opener);
    page.get_by_role_and_label(Kind::MenuItem, item).click();
    page.run_steps(3);
}

fn screens() -> BackendEvent {
    let choice =
        |id: &str, name: &str, kind| ScreenChoice { id: id.into(), name: name.into(), kind };
    let [light, dark] = [[240, 236, 226, 255], [30, 60, 54, 255]]
        .map(|rgba| egui::ColorImage::from_rgba_unmultiplied([1, 1], &rgba));
    BackendEvent::Screens(vec![
        (choice("m1", "Bildschirm 1 (2560 × 1440)", ScreenKind::Monitor), Some(dark)),
        (choice("m2", "Bildschirm 2 (1920 × 1080)", ScreenKind::Monitor), None),
        (choice("w1", "Folien.pdf", ScreenKind::Window), Some(light)),
    ])
}

#[test]
fn j1_the_camera_tool_names_the_action_and_nothing_moves_when_it_flips() {
    let mut page = group_call();
    let before = page.get_by_role_and_label(Kind::Button, "Chat").rect();
    click(&mut page, "Video ausschalten");
    assert_eq!(wishes(&mut page), [Command::SetCamera(false)]);
    assert_eq!(page.get_by_role_and_label(Kind::Button, "Chat").rect(), before);
    click(&mut page, "Video einschalten");
    assert_eq!(wishes(&mut page), [Command::SetCamera(true)]);
}

#[test]
fn j2_the_microphone_tool_names_the_action() {
    let mut page = group_call();
    click(&mut page, "Stummschalten");
    click(&mut page, "Ton einschalten");
    assert_eq!(wishes(&mut page), [Command::SetMicrophone(false), Command::SetMicrophone(true)]);
}

#[test]
fn j1_the_arrows_hold_devices_and_background() {
    let mut page = group_call();
    pick(&mut page, "Kamera wählen", "Vorführung");
    let demo = engine::config::CameraSource::Demo;
    assert_eq!(wishes(&mut page), [Command::ListDevices, Command::SetCameraDevice(demo)]);
    click(&mut page, "Kamera wählen");
    page.get_by_role_and_label(Kind::RadioButton, "Unscharf").click();
    page.run_steps(3);
    assert!(matches!(wishes(&mut page)[..], [.., Command::SetBackdrop(_)]));
}

#[test]
fn j3_sharing_asks_which_screen_and_says_that_it_runs() {
    let mut page = group_call();
    click(&mut page, "Bildschirm teilen");
    assert_eq!(wishes(&mut page), [Command::ListScreens]);
    page.state_mut().apply(screens());
    page.run_steps(3);
    page.get_by_role_and_label(Kind::RadioButton, "Folien.pdf").click();
    page.run_steps(3);
    click(&mut page, "Teilen");
    assert_eq!(wishes(&mut page), [Command::ShareScreen("w1".into())]);
    page.get_by_label("Sie teilen: Folien.pdf");
    let stop = page.get_all_by_role_and_label(Kind::Button, "Freigabe beenden").last();
    stop.expect("on the toolbar").click();
    page.run_steps(3);
    assert_eq!(wishes(&mut page), [Command::StopSharing]);
    page.get_by_role_and_label(Kind::Button, "Bildschirm teilen");
}

#[test]
fn j3_the_choice_can_be_left_and_says_when_there_is_nothing() {
    let mut page = group_call();
    click(&mut page, "Bildschirm teilen");
    page.get_by_label("Bildschirme und Fenster werden gesucht");
    page.state_mut().apply(BackendEvent::Screens(Vec::new()));
    page.run_steps(3);
    page.get_by_label("Nichts zu teilen");
    page.key_press(Key::Escape);
    page.run_steps(3);
    assert!(!page.state().state.screens.open);
    assert_eq!(wishes(&mut page), [Command::ListScreens]);
}

#[test]
fn j3_a_desktop_that_asks_for_itself_is_not_asked_twice() {
    let mut page = group_call();
    click(&mut page, "Bildschirm teilen");
    let kind = ScreenKind::Desktop;
    let choice = ScreenChoice { id: "portal".into(), name: "Bildschirm".into(), kind };
    page.state_mut().apply(BackendEvent::Screens(vec![(choice, None)]));
    page.run_steps(3);
    let expected = [Command::ListScreens, Command::ShareScreen("portal".into())];
    assert_eq!(wishes(&mut page), expected);
    page.state_mut().apply(BackendEvent::SharingEnded);
    assert_eq!(page.state().state.screens.shared, None);
}

#[test]
fn j9_leaving_is_one_click_on_the_toolbar() {
    let mut page = group_call();
    let leave = page.get_all_by_role_and_label(Kind::Button, "Verlassen").last();
    leave.expect("on the toolbar").click();
    page.run_steps(2);
    assert_eq!(wishes(&mut page), [Command::Leave]);
    assert_eq!(page.state().state.screen, Screen::Ended);
}

#[test]
fn j10_ending_for_all_is_the_hosts_and_asks_first() {
    let mut page = group_call();
    pick(&mut page, "Weitere Wege hinaus", "Für alle beenden");
    assert!(page.get_by_role_and_label(Kind::Button, "Weitermachen").is_focused());
    assert_eq!(wishes(&mut page), []);
    click(&mut page, "Für alle beenden");
    assert_eq!(wishes(&mut page), [Command::EndForAll]);
    let page = page_of(RoomKind::GroupCall, Role::Attendee);
    assert!(page.query_by_label("Weitere Wege hinaus").is_none());
}

#[test]
fn j11_the_call_can_be_restarted_without_leaving() {
    let mut page = group_call();
    pick(&mut page, "Mehr", "Gespräch neu starten");
    assert_eq!(wishes(&mut page), [Command::RestartCall]);
    assert_eq!(page.state().state.screen, Screen::Call);
}

#[test]
fn j12_more_options_are_one_menu_away() {
    let mut page = group_call();
    pick(&mut page, "Mehr", "Weitere Einstellungen");
    assert!(page.state().state.call.as_ref().is_some_and(|call| call.view.settings));
    page.key_press(Key::Escape);
    page.run_steps(3);
    assert!(page.state().state.call.as_ref().is_some_and(|call| !call.view.settings));
    pick(&mut page, "Mehr", "Vollbild");
    assert!(page.state().state.fullscreen);
}

#[test]
fn j13_leaving_is_also_at_the_top_left() {
    let mut page = group_call();
    let top = page.get_all_by_role_and_label(Kind::Button, "Verlassen").next();
    let top = top.expect("in the top bar");
    assert!(top.rect().left() < 20.0 && top.rect().top() < 20.0);
    top.click();
    page.run_steps(2);
    assert_eq!(wishes(&mut page), [Command::Leave]);
}

#[test]
fn h6_a_call_can_be_sound_only_from_the_toolbar() {
    let mut page = group_call();
    pick(&mut page, "Mehr", "Nur Ton");
    assert_eq!(wishes(&mut page), [Command::SetCamera(false)]);
    click(&mut page, "Mehr");
    page.get_by_role_and_label(Kind::MenuItem, "Nur Ton").click();
    page.run_steps(3);
    assert!(page.state().state.call.as_ref().is_some_and(|call| !call.view.audio_only));
}

#[test]
fn i9_the_toolbar_stands_at_the_bottom_edge_and_the_panel_at_the_right() {
    let mut page = group_call();
    let tool = page.get_by_role_and_label(Kind::Button, "Stummschalten").rect();
    assert!(tool.bottom() > 880.0);
    click(&mut page, "Teilnehmer");
    assert!(page.get_by_label("Jonas Kettler groß zeigen").rect().right() < 1100.0);
}

#[test]
fn hosts_hold_and_lock_and_the_labels_flip_with_the_hubs_word() {
    let mut page = page_of(RoomKind::Webinar, Role::Host);
    click(&mut page, "Halten");
    click(&mut page, "Abschließen");
    assert_eq!(wishes(&mut page), [Command::Hold(true), Command::Lock(true)]);
    page.state_mut().apply(hub(HubMessage::Locked { locked: true }));
    let state = ConferenceState::OnHold;
    page.state_mut().apply(hub(HubMessage::State { state, live_since_ms: None }));
    page.run_steps(3);
    // On the toolbar, and on the card over the pictures.
    page.get_all_by_role_and_label(Kind::Button, "Fortsetzen").next().expect("one").click();
    page.run_steps(3);
    click(&mut page, "Aufschließen");
    assert_eq!(wishes(&mut page), [Command::Hold(false), Command::Lock(false)]);
    let mut page = group_call();
    pick(&mut page, "Mehr", "Halten");
    assert_eq!(wishes(&mut page), [Command::Hold(true)]);
}

#[test]
fn who_is_no_host_sees_the_lock_and_cannot_turn_it() {
    let mut page = page_of(RoomKind::GroupCall, Role::Attendee);
    page.state_mut().apply(hub(HubMessage::Locked { locked: true }));
    page.run_steps(2);
    page.get_by_role_and_label(Kind::Status, "Abgeschlossen: niemand kommt mehr hinzu");
    assert!(page.query_by_label("Aufschließen").is_none());
}

#[test]
fn a_webinar_says_live_or_held_and_how_many_watch() {
    let mut everybody = people();
    everybody[3].may_publish = false;
    let mut page = harness(inside(Language::German, RoomKind::Webinar, 9, everybody));
    page.run_steps(3);
    page.get_by_role_and_label(Kind::Status, "Live");
    page.get_by_role_and_label(Kind::Status, "1 sieht zu");
    page.get_by_role_and_label(Kind::Status, "Alles gesund. Eine Person sieht zu.");
    let state = ConferenceState::OnHold;
    page.state_mut().apply(hub(HubMessage::State { state, live_since_ms: None }));
    page.run_steps(2);
    assert!(page.query_all_by_label("Gehalten").count() >= 1);
}

#[test]
fn a_narrow_window_keeps_microphone_camera_and_leave() {
    let mut page = group_call();
    for (width, words, moved) in
        [(1440.0, true, false), (1000.0, false, false), (840.0, false, true)]
    {
        page.set_size(vec2(width, 700.0));
        page.run_steps(4);
        let tool = page.get_by_role_and_label(Kind::Button, "Stummschalten").rect();
        assert_eq!(tool.width() > 70.0, words, "{width}");
        let share = page.query_by_role_and_label(Kind::Button, "Bildschirm teilen");
        assert_eq!(share.is_none(), moved, "{width}");
        page.get_by_role_and_label(Kind::Button, "Video ausschalten");
        let mut right: f32 = 0.0;
        for node in page.get_all_by_role(Kind::Button) {
            right = right.max(node.rect().right());
        }
        assert!(right <= width, "{width}: {right}");
    }
    pick(&mut page, "Mehr", "Hand heben");
    assert_eq!(wishes(&mut page), [Command::RaiseHand(true)]);
}

#[test]
fn no_two_tools_overlap_at_any_breakpoint() {
    for (kind, size) in [
        (RoomKind::GroupCall, 1440.0),
        (RoomKind::Webinar, 1240.0),
        (RoomKind::GroupCall, 1239.0),
        (RoomKind::Webinar, 1080.0),
        (RoomKind::GroupCall, 1079.0),
        (RoomKind::GroupCall, 900.0),
        (RoomKind::GroupCall, 859.0),
    ] {
        let mut page = page_of(kind, Role::Host);
        page.set_size(vec2(size, 700.0));
        page.run_steps(4);
        let tools: Vec<egui::Rect> = page
            .get_all_by_role(Kind::Button)
            .map(|node| node.rect())
            .filter(|rect| rect.top() > 620.0)
            .collect();
        assert!(tools.len() >= 7, "{size}: {}", tools.len());
        for (index, tool) in tools.iter().enumerate() {
            let others = &tools[..index];
            assert!(others.iter().all(|o| !o.shrink(0.5).intersects(tool.shrink(0.5))), "{size}");
        }
    }
}

fn keep(name: &str, harness: &mut Page) {
    let image = harness.render().expect("a picture");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&folder).expect("folder");
    image.save(folder.join(format!("{name}.png"))).expect("writable");
}

#[test]
fn words_of_double_length_move_no_tool() {
    let place = |stretched: bool| {
        let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
        if stretched {
            window.state.texts = window.state.texts.stretched();
        }
        let mut page = rendered(window, [1280.0, 760.0], Theme::Dark);
        page.run_steps(3);
        if stretched {
            keep("pult_stretched", &mut page);
        }
        let tools = page.get_all_by_role(Kind::Button).map(|node| node.rect());
        tools.filter(|rect| rect.top() > 680.0).collect::<Vec<_>>()
    };
    assert_eq!(place(true), place(false));
}

#[test]
fn the_menus_and_the_picker_render() {
    let window = || inside(Language::German, RoomKind::GroupCall, 9, people());
    let mut page = rendered(window(), [1440.0, 900.0], Theme::Dark);
    page.run_steps(2);
    click(&mut page, "Mehr");
    page.run_steps(2);
    keep("pult_more", &mut page);
    let mut page = rendered(window(), [1000.0, 700.0], Theme::Light);
    page.run_steps(2);
    click(&mut page, "Kamera wählen");
    page.run_steps(2);
    keep("pult_camera_light", &mut page);
    let mut page = rendered(window(), [1440.0, 900.0], Theme::Dark);
    page.run_steps(2);
    click(&mut page, "Bildschirm teilen");
    page.state_mut().apply(screens());
    page.run_steps(3);
    keep("pult_share", &mut page);
}
