//! Cameras, microphones and loudspeakers: what there is, and which of them is chosen.

use super::{Driver, Note};
use crate::settings::{Backdrop, Settings};
use crate::state::{BackendEvent, Device, Devices};
use engine::capture::{camera, microphone};
use engine::config::{CameraSource, MicrophoneSource, SpeakerSink};
use engine::engine::Command as EngineCommand;

/// The devices of the user's choice, and the background.
#[derive(Clone)]
pub(super) struct Chosen {
    pub(super) camera: CameraSource,
    pub(super) microphone: MicrophoneSource,
    pub(super) speaker: SpeakerSink,
    pub(super) backdrop: Backdrop,
}

impl Chosen {
    /// As it was last time.
    pub(super) fn of(settings: &Settings) -> Chosen {
        Chosen {
            camera: settings.camera.clone().map_or(CameraSource::None, CameraSource::Device),
            microphone: MicrophoneSource::Device(settings.microphone.clone()),
            speaker: SpeakerSink::Device(settings.speaker.clone()),
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

    /// Tells what was found; a chosen device that is gone is replaced.
    pub(super) fn offer_devices(
        &mut self,
        found: Vec<Device<CameraSource>>,
        sound: microphone::Devices,
    ) {
        let unnamed = |source| Device { source, name: String::new() };
        if let CameraSource::None = self.chosen.camera
            && let Some(first) = found.first()
        {
            self.chosen.camera = first.source.clone();
            self.engine(EngineCommand::SetCamera(first.source.clone()));
        }
        let mut cameras = found;
        cameras.extend([unnamed(CameraSource::Demo), unnamed(CameraSource::None)]);
        let mut microphones = Vec::new();
        if !sound.inputs.is_empty() {
            microphones
                .push(Device { source: MicrophoneSource::Device(None), name: String::new() });
        }
        microphones.extend(
            sound
                .inputs
                .into_iter()
                .map(|name| Device { source: MicrophoneSource::Device(Some(name.clone())), name }),
        );
        microphones.push(Device { source: MicrophoneSource::Demo, name: String::new() });
        microphones.push(Device { source: MicrophoneSource::None, name: String::new() });
        let mut speakers = Vec::new();
        if !sound.outputs.is_empty() {
            speakers.push(Device { source: SpeakerSink::Device(None), name: String::new() });
        }
        speakers.extend(
            sound
                .outputs
                .into_iter()
                .map(|name| Device { source: SpeakerSink::Device(Some(name.clone())), name }),
        );
        speakers.push(Device { source: SpeakerSink::Null, name: String::new() });
        // A choice that is not there any more must not be shown as chosen.
        if !microphones.iter().any(|device| device.source == self.chosen.microphone) {
            self.chosen.microphone = microphones[0].source.clone();
            self.engine(EngineCommand::SetMicrophone(self.chosen.microphone.clone()));
        }
        if !speakers.iter().any(|device| device.source == self.chosen.speaker) {
            self.chosen.speaker = speakers[0].source.clone();
            self.engine(EngineCommand::SetSpeaker(self.chosen.speaker.clone()));
        }
        self.tell(BackendEvent::Devices(Devices {
            cameras,
            microphones,
            speakers,
            camera: self.chosen.camera.clone(),
            microphone: self.chosen.microphone.clone(),
            speaker: self.chosen.speaker.clone(),
        }));
    }
}
