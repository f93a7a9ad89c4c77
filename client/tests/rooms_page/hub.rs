//! The page before a real hub: what it asks for is done, and what the hub says arrives.

use client::app::Window;
use client::backend::Backend;
use client::command::{Command, Purpose, RoomsCommand};
use client::i18n::Language;
use client::net::HubClient;
use client::settings::Settings;
use client::state::{State, manages};
use futures_util::{SinkExt, StreamExt};
use protocol::*;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

/// Nothing here takes so long; what does has hung.
const PATIENCE: Duration = Duration::from_secs(30);

/// A hub with two accounts, and the window of the first.
struct Office {
    window: Window,
    backend: Backend,
    hub: Option<server::Hub>,
    runtime: tokio::runtime::Runtime,
    _data: tempfile::TempDir,
}

impl Office {
    fn open() -> Office {
        let data = tempfile::tempdir().expect("folder");
        let config = server::Config::local(data.path());
        let runtime = tokio::runtime::Runtime::new().expect("runtime");
        let hub = server::Hub::start(config.clone()).expect("a hub");
        let admin = hub.local_sign_in().expect("signed in");
        let password = hub.first_password().unwrap_or_default().to_owned();
        let base = format!("http://{}", hub.http_addr());
        let accounts = reqwest::Client::new();
        // The first password is for one time: a program that signs in with it is asked for another.
        let own = "ein ganz eigenes Kennwort".to_owned();
        let change = accounts.put(format!("{base}/api/v1/me/password")).bearer_auth(&admin.token);
        let change = change.json(&serde_json::json!({ "old": password, "new": own }));
        let answer = runtime.block_on(change.send()).expect("an answer");
        assert!(answer.status().is_success(), "{answer:?}");
        let password = own;
        let made = accounts.post(format!("{base}/api/v1/admin/users")).bearer_auth(&admin.token);
        let made =
            made.json(&serde_json::json!({ "name": "farid", "display_name": "Farid Rahimi" }));
        let answer = runtime.block_on(made.send()).expect("an answer");
        assert!(answer.status().is_success(), "{answer:?}");
        let settings = Settings {
            hub: base.clone(),
            user: admin.user.clone(),
            language: Some(Language::German),
            ..Settings::default()
        };
        let listen = "127.0.0.1:0".parse().expect("an address");
        let backend =
            Backend::start(&settings, listen, None, None, Arc::new(|| {})).expect("a back end");
        let mut window = Window::new(settings);
        window.state.now.unix_ms = 1_795_600_800_000;
        let office = Office { window, backend, hub: Some(hub), runtime, _data: data };
        let user = admin.user;
        office.send(Command::SignIn { hub: base, user, password });
        office
    }

    fn send(&self, command: Command) {
        self.backend.commands.send(command).expect("a back end");
    }

    fn ask(&self, wish: RoomsCommand) {
        self.send(Command::Rooms(wish));
    }

    /// Lets events come until `done` holds.
    #[expect(clippy::disallowed_methods, reason = "a real hub takes real time")]
    fn until(&mut self, what: &str, done: impl Fn(&State) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            for command in self.window.take_commands() {
                self.send(command);
            }
            if done(&self.window.state) {
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.backend.events.recv_timeout(left) {
                Ok(event) => self.window.apply(event),
                Err(_) => panic!("{what} did not happen: {:?}", self.window.state.rooms),
            }
        }
    }

    /// A guest in front of the door of the room with this link.
    fn guest(&self, link: &str, name: &str) -> GuestSocket {
        let url = format!("ws://{}/api/v1/ws", self.hub.as_ref().expect("a hub").http_addr());
        let (link, name) = (link.trim_start_matches("/j/").to_owned(), name.to_owned());
        let credential = Credential::Link { link, name };
        let join = ClientMessage::Join { version: VERSION, credential };
        let text = serde_json::to_string(&join).expect("text");
        self.runtime.block_on(async move {
            let (mut socket, _) = tokio_tungstenite::connect_async(url).await.expect("a door");
            socket.send(Message::text(text)).await.expect("sent");
            let first = tokio::time::timeout(PATIENCE, async {
                loop {
                    if let Some(Ok(Message::Text(text))) = socket.next().await {
                        return serde_json::from_str::<HubMessage>(&text).expect("a message");
                    }
                }
            });
            let first = first.await.expect("an answer");
            GuestSocket { first, _socket: socket }
        })
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        if let Some(hub) = self.hub.take() {
            let _ =
                self.runtime.block_on(async { tokio::time::timeout(PATIENCE, hub.stop()).await });
        }
    }
}

struct GuestSocket {
    first: HubMessage,
    _socket: tokio_tungstenite::WebSocketStream<
        tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>,
    >,
}

