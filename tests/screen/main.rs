//! Screen sharing from a real display to the receiver: what is captured arrives sharp and soon, costs
//! nothing while it stands still, and survives what users do with their windows and monitors.

mod covered;
mod shown;
mod steady;

use engine::capture::screen;
use engine::config::{
    CameraSource, Config, MicrophoneSource, ScreenSource, SpeakerSink, VideoCodec,
};
use engine::engine::Command;
use engine::frame::VideoFrame;
use katheder_suite::conference::{LIMIT, Native, Venue};
use katheder_suite::desktop::{Desktop, Luma, Page, on_a_desktop};
use protocol::{ClientMessage, MediaSource, ParticipantId, RoomKind, Watch};
use std::time::{Duration, Instant};

/// The display's size in most tests.
const SIZE: (u32, u32) = (1280, 720);

/// Text counts as sharp from here on, in dB over the region that holds it, with so much of the
/// contrast at the edges of its letters left. H.264 reaches 44 dB here, VP8 41.
const SHARP_DB: f64 = 38.0;
const SHARP_EDGES: f64 = 0.96;

/// The presenter, and somebody who watches.
struct Pair {
    presenter: Native,
    watcher: Native,
    id: ParticipantId,
    // Last: the hub goes when nobody is left.
    _venue: Venue,
}

fn config(name: &str, codec: VideoCodec) -> Config {
    Config {
        name: name.to_owned(),
        camera: CameraSource::None,
        microphone: MicrophoneSource::None,
        speaker: SpeakerSink::Null,
        codec,
        audio_slots: 1,
        video_slots: 2,
        ..Config::default()
    }
}

fn share(presenter: &Native, source: Option<ScreenSource>) {
    let screen = source.is_some();
    presenter.call.engine().send(Command::ShareScreen(source));
    presenter.call.send(ClientMessage::Media { microphone: false, camera: false, screen });
}

fn watch(watcher: &Native, participant: ParticipantId) {
    let videos = vec![Watch { participant, source: MediaSource::Screen, max_lines: 1080 }];
    watcher.call.send(ClientMessage::Watch { videos });
}

impl Pair {
    fn open(codec: VideoCodec, source: ScreenSource) -> Pair {
        let venue = Venue::open(RoomKind::GroupCall).expect("a hub");
        let mut presenter = venue.host(config("presenter", codec)).expect("a presenter");
        let mut watcher = venue.guest("Watcher", config("watcher", codec)).expect("a watcher");
        let id = presenter
            .until("joining", |native| native.snapshot.as_ref().map(|snapshot| snapshot.you))
            .expect("joined");
        share(&presenter, Some(source));
        watcher.until("the share", |native| shares(native, id)).expect("told");
        watch(&watcher, id);
        Pair { presenter, watcher, id, _venue: venue }
    }

    /// A presenter with a camera beside the share, of both of which somebody sees all there is.
    fn with_camera(source: ScreenSource, max_lines: u32) -> Pair {
        let venue = Venue::open(RoomKind::GroupCall).expect("a hub");
        let codec = VideoCodec::H264;
        let both = Config { camera: CameraSource::Demo, max_lines, ..config("presenter", codec) };
        let mut presenter = venue.host(both).expect("a presenter");
        let mut watcher = venue.guest("Watcher", config("watcher", codec)).expect("a watcher");
        let id = presenter
            .until("joining", |native| native.snapshot.as_ref().map(|snapshot| snapshot.you))
            .expect("joined");
        presenter.call.engine().send(Command::ShareScreen(Some(source)));
        presenter.call.send(ClientMessage::Media { microphone: false, camera: true, screen: true });
        watcher.until("the share", |native| shares(native, id)).expect("told");
        let wish = |source, max_lines| Watch { participant: id, source, max_lines };
        let videos = vec![wish(MediaSource::Screen, 1080), wish(MediaSource::Camera, max_lines)];
        watcher.call.send(ClientMessage::Watch { videos });
        Pair { presenter, watcher, id, _venue: venue }
    }

    /// Waits for a picture of the share for which `right` holds.
    fn picture(&mut self, what: &str, right: impl Fn(&VideoFrame) -> bool) -> VideoFrame {
        picture(&mut self.watcher, self.id, what, right)
    }

