//! What blur cost of late: written by the thread that blurs, read by whoever asks.

use super::live::Reason;
use super::{Path, Quality, Timings};
use crate::measure::Latencies;
use crate::shared::Shared;
use crate::stats::{self, Pass};
use std::time::Duration;

/// A GPU pass's newest time weighs so much in its running mean.
const NEWEST: f64 = 0.05;

/// Figures of one stream; clones are handles to the same ones. Empty while blur is off.
#[derive(Debug, Clone, Default)]
pub struct Meter(Shared<Option<Box<Figures>>>);

#[derive(Debug, Clone, Default)]
struct Figures {
    path: Option<Path>,
    reason: Reason,
    quality: Quality,
    network: Latencies,
    refine: Latencies,
    blur: Latencies,
    composite: Latencies,
    frame: Latencies,
    passes: Vec<Pass>,
    frames: u64,
    whole: u64,
    withheld: u64,
    fallbacks: u64,
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

impl Meter {
    /// Blur is on or off from now on.
    pub(super) fn switch(&self, on: bool) {
        *self.0.lock() = on.then(Box::default);
    }

    fn write(&self, change: impl FnOnce(&mut Figures)) {
        if let Some(figures) = self.0.lock().as_deref_mut() {
            change(figures);
        }
    }

    /// It runs there, or nowhere, from now on. Times from elsewhere are forgotten.
    pub(super) fn moved(&self, path: Option<Path>, reason: Reason) {
        self.write(|figures| {
            if figures.path != path {
                let fresh = Latencies::default;
                (figures.network, figures.refine, figures.blur) = (fresh(), fresh(), fresh());
                (figures.composite, figures.frame) = (fresh(), fresh());
                figures.passes.clear();
            }
            (figures.path, figures.reason) = (path, reason);
        });
    }

    pub(super) fn quality(&self, quality: Quality) {
        self.write(|figures| figures.quality = quality);
    }

    pub(super) fn fell_back(&self) {
        self.write(|figures| figures.fallbacks += 1);
    }

    /// A picture without details left, or none did.
    pub(super) fn whole(&self, left: bool) {
        self.write(|figures| {
            let count = if left { &mut figures.whole } else { &mut figures.withheld };
            *count += 1;
        });
    }

    pub(super) fn took(&self, timings: &Timings) {
        self.write(|figures| {
            figures.frames += 1;
            // Zero where the network did not look: no time of its.
            if !timings.network.is_zero() {
                figures.network.push(ms(timings.network));
            }
            figures.refine.push(ms(timings.refine));
            figures.blur.push(ms(timings.blur));
            figures.composite.push(ms(timings.composite));
            figures.frame.push(ms(timings.frame));
            for &(label, time) in &timings.passes {
                match figures.passes.iter_mut().find(|pass| pass.label == label) {
                    Some(pass) => pass.mean_ms += NEWEST * (ms(time) - pass.mean_ms),
                    None => figures.passes.push(Pass { label, mean_ms: ms(time) }),
                }
            }
        });
    }

    /// The figures now; `None` while blur is off.
    pub fn stats(&self) -> Option<stats::Blur> {
        // Sorted outside of the lock: the media thread waits for nobody.
        let figures = self.0.lock().clone()?;
        Some(stats::Blur {
            quality: figures.quality,
            network: figures.network.percentiles(),
            refine: figures.refine.percentiles(),
            blur: figures.blur.percentiles(),
            composite: figures.composite.percentiles(),
            frame: figures.frame.percentiles(),
            passes: figures.passes,
            path: figures.path,
            reason: figures.reason,
            frames: figures.frames,
            frames_whole: figures.whole,
            frames_withheld: figures.withheld,
            fallbacks: figures.fallbacks,
        })
    }
}
