//! A new file: pictures at their times, encoded so that nothing is seen to be lost, and sound as it
//! came.

use super::reader::{Reader, Sound, Timed};
use super::{Place, Tags, raw};
use crate::codec::{self, share};
use crate::frame::VideoFrame;
use crate::{Error, Result};
use ff::Rescale;
use ffmpeg_next as ff;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::format::context::Output;
use ffmpeg_next::software::scaling;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

const NANOS: ff::Rational = ff::Rational(1, 1_000_000_000);

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// MPEG-4, ISO/IEC 14496-14.
    Mp4,
    /// QuickTime.
    Mov,
    /// Matroska.
    Mkv,
    /// WebM.
    Webm,
}

impl Container {
    /// By the ending of a file's name: `.mp4`, `.m4v`, `.mov`, `.mkv` or `.webm`.
    pub fn of(path: &Path) -> Option<Container> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "mp4" | "m4v" => Some(Container::Mp4),
            "mov" => Some(Container::Mov),
            "mkv" => Some(Container::Mkv),
            "webm" => Some(Container::Webm),
            _ => None,
        }
    }

    fn format(self) -> &'static str {
        match self {
            Container::Mp4 => "mp4",
            Container::Mov => "mov",
            Container::Mkv => "matroska",
            Container::Webm => "webm",
        }
    }
}

/// What the pictures of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Those of the file that was read, changed; with its sound.
    Pictures,
    /// Mattes, 8-bit gray of the full range; silent. Lossless in Matroska; elsewhere gray means
    /// neutral chroma.
    Mattes,
}

/// An encoder as it is set up for a file: its name, the pixels it takes, its options.
struct Setup {
    encoder: &'static str,
    pixels: Pixel,
    options: &'static [(&'static str, &'static str)],
}

impl Setup {
    /// H.264 wherever the container takes it. With 4:2:0 it has even sizes only, so that an odd size
    /// is kept as 4:4:4; VP9 takes any.
    fn of(container: Container, content: Content, (width, height): (u32, u32)) -> Setup {
        // The rate factor at which x264's loss is not seen, at a speed near that of the blur.
        const PICTURES: &[(&str, &str)] = &[("preset", "fast"), ("crf", "17")];
        // Edges are all that a matte has.
        const MATTES: &[(&str, &str)] = &[("preset", "fast"), ("crf", "10")];
        const VP9: &[(&str, &str)] =
            &[("deadline", "good"), ("cpu-used", "4"), ("row-mt", "1"), ("crf", "18"), ("b", "0")];
        let whole = if width % 2 == 0 && height % 2 == 0 { Pixel::YUV420P } else { Pixel::YUV444P };
        let (encoder, pixels, options) = match (container, content) {
            (Container::Webm, _) => ("libvpx-vp9", Pixel::YUV420P, VP9),
            // Matroska takes a codec that loses nothing.
            (Container::Mkv, Content::Mattes) => ("ffv1", Pixel::GRAY8, [].as_slice()),
            // Few players take H.264 without chroma.
            (_, Content::Mattes) => ("libx264", whole, MATTES),
            (_, Content::Pictures) => ("libx264", whole, PICTURES),
        };
        Setup { encoder, pixels, options }
    }
}

/// A stream of sound on its way through.
struct Passage {
    from: usize,
    to: usize,
    from_base: ff::Rational,
    to_base: ff::Rational,
    /// The start of the file it came from, in `from_base`.
    origin: i64,
    last_dts: Option<i64>,
}

/// Writes a file. Dropped before [`Writer::finish`] it leaves an unusable one behind.
pub struct Writer {
    path: PathBuf,
    output: Output,
    encoder: ff::encoder::video::Encoder,
    tags: Tags,
    /// The time base of pictures.
    base: ff::Rational,
    to_base: ff::Rational,
    converter: Option<scaling::Context>,
    /// Places of the pictures inside the encoder, in their order.
    inside: VecDeque<Place>,
    passages: Vec<Passage>,
}

