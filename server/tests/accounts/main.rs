//! Accounts as their owners and administrators meet them, through real HTTP.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

mod administration;
mod importing;
#[path = "../support/people.rs"]
#[expect(dead_code, reason = "the tools of all tests of the hub; these need some of them")]
mod people;
#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "the tools of all tests of the hub; these need some of them")]
mod support;

use image::{DynamicImage, ImageFormat, RgbImage};
use protocol::*;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::Row;
use std::io::Cursor;
use support::World;

/// A hub, and how somebody calls it.
struct Hub(World);

/// Somebody who is signed in.
#[derive(Clone)]
struct Person {
    token: String,
}

impl Hub {
    fn start() -> Hub {
        Hub(World::start())
    }

    fn administrator(&self) -> Person {
        Person { token: self.0.token.clone() }
    }

    fn request(&self, method: Method, path: &str, who: &Person) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.0.hub.http_addr());
        self.0.http.request(method, url).bearer_auth(&who.token)
    }

    async fn call(&self, method: Method, path: &str, who: &Person, body: Value) -> (u16, Value) {
        let request = self.request(method, path, who);
        let request = if body.is_null() { request } else { request.json(&body) };
        answer(request).await
    }

    async fn get(&self, path: &str, who: &Person) -> (u16, Value) {
        self.call(Method::GET, path, who, Value::Null).await
    }

    async fn put(&self, path: &str, who: &Person, body: Value) -> (u16, Value) {
        self.call(Method::PUT, path, who, body).await
    }

    async fn patch(&self, path: &str, who: &Person, body: Value) -> (u16, Value) {
        self.call(Method::PATCH, path, who, body).await
    }

    async fn delete(&self, path: &str, who: &Person) -> (u16, Value) {
        self.call(Method::DELETE, path, who, Value::Null).await
    }

    /// Makes an account; its one-time password.
    async fn account(&self, body: Value) -> String {
        let (status, made) =
            self.call(Method::POST, "/api/v1/admin/users", &self.administrator(), body).await;
        assert_eq!(status, 201, "{made}");
        text(&made, "one_time_password")
    }

    async fn sign_in(&self, name: &str, password: &str) -> Person {
        let (status, signed_in) = self.0.sign_in(name, password).await;
        assert_eq!(status, 200, "{signed_in}");
        Person { token: text(&signed_in, "token") }
    }

    /// Makes a member and signs them in.
    async fn member(&self, name: &str) -> Person {
        self.insider(json!({ "name": name })).await
    }

    /// Makes an account, whose owner signs in and chooses a password.
    async fn insider(&self, account: Value) -> Person {
        let password = self.account(account.clone()).await;
        let person = self.sign_in(&text(&account, "name"), &password).await;
        self.0.choose_password(&person.token, &password).await;
        person
    }

    async fn import(&self, query: &str, file: impl Into<reqwest::Body>) -> (u16, Value) {
        let path = format!("/api/v1/admin/users/import{query}");
        let request = self.request(Method::POST, &path, &self.administrator());
        answer(request.header("content-type", "text/csv; charset=utf-8").body(file)).await
    }

    /// Does something behind the hub's back.
    async fn sql(&self, statement: &'static str) -> Vec<sqlx::sqlite::SqliteRow> {
        use sqlx::Connection;
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(self.0.data.path().join("hub.sqlite"));
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        let rows = sqlx::query(statement).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    let (status, bytes) = (answer.status().as_u16(), answer.bytes().await.unwrap());
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}

fn names(page: &Value) -> Vec<String> {
    let users = page.get("users").unwrap_or(page).as_array().unwrap();
    users.iter().map(|user| text(user, "name")).collect()
}

fn profile() -> Value {
    json!({ "name": "Anna Muster", "camera": "HD Webcam", "microphone": null, "speaker": null,
            "blur_percent": 40, "join_muted": true, "join_without_camera": false })
}

fn picture(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let image = DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x % 256) as u8, (y % 256) as u8, 128])
    }));
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// What the live channel says first.
async fn events(hub: &Hub, who: &Person) -> Event {
    let mut channel = people::channel(&hub.0).await;
    channel.say(&EventRequest::Hello { version: VERSION, token: who.token.clone() }).await;
    channel.next().await
}

