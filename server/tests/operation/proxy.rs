use crate::support::World;
use protocol::RoomKind;
use serde_json::json;

async fn sign_in_from(world: &World, client: &str) -> u16 {
    let url = format!("http://{}/api/v1/session", world.hub.http_addr());
    let body = json!({ "user": "admin", "password": "wrong" });
    let request = world.http.post(url).header("x-forwarded-for", client).json(&body);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_tells_whose_tries_count() {
    let proxy = "127.0.0.1".parse().unwrap();
    let world = World::start_with(|config| config.trusted_proxies = vec![proxy]);
    for _ in 0..5 {
        assert_eq!(sign_in_from(&world, "203.0.113.1").await, 401);
    }
    assert_eq!(sign_in_from(&world, "203.0.113.1").await, 429);
    assert_eq!(sign_in_from(&world, "203.0.113.2").await, 401, "others are not locked out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_cannot_invent_its_address() {
    let world = World::start();
    for client in 1..=5 {
        assert_eq!(sign_in_from(&world, &format!("203.0.113.{client}")).await, 401);
    }
    assert_eq!(sign_in_from(&world, "203.0.113.6").await, 429, "it is one address all the time");
}

async fn figures(world: &World, token: Option<&str>, forwarded: bool) -> (u16, String) {
    let request = world.http.get(format!("http://{}/metrics", world.hub.http_addr()));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let request = if forwarded { request.header("x-forwarded-for", "::1") } else { request };
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_follow_what_happens() {
    let world = World::start();
    let room = world.room("Daily", RoomKind::GroupCall).await;
    let mut host = world.host(&room).await;
    host.joined().await;
    let mut guest = world.guest(&room, "Gerd").await;
    guest.joined().await;
    host.next().await;
    host.chat(protocol::ChatScope::Everyone, "Moin").await;
    host.line().await;
    let page = world.page(&room.link_path).await;
    assert_eq!(page.status(), 200);
    let (status, text) = figures(&world, None, false).await;
    assert_eq!(status, 200);
    for line in [
        "katheder_connections 2",
        "katheder_conferences{state=\"live\"} 1",
        "katheder_conferences{state=\"on_hold\"} 0",
        "katheder_participants{state=\"inside\"} 2",
        "katheder_guests 1",
        "katheder_guest_capacity 500",
        "katheder_outbox_waiting 0",
        "katheder_media_datagrams_total 0",
        "katheder_media_datagrams_dropped_total 0",
        "katheder_messages_total{direction=\"in\"} 1",
        "katheder_database_ping_seconds_count 1",
        "katheder_http_requests_total{method=\"POST\",route=\"/api/v1/rooms\",status=\"201\"} 1",
        "katheder_http_request_duration_seconds_count{route=\"/j/{link}\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
    }
    let link = room.link_path.strip_prefix("/j/").unwrap();
    assert!(!text.contains(link), "a link became a label");
    drop(guest);
    drop(host);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_for_this_machine_or_for_the_token() {
    let world = World::start();
    assert_eq!(figures(&world, None, false).await.0, 200);
    assert_eq!(figures(&world, None, true).await.0, 403, "a proxy here speaks for others");
    let token = "a-token-for-the-figures";
    let world = World::start_with(|config| config.metrics_token = Some(token.to_owned()));
    assert_eq!(figures(&world, None, false).await.0, 403);
    assert_eq!(figures(&world, Some("a-token-for-the-figurez"), false).await.0, 403);
    assert_eq!(figures(&world, Some(token), true).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_readiness_answer_without_a_token() {
    let world = World::start();
    for path in ["/healthz", "/readyz"] {
        let answer = world.page(path).await;
        assert_eq!(
            (answer.status().as_u16(), answer.text().await.unwrap().as_str()),
            (200, "ok\n")
        );
    }
}
