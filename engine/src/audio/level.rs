//! How loud sound is, and whether somebody speaks.

/// RFC 6464 audio level of some samples: 0 is full scale, 127 silence, in -dBov. A full-scale
/// square wave is 0 dBov, a full-scale sine 3.
pub fn level(samples: &[f32]) -> u8 {
    if samples.is_empty() {
        return 127;
    }
    let power = samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32;
    // A NaN from a device must not pass for full scale: the comparison is false for it.
    if power > 1e-13 { (-10.0 * power.log10()).round().clamp(0.0, 127.0) as u8 } else { 127 }
}

/// Above the noise floor by this much for [`ATTACK`] blocks: speech begins.
const ON_DB: f32 = 12.0;
/// Below the floor plus this much for [`RELEASE`] blocks: speech ended.
const OFF_DB: f32 = 6.0;
/// Quieter than this is never speech, in -dBov.
const QUIETEST: f32 = 60.0;
/// Blocks: 20 ms, so that a click is no speech.
const ATTACK: u32 = 2;
/// Blocks: 300 ms, so that the gaps between words do not end it.
const RELEASE: u32 = 30;
/// The floor rises this fast when everything is louder: 3 dB a second.
const FLOOR_RISE_DB: f32 = 0.03;

/// A simple voice activity detector for 10 ms blocks: energy over a slowly rising noise floor, with
/// hysteresis in level and time.
#[derive(Debug, Clone)]
pub struct VoiceActivity {
    /// In -dBov, like the levels.
    floor: f32,
    speaking: bool,
    /// Blocks in a row that argue for the other state.
    against: u32,
}

impl Default for VoiceActivity {
    fn default() -> Self {
        VoiceActivity { floor: 70.0, speaking: false, against: 0 }
    }
}

impl VoiceActivity {
    /// Takes the next 10 ms block's [`level`]; says whether somebody speaks.
    pub fn update(&mut self, level: u8) -> bool {
        let level = f32::from(level);
        // Louder is a smaller number: the floor falls at once and rises slowly.
        self.floor = if level > self.floor { level } else { self.floor - FLOOR_RISE_DB }.min(90.0);
        let over_floor = self.floor - level;
        let argues = if self.speaking {
            over_floor < OFF_DB || level > QUIETEST
        } else {
            over_floor > ON_DB && level < QUIETEST
        };
        self.against = if argues { self.against + 1 } else { 0 };
        let patience = if self.speaking { RELEASE } else { ATTACK };
        if self.against >= patience {
            self.speaking = !self.speaking;
            self.against = 0;
        }
        self.speaking
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_in_negative_dbov() {
        assert_eq!(level(&[1.0, -1.0, 1.0, -1.0]), 0);
        assert_eq!(level(&[0.1; 480]), 20);
        assert_eq!(level(&[0.0; 480]), 127);
        assert_eq!(level(&[]), 127);
        assert_eq!(level(&[f32::NAN; 4]), 127);
        let sine: Vec<f32> = (0..480).map(|i| (i as f32 * 0.1309).sin()).collect();
        assert_eq!(level(&sine), 3);
    }

    #[test]
    fn speech_over_noise_is_noticed_soon_and_bridges_gaps_between_words() {
        let mut voice = VoiceActivity::default();
        assert!((0..500).all(|_| !voice.update(65)), "noise alone is no speech");
        voice.update(30);
        assert!(voice.update(30), "speech after 20 ms");
        assert!((0..20).all(|_| voice.update(64)), "a gap of 200 ms is bridged");
        assert!((0..10).all(|_| voice.update(30)));
        let quiet = (0..100).take_while(|_| voice.update(66)).count();
        assert!((25..35).contains(&quiet), "ended after {quiet} blocks");
    }

    #[test]
    fn a_click_is_no_speech_and_a_humming_room_becomes_the_floor() {
        let mut voice = VoiceActivity::default();
        for _ in 0..100 {
            voice.update(80);
        }
        assert!(!voice.update(20));
        assert!(!voice.update(80));
        // A fan starts: taken for speech at first, not after a while.
        let mut last = false;
        for _ in 0..2_000 {
            last = voice.update(45);
        }
        assert!(!last);
    }
}
