//! Calls that ring, the journal, and a room's chat.

use crate::call;
use crate::channels::{Somebody, listen};
use crate::support::World;
use protocol::*;
use reqwest::Method;
use serde_json::{Value, json};

pub async fn rings_journal_and_chat(world: &World, [anna, ben]: &[Somebody; 2]) {
    let (mut of_anna, _) = listen(world, anna).await;
    let (mut of_ben, _) = listen(world, ben).await;
    for answer in [CallAnswer::Declined, CallAnswer::Missed] {
        let (status, made) = ring(world, anna, ben).await;
        assert_eq!(status, 201, "{made}");
        let made: Call = serde_json::from_value(made).unwrap();
        assert_eq!(of_ben.ring().await.call, made.call);
        let call = made.call.clone();
        match answer {
            CallAnswer::Declined => of_ben.say(&EventRequest::Answer { call, accept: false }).await,
            _ => of_anna.say(&EventRequest::Cancel { call }).await,
        }
        assert_eq!(of_ben.ring_ended().await, (made.call, answer));
    }
    let journal = async |who: &Somebody, query: &str| -> Journal {
        let path = format!("/journal{query}");
        let (status, page) = call(world, &who.token, Method::GET, &path, Value::Null).await;
        assert_eq!(status, 200, "{page}");
        serde_json::from_value(page).unwrap()
    };
    let made = journal(anna, "").await.calls;
    assert_eq!(
        made.iter().map(|call| (call.incoming, call.answer)).collect::<Vec<_>>(),
        [(false, CallAnswer::Missed), (false, CallAnswer::Declined)]
    );
    assert_eq!(made[0].user, "ben");
    let missed = journal(ben, "?missed=true").await.calls;
    assert_eq!(missed.len(), 1);
    let first = journal(ben, "?limit=1").await;
    let second = journal(ben, &format!("?limit=1&before={}", first.next.unwrap())).await;
    assert_eq!((second.calls[0].incoming, second.calls[0].answer), (true, CallAnswer::Declined));

    chat(world, anna, ben, made[0].number.as_ref().unwrap()).await;
}

async fn ring(world: &World, from: &Somebody, to: &Somebody) -> (u16, Value) {
    let body = json!({ "user": to.name, "video": true });
    call(world, &from.token, Method::POST, "/rings", body).await
}

async fn chat(world: &World, anna: &Somebody, ben: &Somebody, number: &str) {
    let path = format!("/rooms/{number}/chat");
    for text in ["eins", "zwei", "drei 👋"] {
        let line = json!({ "text": text });
        assert_eq!(call(world, &anna.token, Method::POST, &path, line).await.0, 201);
    }
    let (_, last) =
        call(world, &ben.token, Method::GET, &format!("{path}?limit=2"), Value::Null).await;
    let last: ChatPage = serde_json::from_value(last).unwrap();
    assert_eq!(last.lines[1].text, "drei 👋");
    let before = format!("{path}?before={}", last.before.unwrap());
    let (_, first) = call(world, &ben.token, Method::GET, &before, Value::Null).await;
    let first: ChatPage = serde_json::from_value(first).unwrap();
    assert_eq!(first.lines.len(), 1);
}
