use super::*;
use crate::codec::test_pictures::{picture, psnr};
use crate::codec::video_decoder::VideoDecoder;

const CODECS: [VideoCodec; 2] = [VideoCodec::H264, VideoCodec::Vp8];

fn encoder(codec: VideoCodec, width: u32, height: u32, bitrate_bps: u32) -> VideoEncoder {
    VideoEncoder::open(Settings {
        codec,
        content: Content::Camera,
        width,
        height,
        fps: 30,
        bitrate_bps,
    })
    .expect("software opens")
}

fn encode(encoder: &mut VideoEncoder, frame: &VideoFrame, force: bool) -> Encoded {
    encoder.encode(frame, force).expect("encodes").expect("one in, one out")
}

#[test]
fn pictures_survive_the_round_trip_at_even_and_odd_sizes() {
    for codec in CODECS {
        for (width, height) in [(640, 360), (641, 359), (320, 180), (16, 16)] {
            let mut encoder = encoder(codec, width, height, 1_500_000);
            let mut decoder = VideoDecoder::open(codec).expect("opens");
            for n in 0..12 {
                let frame = picture(width, height, n);
                let encoded = encode(&mut encoder, &frame, false);
                assert_eq!(encoded.keyframe, n == 0, "{codec:?}: only the first is a keyframe");
                let back = decoder.decode(&encoded.data, frame.captured).expect("decodes");
                let back = back.expect("one in, one out");
                let coded = if codec == VideoCodec::H264 {
                    (width & !1, height & !1)
                } else {
                    (width, height)
                };
                assert_eq!((back.width, back.height), coded);
                assert_eq!((back.color, back.captured), (ColorSpace::WIRE, frame.captured));
                let db = psnr(&frame, &back);
                assert!(db > 30.0, "{codec:?} {width}x{height} picture {n}: {db:.1} dB");
            }
        }
    }
}

#[test]
fn a_keyframe_comes_when_asked_for_and_carries_its_parameter_sets() {
    for codec in CODECS {
        let mut encoder = encoder(codec, 320, 180, 500_000);
        for n in 0..20 {
            let encoded = encode(&mut encoder, &picture(320, 180, n), n == 7 || n == 8);
            assert_eq!(encoded.keyframe, [0, 7, 8].contains(&n), "{codec:?} picture {n}");
            assert_eq!(is_keyframe(codec, &encoded.data), encoded.keyframe);
        }
    }
}

#[test]
fn h264_is_constrained_baseline_at_the_level_its_size_needs() {
    for (width, height, level) in [(320, 180, 31), (1280, 720, 31), (1920, 1080, 40)] {
        let mut encoder = encoder(VideoCodec::H264, width, height, 1_000_000);
        let data = encode(&mut encoder, &picture(width, height, 0), false).data;
        let sps = data.windows(8).find(|bytes| bytes[..4] == [0, 0, 1, 0x67]).expect("an SPS");
        assert_eq!(sps[4], 66, "profile_idc: baseline");
        assert_eq!(sps[5] & 0xc0, 0xc0, "constraint_set0 and 1: constrained");
        assert_eq!(sps[6], level);
    }
}

/// Bits a second over `frames` pictures, after `settle` more.
fn rate(encoder: &mut VideoEncoder, from: u32, settle: u32, frames: u32) -> (f64, usize) {
    let mut bytes = 0;
    let mut keyframes = 0;
    for n in from..from + settle + frames {
        let encoded = encode(encoder, &picture(320, 180, n), false);
        keyframes += usize::from(encoded.keyframe && n > 0);
        bytes += if n >= from + settle { encoded.data.len() } else { 0 };
    }
    (bytes as f64 * 8.0 * 30.0 / f64::from(frames), keyframes)
}

#[test]
fn a_new_bit_rate_holds_and_costs_h264_no_keyframe() {
    for codec in CODECS {
        let mut encoder = encoder(codec, 320, 180, 600_000);
        let (high, _) = rate(&mut encoder, 0, 30, 60);
        encoder.set_bitrate(150_000);
        let (low, keyframes) = rate(&mut encoder, 90, 30, 60);
        assert!((0.7..1.3).contains(&(high / 600e3)), "{codec:?}: {high:.0} b/s of 600k");
        assert!((0.6..1.4).contains(&(low / 150e3)), "{codec:?}: {low:.0} b/s of 150k");
        assert_eq!(keyframes, usize::from(codec == VideoCodec::Vp8));
    }
}

#[test]
fn a_keyframe_does_not_burst() {
    let mut encoder = encoder(VideoCodec::H264, 640, 360, 500_000);
    for n in 0..60 {
        let encoded = encode(&mut encoder, &picture(640, 360, n), n == 45);
        let carried_ms = encoded.data.len() as u64 * 8 * 1000 / 500_000;
        assert!(n == 0 || carried_ms <= H264_BUFFER_MS + 30, "picture {n} is {carried_ms} ms long");
    }
}

#[test]
fn another_size_starts_anew_with_a_keyframe() {
    for codec in CODECS {
        let mut encoder = encoder(codec, 320, 180, 500_000);
        let mut decoder = VideoDecoder::open(codec).expect("opens");
        for (n, size) in [(320, 180), (320, 180), (160, 90), (640, 360)].into_iter().enumerate() {
            let frame = picture(size.0, size.1, n as u32);
            let encoded = encode(&mut encoder, &frame, false);
            assert_eq!(encoded.keyframe, n != 1);
            let back =
                decoder.decode(&encoded.data, frame.captured).expect("decodes").expect("a picture");
            assert_eq!((back.width, back.height), size);
        }
    }
}

#[test]
fn other_colors_are_converted_to_those_of_the_wire() {
    use crate::frame::{Matrix, Range};
    let mut frame = picture(64, 64, 0);
    let planes = std::sync::Arc::make_mut(&mut frame.planes);
    planes.y.fill(255);
    planes.u.fill(128);
    planes.v.fill(128);
    frame.color = ColorSpace { matrix: Matrix::Bt601, range: Range::Full };
    let encoded = encode(&mut encoder(VideoCodec::H264, 64, 64, 500_000), &frame, false);
    let mut decoder = VideoDecoder::open(VideoCodec::H264).expect("opens");
    let back = decoder.decode(&encoded.data, frame.captured).expect("decodes").expect("a picture");
    assert_eq!(back.color, ColorSpace::WIRE);
    assert!(back.planes.y[0].abs_diff(235) <= 2, "white is {} in limited range", back.planes.y[0]);
}

#[test]
fn a_size_of_zero_is_an_error() {
    for codec in CODECS {
        let settings = Settings {
            codec,
            content: Content::Camera,
            width: 0,
            height: 0,
            fps: 0,
            bitrate_bps: 0,
        };
        assert!(matches!(VideoEncoder::open(settings), Err(Error::Codec { .. })));
    }
}
