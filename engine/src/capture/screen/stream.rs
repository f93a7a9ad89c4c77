//! A PipeWire stream of a screen.

mod buffer;

use super::canvas::{Band, Canvas, PIXEL};
use super::{Over, Share, over};
use crate::capture::driver::now;
use crate::{Error, Result};
use buffer::{Part, Taken};
use pipewire::context::Context;
use pipewire::loop_::LoopRef;
use pipewire::main_loop::MainLoop;
use pipewire::properties::properties;
use pipewire::spa::buffer::{ChunkFlags, DataType};
use pipewire::spa::param::ParamType;
use pipewire::spa::param::format::{FormatProperties, MediaSubtype, MediaType};
use pipewire::spa::param::format_utils::parse_format;
use pipewire::spa::param::video::{VideoFormat, VideoInfoRaw};
use pipewire::spa::pod::serialize::PodSerializer;
use pipewire::spa::pod::{ChoiceValue, Object, Pod, Property, Value, object, property};
use pipewire::spa::sys::{SPA_META_VideoCrop, spa_meta_region};
use pipewire::spa::utils::{
    Choice, ChoiceEnum, ChoiceFlags, Direction, Fraction, Id, Rectangle, SpaTypes,
};
use pipewire::stream::{Stream, StreamFlags, StreamRef, StreamState};
use std::cell::RefCell;
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::time::Duration;

/// How long the loop waits for PipeWire before it looks whether to stop.
const POLL: Duration = Duration::from_millis(8);

/// `SPA_PARAM_BUFFERS_dataType` of spa/param/buffers.h.
const BUFFERS_DATA_TYPE: u32 = 6;

/// `SPA_PARAM_META_type` and `SPA_PARAM_META_size` of the same.
const META_TYPE: u32 = 1;
const META_SIZE: u32 = 2;

/// What came in.
struct Received {
    format: VideoInfoRaw,
    canvas: Canvas,
    /// A line with its colors in our order.
    line: Vec<u8>,
    streaming: bool,
    end: Option<Result<Over>>,
}

/// Receives what `node` shows until told to stop, or until `closed` says that the desktop did.
pub(super) fn receive(
    remote: OwnedFd,
    node: u32,
    share: &Share<'_>,
    mut closed: impl FnMut() -> bool,
) -> Result<Over> {
    pipewire::init();
    let main_loop = MainLoop::new(None).map_err(failed)?;
    // Dropped last: see there.
    let within = Within::enter(main_loop.loop_());
    let context = Context::new(&main_loop).map_err(failed)?;
    let core = context.connect_fd(remote, None).map_err(failed)?;
    let roles = properties! {
        *pipewire::keys::MEDIA_TYPE => "Video",
        *pipewire::keys::MEDIA_CATEGORY => "Capture",
        *pipewire::keys::MEDIA_ROLE => "Screen",
    };
    let stream = Stream::new(&core, "katheder", roles).map_err(failed)?;
    let received = Rc::new(RefCell::new(Received {
        format: VideoInfoRaw::default(),
        canvas: Canvas::new(),
        line: Vec::new(),
        streaming: false,
        end: None,
    }));
    let _listener = stream
        .add_local_listener_with_user_data(received.clone())
        .state_changed(|_, received, _, state| received.borrow_mut().turned(state))
        .param_changed(|stream, received, id, param| {
            if let Some(param) = param.filter(|_| id == ParamType::Format.as_raw()) {
                let told = received.borrow_mut().agreed(param).and_then(|()| want_buffers(stream));
                if let Err(error) = told {
                    received.borrow_mut().end = Some(Err(error));
                }
            }
        })
        .process(|stream, received| received.borrow_mut().take(stream))
        .register()
        .map_err(failed)?;
    let formats = pod(formats(share.fps))?;
    let formats = Pod::from_bytes(&formats).ok_or_else(|| failed("no formats"))?;
    let flags = StreamFlags::AUTOCONNECT | StreamFlags::MAP_BUFFERS;
    stream.connect(Direction::Input, Some(node), flags, &mut [formats]).map_err(failed)?;
    let mut due = now();
    loop {
        within.0.iterate(POLL);
        if !share.goes_on() {
            return Ok(Over::Asked);
        }
        let mut received = received.borrow_mut();
        if closed() {
            return Ok(Over::ByUser);
        }
        if let Some(end) = received.end.take() {
            return end;
        }
        let captured = now();
        if captured >= due
            && let Some(picture) = received.canvas.picture(None, false)?
        {
            share.put(picture, captured);
            due = captured + share.interval();
        }
    }
}

