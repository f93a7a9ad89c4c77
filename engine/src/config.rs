//! What an engine is told at start.

use crate::blur::Background;
use crate::gpu::Gpu;
use std::path::PathBuf;

/// Where pictures come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CameraSource {
    /// Nowhere: a call works without a camera.
    None,
    /// The bundled animated presenter.
    Demo,
    /// A media file in a loop, paced in real time.
    File(PathBuf),
    /// A camera by its id from `capture::camera::list`.
    Device(String),
}

/// What is shared beside the camera.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ScreenSource {
    /// The bundled animated presenter.
    Demo,
    /// A media file in a loop, paced in real time.
    File(PathBuf),
    /// A monitor by its name, from `capture::screen::list`.
    Monitor(String),
    /// A window by its number, from `capture::screen::list`.
    Window(u32),
    /// What the user chooses in the desktop's own window: the only way under Wayland.
    Portal,
}

/// Where sound comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MicrophoneSource {
    /// Nowhere: a call works without a microphone.
    None,
    /// The bundled presenter's voice-like sound.
    Demo,
    /// A media file's sound in a loop; the same file as the camera's stays in step with it.
    File(PathBuf),
    /// A microphone by name; `None` is the system's default.
    Device(Option<String>),
}

/// Where received sound goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeakerSink {
    /// A clocked sink without a device: sound is mixed in real time and thrown away.
    Null,
    /// A loudspeaker by name; `None` is the system's default.
    Device(Option<String>),
}

/// What is done with received media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receive {
    /// Decode and play it.
    Decode,
    /// Only check that every frame's RTP packets are there: what a rehearsal's many attendees do.
    Verify,
}

/// Video codecs in order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VideoCodec {
    /// H.264 constrained baseline, packetization mode 1 (RFC 6184).
    H264,
    /// VP8 (RFC 6386, RFC 7741).
    Vp8,
}

/// What an engine is told at start.
#[derive(Debug, Clone)]
pub struct Config {
    /// Goes before thread names and log lines, where one process runs several engines.
    pub name: String,
    /// Where pictures come from.
    pub camera: CameraSource,
    /// Where sound comes from.
    pub microphone: MicrophoneSource,
    /// Where received sound goes.
    pub speaker: SpeakerSink,
    /// What is done with received media.
    pub receive: Receive,
    /// The codec this engine sends.
    pub codec: VideoCodec,
    /// The most lines captured and sent; larger sources are scaled down.
    pub max_lines: u32,
    /// The most frames a second captured and sent.
    pub max_fps: u32,
    /// The most video sent of the camera, all layers together, bits a second.
    pub max_video_bps: u32,
    /// The most pictures a second of a shared screen.
    pub max_screen_fps: u32,
    /// The most sent of a shared screen, bits a second.
    pub max_screen_bps: u32,
    /// What stands behind the person from the first picture on; `None` is the room as it is.
    pub background: Option<Background>,
    /// The graphics device to blur on; `None` opens one when there is something to blur.
    pub gpu: Option<Gpu>,
    /// Audio slots asked of the hub.
    pub audio_slots: usize,
    /// Video slots asked of the hub.
    pub video_slots: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            name: "engine".into(),
            camera: CameraSource::None,
            microphone: MicrophoneSource::None,
            speaker: SpeakerSink::Device(None),
            receive: Receive::Decode,
            codec: VideoCodec::H264,
            max_lines: 720,
            max_fps: 30,
            max_video_bps: 2_500_000,
            // Text is read, not watched: few pictures, each of them sharp.
            max_screen_fps: 15,
            max_screen_bps: 4_000_000,
            background: None,
            gpu: None,
            audio_slots: 5,
            video_slots: 9,
        }
    }
}
