//! Bitstream to pictures: one packet in, one picture out, no delay.
//!
//! After damage the decoder gives nothing until the next keyframe: a picture built on a damaged
//! one is worse than a short freeze.

use super::ffmpeg::{self, Converter};
use super::pool::Pool;
use crate::config::VideoCodec;
use crate::frame::{ColorSpace, VideoFrame};
use crate::{Error, Result};
use ffmpeg_next as ff;
use ffmpeg_next::format::Pixel;
use std::time::Instant;

/// The largest picture decoded, in pixels (4096 × 2304): what a stranger sends must not fill the
/// memory.
const LARGEST: &str = "9437184";

/// A decoder for one stream.
pub struct VideoDecoder {
    codec: VideoCodec,
    decoder: ff::decoder::Video,
    frame: ff::frame::Video,
    pool: Pool,
    converter: Option<Converter>,
    waits_for_keyframe: bool,
}

impl VideoDecoder {
    /// A decoder for a stream that starts with a keyframe.
    ///
    /// Fails with [`Error::Codec`] when this FFmpeg has none for `codec`.
    pub fn open(codec: VideoCodec) -> Result<VideoDecoder> {
        ffmpeg::init();
        let name = match codec {
            VideoCodec::H264 => "h264",
            VideoCodec::Vp8 => "vp8",
        };
        let failed = |error: ff::Error| Error::Codec {
            codec: format!("the {name} decoder"),
            reason: format!("{error}; install FFmpeg with its usual decoders"),
        };
        let found =
            ff::decoder::find_by_name(name).ok_or_else(|| failed(ff::Error::DecoderNotFound))?;
        let options = [
            ("threads", "1"),
            ("flags", "low_delay"),
            ("err_detect", "explode"),
            ("max_pixels", LARGEST),
        ];
        let decoder = ff::codec::Context::new_with_codec(found).decoder();
        let decoder = decoder
            .open_as_with(found, options.into_iter().collect())
            .and_then(|open| open.video());
        Ok(VideoDecoder {
            codec,
            decoder: decoder.map_err(failed)?,
            frame: ff::frame::Video::empty(),
            pool: Pool::new(),
            converter: None,
            waits_for_keyframe: true,
        })
    }

    /// Whether packets are passed over until a keyframe comes: at the start and after damage. The
    /// caller asks the sender for one.
    pub fn waits_for_keyframe(&self) -> bool {
        self.waits_for_keyframe
    }

    /// Decodes one access unit (Annex B) or VP8 frame. `captured` is handed on to the picture.
    ///
    /// `None` while waiting for a keyframe. Fails with [`Error::Damaged`] once for a bad packet;
    /// nothing of it is shown.
    pub fn decode(&mut self, data: &[u8], captured: Instant) -> Result<Option<VideoFrame>> {
        if self.waits_for_keyframe && !is_keyframe(self.codec, data) {
            return Ok(None);
        }
        match self.decode_once(data, captured) {
            Ok(frame) => {
                self.waits_for_keyframe = false;
                Ok(frame)
            }
            Err(reason) => {
                self.decoder.flush();
                self.waits_for_keyframe = true;
                Err(Error::Damaged { what: "video packet", reason })
            }
        }
    }

