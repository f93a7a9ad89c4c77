//! What blur did in a rehearsal, as figures and in one line.

use engine::blur::{Path, Quality, Reason};
use engine::stats::{Blur, Percentiles};
use serde::Serialize;

/// Median and 95th percentile, milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Times {
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
}

impl From<Percentiles> for Times {
    fn from(of: Percentiles) -> Times {
        Times { p50: of.p50_ms, p95: of.p95_ms }
    }
}

/// What the presenter's blur did.
#[derive(Debug, Clone, Serialize)]
pub struct BlurReport {
    /// The GPU, where it ran there.
    pub adapter: Option<String>,
    /// Why it ran where it ran.
    pub reason: String,
    /// `full`, `reduced` or `lowest`, at the end.
    pub quality: &'static str,
    /// Pictures with the person in focus.
    pub frames: u64,
    /// Pictures blurred as a whole.
    pub frames_whole: u64,
    /// Pictures that did not leave.
    pub frames_withheld: u64,
    /// Times that a path failed or was too slow.
    pub fallbacks: u64,
    /// The segmentation network.
    pub network_ms: Times,
    /// From its answer to the matte.
    pub refine_ms: Times,
    /// The room out of focus.
    pub blur_ms: Times,
    /// Person before room.
    pub composite_ms: Times,
    /// All of it.
    pub frame_ms: Times,
}

/// `off`, `cpu`, `gpu: NAME`, or `whole` where only whole pictures were blurred.
pub fn device(blur: Option<&Blur>) -> String {
    match blur.map(|blur| &blur.path) {
        None => "off".to_owned(),
        Some(None) => "whole".to_owned(),
        Some(Some(Path::Cpu)) => "cpu".to_owned(),
        Some(Some(Path::Gpu { adapter, .. })) => format!("gpu: {adapter}"),
    }
}

impl From<Blur> for BlurReport {
    fn from(blur: Blur) -> BlurReport {
        BlurReport {
            reason: reason(&blur.reason),
            adapter: match blur.path {
                Some(Path::Gpu { adapter, .. }) => Some(adapter),
                Some(Path::Cpu) | None => None,
            },
            quality: match blur.quality {
                Quality::Full => "full",
                Quality::Reduced => "reduced",
                Quality::Lowest => "lowest",
            },
            frames: blur.frames,
            frames_whole: blur.frames_whole,
            frames_withheld: blur.frames_withheld,
            fallbacks: blur.fallbacks,
            network_ms: blur.network.into(),
            refine_ms: blur.refine.into(),
            blur_ms: blur.blur.into(),
            composite_ms: blur.composite.into(),
            frame_ms: blur.frame.into(),
        }
    }
}

impl BlurReport {
    /// One line for people.
    pub fn line(&self) -> String {
        format!(
            "quality {}  {:.1} ms a picture: network {:.1}, refine {:.1}, blur {:.1}, composite {:.1} (medians; p95 of all {:.1})  {}",
            self.quality,
            self.frame_ms.p50,
            self.network_ms.p50,
            self.refine_ms.p50,
            self.blur_ms.p50,
            self.composite_ms.p50,
            self.frame_ms.p95,
            self.reason,
        )
    }
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Starting => "the GPU was still being prepared".to_owned(),
        Reason::Gpu => "a GPU that can".to_owned(),
        Reason::NoGpu(why) => format!("no GPU that can: {why}"),
        Reason::GpuFailed(why) => format!("the GPU failed: {why}"),
        Reason::GpuTooSlow => "the GPU did not keep up".to_owned(),
        Reason::Failed(why) => format!("no person could be told from the room: {why}"),
    }
}
