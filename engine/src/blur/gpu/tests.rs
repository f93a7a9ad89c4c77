//! Every pass against its twin on the processor, on whatever adapter this machine has.

use super::Pipeline;
use super::transfer::{self, Shared};
use crate::blur::framing::{Framing, Shrink};
use crate::blur::guide::{self, Guide};
use crate::blur::lens::{self, Lens};
use crate::blur::network::Network;
use crate::blur::refine::domain::Domain;
use crate::blur::refine::guided::Guided;
use crate::blur::refine::steady::Steady;
use crate::blur::refine::{Refine, blobs::Blobs};
use crate::blur::{Background, Quality};
use crate::codec::pool::blank;
use crate::frame::{ColorSpace, Matrix, Range, VideoFrame};
use crate::gpu::Gpu;
use std::sync::Arc;

const STRENGTH: f32 = 0.4;

fn open() -> Pipeline {
    let gpu = Gpu::open().expect("an adapter; mesa-vulkan-drivers brings one in software");
    println!("on {}", gpu.info().name);
    Pipeline::open(&gpu).expect("passes")
}

/// A photograph of a person, enlarged to `size`, pushed aside by `shift` pixels.
fn photograph(size: (u32, u32), color: ColorSpace, shift: u32) -> VideoFrame {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/segmentation");
    let kind = if 5 * size.0 >= 7 * size.1 { "landscape" } else { "general" };
    let image = image::open(format!("{folder}/astronaut-{kind}.png")).expect("a fixture");
    let filter = image::imageops::FilterType::Triangle;
    let image = image.resize_exact(size.0, size.1, filter).into_rgb8();
    let mut planes = blank(size.0, size.1);
    let half = size.0.div_ceil(2);
    for y in 0..size.1 {
        for x in 0..size.0 {
            let [r, g, b] = image.get_pixel((x + shift).min(size.0 - 1), y).0.map(f32::from);
            planes.y[(y * size.0 + x) as usize] = (16.0 + 0.2 * r + 0.6 * g + 0.06 * b) as u8;
            let at = (y / 2 * half + x / 2) as usize;
            planes.u[at] = (128.0 - 0.1 * r - 0.34 * g + 0.44 * b) as u8;
            planes.v[at] = (128.0 + 0.44 * r - 0.4 * g - 0.04 * b) as u8;
        }
    }
    #[expect(clippy::disallowed_methods, reason = "a picture has some moment of capture")]
    let captured = std::time::Instant::now();
    VideoFrame { width: size.0, height: size.1, color, captured, planes: Arc::new(planes) }
}

/// What a submission leaves in a buffer or a texture.
fn fetch(gpu: &Gpu, size: u64, copy: impl FnOnce(&mut wgpu::CommandEncoder, &Shared)) -> Vec<u8> {
    let download = Shared::download(gpu, size);
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    copy(&mut encoder, &download);
    let submission = gpu.queue.submit([encoder.finish()]);
    download.want();
    transfer::wait(gpu, submission, &[&download], transfer::PATIENCE).expect("done");
    download.read(|bytes| bytes[..size as usize].to_vec()).expect("mapped")
}

fn bytes(gpu: &Gpu, buffer: &wgpu::Buffer) -> Vec<u8> {
    fetch(gpu, buffer.size(), |encoder, download| {
        encoder.copy_buffer_to_buffer(buffer, 0, download.buffer(), 0, buffer.size());
    })
}

/// Every `step`th float of a buffer from the `first` on.
fn floats(gpu: &Gpu, buffer: &wgpu::Buffer, first: usize, step: usize) -> Vec<f32> {
    let all: Vec<f32> = bytemuck::pod_collect_to_vec(&bytes(gpu, buffer));
    all.into_iter().skip(first).step_by(step).collect()
}

/// One channel of a texture of four half floats.
fn channel(gpu: &Gpu, texture: &wgpu::Texture, channel: usize) -> Vec<f32> {
    let pitch = (texture.width() * 8).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let size = u64::from(pitch) * u64::from(texture.height());
    let layout =
        wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(pitch), rows_per_image: None };
    let bytes = fetch(gpu, size, |encoder, download| {
        let to = wgpu::TexelCopyBufferInfo { buffer: download.buffer(), layout };
        encoder.copy_texture_to_buffer(texture.as_image_copy(), to, texture.size());
    });
    let value = |pixel: &[u8]| {
        let at = channel * 2;
        half::f16::from_le_bytes([pixel[at], pixel[at + 1]]).to_f32()
    };
    let row = |row: &[u8]| row[..texture.width() as usize * 8].chunks_exact(8).map(value).collect();
    bytes.chunks_exact(pitch as usize).flat_map(|bytes| -> Vec<f32> { row(bytes) }).collect()
}

#[track_caller]
fn assert_close(what: &str, gpu: &[f32], cpu: &[f32], tolerance: f32) {
    assert!(gpu.len() >= cpu.len() && !cpu.is_empty(), "{what}");
    let (at, difference) = gpu
        .iter()
        .zip(cpu)
        .map(|(gpu, cpu)| (gpu - cpu).abs())
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .expect("values");
    println!("{what}: {difference:.2e}");
    assert!(difference <= tolerance, "{what} at {at}: {} is not {}", gpu[at], cpu[at]);
}

