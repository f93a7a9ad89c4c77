//! A share beside a camera, and one that is built anew.

use super::*;

#[test]
fn a_still_screen_leaves_the_line_to_the_camera() {
    let name = "steady::a_still_screen_leaves_the_line_to_the_camera";
    on_a_desktop(name, SIZE, |desktop| {
        let page = page(desktop);
        let luma = page.luma(900, 500).expect("reads");
        let mut pair = Pair::with_camera(ScreenSource::Window(page.window), 720);
        let (presenter, watcher, id) = (&mut pair.presenter, &mut pair.watcher, pair.id);
        picture(watcher, id, "the screen", |frame| sharp(frame, &luma));
        presenter
            .until("rest", |native| {
                let screen = native.call.engine().stats().sending.screen?;
                (screen.fps <= 1.5 && screen.frames_encoded >= 10).then_some(())
            })
            .expect("it settles");
        watcher.picture_of(id, |frame| frame.height == 720).expect("all of the camera");
    });
}

#[test]
fn a_restarted_call_captures_and_encodes_its_share_anew() {
    let name = "steady::a_restarted_call_captures_and_encodes_its_share_anew";
    on_a_desktop(name, SIZE, |desktop| {
        let page = page(desktop);
        let luma = page.luma(900, 500).expect("reads");
        let mut pair = Pair::open(VideoCodec::H264, ScreenSource::Window(page.window));
        pair.sharp("the text", &luma);
        let before = pair.screen().frames_captured;
        pair.presenter.call.engine().send(Command::Restart);
        pair.presenter
            .until("a new picture of what stands still", |native| {
                let screen = native.call.engine().stats().sending.screen?;
                (screen.frames_captured > before).then_some(())
            })
            .expect("captured");
        page.turn(200).expect("writes");
        pair.sharp("the share that goes on", &page.luma(900, 500).expect("reads"));
        let started = pair.presenter.log.iter().filter(|line| line.contains("ShareStarted"));
        assert_eq!(started.count(), 1, "the same share");
        assert!(!pair.presenter.log.iter().any(|line| line.contains("ShareEnded")));
    });
}
