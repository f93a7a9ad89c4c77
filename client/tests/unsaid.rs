//! Wishes that do not reach the hub because there is no connection are told, never lost in silence.

mod fake;

use client::call::{Call, CallEvent, Link};
use client::i18n::Language;
use client::state::BackendEvent;
use egui_kittest::kittest::Queryable;
use engine::config::{CameraSource, Config, MicrophoneSource, SpeakerSink};
use engine::engine::Engine;
use fake::*;
use protocol::*;
use std::sync::Arc;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(20);

fn quiet() -> Config {
    Config {
        camera: CameraSource::None,
        microphone: MicrophoneSource::None,
        speaker: SpeakerSink::Null,
        ..Config::default()
    }
}

#[test]
fn what_is_not_repeated_by_itself_is_told_and_the_rest_is_not() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    // Nobody listens there any more.
    let address = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr();
    let url = format!("ws://{}/api/v1/ws", address.expect("its address"));
    let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(|| {});
    let engine = Arc::new(Engine::start(quiet(), wake.clone()).expect("an engine"));
    let credential = Credential::Link { link: "any".into(), name: "Gast".into() };
    let call = Call::join(runtime.handle(), url, credential, engine, wake);
    while !matches!(call.wait(LIMIT).expect("a word"), CallEvent::Link(Link::Lost { .. })) {}
    call.send(ClientMessage::Media { microphone: true, camera: true, screen: false });
    call.send(ClientMessage::Watch { videos: Vec::new() });
    call.send(ClientMessage::Chat { scope: ChatScope::Everyone, text: "hallo".into() });
    call.send(ClientMessage::MuteAll);
    call.send(ClientMessage::Lock { locked: true });
    call.send(ClientMessage::Leave);
    let mut unsaid = 0;
    loop {
        match call.wait(LIMIT).expect("the call ends") {
            CallEvent::Unsaid => unsaid += 1,
            CallEvent::Link(Link::Closed) => break,
            _ => {}
        }
    }
    assert_eq!(unsaid, 2, "muting and locking");
}

#[test]
fn the_window_says_that_it_was_not_sent_and_what_to_do() {
    for (language, words, way_out) in [
        (Language::German, "Nicht gesendet: keine Verbindung", "nach dem Wiederverbinden"),
        (Language::English, "Not sent: no connection", "once you are connected"),
    ] {
        let mut page = harness(inside(language, RoomKind::GroupCall, 9, people()));
        page.state_mut().apply(BackendEvent::Call(CallEvent::Unsaid));
        page.run_steps(2);
        page.get_by_label_contains(words);
        page.get_by_label_contains(way_out);
    }
}
