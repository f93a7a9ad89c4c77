//! Windows with invented people, for tests and pictures.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod people;

use client::app::Window;
use client::call::{CallEvent, Link};
use client::i18n::{Language, Texts};
use client::settings::{Backdrop, BackdropKind, Settings};
use client::state::{Account, BackendEvent, Device, Devices, Now, Page, RoomsEvent};
use client::video_texture;
use client::video_texture::Feed;
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use engine::blur::{Path, Quality, Reason};
use engine::config::{CameraSource, MicrophoneSource, SpeakerSink};
use engine::engine::{Connection, Event as EngineEvent};
use engine::frame::{ColorSpace, Planes, VideoFrame};
use engine::stats::{Blur, Pass, Percentiles, Sending, Stats};
use protocol::*;
use std::sync::Arc;

/// A fixed moment, 10:00 on 25 November 2026 UTC.
pub const NOON_MS: i64 = 1_795_600_800_000;

pub fn settings(language: Language) -> Settings {
    Settings { language: Some(language), ..Settings::default() }
}

pub fn account() -> Account {
    Account {
        hub: "https://kath.example".into(),
        user: "miriam".into(),
        display_name: "Miriam Vogt".into(),
        embedded: false,
        must_change: false,
    }
}

pub fn room(name: &str, kind: RoomKind, number: &str) -> Room {
    Room {
        name: name.into(),
        kind,
        number: number.into(),
        pin: "7305".into(),
        link_path: format!("/j/{number}"),
        created_at_ms: NOON_MS,
        standing: Standing::Owner,
        policy: RoomPolicy::default_for(kind),
        ad_hoc: false,
        now: None,
    }
}

pub fn rooms() -> Vec<Room> {
    vec![
        room("Nebenkostenabrechnung 2026: was sich ändert", RoomKind::Webinar, "483920175"),
        room("Wochenrunde Verwaltung", RoomKind::GroupCall, "612004387"),
        room("Einführung in das Mieterportal", RoomKind::Webinar, "271846009"),
        room("Eigentümerversammlung Lindenhof, Vorbereitung", RoomKind::GroupCall, "905331648"),
    ]
}

pub fn devices() -> Devices {
    let camera = CameraSource::Device("/dev/video0".into());
    let microphone = MicrophoneSource::Device(Some("Rode NT-USB+".into()));
    let speaker = SpeakerSink::Device(None);
    Devices {
        cameras: vec![
            Device { source: camera.clone(), name: "Logitech Brio 4K".into() },
            Device { source: CameraSource::Demo, name: String::new() },
            Device { source: CameraSource::None, name: String::new() },
        ],
        microphones: vec![
            Device { source: microphone.clone(), name: "Rode NT-USB+".into() },
            Device { source: MicrophoneSource::None, name: String::new() },
        ],
        speakers: vec![Device { source: speaker.clone(), name: String::new() }],
        camera,
        microphone,
        speaker,
    }
}

pub fn person(id: u32, name: &str, role: Role, microphone: bool, camera: bool) -> Participant {
    Participant {
        id: ParticipantId(id),
        name: name.into(),
        role,
        kind: ParticipantKind::User,
        may_publish: true,
        microphone,
        camera,
        screen: false,
        hand_raised_at_ms: None,
    }
}

pub fn people() -> Vec<Participant> {
    let mut people = vec![
        person(1, "Jonas Kettler", Role::Host, true, true),
        person(2, "Aylin Demir", Role::Attendee, true, true),
        person(3, "Dr. Petra Hansen", Role::Attendee, false, true),
        person(4, "Farid Rahimi", Role::Attendee, false, true),
        person(5, "Sabine Wolff", Role::Host, true, true),
        person(6, "Tobias Lindner", Role::Attendee, false, false),
        person(7, "Grace Owusu", Role::Attendee, false, true),
        person(8, "Nguyễn Thị Mai", Role::Attendee, false, true),
        person(9, "Miriam Vogt", Role::Host, true, true),
    ];
    people[1].hand_raised_at_ms = Some(NOON_MS - 160_000);
    people[6].hand_raised_at_ms = Some(NOON_MS - 72_000);
    people
}

pub fn slots(people: &[Participant]) -> Vec<SlotBinding> {
    people
        .iter()
        .filter(|p| p.camera)
        .map(|p| SlotBinding {
            mid: p.id.0.to_string(),
            participant: Some(p.id),
            source: MediaSource::Camera,
        })
        .collect()
}

