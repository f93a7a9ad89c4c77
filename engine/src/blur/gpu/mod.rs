//! The whole blur on the GPU.
//!
//! A frame is one submission: its planes go up, some seventy small dispatches run, the result comes
//! down as planes. Everything is made when a stream's size is first seen and used for each frame.
//! [`shaders`] lists the passes; `stream` and `passes` bind them to buffers.

mod cache;
mod frame;
mod kernels;
mod network;
mod passes;
mod program;
mod segmenter;
pub mod shaders;
mod stopwatch;
mod stream;
#[cfg(test)]
mod tests;
mod transfer;

pub use segmenter::Segmenter;

use super::framing::Framing;
use super::network::Model;
use super::plan::Plan;
use super::{Background, Picture, Quality, Timings, cpu, lens};
use crate::codec::pool::{Pool, blank};
use crate::frame::{ColorSpace, Planes, VideoFrame};
use crate::gpu::Gpu;
use crate::{Error, Result};
use kernels::Kernels;
use network::Network;
use program::{Workshop, checked};
use std::sync::Arc;
use std::time::{Duration, Instant};
use stopwatch::Stopwatch;
use stream::Stream;
use transfer::{COMPILING, PATIENCE, Shared};

/// Frame in, frame out.
#[derive(Debug)]
pub struct Pipeline {
    gpu: Gpu,
    half: bool,
    landscape: Network,
    general: Network,
    kernels: Kernels,
    stopwatch: Stopwatch,
    stream: Option<Stream>,
    pool: Pool,
    timings: Timings,
    /// How long a frame may take.
    patience: Duration,
}

impl Pipeline {
    /// Builds all passes and runs each once: in half floats where the adapter is quicker with
    /// them. It takes as long as the driver needs to compile them, seconds without its cache.
    ///
    /// Fails with [`Error::Gpu`] when the adapter cannot run them.
    pub fn open(gpu: &Gpu) -> Result<Pipeline> {
        sufficient(gpu)?;
        let half = network::prefers_half(gpu);
        let plans = (Plan::of(Model::Landscape)?, Plan::of(Model::General)?);
        let mut workshop = Workshop::open(gpu);
        let mut pipeline = checked(gpu, || {
            let landscape = Network::build(&mut workshop, &plans.0, half)?;
            let general = Network::build(&mut workshop, &plans.1, half)?;
            let kernels = Kernels::build(&mut workshop, half);
            Ok(Pipeline {
                gpu: gpu.clone(),
                half,
                landscape,
                general,
                kernels,
                stopwatch: Stopwatch::new(gpu),
                stream: None,
                pool: Pool::new(),
                timings: Timings::default(),
                patience: COMPILING,
            })
        })?;
        pipeline.warm_up()?;
        workshop.save();
        Ok(pipeline)
    }

    /// Runs every pass once: some drivers compile only then, which no frame should wait for.
    fn warm_up(&mut self) -> Result<()> {
        let picture = Picture { width: 1, height: 1, rgb: vec![0; 3] };
        let backgrounds =
            [Background::Blurred { strength: 0.0 }, Background::Picture(Arc::new(picture))];
        // A picture for each network.
        for ((width, height), background) in [(64, 36), (36, 64)].into_iter().zip(backgrounds) {
            let planes = Arc::new(blank(width, height));
            let (color, captured) = (ColorSpace::WIRE, now());
            let frame = VideoFrame { width, height, color, captured, planes };
            self.process(&frame, &background, Quality::Full)?;
        }
        self.stream = None;
        self.timings = Timings::default();
        self.patience = PATIENCE;
        Ok(())
    }

    /// Whether the network computes in half floats.
    pub fn half(&self) -> bool {
        self.half
    }

    /// As the adapter's driver calls it.
    pub fn adapter(&self) -> String {
        self.gpu.info().name
    }

    /// See [`super::Blur::process`].
    pub fn process(
        &mut self,
        frame: &VideoFrame,
        background: &Background,
        quality: Quality,
    ) -> Result<VideoFrame> {
        let start = now();
        cpu::check(frame)?;
        self.gpu.alive()?;
        self.prepare(frame, background, quality)?;
        let planes = self.run(frame, background, quality)?;
        self.timings.frame = now() - start;
        Ok(VideoFrame { planes, ..frame.clone() })
    }

