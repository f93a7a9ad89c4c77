//! Which sound repeats now, and which is heard once: pure decisions from what the window knows.

use crate::state::{Phase, State};
use engine::playback::chime::Chime;
use protocol::{ConferenceState, Participant, ParticipantId, Role};

/// What is heard until something changes. Calls that came while we wanted to be left alone are
/// shown and never heard; in a conference nothing rings into the conversation.
pub fn sound(state: &State) -> Option<Chime> {
    let free = state.account.is_some() && state.call.is_none();
    let loud = state.calls.ringing.iter().any(|ring| !ring.quiet);
    (free && loud).then_some(Chime::Ring)
}

/// The same short sound is heard at most this often, seconds: ten people at once knock once.
const PAUSE_S: f64 = 4.0;

/// The short sounds of a conference: somebody new knocks, a hand went up.
#[derive(Debug, Default)]
pub struct Alerts {
    /// Who waited and whose hand was up when last looked; `None` outside of a conference. What
    /// stands when we come in is old news.
    known: Option<Known>,
    /// When each was last heard, [`crate::state::Now::seconds`].
    knocked_s: Option<f64>,
    raised_s: Option<f64>,
}

/// Who waits, and whose hand is up since when.
#[derive(Debug, Default, PartialEq)]
struct Known {
    waiting: Vec<ParticipantId>,
    hands: Vec<(ParticipantId, i64)>,
}

impl Alerts {
    /// What is to be heard now, once, for what is new. Hosts hear knocking while the conference is
    /// live, hosts and presenters hear hands; never the own one.
    pub fn look(&mut self, state: &State) -> Option<Chime> {
        let inside = state.call.as_ref().filter(|call| call.phase == Phase::In);
        let Some(call) = inside else {
            *self = Alerts::default();
            return None;
        };
        let hand = |person: &Participant| Some((person.id, person.hand_raised_at_ms?));
        let now = Known {
            waiting: call.waiting.iter().map(|person| person.id).collect(),
            hands: call.participants.iter().filter_map(hand).collect(),
        };
        let role = call.me().map(|me| me.role);
        let live = call.state == ConferenceState::Live;
        let before = self.known.replace(now);
        let (before, now) = (before?, self.known.as_ref()?);
        let knocks = role == Some(Role::Host)
            && live
            && now.waiting.iter().any(|id| !before.waiting.contains(id));
        let leads = matches!(role, Some(Role::Host | Role::Presenter));
        let raised =
            |hand: &(ParticipantId, i64)| hand.0 != call.you && !before.hands.contains(hand);
        let raised = leads && now.hands.iter().any(raised);
        if !state.settings.alert_sounds {
            return None;
        }
        let seconds = state.now.seconds;
        let due = |last: Option<f64>| last.is_none_or(|last| seconds - last >= PAUSE_S);
        if knocks && due(self.knocked_s) {
            self.knocked_s = Some(seconds);
            Some(Chime::Knock)
        } else if raised && due(self.raised_s) {
            self.raised_s = Some(seconds);
            Some(Chime::Hand)
        } else {
            None
        }
    }
}