/// The processor's passes, one by one.
struct Twins {
    guide: Guide,
    shrink: Shrink,
    network: Network,
    steady: Steady,
    blobs: Blobs,
    domain: Domain,
    guided: Guided,
    refine: Refine,
    lens: Lens,
}

impl Twins {
    fn new(size: (usize, usize)) -> Twins {
        let framing = Framing::of(size.0, size.1);
        let guide = Guide::new(size.0, size.1, guide::factor(size.0, size.1));
        Twins {
            shrink: Shrink::new(size.0, size.1, framing),
            network: Network::open(framing.model).expect("bundled"),
            steady: Steady::new(size, framing, &guide),
            blobs: Blobs::new(framing.model.size()),
            domain: Domain::new(framing.model.size()),
            guided: Guided::new(size, framing, &guide),
            refine: Refine::new(size, framing, &guide),
            lens: Lens::new(guide.width, guide.height),
            guide,
        }
    }

    fn run(&mut self, frame: &VideoFrame) {
        let size = (frame.width as usize, frame.height as usize);
        let Twins { guide, shrink, network, steady, blobs, domain, guided, refine, lens } = self;
        guide.update(&frame.planes, frame.color, size);
        steady.watch(guide);
        refine.watch(guide);
        shrink.run(&frame.planes, frame.color, network.input());
        let answer = network.run();
        steady.follow(answer);
        refine.answer(answer, &shrink.planes);
        blobs.remove(&steady.answer, &mut domain.answer);
        domain.run(&shrink.planes);
        guided.run(&domain.answer, guide);
        refine.run(&frame.planes, frame.color, guide);
        let radius = lens::radius(STRENGTH, size) / guide.factor as f32;
        lens.run(guide, &refine.small, frame.color, radius);
    }
}

fn assert_passes_agree(pipeline: &mut Pipeline, size: (u32, u32), color: ColorSpace) {
    let mut twins = Twins::new((size.0 as usize, size.1 as usize));
    // Something still, then something that moves.
    for (picture, shift) in [0, 0, 9].into_iter().enumerate() {
        println!("{size:?}, picture {picture}");
        let frame = photograph(size, color, shift);
        let background = Background::Blurred { strength: STRENGTH };
        pipeline.process(&frame, &background, Quality::Full).expect("a frame");
        twins.run(&frame);
        compare(pipeline, &twins, picture > 0);
    }
}

fn compare(pipeline: &Pipeline, twins: &Twins, changes: bool) {
    let (gpu, stream) = (&pipeline.gpu, pipeline.stream.as_ref().expect("a stream"));
    let memory = &stream.memory;
    let Twins { guide, shrink, steady, domain, guided, refine, lens, .. } = twins;
    for plane in 0..3 {
        let own = floats(gpu, &memory.guide, plane, 4);
        assert_close("guide", &own, &guide.planes[plane].data, 1e-5);
        let own = floats(gpu, &memory.network_colors, plane, 4);
        assert_close("shrink", &own, &shrink.planes[plane].data, 1e-5);
        let own = floats(gpu, &memory.means, plane, 4);
        assert_close("means", &own, &guided.means[plane].data, 1e-5);
    }
    if changes {
        let own = floats(gpu, &memory.change, 0, 1);
        assert_close("change", &own, &guide.change.data, 1e-5);
    }
    let own = floats(gpu, &memory.steady, 0, 1);
    assert_close("steady", &own, &steady.answer.data, 1e-3);
    let own = floats(gpu, &memory.answer, 0, 1);
    assert_close("domain", &own, &domain.answer.data, 1e-3);
    let own = floats(gpu, &memory.lean, 0, 2);
    assert_close("slope of luma", &own, &guided.line[0].data, 1e-2);
    for (plane, line) in guided.line[1..].iter().enumerate() {
        let own = floats(gpu, &memory.colors, plane, 4);
        assert_close("slope of colour, and offset", &own, &line.data, 1e-2);
    }
    let matte = pipeline.matte().expect("a matte");
    let off = matte.iter().zip(refine.luma()).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(off <= Some(1), "matte: {off:?}");
    let own = floats(gpu, &memory.small, 0, 1);
    assert_close("small matte", &own, &refine.small.data, 1.0 / 255.0);
    let frame = &stream.frame;
    for (plane, field) in lens.planes.iter().enumerate() {
        let own: Vec<f32> = channel(gpu, memory.room.texture(), plane)
            .into_iter()
            .map(|value| frame.value(plane, value))
            .collect();
        // Near black, where the signal is the root of the light, rounding shows most.
        assert_close("lens", &own, &field.data, 5e-3);
    }
}

#[test]
fn each_pass_computes_what_its_twin_on_the_processor_computes() {
    let mut pipeline = open();
    let full = ColorSpace { matrix: Matrix::Bt601, range: Range::Full };
    for (size, color) in
        [((640, 360), ColorSpace::WIRE), ((321, 479), full), ((7, 3), full), ((1, 1), full)]
    {
        assert_passes_agree(&mut pipeline, size, color);
    }
}

#[test]
fn a_wide_guide_has_all_its_levels() {
    // The pyramid's coarse levels and the running sums are longer than a workgroup.
    assert_passes_agree(&mut open(), (1200, 40), ColorSpace::WIRE);
}
