//! Random histories.

use super::*;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    /// Whether as a host; a user of that account, a guest without one.
    Join(bool, Option<i64>),
    Break(usize),
    Resume(usize),
    Wait(u64),
    Say(usize, ClientMessage),
    /// Who is heard.
    Heard(u32),
    /// Whose uplink is weak.
    Weak(u32),
    /// The room makes a user its host, or no longer does.
    Room(i64, bool),
    /// A user's session is over.
    SignOut(i64),
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Host), Just(Role::Presenter), Just(Role::Attendee)]
}

fn message() -> impl Strategy<Value = ClientMessage> {
    let participant = || (1..12u32).prop_map(ParticipantId);
    let scope = prop_oneof![
        Just(ChatScope::Everyone),
        Just(ChatScope::Hosts),
        participant().prop_map(|participant| ChatScope::Private { participant }),
    ];
    prop_oneof![
        4 => any::<(bool, bool, bool)>().prop_map(|(microphone, camera, screen)| {
            ClientMessage::Media { microphone, camera, screen }
        }),
        3 => Just(ClientMessage::Offer { sdp: String::new(), streams: Vec::new() }),
        3 => (scope, "[a-z]{0,3}").prop_map(|(scope, text)| ClientMessage::Chat { scope, text }),
        3 => any::<(bool, bool)>()
            .prop_map(|(raised, restore)| ClientMessage::Hand { raised, restore }),
        2 => participant().prop_map(|participant| ClientMessage::LowerHand { participant }),
        3 => (participant(), role())
            .prop_map(|(participant, role)| ClientMessage::SetRole { participant, role }),
        3 => Just(ClientMessage::Leave),
        1 => Just(ClientMessage::End),
        3 => participant().prop_map(|participant| ClientMessage::Admit { participant }),
        2 => Just(ClientMessage::AdmitAll),
        3 => participant().prop_map(|participant| ClientMessage::Remove { participant }),
        2 => participant().prop_map(|participant| ClientMessage::Mute { participant }),
        1 => Just(ClientMessage::MuteAll),
        1 => Just(ClientMessage::LowerAllHands),
        6 => any::<bool>().prop_map(|locked| ClientMessage::Lock { locked }),
        6 => any::<bool>().prop_map(|held| ClientMessage::Hold { held }),
        4 => policy().prop_map(|policy| ClientMessage::SetPolicy { policy }),
    ]
}

