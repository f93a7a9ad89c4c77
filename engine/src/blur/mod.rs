//! Background blur: a picture in, the same picture out with another background.
//!
//! Four stages, each with a GPU kernel and a CPU twin: a segmentation *network* looks at a small
//! copy of the picture; *refine* makes a full-size matte of its answer; *blur* takes the room out
//! of focus, without the person's colours in it; *composite* puts the person before it.
//!
//! It fails closed: whoever asked for blur never sends a sharp room. Without a matte the whole
//! picture is blurred.

mod boxes;
mod composite;
pub mod cpu;
mod field;
mod framing;
pub mod gpu;
mod guide;
mod lens;
pub mod live;
mod meter;
pub mod network;
mod picture;
pub mod plan;
mod refine;
mod tflite;
mod vectorize;
pub mod watch;
pub mod ways;
mod whole;

pub use live::{Notice, Reason};
pub use meter::Meter;

use crate::frame::VideoFrame;
use crate::gpu::{Gpu, GpuKind};
use crate::{Error, Result};
use std::sync::Arc;
use std::time::Duration;

/// What stands behind the person.
#[derive(Debug, Clone, PartialEq)]
pub enum Background {
    /// The room, out of focus.
    Blurred {
        /// From 0, subtle, to 1, nothing recognisable.
        strength: f32,
    },
    /// A still picture instead of the room, cropped to fill.
    Picture(Arc<Picture>),
}

/// A still background.
#[derive(Debug, PartialEq, Eq)]
pub struct Picture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// sRGB, three bytes a pixel, rows from the top.
    pub rgb: Vec<u8>,
}

/// Where to blur.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Device {
    /// The GPU if there is a real one, else the processor.
    #[default]
    Auto,
    /// The GPU, or fail. A software one counts.
    Gpu,
    /// The processor.
    Cpu,
}

/// How much work goes into a frame, from the best down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Quality {
    /// The network looks at every frame.
    #[default]
    Full,
    /// It looks at every second one.
    Reduced,
    /// It looks at every fourth one, and the matte is refined more coarsely.
    Lowest,
}

impl Quality {
    /// The network looks at every so many pictures.
    fn every(self) -> u32 {
        match self {
            Quality::Full => 1,
            Quality::Reduced => 2,
            Quality::Lowest => 4,
        }
    }

    /// How many luma samples of a picture of `size` make one place of the guide, each way.
    fn factor(self, size: (usize, usize)) -> usize {
        let fine = guide::factor(size.0, size.1);
        if self == Quality::Lowest { 2 * fine } else { fine }
    }
}

/// Whose turn it is: the pictures of a stream that the network looks at.
#[derive(Debug, Default)]
struct Looks {
    /// Pictures since it looked; none before it has.
    unseen: Option<u32>,
}

impl Looks {
    /// Whether it looks at the next picture. At the first one it does.
    fn at_next(&mut self, quality: Quality) -> bool {
        let unseen = self.unseen.map_or(quality.every(), |unseen| unseen + 1);
        let looks = unseen >= quality.every();
        self.unseen = Some(if looks { 0 } else { unseen });
        looks
    }
}

/// Where blur runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Path {
    /// On this adapter.
    Gpu {
        /// As its driver calls it.
        adapter: String,
        /// Whether the network computes in half floats.
        half: bool,
    },
    /// On the processor.
    Cpu,
}

/// What the newest frame cost. On the GPU these are time stamps around passes, and only `frame` is
/// known where the adapter has none; on the processor the thread's time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timings {
    /// Shrinking the picture and the segmentation network; zero for a frame it did not look at.
    pub network: Duration,
    /// From its answer to the full-size matte.
    pub refine: Duration,
    /// The room out of focus.
    pub blur: Duration,
    /// Person before room.
    pub composite: Duration,
    /// From call to return, transfers and waiting included.
    pub frame: Duration,
    /// Each GPU pass by its label; empty on the processor.
    pub passes: Vec<(&'static str, Duration)>,
}

/// Blurs one stream of pictures. Keeps the past of the stream for a steady matte, so use one for
/// each stream.
pub struct Blur {
    pipeline: Pipeline,
}

/// One is made for a stream, and never moved once it works: their sizes may differ.
#[expect(clippy::large_enum_variant, reason = "there is one for each camera")]
enum Pipeline {
    Cpu(cpu::Pipeline),
    Gpu(gpu::Pipeline),
}

impl Blur {
    /// Reads the model and, on a GPU, builds the passes, which may take seconds: call it where
    /// waiting is allowed. [`Device::Cpu`] is ready within milliseconds.
    ///
    /// Fails with [`Error::Gpu`] when [`Device::Gpu`] was asked for and there is none that can.
    pub fn open(device: Device, gpu: Option<&Gpu>) -> Result<Blur> {
        let pipeline = match (device, gpu) {
            (Device::Gpu, None) => return Err(Error::Gpu("this machine has none".into())),
            (Device::Gpu, Some(gpu)) => Pipeline::Gpu(gpu::Pipeline::open(gpu)?),
            (Device::Auto, Some(gpu)) if gpu.info().kind != GpuKind::Software => {
                match gpu::Pipeline::open(gpu) {
                    Ok(pipeline) => Pipeline::Gpu(pipeline),
                    Err(error) => {
                        tracing::warn!("blurring on the processor: {error}");
                        Pipeline::Cpu(cpu::Pipeline::open()?)
                    }
                }
            }
            (Device::Auto | Device::Cpu, _) => Pipeline::Cpu(cpu::Pipeline::open()?),
        };
        Ok(Blur { pipeline })
    }

    /// Where it runs.
    pub fn path(&self) -> Path {
        match &self.pipeline {
            Pipeline::Cpu(_) => Path::Cpu,
            Pipeline::Gpu(pipeline) => {
                Path::Gpu { adapter: pipeline.adapter(), half: pipeline.half() }
            }
        }
    }

    /// The picture with the other background: same size, colours and moment of capture. Sizes may
    /// change from frame to frame.
    ///
    /// Fails with [`Error::Damaged`] for a picture without pixels or with short planes, and with
    /// [`Error::Gpu`] when the device was lost: go on with another `Blur`, for this frame too.
    pub fn process(
        &mut self,
        frame: &VideoFrame,
        background: &Background,
        quality: Quality,
    ) -> Result<VideoFrame> {
        match &mut self.pipeline {
            Pipeline::Cpu(pipeline) => pipeline.process(frame, background, quality),
            Pipeline::Gpu(pipeline) => pipeline.process(frame, background, quality),
        }
    }

    /// The matte of the newest picture, at its size: 255 is person, 0 is room, rows from the top.
    pub fn matte(&mut self) -> Result<Vec<u8>> {
        match &self.pipeline {
            Pipeline::Cpu(pipeline) => Ok(pipeline.matte()),
            Pipeline::Gpu(pipeline) => pipeline.matte(),
        }
    }

    /// What the newest picture cost.
    pub fn timings(&self) -> &Timings {
        match &self.pipeline {
            Pipeline::Cpu(pipeline) => pipeline.timings(),
            Pipeline::Gpu(pipeline) => pipeline.timings(),
        }
    }
}