    /// Waits until the text arrived as it is on the display.
    fn sharp(&mut self, what: &str, luma: &Luma) -> VideoFrame {
        self.picture(what, |frame| sharp(frame, luma))
    }

    fn screen(&self) -> engine::stats::Screen {
        self.presenter.call.engine().stats().sending.screen.expect("a share runs")
    }
}

fn shares(native: &Native, id: ParticipantId) -> Option<()> {
    native.people.iter().any(|person| person.id == id && person.screen).then_some(())
}

fn slot(native: &Native, id: ParticipantId) -> Option<String> {
    let bound = native
        .slots
        .iter()
        .find(|slot| slot.participant == Some(id) && slot.source == MediaSource::Screen)?;
    Some(bound.mid.clone())
}

fn picture(
    watcher: &mut Native,
    id: ParticipantId,
    what: &str,
    right: impl Fn(&VideoFrame) -> bool,
) -> VideoFrame {
    let seen = watcher.until(what, |native| {
        let mid = slot(native, id)?;
        native.call.engine().slot(&mid)?.take().filter(&right)
    });
    seen.expect("it is seen")
}

fn sharp(frame: &VideoFrame, luma: &Luma) -> bool {
    luma.psnr(&frame.planes.y) >= SHARP_DB && luma.edges_kept(&frame.planes.y) >= SHARP_EDGES
}

fn page(desktop: &Desktop) -> Page<'_> {
    desktop.page("Figures", (100, 60), (900, 500), 1).expect("a window")
}

fn monitor() -> ScreenSource {
    let listed = screen::list();
    let monitor = listed.into_iter().find(|info| matches!(info.source, ScreenSource::Monitor(_)));
    monitor.expect("the display has a monitor").source
}

#[expect(clippy::disallowed_methods, reason = "a test measures")]
fn now() -> Instant {
    Instant::now()
}

fn log_of(native: &mut Native, what: &str) -> String {
    let found =
        native.until(what, |native| native.log.iter().find(|line| line.contains(what)).cloned());
    found.expect("told")
}

fn nothing_runs(native: &mut Native) {
    let over = native.until("no share", |native| {
        native.call.engine().stats().sending.screen.is_none().then_some(())
    });
    over.expect("it is over");
}

#[test]
fn what_can_be_shared_is_listed_with_title_size_and_a_small_picture() {
    on_a_desktop(
        "what_can_be_shared_is_listed_with_title_size_and_a_small_picture",
        SIZE,
        |desktop| {
            let below = page(desktop);
            let above = desktop.page("Agenda", (300, 200), (400, 300), 1).expect("a window");
            let hidden = desktop.page("Hidden", (0, 0), (200, 200), 1).expect("a window");
            hidden.show(false).expect("hides");
            let listed = screen::list();
            let rows: Vec<_> = listed.iter().map(|info| (info.title.as_str(), info.size)).collect();
            assert_eq!(
                rows,
                [
                    ("screen", Some(SIZE)),
                    ("Agenda", Some((400, 300))),
                    ("Figures", Some((900, 500)))
                ]
            );
            assert_eq!(listed[1].source, ScreenSource::Window(above.window));
            assert_eq!(listed[2].source, ScreenSource::Window(below.window));
            for info in &listed {
                let small = info.thumbnail.as_ref().expect("a small picture");
                assert!(small.width <= 320 && small.height <= 180 && small.width >= 200);
                let bright = small.rgba.iter().filter(|value| **value > 150).count();
                assert!(bright > small.rgba.len() / 4, "{} shows its page", info.title);
            }
        },
    );
}

