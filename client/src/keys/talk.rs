//! Push to talk: the microphone is open while a key is held.

/// The microphone closes so long after the key was let go, seconds: the last syllable is still under
/// way then.
pub const RELEASE_S: f64 = 0.05;

/// Whether the key opened the microphone, and when it closes again.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PushToTalk {
    stage: Stage,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Stage {
    #[default]
    Idle,
    /// Opened by the key, which is down.
    Talking,
    /// The key is up; closes at this moment.
    Releasing(f64),
    /// The microphone was open already, or may not be opened: the key does nothing until it is up.
    Ignored,
}

impl PushToTalk {
    /// Takes in whether the key is `down` at `now_s`, and whether the microphone is `open`. Gives
    /// what the microphone is to become, if that changes.
    pub fn update(&mut self, down: bool, open: bool, now_s: f64) -> Option<bool> {
        match (self.stage, down) {
            (Stage::Idle, true) if open => {
                self.stage = Stage::Ignored;
                None
            }
            (Stage::Idle, true) => {
                self.stage = Stage::Talking;
                Some(true)
            }
            (Stage::Releasing(_), true) => {
                self.stage = Stage::Talking;
                (!open).then_some(true)
            }
            // Somebody else closed it: a host, or the button.
            (Stage::Talking, true) if !open => {
                self.stage = Stage::Ignored;
                None
            }
            (Stage::Talking, false) => {
                self.stage = Stage::Releasing(now_s + RELEASE_S);
                None
            }
            (Stage::Releasing(at), false) if now_s >= at => {
                self.stage = Stage::Idle;
                open.then_some(false)
            }
            (Stage::Ignored, false) => {
                self.stage = Stage::Idle;
                None
            }
            _ => None,
        }
    }

    /// When the next update is due although nothing was pressed, same clock.
    pub fn due_s(self) -> Option<f64> {
        match self.stage {
            Stage::Releasing(at) => Some(at),
            _ => None,
        }
    }

    /// The key holds the microphone open.
    pub fn talking(self) -> bool {
        matches!(self.stage, Stage::Talking | Stage::Releasing(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_at_once_and_closes_a_moment_after() {
        let mut talk = PushToTalk::default();
        assert_eq!(talk.update(true, false, 1.0), Some(true));
        assert_eq!(talk.update(true, true, 2.0), None);
        assert_eq!(talk.update(false, true, 3.0), None);
        assert_eq!(talk.due_s(), Some(3.0 + RELEASE_S));
        assert_eq!(talk.update(false, true, 3.02), None);
        assert_eq!(talk.update(false, true, 3.05), Some(false));
        assert!(!talk.talking());
    }

    #[test]
    fn a_second_press_within_the_delay_goes_on_talking() {
        let mut talk = PushToTalk::default();
        talk.update(true, false, 0.0);
        talk.update(false, true, 1.0);
        assert_eq!(talk.update(true, true, 1.03), None);
        assert_eq!(talk.update(true, true, 1.1), None);
        assert!(talk.talking());
    }

    #[test]
    fn an_open_microphone_is_left_alone() {
        let mut talk = PushToTalk::default();
        assert_eq!(talk.update(true, true, 0.0), None);
        assert_eq!(talk.update(false, true, 1.0), None);
        assert_eq!(talk.update(false, true, 2.0), None);
    }

    #[test]
    fn a_host_who_mutes_wins_over_a_held_key() {
        let mut talk = PushToTalk::default();
        talk.update(true, false, 0.0);
        talk.update(true, true, 0.1);
        assert_eq!(talk.update(true, false, 1.0), None, "closed by somebody else");
        assert_eq!(talk.update(true, false, 1.1), None, "and stays closed while it is held");
        assert_eq!(talk.update(false, false, 1.2), None);
        assert_eq!(talk.update(true, false, 1.3), Some(true));
    }
}
