//! The presenter's voice: babble, made like speech but saying nothing.
//!
//! A train of glottal pulses goes through three formant resonators (the source-filter model;
//! resonators after D. Klatt, "Software for a cascade/parallel formant synthesizer", JASA 67,
//! 1980). What is said when is a pure function of time, so that the mouth can follow it.

use crate::frame::{SAMPLE_RATE, SAMPLES_10_MS};
use std::f32::consts::{PI, TAU};

/// One syllable, in seconds.
const SYLLABLE_S: f64 = 0.19;

/// Syllables in a sentence, and in the pause that belongs to it.
const SENTENCE: u64 = 18;
const PAUSE: u64 = 5;

/// First three formants in hertz and how far the mouth opens, for a, e, i, o, u and schwa
/// (rounded means of a woman's voice).
const VOWELS: [([f32; 3], f32); 6] = [
    ([850.0, 1220.0, 2810.0], 1.0),
    ([610.0, 2330.0, 2990.0], 0.7),
    ([310.0, 2790.0, 3310.0], 0.35),
    ([590.0, 920.0, 2710.0], 0.75),
    ([370.0, 950.0, 2670.0], 0.4),
    ([500.0, 1500.0, 2800.0], 0.55),
];

/// What is being said at a moment.
struct Said {
    formants: [f32; 3],
    /// 0 silent, 1 loudest.
    loudness: f32,
    opening: f32,
    pitch_hz: f32,
}

/// A number in 0…1 that belongs to a syllable.
fn chance(syllable: u64, salt: u64) -> f32 {
    let mut x =
        syllable.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xd1b5_4a32_d192_ed03);
    x = (x ^ (x >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x >> 40) as f32 / (1u64 << 24) as f32
}

fn said_at(seconds: f64) -> Said {
    let place = seconds / SYLLABLE_S;
    let (syllable, phase) = (place as u64, place.fract() as f32);
    let position = syllable % SENTENCE;
    let speaks = position < SENTENCE - PAUSE;
    let (formants, opening) =
        VOWELS[(chance(syllable, 1) * VOWELS.len() as f32) as usize % VOWELS.len()];
    let stress = 0.55 + 0.45 * chance(syllable, 2);
    let loudness = if speaks { (PI * phase).sin().max(0.0).powf(0.7) * stress } else { 0.0 };
    let melody = 1.0 - position as f32 / SENTENCE as f32;
    let pitch_hz = 165.0 + 45.0 * melody + 22.0 * (stress - 0.75) * (PI * phase).sin();
    Said { formants, loudness, opening: loudness * opening, pitch_hz }
}

/// How far the mouth is open at a moment: 0 to 1.
pub(super) fn mouth_at(seconds: f64) -> f32 {
    said_at(seconds).opening
}

/// A resonance: two poles.
#[derive(Debug, Clone, Copy, Default)]
struct Resonator {
    b: f32,
    c: f32,
    last: [f32; 2],
}

impl Resonator {
    fn tune(&mut self, hertz: f32, bandwidth: f32) {
        let radius = (-PI * bandwidth / SAMPLE_RATE as f32).exp();
        self.b = 2.0 * radius * (TAU * hertz / SAMPLE_RATE as f32).cos();
        self.c = -radius * radius;
    }

    fn run(&mut self, input: f32) -> f32 {
        let (b, c) = (self.b, self.c);
        let out = (1.0 - b - c) * input + b * self.last[0] + c * self.last[1];
        self.last = [out, self.last[0]];
        out
    }
}

/// Makes the sound, 10 ms at a time.
#[derive(Debug, Default)]
pub(super) struct Voice {
    samples: u64,
    phase: f32,
    formants: [f32; 3],
    resonators: [Resonator; 3],
    breath: u32,
}

impl Voice {
    pub(super) fn next(&mut self) -> Box<[f32; SAMPLES_10_MS]> {
        let mut out = Box::new([0.0; SAMPLES_10_MS]);
        for piece in out.chunks_exact_mut(SAMPLES_10_MS / 10) {
            let said = said_at(self.samples as f64 / f64::from(SAMPLE_RATE));
            for (now, target) in self.formants.iter_mut().zip(said.formants) {
                // The tongue takes some 15 ms from one vowel to the next.
                *now = if *now == 0.0 { target } else { *now + (target - *now) * 0.06 };
            }
            for (index, resonator) in self.resonators.iter_mut().enumerate() {
                resonator.tune(self.formants[index], 70.0 + 40.0 * index as f32);
            }
            for sample in piece.iter_mut() {
                *sample = self.sample(&said);
                self.samples += 1;
            }
        }
        out
    }

    fn sample(&mut self, said: &Said) -> f32 {
        self.phase = (self.phase + said.pitch_hz / SAMPLE_RATE as f32).fract();
        // Rosenberg's pulse: open for 60 % of the period, closing faster than it opened.
        let pulse = match self.phase {
            p if p < 0.4 => 0.5 - 0.5 * (PI * p / 0.4).cos(),
            p if p < 0.6 => (PI * (p - 0.4) / 0.4).cos(),
            _ => 0.0,
        };
        self.breath = self.breath.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let breath = (self.breath >> 8) as f32 / (1 << 23) as f32 - 1.0;
        let source = (pulse - 0.3 + 0.02 * breath) * said.loudness;
        let mut sum = 0.0;
        for (resonator, gain) in self.resonators.iter_mut().zip([1.0, 0.55, 0.25]) {
            sum += gain * resonator.run(source);
        }
        (sum * 0.22).clamp(-0.9, 0.9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_loud_when_the_mouth_is_open_and_silent_in_pauses() {
        let mut voice = Voice::default();
        let (mut spoken, mut paused, mut peak) = (Vec::new(), Vec::new(), 0.0f32);
        for n in 0..1000u32 {
            let piece = voice.next();
            peak = piece.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
            let rms = (piece.iter().map(|s| s * s).sum::<f32>() / piece.len() as f32).sqrt();
            let (before, now) =
                (mouth_at(f64::from(n) * 0.01 - 0.02), mouth_at(f64::from(n) * 0.01));
            if now > 0.3 {
                spoken.push(rms);
            } else if now == 0.0 && before == 0.0 {
                paused.push(rms);
            }
        }
        let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
        assert!(spoken.len() > 200 && paused.len() > 100, "{} {}", spoken.len(), paused.len());
        assert!((0.03..0.25).contains(&mean(&spoken)), "speech at {}", mean(&spoken));
        assert!(mean(&paused) < mean(&spoken) / 20.0, "pauses at {}", mean(&paused));
        assert!((0.1..0.9).contains(&peak), "peak {peak}");
    }
}