impl Received {
    fn turned(&mut self, state: StreamState) {
        match state {
            StreamState::Streaming => self.streaming = true,
            StreamState::Error(reason) => self.end = Some(Err(failed(reason))),
            // The node went away, for instance because its window was closed.
            StreamState::Unconnected if self.streaming => self.end = Some(Ok(Over::ByUser)),
            StreamState::Unconnected | StreamState::Connecting | StreamState::Paused => {}
        }
    }

    /// Format and size were agreed on.
    fn agreed(&mut self, param: &Pod) -> Result<()> {
        let video = (MediaType::Video, MediaSubtype::Raw);
        let known = parse_format(param).is_ok_and(|kind| kind == video);
        if !known || self.format.parse(param).is_err() {
            return Err(failed("it offers no pictures that can be read"));
        }
        Ok(())
    }

    /// Takes the newest picture.
    fn take(&mut self, stream: &StreamRef) {
        let Some(mut buffer) = Taken::newest(stream) else { return };
        let Rectangle { width, height } = self.format.size();
        let part = buffer.part((width, height));
        let Some(data) = buffer.data() else { return };
        let chunk = data.chunk();
        let empty = chunk.size() == 0 || chunk.flags().contains(ChunkFlags::CORRUPTED);
        let (offset, stride) = (chunk.offset() as usize, chunk.stride());
        let Ok(stride) = usize::try_from(stride) else { return };
        let Some(bytes) = data.data().filter(|_| !empty && stride > 0) else { return };
        let red_first = matches!(self.format.format(), VideoFormat::RGBx | VideoFormat::RGBA);
        self.draw(bytes.get(offset..).unwrap_or_default(), stride, part, red_first);
    }

    /// Copies a part of a picture into the canvas, only the lines between the first and the last that
    /// changed: some desktops send the same picture again and again.
    fn draw(&mut self, bytes: &[u8], stride: usize, part: Part, red_first: bool) {
        let Part { left, top, width, height } = part;
        let first = left as usize * PIXEL;
        let length = width as usize * PIXEL;
        let bytes = bytes.get(top as usize * stride..).unwrap_or_default();
        let complete = length > 0
            && stride >= first + length
            && bytes.len() >= stride * (height as usize).saturating_sub(1) + first + length;
        if !complete {
            tracing::debug!(?part, stride, "a picture came incomplete");
            return;
        }
        let Received { canvas, line, .. } = self;
        for (at, from) in (0..height).zip(bytes.chunks(stride)) {
            let from = &from[first..first + length];
            let from = if red_first {
                line.clear();
                line.extend_from_slice(from);
                line.as_chunks_mut::<PIXEL>().0.iter_mut().for_each(|pixel| pixel.swap(0, 2));
                &line[..]
            } else {
                from
            };
            if canvas.line((width, height), at) != Some(from) {
                let band = Band { top: at, bottom: at + 1 };
                canvas.lines_mut(width, height, band).copy_from_slice(from);
            }
        }
    }
}