#[test]
fn d9_f5_f13_j6_a_room_is_made_opened_to_guests_written_in_and_deleted() {
    let mut office = Office::open();
    office.until("the list and the live channel", |s| s.rooms.list.is_some() && s.live);
    office.window.state.prepare_room();
    office.window.state.rooms.create.as_mut().expect("form").name = "Mieterberatung".into();
    let made = office.window.state.create_room().expect("a wish");
    office.send(made);
    office.until("the room on show", |s| {
        let info = &s.rooms.info;
        info.details.is_some() && info.members.is_some() && info.capacity.is_some()
    });
    let room = office.window.state.rooms.current().expect("a room").clone();
    assert!(manages(&room) && room.policy.guests);
    let way = office.window.state.rooms.info.details.as_ref().and_then(|d| d.way_in.clone());
    assert!(way.expect("public").url.ends_with(&room.link_path));

    let guest = office.guest(&room.link_path, "Familie Brandt");
    assert!(matches!(guest.first, HubMessage::Waiting { reason: WaitReason::NoHost, .. }));
    office.until("the guest in sight", |s| {
        s.rooms.with_waiting() == 1
            && s.rooms.info.people.as_ref().is_some_and(|people| people.waiting.len() == 1)
    });

    let wish = office.window.state.rooms.change_policy(|p| p.waiting_room = true).expect("wish");
    office.ask(wish);
    office.until("the policy kept", |s| {
        s.rooms.current().is_some_and(|room| room.policy.waiting_room)
    });

    let number = room.number.clone();
    let (_, chat) = office.window.state.rooms.chat_mut().expect("a chat");
    chat.draft = "Guten Morgen".into();
    let wish = chat.send(&number).expect("a wish");
    office.ask(wish);
    office.until("the line kept", |s| {
        let chat = &s.rooms.chats[&number];
        chat.outgoing.is_empty() && chat.last().is_some_and(|line| line.text == "Guten Morgen")
    });
    drop(guest);

    office.ask(RoomsCommand::Delete { number: number.clone() });
    office.until("the room gone", |s| s.rooms.get(&number).is_none());
}

#[test]
fn f17_f20_members_links_names_and_the_question_before_a_call_come_from_the_hub() {
    let mut office = Office::open();
    office.until("the list and the live channel", |s| {
        s.rooms.list.is_some() && s.live && s.people.me.is_some()
    });
    let query = "far".to_owned();
    office.ask(RoomsCommand::FindPeople { query });
    office.until("somebody found", |s| !s.rooms.found.is_empty());
    let farid = office.window.state.rooms.found[0].clone();
    office.window.state.prepare_room();
    let form = office.window.state.rooms.create.as_mut().expect("form");
    form.name = "Beirat".into();
    form.members.toggle(&farid);
    let made = office.window.state.create_room().expect("a wish");
    office.send(made);
    office.until("two members", |s| {
        s.rooms.info.members.as_ref().is_some_and(|members| members.len() == 2)
    });
    let number = office.window.state.rooms.selected.clone().expect("a room");

    let user = farid.id;
    office.ask(RoomsCommand::SetMember { number: number.clone(), user, host: true });
    office.until("a host", |s| {
        let members = s.rooms.info.members.iter().flatten();
        members.into_iter().any(|m| m.user == user && m.standing == Standing::Host)
    });

    let link = CreateLink { label: "Presse".into(), expires_at_ms: None };
    office.ask(RoomsCommand::CreateLink { number: number.clone(), link });
    office.until("a further link", |s| {
        s.rooms.info.links.as_ref().is_some_and(|links| links.len() == 1)
    });

    // Nobody else is signed in: there is nobody to call, and that is said.
    office.ask(RoomsCommand::Ring { number: number.clone(), confirm: false, video: true });
    office.until("the answer", |s| s.rooms.info.failure_of(client::state::Part::Ring).is_some());
    assert!(office.window.state.rooms.question.is_none());

    let look = client::command::EmbedLook { color: "#1f4a3f".into(), ..Default::default() };
    office.window.state.rooms.info.embed = Some(Default::default());
    office.ask(RoomsCommand::LoadEmbed { number: number.clone(), look });
    office.until("the code", |s| {
        let code = s.rooms.info.embed.as_ref().and_then(|form| form.code.as_ref());
        code.is_some_and(|code| code.script.contains(&number) && code.script.contains("1f4a3f"))
    });

    let room = CreateRoom {
        name: "Sofort".into(),
        kind: RoomKind::GroupCall,
        members: vec![user],
        ad_hoc: true,
    };
    office.window.state.prepare_call();
    office.window.state.rooms.start.as_mut().expect("a form").busy = true;
    office.ask(RoomsCommand::Create { room, purpose: Purpose::Start });
    office.until("the pre-join page", |s| s.pre_join.is_some());
    assert!(office.window.state.pre_join.as_ref().is_some_and(|page| page.room.ad_hoc));
}

#[tokio::test]
async fn f17_a_room_with_somebody_there_asks_with_their_number() {
    let data = tempfile::tempdir().expect("folder");
    let hub = server::Hub::start(server::Config::local(data.path())).expect("a hub");
    let admin = hub.local_sign_in().expect("signed in");
    let client = HubClient::new(&format!("http://{}", hub.http_addr())).expect("a client");
    let room = client.create_room(&admin.token, "Runde", RoomKind::GroupCall).await.expect("room");
    let ring = RingRoom { confirm: false, video: true };
    let asked = client.ring_room(&admin.token, &room.number, ring).await.expect("a question");
    assert_eq!(asked, client::net::Rung::Ask(0));
    let ring = RingRoom { confirm: true, video: true };
    let refused = client.ring_room(&admin.token, &room.number, ring).await;
    let error = refused.expect_err("nobody is there");
    assert!(matches!(error, client::net::NetError::Refused(e) if e.code == "nobody"));
    hub.stop().await;
}