impl Writer {
    /// Begins a file at `path` for what `reader` gives: same size, same time base, same tags.
    ///
    /// Fails with [`Error::Write`] when the place is not writable, when the container cannot hold
    /// the sound, or when this FFmpeg lacks the encoder.
    pub fn create(
        path: &Path,
        container: Container,
        content: Content,
        reader: &Reader,
    ) -> Result<Writer> {
        let failed = |reason: String| Error::Write { path: path.to_owned(), reason };
        let name = path.to_str().filter(|name| !name.contains('\0'));
        let name = name.ok_or_else(|| failed("its name is not valid UTF-8; rename it".into()))?;
        // "file:" keeps a colon in the name from being read as a protocol.
        let mut output = ff::format::output_as(&format!("file:{name}"), container.format())
            .map_err(|error| failed(error.to_string()))?;
        let tags = match content {
            Content::Pictures => reader.tags,
            Content::Mattes => {
                Tags { range: ff::color::Range::JPEG, aspect: reader.tags.aspect, ..Tags::UNKNOWN }
            }
        };
        let setup = Setup::of(container, content, reader.size());
        let encoder = open_encoder(&setup, &tags, reader, &output)
            .map_err(|error| failed(encoder_trouble(&setup, error)))?;
        let unknown = |error: ff::Error| failed(error.to_string());
        let mut stream = output.add_stream_with(&encoder).map_err(unknown)?;
        stream.set_time_base(reader.base);
        stream.set_avg_frame_rate(reader.fps);
        raw::set_aspect(&mut stream, tags.aspect);
        let mut passages = match content {
            Content::Pictures => add_sounds(&mut output, container, reader).map_err(failed)?,
            Content::Mattes => Vec::new(),
        };
        let mut metadata = reader.input.metadata().to_owned();
        // How the pictures lay in the file they came from; they stand upright now.
        metadata.set("rotate", "");
        output.set_metadata(metadata);
        // The index goes to the front, so that a browser can begin before it has everything.
        let options = [("movflags", "+faststart")].into_iter().collect();
        output.write_header_with(options).map_err(unknown)?;
        let base_of = |index| output.stream(index).map_or(reader.base, |s| s.time_base());
        let to_base = base_of(0);
        passages.iter_mut().for_each(|passage| passage.to_base = base_of(passage.to));
        Ok(Writer {
            path: path.to_owned(),
            output,
            encoder,
            tags,
            base: reader.base,
            to_base,
            converter: None,
            inside: VecDeque::new(),
            passages,
        })
    }

    /// Writes `picture` in place of `timed`, whose size it has.
    ///
    /// Fails with [`Error::Write`] when the disk is full or the encoder broke.
    pub fn picture(&mut self, picture: &VideoFrame, timed: &Timed) -> Result<()> {
        self.take_picture(picture, timed.place).map_err(|error| self.failed(error))
    }

    /// Writes the matte of `timed`: one byte a pixel, rows from the top.
    ///
    /// Fails like [`Writer::picture`].
    pub fn matte(&mut self, matte: &[u8], timed: &Timed) -> Result<()> {
        self.take_matte(matte, timed.place).map_err(|error| self.failed(error))
    }

    /// Hands on a packet of sound, unless the file is one of mattes.
    ///
    /// Fails like [`Writer::picture`].
    pub fn sound(&mut self, sound: Sound) -> Result<()> {
        let mut packet = sound.0;
        let from = packet.stream();
        let Some(passage) = self.passages.iter_mut().find(|passage| passage.from == from) else {
            return Ok(());
        };
        passage.stamp(&mut packet);
        packet.write_interleaved(&mut self.output).map_err(|error| self.failed(error))
    }

    /// Writes what is still inside, and the index.
    ///
    /// Fails like [`Writer::picture`].
    pub fn finish(mut self) -> Result<()> {
        let ended = self.encoder.send_eof().and_then(|()| self.drain());
        ended.and_then(|()| self.output.write_trailer()).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: ff::Error) -> Error {
        Error::Write { path: self.path.clone(), reason: error.to_string() }
    }

    fn take_picture(&mut self, picture: &VideoFrame, place: Place) -> codec::FfResult<()> {
        let size = (picture.width, picture.height);
        let shared = share(&picture.planes, picture.color, size, size)?;
        let wanted = self.encoder.format();
        if wanted == Pixel::YUV420P {
            return self.encode(shared, place);
        }
        let (width, height) = size;
        let converter = match &mut self.converter {
            Some(converter) => converter,
            slot => slot.insert(scaling::Context::get(
                Pixel::YUV420P,
                width,
                height,
                wanted,
                width,
                height,
                scaling::Flags::BICUBIC | scaling::Flags::ACCURATE_RND,
            )?),
        };
        let mut converted = ff::frame::Video::new(wanted, width, height);
        converter.run(&shared, &mut converted)?;
        self.encode(converted, place)
    }

    fn take_matte(&mut self, matte: &[u8], place: Place) -> codec::FfResult<()> {
        let (format, width, height) =
            (self.encoder.format(), self.encoder.width(), self.encoder.height());
        let mut frame = ff::frame::Video::new(format, width, height);
        let stride = frame.stride(0);
        let (rows, width) = (frame.data_mut(0).chunks_mut(stride), width as usize);
        for (row, values) in rows.zip(matte.chunks_exact(width.max(1))) {
            row[..width].copy_from_slice(values);
        }
        (1..frame.planes()).for_each(|plane| frame.data_mut(plane).fill(128));
        self.encode(frame, place)
    }

