use crate::program::Program;
use crate::support::PATIENCE;
use futures_util::{SinkExt, StreamExt};
use protocol::{ClientMessage, Credential, HubMessage, Room, SignedIn, VERSION};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

/// Enters, or is refused, and gives the hub's first message.
async fn enter(hub: &Program, credential: Credential) -> HubMessage {
    let stream = TcpStream::connect(hub.host()).await.unwrap();
    let url = format!("ws://{}/api/v1/ws", hub.host());
    let (mut socket, _) = client_async(url, stream).await.unwrap();
    let join = ClientMessage::Join { version: VERSION, credential };
    socket.send(Message::text(serde_json::to_string(&join).unwrap())).await.unwrap();
    loop {
        if let Message::Text(text) =
            timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap()
        {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

/// Every way in, with the filter wide open: what could be used to get in again stands nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_gets_into_the_log() {
    let place = tempfile::tempdir().unwrap();
    let (config, log) = (place.path().join("hub.toml"), place.path().join("log"));
    let (mail, replies) = ("mail-secret-4711", "replies-secret-4712");
    let token = "metrics-secret-4713";
    std::fs::write(
        &config,
        format!(
            "listen = '127.0.0.1:0'\nmetrics_token = '{token}'\n[mail]\nserver = 'smtp://127.0.0.1:9'\n\
             from = 'hub@example.org'\nuser = 'hub'\npassword = '{mail}'\n[replies]\n\
             server = 'imap://127.0.0.1:9'\nuser = 'hub'\npassword = '{replies}'\n[log]\nformat = 'json'\n"
        ),
    )
    .unwrap();
    let data = place.path().join("data");
    let (config, data) = (config.to_str().unwrap(), data.to_str().unwrap());
    let arguments = ["serve", "--config", config, "--data", data];
    let mut hub = Program::start(&arguments, &[("RUST_LOG", "trace")], &log);
    let password = hub.first_password();
    let wrong_password = "wrong-secret-4714";

    let http = reqwest::Client::new();
    let url = |path: &str| format!("{}{path}", hub.base);
    for tried in [wrong_password, &password] {
        let body = json!({ "user": "admin", "password": tried });
        http.post(url("/api/v1/session")).json(&body).send().await.unwrap();
    }
    let body = json!({ "user": "admin", "password": password });
    let signed_in = http.post(url("/api/v1/session")).json(&body).send().await.unwrap();
    let signed_in: SignedIn = signed_in.json().await.unwrap();
    let own_password = "own-secret-4716";
    let change = json!({ "old": password, "new": own_password });
    let changed = http.put(url("/api/v1/me/password")).bearer_auth(&signed_in.token).json(&change);
    assert!(changed.send().await.unwrap().status().is_success());
    let body = json!({ "name": "Hall", "kind": "webinar" });
    let made = http.post(url("/api/v1/rooms")).bearer_auth(&signed_in.token).json(&body);
    let room: Room = made.send().await.unwrap().json().await.unwrap();
    http.get(url(&room.link_path)).send().await.unwrap();
    http.get(url("/metrics")).bearer_auth(token).send().await.unwrap();

    let link = room.link_path.strip_prefix("/j/").unwrap().to_owned();
    let number = room.number.clone();
    let session =
        Credential::Session { token: signed_in.token.clone(), number: number.clone(), name: None };
    let HubMessage::Joined { resume_token, .. } = enter(&hub, session).await else {
        panic!("the owner is not inside")
    };
    enter(&hub, Credential::Link { link: link.clone(), name: "Gerd".to_owned() }).await;
    enter(&hub, Credential::Resume { token: resume_token.clone() }).await;
    let (pin, name) = (Some(room.pin.clone()), "Anna".to_owned());
    enter(&hub, Credential::Number { number, pin, name }).await;
    hub.end();

    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("\"route\":\"/j/{link}\""), "requests are logged: {log}");
    let lines = log.lines().filter(|line| !line.is_empty());
    for line in lines {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["level"].is_string() && line["target"].is_string(), "{line}");
    }
    for secret in [
        mail,
        replies,
        token,
        wrong_password,
        &password,
        own_password,
        &signed_in.token,
        &link,
        &resume_token,
        &format!("\"{}\"", room.pin),
        &format!(" {} ", room.pin),
    ] {
        let found = log.lines().find(|line| line.contains(secret));
        assert!(found.is_none(), "{secret} stands in {found:?}");
    }
}
