//! Keeps the sum of several speakers inside full scale without audible clipping.

/// Peaks above this turn the gain down.
const CEILING: f32 = 0.9;
/// Above this the curve bends; below it samples pass unchanged.
const KNEE: f32 = 0.8;
/// The share of the missing gain that returns per call of 10 ms: about 0.3 s to recover.
const RELEASE: f32 = 0.03;

/// A limiter with a soft knee. Real-time safe: arithmetic only.
#[derive(Debug, Clone)]
pub struct Limiter {
    gain: f32,
}

impl Default for Limiter {
    fn default() -> Self {
        Limiter { gain: 1.0 }
    }
}

impl Limiter {
    /// Limits a block of about 10 ms in place to ±1. The gain moves along a ramp, so a sudden peak
    /// is bent by the knee until the gain has come down. Values that are not numbers become 0.
    pub fn apply(&mut self, samples: &mut [f32]) {
        if samples.is_empty() {
            return;
        }
        let peak = samples.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
        let wanted = if peak * self.gain > CEILING {
            (CEILING / peak).max(0.01)
        } else {
            self.gain + (1.0 - self.gain) * RELEASE
        };
        let wanted =
            if peak > 0.0 { wanted.min((CEILING / peak).max(0.01)) } else { wanted }.min(1.0);
        let step = (wanted - self.gain) / samples.len() as f32;
        for sample in samples {
            self.gain += step;
            *sample = bend(*sample * self.gain);
        }
        self.gain = wanted;
    }
}

/// The soft knee alone: unchanged below it, never beyond full scale, silence for what is no number.
pub(crate) fn bend(x: f32) -> f32 {
    let size = x.abs();
    if size <= KNEE {
        x
    } else if size.is_finite() {
        (KNEE + (1.0 - KNEE) * ((size - KNEE) / (1.0 - KNEE)).tanh()).copysign(x)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_sound_passes_unchanged() {
        let mut limiter = Limiter::default();
        let mut block: Vec<f32> = (0..480).map(|i| (i as f32 * 0.05).sin() * 0.7).collect();
        let before = block.clone();
        limiter.apply(&mut block);
        assert_eq!(block, before);
    }

    #[test]
    fn loud_sound_stays_in_range_and_the_gain_comes_back() {
        let mut limiter = Limiter::default();
        for _ in 0..20 {
            let mut block: Vec<f32> = (0..480).map(|i| (i as f32 * 0.05).sin() * 4.0).collect();
            limiter.apply(&mut block);
            assert!(block.iter().all(|s| s.abs() <= 1.0));
        }
        assert!(limiter.gain < 0.3);
        for _ in 0..200 {
            limiter.apply(&mut [0.1; 480]);
        }
        assert!(limiter.gain > 0.99);
    }

    #[test]
    fn what_is_not_a_number_becomes_silence() {
        let mut limiter = Limiter::default();
        let mut block = [f32::NAN, f32::INFINITY, 0.5, -0.5];
        limiter.apply(&mut block);
        assert!(block.iter().all(|s| s.is_finite()));
        let mut after = [0.5; 480];
        for _ in 0..500 {
            after = [0.5; 480];
            limiter.apply(&mut after);
        }
        assert!((after[479] - 0.5).abs() < 0.01, "it recovers");
    }
}
