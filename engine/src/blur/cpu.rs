//! The whole blur on the processor.

use super::composite::{Behind, Composite};
use super::framing::{Framing, Shrink};
use super::guide::Guide;
use super::lens::{self, Lens};
use super::network::{Model, Network};
use super::picture::Cover;
use super::refine::Refine;
use super::{Background, Looks, Quality, Timings};
use crate::codec::pool::Pool;
use crate::frame::{ColorSpace, VideoFrame};
use crate::{Error, Result};
use std::time::Duration;

/// No side of a picture may be longer.
pub(super) const LONGEST_SIDE: u32 = 4_096;

/// Nor may it have more pixels.
const MOST_PIXELS: u64 = 4_096 * 2_304;

/// Frame in, frame out.
pub struct Pipeline {
    landscape: Network,
    general: Network,
    stream: Option<Stream>,
    cover: Cover,
    pool: Pool,
    timings: Timings,
}

/// What depends on the size of the pictures and remembers those before.
struct Stream {
    size: (u32, u32),
    color: ColorSpace,
    /// Samples of luma a place of the guide.
    factor: usize,
    framing: Framing,
    shrink: Shrink,
    guide: Guide,
    refine: Refine,
    lens: Lens,
    composite: Composite,
    looks: Looks,
}

impl Pipeline {
    /// Reads the models.
    pub fn open() -> Result<Pipeline> {
        Ok(Pipeline {
            landscape: Network::open(Model::Landscape)?,
            general: Network::open(Model::General)?,
            stream: None,
            cover: Cover::default(),
            pool: Pool::new(),
            timings: Timings::default(),
        })
    }

    /// See [`super::Blur::process`].
    pub fn process(
        &mut self,
        frame: &VideoFrame,
        background: &Background,
        quality: Quality,
    ) -> Result<VideoFrame> {
        check(frame)?;
        let start = thread_time();
        let (size, color) = ((frame.width as usize, frame.height as usize), frame.color);
        let factor = quality.factor(size);
        let wanted = ((frame.width, frame.height), color, factor);
        let stream = match self.stream.take() {
            Some(stream) if (stream.size, stream.color, stream.factor) == wanted => stream,
            _ => Stream::new((frame.width, frame.height), color, factor),
        };
        let stream = self.stream.insert(stream);

        stream.guide.update(&frame.planes, color, size);
        stream.refine.watch(&stream.guide);
        let watched = thread_time();
        if stream.looks.at_next(quality) {
            let network = match stream.framing.model {
                Model::Landscape => &mut self.landscape,
                Model::General => &mut self.general,
            };
            stream.shrink.run(&frame.planes, color, network.input());
            let answer = network.run();
            let looked = thread_time();
            self.timings.network = looked - watched;
            stream.refine.answer(answer, &stream.shrink.planes);
        } else {
            self.timings.network = Duration::ZERO;
        }
        stream.refine.run(&frame.planes, color, &stream.guide);
        let refined = thread_time();
        self.timings.refine = refined - start - self.timings.network;

        let behind = match background {
            Background::Blurred { strength } => {
                let radius = lens::radius(*strength, size) / factor as f32;
                stream.lens.run(&stream.guide, &stream.refine.small, color, radius);
                Behind::Room(&stream.lens.planes)
            }
            Background::Picture(picture) => {
                Behind::Picture(self.cover.planes(picture, frame.width, frame.height, color))
            }
        };
        let blurred = thread_time();
        self.timings.blur = blurred - refined;

        let Stream { composite, guide, refine, .. } = stream;
        let planes = self.pool.lend(frame.width, frame.height, |to| {
            composite.run(&frame.planes, color, guide, refine, behind, to);
            Ok::<(), Error>(())
        })?;
        let end = thread_time();
        self.timings.composite = end - blurred;
        self.timings.frame = end - start;
        Ok(VideoFrame { planes, ..frame.clone() })
    }

    /// See [`super::Blur::matte`].
    pub fn matte(&self) -> Vec<u8> {
        self.stream.as_ref().map(|stream| stream.refine.luma().to_vec()).unwrap_or_default()
    }

    /// See [`super::Blur::timings`].
    pub fn timings(&self) -> &Timings {
        &self.timings
    }
}

impl Stream {
    fn new(size: (u32, u32), color: ColorSpace, factor: usize) -> Stream {
        let luma = (size.0 as usize, size.1 as usize);
        let framing = Framing::of(luma.0, luma.1);
        let guide = Guide::new(luma.0, luma.1, factor);
        Stream {
            size,
            color,
            factor,
            framing,
            shrink: Shrink::new(luma.0, luma.1, framing),
            refine: Refine::new(luma, framing, &guide),
            lens: Lens::new(guide.width, guide.height),
            composite: Composite::new(luma, &guide),
            guide,
            looks: Looks::default(),
        }
    }
}

/// Whether this is a picture that can be blurred.
pub(super) fn check(frame: &VideoFrame) -> Result<()> {
    let damaged = |reason: String| Err(Error::Damaged { what: "picture", reason });
    let (width, height) = (frame.width, frame.height);
    if width == 0 || height == 0 {
        return damaged("it has no pixels".into());
    }
    if width.max(height) > LONGEST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return damaged(format!(
            "{width} × {height} is too large to blur; up to 4096 × 2304 pixels can be"
        ));
    }
    let luma = width as usize * height as usize;
    let chroma = width.div_ceil(2) as usize * height.div_ceil(2) as usize;
    let planes = &frame.planes;
    if (planes.y.len(), planes.u.len(), planes.v.len()) != (luma, chroma, chroma) {
        return damaged(format!("its planes do not hold {width} × {height} pixels"));
    }
    Ok(())
}

/// What this thread has worked so far.
fn thread_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    #[expect(unsafe_code, reason = "the system writes a timespec that is ours; it cannot fail")]
    unsafe {
        libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time);
    }
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
