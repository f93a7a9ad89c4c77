//! A 720p picture's whole way, on one thread and without sockets.
//!
//! `frame_720p_*` takes a picture from the camera's slot to the display's: encode, packetize,
//! jitter buffer, decode. `send_720p_h264` is its first half, up to the packets; next to it
//! `bare_encoder_h264` is libx264 alone with the same settings and pictures. Sending may cost a
//! tenth more than that.

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use engine::clock::Ntp;
use engine::codec::video_decoder::VideoDecoder;
use engine::codec::video_encoder::{Content, Encoded, Settings, VideoEncoder};
use engine::config::VideoCodec;
use engine::frame::VideoFrame;
use engine::jitter_buffer::video::{Output, VideoJitterBuffer};
use engine::transport::packetize::{self, MAX_PAYLOAD};
use engine::transport::{PayloadKind, RtpPacket};
use ffmpeg_next as ff;
use katheder_suite::clip::clip;
use katheder_suite::network::any_moment;
use std::time::{Duration, Instant};

/// Four seconds, shown over and over.
const PICTURES: usize = 120;

const BITRATE_BPS: u32 = 1_500_000;

/// Encoder and packetizer.
struct Sending {
    codec: VideoCodec,
    encoder: VideoEncoder,
    payloads: Vec<Bytes>,
    sequence: u16,
    frames: u32,
}

impl Sending {
    fn new(codec: VideoCodec) -> Sending {
        let settings = Settings {
            codec,
            content: Content::Camera,
            width: 1280,
            height: 720,
            fps: 30,
            bitrate_bps: BITRATE_BPS,
        };
        let encoder = VideoEncoder::open(settings).expect("an encoder");
        Sending { codec, encoder, payloads: Vec::new(), sequence: 0, frames: 0 }
    }

    fn send(&mut self, frame: &VideoFrame, now: Instant, mut leave: impl FnMut(RtpPacket)) {
        self.frames += 1;
        let Some(Encoded { data, .. }) = self.encoder.encode(frame, false).expect("encodes") else {
            return;
        };
        self.payloads.clear();
        match self.codec {
            VideoCodec::H264 => {
                packetize::h264::packetize(&data, MAX_PAYLOAD, &mut self.payloads);
            }
            VideoCodec::Vp8 => {
                let picture_id = self.frames as u16 & 0x7fff;
                packetize::vp8::packetize(&data, picture_id, MAX_PAYLOAD, &mut self.payloads);
            }
        }
        let last = self.payloads.len().saturating_sub(1);
        for (index, payload) in self.payloads.drain(..).enumerate() {
            self.sequence = self.sequence.wrapping_add(1);
            leave(RtpPacket {
                payload_kind: PayloadKind::Video(self.codec),
                sequence: self.sequence,
                timestamp: self.frames.wrapping_mul(3_000),
                marker: index == last,
                payload,
                captured: (index == 0).then_some(Ntp(u64::from(self.frames) << 27)),
                level: None,
                arrived: now,
            });
        }
    }
}

fn whole(criterion: &mut Criterion) {
    let clip = clip(PICTURES);
    for (name, codec) in [("h264", VideoCodec::H264), ("vp8", VideoCodec::Vp8)] {
        let mut sending = Sending::new(codec);
        let mut buffer = VideoJitterBuffer::new();
        let mut decoder = VideoDecoder::open(codec).expect("a decoder");
        let mut pictures = clip.iter().cycle();
        let mut now = any_moment();
        criterion.bench_function(&format!("pipeline/frame_720p_{name}"), |bencher| {
            bencher.iter(|| {
                now += Duration::from_micros(33_333);
                let picture = pictures.next().expect("endless");
                sending.send(picture, now, |packet| buffer.insert(packet, now));
                let Some(Output::Frame(frame)) = buffer.poll(now) else {
                    panic!("nothing was lost, so the frame is whole");
                };
                decoder.decode(&frame.data, now).expect("decodes").expect("a picture")
            });
        });
    }
}

fn sending(criterion: &mut Criterion) {
    let clip = clip(PICTURES);
    let mut sending = Sending::new(VideoCodec::H264);
    let (mut pictures, now) = (clip.iter().cycle(), any_moment());
    let mut packets = Vec::new();
    criterion.bench_function("pipeline/send_720p_h264", |bencher| {
        bencher.iter(|| {
            packets.clear();
            sending.send(pictures.next().expect("endless"), now, |packet| packets.push(packet));
            packets.len()
        });
    });
}

