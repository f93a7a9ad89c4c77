//! The sounds themselves, computed: soft bells, and knuckles on wood.

use super::Chime;
use crate::frame::SAMPLE_RATE;
use std::f32::consts::TAU;

/// Full scale is 1: clearly heard, and no fright.
const LOUDNESS: f32 = 0.35;

/// A note is in full within this time, so that it does not click, seconds.
const ATTACK_S: f32 = 0.006;

/// What is heard from `at_s` for `length_s` seconds.
struct Note {
    at_s: f32,
    length_s: f32,
    hz: f32,
}

/// A note as a bell plays it: dying away, with a touch of the octave.
fn bell(note: &Note, time_s: f32) -> f32 {
    let swing = |harmonic: f32| (TAU * note.hz * harmonic * time_s).sin();
    let decay = (-5.0 * time_s / note.length_s).exp();
    decay * (0.8 * swing(1.0) + 0.15 * swing(2.0) + 0.05 * swing(3.0))
}

/// A knuckle on a door: a low thump that falls.
fn thump(note: &Note, time_s: f32) -> f32 {
    let hz = note.hz * (1.0 + 0.6 * (-60.0 * time_s).exp());
    let decay = (-9.0 * time_s / note.length_s).exp();
    decay * (0.85 * (TAU * hz * time_s).sin() + 0.15 * (TAU * hz * 2.7 * time_s).sin())
}

fn render(notes: &[Note], length_s: f32, voice: fn(&Note, f32) -> f32) -> Vec<f32> {
    let rate = SAMPLE_RATE as f32;
    let mut samples = vec![0.0; (length_s * rate) as usize];
    for note in notes {
        let begin = (note.at_s * rate) as usize;
        let count = (note.length_s * rate) as usize;
        for (n, sample) in samples.iter_mut().skip(begin).take(count).enumerate() {
            let time_s = n as f32 / rate;
            let attack = (time_s / ATTACK_S).min(1.0);
            let release = ((note.length_s - time_s) / ATTACK_S).clamp(0.0, 1.0);
            *sample += LOUDNESS * attack * release * voice(note, time_s);
        }
    }
    samples
}

/// Notes of `length_s` at these times and frequencies.
fn notes<const N: usize>(length_s: f32, notes: [(f32, f32); N]) -> [Note; N] {
    notes.map(|(at_s, hz)| Note { at_s, length_s, hz })
}

impl Chime {
    /// Whether it begins anew when it is over.
    pub(super) fn repeats(self) -> bool {
        self == Chime::Ring
    }

    /// It, once, 48 kHz mono.
    pub(super) fn samples(self) -> Vec<f32> {
        let (c5, e5, g5, c6) = (523.25, 659.26, 783.99, 1046.5);
        match self {
            Chime::TestMelody => {
                let melody = notes(0.7, [(0.0, c5), (0.25, e5), (0.5, g5), (0.75, c6)]);
                render(&melody, 1.5, bell)
            }
            // A second of trill, two of silence.
            Chime::Ring => {
                let trill = [
                    (0.0, e5),
                    (0.125, g5),
                    (0.25, e5),
                    (0.375, g5),
                    (0.5, e5),
                    (0.625, g5),
                    (0.75, e5),
                    (0.875, g5),
                ];
                render(&notes(0.3, trill), 3.0, bell)
            }
            Chime::Knock => render(&notes(0.14, [(0.0, 170.0), (0.17, 160.0)]), 0.4, thump),
            Chime::Hand => render(&notes(0.3, [(0.0, g5), (0.1, c6)]), 0.45, bell),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chime_can_be_heard_stays_in_range_and_neither_begins_nor_ends_with_a_click() {
        for chime in [Chime::TestMelody, Chime::Ring, Chime::Knock, Chime::Hand] {
            let samples = chime.samples();
            let peak = samples.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
            assert!((0.15..0.9).contains(&peak), "{chime:?}: {peak}");
            assert!(samples[0].abs() < 0.01 && samples[samples.len() - 1].abs() < 0.01);
            let step = samples.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0f32, f32::max);
            assert!(step < 0.12, "{chime:?} steps by {step}");
            assert!(samples.iter().all(|sample| sample.is_finite()));
        }
    }
}
