//! Video in and out of bitstreams, through FFmpeg, and the conversions between.
//!
//! Pictures are [`VideoFrame`](crate::frame::VideoFrame)s on both sides; bitstreams are what RTP
//! carries: H.264 as Annex B access units with their parameter sets in band, VP8 as bare frames.

mod ffmpeg;
pub mod hardware;
pub mod opus;
pub mod pool;
pub mod scale;
pub mod video_decoder;
pub mod video_encoder;

#[cfg(test)]
pub(crate) mod test_pictures;

pub(crate) use ffmpeg::{
    Converter, Resampler, Result as FfResult, color_of, copy_planes, init, rotation_of, share,
};