#[test]
fn text_on_a_monitor_arrives_sharp_and_soon_with_both_codecs() {
    let name = "text_on_a_monitor_arrives_sharp_and_soon_with_both_codecs";
    on_a_desktop(name, (1920, 1080), |desktop| {
        let page = desktop.page("Figures", (0, 0), (1920, 1080), 1).expect("a window");
        for codec in [VideoCodec::H264, VideoCodec::Vp8] {
            page.turn(1).expect("writes");
            let luma = page.luma(1920, 1080).expect("reads");
            let mut pair = Pair::open(codec, monitor());
            let began = now();
            let frame = pair.sharp("the text", &luma);
            println!(
                "{codec:?}: sharp after {:?}: {:.1} dB, {:.3} of the edges",
                now() - began,
                luma.psnr(&frame.planes.y),
                luma.edges_kept(&frame.planes.y)
            );
            assert_eq!((frame.width, frame.height), (1920, 1080));
            // Another page, of which anything may be seen at first and all in the end.
            let mut first = Vec::new();
            for turn in 2..7 {
                pair.sharp("the page before", &page.luma(1920, 1080).expect("reads"));
                let turned = now();
                page.turn(turn * 100).expect("writes");
                let luma = page.luma(1920, 1080).expect("reads");
                let frame =
                    pair.picture("the next page", |frame| luma.psnr(&frame.planes.y) > 20.0);
                first.push((now() - turned).as_millis());
                let frame = if sharp(&frame, &luma) { frame } else { pair.sharp("it", &luma) };
                assert!(sharp(&frame, &luma));
            }
            first.sort_unstable();
            println!("{codec:?}: a new page is seen after {first:?} ms");
            // About 200 where nothing else runs.
            assert!(first[first.len() / 2] < 1_500, "{first:?} ms");
        }
    });
}

#[test]
fn a_screen_that_stands_still_costs_next_to_nothing_and_a_late_joiner_sees_it_at_once() {
    let name = "a_screen_that_stands_still_costs_next_to_nothing_and_a_late_joiner_sees_it_at_once";
    on_a_desktop(name, SIZE, |desktop| {
        let page = page(desktop);
        let luma = page.luma(900, 500).expect("reads");
        let mut pair = Pair::open(VideoCodec::H264, ScreenSource::Window(page.window));
        pair.sharp("the text", &luma);
        let still = pair.presenter.until("rest", |native| {
            let screen = native.call.engine().stats().sending.screen?;
            (screen.fps <= 1.5 && screen.frames_encoded >= 10).then_some(screen)
        });
        let still = still.expect("it settles");
        let (began, cpu) = (now(), cpu_seconds());
        std::thread::sleep(Duration::from_secs(4));
        let (wall, cpu) = ((now() - began).as_secs_f64(), cpu_seconds() - cpu);
        let after = pair.screen();
        let (sent, bytes) =
            (after.frames_encoded - still.frames_encoded, after.bytes - still.bytes);
        println!(
            "in {wall:.1} s: {sent} pictures, {bytes} bytes, {:.1} % of a core for hub and both ends",
            100.0 * cpu / wall
        );
        assert_eq!(after.frames_captured, still.frames_captured, "nothing was captured");
        assert!((3..=6).contains(&sent), "{sent} repetitions");
        assert!(bytes < 4_000, "{bytes} bytes");
        assert!(cpu / wall < 0.25, "{cpu} s of {wall} s");
        // Somebody comes late.
        let mut late = pair._venue.guest("Late", config("late", VideoCodec::H264)).expect("joins");
        late.until("the share", |native| shares(native, pair.id)).expect("told");
        let asked = now();
        watch(&late, pair.id);
        let frame = picture(&mut late, pair.id, "the still screen", |frame| {
            luma.psnr(&frame.planes.y) > 25.0
        });
        println!("the late joiner saw {}x{} after {:?}", frame.width, frame.height, now() - asked);
        assert!(now() - asked < Duration::from_secs(2));
        picture(&mut late, pair.id, "sharp text", |frame| sharp(frame, &luma));
    });
}

