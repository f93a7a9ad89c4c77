//! The corner where FFmpeg's C structures are touched directly: everything its safe binding lacks.
//!
//! The rest of the codecs, and capture, use `ffmpeg_next` and the few safe functions here.

#![expect(unsafe_code, reason = "fields and calls that ffmpeg-next does not wrap")]

use crate::frame::{ColorSpace, Matrix, Planes, Range};
use ffmpeg_next as ff;
use ffmpeg_next::ffi;
use ffmpeg_next::format::Pixel;
use std::ffi::c_void;
use std::sync::{Arc, Once};

/// FFmpeg's own result.
pub(crate) type Result<T> = std::result::Result<T, ff::Error>;

/// Registers FFmpeg's devices and quietens its log, once a process. FFmpeg prints to the standard
/// error stream, where nobody looks; what matters comes back as an error value.
pub(crate) fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Err(error) = ff::init() {
            tracing::error!("FFmpeg did not start: {error}");
        }
        ff::log::set_level(ff::log::Level::Fatal);
    });
}

/// An FFmpeg frame that borrows `planes` of `size` pixels, cropped to `width` × `height` at the
/// right and bottom. The planes live on until FFmpeg lets go of them.
pub(crate) fn share(
    planes: &Arc<Planes>,
    color: ColorSpace,
    size: (u32, u32),
    (width, height): (u32, u32),
) -> Result<ff::frame::Video> {
    extern "C" fn release(planes: *mut c_void, _data: *mut u8) {
        // SAFETY: `planes` came from `Arc::into_raw` below, and FFmpeg calls this once a buffer.
        drop(unsafe { Arc::from_raw(planes.cast::<Planes>()) });
    }
    let chroma = (size.0.div_ceil(2), size.1.div_ceil(2));
    let parts = [(&planes.y, size), (&planes.u, chroma), (&planes.v, chroma)];
    let too_short =
        |(plane, (w, h)): &(&Vec<u8>, (u32, u32))| plane.len() < *w as usize * *h as usize;
    if width > size.0 || height > size.1 || parts.iter().any(too_short) {
        return Err(ff::Error::InvalidData);
    }
    let mut out = ff::frame::Video::empty();
    out.set_format(Pixel::YUV420P);
    out.set_width(width);
    out.set_height(height);
    set_color(&mut out, color);
    for (index, (plane, (stride, _))) in parts.into_iter().enumerate() {
        let data = plane.as_ptr().cast_mut();
        let owner = Arc::into_raw(planes.clone()).cast_mut().cast();
        // SAFETY: the buffer is as long as FFmpeg is told and marked read-only; `owner` keeps it
        // alive until `release`.
        unsafe {
            let readonly = ffi::AV_BUFFER_FLAG_READONLY;
            let buffer = ffi::av_buffer_create(data, plane.len(), Some(release), owner, readonly);
            if buffer.is_null() {
                release(owner, data);
                return Err(ff::Error::Other { errno: ff::util::error::ENOMEM });
            }
            let raw = out.as_mut_ptr();
            (*raw).buf[index] = buffer;
            (*raw).data[index] = data;
            (*raw).linesize[index] = stride as i32;
        }
    }
    Ok(out)
}

/// Writes `color` into the frame's properties.
pub(super) fn set_color(frame: &mut ff::frame::Video, color: ColorSpace) {
    frame.set_color_space(match color.matrix {
        Matrix::Bt601 => ff::color::Space::SMPTE170M,
        Matrix::Bt709 => ff::color::Space::BT709,
    });
    frame.set_color_range(match color.range {
        Range::Limited => ff::color::Range::MPEG,
        Range::Full => ff::color::Range::JPEG,
    });
}

/// What the frame says about its colors; `fallback` where it is silent.
pub(crate) fn color_of(frame: &ff::frame::Video, fallback: ColorSpace) -> ColorSpace {
    let full = matches!(
        frame.format(),
        Pixel::YUVJ420P | Pixel::YUVJ422P | Pixel::YUVJ444P | Pixel::YUVJ440P
    );
    ColorSpace {
        matrix: match frame.color_space() {
            ff::color::Space::BT709 => Matrix::Bt709,
            ff::color::Space::SMPTE170M | ff::color::Space::BT470BG | ff::color::Space::FCC => {
                Matrix::Bt601
            }
            _ => fallback.matrix,
        },
        range: match frame.color_range() {
            _ if full => Range::Full,
            ff::color::Range::JPEG => Range::Full,
            ff::color::Range::MPEG => Range::Limited,
            ff::color::Range::Unspecified => fallback.range,
        },
    }
}

