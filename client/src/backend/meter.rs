//! The microphone's level and the engine's figures: how often the window hears of them, and when
//! that is worth a new frame.

use super::Driver;
use crate::state::{BackendEvent, SPEECH_LEVEL};

/// Silence, RFC 6464.
const SILENCE: u8 = 127;

/// What nobody woke the window for, at most: one that does not look needs no backlog.
const UNHEARD: usize = 32;

/// What the microphone was like since the window last heard of it, as RFC 6464 levels.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// What the meter on show stands at.
    shown: Option<u8>,
    /// The loudest moment of a call since the last figures.
    loudest: Option<u8>,
    /// Whether that was speech.
    speech: bool,
}

impl Meter {
    /// Whether a meter that stands elsewhere must move.
    fn moves_to(&mut self, level: u8) -> bool {
        self.shown.replace(level) != Some(level)
    }

    /// Remembers the loudest.
    fn hear(&mut self, level: u8) {
        self.loudest = Some(self.loudest.map_or(level, |loudest| loudest.min(level)));
    }

    /// The loudest since the last time, and whether speech began or ended with it.
    fn take_loudest(&mut self) -> (u8, bool) {
        let level = self.loudest.take().unwrap_or(SILENCE);
        let speech = level <= SPEECH_LEVEL;
        (level, std::mem::replace(&mut self.speech, speech) != speech)
    }
}

impl Driver {
    /// Before a call a meter is on show and moves with the voice; in a call there is none.
    pub(super) fn meter(&mut self) {
        let Some(engine) = &self.engine else {
            self.meter = Meter::default();
            return;
        };
        let level = engine.microphone_level();
        if self.call.is_some() {
            self.meter.hear(level);
        } else if self.meter.moves_to(level) {
            self.tell(BackendEvent::MicrophoneLevel(level));
        }
    }

    /// The figures, and in a call how loud it was. Neither alone is a reason to draw a call anew:
    /// the window comes by every second. Only that somebody speaks unheard is told at once.
    pub(super) fn health(&mut self) {
        let Some(engine) = &self.engine else { return };
        let stats = BackendEvent::Health(Box::new(engine.stats()));
        if self.call.is_none() {
            return self.tell(stats);
        }
        self.whisper(stats);
        let (level, turned) = self.meter.take_loudest();
        let level = BackendEvent::MicrophoneLevel(level);
        let closed = !self.publishing.0;
        if closed && turned { self.tell(level) } else { self.whisper(level) }
    }

    /// Tells the window without waking it. The next figures make up for what is left out.
    fn whisper(&self, event: BackendEvent) {
        if self.out.len() < UNHEARD {
            // The window is gone only when the program ends.
            let _ = self.out.send(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_that_stands_still_is_not_told_again() {
        let mut meter = Meter::default();
        assert!(meter.moves_to(127));
        assert!(!meter.moves_to(127));
        assert!(meter.moves_to(30));
        assert!(meter.moves_to(127));
    }

    #[test]
    fn of_a_call_s_half_second_the_loudest_moment_counts_and_silence_follows() {
        let mut meter = Meter::default();
        for level in [90, 22, 64] {
            meter.hear(level);
        }
        assert_eq!(meter.take_loudest(), (22, true), "speech begins");
        meter.hear(30);
        assert_eq!(meter.take_loudest(), (30, false), "it goes on");
        assert_eq!(meter.take_loudest(), (SILENCE, true), "it ends");
        assert_eq!(meter.take_loudest(), (SILENCE, false));
    }
}
