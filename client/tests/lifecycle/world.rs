//! A hub with Eva and Ulf, two rooms of theirs, and windows without a screen.

use client::app::Window;
use client::backend::Backend;
use client::call::CallEvent;
use client::command::Command;
use client::i18n::Language;
use client::net::HubClient;
use client::settings::Settings;
use client::state::{BackendEvent, Phase, Screen, State};
use engine::config::{CameraSource, MicrophoneSource};
use protocol::*;
use reqwest::Method;
use serde_json::{Value, json};
use server::{Config, Hub};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What does not happen within this, does not happen.
const PATIENCE: Duration = Duration::from_secs(60);

pub const PASSWORD: &str = "correct horse battery";

/// The hub.
pub struct World {
    data: tempfile::TempDir,
    hub: Option<Hub>,
    runtime: tokio::runtime::Runtime,
    pub base: String,
    /// The number of Eva's group call, of which Ulf is a member.
    pub round: String,
    /// The number of Eva's webinar, of which Ulf is a member.
    pub hall: String,
}

impl World {
    pub fn start() -> World {
        let data = tempfile::tempdir().unwrap();
        let hub = Hub::start(Config::local(data.path())).unwrap();
        let base = format!("http://{}", hub.http_addr());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let [round, hall] = runtime.block_on(rooms(&hub, &base));
        World { data, hub: Some(hub), runtime, base, round, hall }
    }

    /// Stops the hub as an administrator would, and starts it again on the same ports and data.
    pub fn restart(&mut self) {
        let hub = self.hub.take().unwrap();
        let config = Config {
            listen: hub.http_addr(),
            media_listen: hub.media_addr(),
            ..Config::local(self.data.path())
        };
        self.runtime.block_on(hub.stop());
        self.hub = Some(Hub::start(config).unwrap());
    }

    /// Makes an account; gives its one-time password.
    pub fn account(&self, name: &str) -> String {
        let admin = self.hub.as_ref().unwrap().local_sign_in().unwrap().token;
        self.runtime.block_on(account(&admin, &self.base, name, name))
    }

    /// Signed in, and heard by the hub.
    pub fn client(&self, user: &str) -> Client {
        let mut client = Client::new(Settings { hub: self.base.clone(), ..settings() });
        client.sign_in(&self.base, user, PASSWORD);
        client.until("the live channel", |state| state.live && state.rooms.list.is_some());
        client
    }
}

fn settings() -> Settings {
    Settings { join_without_camera: true, ..crate::fake::settings(Language::German) }
}

