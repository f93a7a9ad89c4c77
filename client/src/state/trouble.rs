//! Devices and media that do not work, in terms that both languages have words for.

use super::Devices;
use engine::Error;
use engine::config::CameraSource;
use std::mem::discriminant;

/// What does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The camera of this name does not open, or delivers no more.
    Camera(String),
    /// So does the microphone of this name; `None`: the system's own choice.
    Microphone(Option<String>),
    /// So does the loudspeaker of this name; `None`: the system's own choice.
    Speaker(Option<String>),
    /// Something else that carries sound.
    Sound,
    /// The share of this screen or window ended.
    Screen(String),
    /// This file cannot be read or written.
    File(String),
    /// Picture or sound cannot be encoded or decoded.
    Media,
    /// Picture and sound do not get through.
    Connection,
    /// The system refuses what the program needs, or a part of the program is missing.
    System,
}

impl Trouble {
    /// An engine's error; `devices` know what a camera is called.
    pub fn of(error: &Error, devices: &Devices) -> Trouble {
        match error {
            Error::Device { device, .. } => device_trouble(device, devices),
            Error::Screen { screen, .. } => Trouble::Screen(screen.clone()),
            Error::Clip { path, .. }
            | Error::Write { path, .. }
            | Error::Background { path, .. } => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                Trouble::File(name.to_string_lossy().into_owned())
            }
            Error::Codec { .. } | Error::Damaged { .. } => Trouble::Media,
            Error::Transport(_) => Trouble::Connection,
            Error::Gpu(_) | Error::Model { .. } | Error::System { .. } => Trouble::System,
        }
    }
}

/// Which kind of device the engine's title of one names.
fn device_trouble(title: &str, devices: &Devices) -> Trouble {
    let quoted = |rest: &str| rest.trim_matches(['“', '”']).to_owned();
    if let Some(id) = title.strip_prefix("the camera ") {
        let source = CameraSource::Device(id.to_owned());
        let known = devices.cameras.iter().find(|camera| camera.source == source);
        return Trouble::Camera(known.map_or(id, |camera| &camera.name).to_owned());
    }
    if let Some(name) = title.strip_prefix("the microphone ") {
        return Trouble::Microphone(Some(quoted(name)));
    }
    if let Some(name) = title.strip_prefix("the loudspeaker ") {
        return Trouble::Speaker(Some(quoted(name)));
    }
    match title {
        "the default microphone" => Trouble::Microphone(None),
        "the default loudspeaker" => Trouble::Speaker(None),
        _ => Trouble::Sound,
    }
}

/// What does not work now, one of a kind, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Troubles(Vec<Trouble>);

impl Troubles {
    /// All of them.
    pub fn all(&self) -> &[Trouble] {
        &self.0
    }

    /// Whether the camera is among them.
    pub fn with_camera(&self) -> bool {
        self.0.iter().any(|trouble| matches!(trouble, Trouble::Camera(_)))
    }

    /// Whether the microphone is among them.
    pub fn with_microphone(&self) -> bool {
        self.0.iter().any(|trouble| matches!(trouble, Trouble::Microphone(_)))
    }

    /// One more, in place of an older one of its kind.
    pub fn add(&mut self, trouble: Trouble) {
        self.0.retain(|old| discriminant(old) != discriminant(&trouble));
        self.0.push(trouble);
    }

    /// The engine says that this source delivers again.
    pub fn recovered(&mut self, source: &str) {
        match source {
            "microphone" => self.microphone_changed(),
            "speaker" => self.speaker_changed(),
            _ => self.camera_changed(),
        }
    }

    /// Pictures come from another camera, or again.
    pub fn camera_changed(&mut self) {
        self.0.retain(|old| !matches!(old, Trouble::Camera(_) | Trouble::File(_)));
    }

    /// Sound comes from another microphone, or again.
    pub fn microphone_changed(&mut self) {
        self.0.retain(|old| !matches!(old, Trouble::Microphone(_)));
    }

    /// Sound goes to another loudspeaker, or again.
    pub fn speaker_changed(&mut self) {
        self.0.retain(|old| !matches!(old, Trouble::Speaker(_)));
    }

    /// No device is in use any more.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
