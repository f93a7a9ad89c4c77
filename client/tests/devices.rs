//! Cameras, microphones and loudspeakers that come, go and fail.

mod fake;

use client::app::Window;
use client::command::Command;
use client::i18n::Language;
use client::state::{BackendEvent, Device, Devices, Page, SettingsTab, Wished};
use egui::Theme;
use egui::accesskit::Role as Kind;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::capture::microphone;
use engine::config::{CameraSource, MicrophoneSource, SpeakerSink};
use engine::engine::Event as EngineEvent;
use fake::*;
use protocol::*;

type Harnessed = Harness<'static, Window>;

fn page(window: Window) -> Harnessed {
    let mut page = harness(window);
    page.run_steps(3);
    page.state_mut().take_commands();
    page
}

fn lists(page: &mut Harnessed) -> usize {
    let all = page.state_mut().take_commands();
    all.iter().filter(|command| **command == Command::ListDevices).count()
}

fn settings_page() -> Window {
    let mut window = at_home(Language::German);
    window.state.page = Page::Settings;
    window.state.settings_tab = SettingsTab::Devices;
    window
}

fn broken(device: &str) -> BackendEvent {
    let (device, reason) = (device.to_owned(), "Device or resource busy".to_owned());
    engine_event(EngineEvent::Trouble(engine::Error::Device { device, reason }))
}

const BRIO: &str = "the camera /dev/video0";

fn camera(id: &str) -> CameraSource {
    CameraSource::Device(id.into())
}

fn cameras(ids: &[&str]) -> Vec<Device<CameraSource>> {
    ids.iter().map(|id| Device { source: camera(id), name: format!("Kamera {id}") }).collect()
}

fn sound(inputs: &[&str], outputs: &[&str]) -> microphone::Devices {
    let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect();
    microphone::Devices { inputs: names(inputs), outputs: names(outputs) }
}

#[test]
fn a_chosen_device_that_is_away_is_replaced_until_it_is_back() {
    let headset = Some("Headset".to_owned());
    let wished = Wished {
        camera: Some(camera("brio")),
        microphone: MicrophoneSource::Device(headset.clone()),
        speaker: SpeakerSink::Device(headset.clone()),
    };
    let away = Devices::among(cameras(&["laptop", "dock"]), sound(&["Laptop"], &["HDMI"]), &wished);
    assert_eq!(away.camera, camera("laptop"));
    assert_eq!(away.microphone, MicrophoneSource::Device(None), "the system's own choice");
    assert_eq!(away.speaker, SpeakerSink::Device(None));
    let back = cameras(&["laptop", "brio"]);
    let sound = || sound(&["Laptop", "Headset"], &["Headset"]);
    let back = Devices::among(back, sound(), &wished);
    assert_eq!(back.camera, camera("brio"));
    assert_eq!(back.microphone, MicrophoneSource::Device(headset.clone()));
    assert_eq!(back.speaker, SpeakerSink::Device(headset));
    // Who wants no camera gets none by a look at what there is.
    let none = Wished { camera: Some(CameraSource::None), ..wished.clone() };
    assert_eq!(Devices::among(cameras(&["laptop"]), sound(), &none).camera, CameraSource::None);
    let any = Wished { camera: None, ..wished };
    assert_eq!(Devices::among(cameras(&["laptop"]), sound(), &any).camera, camera("laptop"));
    assert_eq!(Devices::among(Vec::new(), sound(), &any).camera, CameraSource::None);
}

#[test]
fn the_remembered_camera_outlives_a_list_without_it() {
    let mut window = at_home(Language::German);
    window.state.settings.camera = Some("/dev/video7".into());
    window.apply(BackendEvent::Devices(devices()));
    assert_eq!(window.state.settings.camera.as_deref(), Some("/dev/video7"));
}

#[test]
fn devices_are_looked_for_again_when_a_list_of_them_opens_and_not_in_every_frame() {
    for window in [at_pre_join(Language::German), settings_page()] {
        let mut page = page(window);
        assert_eq!(lists(&mut page), 0);
        page.get_by_role_and_label(Kind::ComboBox, "Mikrofon").click();
        page.run_steps(6);
        assert_eq!(lists(&mut page), 1);
    }
    let mut page = page(inside(Language::German, RoomKind::GroupCall, 9, people()));
    for name in ["Kamera wählen", "Mikrofon und Lautsprecher wählen"] {
        page.get_by_role_and_label(Kind::Button, name).click();
        page.run_steps(6);
        assert_eq!(lists(&mut page), 1, "{name}");
        page.key_press(egui::Key::Escape);
        page.run_steps(3);
    }
    let mut window = settings_page();
    window.state.settings_tab = SettingsTab::Profile;
    let mut page = self::page(window);
    page.get_by_role_and_label(Kind::RadioButton, "Geräte").click();
    page.run_steps(6);
    assert_eq!(lists(&mut page), 1, "the tab");
}

