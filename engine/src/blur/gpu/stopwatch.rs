//! Time stamps around passes.
//!
//! The first pass of a frame is stamped at its start and its end, each later one at its end: a
//! pass lasts from the end of the one before, so that all of them add up to the whole.

use super::program::Stage;
use crate::blur::Timings;
use crate::gpu::Gpu;
use std::time::Duration;

/// Passes that one frame may have. The network has about fifty, all the others a dozen.
const MOST: u32 = 128;
/// Bytes of a time stamp.
const STAMP: u64 = 8;

/// Stamps the passes of one frame after the other.
#[derive(Debug)]
pub struct Stopwatch {
    stamps: Option<Stamps>,
    /// What each stamp ended; the first one began.
    ended: Vec<(&'static str, Stage)>,
}

#[derive(Debug)]
struct Stamps {
    queries: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    period_ns: f64,
}

impl Stopwatch {
    /// One that stands still where the adapter has no time stamps.
    pub fn new(gpu: &Gpu) -> Stopwatch {
        let offered = gpu.device.features().contains(wgpu::Features::TIMESTAMP_QUERY);
        let stamps = offered.then(|| Stamps {
            queries: gpu.device.create_query_set(&wgpu::QuerySetDescriptor {
                label: Some("blur.stamps"),
                ty: wgpu::QueryType::Timestamp,
                count: MOST + 1,
            }),
            resolved: gpu.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("blur.stamps"),
                size: u64::from(MOST + 1) * STAMP,
                usage: wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC,
                mapped_at_creation: false,
            }),
            period_ns: f64::from(gpu.queue.get_timestamp_period()),
        });
        Stopwatch { stamps, ended: Vec::with_capacity(MOST as usize) }
    }

    /// Bytes that the stamps of a frame need where they are read back.
    pub const READ_BACK: u64 = (MOST as u64 + 1) * STAMP;

    /// Forgets the frame before.
    pub fn reset(&mut self) {
        self.ended.clear();
    }

    /// Starts a compute pass with its stamps.
    pub fn pass<'a>(
        &mut self,
        encoder: &'a mut wgpu::CommandEncoder,
        label: &'static str,
        stage: Stage,
    ) -> wgpu::ComputePass<'a> {
        let index = self.ended.len() as u32;
        let stamps = self.stamps.as_ref().filter(|_| index < MOST);
        let timestamp_writes = stamps.map(|stamps| wgpu::ComputePassTimestampWrites {
            query_set: &stamps.queries,
            beginning_of_pass_write_index: (index == 0).then_some(0),
            end_of_pass_write_index: Some(index + 1),
        });
        if timestamp_writes.is_some() {
            self.ended.push((label, stage));
        }
        encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: Some(label),
            timestamp_writes,
        })
    }

    /// Puts the frame's stamps into `target` at `offset`.
    pub fn resolve(&self, encoder: &mut wgpu::CommandEncoder, target: &wgpu::Buffer, offset: u64) {
        let count = self.ended.len() as u32 + 1;
        if let Some(stamps) = self.stamps.as_ref().filter(|_| count > 1) {
            encoder.resolve_query_set(&stamps.queries, 0..count, &stamps.resolved, 0);
            let bytes = u64::from(count) * STAMP;
            encoder.copy_buffer_to_buffer(&stamps.resolved, 0, target, offset, bytes);
        }
    }

    /// Reads the frame's stamps, if there are any; passes of one label are added up.
    pub fn read(&self, bytes: &[u8], timings: &mut Timings) {
        timings.passes.clear();
        let Some(stamps) = self.stamps.as_ref().filter(|_| !self.ended.is_empty()) else {
            return;
        };
        let at = |index: usize| -> u64 {
            let bytes = bytes.get(index * STAMP as usize..).and_then(|rest| rest.first_chunk());
            bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
        };
        let mut stages = [Duration::ZERO; Stage::COUNT];
        for (index, (label, stage)) in self.ended.iter().enumerate() {
            let ticks = at(index + 1).saturating_sub(at(index));
            let lasted = Duration::from_nanos((ticks as f64 * stamps.period_ns) as u64);
            stages[*stage as usize] += lasted;
            match timings.passes.iter_mut().find(|pass| pass.0 == *label) {
                Some(pass) => pass.1 += lasted,
                None => timings.passes.push((label, lasted)),
            }
        }
        timings.network = stages[Stage::Network as usize];
        timings.refine = stages[Stage::Refine as usize];
        timings.blur = stages[Stage::Blur as usize];
        timings.composite = stages[Stage::Composite as usize];
    }
}
