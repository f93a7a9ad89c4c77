//! Stage, strip, two people, shared screens, full screen, second window.

mod fake;

use client::app::Window;
use client::command::Command;
use client::i18n::Language;
use client::state::{Corner, Detached, Layout, Now, Panel, Scene, State};
use client::video_texture::Feed;
use egui::accesskit::Role as Kind;
use egui::{Key, Rect, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use fake::*;
use protocol::*;

type Page = Harness<'static, Window>;

const CAMERA: MediaSource = MediaSource::Camera;
const SCREEN: MediaSource = MediaSource::Screen;

fn group(people: Vec<Participant>, you: u32) -> Window {
    inside(Language::German, RoomKind::GroupCall, you, people)
}

fn page(window: Window) -> Page {
    let mut page = harness(window);
    page.run_steps(4);
    page.state_mut().take_commands();
    page
}

fn call(page: &Page) -> &client::state::Call {
    page.state().state.call.as_ref().expect("in a call")
}

fn two() -> Vec<Participant> {
    vec![
        person(1, "Jonas Kettler", Role::Host, true, true),
        person(9, "Miriam Vogt", Role::Host, true, true),
    ]
}

/// The nine, with `who` sharing a screen.
fn sharing(who: &[usize]) -> Window {
    let mut everybody = people();
    for index in who {
        everybody[*index].screen = true;
    }
    let mut window = group(everybody.clone(), 9);
    let mut slots = slots(&everybody);
    for index in who {
        let id = everybody[*index].id;
        let mid = format!("s{}", id.0);
        slots.push(SlotBinding { mid, participant: Some(id), source: SCREEN });
    }
    window.apply(hub(HubMessage::Slots { slots }));
    for index in who {
        let id = everybody[*index].id.0;
        window.videos.put(Feed::Slot(format!("s{id}")), picture(id, 800, 600));
    }
    window
}

fn at(state: &mut State, seconds: f64) {
    state.now = Now { seconds, unix_ms: NOON_MS };
}

fn speaks(state: &mut State, seconds: f64, who: &[u32]) {
    at(state, seconds);
    let participants = who.iter().map(|id| ParticipantId(*id)).collect();
    state.apply(hub(HubMessage::Speakers { participants }));
}

fn holder(state: &mut State, seconds: f64) -> Option<u32> {
    let call = state.call.as_mut().expect("in a call");
    call.floor.settle(seconds);
    call.floor.holder().map(|id| id.0)
}

#[test]
fn i1_in_a_call_of_two_the_other_fills_the_window() {
    let page = page(group(two(), 9));
    assert_eq!(call(&page).scene(), Scene::Duo((ParticipantId(1), CAMERA)));
    let other = page.get_by_role_and_label(Kind::Image, "Jonas Kettler").rect();
    assert!(other.width() > 1400.0 && other.height() > 700.0, "{other:?}");
}

#[test]
fn i1_a_third_person_brings_the_tiles_and_a_choice_stays() {
    let mut page = page(group(two(), 9));
    let third = people().remove(4);
    page.state_mut().apply(hub(HubMessage::ParticipantJoined { participant: third.clone() }));
    assert_eq!(call(&page).layout, Layout::Tiles);
    page.key_press(Key::W);
    page.run_steps(2);
    assert_eq!(call(&page).layout, Layout::Stage);
    let fourth = people().remove(5);
    page.state_mut().apply(hub(HubMessage::ParticipantJoined { participant: fourth }));
    assert_eq!(call(&page).layout, Layout::Stage);
}

#[test]
fn i2_the_own_picture_is_there_can_be_dragged_and_hidden() {
    let mut page = page(group(two(), 9));
    let own = |page: &Page| page.get_by_role_and_label(Kind::Image, "Sie").rect();
    let first = own(&page);
    assert!(first.width() < 260.0 && first.right() > 1400.0);
    page.drag_at(first.center());
    page.run_steps(1);
    page.hover_at(egui::pos2(300.0, 200.0));
    page.run_steps(2);
    page.drop_at(egui::pos2(300.0, 200.0));
    page.run_steps(3);
    assert_eq!(call(&page).view.corner, Corner::TopLeft);
    assert!(own(&page).left() < 60.0);
    page.get_by_role_and_label(Kind::Image, "Sie").click_secondary();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::MenuItem, "Eigenes Bild ausblenden").click();
    page.run_steps(3);
    assert!(page.query_by_role_and_label(Kind::Image, "Sie").is_none());
    page.get_by_role_and_label(Kind::Button, "Mehr").click();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::MenuItem, "Eigenes Bild einblenden").click();
    page.run_steps(3);
    own(&page);
}