/// libx264 as FFmpeg hands it out.
struct Bare {
    encoder: ff::encoder::video::Encoder,
    packet: ff::Packet,
    frames: i64,
}

impl Bare {
    fn new() -> Bare {
        let codec = ff::encoder::find_by_name("libx264").expect("libx264");
        let context = ff::codec::Context::new_with_codec(codec);
        let mut video = context.encoder().video().expect("a video encoder");
        video.set_width(1280);
        video.set_height(720);
        video.set_format(ff::format::Pixel::YUV420P);
        video.set_time_base(ff::Rational(1, 30));
        video.set_frame_rate(Some(ff::Rational(30, 1)));
        video.set_gop(3_000);
        video.set_max_b_frames(0);
        video.set_threading(ff::codec::threading::Config::count(1));
        video.set_bit_rate(BITRATE_BPS as usize);
        video.set_max_bit_rate(BITRATE_BPS as usize);
        let buffer =
            format!("scenecut=0:sliced-threads=0:vbv-bufsize={}", BITRATE_BPS * 3 / 10_000);
        let options = [
            ("preset", "superfast"),
            ("tune", "zerolatency"),
            ("profile", "baseline"),
            ("level", "3.1"),
            ("x264-params", &buffer),
        ];
        let encoder = video.open_with(options.into_iter().collect()).expect("opens");
        Bare { encoder, packet: ff::Packet::empty(), frames: 0 }
    }

    fn encode(&mut self, picture: &mut ff::frame::Video) -> usize {
        picture.set_pts(Some(self.frames));
        self.frames += 1;
        self.encoder.send_frame(picture).expect("takes a picture");
        self.encoder.receive_packet(&mut self.packet).expect("gives a packet");
        self.packet.size()
    }
}

/// A picture in FFmpeg's own memory.
fn copied(frame: &VideoFrame) -> ff::frame::Video {
    let mut picture = ff::frame::Video::new(ff::format::Pixel::YUV420P, frame.width, frame.height);
    let planes = &frame.planes;
    let of = [(&planes.y, 1), (&planes.u, 2), (&planes.v, 2)];
    for (plane, (data, divisor)) in of.into_iter().enumerate() {
        let (stride, width) = (picture.stride(plane), (frame.width / divisor) as usize);
        let rows = picture.data_mut(plane).chunks_mut(stride).zip(data.chunks(width));
        rows.for_each(|(to, from)| to[..width].copy_from_slice(from));
    }
    picture
}

fn bare_encoder(criterion: &mut Criterion) {
    let clip = clip(PICTURES);
    let mut pictures: Vec<_> = clip.iter().map(copied).collect();
    same_work(&clip, &mut pictures);
    let (mut encoder, mut next) = (Bare::new(), 0);
    criterion.bench_function("pipeline/bare_encoder_h264", |bencher| {
        bencher.iter(|| {
            next = (next + 1) % PICTURES;
            encoder.encode(&mut pictures[next])
        });
    });
}

/// Both must do the same, or the comparison means nothing: as many bytes within a tenth.
fn same_work(clip: &[VideoFrame], pictures: &mut [ff::frame::Video]) {
    let (mut bare, mut sending) = (Bare::new(), Sending::new(VideoCodec::H264));
    let bare: usize = pictures.iter_mut().map(|picture| bare.encode(picture)).sum();
    let mut sent = 0;
    clip.iter().for_each(|picture| {
        let encoded = sending.encoder.encode(picture, false).expect("encodes");
        sent += encoded.map_or(0, |encoded| encoded.data.len());
    });
    let name = sending.encoder.name();
    if name != "libx264" {
        println!("pipeline/send_720p_h264 uses {name}: not comparable to bare_encoder_h264");
    } else {
        assert!(bare.abs_diff(sent) * 10 < sent, "libx264 made {bare} bytes, Katheder {sent}");
    }
}

criterion_group! {
    name = benches;
    config = katheder_suite::criterion();
    targets = whole, sending, bare_encoder
}
criterion_main!(benches);