    fn decode_once(
        &mut self,
        data: &[u8],
        captured: Instant,
    ) -> std::result::Result<Option<VideoFrame>, String> {
        if data.is_empty() {
            return Err("it is empty".into());
        }
        self.decoder.send_packet(&ff::Packet::copy(data)).map_err(|error| error.to_string())?;
        let mut newest = None;
        loop {
            match self.decoder.receive_frame(&mut self.frame) {
                Ok(()) if ffmpeg::is_corrupt(&self.frame) => {
                    return Err("parts of the picture are missing".into());
                }
                Ok(()) => newest = Some(self.picture(captured).map_err(|error| error.to_string())?),
                Err(ff::Error::Other { errno: ff::util::error::EAGAIN }) => return Ok(newest),
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    fn picture(&mut self, captured: Instant) -> ffmpeg::Result<VideoFrame> {
        let (width, height) = (self.frame.width(), self.frame.height());
        let color = match self.codec {
            VideoCodec::H264 => ffmpeg::color_of(&self.frame, ColorSpace::WIRE),
            // Its header has no word for BT.709 (RFC 6386 section 9.2), so it says nothing to us.
            VideoCodec::Vp8 => ColorSpace::WIRE,
        };
        let planar = matches!(self.frame.format(), Pixel::YUV420P | Pixel::YUVJ420P);
        let (source, color) = if planar {
            (&self.frame, color)
        } else {
            let converter = self.converter.get_or_insert_with(Converter::new);
            (converter.run(&self.frame, color, (width, height))?, ColorSpace::WIRE)
        };
        let planes = self.pool.lend(width, height, |planes| {
            ffmpeg::copy_planes(source, planes);
            Ok::<_, ff::Error>(())
        })?;
        Ok(VideoFrame { width, height, color, captured, planes })
    }
}

/// Whether a decoder can start at this packet: for H.264 an IDR picture with an SPS before it, for
/// VP8 a frame whose first bit says so (RFC 6386 section 9.1).
pub fn is_keyframe(codec: VideoCodec, data: &[u8]) -> bool {
    match codec {
        VideoCodec::Vp8 => data.len() >= 10 && data[0] & 1 == 0 && data[3..6] == [0x9d, 0x01, 0x2a],
        VideoCodec::H264 => {
            let mut sps = false;
            for kind in nal_types(data) {
                match kind {
                    7 => sps = true,
                    5 => return sps,
                    1 => return false,
                    _ => {}
                }
            }
            false
        }
    }
}

/// The types of an access unit's NAL units, in order (ITU-T H.264 annex B, table 7-1).
fn nal_types(data: &[u8]) -> impl Iterator<Item = u8> {
    data.windows(4).filter(|bytes| bytes[..3] == [0, 0, 1]).map(|bytes| bytes[3] & 0x1f)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::test_pictures::{moment, picture, psnr};
    use crate::codec::video_encoder::{Content, Settings, VideoEncoder};

    /// Ten packets, of which the first and the seventh are keyframes.
    fn stream(codec: VideoCodec) -> Vec<Vec<u8>> {
        let settings = Settings {
            codec,
            content: Content::Camera,
            width: 320,
            height: 180,
            fps: 30,
            bitrate_bps: 800_000,
        };
        let mut encoder = VideoEncoder::open(settings).expect("opens");
        let mut encode =
            |n| encoder.encode(&picture(320, 180, n), n == 6).expect("encodes").expect("a packet");
        (0..10).map(|n| encode(n).data.to_vec()).collect()
    }

    fn bad_packets(good: &[u8]) -> Vec<Vec<u8>> {
        let mut zeros = good.to_vec();
        zeros[good.len() / 3..].fill(0);
        let mut noise = good.to_vec();
        for (n, byte) in noise.iter_mut().enumerate().skip(2) {
            *byte = (n * 97 + 13) as u8;
        }
        vec![vec![], good[..good.len() / 2].to_vec(), good[..9].to_vec(), zeros, noise]
    }

    #[test]
    fn damage_is_reported_once_and_over_at_the_next_keyframe() {
        for codec in [VideoCodec::H264, VideoCodec::Vp8] {
            let packets = stream(codec);
            for (which, bad) in bad_packets(&packets[3]).into_iter().enumerate() {
                let mut decoder = VideoDecoder::open(codec).expect("opens");
                let mut errors = 0;
                for (n, good) in packets.iter().enumerate() {
                    let data = if n == 3 { &bad } else { good };
                    match decoder.decode(data, moment(n as u32)) {
                        Ok(Some(frame)) => {
                            assert!(
                                !(3..6).contains(&n) || errors == 0,
                                "{codec:?} {which}: shown while waiting"
                            );
                            let db = psnr(&frame, &picture(320, 180, n as u32));
                            assert!(
                                errors == 0 && n > 3 || db > 28.0,
                                "{codec:?} {which} picture {n}: {db:.1} dB"
                            );
                        }
                        Ok(None) => assert!(
                            decoder.waits_for_keyframe() && errors > 0,
                            "{codec:?} {which} {n}"
                        ),
                        Err(error) => {
                            assert!(matches!(error, Error::Damaged { .. }), "{error}");
                            errors += 1;
                        }
                    }
                    assert!(
                        n < 6 || !decoder.waits_for_keyframe(),
                        "{codec:?} {which}: the keyframe ends it"
                    );
                }
                assert!(errors <= 1, "{codec:?} {which}: {errors} errors");
                // VP8's last partition has neither a length nor a checksum: some damage shows only as
                // a wrong picture.
                let must_see = codec == VideoCodec::H264 || [0, 2].contains(&which);
                assert!(errors == 1 || !must_see, "{codec:?} {which} unseen");
            }
        }
    }

    #[test]
    fn nothing_is_shown_before_the_first_keyframe() {
        for codec in [VideoCodec::H264, VideoCodec::Vp8] {
            let packets = stream(codec);
            let mut decoder = VideoDecoder::open(codec).expect("opens");
            for (n, packet) in packets.iter().enumerate().skip(2) {
                let shown =
                    decoder.decode(packet, moment(n as u32)).expect("not an error").is_some();
                assert_eq!(shown, n >= 6, "{codec:?} packet {n}");
            }
        }
    }

    #[test]
    fn a_keyframe_is_known_by_its_bytes() {
        assert!(is_keyframe(
            VideoCodec::H264,
            &[0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 1, 0x65, 9]
        ));
        assert!(!is_keyframe(VideoCodec::H264, &[0, 0, 0, 1, 0x65, 9]), "no SPS before it");
        assert!(!is_keyframe(VideoCodec::H264, &[0, 0, 1, 0x41, 9]));
        assert!(is_keyframe(VideoCodec::Vp8, &[0x10, 2, 0, 0x9d, 1, 0x2a, 64, 1, 180, 0]));
        assert!(!is_keyframe(VideoCodec::Vp8, &[0x11, 2, 0, 0x9d, 1, 0x2a, 64, 1, 180, 0]));
        assert!(!is_keyframe(VideoCodec::Vp8, &[]) && !is_keyframe(VideoCodec::H264, &[0, 0]));
    }
}