#[test]
fn i3_small_pictures_at_the_right_edge_come_to_the_middle_by_a_click() {
    let mut window = group(people(), 9);
    window.state.call.as_mut().expect("call").set_layout(Layout::Stage);
    let mut page = page(window);
    let small = page.get_by_label("Sabine Wolff groß zeigen").rect();
    assert!(small.left() > 1200.0 && small.width() < 200.0);
    page.get_by_label("Sabine Wolff groß zeigen").click();
    page.run_steps(3);
    let large = page.get_by_role_and_label(Kind::Image, "Sabine Wolff").rect();
    assert!(large.width() > 900.0);
    assert!(page.query_by_label("Sabine Wolff groß zeigen").is_none());
}

#[test]
fn i3_the_large_picture_is_asked_for_first_and_with_the_most_lines() {
    let mut window = group(people(), 9);
    window.state.call.as_mut().expect("call").choose((ParticipantId(5), CAMERA));
    let mut page = harness(window);
    page.run_steps(6);
    let commands = page.state_mut().take_commands();
    let Some(Command::Watch(videos)) = commands.last() else { panic!("{commands:?}") };
    assert_eq!((videos[0].participant, videos[0].max_lines), (ParticipantId(5), 1080));
    assert!(videos[1..].iter().all(|video| video.max_lines == 180), "{videos:?}");
    assert_eq!(videos.len(), 6, "the strip's other pages ask for nothing");
}

#[test]
fn i4_the_large_one_may_be_oneself() {
    let mut window = group(people(), 9);
    window.state.call.as_mut().expect("call").set_layout(Layout::Stage);
    let mut page = page(window);
    page.get_by_label("Sie groß zeigen").click();
    page.run_steps(3);
    assert_eq!(call(&page).scene(), Scene::Stage((ParticipantId(9), CAMERA)));
    page.get_by_role_and_label(Kind::Image, "Sie").click_secondary();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::MenuItem, "Von der Bühne lösen").click();
    page.run_steps(3);
    assert_eq!(call(&page).pinned, None);
}

#[test]
fn i3_the_strip_has_hands_first_then_speakers_and_oneself_last() {
    let mut state = group(people(), 9).state;
    speaks(&mut state, 10.0, &[5]);
    holder(&mut state, 20.0);
    let call = state.call.as_ref().expect("call");
    let large = (ParticipantId(4), CAMERA);
    let strip: Vec<u32> = call.strip(&[large]).iter().map(|(id, _)| id.0).collect();
    assert_eq!(strip, [2, 7, 5, 1, 3, 6, 8, 9]);
}

#[test]
fn i3_the_stage_follows_who_speaks_and_not_who_coughs() {
    let mut state = group(people(), 9).state;
    speaks(&mut state, 0.0, &[1]);
    assert_eq!(holder(&mut state, 0.0), Some(1));
    speaks(&mut state, 10.0, &[5, 1]);
    speaks(&mut state, 10.4, &[1]);
    assert_eq!(holder(&mut state, 12.0), Some(1));
    speaks(&mut state, 20.0, &[5]);
    assert_eq!(holder(&mut state, 20.9), Some(1));
    assert_eq!(holder(&mut state, 21.0), Some(5));
    // Our own voice never brings ourselves to the stage.
    speaks(&mut state, 30.0, &[9]);
    assert_eq!(holder(&mut state, 40.0), Some(5));
    state.apply(hub(HubMessage::ParticipantLeft { participant: ParticipantId(5) }));
    assert_eq!(holder(&mut state, 40.0), None);
}

#[test]
fn a_shared_screen_takes_the_stage_uncropped() {
    let page = page(sharing(&[0]));
    assert_eq!(call(&page).scene(), Scene::Stage((ParticipantId(1), SCREEN)));
    let rect = page.get_by_role_and_label(Kind::Image, "Bildschirm von Jonas Kettler").rect();
    assert!((rect.width() / rect.height() - 4.0 / 3.0).abs() < 0.01, "its own shape: {rect:?}");
    page.get_by_label("Jonas Kettler groß zeigen");
}

#[test]
fn of_several_shared_screens_one_is_chosen() {
    let mut page = page(sharing(&[0, 4]));
    page.get_by_role_and_label(Kind::Button, "Bildschirm von Sabine Wolff").click();
    page.run_steps(3);
    assert_eq!(call(&page).scene(), Scene::Stage((ParticipantId(5), SCREEN)));
    let mut back = people().remove(4);
    back.screen = false;
    page.state_mut().apply(hub(HubMessage::ParticipantChanged { participant: back }));
    assert_eq!(call(&page).scene(), Scene::Stage((ParticipantId(1), SCREEN)));
}

