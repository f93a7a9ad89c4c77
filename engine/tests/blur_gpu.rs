//! The blur on the GPU: that it gives what the processor gives, and how it fails. They run on
//! whatever adapter the machine has; a software one will do, and a machine without any fails.

use engine::Error;
use engine::blur::gpu::Segmenter;
use engine::blur::network::{Model, Network};
use engine::blur::{Background, Blur, Device, Path, Picture, Quality};
use engine::codec::pool::blank;
use engine::frame::{ColorSpace, Matrix, Range, VideoFrame};
use engine::gpu::Gpu;
use image::RgbImage;
use image::imageops::FilterType;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const BLURRED: Background = Background::Blurred { strength: 0.5 };

fn open() -> Gpu {
    let gpu = Gpu::open().expect("an adapter; mesa-vulkan-drivers brings one in software");
    println!("adapter: {:?}", gpu.info());
    gpu
}

fn fixture(name: &str) -> RgbImage {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/segmentation");
    image::open(format!("{folder}/{name}.png")).expect("a fixture").into_rgb8()
}

/// A photograph of a person, enlarged to `size`, pushed aside by `shift` pixels.
fn photograph((width, height): (u32, u32), color: ColorSpace, shift: u32) -> VideoFrame {
    let name = if 5 * width >= 7 * height { "astronaut-landscape" } else { "astronaut-general" };
    let image = image::imageops::resize(&fixture(name), width, height, FilterType::Triangle);
    let mut planes = blank(width, height);
    let half = width.div_ceil(2);
    for y in 0..height {
        for x in 0..width {
            let [r, g, b] = image.get_pixel((x + shift).min(width - 1), y).0.map(f32::from);
            planes.y[(y * width + x) as usize] = (16.0 + 0.2 * r + 0.6 * g + 0.06 * b) as u8;
            let at = (y / 2 * half + x / 2) as usize;
            planes.u[at] = (128.0 - 0.1 * r - 0.34 * g + 0.44 * b) as u8;
            planes.v[at] = (128.0 + 0.44 * r - 0.4 * g - 0.04 * b) as u8;
        }
    }
    #[expect(clippy::disallowed_methods, reason = "a picture has some moment of capture")]
    let captured = std::time::Instant::now();
    VideoFrame { width, height, color, captured, planes: Arc::new(planes) }
}

fn network_difference(gpu: &Gpu, half: bool) -> (f32, f32) {
    let (mut largest, mut sum, mut count) = (0.0_f32, 0.0, 0);
    for (model, kind) in [(Model::Landscape, "landscape"), (Model::General, "general")] {
        let mut segmenter = Segmenter::open(gpu, model, half).expect("passes");
        let mut network = Network::open(model).expect("bundled");
        for name in ["astronaut", "cameraman"] {
            let picture: Vec<f32> = fixture(&format!("{name}-{kind}"))
                .as_raw()
                .iter()
                .map(|value| f32::from(*value) / 255.0)
                .collect();
            network.input().copy_from_slice(&picture);
            let expected = network.run();
            let found = segmenter.run(&picture).expect("an answer");
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                let difference = (found - expected).abs();
                assert!(difference.is_finite());
                largest = largest.max(difference);
                sum += difference;
                count += 1;
            }
        }
    }
    println!("half floats: {half}, largest difference {largest:.1e}");
    (largest, sum / count as f32)
}

#[test]
fn the_network_answers_as_on_the_processor() {
    let (largest, _) = network_difference(&open(), false);
    assert!(largest < 1e-3, "{largest}");
}

#[test]
fn the_network_answers_nearly_so_in_half_floats_if_the_adapter_has_them() {
    let gpu = open();
    if !gpu.device.features().contains(wgpu::Features::SHADER_F16) {
        println!("it has none");
        return;
    }
    // Half floats keep eleven bits: a place in doubt may sway, the others not.
    let (largest, mean) = network_difference(&gpu, true);
    assert!(largest < 0.1 && mean < 1e-3, "{largest}, on average {mean}");
}

/// The part of samples that differ by more than two levels.
fn apart(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let apart = a.iter().zip(b).filter(|(a, b)| a.abs_diff(**b) > 2).count();
    apart as f64 / a.len() as f64
}

