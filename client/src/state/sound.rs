//! The sound check of the loudspeaker.

use engine::playback::chime::{Chime, ChimeEvent};

/// How the test melody is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TestSound {
    /// It is not playing.
    #[default]
    Silent,
    /// It is on its way to the loudspeaker.
    Playing,
    /// The loudspeaker cannot be used.
    Failed,
}

impl TestSound {
    /// Takes in what became of a sound.
    pub fn apply(&mut self, event: &ChimeEvent) {
        match event {
            ChimeEvent::Began(Chime::TestMelody) => *self = TestSound::Playing,
            ChimeEvent::Ended(Chime::TestMelody) if *self == TestSound::Playing => {
                *self = TestSound::Silent;
            }
            ChimeEvent::Trouble(_) if *self == TestSound::Playing => *self = TestSound::Failed,
            ChimeEvent::Recovered => *self = TestSound::Silent,
            ChimeEvent::Began(_) | ChimeEvent::Ended(_) | ChimeEvent::Trouble(_) => {}
        }
    }
}
