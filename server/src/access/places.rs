//! Places for guests: so many at once over the whole hub.

use crate::live::Live;
use crate::room::standing::guest_place_free;
use protocol::Refusal;
use tokio::sync::{Mutex, MutexGuard};

/// Lets guests in one after the other, so that no two of them take the last place.
///
/// A place belongs to a participant, and the conferences know how many of theirs are guests, also
/// those who wait or whose connection broke a moment ago. So nothing is counted twice: a place is
/// free again the moment its guest is gone.
#[derive(Default)]
pub struct GuestPlaces {
    gate: Mutex<()>,
}

/// A free place, kept for a guest who is about to join: nobody else gets one meanwhile.
pub struct GuestPlace<'a> {
    _gate: MutexGuard<'a, ()>,
}

impl GuestPlaces {
    /// Keeps a place until its guest has joined.
    pub async fn take(&self, capacity: usize, live: &Live) -> Result<GuestPlace<'_>, Refusal> {
        let gate = self.gate.lock().await;
        if guest_place_free(capacity, taken(live)) {
            Ok(GuestPlace { _gate: gate })
        } else {
            Err(Refusal::NoGuestPlace)
        }
    }
}

/// How many guests are inside or wait, over all conferences.
pub fn taken(live: &Live) -> usize {
    live.statuses().iter().map(|(_, status)| status.guests).sum()
}