    /// Makes what depends on the picture's size, if it is another.
    fn prepare(
        &mut self,
        frame: &VideoFrame,
        background: &Background,
        quality: Quality,
    ) -> Result<()> {
        let size = (frame.width, frame.height);
        let luma = (size.0 as usize, size.1 as usize);
        let factor = quality.factor(luma);
        let Pipeline { gpu, kernels, landscape, general, stream, .. } = self;
        let network = match Framing::of(luma.0, luma.1).model {
            Model::Landscape => &*landscape,
            Model::General => &*general,
        };
        let wanted = (size, frame.color, factor);
        if stream.as_ref().is_none_or(|old| (old.size, old.color, old.factor) != wanted) {
            *stream = None;
            let new = || Ok(Stream::new(gpu, kernels, network, size, frame.color, factor));
            *stream = Some(checked(gpu, new)?);
        }
        if let (Background::Picture(picture), Some(stream)) = (background, stream)
            && !stream.shows(picture)
        {
            checked(gpu, || {
                stream.show(gpu, kernels, picture);
                Ok(())
            })?;
        }
        Ok(())
    }

    fn run(
        &mut self,
        frame: &VideoFrame,
        background: &Background,
        quality: Quality,
    ) -> Result<Arc<Planes>> {
        let Pipeline {
            gpu, landscape, general, stopwatch, stream, pool, timings, patience, ..
        } = self;
        let stream = stream.as_mut().ok_or_else(|| Error::Gpu("nothing is prepared".into()))?;
        if let Background::Blurred { strength } = background {
            let size = (frame.width as usize, frame.height as usize);
            stream.frame.radius = lens::radius(*strength, size) / stream.factor as f32;
        }
        let looks = stream.looks.at_next(quality);
        let network = match Framing::of(frame.width as usize, frame.height as usize).model {
            Model::Landscape => landscape,
            Model::General => general,
        };
        let descriptor = wgpu::CommandEncoderDescriptor { label: Some("blur") };
        let mut encoder = gpu.device.create_command_encoder(&descriptor);
        stopwatch.reset();
        stream.send(frame, &mut encoder)?;
        for step in stream.steps.of(looks.then_some(network), background) {
            step.run(&mut encoder, stopwatch);
        }
        stream.fetch(stopwatch, &mut encoder);
        let submission = gpu.queue.submit([encoder.finish()]);
        stream.upload.want();
        stream.download.want();
        transfer::wait(gpu, submission, &[&stream.upload, &stream.download], *patience)?;
        stream.download.read(|bytes| {
            let (picture, stamps) = stream.split(bytes);
            stopwatch.read(stamps, timings);
            pool.lend(frame.width, frame.height, |planes| {
                stream.unpack(picture, planes);
                Ok(())
            })
        })?
    }

    /// See [`super::Blur::matte`].
    pub fn matte(&self) -> Result<Vec<u8>> {
        self.gpu.alive()?;
        let Some(stream) = &self.stream else { return Ok(Vec::new()) };
        let matte = &stream.memory.matte;
        let download = checked(&self.gpu, || Ok(Shared::download(&self.gpu, matte.size())))?;
        let descriptor = wgpu::CommandEncoderDescriptor { label: Some("blur.matte") };
        let mut encoder = self.gpu.device.create_command_encoder(&descriptor);
        encoder.copy_buffer_to_buffer(matte, 0, download.buffer(), 0, matte.size());
        let submission = self.gpu.queue.submit([encoder.finish()]);
        download.want();
        transfer::wait(&self.gpu, submission, &[&download], self.patience)?;
        download.read(|bytes| stream.unpack_matte(bytes))
    }

    /// See [`super::Blur::timings`].
    pub fn timings(&self) -> &Timings {
        &self.timings
    }
}

/// What the shaders ask of a device. The WebGPU defaults are enough; WebGL's are not.
fn sufficient(gpu: &Gpu) -> Result<()> {
    let info = gpu.info();
    let limits = gpu.device.limits();
    let refuse = |what: &str| {
        let name = &info.name;
        Err(Error::Gpu(format!("{name} {what}; blur on the processor instead")))
    };
    if !info.compute || limits.max_compute_invocations_per_workgroup < 256 {
        return refuse("cannot run compute passes");
    }
    let least = wgpu::Limits::default();
    let short = limits.max_compute_workgroup_storage_size
        < least.max_compute_workgroup_storage_size
        || limits.max_compute_workgroup_size_x < 256
        || limits.max_storage_buffers_per_shader_stage < least.max_storage_buffers_per_shader_stage
        || limits.max_sampled_textures_per_shader_stage
            < least.max_sampled_textures_per_shader_stage
        || limits.max_texture_dimension_2d < cpu::LONGEST_SIDE
        || limits.max_storage_buffer_binding_size < least.max_storage_buffer_binding_size;
    if short { refuse("has too small limits for the blur's passes") } else { Ok(()) }
}

#[expect(clippy::disallowed_methods, reason = "the waiting for the GPU is measured here")]
fn now() -> Instant {
    Instant::now()
}
