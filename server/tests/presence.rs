//! The live channel of signed-in users through a whole hub: presence, rings, journal, room chat.

#[path = "support/people.rs"]
mod people;
#[expect(dead_code, reason = "these tests need a part of the tools")]
mod support;

use people::*;
use protocol::*;
use serde_json::json;
use server::events::call_limit;
use server::{Config, Hub};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use support::{PATIENCE, World};

/// A room of the administrator with these members.
async fn room_with(world: &World, members: &[Somebody]) -> Room {
    let room = world.room("Daily", RoomKind::GroupCall).await;
    add_members(world, &room, members, false).await;
    room
}

fn admin(world: &World) -> Somebody {
    Somebody { id: 1, name: "admin".to_owned(), token: world.token.clone() }
}

async fn journal_of(world: &World, who: &Somebody, query: &str) -> Journal {
    let (status, journal) = ask(world, who, &format!("/api/v1/journal{query}"), None).await;
    assert_eq!(status, 200, "{journal}");
    serde_json::from_value(journal).expect("a journal")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_channel_opens_for_a_session_and_nothing_else() {
    let world = World::start();
    for (text, code) in
        [(r#"{"type":"busy","busy":true}"#, 1008), ("{", 1007), (r#"{"type":"dance"}"#, 1007)]
    {
        let mut early = channel(&world).await;
        early.send_text(text).await;
        assert_eq!(early.closed(PATIENCE).await, Some(code), "{text}");
    }
    for (version, token, expected) in
        [(VERSION, "nonsense", Refusal::Session), (0, world.token.as_str(), Refusal::Version)]
    {
        let mut stranger = channel(&world).await;
        stranger.say(&EventRequest::Hello { version, token: token.to_owned() }).await;
        assert_eq!(stranger.next().await, Event::Refused { reason: expected });
    }
    let (mut channel, welcome) = listen(&world, &admin(&world)).await;
    let you = UserPresence { user: "admin".to_owned(), presence: Presence::Online };
    let (people, rooms) = (Vec::new(), Vec::new());
    let (ringing, calling) = (Vec::new(), Vec::new());
    assert_eq!(welcome, Event::Welcome { you, people, rooms, ringing, calling });
    channel.say(&EventRequest::Answer { call: "none".to_owned(), accept: true }).await;
    let denied = channel.until(|event| match event {
        Event::Denied { detail } => Some(detail),
        _ => None,
    });
    assert_eq!(denied.await, "this call does not ring any more");
    channel.send_text("{").await;
    assert_eq!(channel.closed(PATIENCE).await, Some(1007));
}

#[tokio::test(flavor = "multi_thread")]
async fn a7_contacts_and_room_mates_see_each_other_come_and_be_busy_and_strangers_do_not() {
    let world = World::start();
    let people = users(&world, 1..=4).await;
    let [fan, star, mate, stranger] = &people[..] else { panic!("four") };
    add_contact(&world, fan, star).await;
    room_with(&world, &[star.clone(), mate.clone()]).await;
    let (mut of_fan, _) = listen(&world, fan).await;
    let (mut of_mate, _) = listen(&world, mate).await;
    let (mut of_stranger, _) = listen(&world, stranger).await;
    let (mut of_star, welcome) = listen(&world, star).await;
    let Event::Welcome { people: seen, .. } = welcome else { panic!("no welcome") };
    let mate_online = UserPresence { user: mate.name.clone(), presence: Presence::Online };
    assert_eq!(seen, [mate_online], "the room mate, not the fan, whom the star does not know");
    of_fan.sees(star, Presence::Online).await;
    of_mate.sees(star, Presence::Online).await;
    of_star.say(&EventRequest::Busy { busy: true }).await;
    of_fan.sees(star, Presence::Busy).await;
    of_mate.sees(star, Presence::Busy).await;
    of_star.sees(star, Presence::Busy).await;
    // What the stranger hears of is their own busyness alone.
    of_stranger.say(&EventRequest::Busy { busy: true }).await;
    let heard = of_stranger.until(|event| match event {
        Event::Presence { people } => {
            people.iter().any(|p| p.presence == Presence::Busy).then_some(people)
        }
        _ => None,
    });
    let own = UserPresence { user: stranger.name.clone(), presence: Presence::Busy };
    assert_eq!(heard.await, [own]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a5_a_contact_is_called_on_every_machine_and_one_answer_stops_the_others() {
    let world = World::start();
    let people = users(&world, 1..=2).await;
    let [caller, callee] = &people[..] else { panic!("two") };
    add_contact(&world, caller, callee).await;
    let (mut phone, _) = listen(&world, caller).await;
    let (mut desk, _) = listen(&world, callee).await;
    let (mut laptop, _) = listen(&world, callee).await;
    let body = json!({ "user": "USER2", "video": true });
    let (status, call) = ask(&world, caller, "/api/v1/rings", Some(body.clone())).await;
    assert_eq!(status, 201, "{call}");
    let call: Call = serde_json::from_value(call).unwrap();
    let answer = CallAnswer::Ringing;
    assert_eq!(call.answers, [Callee { user: callee.name.clone(), answer }]);
    let (status, again) = ask(&world, caller, "/api/v1/rings", Some(body.clone())).await;
    assert_eq!((status, again["code"].as_str()), (409, Some("ringing")));

    for machine in [&mut desk, &mut laptop] {
        let ring = machine.ring().await;
        assert_eq!((&ring.call, &ring.room), (&call.call, &call.room));
        assert_eq!((ring.caller.as_str(), ring.caller_name.as_str()), ("user1", "Person 1"));
        assert!(ring.direct && ring.video && !ring.quiet);
    }
    let (mut tablet, welcome) = listen(&world, callee).await;
    let Event::Welcome { ringing, .. } = welcome else { panic!("no welcome") };
    assert_eq!(ringing.len(), 1, "a machine that comes later rings as well");
    desk.say(&EventRequest::Answer { call: call.call.clone(), accept: true }).await;
    for machine in [&mut desk, &mut laptop, &mut tablet] {
        assert_eq!(machine.ring_ended().await, (call.call.clone(), CallAnswer::Accepted));
    }
    assert_eq!(phone.ring_answer().await, (callee.name.clone(), CallAnswer::Accepted));
    laptop.say(&EventRequest::Answer { call: call.call.clone(), accept: false }).await;
    laptop.until(|event| matches!(event, Event::Denied { .. }).then_some(())).await;

    let (status, back) =
        ask(&world, callee, "/api/v1/rings", Some(json!({ "user": "user1", "video": false })))
            .await;
    let back: Call = serde_json::from_value(back).unwrap();
    assert_eq!((status, &back.room), (201, &call.room), "the pair has one room");
    phone.ring().await;
    desk.say(&EventRequest::Cancel { call: back.call.clone() }).await;
    assert_eq!(phone.ring_ended().await, (back.call, CallAnswer::Missed));

    let of_caller = journal_of(&world, caller, "").await;
    let seen: Vec<_> = of_caller.calls.iter().map(|c| (c.incoming, c.answer, c.video)).collect();
    let expected = [(true, CallAnswer::Missed, false), (false, CallAnswer::Accepted, true)];
    assert_eq!(seen, expected);
    let line = &of_caller.calls[1];
    assert_eq!((line.user.as_str(), line.display_name.as_str()), ("user2", "Person 2"));
    assert_eq!(line.number.as_ref(), Some(&call.room.number));
    assert!(line.direct && line.answered_at_ms.is_some_and(|at_ms| at_ms >= line.at_ms));
    let missed = journal_of(&world, caller, "?missed=true").await;
    assert_eq!(missed.calls, of_caller.calls[..1]);
    let first = journal_of(&world, callee, "?limit=1").await;
    let second =
        journal_of(&world, callee, &format!("?limit=1&before={}", first.next.unwrap())).await;
    assert_eq!((first.calls[0].incoming, second.calls[0].incoming), (false, true));
    assert_eq!(journal_of(&world, &admin(&world), "").await.calls, []);
    for query in ["?limit=0", "?limit=201", "?before=x"] {
        let (status, error) = ask(&world, caller, &format!("/api/v1/journal{query}"), None).await;
        assert_eq!((status, error["code"].as_str()), (400, Some("invalid")), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn x14_only_who_is_there_and_known_can_be_called() {
    let world = World::start();
    let people = users(&world, 1..=3).await;
    let [caller, callee, stranger] = &people[..] else { panic!("three") };
    add_contact(&world, caller, callee).await;
    let (_channel, _) = listen(&world, stranger).await;
    let ring = async |who: &Somebody, user: &str| {
        let body = json!({ "user": user, "video": true });
        let (status, answer) = ask(&world, who, "/api/v1/rings", Some(body)).await;
        (status, answer["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(ring(caller, "user2").await, (409, "not_there".to_owned()));
    assert_eq!(ring(caller, "user3").await, (404, "not_found".to_owned()), "a stranger");
    assert_eq!(ring(caller, "nobody").await, (404, "not_found".to_owned()), "looks the same");
    assert_eq!(ring(caller, "user1").await, (400, "invalid".to_owned()));
    assert_eq!(ring(stranger, "user2").await, (404, "not_found".to_owned()));
    assert_eq!(journal_of(&world, callee, "").await.calls, [], "it never rang");
}

#[tokio::test(flavor = "multi_thread")]
async fn f17_ringing_a_room_asks_first_and_then_calls_every_member() {
    let world = World::start();
    let people = users(&world, 1..=4).await;
    let [taker, decliner, offline, stranger] = &people[..] else { panic!("four") };
    let room = room_with(&world, &[taker.clone(), decliner.clone(), offline.clone()]).await;
    let owner = admin(&world);
    let (mut of_owner, _) = listen(&world, &owner).await;
    let (mut of_taker, _) = listen(&world, taker).await;
    let (mut of_decliner, _) = listen(&world, decliner).await;
    let path = format!("/api/v1/rooms/{}/ring", room.number);
    let (status, asked) = ask(&world, &owner, &path, Some(json!({}))).await;
    assert_eq!((status, asked["code"].as_str()), (409, Some("confirm")));
    assert_eq!(asked["people"], 2, "those who are there: {asked}");
    assert_eq!(ask(&world, stranger, &path, Some(json!({ "confirm": true }))).await.0, 404);
    let nowhere = "/api/v1/rooms/100000000/ring";
    assert_eq!(ask(&world, &owner, nowhere, Some(json!({ "confirm": true }))).await.0, 404);

    let (status, call) = ask(&world, &owner, &path, Some(json!({ "confirm": true }))).await;
    assert_eq!(status, 201, "{call}");
    let call: Call = serde_json::from_value(call).unwrap();
    let answer_of =
        |user: &Somebody| call.answers.iter().find(|c| c.user == user.name).unwrap().answer;
    assert_eq!(answer_of(offline), CallAnswer::NotThere);
    for channel in [&mut of_taker, &mut of_decliner] {
        let ring = channel.ring().await;
        assert_eq!((&ring.room.number, ring.room.name.as_str()), (&room.number, "Daily"));
        assert!(!ring.direct && ring.video);
    }
    let id = call.call.clone();
    of_taker.say(&EventRequest::Answer { call: id.clone(), accept: true }).await;
    assert_eq!(of_owner.ring_answer().await, (taker.name.clone(), CallAnswer::Accepted));
    of_decliner.say(&EventRequest::Answer { call: id.clone(), accept: false }).await;
    assert_eq!(of_owner.ring_answer().await, (decliner.name.clone(), CallAnswer::Declined));
    assert_eq!(journal_of(&world, &owner, "").await.calls.len(), 3, "a line for each");
    let missed = journal_of(&world, offline, "?missed=true").await.calls;
    assert_eq!((missed.len(), missed[0].answer), (1, CallAnswer::NotThere));
    assert!(missed[0].incoming && !missed[0].direct && missed[0].room_name == "Daily");
}

#[tokio::test(flavor = "multi_thread")]
async fn x14_who_calls_again_and_again_has_to_wait() {
    let world = World::start();
    let people = users(&world, 1..=2).await;
    let room = room_with(&world, &people).await;
    let path = format!("/api/v1/rooms/{}/ring", room.number);
    let confirmed = json!({ "confirm": true });
    // Nobody is there, so each call is over at once.
    for _ in 0..call_limit::CALLS {
        assert_eq!(ask(&world, &people[0], &path, Some(confirmed.clone())).await.0, 201);
    }
    let url = format!("http://{}{path}", world.hub.http_addr());
    let again = world.http.post(url).json(&confirmed).bearer_auth(&people[0].token);
    let refused = again.send().await.unwrap();
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert_eq!(refused.status(), 429);
    assert!((1..=call_limit::WINDOW.as_secs()).contains(&wait), "{wait}");
    let error: ApiError = refused.json().await.unwrap();
    assert_eq!(error.code, "too_many_tries");
    let calls = journal_of(&world, &people[1], "").await.calls.len();
    assert_eq!(calls, call_limit::CALLS, "the last one is nowhere");
    let other = ask(&world, &people[1], &path, Some(confirmed)).await;
    assert_eq!(other.0, 201, "others call as before");
}

/// The hub made the session's end known within a minute; it looks every 30 seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_revoked_loses_its_live_channel_within_a_minute() {
    let world = World::start();
    let people = users(&world, 1..=1).await;
    let (mut channel, _) = listen(&world, &people[0]).await;
    assert_eq!(world.delete("/api/v1/session", &people[0].token).await, 204);
    assert_eq!(channel.closed(Duration::from_secs(60)).await, Some(1008));
}

#[tokio::test(flavor = "multi_thread")]
async fn room_chat_reaches_members_and_keeps_its_history() {
    let world = World::start();
    let people = users(&world, 1..=3).await;
    let [member, co_host, stranger] = &people[..] else { panic!("three") };
    let room = room_with(&world, std::slice::from_ref(member)).await;
    add_members(&world, &room, std::slice::from_ref(co_host), true).await;
    let owner = admin(&world);
    let (mut of_owner, _) = listen(&world, &owner).await;
    let path = format!("/api/v1/rooms/{}/chat", room.number);
    let (status, line) = ask(&world, member, &path, Some(json!({ "text": " before\n" }))).await;
    let line: ChatLine = serde_json::from_value(line).unwrap();
    assert_eq!((status, line.text.as_str(), line.from_name.as_str()), (201, "before", "Person 1"));
    let got = of_owner.until(|event| match event {
        Event::RoomChat { number, line } => Some((number, line)),
        _ => None,
    });
    assert_eq!(got.await, (room.number.clone(), line));

    // A conference runs: both write, and every line has an id of its own.
    let mut host = world.host(&room).await;
    let (_, snapshot) = host.joined().await;
    let mut guest = world.guest(&room, "Helene").await;
    guest.joined().await;
    assert!(matches!(host.next().await, HubMessage::ParticipantJoined { .. }));
    for number in 0..5 {
        host.chat(ChatScope::Everyone, &format!("inside {number}")).await;
        host.line().await;
        let text = json!({ "text": format!("outside {number}") });
        assert_eq!(ask(&world, member, &path, Some(text)).await.0, 201);
    }
    guest.chat(ChatScope::Everyone, "of a guest").await;
    assert_eq!(host.line().await.text, "of a guest");
    for _ in 0..6 {
        assert_eq!(guest.line().await.account, None, "guests learn nobody's account");
    }
    host.chat(ChatScope::Hosts, "for hosts").await;
    host.line().await;
    let to = snapshot.participants.len() as u32 + 1;
    host.chat(ChatScope::Private { participant: ParticipantId(to) }, "private").await;
    host.line().await;
    host.say(&ClientMessage::End).await;
    host.ended().await;
    assert_eq!(ask(&world, member, &path, Some(json!({ "text": "after" }))).await.0, 201);

    let page = async |who: &Somebody, query: &str| -> ChatPage {
        let (status, page) = ask(&world, who, &format!("{path}{query}"), None).await;
        assert_eq!(status, 200, "{page}");
        serde_json::from_value(page).unwrap()
    };
    let all = page(member, "").await;
    let texts: Vec<_> = all.lines.iter().map(|line| line.text.as_str()).collect();
    let mut expected = vec!["before".to_owned()];
    for number in 0..5 {
        expected.extend([format!("inside {number}"), format!("outside {number}")]);
    }
    expected.extend(["of a guest".to_owned(), "after".to_owned()]);
    assert_eq!(texts, expected, "oldest first, as it was written");
    for line in &all.lines {
        let account = match line.text.split(' ').next() {
            Some("inside") => Some(owner.name.as_str()),
            Some("of") => None,
            _ => Some(member.name.as_str()),
        };
        assert_eq!(line.account.as_deref(), account, "{}", line.text);
    }
    let ids: Vec<i64> = all.lines.iter().map(|line| line.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    for host in [co_host, &owner] {
        let lines = page(host, "").await.lines;
        assert!(lines.iter().any(|line| line.text == "for hosts"));
        assert!(lines.iter().all(|line| line.text != "private"));
    }
    let last = page(member, "?limit=5").await;
    let earlier = page(member, &format!("?limit=200&before={}", last.before.unwrap())).await;
    assert_eq!([earlier.lines, last.lines].concat(), all.lines);
    assert_eq!(earlier.before, None);

    assert_eq!(ask(&world, stranger, &path, None).await.0, 404);
    assert_eq!(ask(&world, stranger, &path, Some(json!({ "text": "hello" }))).await.0, 404);
    let (status, error) = ask(&world, member, &path, Some(json!({ "text": " \n" }))).await;
    assert_eq!((status, error["field"].as_str()), (400, Some("text")));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_inside_and_outside_never_share_a_line_number() {
    let world = World::start();
    let people = users(&world, 1..=1).await;
    let room = room_with(&world, &people).await;
    let path = format!("/api/v1/rooms/{}/chat", room.number);
    let outside = async {
        for _ in 0..30 {
            let text = json!({ "text": "outside" });
            assert_eq!(ask(&world, &people[0], &path, Some(text)).await.0, 201);
        }
    };
    // Conferences that start, say something and end, again and again.
    let inside = async {
        for _ in 0..6 {
            let mut host = world.host(&room).await;
            host.joined().await;
            for _ in 0..5 {
                host.chat(ChatScope::Everyone, "inside").await;
                host.line().await;
            }
            host.say(&ClientMessage::End).await;
            host.ended().await;
        }
    };
    tokio::join!(outside, inside);
    let (_, page) = ask(&world, &people[0], &format!("{path}?limit=200"), None).await;
    let page: ChatPage = serde_json::from_value(page).unwrap();
    assert_eq!(page.lines.len(), 60, "none was lost");
    let ids: BTreeSet<i64> = page.lines.iter().map(|line| line.id).collect();
    assert_eq!(ids.len(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_hub_says_so_and_what_still_rang_was_missed() {
    let world = World::start();
    let people = users(&world, 1..=2).await;
    add_contact(&world, &people[0], &people[1]).await;
    let (mut channel, _) = listen(&world, &people[1]).await;
    let body = json!({ "user": "user2", "video": true });
    assert_eq!(ask(&world, &people[0], "/api/v1/rings", Some(body)).await.0, 201);
    channel.ring().await;
    let World { hub, data, token, http } = world;
    hub.stop().await;
    assert_eq!(channel.closed(PATIENCE).await, Some(1012));
    let hub = Hub::start(Config::local(data.path())).unwrap();
    let world = World { hub, data, token, http };
    let calls = journal_of(&world, &people[1], "").await.calls;
    assert_eq!((calls.len(), calls[0].answer), (1, CallAnswer::Missed));
}

/// 500 machines of 500 users with one room in common.
#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_room_mates_hear_of_a_change_once_each() {
    const PEOPLE: usize = 500;
    let world = World::start();
    let people = users(&world, 1..=PEOPLE as i64).await;
    room_with(&world, &people).await;
    let start = clock();
    let mut channels = Vec::new();
    for somebody in &people {
        channels.push(listen(&world, somebody).await.0);
    }
    // Everybody is told of the last one to come: the wave is over.
    let last = &people[PEOPLE - 1];
    for channel in &mut channels[..PEOPLE - 1] {
        channel.sees(last, Presence::Online).await;
    }
    println!("{PEOPLE} machines were welcomed within {:?}", start.elapsed());
    let start = clock();
    channels[0].say(&EventRequest::Busy { busy: true }).await;
    let busy = UserPresence { user: people[0].name.clone(), presence: Presence::Busy };
    let news = Event::Presence { people: vec![busy] };
    let mut others = 0;
    for channel in &mut channels[1..PEOPLE - 1] {
        assert_eq!(channel.next().await, news, "nothing else, and once");
        others += 1;
    }
    println!("one change: {others} of {PEOPLE} machines told within {:?}", start.elapsed());
}

#[expect(clippy::disallowed_methods, reason = "a figure for people to read")]
fn clock() -> Instant {
    Instant::now()
}