fn policy() -> impl Strategy<Value = RoomPolicy> {
    any::<(bool, bool, bool, bool)>().prop_map(
        |(guests, waiting_room, chat_everyone, join_muted)| {
            let default = RoomPolicy::default_for(RoomKind::GroupCall);
            RoomPolicy { guests, waiting_room, chat_everyone, join_muted, ..default }
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (any::<bool>(), 1..5i64).prop_map(|(host, user)| Step::Join(host, Some(user))),
        2 => Just(Step::Join(false, None)),
        2 => (0..64usize).prop_map(Step::Break),
        2 => (0..64usize).prop_map(Step::Resume),
        2 => (0..40_000u64).prop_map(Step::Wait),
        1 => (0..20_000_000u64).prop_map(Step::Wait),
        2 => (1..12u32).prop_map(Step::Heard),
        2 => (1..12u32).prop_map(Step::Weak),
        2 => (1..5i64, any::<bool>()).prop_map(|(user, host)| Step::Room(user, host)),
        1 => (1..5i64).prop_map(Step::SignOut),
        12 => ((0..64usize), message()).prop_map(|(who, message)| Step::Say(who, message)),
    ]
}

proptest! {
    /// Every replica equals the truth after every step, nobody outside hears anything, ids are
    /// unique, the limits hold: `Hall::settle` asserts it all. Here: a reconnect changes nothing
    /// about anybody, and neither a removed user nor, while locked, anybody but a host gets in.
    #[test]
    fn random_histories_keep_the_invariants(
        webinar in any::<bool>(),
        ad_hoc in any::<bool>(),
        steps in proptest::collection::vec(step(), 1..120),
    ) {
        let kind = if webinar { RoomKind::Webinar } else { RoomKind::GroupCall };
        let mut hall = Hall::open(Opening { ad_hoc, ..opening(kind) });
        let mut removed_users: HashSet<i64> = HashSet::new();
        let mut tokens: Vec<String> = Vec::new();
        let mut ids: HashSet<ParticipantId> = HashSet::new();
        for step in steps {
            let open: Vec<ConnectionId> =
                hall.clients.iter().filter(|(_, c)| !c.closed).map(|(id, _)| *id).collect();
            let pick = |n: usize| open.get(n % open.len().max(1)).copied();
            match step {
                Step::Join(host, user) => {
                    let role = if host { Role::Host } else { Role::Attendee };
                    let locked = hall.conference.locked();
                    if let Ok(connection) = hall.come("Somebody", role, user) {
                        prop_assert!(host || !locked, "locked");
                        prop_assert!(user.is_none_or(|user| !removed_users.contains(&user)));
                        let token = hall.token(connection);
                        let id = ResumeToken::parse(&token).unwrap().participant;
                        prop_assert!(ids.insert(id), "an id was used twice");
                        tokens.push(token);
                    }
                }
                Step::Break(n) => if let Some(connection) = pick(n) { hall.break_link(connection) },
                Step::Resume(n) => if let Some(token) = tokens.get(n % tokens.len().max(1)) {
                    let before = hall.truth();
                    let _ = hall.resume(&token.clone());
                    prop_assert_eq!(before, hall.truth());
                },
                Step::Heard(who) => {
                    hall.conference.heard(hall.now(), &[ParticipantId(who)]);
                    hall.settle();
                }
                Step::Weak(who) => {
                    let weak = WayQuality { level: QualityLevel::Weak, loss_percent: None };
                    let participant = ParticipantId(who);
                    let row = PersonQuality { participant, uplink: weak, downlink: weak };
                    hall.conference.set_quality(vec![row]);
                }
                Step::Room(user, host) => {
                    hall.room_role(user, if host { Role::Host } else { Role::Attendee });
                }
                Step::SignOut(user) => hall.sign_out(&[session(user, 0)]),
                Step::Wait(ms) => hall.wait(Duration::from_millis(ms)),
                Step::Say(n, message) => if let Some(connection) = pick(n) {
                    let (by, message_is) = (hall.clients[&connection].you, message.clone());
                    let denied = hall.denied(connection);
                    hall.say(connection, message);
                    if let ClientMessage::Remove { participant } = message_is
                        && hall.denied(connection) == denied
                        && let Some(user) = hall.users.get(&participant)
                        && hall.removed.contains(&participant)
                        && by.and_then(|by| hall.users.get(&by)) != Some(user)
                    {
                        removed_users.insert(*user);
                    }
                },
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Crowd {
    Host,
    Guest,
    Leave(usize),
}

fn crowd() -> impl Strategy<Value = Crowd> {
    prop_oneof![
        2 => Just(Crowd::Host),
        5 => Just(Crowd::Guest),
        2 => (0..64usize).prop_map(Crowd::Leave),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However many come, a group call never has more than its limit, and while no host is there
    /// the first one gets in.
    #[test]
    fn x5_random_crowds_never_exceed_the_limit(
        steps in proptest::collection::vec(crowd(), 40..120),
    ) {
        let mut hall = Hall::new(RoomKind::GroupCall);
        let mut here: Vec<ConnectionId> = Vec::new();
        for step in steps {
            if hall.conference.state() == ConferenceState::Ended {
                break;
            }
            match step {
                Crowd::Host => {
                    let needed = hall.conference.state() != ConferenceState::Live;
                    let joined = hall.try_join("Host", Role::Host);
                    prop_assert!(!needed || joined.is_ok(), "nobody can start it");
                    here.extend(joined);
                }
                Crowd::Guest => here.extend(hall.try_join("Guest", Role::Attendee)),
                Crowd::Leave(n) if !here.is_empty() => {
                    let connection = here.swap_remove(n % here.len());
                    hall.say(connection, ClientMessage::Leave);
                }
                Crowd::Leave(_) => {}
            }
        }
    }
}