pub fn snapshot(kind: RoomKind, you: u32, participants: Vec<Participant>) -> Snapshot {
    let name = match kind {
        RoomKind::Webinar => "Nebenkostenabrechnung 2026",
        RoomKind::GroupCall => "Wochenrunde Verwaltung",
    };
    Snapshot {
        you: ParticipantId(you),
        room: RoomInfo {
            name: name.into(),
            kind,
            number: "612004387".into(),
            pin: None,
            link_path: Some("/j/612004387".into()),
            policy: RoomPolicy::default_for(kind),
        },
        state: ConferenceState::Live,
        live_since_ms: Some(NOON_MS - 1_334_000),
        participants,
        chat: Vec::new(),
        locked: false,
        waiting: Vec::new(),
    }
}

pub fn hub(message: HubMessage) -> BackendEvent {
    BackendEvent::Call(CallEvent::Hub(message))
}

pub fn engine_event(event: EngineEvent) -> BackendEvent {
    BackendEvent::Call(CallEvent::Engine(event))
}

/// A choice of background with a picture at hand.
pub fn backdrop(kind: BackdropKind) -> Backdrop {
    Backdrop {
        kind, strength_percent: 68, picture: Some("/home/miriam/Bilder/Hörsaal.jpg".into())
    }
}

pub fn gpu() -> Path {
    Path::Gpu { adapter: "NVIDIA GeForce RTX 4060".into(), half: true }
}

pub fn no_gpu() -> Reason {
    Reason::NoGpu("llvmpipe is the processor itself".into())
}

/// Figures as of a running blur.
pub fn blur_on(path: Option<Path>, reason: Reason) -> Blur {
    let slow = if matches!(path, Some(Path::Gpu { .. })) { 0.1 } else { 1.5 };
    let times = |ms: f64| Percentiles {
        count: 900,
        p50_ms: ms * slow,
        p95_ms: ms * slow * 1.4,
        max_ms: ms * slow * 2.0,
    };
    let labels = ["blur.downsample", "network.0", "refine.guide", "blur.horizontal"];
    let passes = if matches!(path, Some(Path::Gpu { .. })) { &labels[..] } else { &[] };
    Blur {
        reason,
        quality: if slow > 1.0 { Quality::Reduced } else { Quality::Full },
        network: times(1.6),
        refine: times(0.9),
        blur: times(1.0),
        composite: times(0.4),
        frame: times(4.0),
        passes: passes.iter().map(|label| Pass { label, mean_ms: 0.0123 }).collect(),
        frames: 900,
        frames_whole: if path.is_none() { 31 } else { 0 },
        path,
        ..Blur::default()
    }
}

pub fn health(blur: Blur) -> BackendEvent {
    let sending = Sending {
        frames_captured: 1_000,
        frames_dropped: 2,
        encoder: Some("libx264".into()),
        size: Some((1280, 720)),
        blur: Some(blur),
        ..Sending::default()
    };
    BackendEvent::Health(Box::new(Stats {
        sending,
        available_bps: Some(3_100_000),
        round_trip: Some(std::time::Duration::from_millis(18)),
        ..Stats::default()
    }))
}

/// Signed in, with devices and rooms.
pub fn at_home(language: Language) -> Window {
    let mut window = Window::new(settings(language));
    window.state.texts = Texts::new(language);
    window.apply(BackendEvent::Devices(devices()));
    window.apply(BackendEvent::SignedIn(account()));
    window.apply(BackendEvent::Room(RoomsEvent::Listed(Ok(rooms()))));
    window.state.page = Page::Rooms;
    // What the window asks for by itself is not what a test looks at.
    window.take_commands();
    window
}

/// On the pre-join page of the newest room.
pub fn at_pre_join(language: Language) -> Window {
    let mut window = at_home(language);
    window.state.open(rooms().remove(0));
    window.apply(BackendEvent::MicrophoneLevel(26));
    window.videos.put(Feed::SelfView, picture(9, 1280, 720));
    window.take_commands();
    window
}

/// Asked to join; the hub has not answered.
pub fn joining(language: Language, kind: RoomKind) -> Window {
    let mut window = at_home(language);
    let index = if kind == RoomKind::Webinar { 0 } else { 1 };
    window.state.open(rooms().remove(index));
    if let Some(page) = &mut window.state.pre_join {
        page.muted = false;
    }
    window.state.join();
    window.state.follow_up.take();
    window
}

/// Inside, with pictures.
pub fn inside(
    language: Language,
    kind: RoomKind,
    you: u32,
    participants: Vec<Participant>,
) -> Window {
    let mut window = joining(language, kind);
    window.apply(BackendEvent::Call(CallEvent::Link(Link::Up)));
    let slots = slots(&participants);
    window.apply(hub(HubMessage::Joined {
        resume_token: "t".into(),
        snapshot: snapshot(kind, you, participants),
    }));
    window.apply(engine_event(EngineEvent::Connection(Connection::Connected)));
    window.apply(engine_event(EngineEvent::Transmitting {
        microphone: true,
        camera: true,
        screen: false,
    }));
    for slot in &slots {
        let id = slot.participant.map_or(0, |p| p.0);
        window.apply(hub(HubMessage::Slots { slots: slots.clone() }));
        window.videos.put(Feed::Slot(slot.mid.clone()), picture(id, 640, 360));
    }
    window.apply(hub(HubMessage::Slots { slots }));
    window.videos.put(Feed::SelfView, picture(you, 1280, 720));
    window.apply(hub(HubMessage::Speakers { participants: vec![ParticipantId(1)] }));
    window
}

