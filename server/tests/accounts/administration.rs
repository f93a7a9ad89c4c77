//! What administrators do to accounts, and what members may not.

use crate::Person;
use crate::support::{Live, PATIENCE};
use crate::{Hub, answer, names, text};
use futures_util::StreamExt;
use protocol::{Account, AccountRole, ClientMessage, Credential, Refusal, RoomKind, VERSION};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row;
use tokio::time::timeout;

#[tokio::test(flavor = "multi_thread")]
async fn f1_administrators_manage_accounts_and_members_do_not() {
    let hub = Hub::start();
    let anna = hub.member("anna").await;
    hub.account(json!({ "name": "ben" })).await;
    let calls = [
        (Method::GET, "/api/v1/admin/users"),
        (Method::POST, "/api/v1/admin/users"),
        (Method::PATCH, "/api/v1/admin/users/ben"),
        (Method::DELETE, "/api/v1/admin/users/ben"),
        (Method::POST, "/api/v1/admin/users/ben/password"),
        (Method::GET, "/api/v1/admin/users/ben/sessions"),
        (Method::DELETE, "/api/v1/admin/users/ben/sessions"),
        (Method::POST, "/api/v1/admin/users/import"),
        (Method::PATCH, "/api/v1/admin/users/anna"),
    ];
    for (method, path) in calls {
        let body = json!({ "name": "eve", "role": "administrator" });
        let (status, why) = hub.call(method.clone(), path, &anna, body).await;
        assert_eq!((status, &why["code"]), (403, &json!("forbidden")), "{method} {path}");
        let request = hub.0.http.request(method, format!("http://{}{path}", hub.0.hub.http_addr()));
        assert_eq!(answer(request).await.0, 401);
    }
    let path = "/api/v1/admin/users/anna";
    let (_, changed) =
        hub.patch(path, &hub.administrator(), json!({ "role": "administrator" })).await;
    assert_eq!(changed["role"], "administrator");
    assert_eq!(hub.get("/api/v1/admin/users", &anna).await.0, 200, "at once");
    let (_, page) = hub.get("/api/v1/admin/users?query=b", &anna).await;
    assert_eq!(names(&page), ["ben"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_carries_a_passwords_hash() {
    let hub = Hub::start();
    let anna = hub.member("anna").await;
    let admin = hub.administrator();
    let rows = hub.sql("SELECT password_hash FROM users").await;
    assert!(rows.iter().all(|row| row.get::<&str, _>(0).starts_with("$argon2id$")));
    for (who, path) in [
        (&anna, "/api/v1/me"),
        (&anna, "/api/v1/users"),
        (&anna, "/api/v1/me/sessions"),
        (&admin, "/api/v1/admin/users"),
        (&admin, "/api/v1/admin/users/anna/sessions"),
    ] {
        let (status, body) = hub.get(path, who).await;
        assert_eq!(status, 200, "{path}");
        let body = body.to_string();
        assert!(!body.contains("argon2") && !body.contains("hash"), "{path}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_made_once_and_with_fit_particulars() {
    let hub = Hub::start();
    let admin = hub.administrator();
    let make =
        async |body: Value| hub.call(Method::POST, "/api/v1/admin/users", &admin, body).await;
    let (status, made) = make(json!({ "name": "Anna", "email": "a@example.org" })).await;
    assert_eq!((status, &made["user"]), (201, &json!("Anna")));
    let (status, why) = make(json!({ "name": "aNNA" })).await;
    assert_eq!((status, &why["code"]), (409, &json!("name_taken")));
    for (field, wrong) in [
        ("name", json!("Änna")),
        ("name", json!("")),
        ("name", json!("an na")),
        ("display_name", json!("")),
        ("email", json!("@")),
        ("language", json!("xx")),
    ] {
        let mut body = json!({ "name": "ben" });
        body[field] = wrong;
        let (status, why) = make(body).await;
        assert_eq!((status, &why["field"]), (400, &json!(field)), "{why}");
    }
    let (_, page) = hub.get("/api/v1/admin/users?query=anna", &admin).await;
    let anna: Account = serde_json::from_value(page["users"][0].clone()).unwrap();
    assert_eq!((anna.display_name.as_str(), anna.role), ("Anna", AccountRole::Member));
    assert_eq!((anna.must_change, anna.disabled, anna.language.as_str()), (true, false, "de"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_is_out_at_once_until_enabled() {
    let hub = Hub::start();
    let one_time = hub.account(json!({ "name": "anna" })).await;
    let anna = hub.sign_in("anna", &one_time).await;
    let path = "/api/v1/admin/users/anna";
    let (status, _) = hub.patch(path, &hub.administrator(), json!({ "disabled": true })).await;
    assert_eq!(status, 200);
    assert_eq!(hub.get("/api/v1/me", &anna).await.0, 401);
    let (_, refused) = hub.0.sign_in("anna", &one_time).await;
    assert_eq!(refused["code"], "wrong_password", "and a guesser learns nothing");
    hub.patch(path, &hub.administrator(), json!({ "disabled": false })).await;
    assert_eq!(hub.get("/api/v1/me", &anna).await.0, 401, "the old session stays over");
    hub.sign_in("anna", &one_time).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_password_and_revoked_sessions_sign_out() {
    let hub = Hub::start();
    let admin = hub.administrator();
    let one_time = hub.account(json!({ "name": "anna" })).await;
    let anna = hub.sign_in("anna", &one_time).await;
    let (_, listed) = hub.get("/api/v1/admin/users/anna/sessions", &admin).await;
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["current"]), (1, &json!(false)));
    assert_eq!(hub.delete("/api/v1/admin/users/anna/sessions", &admin).await.0, 204);
    assert_eq!(hub.get("/api/v1/me", &anna).await.0, 401);

    let anna = hub.sign_in("anna", &one_time).await;
    let path = "/api/v1/admin/users/ANNA/password";
    let (status, reset) = hub.call(Method::POST, path, &admin, Value::Null).await;
    assert_eq!((status, &reset["user"]), (200, &json!("anna")));
    assert_eq!(hub.get("/api/v1/me", &anna).await.0, 401);
    assert_eq!(hub.0.sign_in("anna", &one_time).await.0, 401);
    hub.sign_in("anna", &text(&reset, "one_time_password")).await;
    let nobody = "/api/v1/admin/users/nobody/password";
    assert_eq!(hub.call(Method::POST, nobody, &admin, Value::Null).await.0, 404);
}

/// The connection breaks, whatever was said before.
async fn hung_up(live: &mut Live) {
    let end = async {
        while let Some(Ok(frame)) = live.socket.next().await {
            if frame.is_close() {
                break;
            }
        }
    };
    timeout(PATIENCE, end).await.expect("the connection stays");
}

/// How each of two sessions of one person ends while both are in a conference; `kept`: the one that
/// ends the other stays inside.
async fn ends_conferences(kept: bool, end: impl AsyncFn(&Hub, &Person)) {
    let hub = Hub::start();
    let room = hub.0.room("Daily", RoomKind::GroupCall).await;
    let enter = async |who: &Person| {
        let mut live = hub.0.connect().await;
        let (token, number) = (who.token.clone(), room.number.clone());
        let credential = Credential::Session { token, number, name: None };
        live.say(&ClientMessage::Join { version: VERSION, credential }).await;
        live
    };
    let one = hub.member("anna").await;
    let other = hub.sign_in("anna", "one of their own").await;
    let (mut here, mut there) = (enter(&one).await, enter(&other).await);
    here.joined().await;
    let (token, _) = there.joined().await;
    end(&hub, &one).await;
    hung_up(&mut there).await;
    assert_eq!(hub.0.resume(&token).await.refused().await, Refusal::Resume);
    assert_eq!(enter(&other).await.refused().await, Refusal::Session);
    if kept {
        here.say(&ClientMessage::End).await;
    }
    hung_up(&mut here).await;
    let (status, _) = hub.0.sign_in("anna", "one of their own").await;
    if status == 200 {
        let again = hub.sign_in("anna", "one of their own").await;
        enter(&again).await.joined().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_sessions_leave_the_conferences_that_were_entered_with_them() {
    ends_conferences(false, async |hub, _| {
        let path = "/api/v1/admin/users/anna/sessions";
        assert_eq!(hub.delete(path, &hub.administrator()).await.0, 204);
    })
    .await;
    ends_conferences(true, async |hub, one| {
        assert_eq!(hub.delete("/api/v1/me/sessions", one).await.0, 204);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_or_changed_password_ends_conferences_but_that_of_who_changed_it() {
    ends_conferences(false, async |hub, _| {
        let path = "/api/v1/admin/users/anna/password";
        assert_eq!(hub.call(Method::POST, path, &hub.administrator(), Value::Null).await.0, 200);
    })
    .await;
    ends_conferences(true, async |hub, one| {
        let body = json!({ "old": "one of their own", "new": "another one of theirs" });
        assert_eq!(hub.put("/api/v1/me/password", one, body).await.0, 204);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays() {
    let hub = Hub::start();
    let admin = hub.administrator();
    let path = "/api/v1/admin/users/admin";
    for change in [json!({ "role": "member" }), json!({ "disabled": true })] {
        let (status, why) = hub.patch(path, &admin, change).await;
        assert_eq!((status, &why["code"]), (409, &json!("last_administrator")));
    }
    let (status, why) = hub.delete(path, &admin).await;
    assert_eq!((status, &why["code"]), (409, &json!("own_account")));

    let anna = hub.insider(json!({ "name": "anna", "role": "administrator" })).await;
    // One who may not sign in does not count.
    hub.patch("/api/v1/admin/users/anna", &admin, json!({ "disabled": true })).await;
    assert_eq!(hub.patch(path, &admin, json!({ "role": "member" })).await.0, 409);
    hub.patch("/api/v1/admin/users/anna", &admin, json!({ "disabled": false })).await;
    assert_eq!(hub.get("/api/v1/me", &anna).await.0, 401);
    let anna = hub.sign_in("anna", "one of their own").await;
    assert_eq!(hub.patch(path, &admin, json!({ "role": "member" })).await.0, 200);
    assert_eq!(hub.get("/api/v1/admin/users", &admin).await.0, 403);
    let (status, why) =
        hub.patch("/api/v1/admin/users/anna", &anna, json!({ "role": "member" })).await;
    assert_eq!((status, &why["code"]), (409, &json!("last_administrator")));
    // Without `admin` the program that embeds the hub signs in as the one that is left.
    assert_eq!(hub.delete(path, &anna).await.0, 200);
    assert_eq!(hub.0.hub.local_sign_in().unwrap().user, "anna");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_who_demote_each_other_leave_one() {
    let hub = Hub::start();
    let anna = hub.insider(json!({ "name": "anna", "role": "administrator" })).await;
    let people = [hub.administrator(), anna];
    let set = async |name: &str, role: &str, who: &Person| {
        let path = format!("/api/v1/admin/users/{name}");
        hub.patch(&path, who, json!({ "role": role })).await.0
    };
    for round in 0..20 {
        let both =
            tokio::join!(set("anna", "member", &people[0]), set("admin", "member", &people[1]),);
        let left = match both {
            (200, 403 | 409) => 0,
            (403 | 409, 200) => 1,
            other => panic!("round {round}: {other:?}"),
        };
        let other = ["anna", "admin"][left];
        assert_eq!(set(other, "administrator", &people[left]).await, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_accounts_rooms_entries_and_reports_are_handed_over() {
    let hub = Hub::start();
    let admin = hub.administrator();
    let anna = hub.member("anna").await;
    let body = json!({ "name": "Nebenkosten", "kind": "webinar" });
    let (_, room) = hub.call(Method::POST, "/api/v1/rooms", &anna, body).await;
    for statement in [
        "INSERT INTO entries (uid, room_id, organiser_id, kind, title, description, notify,
             phone_info, sequence, created_at_ms, changed_at_ms)
         SELECT 'u', id, owner_id, 'webinar', 't', '', 1, 0, 0, 0, 0 FROM rooms",
        "INSERT INTO entry_people (entry_id, position, user_id, name, co_host)
         SELECT id, 0, 1, 'admin', 0 FROM entries",
        "INSERT INTO room_members (room_id, user_id) SELECT id, 1 FROM rooms",
        "INSERT INTO conferences (id, room_id, room_name, room_number, kind, owner_id, started_at_ms,
             seen_at_ms)
         SELECT 'c', id, name, number, kind, owner_id, 0, 0 FROM rooms",
        "INSERT INTO stays (conference_id, participant, user_id, name, kind, role, joined_at_ms)
         VALUES ('c', 1, 2, 'Anna', 'user', 'host', 0)",
    ] {
        hub.sql(statement).await;
    }
    let (status, given) = hub.delete("/api/v1/admin/users/anna", &admin).await;
    assert_eq!((status, given), (200, json!({ "to": "admin", "rooms": 1, "entries": 1 })));
    let path = format!("/api/v1/rooms/{}", room["number"].as_str().unwrap());
    let (_, inherited) = hub.get(&path, &admin).await;
    for part in ["number", "pin", "link_path", "standing"] {
        assert_eq!(inherited[part], room[part], "{part}");
    }
    let count = async |statement| hub.sql(statement).await[0].get::<i64, _>(0);
    assert_eq!(count("SELECT COUNT(*) FROM entries WHERE organiser_id = 1").await, 1);
    assert_eq!(count("SELECT COUNT(*) FROM entry_people").await, 0, "no organiser takes part");
    assert_eq!(count("SELECT COUNT(*) FROM room_members").await, 0);
    assert_eq!(count("SELECT COUNT(*) FROM conferences WHERE owner_id = 1").await, 1);
    assert_eq!(
        count("SELECT COUNT(*) FROM stays WHERE user_id IS NULL AND name = 'Anna'").await,
        1
    );
    assert_eq!(hub.get("/api/v1/me", &anna).await.0, 401);
    assert_eq!(hub.delete("/api/v1/admin/users/anna", &admin).await.0, 404);
}
