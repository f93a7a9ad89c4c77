//! Rooms, and the ways into them, through real HTTP and WebSocket connections.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod guests;
mod login;
mod people;
mod rooms;
#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "these tests need a part of the tools")]
mod support;

use people::Someone;
use protocol::*;
use reqwest::Method;
use serde_json::{Value, json};
use support::World;

async fn call(
    world: &World,
    method: Method,
    path: &str,
    token: &str,
    body: Option<Value>,
) -> (u16, Value) {
    let url = format!("http://{}/api/v1{path}", world.hub.http_addr());
    let mut request = world.http.request(method, url).bearer_auth(token);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
    let value = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
    (status, value)
}

async fn get(world: &World, path: &str, token: &str) -> (u16, Value) {
    call(world, Method::GET, path, token, None).await
}

async fn details(world: &World, room: &Room, token: &str) -> RoomDetails {
    let (status, value) = get(world, &format!("/rooms/{}", room.number), token).await;
    assert_eq!(status, 200, "{value}");
    serde_json::from_value(value).unwrap()
}

async fn set_policy(world: &World, room: &Room, policy: RoomPolicy) -> RoomDetails {
    let path = format!("/rooms/{}", room.number);
    let body = Some(json!({ "policy": policy }));
    let (status, value) = call(world, Method::PATCH, &path, &world.token, body).await;
    assert_eq!(status, 200, "{value}");
    serde_json::from_value(value).unwrap()
}

async fn set_member(world: &World, room: &Room, user: &Someone, host: bool) {
    let path = format!("/rooms/{}/members/{}", room.number, user.id);
    let body = Some(json!({ "host": host }));
    assert_eq!(call(world, Method::PUT, &path, &world.token, body).await.0, 204);
}
