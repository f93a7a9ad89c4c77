//! Bytes to the GPU and back, through two buffers that are made once for a size.
//!
//! One frame is on its way at a time: its caller waits for the picture. So one buffer each way is
//! enough, and each is the processor's again when the frame is done.

use crate::gpu::Gpu;
use crate::{Error, Result};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A GPU that needs longer for a frame hangs, and its driver did not notice. A software one may
/// take seconds where it shares its processor.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// For a first run, at which some drivers compile.
pub const COMPILING: Duration = Duration::from_secs(600);

/// A buffer that the processor sees from time to time.
#[derive(Debug)]
pub struct Shared {
    buffer: wgpu::Buffer,
    mode: wgpu::MapMode,
    mapping: Arc<Mapping>,
}

/// Whether the processor has a buffer. Whoever polls the device runs the callback that says so,
/// which may be another thread.
#[derive(Debug, Default)]
struct Mapping {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Gpu,
    Wanted,
    Processor,
}

impl Mapping {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.state() = state;
        self.changed.notify_all();
    }

    /// Leaves a buffer that the processor has to the GPU.
    fn take(&self) -> Result<()> {
        match std::mem::take(&mut *self.state()) {
            State::Processor => Ok(()),
            State::Gpu | State::Wanted => Err(Error::Gpu("a frame did not come back".into())),
        }
    }
}

impl Shared {
    /// One that the processor writes and the GPU copies from.
    pub fn upload(gpu: &Gpu, bytes: u64) -> Shared {
        Shared::new(gpu, bytes, wgpu::MapMode::Write)
    }

    /// One that the GPU copies to and the processor reads.
    pub fn download(gpu: &Gpu, bytes: u64) -> Shared {
        Shared::new(gpu, bytes, wgpu::MapMode::Read)
    }

    fn new(gpu: &Gpu, bytes: u64, mode: wgpu::MapMode) -> Shared {
        let (label, usage) = match mode {
            wgpu::MapMode::Write => {
                ("blur.upload", wgpu::BufferUsages::MAP_WRITE | wgpu::BufferUsages::COPY_SRC)
            }
            wgpu::MapMode::Read => {
                ("blur.download", wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST)
            }
        };
        let writes = mode == wgpu::MapMode::Write;
        let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: bytes.next_multiple_of(wgpu::MAP_ALIGNMENT),
            usage,
            mapped_at_creation: writes,
        });
        let mapping = Arc::new(Mapping::default());
        mapping.set(if writes { State::Processor } else { State::Gpu });
        Shared { buffer, mode, mapping }
    }

    /// The GPU's side of it.
    pub fn buffer(&self) -> &wgpu::Buffer {
        &self.buffer
    }

    /// Fills it and leaves it to the GPU.
    pub fn write(&self, fill: impl FnOnce(&mut Upload<'_>)) -> Result<()> {
        self.mapping.take()?;
        let mut view = self.buffer.get_mapped_range_mut(..).map_err(refused)?;
        fill(&mut Upload(&mut view));
        drop(view);
        self.buffer.unmap();
        Ok(())
    }

    /// Asks for it back once the GPU is done with what was submitted so far.
    pub fn want(&self) {
        self.mapping.set(State::Wanted);
        let mapping = self.mapping.clone();
        self.buffer.map_async(self.mode, .., move |answer| {
            mapping.set(if answer.is_ok() { State::Processor } else { State::Gpu });
        });
    }

    /// Reads what the GPU has written, and leaves it to the GPU again.
    pub fn read<T>(&self, look: impl FnOnce(&[u8]) -> T) -> Result<T> {
        self.mapping.take()?;
        let view = self.buffer.get_mapped_range(..).map_err(refused)?;
        let seen = look(&view);
        drop(view);
        self.buffer.unmap();
        Ok(seen)
    }
}

/// What [`Shared::write`] fills.
pub struct Upload<'a>(&'a mut wgpu::BufferViewMut);

impl Upload<'_> {
    /// Puts bytes at an offset. Nothing beyond the end.
    pub fn put(&mut self, offset: usize, bytes: &[u8]) {
        let end = (offset + bytes.len()).min(self.0.len());
        if let Some(fit) = bytes.get(..end.saturating_sub(offset)).filter(|fit| !fit.is_empty()) {
            self.0.slice(offset..end).copy_from_slice(fit);
        }
    }
}

/// Waits until a submission is done and the wanted buffers are back.
///
/// Fails with [`Error::Gpu`] when the device is lost or it takes longer than `patience`.
pub fn wait(
    gpu: &Gpu,
    submission: wgpu::SubmissionIndex,
    wanted: &[&Shared],
    patience: Duration,
) -> Result<()> {
    let (submission_index, timeout) = (Some(submission), Some(patience));
    let polled = gpu.device.poll(wgpu::PollType::Wait { submission_index, timeout });
    gpu.alive()?;
    polled.map_err(refused)?;
    for Shared { mapping, .. } in wanted {
        let waited = mapping
            .changed
            .wait_timeout_while(mapping.state(), patience, |state| *state == State::Wanted)
            .map(|(state, _)| *state)
            .unwrap_or_default();
        if waited != State::Processor {
            gpu.alive()?;
            return Err(Error::Gpu("a frame did not come back".into()));
        }
    }
    Ok(())
}

fn refused(error: impl std::fmt::Display) -> Error {
    Error::Gpu(error.to_string())
}
