//! Screens: what can be shared, and the sources that deliver it with the pointer drawn in.
//!
//! Under X11, monitors and windows are listed and captured here (`x11`); under Wayland the desktop
//! asks the user itself and hands over a PipeWire stream (`portal`). Both deliver a picture only
//! when something changed: a screen that stands still costs nothing.

mod canvas;
mod portal;
mod stream;
mod x11;

use super::driver::goes_on_until;
use super::{Limits, Outputs, Running, start};
use crate::config::{CameraSource, MicrophoneSource, ScreenSource};
use crate::frame::{ColorSpace, VideoFrame};
use crate::{Error, Result, latest};
use crossbeam::channel::{Receiver, Sender, TryRecvError};
use std::convert::Infallible;
use std::time::{Duration, Instant};

/// The largest picture of a screen, as wide as high or wider; a tall one may be as large on its
/// side. Larger screens are scaled down.
pub const MAX_SIZE: (u32, u32) = (1920, 1080);

/// The largest thumbnail.
const THUMBNAIL: (u32, u32) = (320, 180);

/// Something that can be shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenInfo {
    /// What `Command::ShareScreen` takes.
    pub source: ScreenSource,
    /// A window's title or a monitor's name; empty for the desktop's own question.
    pub title: String,
    /// Width and height in pixels, where it is known beforehand.
    pub size: Option<(u32, u32)>,
    /// What it shows now, where that can be had.
    pub thumbnail: Option<Thumbnail>,
}

/// A small still picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// Width in pixels, 320 at most.
    pub width: u32,
    /// Height in lines, 180 at most.
    pub height: u32,
    /// Red, green, blue and 255 for each pixel, row by row.
    pub rgba: Vec<u8>,
}

/// Why a share ended by itself.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The user closed the desktop's question without an answer, or stopped the share there.
    ByUser,
    /// It cannot go on.
    Broke(Error),
}

/// What can be shared now: monitors, then windows as they are stacked, the topmost first; under
/// Wayland one entry, the desktop's own question. Empty without a display. Takes some milliseconds
/// for each entry, and a fifth of a second where a covered window is slow to paint itself: not for a
/// thread that draws.
pub fn list() -> Vec<ScreenInfo> {
    let named = |variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    if named("WAYLAND_DISPLAY") {
        let (title, size, thumbnail) = (String::new(), None, None);
        return vec![ScreenInfo { source: ScreenSource::Portal, title, size, thumbnail }];
    }
    if !named("DISPLAY") {
        return Vec::new();
    }
    x11::list().unwrap_or_else(|error| {
        tracing::warn!(%error, "no screens can be listed");
        Vec::new()
    })
}

/// Starts a share at up to `fps` pictures a second. Whatever goes wrong, at once or later, is told
/// by `ended`, and nothing follows it. Fails only when the system refuses a thread.
pub(crate) fn share(
    name: &str,
    source: ScreenSource,
    fps: u32,
    pictures: latest::Writer<VideoFrame>,
    ended: Sender<Ended>,
) -> Result<Running> {
    let played = match &source {
        ScreenSource::Demo => Some(CameraSource::Demo),
        ScreenSource::File(path) => Some(CameraSource::File(path.clone())),
        ScreenSource::Monitor(_) | ScreenSource::Window(_) | ScreenSource::Portal => None,
    };
    if let Some(camera) = played {
        return play(name, &camera, fps, pictures, &ended);
    }
    let mut running = Running::default();
    running.spawn(&format!("{name}-screen"), move |stopped| {
        let share = Share { fps: fps.max(1), pictures, stopped };
        let result = match source {
            ScreenSource::Monitor(name) => x11::capture(&x11::Wanted::Monitor(name), &share),
            ScreenSource::Window(id) => x11::capture(&x11::Wanted::Window(id), &share),
            _ => portal::capture(&share),
        };
        let end = match result {
            Ok(Over::Asked) => return,
            Ok(Over::ByUser) => Ended::ByUser,
            Err(error) => Ended::Broke(error),
        };
        // Nobody listens while the engine is being dropped.
        let _ = ended.send(end);
    })?;
    Ok(running)
}

/// A file or the presenter in place of a screen.
fn play(
    name: &str,
    source: &CameraSource,
    fps: u32,
    pictures: latest::Writer<VideoFrame>,
    ended: &Sender<Ended>,
) -> Result<Running> {
    let limits = Limits { max_lines: MAX_SIZE.1, max_fps: fps };
    let (trouble, troubles) = crossbeam::channel::unbounded();
    let outputs = Outputs { pictures, sound: None, trouble };
    let name = format!("{name}-screen");
    match start(&name, source, &MicrophoneSource::None, limits, outputs) {
        Ok(mut running) => {
            let ended = ended.clone();
            running.spawn(&format!("{name}-end"), move |stopped| {
                crossbeam::channel::select! {
                    recv(troubles) -> trouble => if let Ok(trouble) = trouble {
                        let _ = ended.send(Ended::Broke(trouble));
                    },
                    recv(stopped) -> _ => {}
                }
            })?;
            Ok(running)
        }
        Err(error) => {
            let _ = ended.send(Ended::Broke(error));
            Ok(Running::default())
        }
    }
}

/// How a capture came to its end without trouble.
enum Over {
    /// This side stopped it.
    Asked,
    /// The user did, in the desktop's own window.
    ByUser,
}

/// A share as its source sees it.
struct Share<'a> {
    fps: u32,
    pictures: latest::Writer<VideoFrame>,
    stopped: &'a Receiver<Infallible>,
}

impl Share<'_> {
    /// The shortest time from picture to picture.
    fn interval(&self) -> Duration {
        Duration::from_secs(1) / self.fps
    }

    fn put(&self, picture: super::Picture, captured: Instant) {
        let super::Picture { width, height, planes } = picture;
        let color = ColorSpace::WIRE;
        self.pictures.put(VideoFrame { width, height, color, captured, planes });
    }

    /// Whether it is not time to stop yet.
    fn goes_on(&self) -> bool {
        !matches!(self.stopped.try_recv(), Err(TryRecvError::Disconnected))
    }

    /// Waits until `moment`; false when it is time to stop instead.
    fn goes_on_until(&self, moment: Instant) -> bool {
        goes_on_until(self.stopped, moment)
    }
}

/// A share that ended, in the words that the user sees.
fn over(screen: &str, reason: impl Into<String>) -> Error {
    Error::Screen { screen: screen.into(), reason: reason.into() }
}