async fn send(token: &str, method: Method, url: &str, body: Value) -> Value {
    let request = reqwest::Client::new().request(method, url).bearer_auth(token).json(&body);
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{url}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

async fn account(admin: &str, base: &str, name: &str, display_name: &str) -> String {
    let account = json!({ "name": name, "display_name": display_name });
    let url = format!("{base}/api/v1/admin/users");
    let made = send(admin, Method::POST, &url, account).await;
    made["one_time_password"].as_str().unwrap().to_owned()
}

/// Makes the two accounts; gives the numbers of their rooms.
async fn rooms(hub: &Hub, base: &str) -> [String; 2] {
    let client = HubClient::new(base).unwrap();
    let admin = hub.local_sign_in().unwrap().token;
    let mut tokens = Vec::new();
    for (name, display_name) in [("eva", "Eva Muster"), ("ulf", "Ulf Beispiel")] {
        let first = account(&admin, base, name, display_name).await;
        let token = client.sign_in(name, &first).await.unwrap().token;
        client.change_password(&token, first, PASSWORD.to_owned()).await.unwrap();
        tokens.push(token);
    }
    let (eva, ulf) = (&tokens[0], client.person(&tokens[0], "ulf").await.unwrap());
    let round = client.create_room(eva, "Runde", RoomKind::GroupCall).await.unwrap();
    let hall = client.create_room(eva, "Saal", RoomKind::Webinar).await.unwrap();
    for room in [&round, &hall] {
        client.set_member(eva, &room.number, ulf.id, false).await.unwrap();
    }
    [round.number, hall.number]
}

/// A window without a screen, with its back end.
pub struct Client {
    pub window: Window,
    pub backend: Backend,
    /// How often the hub let us in, and refused a wish.
    pub joined: usize,
    pub denied: usize,
    /// The figures as they came: pictures taken by the camera so far.
    pub captured: Vec<u64>,
}

impl Client {
    /// On the sign-in page.
    pub fn new(settings: Settings) -> Client {
        let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let backend = Backend::start(&settings, listen, None, None, Arc::new(|| {})).unwrap();
        let window = Window::new(settings);
        let mut client = Client { window, backend, joined: 0, denied: 0, captured: Vec::new() };
        client.until("the sign-in page", |state| state.screen == Screen::SignIn);
        // Without a machine's own devices, every machine is the same.
        client.say(Command::SetCameraDevice(CameraSource::Demo));
        client.say(Command::SetMicrophoneDevice(MicrophoneSource::Demo));
        client
    }

    pub fn sign_in(&mut self, hub: &str, user: &str, password: &str) {
        self.window.state.sign_in.password = password.to_owned();
        let (hub, user, password) = (hub.to_owned(), user.to_owned(), password.to_owned());
        self.say(Command::SignIn { hub, user, password });
    }

    /// Goes straight in; microphone and camera as wanted.
    pub fn enter(&mut self, number: &str, microphone: bool, camera: bool) {
        self.window.state.settings.join_muted = !microphone;
        self.window.state.settings.join_without_camera = !camera;
        let place = CallRoom { number: number.to_owned(), name: "Probe".to_owned() };
        self.window.state.enter(&place, true);
        self.send();
    }

    pub fn state(&self) -> &State {
        &self.window.state
    }

    /// Asks the back end for something beside the window.
    pub fn say(&self, command: Command) {
        self.backend.commands.send(command).unwrap();
    }

    fn send(&mut self) {
        for command in self.window.take_commands() {
            self.backend.commands.send(command).unwrap();
        }
    }

    /// Passes events and commands on until something is so.
    pub fn until(&mut self, what: &str, is: impl Fn(&State) -> bool) {
        self.until_told(what, |client| is(&client.window.state));
    }

    /// The same about what was told.
    #[expect(clippy::disallowed_methods, reason = "a limit for the whole wait")]
    pub fn until_told(&mut self, what: &str, is: impl Fn(&Client) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            self.send();
            if is(self) {
                return;
            }
            let left = end.saturating_duration_since(Instant::now());
            let Ok(event) = self.backend.events.recv_timeout(left) else {
                let state = self.state();
                panic!("no {what} in time: {:?}, {:?}", state.screen, state.call);
            };
            match &event {
                BackendEvent::Call(CallEvent::Hub(HubMessage::Joined { .. })) => self.joined += 1,
                BackendEvent::Call(CallEvent::Hub(HubMessage::Denied { .. })) => self.denied += 1,
                BackendEvent::Health(stats) => self.captured.push(stats.sending.frames_captured),
                _ => {}
            }
            self.window.apply(event);
        }
    }

    pub fn is_inside(&mut self) {
        self.until("conference", |state| {
            state.call.as_ref().is_some_and(|call| call.phase == Phase::In)
        });
    }

    /// Waits until somebody inside is so.
    pub fn sees(&mut self, name: &str, what: &str, is: impl Fn(&Participant) -> bool) {
        self.until(&format!("{name} {what}"), |state| person(state, name).is_some_and(&is));
    }
}

/// Somebody inside, by display name.
pub fn person<'state>(state: &'state State, name: &str) -> Option<&'state Participant> {
    state.call.as_ref()?.participants.iter().find(|person| person.name == name)
}

/// Microphone, camera and screen.
pub fn sends(person: &Participant) -> [bool; 3] {
    [person.microphone, person.camera, person.screen]
}
