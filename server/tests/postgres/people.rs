//! Accounts, sessions, the directory, contacts, profiles and pictures.

use crate::channels::Somebody;
use crate::support::World;
use crate::{call, done, got};
use image::{DynamicImage, ImageFormat};
use reqwest::Method;
use serde_json::{Value, json};

/// Imported, signed in, and with a conference profile each.
pub async fn accounts_and_contacts(world: &World) -> [Somebody; 2] {
    let file = "name;display_name;email\nAnna;Anna Müller;anna@example.org\nben;Ben Ärmel;\nx y;;";
    let dry = import(world, "?dry_run=true", file).await;
    assert_eq!(dry["applied"], false);
    let report = import(world, "", file).await;
    let outcomes: Vec<_> = (0..3).map(|n| report["lines"][n]["outcome"].clone()).collect();
    assert_eq!(outcomes, ["created", "created", "error"]);
    assert_eq!(import(world, "", file).await["lines"][0]["outcome"], "exists");

    let profile = json!({ "name": "Verwaltung", "blur_percent": 40 });
    done(world, Method::PUT, "/me/profile", profile).await;
    let mut staff = Vec::new();
    for (line, name) in [(0, "Anna"), (1, "ben")] {
        let password = report["lines"][line]["one_time_password"].as_str().unwrap();
        staff.push(member(world, name, password).await);
    }
    let staff: [Somebody; 2] = staff.try_into().unwrap();
    sessions(world, &staff[0]).await;
    administration(world).await;
    contacts(world, &staff).await;
    picture(world, &staff[0]).await;
    staff
}

async fn import(world: &World, query: &str, file: &'static str) -> Value {
    let url = format!("http://{}/api/v1/admin/users/import{query}", world.hub.http_addr());
    let request = world.http.post(url).bearer_auth(&world.token).header("content-type", "text/csv");
    request.body(file).send().await.unwrap().json().await.unwrap()
}

/// Signs in, chooses a password, and tells their key: that of the organiser of an entry of theirs.
async fn member(world: &World, name: &str, one_time: &str) -> Somebody {
    let (status, signed_in) = world.sign_in(name, one_time).await;
    assert_eq!((status, &signed_in["must_change"]), (200, &json!(true)));
    let token = signed_in["token"].as_str().unwrap().to_owned();
    let change = json!({ "old": one_time, "new": format!("{name} has a new one") });
    assert_eq!(call(world, &token, Method::PUT, "/me/password", change).await.0, 204);
    let profile = json!({ "name": name, "camera": "HD Webcam" });
    assert_eq!(call(world, &token, Method::PUT, "/me/profile", profile).await.0, 200);
    let (_, me) = call(world, &token, Method::GET, "/me", Value::Null).await;
    assert_eq!(
        (&me["must_change"], &me["profile"]["camera"]),
        (&json!(false), &json!("HD Webcam"))
    );
    let office = json!({ "kind": "group_call", "title": format!("{name} intern") });
    let (status, saved) = call(world, &token, Method::POST, "/entries", office).await;
    assert_eq!(status, 201, "{saved}");
    let id = saved["entry"]["organiser_id"].as_i64().unwrap();
    Somebody { id, name: name.to_owned(), token }
}

async fn sessions(world: &World, anna: &Somebody) {
    let (status, second) = world.sign_in("ANNA", "Anna has a new one").await;
    assert_eq!(status, 200, "{second}");
    let second = second["token"].as_str().unwrap();
    let (_, listed) = call(world, &anna.token, Method::GET, "/me/sessions", Value::Null).await;
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 2);
    let other = listed.iter().find(|session| session["current"] == false).unwrap();
    let path = format!("/me/sessions/{}", other["id"].as_str().unwrap());
    let ended = call(world, &anna.token, Method::DELETE, &path, Value::Null).await;
    assert_eq!(ended.0, 204);
    assert_eq!(call(world, second, Method::GET, "/me", Value::Null).await.0, 401);
    let (_, third) = world.sign_in("anna", "Anna has a new one").await;
    let ended = call(world, &anna.token, Method::DELETE, "/me/sessions", Value::Null).await;
    assert_eq!(ended.0, 204);
    let third = third["token"].as_str().unwrap();
    assert_eq!(call(world, third, Method::GET, "/me", Value::Null).await.0, 401);
    assert_eq!(call(world, &anna.token, Method::GET, "/me", Value::Null).await.0, 200);
}

