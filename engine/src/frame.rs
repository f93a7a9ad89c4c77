//! Pictures and sound between the engine's stages.

use std::sync::Arc;
use std::time::Instant;

/// How YUV becomes RGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Matrix {
    /// ITU-R BT.601: standard definition, and what WebRTC assumes when nobody says.
    Bt601,
    /// ITU-R BT.709: high definition.
    Bt709,
}

/// What the sample values span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Range {
    /// Luma 16–235, chroma 16–240.
    Limited,
    /// 0–255.
    Full,
}

/// Matrix and range of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ColorSpace {
    /// How YUV becomes RGB.
    pub matrix: Matrix,
    /// What the sample values span.
    pub range: Range,
}

impl ColorSpace {
    /// What every encoder here is fed and every decoder is taken to give when its bitstream is
    /// silent.
    pub const WIRE: ColorSpace = ColorSpace { matrix: Matrix::Bt709, range: Range::Limited };
}

/// An 8-bit 4:2:0 picture in three planes (I420). Cheap to clone: the planes are shared.
///
/// Odd sizes are legal: chroma planes are `width.div_ceil(2)` × `height.div_ceil(2)`.
#[derive(Debug, Clone)]
pub struct VideoFrame {
    /// Luma width in pixels.
    pub width: u32,
    /// Luma height in pixels.
    pub height: u32,
    /// How to read the values.
    pub color: ColorSpace,
    /// When the light fell on the sensor, as near as the source can say.
    pub captured: Instant,
    /// The samples.
    pub planes: Arc<Planes>,
}

/// Tightly packed planes: each row is as long as its plane is wide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planes {
    /// `width * height` luma samples.
    pub y: Vec<u8>,
    /// Blue difference.
    pub u: Vec<u8>,
    /// Red difference.
    pub v: Vec<u8>,
}

impl VideoFrame {
    /// Width and height of the chroma planes.
    pub fn chroma_size(&self) -> (u32, u32) {
        (self.width.div_ceil(2), self.height.div_ceil(2))
    }
}

/// The engine's only sample rate, in hertz.
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples in 10 ms.
pub const SAMPLES_10_MS: usize = 480;

/// 10 ms of mono sound at 48 kHz, full scale ±1.
#[derive(Debug, Clone)]
pub struct AudioFrame {
    /// The samples.
    pub samples: [f32; SAMPLES_10_MS],
    /// When the first of them reached the microphone.
    pub captured: Instant,
}