/// Says that buffers must be plain memory, and say what of their picture is to be seen: a desktop
/// may send a window in a picture as large as the monitor.
fn want_buffers(stream: &StreamRef) -> Result<()> {
    let kinds = (1 << DataType::MemPtr.as_raw()) | (1 << DataType::MemFd.as_raw());
    // Any of them, as the desktop likes: a plain number would have to be the same as its own.
    let any = ChoiceEnum::Flags { default: kinds, flags: Vec::new() };
    let any = Value::Choice(ChoiceValue::Int(Choice(ChoiceFlags::empty(), any)));
    let buffers = pod(Object {
        type_: SpaTypes::ObjectParamBuffers.as_raw(),
        id: ParamType::Buffers.as_raw(),
        properties: vec![Property::new(BUFFERS_DATA_TYPE, any)],
    })?;
    let buffers = Pod::from_bytes(&buffers).ok_or_else(|| failed("no buffers"))?;
    let crop = pod(Object {
        type_: SpaTypes::ObjectParamMeta.as_raw(),
        id: ParamType::Meta.as_raw(),
        properties: vec![
            Property::new(META_TYPE, Value::Id(Id(SPA_META_VideoCrop))),
            Property::new(META_SIZE, Value::Int(size_of::<spa_meta_region>() as i32)),
        ],
    })?;
    let crop = Pod::from_bytes(&crop).ok_or_else(|| failed("no metadata"))?;
    stream.update_params(&mut [buffers, crop]).map_err(failed)
}

/// This thread's presence in a PipeWire loop. PipeWire calls back on the thread that is in its loop,
/// and on its own where none is; so this one stays in it as long as there is a stream.
struct Within<'a>(&'a LoopRef);

#[expect(unsafe_code, reason = "the binding enters a loop only for one round at a time")]
impl Within<'_> {
    fn enter(of: &LoopRef) -> Within<'_> {
        // SAFETY: no other thread knows this loop; it is left in `drop`, on this thread too, for
        // `Within` is not `Send`.
        unsafe { of.enter() };
        Within(of)
    }
}

#[expect(unsafe_code, reason = "the same")]
impl Drop for Within<'_> {
    fn drop(&mut self) {
        // SAFETY: entered once, in `enter`.
        unsafe { self.0.leave() };
    }
}

/// The formats that are taken: 32 bits a pixel, any size, as many pictures as are wanted at most.
fn formats(fps: u32) -> Object {
    let size = |width, height| Rectangle { width, height };
    let rate = |num| Fraction { num, denom: 1 };
    object!(
        SpaTypes::ObjectParamFormat,
        ParamType::EnumFormat,
        property!(FormatProperties::MediaType, Id, MediaType::Video),
        property!(FormatProperties::MediaSubtype, Id, MediaSubtype::Raw),
        property!(
            FormatProperties::VideoFormat,
            Choice,
            Enum,
            Id,
            VideoFormat::BGRx,
            VideoFormat::BGRx,
            VideoFormat::BGRA,
            VideoFormat::RGBx,
            VideoFormat::RGBA,
        ),
        property!(
            FormatProperties::VideoSize,
            Choice,
            Range,
            Rectangle,
            size(1920, 1080),
            size(2, 2),
            size(16_384, 16_384)
        ),
        // Variable, with a most: a screen that stands still sends nothing.
        property!(
            FormatProperties::VideoFramerate,
            Choice,
            Range,
            Fraction,
            rate(0),
            rate(0),
            rate(fps)
        ),
        property!(
            FormatProperties::VideoMaxFramerate,
            Choice,
            Range,
            Fraction,
            rate(fps),
            rate(1),
            rate(fps)
        ),
    )
}

/// An object as PipeWire reads it.
fn pod(object: Object) -> Result<Vec<u8>> {
    let into = std::io::Cursor::new(Vec::new());
    let written = PodSerializer::serialize(into, &Value::Object(object));
    written.map(|(cursor, _)| cursor.into_inner()).map_err(|error| failed(format!("{error:?}")))
}

fn failed(reason: impl std::fmt::Display) -> Error {
    over("the screen", format!("PipeWire says: {reason}"))
}