async fn administration(world: &World) {
    let made = json!({ "name": "clara", "email": "clara@example.org", "role": "administrator" });
    let made = done(world, Method::POST, "/admin/users", made).await;
    let (status, clara) = world.sign_in("clara", made["one_time_password"].as_str().unwrap()).await;
    assert_eq!(status, 200);
    let clara = clara["token"].as_str().unwrap();
    let path = "/admin/users/clara";
    let change = json!({ "display_name": "Clara 100%_", "role": "member", "language": "en" });
    let changed = done(world, Method::PATCH, path, change).await;
    assert_eq!((&changed["role"], &changed["language"]), (&json!("member"), &json!("en")));
    let sessions = got(world, "/admin/users/clara/sessions").await;
    assert_eq!(sessions.as_array().unwrap().len(), 1);
    let disabled = done(world, Method::PATCH, path, json!({ "disabled": true })).await;
    assert_eq!(disabled["disabled"], true);
    assert_eq!(call(world, clara, Method::GET, "/me", Value::Null).await.0, 401);
    done(world, Method::PATCH, path, json!({ "disabled": false })).await;
    done(world, Method::POST, "/admin/users/clara/password", Value::Null).await;
    done(world, Method::DELETE, "/admin/users/clara/sessions", Value::Null).await;

    assert_eq!(names(&got(world, "/admin/users?query=cl").await), ["clara"]);
    assert_eq!(names(&got(world, "/admin/users?query=100%25_").await), ["clara"]);
    let first = got(world, "/admin/users?limit=2").await;
    let next = first["next"].as_str().unwrap();
    let second = got(world, &format!("/admin/users?limit=3&after={next}")).await;
    let all = [names(&first), names(&second)].concat();
    assert_eq!(all, ["admin", "Anna", "ben", "clara", "juergen"], "page by page, by name");
    let last = json!({ "role": "member" });
    let (status, why) = call(world, &world.token, Method::PATCH, "/admin/users/admin", last).await;
    assert_eq!((status, &why["code"]), (409, &json!("last_administrator")));
}

async fn contacts(world: &World, [anna, ben]: &[Somebody; 2]) {
    let of_anna = async |method: Method, path: &str| {
        call(world, &anna.token, method, path, Value::Null).await
    };
    let (_, found) = of_anna(Method::GET, "/users?query=%C3%84r").await;
    assert_eq!((names(&found), &found["users"][0]["contact"]), (vec!["ben".into()], &json!(false)));
    for _ in 0..2 {
        assert_eq!(of_anna(Method::PUT, "/me/contacts/BEN").await.0, 204);
    }
    assert_eq!(of_anna(Method::PUT, "/me/contacts/clara").await.0, 204);
    let (_, listed) = of_anna(Method::GET, "/me/contacts").await;
    assert_eq!(names(&listed), ["ben", "clara"]);
    assert_eq!(of_anna(Method::DELETE, "/me/contacts/clara").await.0, 204);
    assert_eq!(of_anna(Method::DELETE, "/me/contacts/clara").await.0, 404);
    let (_, found) = of_anna(Method::GET, "/users?query=ben").await;
    assert_eq!(found["users"][0]["contact"], true);
    let (_, of_ben) = call(world, &ben.token, Method::GET, "/me/contacts", Value::Null).await;
    assert_eq!(names(&of_ben), [""; 0], "a contact is one's own");
}

async fn picture(world: &World, anna: &Somebody) {
    let mut file = std::io::Cursor::new(Vec::new());
    DynamicImage::new_rgb8(300, 200).write_to(&mut file, ImageFormat::Jpeg).unwrap();
    let url = |path| format!("http://{}/api/v1{path}", world.hub.http_addr());
    for _ in 0..2 {
        let request = world.http.put(url("/me/picture")).bearer_auth(&anna.token);
        let answer = request.body(file.get_ref().clone()).send().await.unwrap();
        assert_eq!(answer.status(), 204);
    }
    let request = world.http.get(url("/users/anna/picture")).bearer_auth(&world.token);
    let drawn = request.send().await.unwrap().bytes().await.unwrap();
    assert_eq!(image::load_from_memory(&drawn).unwrap().width(), 256);
    let found = got(world, "/users?query=anna").await;
    assert!(found["users"][0]["picture_changed_at_ms"].is_i64());
    let removed = call(world, &anna.token, Method::DELETE, "/me/picture", Value::Null).await;
    assert_eq!(removed.0, 204);
    let gone = call(world, &anna.token, Method::GET, "/users/anna/picture", Value::Null).await;
    assert_eq!(gone.0, 404);
}

/// Anna goes; what is hers goes to the administrator.
pub async fn hand_over(world: &World, [anna, _]: &[Somebody; 2]) {
    let office = "/entries?whose=mine&state=planned";
    let before = got(world, office).await["entries"].as_array().unwrap().len();
    let given = done(world, Method::DELETE, "/admin/users/anna", Value::Null).await;
    assert_eq!(given["to"], "admin");
    assert!(given["rooms"].as_i64() >= Some(1) && given["entries"] == 1, "{given}");
    assert_eq!(call(world, &anna.token, Method::GET, "/me", Value::Null).await.0, 401);
    let after = got(world, office).await["entries"].as_array().unwrap().len();
    assert_eq!(after, before + 1, "her office is the administrator's");
}

fn names(page: &Value) -> Vec<String> {
    let users = page.get("users").unwrap_or(page).as_array().unwrap();
    users.iter().map(|user| user["name"].as_str().unwrap().to_owned()).collect()
}
