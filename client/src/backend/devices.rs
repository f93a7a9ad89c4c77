//! Cameras, microphones and loudspeakers: what there is, and which of them is chosen.

use super::{Driver, Note};
use crate::settings::{Backdrop, Settings};
use crate::state::{BackendEvent, Device, Devices, Wished};
use engine::capture::{camera, microphone};
use engine::config::{CameraSource, MicrophoneSource, SpeakerSink};
use engine::engine::Command as EngineCommand;

/// The devices in use, or to be used, and the background.
#[derive(Clone)]
pub(super) struct Chosen {
    wished: Wished,
    pub(super) camera: CameraSource,
    pub(super) microphone: MicrophoneSource,
    pub(super) speaker: SpeakerSink,
    pub(super) backdrop: Backdrop,
}

impl Chosen {
    /// As it was last time.
    pub(super) fn of(settings: &Settings) -> Chosen {
        let wished = Wished {
            camera: if settings.no_camera {
                Some(CameraSource::None)
            } else {
                settings.camera.clone().map(CameraSource::Device)
            },
            microphone: if settings.no_microphone {
                MicrophoneSource::None
            } else {
                MicrophoneSource::Device(settings.microphone.clone())
            },
            speaker: if settings.no_speaker {
                SpeakerSink::Null
            } else {
                SpeakerSink::Device(settings.speaker.clone())
            },
        };
        Chosen {
            camera: wished.camera.clone().unwrap_or(CameraSource::None),
            microphone: wished.microphone.clone(),
            speaker: wished.speaker.clone(),
            wished,
            backdrop: settings.backdrop.clone(),
        }
    }
}

impl Driver {
    /// Looks for devices without holding anything up: sound servers can take a second.
    pub(super) fn list_devices(&self) {
        let notes = self.notes.clone();
        self.runtime.spawn_blocking(move || {
            let cameras = camera::list()
                .into_iter()
                .map(|found| Device { source: CameraSource::Device(found.id), name: found.name })
                .collect();
            let _ = notes.send(Note::Devices(cameras, microphone::list()));
        });
    }

    /// Tells what was found. A chosen device that is away is replaced until it is back.
    pub(super) fn offer_devices(
        &mut self,
        found: Vec<Device<CameraSource>>,
        sound: microphone::Devices,
    ) {
        let devices = Devices::among(found, sound, &self.chosen.wished);
        if self.chosen.camera != devices.camera {
            self.chosen.camera = devices.camera.clone();
            self.follow_camera();
        }
        if self.chosen.microphone != devices.microphone {
            self.chosen.microphone = devices.microphone.clone();
            self.engine(EngineCommand::SetMicrophone(devices.microphone.clone()));
        }
        if self.chosen.speaker != devices.speaker {
            self.chosen.speaker = devices.speaker.clone();
            self.engine(EngineCommand::SetSpeaker(devices.speaker.clone()));
        }
        self.tell(BackendEvent::Devices(devices));
    }

    /// Uses another camera.
    pub(super) fn set_camera_device(&mut self, source: CameraSource) {
        self.chosen.wished.camera = Some(source.clone());
        self.chosen.camera = source;
        self.follow_camera();
    }

    /// Uses another microphone.
    pub(super) fn set_microphone_device(&mut self, source: MicrophoneSource) {
        self.chosen.wished.microphone = source.clone();
        self.chosen.microphone = source.clone();
        self.engine(EngineCommand::SetMicrophone(source));
    }

    /// Uses another loudspeaker.
    pub(super) fn set_speaker_device(&mut self, sink: SpeakerSink) {
        self.chosen.wished.speaker = sink.clone();
        self.chosen.speaker = sink.clone();
        self.engine(EngineCommand::SetSpeaker(sink));
    }
}