#[test]
fn a_window_is_followed_through_moving_covering_hiding_and_resizing_until_it_closes() {
    let name = "a_window_is_followed_through_moving_covering_hiding_and_resizing_until_it_closes";
    on_a_desktop(name, SIZE, |desktop| {
        let page = page(desktop);
        let mut pair = Pair::open(VideoCodec::H264, ScreenSource::Window(page.window));
        pair.sharp("the window", &page.luma(900, 500).expect("reads"));
        page.move_to(350, 200).expect("moves, partly off the screen");
        page.turn(200).expect("writes");
        pair.sharp("the moved window", &page.luma(900, 500).expect("reads"));
        page.move_to(20, 20).expect("moves back");
        let cover = desktop.page("Private", (0, 0), (1280, 720), 9_000).expect("a window");
        cover.raise().expect("covers it");
        page.turn(300).expect("writes");
        let frame = pair.sharp("the covered window", &page.luma(900, 500).expect("reads"));
        let private = cover.luma(900, 500).expect("reads");
        assert!(private.psnr(&frame.planes.y) < 25.0, "nothing of what covers it");
        page.show(false).expect("hides");
        page.turn(400).expect("writes");
        page.show(true).expect("comes back");
        pair.sharp("the window that came back", &page.luma(900, 500).expect("reads"));
        page.resize(641, 403).expect("resizes");
        let frame = pair.picture("the new size", |frame| (frame.width, frame.height) == (640, 402));
        assert_eq!(frame.chroma_size(), (320, 201));
        pair.sharp("the resized window", &page.luma(640, 402).expect("reads"));
        page.close().expect("closes");
        let told = log_of(&mut pair.presenter, "trouble: ");
        assert_eq!(told, "trouble: the share of Figures ended: its window was closed");
        log_of(&mut pair.presenter, "ShareEnded");
        nothing_runs(&mut pair.presenter);
    });
}

#[test]
fn a_monitor_changes_its_resolution_while_it_is_shared() {
    let name = "a_monitor_changes_its_resolution_while_it_is_shared";
    on_a_desktop(name, SIZE, |desktop| {
        let _page = page(desktop);
        let mut pair = Pair::open(VideoCodec::H264, monitor());
        pair.picture("the monitor", |frame| (frame.width, frame.height) == SIZE);
        desktop.resize(800, 600).expect("another mode");
        pair.picture("the new resolution", |frame| (frame.width, frame.height) == (800, 600));
        pair.sharp("the text", &desktop.luma((0, 0), (800, 600)).expect("reads"));
        assert!(!pair.presenter.log.iter().any(|line| line.contains("trouble")));
    });
}

#[test]
fn the_pointer_is_in_the_picture_and_leaves_no_trace() {
    let name = "the_pointer_is_in_the_picture_and_leaves_no_trace";
    on_a_desktop(name, SIZE, |desktop| {
        let page = page(desktop);
        let luma = page.luma(900, 500).expect("reads");
        let mut pair = Pair::open(VideoCodec::H264, ScreenSource::Window(page.window));
        pair.sharp("the text without the pointer", &luma);
        // In the window's empty right half.
        desktop.point(100 + 820, 60 + 300).expect("moves");
        let dark = |frame: &VideoFrame, left: usize, top: usize| {
            let rows = (top..top + 24).map(|row| &frame.planes.y[row * 900 + left..][..24]);
            rows.flatten().filter(|luma| **luma < 90).count()
        };
        pair.picture("the pointer", |frame| dark(frame, 812, 292) > 20);
        desktop.point(100 + 860, 60 + 400).expect("moves");
        pair.picture("the moved pointer", |frame| {
            dark(frame, 812, 292) == 0 && dark(frame, 852, 392) > 20
        });
        desktop.point(1270, 710).expect("leaves");
        pair.sharp("the text without a trace", &luma);
    });
}

#[test]
fn a_share_stops_starts_again_and_another_presenter_takes_over() {
    let name = "a_share_stops_starts_again_and_another_presenter_takes_over";
    on_a_desktop(name, SIZE, |desktop| {
        let (first, second) =
            (page(desktop), desktop.page("Agenda", (0, 0), (600, 400), 5_000).expect("a window"));
        let mut pair = Pair::open(VideoCodec::H264, ScreenSource::Window(first.window));
        pair.sharp("the first window", &first.luma(900, 500).expect("reads"));
        // Another window without a break.
        share(&pair.presenter, Some(ScreenSource::Window(second.window)));
        pair.sharp("the second window", &second.luma(600, 400).expect("reads"));
        share(&pair.presenter, None);
        let ended = pair.watcher.until("the end", |native| {
            let on = native.people.iter().any(|person| person.id == pair.id && person.screen);
            (!on && slot(native, pair.id).is_none()).then_some(())
        });
        ended.expect("told");
        let dark = "screen: false";
        log_of(&mut pair.presenter, dark);
        share(&pair.presenter, Some(ScreenSource::Window(first.window)));
        pair.sharp("the first window again", &first.luma(900, 500).expect("reads"));
        // The other one presents too: both can be seen by each other.
        let other = pair.watcher.snapshot.as_ref().expect("joined").you;
        share(&pair.watcher, Some(ScreenSource::Window(second.window)));
        pair.presenter.until("the share", |native| shares(native, other)).expect("told");
        watch(&pair.presenter, other);
        let luma = second.luma(600, 400).expect("reads");
        picture(&mut pair.presenter, other, "the other's window", |frame| sharp(frame, &luma));
        first.turn(700).expect("writes");
        pair.sharp("the first goes on", &first.luma(900, 500).expect("reads"));
    });
}

