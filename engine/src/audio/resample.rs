//! Linear resampling for devices that insist on a rate other than 48 kHz.
//!
//! Linear interpolation loses treble and folds a little noise back; it is the exception (sound
//! servers resample better themselves), and it costs nothing and allocates nothing.

/// A linear resampler of one channel. Real-time safe: arithmetic only.
#[derive(Debug, Clone)]
pub struct Linear {
    /// Input samples an output sample.
    step: f64,
    /// Where the next output sample lies between `older` (0) and `newer` (1); above 1 more input is
    /// needed first.
    position: f64,
    older: f32,
    newer: f32,
}

impl Linear {
    /// From one rate to another, both in hertz and above 0.
    pub fn new(from_hz: u32, to_hz: u32) -> Linear {
        let step = f64::from(from_hz) / f64::from(to_hz.max(1));
        // Equal rates start on a sample, so that they pass bit by bit.
        Linear { step, position: 1.0 + step, older: 0.0, newer: 0.0 }
    }

    /// The next output sample; takes the input it needs from `source`.
    pub fn pull(&mut self, mut source: impl FnMut() -> f32) -> f32 {
        while self.position > 1.0 {
            self.position -= 1.0;
            self.older = self.newer;
            self.newer = source();
        }
        let out = self.interpolate();
        self.position += self.step;
        out
    }

    /// Takes one input sample and gives every output sample that it completes to `sink`.
    pub fn push(&mut self, input: f32, mut sink: impl FnMut(f32)) {
        self.older = self.newer;
        self.newer = input;
        self.position -= 1.0;
        while self.position <= 1.0 {
            sink(self.interpolate());
            self.position += self.step;
        }
    }

    fn interpolate(&self) -> f32 {
        if self.position >= 1.0 {
            return self.newer;
        }
        self.older + (self.newer - self.older) * self.position as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rates_pass_bit_by_bit() {
        let mut pull = Linear::new(48_000, 48_000);
        let mut push = Linear::new(48_000, 48_000);
        let mut next = 0;
        for i in 1..1_000 {
            let sample = pull.pull(|| {
                next += 1;
                next as f32
            });
            assert_eq!(sample, i as f32);
            let mut got = vec![];
            push.push(i as f32, |s| got.push(s));
            assert_eq!(got, [i as f32]);
        }
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_length() {
        for (from, to) in
            [(48_000u32, 44_100u32), (44_100, 48_000), (16_000, 48_000), (48_000, 96_000)]
        {
            let mut resampler = Linear::new(from, to);
            let mut out = vec![];
            for i in 0..from {
                let sample = (i as f32 / from as f32 * 440.0 * std::f32::consts::TAU).sin();
                resampler.push(sample, |s| out.push(s));
            }
            assert!(out.len().abs_diff(to as usize) <= 3, "{} for {to}", out.len());
            let crossings = out.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
            assert!(crossings.abs_diff(440) <= 1, "{crossings}");
        }
    }
}
