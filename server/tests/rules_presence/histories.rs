//! Random histories of rings and presence, held against what must always be true.

use super::{online, origin, person, run, wanted};
use proptest::prelude::*;
use protocol::{CallAnswer, Presence};
use server::events::presence::{GRACE, Presences};
use server::events::rings::{Answered, Rings, Started};
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

#[derive(Debug, Clone)]
enum Step {
    Start { caller: i64, room: i64, callees: Vec<i64> },
    Answer { user: i64, call: usize, accept: bool },
    Cancel { user: i64, call: usize },
    Entered { user: i64, room: i64 },
    Wait { seconds: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let user = 1..6i64;
    let room = 1..3i64;
    prop_oneof![
        (user.clone(), room.clone(), prop::collection::vec(user.clone(), 0..5))
            .prop_map(|(caller, room, callees)| Step::Start { caller, room, callees }),
        (user.clone(), 0..20usize, any::<bool>()).prop_map(|(user, call, accept)| Step::Answer {
            user,
            call,
            accept
        }),
        (user.clone(), 0..20usize).prop_map(|(user, call)| Step::Cancel { user, call }),
        (user, room).prop_map(|(user, room)| Step::Entered { user, room }),
        (0..30u64).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

proptest! {
    #[test]
    fn every_ring_ends_once_and_nobody_rings_twice_in_one_room(
        steps in prop::collection::vec(step(), 1..60)
    ) {
        let (mut rings, mut now) = (Rings::default(), origin());
        let mut rang: HashMap<(String, i64), Instant> = HashMap::new();
        let mut ended: BTreeSet<(String, i64)> = BTreeSet::new();
        for (number, step) in steps.into_iter().chain([Step::Wait { seconds: 41 }]).enumerate() {
            match step {
                Step::Start { caller, room, callees } => {
                    let call = wanted(&number.to_string(), caller, room);
                    if let Started::Call(call) = rings.start(now, call, online(callees)) {
                        prop_assert!(!call.answers.contains_key(&caller));
                        for callee in call.answers.into_keys() {
                            rang.insert((call.id.clone(), callee), now);
                        }
                    }
                }
                Step::Answer { user, call, accept } => {
                    let open = rings.ringing_for(user).any(|c| c.id == call.to_string());
                    prop_assert_eq!(rings.answer(user, &call.to_string(), accept), open);
                }
                Step::Cancel { user, call } => {
                    let own = rings.calls_of(user).any(|c| c.id == call.to_string());
                    prop_assert_eq!(rings.cancel(user, &call.to_string()), own);
                }
                Step::Entered { user, room } => rings.entered(user, room),
                Step::Wait { seconds } => {
                    now += Duration::from_secs(seconds);
                    rings.tick(now);
                }
            }
            for Answered { call, callee, answer, .. } in rings.take_answered() {
                prop_assert_ne!(answer, CallAnswer::Ringing);
                prop_assert!(rang.contains_key(&(call.clone(), callee)), "ended, never rang");
                prop_assert!(ended.insert((call, callee)), "an answer counts once");
            }
            for user in 1..6 {
                let rooms: Vec<i64> = rings.ringing_for(user).map(|call| call.room).collect();
                let distinct: BTreeSet<i64> = rooms.iter().copied().collect();
                prop_assert_eq!(rooms.len(), distinct.len(), "twice in one room");
            }
        }
        prop_assert_eq!(rang.keys().cloned().collect::<BTreeSet<_>>(), ended, "every ring ends");
    }

    #[test]
    fn presence_equals_what_its_parts_say(
        steps in prop::collection::vec((0..7u8, 1..4i64, 0..3u32), 1..80)
    ) {
        let (mut presences, mut now) = (Presences::default(), origin());
        let mut sockets: HashMap<i64, i32> = HashMap::new();
        let mut gone: HashMap<i64, Instant> = HashMap::new();
        let mut busy: BTreeSet<i64> = BTreeSet::new();
        let mut inside: BTreeSet<(u32, i64)> = BTreeSet::new();
        let mut told: HashMap<i64, Presence> = HashMap::new();
        for (what, user, room) in steps {
            let reachable = |gone: &HashMap<i64, Instant>, sockets: &HashMap<i64, i32>, user: i64| {
                sockets.get(&user).is_some_and(|n| *n > 0) || gone.contains_key(&user)
            };
            let (id, place) = (format!("run{room}"), i64::from(room));
            let somebody = person(user as u32, Some(user));
            match what {
                0 => {
                    *sockets.entry(user).or_default() += 1;
                    gone.remove(&user);
                    presences.connected(user);
                }
                1 if sockets.get(&user).is_some_and(|n| *n > 0) => {
                    *sockets.entry(user).or_default() -= 1;
                    if sockets[&user] == 0 {
                        gone.insert(user, now + GRACE);
                    }
                    presences.disconnected(now, user);
                }
                2 => {
                    let in_call = inside.iter().any(|(_, u)| *u == user);
                    if reachable(&gone, &sockets, user) || in_call {
                        busy.insert(user);
                    }
                    presences.set_busy(user, true);
                }
                3 => {
                    inside.insert((room, user));
                    presences.entered(&run(&id, place), &somebody);
                }
                4 => {
                    inside.remove(&(room, user));
                    presences.left(&run(&id, place), &somebody);
                }
                5 => {
                    inside.retain(|(of, _)| *of != room);
                    presences.ended(&run(&id, place));
                }
                _ => {
                    now += Duration::from_secs(4);
                    for (user, _) in gone.extract_if(|_, until| *until <= now) {
                        busy.remove(&user);
                    }
                    presences.tick(now);
                }
            }
            for user in 1..4 {
                let in_call = inside.iter().any(|(_, u)| *u == user);
                if !in_call && !reachable(&gone, &sockets, user) {
                    busy.remove(&user);
                }
                let expected = match (in_call, reachable(&gone, &sockets, user)) {
                    (true, _) => Presence::InCall,
                    (false, false) => Presence::Offline,
                    (false, true) if busy.contains(&user) => Presence::Busy,
                    (false, true) => Presence::Online,
                };
                prop_assert_eq!(presences.of(user), expected, "user {}", user);
            }
            for (user, presence) in presences.take_changes() {
                let before = told.insert(user, presence).unwrap_or(Presence::Offline);
                prop_assert_ne!(before, presence, "no news is not told");
            }
            for user in 1..4 {
                let last = told.get(&user).copied().unwrap_or(Presence::Offline);
                prop_assert_eq!(last, presences.of(user), "all news are told");
            }
        }
    }
}
