use crate::support::PATIENCE;
use futures_util::{SinkExt, StreamExt};
use protocol::{ClientMessage, Credential, EndReason, HubMessage, Room, RoomKind, VERSION};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use server::config::Tls;
use server::{Config, Hub};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

/// A client that trusts this PEM file and nothing else.
fn trusting(pem: &Path) -> reqwest::Client {
    let pem = reqwest::Certificate::from_pem(&std::fs::read(pem).unwrap()).unwrap();
    reqwest::Client::builder()
        .tls_built_in_root_certs(false)
        .add_root_certificate(pem)
        // Each request shows the certificate that is served now.
        .pool_max_idle_per_host(0)
        .build()
        .unwrap()
}

fn url(hub: &Hub, path: &str) -> String {
    format!("https://localhost:{}{path}", hub.http_addr().port())
}

fn self_signed(data: &Path) -> Hub {
    Hub::start(Config { tls: Tls::SelfSigned, ..Config::local(data) }).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_self_signed_certificate_is_made_once_and_its_fingerprint_told() {
    let data = tempfile::tempdir().unwrap();
    let certificate = data.path().join("self-signed.crt");
    let hub = self_signed(data.path());
    let fingerprint = hub.certificate_fingerprint().unwrap().to_owned();
    assert_eq!(fingerprint.len(), 32 * 3 - 1, "{fingerprint}");
    let client = trusting(&certificate);
    let answer = client.get(url(&hub, "/healthz")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let pinned = answer.headers().get("strict-transport-security");
    assert!(pinned.is_none(), "browsers must be able to accept it by hand");
    let stranger = reqwest::Client::new().get(url(&hub, "/healthz")).send().await;
    assert!(stranger.is_err(), "nobody else vouches for it");
    hub.stop().await;

    let hub = self_signed(data.path());
    assert_eq!(hub.certificate_fingerprint(), Some(fingerprint.as_str()));
    assert_eq!(client.get(url(&hub, "/healthz")).send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_on_a_tls_port_is_told_so() {
    let data = tempfile::tempdir().unwrap();
    let hub = self_signed(data.path());
    let answer = reqwest::get(format!("http://{}/healthz", hub.http_addr())).await.unwrap();
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("https://"));
    // Something that is neither ends without harm, and a silent one holds nobody up.
    let _silent = TcpStream::connect(hub.http_addr()).await.unwrap();
    let mut noise = TcpStream::connect(hub.http_addr()).await.unwrap();
    noise.write_all(&[22, 3, 1, 0, 4, 255, 255, 255, 255]).await.unwrap();
    let mut rest = Vec::new();
    let _ = timeout(PATIENCE, noise.read_to_end(&mut rest)).await.unwrap();
    let client = trusting(&data.path().join("self-signed.crt"));
    assert_eq!(client.get(url(&hub, "/healthz")).send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_runs_over_tls_and_is_told_when_the_hub_stops() {
    let data = tempfile::tempdir().unwrap();
    let hub = self_signed(data.path());
    let certificate = data.path().join("self-signed.crt");
    let token = hub.local_sign_in().unwrap().token;
    let body = json!({ "name": "Hall", "kind": RoomKind::GroupCall });
    let made = trusting(&certificate).post(url(&hub, "/api/v1/rooms")).bearer_auth(&token);
    let room: Room = made.json(&body).send().await.unwrap().json().await.unwrap();

    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&certificate).unwrap()).unwrap();
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    let stream = TcpStream::connect(hub.http_addr()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    let (mut socket, _) = client_async("wss://localhost/api/v1/ws", stream).await.unwrap();
    let credential = Credential::Session { token, number: room.number, name: None };
    let join = ClientMessage::Join { version: VERSION, credential };
    socket.send(Message::text(serde_json::to_string(&join).unwrap())).await.unwrap();
    let stopping = tokio::spawn(async move {
        let mut heard = Vec::new();
        let mut hub = Some(hub);
        while let Some(Ok(frame)) = timeout(PATIENCE, socket.next()).await.unwrap() {
            let Message::Text(text) = frame else { continue };
            heard.push(serde_json::from_str::<HubMessage>(&text).unwrap());
            if let Some(hub) = hub.take() {
                hub.stop().await;
            }
        }
        heard
    });
    let heard = timeout(PATIENCE, stopping).await.unwrap().unwrap();
    assert!(matches!(heard.first(), Some(HubMessage::Joined { .. })), "{heard:?}");
    let last = heard.last().unwrap();
    assert!(matches!(last, HubMessage::Ended { reason: EndReason::HubStops }), "{last:?}");
}

/// Writes a fresh certificate for `localhost` into these files.
fn write_certificate(certificate: &Path, key: &Path) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(key, made.signing_key.serialize_pem()).unwrap();
    std::fs::write(certificate, made.cert.pem()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn own_certificate_files_are_read_again_when_they_change() {
    let place = tempfile::tempdir().unwrap();
    let (certificate, key) = (place.path().join("hub.crt"), place.path().join("hub.key"));
    write_certificate(&certificate, &key);
    let tls = Tls::Files { certificate: certificate.clone(), key: key.clone() };
    let data = place.path().join("data");
    let hub = Hub::start(Config { tls, ..Config::local(data) }).unwrap();
    let old = trusting(&certificate);
    let answer = old.get(url(&hub, "/healthz")).send().await.unwrap();
    assert!(answer.headers().contains_key("strict-transport-security"));

    let former = place.path().join("former.crt");
    std::fs::copy(&certificate, &former).unwrap();
    write_certificate(&certificate, &key);
    let new = trusting(&certificate);
    let changed = async {
        while new.get(url(&hub, "/healthz")).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, changed).await.expect("the new certificate is served");
    // The client from before resumes its session, so a new one asks.
    let answer = trusting(&former).get(url(&hub, "/healthz")).send().await;
    assert!(answer.is_err(), "the old one is gone");
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let files: [PathBuf; 4] =
        ["a.crt", "a.key", "b.crt", "b.key"].map(|name| place.path().join(name));
    write_certificate(&files[0], &files[1]);
    write_certificate(&files[2], &files[3]);
    let tls = Tls::Files { certificate: files[0].clone(), key: files[3].clone() };
    let config = Config { tls, ..Config::local(place.path().join("data")) };
    let error = config.check().unwrap_err().to_string();
    assert!(error.contains("b.key") && error.contains("a.crt"), "{error}");
}

/// Pebble, the test authority of the people who run Let's Encrypt.
struct Authority {
    child: Child,
    trust: PathBuf,
    directory: String,
    management: String,
}

impl Authority {
    /// An authority that checks names on the TLS port `hub`.
    fn start(place: &Path, hub: u16) -> Authority {
        let (trust, key) = (place.join("pebble.crt"), place.join("pebble.key"));
        write_certificate(&trust, &key);
        let (port, management) = (free_port(), free_port());
        let config = json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{port}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": trust, "privateKey": key,
            "httpPort": free_port(), "tlsPort": hub,
            "ocspResponderURL": "", "externalAccountBindingRequired": false,
        } });
        let file = place.join("pebble.json");
        std::fs::write(&file, config.to_string()).unwrap();
        let child = Command::new("pebble")
            .arg("-config")
            .arg(&file)
            .env("PEBBLE_VA_NOSLEEP", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test needs the ACME authority pebble: apt-get install pebble");
        let directory = format!("https://localhost:{port}/dir");
        let management = format!("https://localhost:{management}");
        Authority { child, trust, directory, management }
    }

    async fn ready(&self) {
        let client = trusting(&self.trust);
        let answers = async {
            while client.get(&self.directory).send().await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, answers).await.expect("pebble answers");
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_issues_the_certificate_and_a_restart_keeps_it() {
    let place = tempfile::tempdir().unwrap();
    let port = free_port();
    let authority = Authority::start(place.path(), port);
    authority.ready().await;
    let config = Config {
        listen: ([127, 0, 0, 1], port).into(),
        tls: Tls::Acme {
            domains: vec!["localhost".to_owned()],
            contact: Some("admin@example.org".to_owned()),
            directory: Some(authority.directory.clone()),
            trust: Some(authority.trust.clone()),
        },
        ..Config::local(place.path().join("data"))
    };
    let hub = Hub::start(config.clone()).unwrap();
    let root = format!("{}/roots/0", authority.management);
    let root = trusting(&authority.trust).get(root).send().await.unwrap().text().await.unwrap();
    let root_file = place.path().join("root.pem");
    std::fs::write(&root_file, root).unwrap();
    let client = trusting(&root_file);
    let served = async {
        while client.get(url(&hub, "/healthz")).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(2 * PATIENCE, served).await.expect("the authority's certificate is served");
    hub.stop().await;
    drop(authority);

    let hub = Hub::start(config).unwrap();
    let served = async {
        while client.get(url(&hub, "/healthz")).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, served).await.expect("the kept certificate is served");
}