#[test]
fn a_camera_that_fails_is_told_by_its_name_below_the_own_name_until_it_works() {
    let mut window = at_pre_join(Language::German);
    window.apply(broken(BRIO));
    let mut page = page(window);
    let words = "Die Kamera „Logitech Brio 4K“ geht nicht. Schließen Sie andere Programme";
    let told = page.get_by_label_contains(words).rect();
    let camera = page.get_by_role_and_label(Kind::ComboBox, "Kamera").rect();
    assert!(told.bottom() <= camera.top(), "before the devices, never below the fold");
    assert!(page.query_by_label_contains("cannot open").is_none(), "no English");
    page.state_mut().apply(engine_event(EngineEvent::Recovered("microphone")));
    page.run_steps(2);
    page.get_by_label_contains(words);
    page.state_mut().apply(engine_event(EngineEvent::Recovered("capture")));
    page.run_steps(2);
    assert!(page.query_by_label_contains("geht nicht").is_none());
}

#[test]
fn another_device_takes_the_word_about_the_failed_one_away() {
    let mut window = at_pre_join(Language::German);
    window.apply(broken(BRIO));
    window.apply(broken("the microphone “Rode NT-USB+”"));
    let mut page = page(window);
    page.get_by_label_contains("Das Mikrofon „Rode NT-USB+“ geht nicht");
    page.get_by_role_and_label(Kind::ComboBox, "Kamera").click();
    page.run_steps(3);
    page.get_by_label("Ohne").click();
    page.run_steps(3);
    assert!(page.query_by_label_contains("Die Kamera „").is_none());
    page.get_by_label_contains("Das Mikrofon „Rode NT-USB+“ geht nicht");
    // So does a list in which the failed one is replaced.
    let mut other = devices();
    other.microphone = MicrophoneSource::None;
    page.state_mut().apply(BackendEvent::Devices(other));
    page.run_steps(2);
    assert!(page.query_by_label_contains("geht nicht").is_none());
}

#[test]
fn the_test_in_the_settings_says_what_does_not_work_and_forgets_it_with_its_end() {
    let mut page = page(settings_page());
    page.get_by_role_and_label(Kind::Button, "Kamera und Mikrofon testen").click();
    page.run_steps(2);
    page.state_mut().apply(broken("the default loudspeaker"));
    page.run_steps(2);
    page.get_by_label_contains("Der Lautsprecher geht nicht. Stecken Sie ihn neu ein");
    page.state_mut().state.page = Page::Rooms;
    page.run_steps(2);
    assert!(page.state().state.troubles.all().is_empty(), "nothing is in use any more");
}

#[test]
fn in_a_call_the_message_is_in_the_windows_language_and_says_what_to_do() {
    for (language, words, way_out) in [
        (Language::German, "Die Kamera „Logitech Brio 4K“ geht nicht", "wählen Sie eine andere"),
        (Language::English, "The camera “Logitech Brio 4K” does not work", "choose another"),
    ] {
        let mut window = inside(language, RoomKind::GroupCall, 9, people());
        window.apply(broken(BRIO));
        let page = page(window);
        page.get_by_label_contains(words);
        page.get_by_label_contains(way_out);
        assert!(page.query_by_label_contains("cannot open").is_none());
    }
}

#[test]
fn every_error_of_the_engine_has_its_words() {
    let system = std::io::Error::other("no");
    let errors = [
        engine::Error::Screen { screen: "Bildschirm 1".into(), reason: "closed".into() },
        engine::Error::Codec { codec: "x264".into(), reason: "no".into() },
        engine::Error::Transport("closed".into()),
        engine::Error::Clip { path: "/tmp/film.mp4".into(), reason: "no".into() },
        engine::Error::System { what: "a thread".into(), source: system },
    ];
    let words = [
        "Die Freigabe von „Bildschirm 1“ ist zu Ende",
        "Bild oder Ton ist gestört",
        "Bild und Ton kommen nicht durch",
        "Die Datei „film.mp4“ lässt sich nicht verwenden",
        "Der Rechner gibt nicht her",
    ];
    for (error, words) in errors.into_iter().zip(words) {
        let mut window = at_pre_join(Language::German);
        window.apply(BackendEvent::EngineFailed(error));
        page(window).get_by_label_contains(words);
    }
}

#[test]
fn pages_render() {
    let mut window = at_pre_join(Language::German);
    window.apply(broken(BRIO));
    window.apply(broken("the default loudspeaker"));
    people::save("trouble_pre_join", window, [1440.0, 900.0], Theme::Dark);
    let mut window = at_pre_join(Language::English);
    window.apply(broken(BRIO));
    people::save("trouble_pre_join_light", window, [1000.0, 700.0], Theme::Light);
    let mut window = settings_page();
    window.state.preview = true;
    window.apply(broken(BRIO));
    people::save("trouble_settings", window, [1440.0, 900.0], Theme::Dark);
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, fake::people());
    window.apply(broken(BRIO));
    window.apply(BackendEvent::Call(client::call::CallEvent::Unsaid));
    people::save("trouble_call", window, [1440.0, 900.0], Theme::Dark);
}
