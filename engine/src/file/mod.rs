//! Media files as a job: every picture of a file once and at its own time, out again with its sound
//! untouched. For playing a file as a camera see [`capture::file`](crate::capture::file).

mod conform;
mod raw;
mod reader;
mod writer;

pub use reader::{Part, Reader, Sound, Timed};
pub use writer::{Container, Content, Writer};

use ffmpeg_next as ff;

/// The most pixels of a picture: two and a half times 8K. A picture is held several times over while
/// it is worked on, so that more would ask for gigabytes.
pub const MAX_PIXELS: u64 = 8192 * 8192;

/// A picture's place, in ticks of the file's own time base from the start of its earliest stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    pts: i64,
    /// 0 when the file does not say.
    duration: i64,
}

/// What a file says about its pictures' colors and shape, beyond what
/// [`ColorSpace`](crate::frame::ColorSpace) holds: handed on as it is.
#[derive(Debug, Clone, Copy)]
struct Tags {
    space: ff::color::Space,
    range: ff::color::Range,
    primaries: ff::color::Primaries,
    transfer: ff::color::TransferCharacteristic,
    /// Of a pixel, width to height; zero when the file does not say.
    aspect: ff::Rational,
}

impl Tags {
    /// Before the first picture.
    const UNKNOWN: Tags = Tags {
        space: ff::color::Space::Unspecified,
        range: ff::color::Range::Unspecified,
        primaries: ff::color::Primaries::Unspecified,
        transfer: ff::color::TransferCharacteristic::Unspecified,
        aspect: ff::Rational(0, 1),
    };
}
