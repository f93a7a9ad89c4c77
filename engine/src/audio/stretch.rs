//! Shortens or lengthens decoded speech by one pitch period without changing its pitch.
//!
//! The idea of WSOLA (Verhelst and Roelands 1993) on a buffer of a few packets: find the lag at
//! which the sound repeats itself best, then cross-fade one period into the next. Both ends of the
//! buffer stay as they were, so what was played before and what is decoded after still join.

/// Shortest lag: 2.5 ms, a voice of 400 Hz.
const MIN_LAG: usize = 120;
/// Longest lag: 12.5 ms, a voice of 80 Hz. A buffer must hold two lags.
const MAX_LAG: usize = 600;
/// The coarse search runs at 12 kHz.
const DECIMATION: usize = 4;
/// Mean square below which any cut is inaudible: -60 dBov.
const QUIET: f32 = 1e-6;

/// How alike two periods must be, as a correlation coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// Only where it is inaudible: 0.9.
    Gentle,
    /// Where much delay must go at once: 0.5.
    Fast,
}

impl Care {
    fn threshold(self) -> f32 {
        match self {
            Care::Gentle => 0.9,
            Care::Fast => 0.5,
        }
    }
}

/// Removes one period from the start of `samples`; returns its length, 0 when the sound does not
/// repeat itself well enough or the buffer is shorter than 5 ms.
pub fn accelerate(samples: &mut Vec<f32>, care: Care) -> usize {
    let Some(lag) = find_lag(samples, care) else { return 0 };
    for i in 0..lag {
        let fade = (i + 1) as f32 / lag as f32;
        samples[lag + i] = samples[i] * (1.0 - fade) + samples[lag + i] * fade;
    }
    samples.drain(..lag);
    lag
}

/// Repeats one period at the start of `samples`; returns its length, 0 when the sound does not
/// repeat itself well enough or the buffer is shorter than 5 ms.
pub fn expand(samples: &mut Vec<f32>, care: Care) -> usize {
    let Some(lag) = find_lag(samples, care) else { return 0 };
    let length = samples.len();
    samples.resize(length + lag, 0.0);
    samples.copy_within(lag..length, 2 * lag);
    for i in 0..lag {
        // `samples[2 * lag + i]` is now what followed the period.
        let fade = (i + 1) as f32 / lag as f32;
        samples[lag + i] = samples[2 * lag + i] * (1.0 - fade) + samples[i] * fade;
    }
    lag
}

fn find_lag(samples: &[f32], care: Care) -> Option<usize> {
    let longest = (samples.len() / 2).min(MAX_LAG);
    if longest < MIN_LAG {
        return None;
    }
    let window = &samples[..2 * longest];
    if window.iter().map(|s| s * s).sum::<f32>() < QUIET * window.len() as f32 {
        return Some(longest);
    }
    let mut coarse = [0.0f32; 2 * MAX_LAG / DECIMATION];
    let coarse = &mut coarse[..window.len() / DECIMATION];
    for (out, group) in coarse.iter_mut().zip(window.chunks_exact(DECIMATION)) {
        *out = group.iter().sum();
    }
    let (rough, _) = best(coarse, MIN_LAG / DECIMATION, coarse.len() / 2)?;
    let from = (rough * DECIMATION).saturating_sub(DECIMATION).max(MIN_LAG);
    let to = (rough * DECIMATION + DECIMATION).min(longest);
    let (lag, likeness) = best(window, from, to)?;
    (likeness >= care.threshold()).then_some(lag)
}

/// The lag in `from..=to` at which the first period resembles the second most, and how much.
fn best(samples: &[f32], from: usize, to: usize) -> Option<(usize, f32)> {
    (from..=to)
        .map(|lag| (lag, likeness(&samples[..lag], &samples[lag..2 * lag])))
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

fn likeness(a: &[f32], b: &[f32]) -> f32 {
    let (mut ab, mut aa, mut bb) = (0.0f32, 0.0f32, 0.0f32);
    for (x, y) in a.iter().zip(b) {
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    let size = (aa * bb).sqrt();
    if size > 0.0 { ab / size } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vowel(hz: f32, length: usize) -> Vec<f32> {
        (0..length)
            .map(|i| {
                let t = i as f32 / 48_000.0 * hz * std::f32::consts::TAU;
                0.3 * t.sin() + 0.2 * (2.0 * t).sin() + 0.1 * (3.0 * t).cos()
            })
            .collect()
    }

    fn largest_step(samples: &[f32]) -> f32 {
        samples.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_vowel_loses_or_gains_whole_periods_without_a_click() {
        for hz in [105.0, 140.0, 220.0, 350.0] {
            let original = vowel(hz, 960);
            let period = 48_000.0 / hz;
            for (name, change) in
                [("accelerate", accelerate as fn(&mut Vec<f32>, Care) -> usize), ("expand", expand)]
            {
                let mut samples = original.clone();
                let lag = change(&mut samples, Care::Gentle);
                assert!(lag > 0, "{name} at {hz}");
                let periods = lag as f32 / period;
                assert!((periods - periods.round()).abs() * period < 3.0, "{name} {hz}: {lag}");
                let expected = if name == "expand" { 960 + lag } else { 960 - lag };
                assert_eq!(samples.len(), expected);
                assert!(largest_step(&samples) < largest_step(&original) * 1.1, "{name} {hz}");
                // Both ends still join their neighbours.
                assert!((samples[0] - original[0]).abs() < 0.03);
                assert_eq!(samples.last(), original.last());
            }
        }
    }

    #[test]
    fn noise_is_left_alone_and_silence_is_cut_freely() {
        let mut state = 1u32;
        let mut noise: Vec<f32> = (0..960)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect();
        assert_eq!(accelerate(&mut noise, Care::Gentle), 0);
        assert_eq!(noise.len(), 960);
        let mut silence = vec![0.0; 960];
        assert_eq!(accelerate(&mut silence, Care::Gentle), 480);
        assert_eq!(silence.len(), 480);
        assert_eq!(expand(&mut vec![0.0; 100], Care::Fast), 0, "too short");
    }
}
