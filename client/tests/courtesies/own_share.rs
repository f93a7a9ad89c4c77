//! Who shares a screen sees, small, what the others see of it.

use crate::fake::*;
use crate::{NARROW, Page, WIDE, keep, keep_after, page, says};
use client::app::Window;
use client::command::Command;
use client::i18n::Language;
use client::state::{BackendEvent, Layout};
use client::video_texture::Feed;
use egui::accesskit::Role as Kind;
use egui::{Rect, Theme, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use protocol::RoomKind;

fn sharing(language: Language) -> Window {
    let mut window = inside(language, RoomKind::GroupCall, 9, people());
    window.state.screens.shared = Some("Folien.pdf".into());
    window.videos.put(Feed::OwnScreen, picture(77, 480, 270));
    window
}

fn preview(page: &Page) -> Rect {
    page.get_by_role_and_label(Kind::Image, "Ihr geteilter Bildschirm").rect()
}

fn stop(page: &mut Page) -> Vec<Command> {
    // The first is at the picture, the other on the toolbar.
    let button = page.get_all_by_role_and_label(Kind::Button, "Freigabe beenden").next();
    button.expect("at the picture").click();
    page.run_steps(3);
    page.state_mut().take_commands()
}

#[test]
fn the_own_share_stands_small_beside_the_pictures_and_can_be_ended_there() {
    for layout in [Layout::Tiles, Layout::Stage] {
        let mut window = sharing(Language::German);
        window.state.call.as_mut().expect("a call").set_layout(layout);
        let mut page = page(window);
        let rect = preview(&page);
        assert!(rect.width() < 160.0 && rect.height() < 90.0, "{layout:?}: {rect:?}");
        let tiles: Vec<Rect> = page
            .get_all_by_role(Kind::Button)
            .filter(|node| {
                node.accesskit_node().label().is_some_and(|l| l.ends_with("groß zeigen"))
            })
            .map(|node| node.rect())
            .collect();
        assert!(tiles.len() > 1 && tiles.iter().all(|tile| !tile.intersects(rect)), "{layout:?}");
        assert!(stop(&mut page).contains(&Command::StopSharing));
        assert!(!says(&page, "Ihr geteilter Bildschirm"));
    }
}

#[test]
fn the_own_share_is_at_hand_over_the_whole_screen() {
    let mut window = sharing(Language::German);
    window.state.fullscreen = true;
    let mut page = page(window);
    assert!(preview(&page).width() < 160.0);
    assert!(stop(&mut page).contains(&Command::StopSharing));
}

#[test]
fn nothing_of_a_share_is_left_when_it_ends() {
    let mut window = sharing(Language::German);
    assert_eq!(window.videos.size(&Feed::OwnScreen), Some(vec2(480.0, 270.0)));
    window.apply(BackendEvent::SharingEnded);
    assert_eq!(window.videos.size(&Feed::OwnScreen), None);
    assert!(!says(&page(window), "Ihr geteilter Bildschirm"));
}

#[test]
fn the_own_share_renders() {
    keep("share_own", sharing(Language::German), WIDE, Theme::Dark);
    keep("share_own_light", sharing(Language::English), NARROW, Theme::Light);
    let mut window = sharing(Language::German);
    window.videos.blank(&Feed::OwnScreen);
    keep("share_own_coming", window, WIDE, Theme::Light);
    keep_after("share_own_full", sharing(Language::German), WIDE, Theme::Dark, |page| {
        page.state_mut().state.fullscreen = true;
    });
}
