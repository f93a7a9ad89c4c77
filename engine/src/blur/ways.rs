//! The ways to blur, opened off the media thread: reading models and building GPU passes may take
//! longer than a picture lasts.

use super::{Background, Blur, Device, Path, Quality, Timings};
use crate::frame::VideoFrame;
use crate::gpu::{Gpu, GpuKind};
use crate::thread::{self, Joined};
use crate::{Error, Result};
use crossbeam::channel::{Receiver, Sender, unbounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Opens a way on [`Device::Cpu`] or [`Device::Gpu`]. May wait.
pub type Open = Arc<dyn Fn(Device) -> Result<Way> + Send + Sync>;

/// Blurs one picture, and says in the last argument what it cost.
pub type Process =
    Box<dyn FnMut(&VideoFrame, &Background, Quality, &mut Timings) -> Result<VideoFrame> + Send>;

/// One way to blur, ready.
pub struct Way {
    /// Where it runs.
    pub path: Path,
    /// What it does.
    pub process: Process,
}

impl From<Blur> for Way {
    fn from(mut blur: Blur) -> Way {
        let path = blur.path();
        let process: Process = Box::new(move |frame, background, quality, timings| {
            let picture = blur.process(frame, background, quality)?;
            let took = blur.timings();
            (timings.network, timings.refine) = (took.network, took.refine);
            (timings.blur, timings.composite, timings.frame) =
                (took.blur, took.composite, took.frame);
            timings.passes.clone_from(&took.passes);
            Ok(picture)
        });
        Way { path, process }
    }
}

impl Way {
    /// The real ones: the processor, and a GPU that is one. `gpu` is used if given, else the
    /// fastest is opened.
    pub fn opener(gpu: Option<Gpu>) -> Open {
        Arc::new(move |device| {
            if device == Device::Cpu {
                return Ok(Blur::open(Device::Cpu, None)?.into());
            }
            let gpu = match &gpu {
                Some(gpu) => gpu.clone(),
                None => Gpu::open()?,
            };
            let info = gpu.info();
            if info.kind == GpuKind::Software {
                // It would only be slower there.
                return Err(Error::Gpu(format!("{} is the processor itself", info.name)));
            }
            if !info.compute {
                return Err(Error::Gpu(format!("{} has no compute passes", info.name)));
            }
            Ok(Blur::open(Device::Gpu, Some(&gpu))?.into())
        })
    }

    /// One picture; a panic inside is a failure like others.
    pub(super) fn process(
        &mut self,
        frame: &VideoFrame,
        background: &Background,
        quality: Quality,
        timings: &mut Timings,
    ) -> Result<VideoFrame> {
        // What a panic leaves half done is never used again.
        let process = AssertUnwindSafe(|| (self.process)(frame, background, quality, timings));
        let picture = catch_unwind(process).unwrap_or_else(|_| Err(broken("panicked")))?;
        let same_size = (picture.width, picture.height) == (frame.width, frame.height);
        if !same_size || Arc::ptr_eq(&picture.planes, &frame.planes) {
            return Err(broken("gave back no picture of its own"));
        }
        Ok(picture)
    }
}

fn broken(how: &str) -> Error {
    Error::Gpu(format!("the blur {how}; this is a fault of the program"))
}

enum Order {
    Open(u64, Device),
    /// To be freed where that may take its time.
    Retire(Way),
}

/// Opens and frees ways on a thread of its own.
pub(super) struct Helper {
    // The thread ends when `orders` closes, so this stays before `_thread`.
    orders: Sender<Order>,
    opened: Receiver<(u64, Device, Result<Way>)>,
    /// Ways asked for before this turn are not wanted any more.
    turn: Arc<AtomicU64>,
    _thread: Joined,
}

impl Helper {
    pub(super) fn start(name: &str, open: Open) -> Result<Helper> {
        // Both hold a handful: what is asked for is at most three ways a turn.
        let (orders, ordered) = unbounded();
        let (results, opened) = unbounded();
        let turn = Arc::new(AtomicU64::new(0));
        let current = turn.clone();
        let thread = thread::spawn(&format!("{name}/blur-open"), move || {
            for order in ordered {
                let (turn, device) = match order {
                    Order::Open(turn, device) => (turn, device),
                    Order::Retire(way) => {
                        // What broke at work may break again here.
                        let _ = catch_unwind(AssertUnwindSafe(|| drop(way)));
                        continue;
                    }
                };
                if turn != current.load(Ordering::Relaxed) {
                    continue;
                }
                let way = catch_unwind(AssertUnwindSafe(|| open(device)))
                    .unwrap_or_else(|_| Err(broken("panicked when it was opened")));
                // Nobody waits for it any more when the engine ends.
                let _ = results.send((turn, device, way));
            }
        })?;
        Ok(Helper { orders, opened, turn, _thread: thread })
    }

    /// Forgets what was asked for so far.
    pub(super) fn next_turn(&self) {
        self.turn.fetch_add(1, Ordering::Relaxed);
        while let Ok((_, _, way)) = self.opened.try_recv() {
            way.into_iter().for_each(|way| self.retire(way));
        }
    }

    pub(super) fn ask(&self, device: Device) {
        // The thread lives as long as this sender.
        let _ = self.orders.send(Order::Open(self.turn.load(Ordering::Relaxed), device));
    }

    pub(super) fn retire(&self, way: Way) {
        let _ = self.orders.send(Order::Retire(way));
    }

    /// The next way of this turn, waiting up to `patience` for it.
    pub(super) fn opened(&self, patience: Duration) -> Option<(Device, Result<Way>)> {
        loop {
            let (turn, device, way) = self.opened.recv_timeout(patience).ok()?;
            if turn == self.turn.load(Ordering::Relaxed) {
                return Some((device, way));
            }
            way.into_iter().for_each(|way| self.retire(way));
        }
    }
}