/// The program that embeds the hub signs in without any password.
#[tokio::test(flavor = "multi_thread")]
async fn a_local_sign_in_needs_no_other_password_and_a_typed_one_time_password_does() {
    let hub = Hub::start();
    let me = hub.get("/api/v1/me", &hub.administrator()).await.1;
    assert_eq!((&me["name"], &me["must_change"]), (&json!("admin"), &json!(false)));
    assert!(!hub.0.hub.local_sign_in().unwrap().must_change);
    let typed = hub.sign_in("admin", hub.0.hub.first_password().unwrap()).await;
    assert_eq!(hub.get("/api/v1/rooms", &typed).await.0, 403);
    assert_eq!(hub.delete("/api/v1/session", &typed).await.0, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one_time_password_says_so_until_it_is_changed() {
    let hub = Hub::start();
    let one_time = hub.account(json!({ "name": "anna" })).await;
    let (_, signed_in) = hub.0.sign_in("anna", &one_time).await;
    assert_eq!(signed_in["must_change"], true);
    let anna = Person { token: text(&signed_in, "token") };
    let other = hub.sign_in("anna", &one_time).await;
    assert_eq!(hub.get("/api/v1/me", &anna).await.1["must_change"], true, "and is not kept out");
    for (method, path) in [
        (Method::GET, "/api/v1/rooms"),
        (Method::GET, "/api/v1/me/sessions"),
        (Method::PATCH, "/api/v1/me"),
        (Method::GET, "/api/v1/journal"),
        (Method::GET, "/api/v1/admin/users"),
    ] {
        let (status, why) = hub.call(method, path, &anna, Value::Null).await;
        assert_eq!((status, &why["code"]), (403, &json!("must_change")), "{path}");
    }
    let room = hub.0.room("Daily", RoomKind::GroupCall).await;
    let enter = async || {
        let (token, number) = (anna.token.clone(), room.number.clone());
        let credential = Credential::Session { token, number, name: None };
        let mut live = hub.0.connect().await;
        live.say(&ClientMessage::Join { version: VERSION, credential }).await;
        live.next().await
    };
    assert_eq!(enter().await, HubMessage::Refused { reason: Refusal::Session });
    assert_eq!(events(&hub, &anna).await, Event::Refused { reason: Refusal::Session });

    let path = "/api/v1/me/password";
    let change = json!({ "old": one_time, "new": "correct horse" });
    assert_eq!(hub.put(path, &anna, change).await, (204, Value::Null));
    assert_eq!(hub.get("/api/v1/me", &anna).await.1["must_change"], false, "its session stays");
    assert_eq!(hub.get("/api/v1/rooms", &anna).await.0, 200);
    assert!(matches!(enter().await, HubMessage::Joined { .. }));
    assert!(matches!(events(&hub, &anna).await, Event::Welcome { .. }));
    assert_eq!(hub.get("/api/v1/me", &other).await.0, 401, "the others end");
    assert_eq!(hub.0.sign_in("anna", &one_time).await.0, 401);
    let (status, signed_in) = hub.0.sign_in("anna", "correct horse").await;
    assert_eq!((status, &signed_in["must_change"]), (200, &json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfit_password_is_refused_with_the_reason() {
    let hub = Hub::start();
    let one_time = hub.account(json!({ "name": "anna.muster" })).await;
    let anna = hub.sign_in("anna.muster", &one_time).await;
    for new in ["too short", "Anna.Muster", &one_time, &"x".repeat(1025)] {
        let change = json!({ "old": one_time, "new": new });
        let (status, why) = hub.put("/api/v1/me/password", &anna, change).await;
        assert_eq!((status, &why["field"]), (400, &json!("new")), "{new}: {why}");
        assert!(!why.to_string().contains(&one_time), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_old_passwords_are_counted_like_sign_ins() {
    let hub = Hub::start();
    let anna = hub.member("anna").await;
    let change = || json!({ "old": "a guess", "new": "correct horse" });
    for _ in 0..5 {
        let (status, why) = hub.put("/api/v1/me/password", &anna, change()).await;
        assert_eq!((status, &why["code"]), (403, &json!("wrong_password")));
    }
    let (status, why) = hub.put("/api/v1/me/password", &anna, change()).await;
    assert_eq!((status, &why["code"]), (429, &json!("too_many_tries")));
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_revoked_one_by_one_or_all_at_once() {
    let hub = Hub::start();
    let one_time = hub.account(json!({ "name": "anna" })).await;
    let here = hub.sign_in("anna", &one_time).await;
    hub.0.choose_password(&here.token, &one_time).await;
    let own = "one of their own";
    let body = json!({ "user": "anna", "password": own });
    let url = format!("http://{}/api/v1/session", hub.0.hub.http_addr());
    let agent = format!("Katheder/1.0 {}", "x".repeat(300));
    let request = hub.0.http.post(&url).json(&body).header("user-agent", &agent);
    let there = Person { token: text(&answer(request).await.1, "token") };
    let third = hub.sign_in("anna", own).await;

    let (_, listed) = hub.get("/api/v1/me/sessions", &here).await;
    let sessions: Vec<Session> = serde_json::from_value(listed.clone()).unwrap();
    assert_eq!(sessions.len(), 3);
    assert_eq!(sessions.iter().filter(|session| session.current).count(), 1);
    assert!(!listed.to_string().contains(&here.token), "a list opens nothing");
    let named = sessions.iter().find(|session| session.agent.starts_with("Katheder/1.0")).unwrap();
    assert_eq!(named.agent.chars().count(), 200);

    let path = format!("/api/v1/me/sessions/{}", named.id);
    let stranger = hub.member("eve").await;
    assert_eq!(hub.delete(&path, &stranger).await.0, 404, "of others nobody ends any");
    assert_eq!(hub.delete(&path, &here).await.0, 204);
    assert_eq!(hub.delete(&path, &here).await.0, 404);
    assert_eq!(hub.get("/api/v1/me", &there).await.1["code"], "not_signed_in");

    assert_eq!(hub.delete("/api/v1/me/sessions", &here).await.0, 204);
    assert_eq!(hub.get("/api/v1/me", &third).await.0, 401);
    assert_eq!(hub.get("/api/v1/me/sessions", &here).await.1.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sessions_last_use_is_written_once_a_minute_and_its_end_purges_it() {
    let hub = Hub::start();
    let anna = hub.member("anna").await;
    let seen = async || -> i64 {
        let (_, listed) = hub.get("/api/v1/me/sessions", &anna).await;
        listed[0]["seen_at_ms"].as_i64().unwrap()
    };
    let first = seen().await;
    assert_eq!(seen().await, first, "not twice within a minute");
    hub.sql("UPDATE sessions SET seen_at_ms = seen_at_ms - 60000").await;
    assert!(seen().await >= first, "but again after one");

    hub.sql("UPDATE sessions SET expires_at_ms = 1 WHERE user_id = 2").await;
    assert_eq!(hub.get("/api/v1/me", &anna).await.0, 401);
    hub.sign_in("anna", "one of their own").await;
    let rows = hub.sql("SELECT COUNT(*) FROM sessions WHERE user_id = 2").await;
    assert_eq!(rows[0].get::<i64, _>(0), 1, "what is over is forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_change_their_own_particulars_and_not_their_role() {
    let hub = Hub::start();
    let anna = hub.member("anna").await;
    let change = json!({ "display_name": "  Anna \u{202e} Muster ", "email": "anna@example.org",
                         "language": "en", "role": "administrator" });
    let (status, me) = hub.patch("/api/v1/me", &anna, change).await;
    let me: Me = serde_json::from_value(me).unwrap();
    assert_eq!((status, me.display_name.as_str()), (200, "Anna Muster"));
    assert_eq!((me.email.as_deref(), me.language.as_str()), (Some("anna@example.org"), "en"));
    assert_eq!(me.role, AccountRole::Member);
    let (_, kept) = hub.patch("/api/v1/me", &anna, json!({ "email": "" })).await;
    assert_eq!((&kept["email"], &kept["language"]), (&Value::Null, &json!("en")));

    for (field, wrong) in [
        ("display_name", json!(" \u{200b} ")),
        ("display_name", json!("x".repeat(81))),
        ("email", json!("anna")),
        ("email", json!("anna@example.org\r\nBcc: eve@example.org")),
        ("language", json!("fr")),
    ] {
        let (status, why) = hub.patch("/api/v1/me", &anna, json!({ field: wrong })).await;
        assert_eq!((status, &why["field"]), (400, &json!(field)), "{wrong}: {why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a9_a_conference_profile_is_made_once_and_kept() {
    let hub = Hub::start();
    let anna = hub.member("anna").await;
    let path = "/api/v1/me/profile";
    assert_eq!(hub.get("/api/v1/me", &anna).await.1["profile"], Value::Null);
    assert_eq!(hub.put(path, &anna, profile()).await, (200, profile()));
    assert_eq!(hub.get(path, &anna).await, (200, profile()));
    assert_eq!(hub.get("/api/v1/me", &anna).await.1["profile"], profile());
    let short = json!({ "name": "Anna" });
    assert_eq!(hub.put(path, &anna, short).await.1["join_muted"], false, "the rest has defaults");
    for (field, wrong) in [("name", json!("")), ("camera", json!("")), ("blur_percent", json!(101))]
    {
        let mut profile = profile();
        profile[field] = wrong;
        let (status, why) = hub.put(path, &anna, profile).await;
        assert_eq!((status, &why["field"]), (400, &json!(field)), "{why}");
    }
    assert_eq!(hub.delete(path, &anna).await.0, 204);
    assert_eq!(hub.get("/api/v1/me", &anna).await.1["profile"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_without_a_profile_the_hub_says_so_and_where_to_make_one() {
    let hub = Hub::start();
    let anna = hub.member("anna").await;
    let (status, why) = hub.get("/api/v1/me/profile", &anna).await;
    assert_eq!((status, &why["code"]), (404, &json!("not_found")));
    assert!(text(&why, "message").contains("settings"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_a_contacts_picture_is_shown_drawn_anew() {
    let hub = Hub::start();
    let (anna, ben) = (hub.member("anna").await, hub.member("ben").await);
    assert_eq!(hub.put("/api/v1/me/contacts/anna", &ben, Value::Null).await.0, 204);
    let shown = async || hub.get("/api/v1/me/contacts", &ben).await.1[0].clone();
    assert_eq!(shown().await["picture_changed_at_ms"], Value::Null);
    let of_anna = "/api/v1/users/anna/picture";
    assert_eq!(hub.get(of_anna, &ben).await.0, 404);

    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let file = picture(format, 600, 400);
        let set = hub.request(Method::PUT, "/api/v1/me/picture", &anna).body(file);
        assert_eq!(answer(set).await.0, 204, "{format:?}");
        let seen = hub.request(Method::GET, of_anna, &ben).send().await.unwrap();
        assert_eq!(
            (seen.status(), &seen.headers()["content-type"]),
            (StatusCode::OK, &"image/png".parse().unwrap())
        );
        let tag = seen.headers()["etag"].clone();
        let bytes = seen.bytes().await.unwrap();
        let drawn = image::load_from_memory_with_format(&bytes, ImageFormat::Png).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (256, 256));
        let again = hub.request(Method::GET, of_anna, &ben).header("if-none-match", tag);
        let again = again.send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert!(again.bytes().await.unwrap().is_empty());
    }
    assert!(shown().await["picture_changed_at_ms"].is_i64());
    assert_eq!(hub.0.get(of_anna, None).await.0, 401, "not for strangers");
    assert_eq!(hub.delete("/api/v1/me/picture", &anna).await.0, 204);
    assert_eq!(shown().await["picture_changed_at_ms"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pictures_metadata_and_disguise_do_not_survive() {
    let hub = Hub::start();
    let anna = hub.member("anna").await;
    let set = async |file: Vec<u8>| {
        answer(hub.request(Method::PUT, "/api/v1/me/picture", &anna).body(file)).await
    };
    // A JPEG comment (marker FE) right behind the start of the image.
    let mut jpeg = picture(ImageFormat::Jpeg, 300, 200);
    let secret = b"50.9375 N 6.9603 E";
    let mut comment = vec![0xff, 0xfe, 0, secret.len() as u8 + 2];
    comment.extend(secret);
    jpeg.splice(2..2, comment);
    assert_eq!(set(jpeg).await.0, 204);
    let rows = hub.sql("SELECT bytes FROM pictures").await;
    let kept: Vec<u8> = rows[0].get(0);
    assert!(!kept.windows(secret.len()).any(|window| window == secret));

    let mut cut = picture(ImageFormat::Png, 300, 200);
    cut.truncate(200);
    let gif = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec();
    let wide = picture(ImageFormat::Png, 4097, 1);
    for file in [Vec::new(), cut, gif, wide, b"<svg onload='alert(1)'/>".to_vec()] {
        let (status, why) = set(file).await;
        assert_eq!((status, &why["code"]), (400, &json!("bad_picture")), "{why}");
    }
    let (status, why) = set(vec![0; 1024 * 1024 + 1]).await;
    assert_eq!((status, &why["code"]), (413, &json!("too_big")));
    assert_eq!(hub.sql("SELECT bytes FROM pictures").await[0].get::<Vec<u8>, _>(0), kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_finds_by_the_beginning_of_a_name_page_by_page() {
    let hub = Hub::start();
    hub.account(json!({ "name": "h.graf", "display_name": "Helene Graf" })).await;
    hub.account(json!({ "name": "graefe", "display_name": "Ömer Gräfe" })).await;
    hub.account(json!({ "name": "gone", "display_name": "Graf Gone", "email": "g@example.org" }))
        .await;
    let gone = json!({ "disabled": true });
    hub.patch("/api/v1/admin/users/gone", &hub.administrator(), gone).await;
    let anna = hub.member("anna").await;
    let find = async |query: &str| {
        let request = hub.request(Method::GET, "/api/v1/users", &anna);
        answer(request.query(&[("query", query)])).await.1
    };
    assert_eq!(names(&find("graf").await), ["h.graf"], "a word of the display name");
    assert_eq!(names(&find("ÖMER").await), ["graefe"], "whatever the case");
    assert_eq!(names(&find("GRAE").await), ["graefe"], "the name itself");
    assert_eq!(names(&find("raf").await), [""; 0], "beginnings only");
    assert_eq!(names(&find("%").await), [""; 0], "no patterns");
    assert_eq!(names(&find("a\0nna").await), ["anna"]);

    let mut after = String::new();
    let mut all = Vec::new();
    loop {
        let request = hub.request(Method::GET, "/api/v1/users", &anna);
        let (status, page) = answer(request.query(&[("limit", "2"), ("after", &after)])).await;
        assert_eq!(status, 200);
        assert!(!page.to_string().contains("example.org"), "no addresses for members");
        all.extend(names(&page));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(all, ["admin", "anna", "graefe", "h.graf"]);
    let (status, why) = hub.get("/api/v1/users?limit=many", &anna).await;
    assert_eq!((status, &why["code"]), (400, &json!("invalid")));
    assert_eq!(hub.0.get("/api/v1/users", None).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_are_everybodys_own() {
    let hub = Hub::start();
    let (anna, ben) = (hub.member("anna").await, hub.member("ben").await);
    hub.account(json!({ "name": "clara", "display_name": "Aaron's Clara" })).await;
    for name in ["ben", "CLARA", "clara"] {
        let path = format!("/api/v1/me/contacts/{name}");
        assert_eq!(hub.put(&path, &anna, Value::Null).await.0, 204);
    }
    let listed = async |who: &Person| names(&hub.get("/api/v1/me/contacts", who).await.1);
    assert_eq!(listed(&anna).await, ["clara", "ben"], "by display name, each once");
    assert!(listed(&ben).await.is_empty());
    let (_, page) = hub.get("/api/v1/users?query=ben", &anna).await;
    assert_eq!(page["users"][0]["contact"], true);
    let (_, page) = hub.get("/api/v1/users?query=anna", &ben).await;
    assert_eq!(page["users"][0]["contact"], false);

    assert_eq!(hub.put("/api/v1/me/contacts/anna", &anna, Value::Null).await.0, 400);
    assert_eq!(hub.put("/api/v1/me/contacts/nobody", &anna, Value::Null).await.0, 404);
    assert_eq!(hub.put("/api/v1/me/contacts/a%00", &anna, Value::Null).await.0, 404);
    assert_eq!(hub.delete("/api/v1/me/contacts/ben", &anna).await.0, 204);
    assert_eq!(hub.delete("/api/v1/me/contacts/ben", &anna).await.0, 404);
    assert_eq!(listed(&anna).await, ["clara"]);
}