#[test]
fn a_shared_screen_and_its_speaker_stand_side_by_side() {
    let mut page = page(sharing(&[0]));
    page.get_by_role_and_label(Kind::Button, "Mehr").click();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::MenuItem, "Nebeneinander").click();
    page.run_steps(3);
    let screen = page.get_by_role_and_label(Kind::Image, "Bildschirm von Jonas Kettler").rect();
    let person = page.get_by_role_and_label(Kind::Image, "Jonas Kettler").rect();
    assert!(screen.right() < person.left() && screen.width() > person.width());
}

#[test]
fn tiles_show_a_shared_screen_first() {
    let mut window = sharing(&[4]);
    window.state.call.as_mut().expect("call").set_layout(Layout::Tiles);
    let page = page(window);
    let screen = page.get_by_label("Bildschirm von Sabine Wolff groß zeigen").rect();
    let first = page.get_by_label("Jonas Kettler groß zeigen").rect();
    assert!(screen.left() < first.left());
}

#[test]
fn i6_the_full_screen_hides_its_controls_and_brings_them_back() {
    let mut page = page(group(two(), 9));
    page.get_by_role_and_label(Kind::Button, "Vollbild").click();
    page.run_steps(2);
    let other = page.get_by_role_and_label(Kind::Image, "Jonas Kettler").rect();
    assert_eq!(other.size(), vec2(1440.0, 900.0));
    page.hover_at(egui::pos2(700.0, 300.0));
    page.run_steps(14);
    assert!(page.query_by_label("Stummschalten").is_none(), "nothing moved for three seconds");
    page.hover_at(egui::pos2(701.0, 850.0));
    page.run_steps(20);
    page.get_by_label("Stummschalten");
    page.hover_at(egui::pos2(700.0, 300.0));
    page.run_steps(20);
    assert!(page.query_by_label("Stummschalten").is_none());
    page.key_press(Key::Escape);
    page.run_steps(2);
    assert!(!page.state().state.fullscreen);
}

#[test]
fn i6_controls_stay_while_one_is_muted_and_speaks_or_a_menu_is_open() {
    use client::state::controls;
    let now = |seconds| Now { seconds, unix_ms: 0 };
    assert_eq!(controls(now(2.4), 0.0, false), 1.0);
    assert!((0.0..1.0).contains(&controls(now(2.6), 0.0, false)));
    assert_eq!(controls(now(2.7), 0.0, false), 0.0);
    assert_eq!(controls(now(99.0), 0.0, true), 1.0);
    let mut page = page(group(two(), 9));
    page.state_mut().state.fullscreen = true;
    page.run_steps(2);
    page.get_by_role_and_label(Kind::Button, "Mehr").click();
    page.run_steps(20);
    page.get_by_role_and_label(Kind::MenuItem, "Gespräch neu starten");
}

#[test]
fn the_tiles_move_to_a_window_of_their_own_and_back() {
    let mut page = page(group(people(), 9));
    page.get_by_role_and_label(Kind::Button, "Zweites Fenster").click();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::MenuItem, "Kacheln in eigenem Fenster").click();
    page.run_steps(3);
    assert_eq!(call(&page).view.detached, Some(Detached::Tiles));
    assert!(matches!(call(&page).scene(), Scene::Stage(_)), "this window shows who speaks");
    page.get_by_role_and_label(Kind::Image, "Jonas Kettler");
    page.state_mut().state.call.as_mut().expect("call").detach(None);
    assert_eq!(call(&page).scene(), Scene::Tiles);
}

#[test]
fn a_chat_in_its_own_window_is_read_there_and_comes_back_when_that_closes() {
    let mut page = page(group(people(), 9));
    page.key_press(Key::C);
    page.run_steps(2);
    page.state_mut().state.call.as_mut().expect("call").detach(Some(Detached::Chat));
    assert_eq!(call(&page).panel, None);
    page.run_steps(3);
    page.get_by_role_and_label(Kind::MultilineTextInput, "Nachricht");
    let line = line(1, 5, "Sabine Wolff", ChatScope::Everyone, "Guten Morgen");
    page.state_mut().apply(hub(HubMessage::Chat { line }));
    assert_eq!(call(&page).unread, 0);
    page.state_mut().state.call.as_mut().expect("call").detach(None);
    assert_eq!(call(&page).panel, Some(Panel::Chat));
    let call = page.state_mut().state.call.as_mut().expect("call");
    call.detach(Some(Detached::Chat));
    call.toggle(Panel::Chat);
    assert_eq!((call.panel, call.view.detached), (Some(Panel::Chat), None));
}

