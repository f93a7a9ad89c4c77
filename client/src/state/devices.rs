//! Cameras, microphones, loudspeakers: what there is, and what is chosen.

use engine::config::{CameraSource, MicrophoneSource, SpeakerSink};

/// A device to choose: what the engine needs, and what people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device<T> {
    /// What the engine needs.
    pub source: T,
    /// What people read; empty for the choices that the window names itself (none, demo, default).
    pub name: String,
}

/// All choices, and what is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Devices {
    /// Cameras.
    pub cameras: Vec<Device<CameraSource>>,
    /// Microphones.
    pub microphones: Vec<Device<MicrophoneSource>>,
    /// Loudspeakers.
    pub speakers: Vec<Device<SpeakerSink>>,
    /// The chosen camera.
    pub camera: CameraSource,
    /// The chosen microphone.
    pub microphone: MicrophoneSource,
    /// The chosen loudspeaker.
    pub speaker: SpeakerSink,
}

impl Default for Devices {
    fn default() -> Self {
        Devices {
            cameras: vec![Device { source: CameraSource::None, name: String::new() }],
            microphones: vec![Device { source: MicrophoneSource::None, name: String::new() }],
            speakers: vec![Device { source: SpeakerSink::Null, name: String::new() }],
            camera: CameraSource::None,
            microphone: MicrophoneSource::None,
            speaker: SpeakerSink::Null,
        }
    }
}