pub fn line(id: i64, from: u32, name: &str, scope: ChatScope, text: &str) -> ChatLine {
    ChatLine {
        id,
        from: Some(ParticipantId(from)),
        from_name: name.into(),
        account: None,
        scope,
        text: text.into(),
        at_ms: NOON_MS + id * 61_000,
    }
}

/// A drawn bust before a wall: a face to look at, in I420.
#[expect(clippy::disallowed_methods, reason = "a frame needs some moment")]
pub fn picture(seed: u32, width: u32, height: u32) -> VideoFrame {
    let (w, h) = (width as f32, height as f32);
    let tone = |n: u32| ((seed.wrapping_mul(2_654_435_761).wrapping_add(n * 977)) >> 7) % 256;
    let wall = (90 + tone(1) % 60, 118 + tone(2) % 16, 126 + tone(3) % 14);
    let shirt = (60 + tone(4) % 70, 108 + tone(5) % 44, 110 + tone(6) % 44);
    let skin = (120 + tone(7) % 80, 112, 148);
    let sample = |x: f32, y: f32| -> (u32, u32, u32) {
        let (dx, dy) = ((x - 0.5 * w) / h, y / h);
        let head = (dx / 0.15).powi(2) + ((dy - 0.42) / 0.2).powi(2);
        let hair = (dx / 0.17).powi(2) + ((dy - 0.36) / 0.21).powi(2);
        let body = (dx / 0.42).powi(2) + ((dy - 1.05) / 0.42).powi(2);
        if head < 1.0 {
            skin
        } else if hair < 1.0 {
            (44, 124, 134)
        } else if body < 1.0 {
            shirt
        } else {
            let shade = (20.0 * (dx * 3.0 + dy)) as i32;
            ((wall.0 as i32 - shade).clamp(16, 235) as u32, wall.1, wall.2)
        }
    };
    let mut y = Vec::with_capacity((width * height) as usize);
    for row in 0..height {
        y.extend((0..width).map(|x| sample(x as f32, row as f32).0 as u8));
    }
    let (cw, ch) = (width.div_ceil(2), height.div_ceil(2));
    let (mut u, mut v) = (Vec::new(), Vec::new());
    for row in 0..ch {
        for x in 0..cw {
            let (_, blue, red) = sample(x as f32 * 2.0, row as f32 * 2.0);
            u.push(blue as u8);
            v.push(red as u8);
        }
    }
    VideoFrame {
        width,
        height,
        color: ColorSpace::WIRE,
        captured: std::time::Instant::now(),
        planes: Arc::new(Planes { y, u, v }),
    }
}

/// The frame's moment in every test.
pub fn now() -> Now {
    Now { seconds: 0.0, unix_ms: NOON_MS }
}

/// Over all of the window, as the real one does: the harness leaves a margin.
fn whole(ui: &mut egui::Ui, window: &mut Window, seconds: f64) {
    let rect = ui.ctx().content_rect();
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    ui.set_clip_rect(rect);
    window.show(&mut ui, Now { seconds, unix_ms: NOON_MS });
}

fn draw(ui: &mut egui::Ui, window: &mut Window) {
    let seconds = ui.input(|i| i.time);
    whole(ui, window, seconds);
}

/// Time stands still, so that pictures are always the same.
fn draw_still(ui: &mut egui::Ui, window: &mut Window) {
    whole(ui, window, 0.0);
}

/// A headless window without a renderer: fast.
pub fn harness(window: Window) -> Harness<'static, Window> {
    Harness::builder()
        .with_size([1440.0, 900.0])
        .with_theme(egui::Theme::Dark)
        .with_context_setup(client::theme::install)
        .build_ui_state(draw, window)
}

/// A headless window that can be looked at.
pub fn rendered(window: Window, size: [f32; 2], theme: egui::Theme) -> Harness<'static, Window> {
    let state =
        create_render_state(default_wgpu_setup(), eframe::egui_wgpu::RendererOptions::PREDICTABLE);
    video_texture::install(&state);
    Harness::builder()
        .with_size(size)
        .with_theme(theme)
        .with_context_setup(client::theme::install)
        .renderer(WgpuTestRenderer::from_render_state(state))
        .build_ui_state(draw_still, window)
}
