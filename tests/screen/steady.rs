//! A share beside a camera, and one that is built anew.

use super::*;

#[test]
fn a_still_screen_leaves_the_line_to_the_camera() {
    let name = "steady::a_still_screen_leaves_the_line_to_the_camera";
    on_a_desktop(name, SIZE, |desktop| {
        let page = page(desktop);
        let luma = page.luma(900, 500).expect("reads");
        let venue = Venue::open(RoomKind::GroupCall).expect("a hub");
        let camera = CameraSource::Demo;
        let both = Config { camera, max_lines: 720, ..config("presenter", VideoCodec::H264) };
        let mut presenter = venue.host(both).expect("a presenter");
        let mut watcher =
            venue.guest("Watcher", config("watcher", VideoCodec::H264)).expect("a watcher");
        let id = presenter
            .until("joining", |native| native.snapshot.as_ref().map(|snapshot| snapshot.you))
            .expect("joined");
        presenter.call.engine().send(Command::ShareScreen(Some(ScreenSource::Window(page.window))));
        presenter.call.send(ClientMessage::Media { microphone: false, camera: true, screen: true });
        watcher.until("the share", |native| shares(native, id)).expect("told");
        let wish = |source, max_lines| Watch { participant: id, source, max_lines };
        let videos = vec![wish(MediaSource::Screen, 1080), wish(MediaSource::Camera, 720)];
        watcher.call.send(ClientMessage::Watch { videos });
        picture(&mut watcher, id, "the screen", |frame| sharp(frame, &luma));
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
