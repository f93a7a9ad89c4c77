//! Cameras, microphones, loudspeakers: what there is, and what is chosen.

use super::State;
use engine::capture::microphone;
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

/// The devices of the user's choice, also while they are not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wished {
    /// The camera; `None`: any.
    pub camera: Option<CameraSource>,
    /// The microphone.
    pub microphone: MicrophoneSource,
    /// The loudspeaker.
    pub speaker: SpeakerSink,
}

impl Devices {
    /// The choices among what was found. A wished device that is not there is replaced by the first
    /// that is, for as long as it is away.
    pub fn among(
        found: Vec<Device<CameraSource>>,
        sound: microphone::Devices,
        wished: &Wished,
    ) -> Devices {
        let first = found.first().map_or(CameraSource::None, |first| first.source.clone());
        let camera = match &wished.camera {
            Some(wish @ CameraSource::Device(_)) if !has(&found, wish) => first,
            Some(wish) => wish.clone(),
            None => first,
        };
        let mut cameras = found;
        cameras.extend([CameraSource::Demo, CameraSource::None].map(unnamed));
        let named =
            |name: String| Device { source: MicrophoneSource::Device(Some(name.clone())), name };
        let microphones: Vec<_> = default_of(&sound.inputs, MicrophoneSource::Device(None))
            .chain(sound.inputs.iter().cloned().map(named))
            .chain([MicrophoneSource::Demo, MicrophoneSource::None].map(unnamed))
            .collect();
        let named = |name: String| Device { source: SpeakerSink::Device(Some(name.clone())), name };
        let speakers: Vec<_> = default_of(&sound.outputs, SpeakerSink::Device(None))
            .chain(sound.outputs.iter().cloned().map(named))
            .chain([unnamed(SpeakerSink::Null)])
            .collect();
        Devices {
            camera,
            microphone: present(&microphones, &wished.microphone),
            speaker: present(&speakers, &wished.speaker),
            cameras,
            microphones,
            speakers,
        }
    }
}

impl State {
    /// What there is now, and what is used of it.
    pub(super) fn take_devices(&mut self, devices: Devices) {
        // The trouble was with the one before.
        if self.devices.camera != devices.camera {
            self.troubles.camera_changed();
        }
        if self.devices.microphone != devices.microphone {
            self.troubles.microphone_changed();
        }
        if self.devices.speaker != devices.speaker {
            self.troubles.speaker_changed();
        }
        self.devices = devices;
    }
}

fn unnamed<T>(source: T) -> Device<T> {
    Device { source, name: String::new() }
}

/// Where there is any, the system has one that it prefers.
fn default_of<T>(names: &[String], source: T) -> impl Iterator<Item = Device<T>> {
    (!names.is_empty()).then(|| unnamed(source)).into_iter()
}

fn has<T: PartialEq>(devices: &[Device<T>], wish: &T) -> bool {
    devices.iter().any(|device| device.source == *wish)
}

/// What was wished, or the first that is there: what is away must not be shown as chosen.
fn present<T: Clone + PartialEq>(devices: &[Device<T>], wish: &T) -> T {
    match devices.first() {
        Some(first) if !has(devices, wish) => first.source.clone(),
        _ => wish.clone(),
    }
}