    fn encode(&mut self, mut frame: ff::frame::Video, place: Place) -> codec::FfResult<()> {
        frame.set_color_space(self.tags.space);
        frame.set_color_range(self.tags.range);
        frame.set_pts(Some(place.pts));
        self.inside.push_back(place);
        self.encoder.send_frame(&frame)?;
        self.drain()
    }

    fn drain(&mut self) -> codec::FfResult<()> {
        let mut packet = ff::Packet::empty();
        loop {
            match self.encoder.receive_packet(&mut packet) {
                Ok(()) => {}
                Err(ff::Error::Eof | ff::Error::Other { errno: ff::util::error::EAGAIN }) => {
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
            let place = self.inside.iter().position(|place| Some(place.pts) == packet.pts());
            if let Some(place) = place.and_then(|index| self.inside.remove(index)) {
                packet.set_duration(place.duration);
            }
            packet.set_stream(0);
            packet.rescale_ts(self.base, self.to_base);
            packet.write_interleaved(&mut self.output)?;
        }
    }
}

impl Passage {
    /// Gives a packet its place in the new file. Decoding times rise in every container; where those
    /// of the old file do not, they are moved by as little as it takes.
    fn stamp(&mut self, packet: &mut ff::Packet) {
        let moved = |time: Option<i64>| time.map(|time| time.saturating_sub(self.origin));
        packet.set_pts(moved(packet.pts()));
        packet.set_dts(moved(packet.dts()));
        packet.rescale_ts(self.from_base, self.to_base);
        packet.set_stream(self.to);
        packet.set_position(-1);
        if let (Some(dts), Some(last)) = (packet.dts(), self.last_dts)
            && dts <= last
        {
            packet.set_dts(Some(last + 1));
            packet.set_pts(packet.pts().map(|pts| pts.max(last + 1)));
        }
        self.last_dts = packet.dts().or(self.last_dts);
    }
}

fn open_encoder(
    setup: &Setup,
    tags: &Tags,
    reader: &Reader,
    output: &Output,
) -> codec::FfResult<ff::encoder::video::Encoder> {
    let codec = ff::encoder::find_by_name(setup.encoder).ok_or(ff::Error::EncoderNotFound)?;
    let mut video = ff::codec::Context::new_with_codec(codec).encoder().video()?;
    let (width, height) = reader.size();
    video.set_width(width);
    video.set_height(height);
    video.set_format(setup.pixels);
    video.set_time_base(reader.base);
    let fps = reader.fps;
    video.set_frame_rate((fps.numerator() > 0 && fps.denominator() > 0).then_some(fps));
    video.set_aspect_ratio(tags.aspect);
    video.set_colorspace(tags.space);
    video.set_color_range(tags.range);
    video.set_color_primaries(tags.primaries);
    video.set_color_transfer_characteristic(tags.transfer);
    video.set_threading(ff::codec::threading::Config::count(0));
    if output.format().flags().contains(ff::format::Flags::GLOBAL_HEADER) {
        video.set_flags(ff::codec::Flags::GLOBAL_HEADER);
    }
    video.open_with(setup.options.iter().copied().collect())
}

fn encoder_trouble(setup: &Setup, error: ff::Error) -> String {
    match error {
        ff::Error::EncoderNotFound => {
            format!("this FFmpeg was built without {}; install one with it", setup.encoder)
        }
        error => format!("{} refuses its pictures ({error})", setup.encoder),
    }
}

/// Adds a stream for each of the reader's sounds, or says which cannot be held.
fn add_sounds(
    output: &mut Output,
    container: Container,
    reader: &Reader,
) -> std::result::Result<Vec<Passage>, String> {
    let mut passages = Vec::new();
    for index in &reader.sounds {
        let Some(from) = reader.input.stream(*index) else { continue };
        let codec = from.parameters().id();
        if !raw::holds(output, codec) {
            return Err(format!(
                "a .{} file cannot hold its sound ({}), which is not touched; \
                 name an output that ends in .mkv",
                match container {
                    Container::Mkv => "mkv",
                    other => other.format(),
                },
                codec.name()
            ));
        }
        let mut to = output
            .add_stream(ff::codec::Id::None)
            .map_err(|error| format!("no stream for its sound ({error})"))?;
        to.set_parameters(from.parameters());
        raw::clear_tag(&mut to);
        to.set_time_base(from.time_base());
        to.set_metadata(from.metadata().to_owned());
        passages.push(Passage {
            from: *index,
            to: to.index(),
            from_base: from.time_base(),
            to_base: from.time_base(),
            origin: reader.origin.rescale(NANOS, from.time_base()),
            last_dts: None,
        });
    }
    Ok(passages)
}
