//! The way to a hub that speaks TLS with a certificate of its own.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

use client::net::{HubClient, NetError, Trust};
use futures_util::StreamExt;
use server::config::Tls;
use server::{Config, Hub};
use std::time::Duration;

fn hub(data: &std::path::Path) -> Hub {
    Hub::start(Config { tls: Tls::SelfSigned, ..Config::local(data) }).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_self_signed_hub_is_reached_by_those_who_trust_its_certificate() {
    let data = tempfile::tempdir().unwrap();
    let hub = hub(data.path());
    let base = format!("https://localhost:{}", hub.http_addr().port());
    let password = hub.first_password().unwrap();

    let stranger = HubClient::trusting(&base, Trust::System).unwrap();
    let error = stranger.sign_in("admin", password).await.map(drop).unwrap_err();
    assert!(matches!(error, NetError::Unreachable { .. }), "{error}");
    assert!(error.to_string().to_lowercase().contains("certificate"), "{error}");
    assert!(stranger.door().open().await.is_err());

    let trust = Trust::only(&data.path().join("self-signed.crt")).unwrap();
    let friend = HubClient::trusting(&base, trust).unwrap();
    let signed_in = friend.sign_in("admin", password).await.unwrap();
    let (old, new) = (password.to_owned(), "ein eigenes Kennwort".to_owned());
    friend.change_password(&signed_in.token, old, new).await.unwrap();
    friend.create_room(&signed_in.token, "Hall", protocol::RoomKind::Webinar).await.unwrap();
    let mut socket = friend.door().open().await.unwrap();
    hub.stop().await;
    let end = tokio::time::timeout(Duration::from_secs(20), socket.next()).await.unwrap();
    assert!(!matches!(end, Some(Ok(message)) if message.is_text()), "nobody joined");
}

#[test]
fn a_certificate_that_cannot_be_read_is_named() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("hub.crt");
    std::fs::write(&file, "nothing").unwrap();
    for (path, reason) in [(&file, "no certificate"), (&data.path().join("none"), "No such file")] {
        let error = Trust::only(path).map(drop).unwrap_err().to_string();
        assert!(error.contains(path.to_str().unwrap()) && error.contains(reason), "{error}");
        assert!(error.contains("KATHEDER_HUB_TRUST"), "{error}");
    }
}