/// Whether the decoder marked the frame as damaged or concealed something in it.
pub(crate) fn is_corrupt(frame: &ff::frame::Video) -> bool {
    // SAFETY: plain reads of a live frame's fields.
    unsafe {
        let raw = frame.as_ptr();
        (*raw).flags & ffi::AV_FRAME_FLAG_CORRUPT != 0 || (*raw).decode_error_flags != 0
    }
}

/// Copies an 8-bit 4:2:0 FFmpeg frame into tight planes of its size.
pub(crate) fn copy_planes(from: &ff::frame::Video, to: &mut Planes) {
    for (index, plane) in [&mut to.y, &mut to.u, &mut to.v].into_iter().enumerate() {
        let width = from.plane_width(index) as usize;
        let rows = from.data(index).chunks(from.stride(index));
        for (row, out) in rows.zip(plane.chunks_exact_mut(width)) {
            out.copy_from_slice(&row[..width]);
        }
    }
}

/// How far a stream's pictures must be turned clockwise to stand upright: 0, 90, 180 or 270
/// degrees, from its display matrix.
pub(crate) fn rotation_of(stream: &ff::format::stream::Stream<'_>) -> u32 {
    let matrix =
        stream.side_data().find(|data| data.kind() == ff::packet::side_data::Type::DisplayMatrix);
    let Some(matrix) = matrix.as_ref().map(|data| data.data()).filter(|data| data.len() >= 36)
    else {
        return 0;
    };
    let mut values = [0i32; 9];
    for (value, bytes) in values.iter_mut().zip(matrix.chunks_exact(4)) {
        *value = i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    // SAFETY: nine values, as the function wants.
    let counterclockwise = unsafe { ffi::av_display_rotation_get(values.as_ptr()) };
    if counterclockwise.is_nan() {
        return 0;
    }
    ((-counterclockwise / 90.0).round() as i64 * 90).rem_euclid(360) as u32
}

/// Converts and scales pictures to I420 in [`ColorSpace::WIRE`]. Keeps its tables and its output
/// from call to call.
pub(crate) struct Converter {
    context: Option<(Setup, ff::software::scaling::Context)>,
    out: ff::frame::Video,
}

type Setup = (Pixel, (u32, u32), ColorSpace, (u32, u32));

// SAFETY: an SwsContext has no ties to the thread that made it.
unsafe impl Send for Converter {}

impl Converter {
    pub(crate) fn new() -> Converter {
        Converter { context: None, out: ff::frame::Video::empty() }
    }

    /// The picture at `to` pixels (width, height). `color` is what `input` is in.
    pub(crate) fn run(
        &mut self,
        input: &ff::frame::Video,
        color: ColorSpace,
        to: (u32, u32),
    ) -> Result<&ff::frame::Video> {
        let setup = (input.format(), (input.width(), input.height()), color, to);
        let context = match &mut self.context {
            Some((made_for, context)) if *made_for == setup => context,
            slot => {
                self.out = ff::frame::Video::new(Pixel::YUV420P, to.0, to.1);
                set_color(&mut self.out, ColorSpace::WIRE);
                &mut slot.insert((setup, new_context(setup)?)).1
            }
        };
        context.run(input, &mut self.out)?;
        Ok(&self.out)
    }
}

fn new_context((format, from, color, to): Setup) -> Result<ff::software::scaling::Context> {
    let flags = ff::software::scaling::Flags::BILINEAR;
    let mut context = ff::software::scaling::Context::get(
        format,
        from.0,
        from.1,
        Pixel::YUV420P,
        to.0,
        to.1,
        flags,
    )?;
    let matrix = match color.matrix {
        Matrix::Bt601 => ffi::SWS_CS_ITU601,
        Matrix::Bt709 => ffi::SWS_CS_ITU709,
    };
    let full = i32::from(color.range == Range::Full);
    // SAFETY: a live context; the tables are FFmpeg's own constants. Unsupported pairs are
    // refused by a negative result and leave the context usable.
    unsafe {
        let from = ffi::sws_getCoefficients(matrix);
        let to = ffi::sws_getCoefficients(ffi::SWS_CS_ITU709);
        ffi::sws_setColorspaceDetails(context.as_mut_ptr(), from, full, to, 0, 0, 1 << 16, 1 << 16);
    }
    Ok(context)
}

/// Turns any sound into 48 kHz mono.
pub(crate) struct Resampler {
    raw: *mut ffi::SwrContext,
    made_for: (i32, i32, i32),
    chunk: Vec<f32>,
}

// SAFETY: an SwrContext has no ties to the thread that made it.
unsafe impl Send for Resampler {}

impl Resampler {
    pub(crate) fn new() -> Resampler {
        Resampler { raw: std::ptr::null_mut(), made_for: (0, 0, 0), chunk: Vec::new() }
    }

    /// Resamples a frame; what is ready goes to the end of `out`.
    pub(crate) fn push(
        &mut self,
        frame: &ff::frame::Audio,
        out: &mut impl Extend<f32>,
    ) -> Result<()> {
        // SAFETY: plain reads of a live frame's fields; the layout is copied before it is changed.
        let (made_for, mut layout) = unsafe {
            let raw = &*frame.as_ptr();
            let mut layout: ffi::AVChannelLayout = std::mem::zeroed();
            if raw.ch_layout.order == ffi::AVChannelOrder::AV_CHANNEL_ORDER_NATIVE {
                ffi::av_channel_layout_copy(&mut layout, &raw.ch_layout);
            } else {
                ffi::av_channel_layout_default(&mut layout, raw.ch_layout.nb_channels);
            }
            ((raw.format, raw.sample_rate, layout.nb_channels), layout)
        };
        if self.made_for != made_for {
            self.flush(out);
            self.reopen(made_for, &mut layout)?;
        }
        // SAFETY: planes and count belong together in a decoded frame.
        let (planes, samples) =
            unsafe { ((*frame.as_ptr()).extended_data, (*frame.as_ptr()).nb_samples) };
        self.convert(planes.cast(), samples, out)
    }

    /// What is still inside goes to the end of `out`; the next frame starts anew.
    pub(crate) fn flush(&mut self, out: &mut impl Extend<f32>) {
        if !self.raw.is_null() {
            if let Err(error) = self.convert(std::ptr::null_mut(), 0, out) {
                tracing::debug!("the resampler kept its last samples: {error}");
            }
            // SAFETY: the one context this value owns; the pointer becomes null.
            unsafe { ffi::swr_free(&mut self.raw) };
        }
        self.made_for = (0, 0, 0);
    }

    fn reopen(&mut self, made_for: (i32, i32, i32), from: &mut ffi::AVChannelLayout) -> Result<()> {
        let (format, rate, _) = made_for;
        // SAFETY: FFmpeg checks the values; the format is one a decoder gave.
        let result = unsafe {
            let mut mono: ffi::AVChannelLayout = std::mem::zeroed();
            ffi::av_channel_layout_default(&mut mono, 1);
            let float = ffi::AVSampleFormat::AV_SAMPLE_FMT_FLT;
            let format = std::mem::transmute::<i32, ffi::AVSampleFormat>(format);
            let (log, rate_out) = (std::ptr::null_mut(), crate::frame::SAMPLE_RATE as i32);
            match ffi::swr_alloc_set_opts2(
                &mut self.raw,
                &mut mono,
                float,
                rate_out,
                from,
                format,
                rate,
                0,
                log,
            ) {
                0 => ffi::swr_init(self.raw),
                error => error,
            }
        };
        if result < 0 {
            return Err(result.into());
        }
        self.made_for = made_for;
        Ok(())
    }

    fn convert(
        &mut self,
        planes: *mut *const u8,
        samples: i32,
        out: &mut impl Extend<f32>,
    ) -> Result<()> {
        // SAFETY: the output has room for as many samples as FFmpeg is told.
        let got = unsafe {
            let room = ffi::swr_get_out_samples(self.raw, samples).max(0);
            self.chunk.resize(room as usize, 0.0);
            let mut to = self.chunk.as_mut_ptr().cast::<u8>();
            ffi::swr_convert(self.raw, &mut to, room, planes, samples)
        };
        if got < 0 {
            return Err(got.into());
        }
        out.extend(self.chunk[..got as usize].iter().copied());
        Ok(())
    }
}

impl Drop for Resampler {
    fn drop(&mut self) {
        // SAFETY: the one context this value owns, or null.
        unsafe { ffi::swr_free(&mut self.raw) };
    }
}

/// Bit rate, its ceiling and the buffer that bounds bursts, as every encoder reads them.
pub(super) fn set_rate(context: &mut ff::codec::Context, bps: u32, buffer_bits: u32) {
    // SAFETY: plain stores into a live context; encoders compare them at the next frame.
    unsafe {
        let raw = context.as_mut_ptr();
        (*raw).bit_rate = i64::from(bps);
        (*raw).rc_max_rate = i64::from(bps);
        (*raw).rc_min_rate = i64::from(bps);
        (*raw).rc_buffer_size = buffer_bits as i32;
        (*raw).rc_initial_buffer_occupancy = (buffer_bits as i32 / 10) * 9;
    }
}

/// Codec-wide data that an encoder produced at opening: parameter sets, for some H.264 encoders.
pub(super) fn extradata(context: &ff::codec::Context) -> &[u8] {
    // SAFETY: FFmpeg keeps the pair valid as long as the context lives.
    unsafe {
        let raw = context.as_ptr();
        match (*raw).extradata_size {
            size if size > 0 && !(*raw).extradata.is_null() => {
                std::slice::from_raw_parts((*raw).extradata, size as usize)
            }
            _ => &[],
        }
    }
}

/// Surfaces on a VA-API device, for encoders that take nothing else.
pub(super) struct Surfaces {
    frames: *mut ffi::AVBufferRef,
}

// SAFETY: a counted reference to a context that FFmpeg guards itself.
unsafe impl Send for Surfaces {}

impl Surfaces {
    /// Surfaces of a size on the default VA-API device, attached to an encoder not yet opened.
    pub(super) fn attach(
        context: &mut ff::codec::Context,
        width: u32,
        height: u32,
    ) -> Result<Surfaces> {
        /// One being encoded, one being filled, and the reference pictures.
        const POOL: i32 = 8;
        let check = |result: i32| if result < 0 { Err(ff::Error::from(result)) } else { Ok(()) };
        // SAFETY: each pointer is checked before use; references are counted by FFmpeg and the
        // two taken here are given back below and in `drop`.
        unsafe {
            let mut device = std::ptr::null_mut();
            let kind = ffi::AVHWDeviceType::AV_HWDEVICE_TYPE_VAAPI;
            check(ffi::av_hwdevice_ctx_create(
                &mut device,
                kind,
                std::ptr::null(),
                std::ptr::null_mut(),
                0,
            ))?;
            let frames = ffi::av_hwframe_ctx_alloc(device);
            ffi::av_buffer_unref(&mut device);
            if frames.is_null() {
                return Err(ff::Error::Other { errno: ff::util::error::ENOMEM });
            }
            let surfaces = Surfaces { frames };
            let setup = (*frames).data.cast::<ffi::AVHWFramesContext>();
            (*setup).format = Pixel::VAAPI.into();
            (*setup).sw_format = Pixel::NV12.into();
            (*setup).width = width as i32;
            (*setup).height = height as i32;
            (*setup).initial_pool_size = POOL;
            check(ffi::av_hwframe_ctx_init(frames))?;
            (*context.as_mut_ptr()).hw_frames_ctx = ffi::av_buffer_ref(frames);
            Ok(surfaces)
        }
    }

    /// Copies a picture onto a free surface.
    pub(super) fn upload(&self, from: &ff::frame::Video) -> Result<ff::frame::Video> {
        let mut surface = ff::frame::Video::empty();
        // SAFETY: `frames` is live, both frames are; FFmpeg checks formats and sizes.
        let result = unsafe {
            match ffi::av_hwframe_get_buffer(self.frames, surface.as_mut_ptr(), 0) {
                got if got < 0 => got,
                _ => ffi::av_hwframe_transfer_data(surface.as_mut_ptr(), from.as_ptr(), 0),
            }
        };
        if result < 0 { Err(result.into()) } else { Ok(surface) }
    }
}

impl Drop for Surfaces {
    fn drop(&mut self) {
        // SAFETY: the one reference this value owns.
        unsafe { ffi::av_buffer_unref(&mut self.frames) };
    }
}