#[test]
fn frames_are_as_on_the_processor_at_any_size_and_as_sizes_change() {
    let gpu = open();
    let mut on_gpu = Blur::open(Device::Gpu, Some(&gpu)).expect("passes");
    let rgb = (0..9 * 4 * 3).map(|i| (i * 37 % 256) as u8).collect();
    let still = Background::Picture(Arc::new(Picture { width: 9, height: 4, rgb }));
    let other = ColorSpace { matrix: Matrix::Bt601, range: Range::Full };
    let backgrounds = [&BLURRED, &BLURRED, &still, &BLURRED];
    let qualities = [Quality::Full, Quality::Reduced, Quality::Full, Quality::Lowest];
    for (size, color) in [
        ((640, 360), ColorSpace::WIRE),
        ((641, 359), other),
        ((360, 640), ColorSpace::WIRE),
        ((2, 2), other),
        ((1, 1), ColorSpace::WIRE),
        ((640, 360), other),
    ] {
        let mut on_processor = Blur::open(Device::Cpu, None).expect("bundled");
        for (n, (background, quality)) in backgrounds.into_iter().zip(qualities).enumerate() {
            let frame = photograph(size, color, 5 * n as u32);
            let expected = on_processor.process(&frame, background, quality).expect("a frame");
            let found = on_gpu.process(&frame, background, quality).expect("a frame");
            assert_eq!((found.width, found.height, found.color), (size.0, size.1, color));
            assert_eq!(found.captured, frame.captured);
            let matte = on_gpu.matte().expect("a matte");
            for (what, found, expected) in [
                ("y", &found.planes.y, &expected.planes.y),
                ("u", &found.planes.u, &expected.planes.u),
                ("v", &found.planes.v, &expected.planes.v),
                ("matte", &matte, &on_processor.matte().expect("a matte")),
            ] {
                let apart = apart(found, expected);
                assert!(apart <= 0.001, "{what} of {size:?}, picture {n}: {apart}");
            }
        }
    }
}

#[test]
fn passes_are_timed_if_the_adapter_has_time_stamps() {
    let gpu = open();
    let mut blur = Blur::open(Device::Gpu, Some(&gpu)).expect("passes");
    let half = matches!(blur.path(), Path::Gpu { half: true, .. });
    println!("half floats: {half}");
    let frame = photograph((320, 180), ColorSpace::WIRE, 0);
    blur.process(&frame, &BLURRED, Quality::Reduced).expect("a frame");
    assert!(!blur.timings().frame.is_zero());
    if !gpu.device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
        println!("it has none");
        assert!(blur.timings().passes.is_empty());
        return;
    }
    let timings = blur.timings().clone();
    let stages = timings.network + timings.refine + timings.blur + timings.composite;
    assert!(!stages.is_zero() && stages <= timings.frame, "{timings:?}");
    assert_eq!(timings.passes.iter().map(|pass| pass.1).sum::<std::time::Duration>(), stages);
    assert!(timings.passes.iter().any(|pass| pass.0 == "blur.network.pointwise"));
    blur.process(&frame, &BLURRED, Quality::Reduced).expect("a frame");
    assert!(blur.timings().network.is_zero(), "the network does not look at every picture");
}

#[test]
fn nothing_is_made_anew_for_the_next_frame() {
    let gpu = open();
    let mut blur = Blur::open(Device::Gpu, Some(&gpu)).expect("passes");
    let frame = photograph((321, 180), ColorSpace::WIRE, 0);
    let mut run = || blur.process(&frame, &BLURRED, Quality::Full).map(drop).expect("a frame");
    let held = || {
        let report = gpu.instance.generate_report().expect("wgpu's own back end");
        let hub = report.hub_report();
        let counts = [
            &hub.buffers,
            &hub.textures,
            &hub.texture_views,
            &hub.bind_groups,
            &hub.compute_pipelines,
            &hub.query_sets,
            &hub.samplers,
            &hub.shader_modules,
        ]
        .map(|of| of.num_allocated);
        let memory = gpu.device.generate_allocator_report();
        (counts, memory.map(|memory| memory.total_allocated_bytes))
    };
    (0..3).for_each(|_| run());
    let before = held();
    (0..10).for_each(|_| run());
    assert_eq!(held(), before);
}

