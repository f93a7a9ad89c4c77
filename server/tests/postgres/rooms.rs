//! Rooms: who belongs to them, the ways into them, and guesses at these.

use crate::channels::Somebody;
use crate::support::World;
use crate::{call, done, got};
use protocol::*;
use reqwest::Method;
use serde_json::{Value, json};

pub async fn members_links_and_guesses(world: &World, [anna, ben]: &[Somebody; 2]) {
    let room = json!({ "name": "Beirat", "kind": "group_call", "members": [anna.id] });
    let room: Room =
        serde_json::from_value(done(world, Method::POST, "/rooms", room).await).unwrap();
    let path = format!("/rooms/{}", room.number);
    members(world, &path, anna, ben).await;
    links(world, &path).await;
    let room = policy(world, &path, room).await;
    guesses(world, &room).await;
    done(world, Method::DELETE, &path, Value::Null).await;
    assert_eq!(call(world, &world.token, Method::GET, &path, Value::Null).await.0, 404);
    of_anna(world, anna).await;

    let capacity = got(world, "/capacity").await;
    assert_eq!((&capacity["planned"], &capacity["enough"]), (&json!(0), &json!(true)));
}

async fn members(world: &World, path: &str, anna: &Somebody, ben: &Somebody) {
    let of_ben = format!("{path}/members/{}", ben.id);
    done(world, Method::PUT, &of_ben, json!({ "host": false })).await;
    done(world, Method::PUT, &of_ben, json!({ "host": true })).await;
    let listed: Vec<RoomMember> =
        serde_json::from_value(got(world, &format!("{path}/members")).await).unwrap();
    let listed: Vec<_> = listed.iter().map(|member| (member.user, member.standing)).collect();
    let administrator = listed[0].0;
    let expected =
        [(administrator, Standing::Owner), (ben.id, Standing::Host), (anna.id, Standing::Member)];
    assert_eq!(listed, expected, "the owner first, then who moderates");
    let nobody = format!("{path}/members/999999");
    let unknown = call(world, &world.token, Method::PUT, &nobody, json!({ "host": true })).await;
    assert_eq!(unknown.0, 404);

    let (status, seen) = call(world, &anna.token, Method::GET, path, Value::Null).await;
    assert_eq!((status, &seen["standing"]), (200, &json!("member")));
    let (_, seen) = call(world, &ben.token, Method::GET, "/rooms", Value::Null).await;
    assert_eq!(seen[0]["standing"], "host");
    let of_anna = format!("{path}/members/{}", anna.id);
    let left = call(world, &anna.token, Method::DELETE, &of_anna, Value::Null).await;
    assert_eq!(left.0, 204);
    let (_, seen) = call(world, &anna.token, Method::GET, "/rooms", Value::Null).await;
    assert_eq!(seen, json!([]));
}

async fn links(world: &World, path: &str) {
    let links = format!("{path}/links");
    let ends = json!({ "label": "Press", "expires_at_ms": 9_000_000_000_000_i64 });
    let link = done(world, Method::POST, &links, ends).await;
    done(world, Method::POST, &links, json!({ "label": "Gäste" })).await;
    assert_eq!(got(world, &links).await.as_array().unwrap().len(), 2);
    let page = link["link_path"].as_str().unwrap();
    assert_eq!(world.page(page).await.status(), 200);
    done(world, Method::DELETE, &format!("{links}/{}", link["id"]), Value::Null).await;
    assert_eq!(world.page(page).await.status(), 404);
    let listed = got(world, &links).await;
    let revoked = listed.as_array().unwrap().iter().filter(|link| link["revoked_at_ms"].is_i64());
    assert_eq!(revoked.count(), 1);
}

/// Another name, PIN and link, and a PIN for guests; the room as it is then.
async fn policy(world: &World, path: &str, room: Room) -> Room {
    let policy = RoomPolicy { pin_required: true, ..room.policy };
    let change = json!({ "name": "Beirat II", "policy": policy });
    done(world, Method::PATCH, path, change).await;
    done(world, Method::POST, &format!("{path}/pin"), Value::Null).await;
    done(world, Method::POST, &format!("{path}/link"), Value::Null).await;
    let changed: Room = serde_json::from_value(got(world, path).await).unwrap();
    assert_eq!((changed.name.as_str(), changed.policy), ("Beirat II", policy));
    assert_ne!(changed.link_path, room.link_path);
    assert_eq!(world.page(&room.link_path).await.status(), 404);
    changed
}

async fn guesses(world: &World, room: &Room) {
    let come = async |number: &str, pin: &str| {
        let mut guest = world.connect().await;
        let (number, pin, name) = (number.to_owned(), Some(pin.to_owned()), "Gerd".to_owned());
        let credential = Credential::Number { number, pin, name };
        guest.say(&ClientMessage::Join { version: VERSION, credential }).await;
        match guest.next().await {
            HubMessage::Refused { reason } => Err(reason),
            _ => Ok(()),
        }
    };
    assert_eq!(come(&room.number, &room.pin).await, Ok(()));
    let wrong = if room.pin == "111111" { "222222" } else { "111111" };
    let mut refusals = Vec::new();
    while refusals.last() != Some(&Refusal::TooManyTries) {
        refusals.push(come(&room.number, wrong).await.unwrap_err());
        assert!(refusals.len() < 50, "nobody may guess for ever");
    }
    assert!(refusals.len() > 1 && refusals[0] == Refusal::Number, "{refusals:?}");
    assert_eq!(come(&room.number, &room.pin).await, Err(Refusal::TooManyTries), "nor with luck");
}

/// A room that outlives its owner.
async fn of_anna(world: &World, anna: &Somebody) {
    let room = json!({ "name": "Annas Runde", "kind": "webinar" });
    assert_eq!(call(world, &anna.token, Method::POST, "/rooms", room).await.0, 201);
}