#[test]
fn camera_and_screen_of_one_presenter_arrive_side_by_side() {
    let name = "camera_and_screen_of_one_presenter_arrive_side_by_side";
    on_a_desktop(name, SIZE, |desktop| {
        let page = page(desktop);
        let luma = page.luma(900, 500).expect("reads");
        let mut pair = Pair::with_camera(ScreenSource::Window(page.window), 360);
        let (presenter, watcher, id) = (&mut pair.presenter, &mut pair.watcher, pair.id);
        let face = watcher.picture_of(id, |_| true).expect("the camera's picture");
        assert!(face.height <= 360 && face.width * 9 == face.height * 16, "{face:?}");
        picture(watcher, id, "the screen beside it", |frame| sharp(frame, &luma));
        assert_ne!(slot(watcher, id), watcher.slot_of(id));
        log_of(presenter, "camera: true, screen: true");
    });
}

#[test]
fn what_cannot_be_shared_says_so_and_nothing_runs_on() {
    let name = "what_cannot_be_shared_says_so_and_nothing_runs_on";
    on_a_desktop(name, SIZE, |_| {
        let venue = Venue::open(RoomKind::GroupCall).expect("a hub");
        for (source, words) in [
            (ScreenSource::Window(0x7f_ffff), "its window was closed"),
            (ScreenSource::Monitor("HDMI-7".into()), "not connected any more"),
            (ScreenSource::File("/nonexistent.mp4".into()), "/nonexistent.mp4"),
        ] {
            let mut presenter =
                venue.host(config("presenter", VideoCodec::H264)).expect("a presenter");
            presenter.call.engine().send(Command::ShareScreen(Some(source)));
            let told = log_of(&mut presenter, "trouble: ");
            assert!(told.contains(words), "{told}");
            log_of(&mut presenter, "ShareEnded");
            nothing_runs(&mut presenter);
        }
    });
}

#[test]
fn a_presenter_who_becomes_an_attendee_shows_nothing_any_more() {
    let venue = Venue::open(RoomKind::Webinar).expect("a hub");
    let mut host = venue.host(config("host", VideoCodec::H264)).expect("a host");
    let mut guest = venue.guest("Guest", config("guest", VideoCodec::H264)).expect("a guest");
    let id = guest
        .until("joining", |native| native.snapshot.as_ref().map(|snapshot| snapshot.you))
        .expect("joined");
    let role = |role| ClientMessage::SetRole { participant: id, role };
    host.call.send(role(protocol::Role::Presenter));
    host.until("a presenter", |native| {
        let person = native.people.iter().find(|person| person.id == id)?;
        person.may_publish.then_some(())
    })
    .expect("told");
    share(&guest, Some(ScreenSource::Demo));
    host.until("the share", |native| shares(native, id)).expect("told");
    watch(&host, id);
    picture(&mut host, id, "the share", |frame| frame.height == 720);
    host.call.send(role(protocol::Role::Attendee));
    host.until("no share", |native| shares(native, id).is_none().then_some(())).expect("told");
    // The hub says that nobody watches, and the engine encodes nothing any more.
    let encoded = |native: &Native| native.call.engine().stats().sending.screen.map(|s| s.fps);
    guest.until("rest", |native| (encoded(native)? == 0.0).then_some(())).expect("it rests");
    host.until("no picture", |native| slot(native, id).is_none().then_some(())).expect("told");
}

/// Seconds of processor time that this process has used.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux tells");
    // The command's name may hold spaces; it ends with the last parenthesis.
    let fields: Vec<_> = stat.rsplit(')').next().expect("a row").split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().expect("a number");
    // proc(5): utime and stime, in hundredths of a second on every Linux that this runs on.
    (ticks(11) + ticks(12)) / 100.0
}
