//! Two clients and a hub in one process: a contact is rung, a whole room is called.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

mod fake;

use client::app::Window;
use client::backend::Backend;
use client::command::{AccountCommand, Command, RoomsCommand};
use client::i18n::Language;
use client::net::HubClient;
use client::settings::Settings;
use client::state::{Choice, Over, Page, RoomQuestion, Screen, Stage, State};
use protocol::*;
use serde_json::{Value, json};
use server::{Config, Hub};
use std::time::{Duration, Instant};

/// What does not happen within this, does not happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A window without a screen, with its back end.
struct Client {
    window: Window,
    backend: Backend,
}

impl Client {
    /// Signed in, and heard by the hub.
    fn start(base: &str, user: &str, password: &str) -> Client {
        let mut client = Client::sign_in(base, user, password);
        client.until("the live channel", |state| state.live && state.people.contacts.is_some());
        client
    }

    /// At the door.
    fn sign_in(base: &str, user: &str, password: &str) -> Client {
        let settings = Settings {
            hub: base.to_owned(),
            user: user.to_owned(),
            join_without_camera: true,
            ..fake::settings(Language::German)
        };
        let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let backend =
            Backend::start(&settings, listen, None, None, std::sync::Arc::new(|| {})).unwrap();
        let mut client = Client { window: Window::new(settings), backend };
        client.until("the sign-in page", |state| state.screen == Screen::SignIn);
        client.window.state.sign_in.password = password.to_owned();
        let sign_in = Command::SignIn {
            hub: base.to_owned(),
            user: user.to_owned(),
            password: password.to_owned(),
        };
        client.backend.commands.send(sign_in).unwrap();
        client
    }

    fn send(&mut self) {
        for command in self.window.take_commands() {
            self.backend.commands.send(command).unwrap();
        }
    }

    /// Answers the one call that rings.
    fn answer(&mut self, choice: Choice) -> Ring {
        self.until("a ring", |state| !state.calls.ringing.is_empty());
        let ring = self.window.state.calls.ringing[0].clone();
        self.window.state.answer_ring(&ring.call, choice);
        self.send();
        ring
    }

    /// Passes events and commands on until something is so.
    #[expect(clippy::disallowed_methods, reason = "a limit for the whole wait")]
    fn until(&mut self, what: &str, is: impl Fn(&State) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            self.send();
            if is(&self.window.state) {
                return;
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.backend.events.recv_timeout(left) {
                Ok(event) => self.window.apply(event),
                Err(_) => panic!("no {what} in time: {:?}", self.window.state.calls),
            }
        }
    }

    fn state(&mut self) -> &mut State {
        &mut self.window.state
    }

    /// Calls somebody, and waits until it rings there.
    fn call(&mut self, user: &str, video: bool) {
        self.state().call_person(user, video);
        self.until("ringing", |state| {
            let outgoing = state.calls.outgoing.as_ref();
            outgoing.is_some_and(|call| matches!(call.stage, Stage::Ringing { .. }))
        });
    }

    /// Says yes to the question that stands.
    fn answer_question(&mut self) {
        let follows = self.state().answer_question(true);
        self.state().follow_up.push_all(follows);
        self.send();
    }

    /// Goes from the pre-join page into the conference.
    fn join(&mut self) {
        let join = self.state().join();
        self.state().follow_up.push_all(join);
    }

    fn stage(&self) -> Option<&Stage> {
        self.window.state.calls.outgoing.as_ref().map(|outgoing| &outgoing.stage)
    }
}

/// A hub with Eva and Ulf, who are each other's contacts and share a room.
struct World {
    _data: tempfile::TempDir,
    hub: Hub,
    runtime: tokio::runtime::Runtime,
    base: String,
    room: String,
}

const PASSWORD: &str = "correct horse battery";

