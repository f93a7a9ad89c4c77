//! What remuxing needs of FFmpeg's structures and its safe binding lacks.

#![expect(unsafe_code, reason = "fields and calls that ffmpeg-next does not wrap")]

use ffmpeg_next as ff;
use ffmpeg_next::ffi;
use ffmpeg_next::format::context::Output;

/// Whether a container can hold a codec; `true` also where it does not know.
pub(super) fn holds(output: &Output, codec: ff::codec::Id) -> bool {
    let strictness = ffi::FF_COMPLIANCE_NORMAL;
    // SAFETY: the format belongs to a live context; the call only reads it.
    unsafe { ffi::avformat_query_codec((*output.as_ptr()).oformat, codec.into(), strictness) != 0 }
}

/// Forgets a stream's four-letter code: that of one container may mean nothing in another, and
/// without one each muxer sets its own.
pub(super) fn clear_tag(stream: &mut ff::format::stream::StreamMut<'_>) {
    // SAFETY: a plain store into the parameters that a live stream owns.
    unsafe { (*(*stream.as_mut_ptr()).codecpar).codec_tag = 0 }
}

/// Tells the container the shape of a pixel.
pub(super) fn set_aspect(stream: &mut ff::format::stream::StreamMut<'_>, aspect: ff::Rational) {
    // SAFETY: plain stores into a live stream and the parameters it owns.
    unsafe {
        let stream = stream.as_mut_ptr();
        (*stream).sample_aspect_ratio = aspect.into();
        (*(*stream).codecpar).sample_aspect_ratio = aspect.into();
    }
}
