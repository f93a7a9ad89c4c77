//! Renders every page to `target/screens/*.png`: nothing may panic (a missing glyph does), and
//! people can look at the result.

mod fake;

use client::app::Window;
use client::call::{CallEvent, Link};
use client::i18n::Language;
use client::settings::BackdropKind;
use client::state::{BackendEvent, Failure, Panel, RoomsEvent, Why};
use egui::Theme;
use egui::accesskit::Role as Kind;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::blur::{Notice, Path, Quality, Reason};
use engine::engine::{Connection, Event as EngineEvent};
use fake::*;
use protocol::*;
use std::time::Duration;

fn save(name: &str, window: Window) {
    save_as(name, window, [1440.0, 900.0], Theme::Dark);
}

fn save_as(name: &str, window: Window, size: [f32; 2], theme: Theme) {
    let mut harness = rendered(window, size, theme);
    harness.run_steps(4);
    keep(name, &mut harness);
}

fn keep(name: &str, harness: &mut Harness<'static, Window>) {
    let image = harness.render().expect("a picture");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&folder).expect("folder");
    image.save(folder.join(format!("{name}.png"))).expect("writable");
}

#[test]
fn sign_in_and_rooms_render() {
    save("starting", Window::new(settings(Language::German)));
    let mut window = Window::new(settings(Language::German));
    window.apply(BackendEvent::SignInNeeded);
    window.state.sign_in.hub = "https://kath.example".into();
    window.apply(BackendEvent::SignInFailed(Failure::WrongPassword));
    save("sign_in", window);
    save("home", at_home(Language::German));
    save_as("home_light", at_home(Language::English), [1100.0, 760.0], Theme::Light);
    let mut window = at_home(Language::German);
    window.apply(BackendEvent::Room(RoomsEvent::Listed(Ok(Vec::new()))));
    save("home_empty", window);
}

#[test]
fn pre_join_renders() {
    save("pre_join", at_pre_join(Language::German));
    let mut window = at_pre_join(Language::English);
    window.apply(BackendEvent::Devices(Default::default()));
    window.videos = Default::default();
    save_as("pre_join_light", window, [1280.0, 760.0], Theme::Light);
    save_as("pre_join_narrow", at_pre_join(Language::German), [900.0, 900.0], Theme::Dark);
}

#[test]
fn the_background_renders_before_the_conference_and_in_it() {
    let mut window = at_pre_join(Language::German);
    window.state.settings.backdrop = backdrop(BackdropKind::Blurred);
    window.apply(health(blur_on(Some(gpu()), Reason::Gpu)));
    save("pre_join_blurred", window);
    let mut window = at_pre_join(Language::English);
    window.state.settings.backdrop = backdrop(BackdropKind::Picture);
    window.apply(health(blur_on(Some(Path::Cpu), no_gpu())));
    window.apply(BackendEvent::PictureRefused("cannot play hall.txt: it has no picture".into()));
    window.state.settings.backdrop.kind = BackdropKind::Picture;
    save_as("pre_join_picture_light", window, [1280.0, 860.0], Theme::Light);

    let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
    window.state.settings.backdrop = backdrop(BackdropKind::Blurred);
    window.apply(health(blur_on(Some(Path::Cpu), no_gpu())));
    let mut harness = rendered(window, [1440.0, 900.0], Theme::Dark);
    harness.run_steps(2);
    harness.get_by_role_and_label(Kind::Button, "Kamera wählen").click();
    harness.run_steps(4);
    keep("call_background", &mut harness);
}

#[test]
fn the_technical_details_render() {
    for (name, language, theme, path, reason) in [
        ("health_gpu", Language::German, Theme::Dark, Some(gpu()), Reason::Gpu),
        ("health_cpu_light", Language::English, Theme::Light, Some(Path::Cpu), no_gpu()),
        ("health_whole", Language::German, Theme::Dark, None, Reason::Failed("Fehler".into())),
    ] {
        let mut window = inside(language, RoomKind::GroupCall, 9, people());
        window.state.settings.backdrop = backdrop(BackdropKind::Blurred);
        window.apply(health(blur_on(path, reason)));
        window.apply(engine_event(EngineEvent::Blur(Notice::Quality {
            quality: Quality::Reduced,
            lowered: true,
        })));
        if let Some(call) = &mut window.state.call {
            call.toggle(Panel::Health);
        }
        save_as(name, window, [1440.0, 900.0], theme);
    }
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
    window.apply(engine_event(EngineEvent::Blur(Notice::Path {
        path: Path::Cpu,
        reason: Reason::GpuFailed("Gerät verloren".into()),
    })));
    save_as("call_fell_back_small", window, [760.0, 620.0], Theme::Dark);
}

