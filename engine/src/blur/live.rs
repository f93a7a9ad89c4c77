//! Blur on a running stream: always an answer, never a sharp room.
//!
//! [`Live`] begins at once on the processor, moves to the GPU when that is ready, and back within
//! the same picture when it fails. While nothing can tell the person from the room, the whole
//! picture is blurred; when even that fails, no picture leaves.

use super::meter::Meter;
use super::watch::{Step, Watch};
use super::ways::{Helper, Open, Way};
use super::whole::{Glance, Whole};
use super::{Background, Device, Path, Quality, Timings};
use crate::frame::VideoFrame;
use crate::{Error, Result};
use std::time::{Duration, Instant};

/// How long the first picture waits for a way to be opened: half of its time. Most are open by then,
/// and nobody sees the whole picture blurred.
const PATIENCE: Duration = Duration::from_millis(15);

/// The processor's way is opened again after so long when it failed, and after twice as long each
/// time it fails again.
const RETRY: Duration = Duration::from_secs(1);

/// The longest of these waits.
const LONGEST_RETRY: Duration = Duration::from_secs(60);

/// For whom a picture was asked for that cannot be used.
const INSTEAD: Background = Background::Blurred { strength: 1.0 };

/// Why blur runs where it runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reason {
    /// Ways are being opened; the better one may follow.
    #[default]
    Starting,
    /// There is a GPU that can.
    Gpu,
    /// There is none that can: why not.
    NoGpu(String),
    /// The GPU failed at work: how.
    GpuFailed(String),
    /// The GPU did not keep up.
    GpuTooSlow,
    /// Not even the processor can: how it failed.
    Failed(String),
}

/// What the user is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// It runs there from now on.
    Path {
        /// Where.
        path: Path,
        /// Why there.
        reason: Reason,
    },
    /// The whole picture is blurred, person included.
    Whole {
        /// Why.
        reason: Reason,
    },
    /// Another quality from now on.
    Quality {
        /// Which.
        quality: Quality,
        /// The machine did not keep up; otherwise it has room again.
        lowered: bool,
    },
}

/// Where the newest picture was blurred, as last told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Nowhere,
    Whole,
    Cpu,
    Gpu,
}

/// Blurs a running stream as asked for at the moment.
pub struct Live {
    name: String,
    open: Open,
    tell: Box<dyn Fn(Notice) + Send>,
    meter: Meter,
    background: Option<Background>,
    helper: Option<Helper>,
    cpu: Option<Way>,
    gpu: Option<Way>,
    whole: Whole,
    glance: Glance,
    watch: Watch,
    timings: Timings,
    /// Why the GPU does not work.
    reason: Reason,
    /// Why the processor cannot either.
    broken: Option<String>,
    /// Where the newest picture was blurred, as last told; nowhere when the reason changed.
    told: At,
    /// What was told last.
    newest: Option<Notice>,
    patience: Duration,
    /// When the processor's way is opened again, and the wait after that.
    retry: (Option<Instant>, Duration),
}

impl Live {
    /// Opens nothing yet. Ways come from `open`, their thread's name begins with `name`; `tell`
    /// hears every change and must not wait.
    pub fn new(name: &str, open: Open, tell: impl Fn(Notice) + Send + 'static) -> Live {
        Live {
            name: name.to_owned(),
            open,
            tell: Box::new(tell),
            meter: Meter::default(),
            background: None,
            helper: None,
            cpu: None,
            gpu: None,
            whole: Whole::default(),
            glance: Glance::default(),
            watch: Watch::new(),
            timings: Timings::default(),
            reason: Reason::Starting,
            broken: None,
            told: At::Nowhere,
            newest: None,
            patience: Duration::ZERO,
            retry: (None, RETRY),
        }
    }

    /// The figures, for other threads.
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// Whether a background is asked for.
    pub fn is_on(&self) -> bool {
        self.background.is_some()
    }