#[test]
fn who_waits_has_no_second_window() {
    let mut page = page(group(people(), 9));
    page.state_mut().state.call.as_mut().expect("call").detach(Some(Detached::People));
    page.state_mut().apply(hub(HubMessage::Waiting {
        reason: WaitReason::OnHold,
        room_name: "Wochenrunde".into(),
        resume_token: "t".into(),
    }));
    assert_eq!(call(&page).view.detached, None);
}

#[test]
fn audio_only_asks_for_no_faces_but_for_shared_screens() {
    let mut page = page(sharing(&[0]));
    page.get_by_role_and_label(Kind::Button, "Mehr").click();
    page.run_steps(3);
    page.get_by_role_and_label(Kind::MenuItem, "Nur Ton").click();
    page.run_steps(4);
    let commands = page.state_mut().take_commands();
    assert_eq!(commands[0], Command::SetCamera(false));
    let Some(Command::Watch(videos)) = commands.last() else { panic!("{commands:?}") };
    assert!(videos.iter().all(|video| video.source == SCREEN), "{videos:?}");
    assert_eq!(videos.len(), 1);
}

fn save(name: &str, window: Window, size: [f32; 2], theme: Theme) {
    let mut harness = rendered(window, size, theme);
    harness.run_steps(4);
    keep(name, &mut harness);
}

fn keep(name: &str, harness: &mut Page) {
    let image = harness.render().expect("a picture");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&folder).expect("folder");
    image.save(folder.join(format!("{name}.png"))).expect("writable");
}

fn crowd(count: u32) -> Vec<Participant> {
    let names = ["Jonas Kettler", "Aylin Demir", "Dr. Petra Hansen", "Farid Rahimi"];
    (1..=count)
        .map(|id| {
            let name = names[id as usize % names.len()];
            person(id, name, Role::Attendee, id % 3 == 0, id % 5 != 0)
        })
        .collect()
}

#[test]
fn the_pictures_render() {
    const WIDE: [f32; 2] = [1440.0, 900.0];
    save("stage_tiles_9", group(people(), 9), WIDE, Theme::Dark);
    save("stage_tiles_9_light", group(people(), 9), [1000.0, 700.0], Theme::Light);
    save("stage_tiles_25", group(crowd(25), 25), WIDE, Theme::Dark);
    save("stage_tiles_49", group(crowd(49), 49), [900.0, 600.0], Theme::Dark);
    save("stage_alone", group(people().split_off(8), 9), WIDE, Theme::Dark);
    save("stage_duo", group(two(), 9), WIDE, Theme::Dark);
    let mut window = group(people(), 9);
    window.state.call.as_mut().expect("call").set_layout(Layout::Stage);
    window.state.call.as_mut().expect("call").toggle(Panel::People);
    save("stage_strip", window, WIDE, Theme::Dark);
    let mut window = sharing(&[0, 4]);
    window.state.call.as_mut().expect("call").set_layout(Layout::SideBySide);
    save("stage_side_by_side", window, WIDE, Theme::Light);
    let mut window = group(two(), 9);
    window.state.fullscreen = true;
    save("stage_fullscreen", window, WIDE, Theme::Dark);
}

#[test]
fn the_presenters_webinar_renders() {
    let mut everybody = people();
    for person in &mut everybody[1..4] {
        person.may_publish = false;
        person.camera = false;
    }
    let mut window = inside(Language::German, RoomKind::Webinar, 9, everybody);
    window.state.screens.shared = Some("Folien.pdf".into());
    window.state.call.as_mut().expect("call").toggle(Panel::Chat);
    window.apply(health(blur_on(Some(gpu()), engine::blur::Reason::Gpu)));
    save("stage_webinar", window, [1440.0, 900.0], Theme::Dark);
}

#[test]
fn a_tile_menu_renders() {
    let mut harness = rendered(group(people(), 9), [1440.0, 900.0], Theme::Dark);
    harness.run_steps(2);
    harness.get_by_label("Sabine Wolff groß zeigen").click_secondary();
    harness.run_steps(4);
    keep("stage_tile_menu", &mut harness);
}

#[test]
fn no_tile_covers_another_in_any_window() {
    for size in [vec2(900.0, 600.0), vec2(1000.0, 700.0), vec2(1920.0, 1080.0)] {
        let mut page = harness(group(people(), 9));
        page.set_size(size);
        page.run_steps(6);
        let tiles: Vec<Rect> = page
            .get_all_by_role(Kind::Button)
            .filter(|node| {
                node.accesskit_node().label().is_some_and(|l| l.ends_with("groß zeigen"))
            })
            .map(|node| node.rect())
            .collect();
        assert_eq!(tiles.len(), 9, "{size:?}");
        for (index, tile) in tiles.iter().enumerate() {
            assert!(
                tiles[..index].iter().all(|other| !tile.shrink(1.0).intersects(other.shrink(1.0)))
            );
        }
    }
}