#[test]
fn the_group_call_renders() {
    save("call_tiles", inside(Language::German, RoomKind::GroupCall, 9, people()));
    let window = inside(Language::English, RoomKind::GroupCall, 9, people());
    save_as("call_tiles_light", window, [1440.0, 900.0], Theme::Light);
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
    if let Some(call) = &mut window.state.call {
        call.layout = client::state::Layout::Stage;
        call.panel = Some(Panel::People);
    }
    window.state.toasts.show(client::state::Toast::Copied, 0.0);
    save("call_stage", window);
    let window = inside(Language::German, RoomKind::GroupCall, 9, people());
    save_as("call_small", window, [900.0, 620.0], Theme::Dark);
}

#[test]
fn the_webinar_renders() {
    let mut people = people();
    for id in 10..60 {
        let mut watching = person(id, &format!("Gast {id}"), Role::Attendee, false, false);
        watching.may_publish = false;
        people.push(watching);
    }
    for index in [2, 3, 5, 6, 7] {
        people[index].may_publish = false;
        people[index].camera = false;
    }
    let mut window = inside(Language::German, RoomKind::Webinar, 9, people.clone());
    window.apply(hub(HubMessage::Chat {
        line: line(
            1,
            5,
            "Sabine Wolff",
            ChatScope::Everyone,
            "Willkommen! Fragen bitte mit „An Moderatoren“, wir sammeln sie.",
        ),
    }));
    window.apply(hub(HubMessage::Chat {
        line: line(
            2,
            3,
            "Bernd Ohlsen",
            ChatScope::Hosts,
            "Gilt die Stufenregelung auch für Gewerbeeinheiten im selben Haus?",
        ),
    }));
    window.apply(hub(HubMessage::Chat {
        line: line(
            3,
            9,
            "Miriam Vogt",
            ChatScope::Private { participant: ParticipantId(3) },
            "Ja, ich zeige es gleich.",
        ),
    }));
    if let Some(call) = &mut window.state.call {
        call.toggle(Panel::Chat);
    }
    save("webinar_presenter", window);
    let mut window = inside(Language::German, RoomKind::Webinar, 20, people.clone());
    window.apply(engine_event(EngineEvent::Transmitting {
        microphone: false,
        camera: false,
        screen: false,
    }));
    save("webinar_attendee", window);
    let mut window = inside(Language::German, RoomKind::Webinar, 9, people);
    if let Some(call) = &mut window.state.call {
        call.panel = Some(Panel::People);
        call.confirm_end = true;
    }
    save("webinar_people_confirm", window);
}

#[test]
fn full_screen_and_trouble_render() {
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
    if let Some(call) = &mut window.state.call {
        call.layout = client::state::Layout::Stage;
        call.microphone = false;
    }
    window.apply(engine_event(EngineEvent::Transmitting {
        microphone: false,
        camera: true,
        screen: false,
    }));
    window.state.fullscreen = true;
    save("fullscreen", window);
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
    window.apply(BackendEvent::Call(CallEvent::Link(Link::Lost {
        retry_in: Duration::from_secs(3),
    })));
    window.apply(engine_event(EngineEvent::Connection(Connection::Interrupted)));
    window.apply(engine_event(EngineEvent::Transmitting {
        microphone: false,
        camera: false,
        screen: false,
    }));
    save("call_lost", window);
}

#[test]
fn waiting_and_the_end_render() {
    let mut window = joining(Language::German, RoomKind::Webinar);
    window.apply(BackendEvent::Call(CallEvent::Link(Link::Up)));
    window.apply(hub(HubMessage::Waiting {
        reason: WaitReason::OnHold,
        room_name: "Nebenkostenabrechnung 2026".into(),
        resume_token: "t".into(),
    }));
    window.videos.put(client::video_texture::Feed::SelfView, picture(9, 1280, 720));
    save("waiting", window);
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
    window.state.end(Why::Over(EndReason::Left));
    save("ended", window);
    let mut window = joining(Language::English, RoomKind::Webinar);
    window.apply(BackendEvent::Call(CallEvent::Refused(Refusal::Full)));
    save_as("refused_light", window, [1100.0, 760.0], Theme::Light);
}
