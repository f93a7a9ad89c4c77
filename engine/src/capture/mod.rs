//! Where pictures and sound come from: cameras, screens, files, the bundled presenter.
//!
//! [`start`] runs a source on its own thread. Pictures go into a newest-wins slot, sound into a
//! ring; a file or the presenter feeds both from one thread, so that a picture and a sound of the
//! same media time carry the same moment of capture. Microphones are [`microphone`]:
//! for [`MicrophoneSource::Device`] nothing is started here.

pub mod camera;
pub mod demo;
mod driver;
pub mod file;
pub mod microphone;
mod pacer;
pub mod screen;
mod shape;

pub use driver::Running;
pub(crate) use file::open_input;
pub use shape::Picture;
pub(crate) use shape::turn;

use crate::config::{CameraSource, MicrophoneSource};
use crate::frame::{AudioFrame, SAMPLES_10_MS, VideoFrame};
use crate::{Error, Result, latest};
use crossbeam::channel::Sender;
use driver::Source;

/// Slots of the ring between a sound source and the sender: 100 ms. Longer would only hide that
/// the sender does not keep up; when it is full, the new 10 ms are dropped and counted.
pub const SOUND_SLOTS: usize = 10;

/// What of a source is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most lines; larger pictures are scaled down, aspect kept.
    pub max_lines: u32,
    /// The most pictures a second; more are left out evenly.
    pub max_fps: u32,
}

impl Limits {
    /// Whatever the source gives.
    pub const NONE: Limits = Limits { max_lines: u32::MAX, max_fps: 1000 };
}

/// One thing a file or the presenter plays.
#[derive(Debug, Clone)]
pub enum Media {
    /// A picture.
    Picture(Picture),
    /// 10 ms of mono sound at 48 kHz.
    Sound(Box<[f32; SAMPLES_10_MS]>),
}

/// Where captured media goes.
#[derive(Debug)]
pub struct Outputs {
    /// Pictures, in [`ColorSpace::WIRE`](crate::frame::ColorSpace::WIRE).
    pub pictures: latest::Writer<VideoFrame>,
    /// Sound of a file or the presenter; see [`SOUND_SLOTS`].
    pub sound: Option<rtrb::Producer<AudioFrame>>,
    /// What breaks later. The source has stopped then; start it again, or another.
    pub trouble: Sender<Error>,
}

/// Starts what feeds pictures, and sound unless that comes from a microphone. When both are the
/// same file, or both the presenter, they run in step. `name` goes before the threads' names.
///
/// Fails with [`Error::Clip`] or [`Error::Device`] when a source cannot be opened. A file that is
/// both may lack one of the two; a file that is one must have it.
pub fn start(
    name: &str,
    camera: &CameraSource,
    microphone: &MicrophoneSource,
    limits: Limits,
    outputs: Outputs,
) -> Result<Running> {
    let mut sound = outputs.sound;
    let mut running = Running::default();
    let shared = match (camera, microphone) {
        (CameraSource::Demo, MicrophoneSource::Demo) => true,
        (CameraSource::File(picture), MicrophoneSource::File(sound)) => picture == sound,
        _ => false,
    };
    let source = match camera {
        CameraSource::None => None,
        CameraSource::Demo => Some(Source::Demo(demo::Presenter::new(Some(limits), shared)?)),
        CameraSource::File(path) => {
            let reader = file::Reader::open(path, Some(limits), shared)?;
            if reader.has() == (false, false) {
                let reason = "it has no picture; name another file".into();
                return Err(Error::Clip { path: path.clone(), reason });
            }
            Some(Source::File(Box::new(reader)))
        }
        CameraSource::Device(id) => Some(Source::Camera(camera::Camera::open(id, limits)?)),
    };
    if let Some(source) = source {
        let sound = if shared { sound.take() } else { None };
        running.add(
            &format!("{name}-camera"),
            source,
            Some(outputs.pictures),
            sound,
            outputs.trouble.clone(),
        )?;
    }
    let source = match microphone {
        _ if shared => None,
        MicrophoneSource::None | MicrophoneSource::Device(_) => None,
        MicrophoneSource::Demo => Some(Source::Demo(demo::Presenter::new(None, true)?)),
        MicrophoneSource::File(path) => {
            let reader = file::Reader::open(path, None, true)?;
            if reader.has() == (false, false) {
                let reason = "it has no sound; name another file".into();
                return Err(Error::Clip { path: path.clone(), reason });
            }
            Some(Source::File(Box::new(reader)))
        }
    };
    if let Some(source) = source {
        running.add(&format!("{name}-sound"), source, None, sound, outputs.trouble)?;
    }
    Ok(running)
}
