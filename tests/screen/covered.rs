//! Windows that others cover, and windows that come back.

use super::*;
use engine::engine::Engine;
use std::sync::Arc;

/// What the shared window shows, and what covers it, in RGB.
const OWN: u32 = 0xf0_f0_f0;
const PRIVATE: u32 = 0x20_40_c0;

/// Pictures of a share as they are captured, until none came for a while.
fn captured(source: ScreenSource) -> Vec<VideoFrame> {
    let engine = Engine::start(config("presenter", VideoCodec::H264), Arc::new(|| ()));
    let engine = engine.expect("an engine");
    let view = engine.screen_view();
    engine.send(Command::ShareScreen(Some(source)));
    let first = view.wait(LIMIT).expect("a first picture");
    let more = std::iter::from_fn(|| view.wait(Duration::from_millis(400)));
    std::iter::once(first).chain(more).collect()
}

/// Pixels of a picture as bright as what the window shows, and those of what covers it.
fn bright_and_private(frame: &VideoFrame) -> (usize, usize) {
    let bright = frame.planes.y.iter().filter(|luma| **luma > 200).count();
    // Blue stands out from everything grey, black as well.
    let private = frame.planes.u.iter().filter(|chroma| **chroma > 140).count();
    (bright, private)
}

fn is_private(pixel: &[u8]) -> bool {
    pixel[2] > pixel[0].saturating_add(40)
}

#[test]
fn a_covered_window_is_shown_without_what_covers_it_from_its_first_picture_on() {
    let name =
        "covered::a_covered_window_is_shown_without_what_covers_it_from_its_first_picture_on";
    on_a_desktop(name, SIZE, |desktop| {
        let (place, size) = ((100, 60), (600, 400));
        let late = Duration::from_millis(100);
        let window = desktop.painted("Slides", place, size, OWN, late).expect("a window");
        let hangs = Duration::from_secs(3_600);
        let hanging = desktop.painted("Hangs", place, size, OWN, hangs).expect("a window");
        desktop.plain("Private", (150, 100), (400, 300), PRIVATE).expect("covers them");
        let listed = screen::list();
        let small = |title: &str| {
            let info = listed.iter().find(|info| info.title == title).expect("listed");
            let pixels = info.thumbnail.as_ref().expect("a small picture").rgba.chunks(4);
            let private = pixels.clone().filter(|pixel| is_private(pixel)).count();
            (pixels.filter(|pixel| pixel[0] > 200).count(), private)
        };
        let (own, private) = small("Slides");
        assert!(own > 20_000 && private == 0, "{own} pixels of its own, {private} of others");
        assert_eq!(small("Hangs").1, 0, "black rather than somebody else's");
        let frames = captured(ScreenSource::Window(window.window));
        let seen: Vec<_> = frames.iter().map(bright_and_private).collect();
        assert!(seen.iter().all(|(_, private)| *private == 0), "{seen:?}");
        assert!(seen.contains(&(600 * 400, 0)), "painted, and shown; {seen:?}");
        for frame in captured(ScreenSource::Window(hanging.window)) {
            assert_eq!(bright_and_private(&frame).1, 0);
        }
    });
}

#[test]
fn a_covered_window_that_is_resized_shows_nothing_of_what_covers_it() {
    let name = "covered::a_covered_window_that_is_resized_shows_nothing_of_what_covers_it";
    on_a_desktop(name, SIZE, |desktop| {
        let late = Duration::from_millis(100);
        let window = desktop.painted("Slides", (100, 60), (600, 400), OWN, late);
        // It paints for as long as it is there.
        let painted = window.expect("a window");
        let window = painted.window;
        desktop.plain("Private", (0, 0), (1280, 720), PRIVATE).expect("covers it");
        let engine = Engine::start(config("presenter", VideoCodec::H264), Arc::new(|| ()));
        let engine = engine.expect("an engine");
        let view = engine.screen_view();
        engine.send(Command::ShareScreen(Some(ScreenSource::Window(window))));
        let shown = |size: (u32, u32)| {
            let deadline = now() + LIMIT;
            loop {
                assert!(now() < deadline, "{size:?} is shown");
                let Some(frame) = view.wait(Duration::from_millis(100)) else { continue };
                let (bright, private) = bright_and_private(&frame);
                assert_eq!(private, 0, "{}x{}", frame.width, frame.height);
                if bright == (size.0 * size.1) as usize {
                    break;
                }
            }
        };
        shown((600, 400));
        desktop.resize_window(window, 500, 300).expect("resizes");
        shown((500, 300));
    });
}

#[test]
fn a_window_in_a_frame_that_went_and_came_back_is_not_frozen() {
    let name = "covered::a_window_in_a_frame_that_went_and_came_back_is_not_frozen";
    on_a_desktop(name, SIZE, |desktop| {
        let page = page(desktop);
        let frame = desktop.frame(&page, (100, 60)).expect("a frame");
        let mut pair = Pair::open(VideoCodec::H264, ScreenSource::Window(page.window));
        pair.sharp("the window", &page.luma(900, 500).expect("reads"));
        frame.show(false).expect("another workspace");
        page.turn(200).expect("writes");
        frame.show(true).expect("back");
        pair.sharp("the window that came back", &page.luma(900, 500).expect("reads"));
        page.turn(300).expect("writes");
        pair.sharp("the next page", &page.luma(900, 500).expect("reads"));
    });
}
