//! What a picture costs: encoding, decoding, scaling, and drawing the presenter.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use engine::capture::Limits;
use engine::capture::demo::Presenter;
use engine::codec::scale::Scaler;
use engine::codec::video_decoder::VideoDecoder;
use engine::codec::video_encoder::{Content, Settings, VideoEncoder};
use engine::config::VideoCodec;
use katheder_suite::clip::clip;
use std::hint::black_box;

const CODECS: [(&str, VideoCodec); 2] = [("h264", VideoCodec::H264), ("vp8", VideoCodec::Vp8)];

/// Four seconds.
const PICTURES: usize = 120;

fn encoder(codec: VideoCodec) -> VideoEncoder {
    let settings = Settings {
        codec,
        content: Content::Camera,
        width: 1280,
        height: 720,
        fps: 30,
        bitrate_bps: 1_500_000,
    };
    VideoEncoder::open(settings).expect("an encoder")
}

fn encode(criterion: &mut Criterion) {
    let clip = clip(PICTURES);
    for (name, codec) in CODECS {
        let mut encoder = encoder(codec);
        let mut frames = clip.iter().cycle();
        criterion.bench_function(&format!("encode/{name}_720p"), |bencher| {
            bencher
                .iter(|| encoder.encode(frames.next().expect("endless"), false).expect("encodes"));
        });
    }
}

fn decode(criterion: &mut Criterion) {
    let clip = clip(PICTURES);
    for (name, codec) in CODECS {
        let mut encoder = encoder(codec);
        let packets: Vec<_> = clip
            .iter()
            .map(|frame| encoder.encode(frame, false).expect("encodes").expect("a packet").data)
            .collect();
        let mut decoder = VideoDecoder::open(codec).expect("a decoder");
        // The stream's only keyframe is its first picture: it starts over where the clip does.
        let mut packets = packets.iter().cycle();
        criterion.bench_function(&format!("decode/{name}_720p"), |bencher| {
            bencher.iter(|| decoder.decode(packets.next().expect("endless"), clip[0].captured));
        });
    }
}

fn scale(criterion: &mut Criterion) {
    let clip = clip(PICTURES);
    for (name, width, height) in [("720p_to_360p", 640, 360), ("720p_to_240p", 426, 240)] {
        let mut scaler = Scaler::new();
        criterion.bench_function(&format!("scale/{name}"), |bencher| {
            bencher.iter(|| black_box(scaler.scale(&clip[0], width, height)).expect("scales"));
        });
    }
}

fn present(criterion: &mut Criterion) {
    let mut presenter = Presenter::new(Some(Limits::NONE), false).expect("the bundled drawing");
    criterion.bench_function("present/720p", |bencher| {
        bencher.iter_batched(|| (), |()| presenter.next().expect("draws"), BatchSize::SmallInput);
    });
}

criterion_group! {
    name = benches;
    config = katheder_suite::criterion();
    targets = encode, decode, scale, present
}
criterion_main!(benches);