impl World {
    fn start() -> World {
        let data = tempfile::tempdir().unwrap();
        let hub = Hub::start(Config::local(data.path())).unwrap();
        let base = format!("http://{}", hub.http_addr());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let room = runtime.block_on(people(&hub, &base));
        World { _data: data, hub, runtime, base, room }
    }

    fn client(&self, user: &str) -> Client {
        let _inside = self.runtime.enter();
        Client::start(&self.base, user, PASSWORD)
    }
}

async fn send(token: &str, method: reqwest::Method, url: &str, body: Value) -> Value {
    let request = reqwest::Client::new().request(method, url).bearer_auth(token).json(&body);
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{url}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Makes the two accounts; gives the number of their room.
async fn people(hub: &Hub, base: &str) -> String {
    let api = format!("{base}/api/v1");
    let client = HubClient::new(base).unwrap();
    let admin = hub.local_sign_in().unwrap().token;
    let mut tokens = Vec::new();
    for (name, display_name) in [("eva", "Eva Muster"), ("ulf", "Ulf Beispiel")] {
        let account = json!({ "name": name, "display_name": display_name });
        let made =
            send(&admin, reqwest::Method::POST, &format!("{api}/admin/users"), account).await;
        let first = made["one_time_password"].as_str().unwrap();
        let token = client.sign_in(name, first).await.unwrap().token;
        let change = json!({ "old": first, "new": PASSWORD });
        send(&token, reqwest::Method::PUT, &format!("{api}/me/password"), change).await;
        tokens.push(token);
    }
    client.set_contact(&tokens[0], "ulf", true).await.unwrap();
    client.set_contact(&tokens[1], "eva", true).await.unwrap();
    let room = client.create_room(&tokens[0], "Runde", RoomKind::GroupCall).await.unwrap();
    let ulf = client.person(&tokens[0], "ulf").await.unwrap();
    client.set_member(&tokens[0], &room.number, ulf.id, false).await.unwrap();
    room.number
}

fn inside(state: &State, people: usize) -> bool {
    state.call.as_ref().is_some_and(|call| call.participants.len() == people)
}

#[test]
fn a5_a7_f18_a_contact_is_rung_and_both_come_straight_into_the_conference() {
    let world = World::start();
    let mut eva = world.client("eva");
    assert_eq!(eva.state().people.presence("ulf"), Presence::Offline);
    let mut ulf = world.client("ulf");
    eva.until("presence", |state| state.people.presence("ulf") == Presence::Online);

    eva.call("ulf", true);
    // Declined, and seen at the other end.
    let ring = ulf.answer(Choice::Decline);
    assert_eq!((ring.caller_name.as_str(), ring.direct, ring.video), ("Eva Muster", true, true));
    ulf.until("the end", |state| state.calls.ringing.is_empty());
    eva.until("the answer", |state| {
        state.calls.outgoing.as_ref().is_some_and(|o| o.stage == Stage::Over(Over::Declined))
    });
    eva.state().cancel_outgoing();

    // Given up, and missed at the other end.
    eva.call("ulf", false);
    ulf.until("a second ring", |state| !state.calls.ringing.is_empty());
    eva.state().cancel_outgoing();
    eva.until("nothing", |state| state.calls.outgoing.is_none());
    ulf.until("a missed call", |state| state.calls.missed_unseen() == 1);
    assert!(ulf.state().calls.ringing.is_empty());

    // Taken.
    eva.call("ulf", true);
    ulf.answer(Choice::Join);
    eva.until("the conference", |state| inside(state, 2));
    ulf.until("the conference", |state| inside(state, 2));
    assert!(eva.stage().is_none());
    eva.until("presence", |state| state.people.presence("ulf") == Presence::InCall);
}

#[test]
fn f17_everybody_in_a_room_is_called_after_the_question() {
    let world = World::start();
    let mut eva = world.client("eva");
    let mut ulf = world.client("ulf");
    eva.until("presence", |state| state.people.presence("ulf") == Presence::Online);
    eva.until("the rooms", |state| state.rooms.list.is_some());
    let ring = RoomsCommand::Ring { number: world.room.clone(), confirm: false, video: true };
    eva.backend.commands.send(Command::Rooms(ring)).unwrap();
    let question = RoomQuestion::Ring { number: world.room.clone(), people: 1 };
    eva.until("the question", |state| state.rooms.question.as_ref() == Some(&question));
    assert!(ulf.state().calls.ringing.is_empty(), "nobody is rung before the answer");
    eva.answer_question();
    assert!(ulf.state().calls.ringing.is_empty(), "nobody is rung into an empty room");
    eva.join();
    eva.until("the conference", |state| inside(state, 1));
    let ring = ulf.answer(Choice::JoinAudio);
    assert_eq!((ring.room.name.as_str(), ring.direct), ("Runde", false));
    ulf.until("the conference", |state| inside(state, 2));
}

#[test]
fn i8_who_is_fetched_into_the_conference_keeps_their_standing() {
    let world = World::start();
    let mut eva = world.client("eva");
    let mut ulf = world.client("ulf");
    eva.until("presence", |state| state.people.presence("ulf") == Presence::Online);
    eva.until("the rooms", |state| state.rooms.list.is_some());
    let number = world.room.clone();
    let token = world.runtime.block_on(async {
        let client = HubClient::new(&world.base).unwrap();
        let token = client.sign_in("eva", PASSWORD).await.unwrap().token;
        let ulf = client.person(&token, "ulf").await.unwrap();
        client.set_member(&token, &number, ulf.id, true).await.unwrap();
        token
    });
    assert!(eva.state().enter_room(&number).is_some());
    eva.join();
    eva.until("the conference", |state| inside(state, 1));
    eva.state().fetch("ulf");
    eva.until("the question", |state| state.room_question().is_some());
    eva.answer_question();
    ulf.answer(Choice::JoinAudio);
    ulf.until("the conference", |state| inside(state, 2));
    let members = world.runtime.block_on(async {
        HubClient::new(&world.base).unwrap().members(&token, &number).await.unwrap()
    });
    let ulf = members.iter().find(|member| member.name == "ulf").unwrap();
    assert_eq!(ulf.standing, Standing::Host);
}

#[test]
fn the_hub_is_heard_from_the_first_password_on() {
    let world = World::start();
    let first = world.runtime.block_on(async {
        let admin = world.hub.local_sign_in().unwrap().token;
        let account = json!({ "name": "ida", "display_name": "Ida Neu" });
        let url = format!("{}/api/v1/admin/users", world.base);
        let made = send(&admin, reqwest::Method::POST, &url, account).await;
        made["one_time_password"].as_str().unwrap().to_owned()
    });
    let mut ida = Client::sign_in(&world.base, "ida", &first);
    ida.until("the page for a new password", |state| state.screen == Screen::NewPassword);
    let change = AccountCommand::ChangePassword { old: first, new: PASSWORD.to_owned() };
    ida.backend.commands.send(Command::Account(change)).unwrap();
    ida.until("the live channel", |state| {
        state.live && state.people.contacts.is_some() && state.rooms.list.is_some()
    });
}

#[test]
fn a_message_leads_to_one_room_of_the_two_from_both_sides() {
    let world = World::start();
    let mut eva = world.client("eva");
    let open = |user: &str| {
        let user = user.to_owned();
        Command::People(client::command::PeopleCommand::OpenChat { user })
    };
    eva.backend.commands.send(open("ulf")).unwrap();
    eva.until("the room", |state| state.page == Page::Rooms && state.rooms.wanted.is_none());
    let number = eva.state().rooms.selected.clone();
    let mut ulf = world.client("ulf");
    ulf.backend.commands.send(open("eva")).unwrap();
    ulf.until("the room", |state| state.page == Page::Rooms && state.rooms.wanted.is_none());
    assert_eq!(ulf.state().rooms.selected, number);
}