    /// Another background from the next picture on; `None` sends pictures as they are.
    ///
    /// Fails with [`Error::Damaged`] for a still picture whose bytes do not fit its size. Then the
    /// earlier background stays; where there was none the room is blurred, for it was to be hidden.
    pub fn set(&mut self, background: Option<Background>) -> Result<()> {
        let (background, result) = match checked(background) {
            Ok(background) => (background, Ok(())),
            Err(error) => (self.background.clone().or(Some(INSTEAD)), Err(error)),
        };
        let (was, is) = (self.is_on(), background.is_some());
        self.background = background;
        match (was, is) {
            (false, true) => self.begin(),
            (true, false) => self.end(),
            _ => {}
        }
        result
    }

    fn begin(&mut self) {
        self.meter.switch(true);
        (self.watch, self.glance) = (Watch::new(), Glance::default());
        (self.reason, self.broken, self.told) = (Reason::Starting, None, At::Nowhere);
        (self.newest, self.retry) = (None, (None, RETRY));
        if self.helper.is_none() {
            match Helper::start(&self.name, self.open.clone()) {
                Ok(helper) => self.helper = Some(helper),
                Err(error) => return self.broken = Some(error.to_string()),
            }
        }
        self.patience = PATIENCE;
        self.ask(Device::Cpu);
        self.ask(Device::Gpu);
    }

    /// Ways remember their stream, so the next beginning gets fresh ones.
    fn end(&mut self) {
        self.meter.switch(false);
        let ways = [self.cpu.take(), self.gpu.take()];
        if let Some(helper) = &self.helper {
            helper.next_turn();
            ways.into_iter().flatten().for_each(|way| helper.retire(way));
        }
    }

    fn ask(&self, device: Device) {
        if let Some(helper) = &self.helper {
            helper.ask(device);
        }
    }

    fn retire(&self, way: Option<Way>) {
        if let (Some(helper), Some(way)) = (&self.helper, way) {
            helper.retire(way);
        }
    }

    /// The picture as it may leave; `None` when it may not.
    pub fn process(&mut self, frame: &VideoFrame, now: Instant) -> Option<VideoFrame> {
        let Some(background) = self.background.clone() else { return Some(frame.clone()) };
        self.receive(now);
        // What was seen of another scene is no matte for this one.
        let another = self.glance.is_another(frame);
        let quality = if another { Quality::Full } else { self.watch.quality() };
        for at in [At::Gpu, At::Cpu] {
            let way = if at == At::Gpu { &mut self.gpu } else { &mut self.cpu };
            let Some(way) = way else { continue };
            match way.process(frame, &background, quality, &mut self.timings) {
                Ok(picture) => {
                    self.meter.took(&self.timings);
                    self.arrived(at);
                    return Some(picture);
                }
                // The picture's fault.
                Err(Error::Damaged { .. }) => break,
                Err(error) => self.failed(at, error, now),
            }
        }
        let picture = self.whole.process(frame).ok();
        self.meter.whole(picture.is_some());
        // While ways are being opened there is nothing to tell yet.
        if picture.is_some() && self.broken.is_some() {
            self.arrived(At::Whole);
        }
        picture
    }

    /// Takes what was opened meanwhile.
    fn receive(&mut self, now: Instant) {
        if self.retry.0.is_some_and(|at| at <= now) {
            self.retry.0 = None;
            self.ask(Device::Cpu);
        }
        let mut patience = std::mem::take(&mut self.patience);
        while let Some((device, way)) =
            self.helper.as_ref().and_then(|helper| helper.opened(patience))
        {
            patience = Duration::ZERO;
            match (device, way) {
                (Device::Gpu, Ok(way)) => {
                    self.gpu = Some(way);
                    self.watch = Watch::new();
                    self.meter.quality(self.watch.quality());
                    // One without a past stands by from now on.
                    self.ask(Device::Cpu);
                }
                (Device::Gpu, Err(error)) => {
                    tracing::info!(%error, "blur stays on the processor");
                    (self.reason, self.told) = (Reason::NoGpu(cause(error)), At::Nowhere);
                }
                (_, Ok(way)) => {
                    self.broken = None;
                    let used = self.cpu.replace(way);
                    self.retire(used);
                }
                (_, Err(error)) => self.failed(At::Cpu, error, now),
            }
        }
    }

