//! Which sound repeats now: a pure decision from what the window knows.

use crate::state::State;
use engine::playback::chime::Chime;

/// What is heard until something changes. Calls that came while we wanted to be left alone are
/// shown and never heard; in a conference nothing rings into the conversation.
pub fn sound(state: &State) -> Option<Chime> {
    let free = state.account.is_some() && state.call.is_none();
    let loud = state.calls.ringing.iter().any(|ring| !ring.quiet);
    (free && loud).then_some(Chime::Ring)
}
