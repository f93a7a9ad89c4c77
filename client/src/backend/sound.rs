//! What the user does about sound: how loud each person is, the program's own sounds, and the call
//! made anew.

use super::Driver;
use crate::call::Call;
use crate::state::BackendEvent;
use engine::playback::chime::{Chime, ChimeEvent, Chimes};
use protocol::ParticipantId;
use std::sync::Arc;

impl Driver {
    pub(super) fn set_volume(&self, participant: ParticipantId, percent: u8) {
        if let Some(call) = &self.call {
            call.set_volume(participant, percent);
        }
    }

    pub(super) fn restart_call(&self) {
        self.call.as_ref().map(Call::restart);
    }

    /// Plays a sound on the chosen loudspeaker, in a call and without one.
    pub(super) fn play(&mut self, chime: Chime) {
        if self.chimes.is_none() {
            let bell = self.bell.clone();
            let ring: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
                let _ = bell.try_send(());
            });
            match Chimes::start(ring) {
                Ok(chimes) => self.chimes = Some(chimes),
                Err(error) => {
                    self.tell(BackendEvent::Chime(ChimeEvent::Trouble(error)));
                    return;
                }
            }
        }
        if let Some(chimes) = &self.chimes {
            chimes.play(chime, self.chosen.speaker.clone());
        }
    }

    pub(super) fn silence(&self, chime: Chime) {
        if let Some(chimes) = &self.chimes {
            chimes.stop(chime);
        }
    }

    /// Passes on what became of the sounds.
    pub(super) fn hear_chimes(&self) {
        while let Some(event) =
            self.chimes.as_ref().and_then(|chimes| chimes.events().try_recv().ok())
        {
            self.tell(BackendEvent::Chime(event));
        }
    }
}