    /// A way cannot be used any more, or could not be opened.
    fn failed(&mut self, at: At, error: Error, now: Instant) {
        tracing::warn!(%error, gpu = at == At::Gpu, "a way to blur failed");
        if at == At::Gpu {
            let way = self.gpu.take();
            self.retire(way);
            self.reason = Reason::GpuFailed(cause(error));
        } else {
            let way = self.cpu.take();
            self.retire(way);
            self.broken = Some(cause(error));
            self.retry = (Some(now + self.retry.1), (self.retry.1 * 2).min(LONGEST_RETRY));
        }
        self.told = At::Nowhere;
        self.meter.fell_back();
    }

    /// Tells where the picture was blurred, if that is news.
    fn arrived(&mut self, at: At) {
        if std::mem::replace(&mut self.told, at) == at {
            return;
        }
        let (way, reason) = match at {
            At::Gpu => (self.gpu.as_ref(), Reason::Gpu),
            At::Cpu => (self.cpu.as_ref(), self.reason.clone()),
            At::Nowhere | At::Whole => {
                (None, Reason::Failed(self.broken.clone().unwrap_or_default()))
            }
        };
        let path = way.map(|way| way.path.clone());
        self.meter.moved(path.clone(), reason.clone());
        let notice = match path {
            Some(path) => Notice::Path { path, reason },
            None => Notice::Whole { reason },
        };
        // A way that was tried again in vain is no news.
        if self.newest.replace(notice.clone()).as_ref() != Some(&notice) {
            (self.tell)(notice);
        }
    }

    /// A picture took `work` until all of it had left, where the source gives one each `interval`.
    pub fn worked(&mut self, work: Duration, interval: Duration, now: Instant) {
        if !self.is_on() || (self.cpu.is_none() && self.gpu.is_none()) {
            return;
        }
        let Some(step) = self.watch.frame(work, interval, now) else { return };
        if step == Step::Overloaded {
            if self.gpu.is_some() && self.cpu.is_some() {
                let way = self.gpu.take();
                self.retire(way);
                (self.reason, self.told) = (Reason::GpuTooSlow, At::Nowhere);
                self.watch = Watch::new();
                self.meter.fell_back();
                self.meter.quality(self.watch.quality());
            }
            return;
        }
        let quality = self.watch.quality();
        self.meter.quality(quality);
        (self.tell)(Notice::Quality { quality, lowered: step == Step::Down });
    }
}

/// The cause alone: what to do about it stands where it is told.
fn cause(error: Error) -> String {
    match error {
        Error::Gpu(cause) => cause,
        other => other.to_string(),
    }
}

/// Fails for what no way could show.
fn checked(background: Option<Background>) -> Result<Option<Background>> {
    match background {
        Some(Background::Blurred { strength }) if strength.is_nan() => Ok(Some(INSTEAD)),
        Some(Background::Blurred { strength }) => {
            Ok(Some(Background::Blurred { strength: strength.clamp(0.0, 1.0) }))
        }
        Some(Background::Picture(picture)) => {
            let bytes = picture.width as usize * picture.height as usize * 3;
            if bytes == 0 || picture.rgb.len() != bytes {
                let (width, height) = (picture.width, picture.height);
                let has = picture.rgb.len();
                let reason = format!("{has} bytes for {width} × {height} pixels; name another");
                return Err(Error::Damaged { what: "background picture", reason });
            }
            Ok(Some(Background::Picture(picture)))
        }
        None => Ok(None),
    }
}