#[test]
fn another_thread_may_poll_the_device_too() {
    // The window does: it may be the one who hears that a buffer is back.
    let gpu = open();
    let mut blur = Blur::open(Device::Gpu, Some(&gpu)).expect("passes");
    let frame = photograph((64, 36), ColorSpace::WIRE, 0);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let _ = gpu.device.poll(wgpu::PollType::Poll);
                std::thread::yield_now();
            }
        });
        for _ in 0..20 {
            blur.process(&frame, &BLURRED, Quality::Lowest).map(drop).expect("a frame");
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_lost_device_is_an_error() {
    let gpu = open();
    let mut blur = Blur::open(Device::Gpu, Some(&gpu)).expect("passes");
    let frame = photograph((64, 36), ColorSpace::WIRE, 0);
    blur.process(&frame, &BLURRED, Quality::Full).expect("a frame");
    gpu.device.destroy();
    for _ in 0..2 {
        let error = blur.process(&frame, &BLURRED, Quality::Full).expect_err("lost");
        assert!(matches!(error, Error::Gpu(_)), "{error}");
    }
    assert!(matches!(blur.matte(), Err(Error::Gpu(_))));
    assert!(matches!(Blur::open(Device::Gpu, Some(&gpu)), Err(Error::Gpu(_))));
    assert!(gpu.alive().is_err());
}

#[test]
fn without_compute_passes_there_is_no_blur_on_the_gpu() {
    assert!(matches!(Blur::open(Device::Gpu, None), Err(Error::Gpu(_))));
    let gpu = open();
    let (device, queue) = pollster::block_on(gpu.adapter.request_device(&wgpu::DeviceDescriptor {
        required_limits: wgpu::Limits::downlevel_webgl2_defaults(),
        ..Default::default()
    }))
    .expect("a device for WebGL");
    let poor = Gpu::from_parts(gpu.instance, gpu.adapter, device, queue);
    let Err(Error::Gpu(reason)) = Blur::open(Device::Gpu, Some(&poor)) else {
        panic!("WebGL has no compute passes");
    };
    assert!(reason.contains("compute"), "{reason}");
    let path = Blur::open(Device::Auto, Some(&poor)).expect("a blur").path();
    assert_eq!(path, Path::Cpu);
}

#[test]
fn a_picture_that_is_too_large_is_refused() {
    let mut blur = Blur::open(Device::Gpu, Some(&open())).expect("passes");
    let frame = photograph((4, 2), ColorSpace::WIRE, 0);
    for (width, height) in [(16_384, 9_216), (4_097, 1), (0, 0), (4, 4)] {
        let frame = VideoFrame { width, height, ..frame.clone() };
        let error = blur.process(&frame, &BLURRED, Quality::Full).expect_err("not a picture");
        assert!(matches!(error, Error::Damaged { .. }), "{width} × {height}: {error}");
    }
    blur.process(&frame, &BLURRED, Quality::Full).expect("a good one");
}

#[test]
fn kept_passes_may_be_damaged() {
    let folder = tempfile::tempdir().expect("a folder");
    let gpu = open().with_pipeline_folder(folder.path().join("gpu"));
    Blur::open(Device::Gpu, Some(&gpu)).expect("passes");
    if !gpu.device.features().contains(wgpu::Features::PIPELINE_CACHE) {
        println!("the adapter keeps passes by itself");
        assert!(!folder.path().join("gpu").exists());
        return;
    }
    let files: Vec<_> = std::fs::read_dir(folder.path().join("gpu"))
        .expect("kept")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    let [file] = &files[..] else { panic!("one file is kept, not {files:?}") };
    let kept = std::fs::read(file).expect("readable");
    let mut rotten = kept.clone();
    rotten[kept.len() / 2] ^= 0x55;
    for damage in [&kept[..kept.len() / 3], &rotten, b"", b"not passes at all", &[0; 4096]] {
        std::fs::write(file, damage).expect("writable");
        Blur::open(Device::Gpu, Some(&gpu)).expect("passes");
        let mended = std::fs::read(file).expect("readable");
        assert!(mended.len() > 8 && mended != damage, "the file is whole again");
    }
    // A folder that cannot be written costs a slow start, no more.
    let blocked = folder.path().join("blocked");
    std::fs::write(&blocked, "a file").expect("writable");
    let gpu = gpu.with_pipeline_folder(blocked);
    Blur::open(Device::Gpu, Some(&gpu)).expect("passes");
}
