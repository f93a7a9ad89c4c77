//! Which encoders this machine has, found out by encoding a picture with each.
//!
//! An encoder counts as usable only after it was opened and turned one picture into one packet,
//! in this process; the result is kept. Hardware goes first, software always remains.

use super::video_encoder::{Content, Settings, VideoEncoder};
use crate::config::VideoCodec;
use crate::frame::{ColorSpace, VideoFrame};
use ffmpeg_next as ff;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// An encoder that this program knows how to drive.
#[derive(Debug)]
pub(super) struct Implementation {
    /// FFmpeg's name for it.
    pub name: &'static str,
    pub codec: VideoCodec,
    pub hardware: bool,
    pub input: Input,
    /// Whether a new bit rate holds from the next frame on; else the encoder is opened anew.
    pub live_rate: bool,
    /// What a machine needs for it, in the user's words.
    needs: &'static str,
}

/// The kind of picture an encoder takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    /// Our planes as they are.
    I420,
    /// Luma and interleaved chroma in main memory.
    Nv12,
    /// A VA-API surface.
    Surface,
}

/// In the order in which they are tried.
static IMPLEMENTATIONS: [Implementation; 8] = [
    Implementation {
        name: "h264_nvenc",
        codec: VideoCodec::H264,
        hardware: true,
        input: Input::I420,
        live_rate: true,
        needs: "an NVIDIA GPU with an encoder, and its driver",
    },
    Implementation {
        name: "h264_qsv",
        codec: VideoCodec::H264,
        hardware: true,
        input: Input::Nv12,
        live_rate: false,
        needs: "an Intel GPU with Quick Sync, and its media driver",
    },
    Implementation {
        name: "h264_vaapi",
        codec: VideoCodec::H264,
        hardware: true,
        input: Input::Surface,
        live_rate: false,
        needs: "an Intel or AMD GPU under /dev/dri, and its VA-API driver",
    },
    Implementation {
        name: "h264_v4l2m2m",
        codec: VideoCodec::H264,
        hardware: true,
        input: Input::I420,
        live_rate: false,
        needs: "a V4L2 encoder, as boards like the Raspberry Pi have",
    },
    Implementation {
        name: "libx264",
        codec: VideoCodec::H264,
        hardware: false,
        input: Input::I420,
        live_rate: true,
        needs: "an FFmpeg built with libx264",
    },
    Implementation {
        name: "vp8_vaapi",
        codec: VideoCodec::Vp8,
        hardware: true,
        input: Input::Surface,
        live_rate: false,
        needs: "an Intel GPU of an older generation under /dev/dri, and its VA-API driver",
    },
    Implementation {
        name: "vp8_v4l2m2m",
        codec: VideoCodec::Vp8,
        hardware: true,
        input: Input::I420,
        live_rate: false,
        needs: "a V4L2 encoder for VP8, as some boards have",
    },
    Implementation {
        name: "libvpx",
        codec: VideoCodec::Vp8,
        hardware: false,
        input: Input::I420,
        live_rate: false,
        needs: "an FFmpeg built with libvpx",
    },
];

/// One encoder and what became of it here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncoderInfo {
    /// FFmpeg's name for it.
    pub name: &'static str,
    /// What it produces.
    pub codec: VideoCodec,
    /// Whether a GPU or another circuit does the work.
    pub hardware: bool,
    /// Why it cannot be used on this machine; `None` when it encoded a picture just now.
    pub problem: Option<String>,
    /// Whether it is the one that will be used for its codec.
    pub chosen: bool,
}

/// Every encoder this program can drive, in the order in which they are tried. The first call
/// tries them all: some tens of milliseconds.
pub fn encoders() -> Vec<EncoderInfo> {
    let mut taken = Vec::new();
    let with_problems = IMPLEMENTATIONS.iter().map(|known| (known, problem(known)));
    let rows = with_problems.map(|(known, problem)| {
        let chosen = problem.is_none() && !taken.contains(&known.codec);
        if chosen {
            taken.push(known.codec);
        }
        let (name, codec, hardware) = (known.name, known.codec, known.hardware);
        EncoderInfo { name, codec, hardware, problem: problem.clone(), chosen }
    });
    rows.collect()
}

/// The usable encoders of a codec, best first. Tries each only when it is asked for.
pub(super) fn usable(codec: VideoCodec) -> impl Iterator<Item = &'static Implementation> {
    IMPLEMENTATIONS.iter().filter(move |known| known.codec == codec && problem(known).is_none())
}

/// The software encoders among them.
pub(super) fn software(codec: VideoCodec) -> impl Iterator<Item = &'static Implementation> {
    usable(codec).filter(|known| !known.hardware)
}

fn problem(known: &'static Implementation) -> &'static Option<String> {
    static RESULTS: [OnceLock<Option<String>>; IMPLEMENTATIONS.len()] =
        [const { OnceLock::new() }; IMPLEMENTATIONS.len()];
    let index =
        IMPLEMENTATIONS.iter().position(|other| other.name == known.name).unwrap_or_default();
    RESULTS[index]
        .get_or_init(|| probe(known).err().map(|why| format!("{why}; it needs {}", known.needs)))
}

#[expect(clippy::disallowed_methods, reason = "the trial picture needs some moment of capture")]
fn probe(known: &'static Implementation) -> Result<(), String> {
    // 640 × 360: above every circuit's least size, cheap for software.
    let (width, height) = (640, 360);
    super::init();
    if ff::encoder::find_by_name(known.name).is_none() {
        return Err("this FFmpeg was built without it".into());
    }
    let (codec, content) = (known.codec, Content::Camera);
    let settings = Settings { codec, content, width, height, fps: 30, bitrate_bps: 500_000 };
    let mut encoder = VideoEncoder::open_as(known, settings).map_err(|error| error.to_string())?;
    let mut planes = super::pool::blank(width, height);
    planes.u.fill(128);
    planes.v.fill(128);
    let captured = Instant::now();
    let frame =
        VideoFrame { width, height, color: ColorSpace::WIRE, captured, planes: Arc::new(planes) };
    match encoder.encode(&frame, true).map_err(|error| error.to_string())? {
        None => Err("it holds pictures back".into()),
        Some(encoded) if !encoded.keyframe => Err("its first packet is not a keyframe".into()),
        Some(encoded) if !super::video_decoder::is_keyframe(known.codec, &encoded.data) => {
            Err("its keyframe comes without parameter sets".into())
        }
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_codec_has_one_chosen_encoder_and_every_other_says_why_not_or_is_spare() {
        let all = encoders();
        for codec in [VideoCodec::H264, VideoCodec::Vp8] {
            let rows: Vec<_> = all.iter().filter(|row| row.codec == codec).collect();
            assert_eq!(rows.iter().filter(|row| row.chosen).count(), 1, "{codec:?}");
            let first_usable =
                rows.iter().find(|row| row.problem.is_none()).expect("software remains");
            assert!(first_usable.chosen, "the first usable one is used");
            for row in rows.iter().filter(|row| row.problem.is_some()) {
                let why = row.problem.as_deref().unwrap_or_default();
                assert!(why.contains("it needs") && !row.chosen, "{row:?}");
            }
        }
        assert_eq!(encoders(), all, "the second answer comes from the first");
    }
}
