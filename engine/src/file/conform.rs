//! Decoded pictures as frames of one size: upright, 8-bit 4:2:0, colors as they are.

use super::Tags;
use crate::capture::turn;
use crate::codec::copy_planes;
use crate::codec::pool::Pool;
use crate::frame::{ColorSpace, Matrix, Planes, Range};
use ffmpeg_next as ff;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::software::scaling;
use std::sync::Arc;

/// How FFmpeg's scaler treats a pixel format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Luma and chroma as the file's tags say.
    Yuv,
    /// The formats that say by their name that they use the full range.
    FullRange,
    /// No chroma; the full range unless the file says otherwise.
    Gray,
    /// Turned into BT.601 of limited range.
    Rgb,
}

fn kind(format: Pixel) -> Kind {
    let name = format.descriptor().map_or("", |about| about.name());
    match name {
        _ if name.starts_with("yuvj") => Kind::FullRange,
        _ if name.starts_with("gray") || name.starts_with("ya") => Kind::Gray,
        _ if ["rgb", "bgr", "gbr", "pal8", "mono"].iter().any(|part| name.contains(part)) => {
            Kind::Rgb
        }
        _ => Kind::Yuv,
    }
}

impl Tags {
    /// What a decoded picture says, as it holds after conforming and turning.
    fn of(frame: &ff::frame::Video, rotation: u32) -> Tags {
        use ff::color::{Range, Space};
        let (space, range) = match (kind(frame.format()), frame.color_range()) {
            (Kind::Rgb, _) => (Space::SMPTE170M, Range::MPEG),
            (Kind::FullRange, _) | (Kind::Gray, Range::Unspecified) => {
                (frame.color_space(), Range::JPEG)
            }
            (Kind::Yuv | Kind::Gray, range) => (frame.color_space(), range),
        };
        let aspect = frame.aspect_ratio();
        Tags {
            space,
            range,
            primaries: frame.color_primaries(),
            transfer: frame.color_transfer_characteristic(),
            aspect: if rotation.is_multiple_of(180) {
                aspect
            } else {
                ff::Rational(aspect.denominator(), aspect.numerator())
            },
        }
    }

    /// The nearest that a frame can say. High definition is BT.709 and the rest BT.601 where a file
    /// is silent.
    pub(super) fn color(&self, lines: u32) -> ColorSpace {
        use ff::color::Space;
        let matrix = match self.space {
            Space::SMPTE170M | Space::BT470BG | Space::FCC => Matrix::Bt601,
            Space::Unspecified if lines <= 576 => Matrix::Bt601,
            _ => Matrix::Bt709,
        };
        let full = self.range == ff::color::Range::JPEG;
        ColorSpace { matrix, range: if full { Range::Full } else { Range::Limited } }
    }
}

/// Brings every picture of a stream to the size of the first. Keeps tables and planes.
pub(super) struct Conformer {
    /// Before turning.
    size: (u32, u32),
    rotation: u32,
    scaling: Scaling,
    lying: Pool,
    upright: Pool,
}

impl Conformer {
    /// For pictures that are turned `rotation` degrees clockwise.
    pub(super) fn new(rotation: u32) -> Conformer {
        let (lying, upright) = (Pool::new(), Pool::new());
        let scaling = Scaling { context: None, out: ff::frame::Video::empty() };
        Conformer { size: (0, 0), rotation, scaling, lying, upright }
    }

    /// Takes the stream's size and tags from its first picture.
    pub(super) fn begin(&mut self, first: &ff::frame::Video) -> Tags {
        self.size = (first.width(), first.height());
        Tags::of(first, self.rotation)
    }

    /// Width and height of what comes out.
    pub(super) fn size(&self) -> (u32, u32) {
        let (width, height) = self.size;
        if self.rotation.is_multiple_of(180) { (width, height) } else { (height, width) }
    }

    /// Whether a picture has the size of the first.
    pub(super) fn fits(&self, frame: &ff::frame::Video) -> bool {
        self.size == (frame.width(), frame.height())
    }

    pub(super) fn conform(&mut self, frame: &ff::frame::Video) -> Result<Arc<Planes>, ff::Error> {
        let plain = matches!(frame.format(), Pixel::YUV420P | Pixel::YUVJ420P) && self.fits(frame);
        let from = if plain { frame } else { self.scaling.run(frame, self.size)? };
        let (width, height) = self.size;
        let copy = |planes: &mut Planes| {
            copy_planes(from, planes);
            Ok::<_, ff::Error>(())
        };
        if self.rotation == 0 {
            return self.upright.lend(width, height, copy);
        }
        let lying = self.lying.lend(width, height, copy)?;
        let (turned_width, turned_height) = self.size();
        self.upright.lend(turned_width, turned_height, |out| {
            let chroma = width.div_ceil(2);
            turn(&lying.y, width, self.rotation, &mut out.y);
            turn(&lying.u, chroma, self.rotation, &mut out.u);
            turn(&lying.v, chroma, self.rotation, &mut out.v);
            Ok(())
        })
    }
}

/// The tables for one kind of picture, and its output.
struct Scaling {
    context: Option<(Setup, scaling::Context)>,
    out: ff::frame::Video,
}

/// Format, width and height of what goes in.
type Setup = (Pixel, (u32, u32));

impl Scaling {
    /// The picture at `to` pixels. Where source and target have the same kind of values these stay:
    /// the scaler's own tables are the same on both sides, so it converts no colors.
    fn run(
        &mut self,
        frame: &ff::frame::Video,
        to: (u32, u32),
    ) -> Result<&ff::frame::Video, ff::Error> {
        let setup = (frame.format(), (frame.width(), frame.height()));
        let context = match &mut self.context {
            Some((made_for, context)) if *made_for == setup => context,
            slot => {
                let target = match kind(frame.format()) {
                    Kind::Yuv | Kind::Rgb => Pixel::YUV420P,
                    Kind::FullRange | Kind::Gray => Pixel::YUVJ420P,
                };
                let (format, (width, height)) = setup;
                let flags = scaling::Flags::BICUBIC | scaling::Flags::ACCURATE_RND;
                self.out = ff::frame::Video::new(target, to.0, to.1);
                let context =
                    scaling::Context::get(format, width, height, target, to.0, to.1, flags)?;
                &mut slot.insert((setup, context)).1
            }
        };
        context.run(frame, &mut self.out)?;
        Ok(&self.out)
    }
}
