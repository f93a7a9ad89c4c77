//! Random histories.

use super::*;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    Join(bool),
    Break(usize),
    Resume(usize),
    Wait(u64),
    Say(usize, ClientMessage),
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
        3 => any::<bool>().prop_map(|raised| ClientMessage::Hand { raised }),
        2 => participant().prop_map(|participant| ClientMessage::LowerHand { participant }),
        3 => (participant(), role())
            .prop_map(|(participant, role)| ClientMessage::SetRole { participant, role }),
        3 => Just(ClientMessage::Leave),
        1 => Just(ClientMessage::End),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<bool>().prop_map(Step::Join),
        2 => (0..64usize).prop_map(Step::Break),
        2 => (0..64usize).prop_map(Step::Resume),
        2 => (0..40_000u64).prop_map(Step::Wait),
        9 => ((0..64usize), message()).prop_map(|(who, message)| Step::Say(who, message)),
    ]
}

proptest! {
    /// Every replica equals the truth after every step, nobody outside hears anything, ids are
    /// unique: `Hall::settle` asserts it all.
    #[test]
    fn random_histories_keep_the_invariants(
        webinar in any::<bool>(),
        steps in proptest::collection::vec(step(), 1..120),
    ) {
        let mut hall = Hall::new(if webinar { RoomKind::Webinar } else { RoomKind::GroupCall });
        let mut tokens: Vec<String> = Vec::new();
        let mut ids: HashSet<ParticipantId> = HashSet::new();
        for step in steps {
            let open: Vec<ConnectionId> =
                hall.clients.iter().filter(|(_, c)| !c.closed).map(|(id, _)| *id).collect();
            let pick = |n: usize| open.get(n % open.len().max(1)).copied();
            match step {
                Step::Join(host) => {
                    let role = if host { Role::Host } else { Role::Attendee };
                    if let Ok(connection) = hall.try_join("Somebody", role) {
                        let token = hall.token(connection);
                        let id = ResumeToken::parse(&token).unwrap().participant;
                        prop_assert!(ids.insert(id), "an id was used twice");
                        tokens.push(token);
                    }
                }
                Step::Break(n) => if let Some(connection) = pick(n) { hall.break_link(connection) },
                Step::Resume(n) => if let Some(token) = tokens.get(n % tokens.len().max(1)) {
                    let _ = hall.resume(&token.clone());
                },
                Step::Wait(ms) => hall.wait(Duration::from_millis(ms)),
                Step::Say(n, message) => if let Some(connection) = pick(n) {
                    hall.say(connection, message);
                },
            }
        }
    }
}
