//! The blur: each stage and the whole frame, on the processor and on the GPU there is, and the bare
//! segmentation network. Beside them those who do the same, in the same run: ONNX Runtime with the
//! same network, and MediaPipe with OpenCV for the whole frame. `scripts/peers.sh` gets them.
//!
//! A stage's figure is what the blur itself says of it, frame by frame. On a software GPU only 720p
//! is measured: larger pictures would say nothing new in ten times the time.

mod peers;

use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group};
use engine::blur::network::{Model, Network};
use engine::blur::{Background, Blur, Device, Quality, Timings};
use engine::codec::scale::Scaler;
use engine::frame::VideoFrame;
use engine::gpu::{Gpu, GpuKind};
use katheder_suite::clip::clip;
use peers::onnx_runtime::OnnxRuntime;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const SIZES: [(&str, u32, u32); 3] =
    [("720p", 1280, 720), ("1080p", 1920, 1080), ("4k", 3840, 2160)];

const MODELS: [(&str, Model); 2] = [("landscape", Model::Landscape), ("general", Model::General)];

/// Picks one stage's cost.
type Cost = fn(&Timings) -> Duration;

/// What a frame's cost is made of, and the whole.
const STAGES: [(&str, Cost); 5] = [
    ("network", |timings| timings.network),
    ("refine", |timings| timings.refine),
    ("blur", |timings| timings.blur),
    ("composite", |timings| timings.composite),
    ("frame", |timings| timings.frame),
];

/// Pictures shown over and over: a quarter of a second, so that something moves.
const PICTURES: usize = 8;

const BACKGROUND: Background = Background::Blurred { strength: 0.5 };

/// The figures of this run by their name in criterion, for the table at its end.
static FIGURES: Mutex<BTreeMap<String, Vec<Duration>>> = Mutex::new(BTreeMap::new());

/// Keeps a sample of `count` iterations for the table.
fn note(name: &str, total: Duration, count: u64) -> Duration {
    let mean = total / u32::try_from(count).unwrap_or(u32::MAX).max(1);
    FIGURES.lock().expect("one thread").entry(name.to_owned()).or_default().push(mean);
    // Criterion's statistics want more than nothing.
    total.max(Duration::from_nanos(count))
}

fn median(name: &str) -> Option<Duration> {
    let figures = FIGURES.lock().expect("one thread");
    let mut sorted = figures.get(name)?.clone();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}

fn pictures(width: u32, height: u32) -> Vec<VideoFrame> {
    let mut scaler = Scaler::new();
    let clip = clip(PICTURES);
    clip.iter().map(|frame| scaler.scale(frame, width, height).expect("scales")).collect()
}

/// A blur at work on pictures of one size.
struct Work {
    blur: Blur,
    pictures: Vec<VideoFrame>,
    next: usize,
}

impl Work {
    fn new(gpu: Option<&Gpu>, width: u32, height: u32) -> Work {
        let device = if gpu.is_some() { Device::Gpu } else { Device::Cpu };
        let blur = Blur::open(device, gpu).expect("a blur on the device");
        Work { blur, pictures: pictures(width, height), next: 0 }
    }

    /// Blurs one picture.
    fn step(&mut self) -> &Timings {
        self.next = (self.next + 1) % self.pictures.len();
        let picture = &self.pictures[self.next];
        self.blur.process(picture, &BACKGROUND, Quality::Full).expect("blurs");
        self.blur.timings()
    }
}

/// The GPU, if it can compute, and its name.
fn gpu() -> Option<(Gpu, String)> {
    let gpu = Gpu::open().ok()?;
    let info = gpu.info();
    // Names become folders.
    info.compute.then(|| (gpu, info.name.replace('/', " ")))
}

fn stages(criterion: &mut Criterion) {
    let gpu = gpu();
    let software = gpu.as_ref().is_some_and(|(gpu, _)| gpu.info().kind == GpuKind::Software);
    let gpu_sizes = if software { &SIZES[..1] } else { &SIZES[..] };
    let on_cpu = SIZES.iter().map(|size| (None, "cpu", size));
    let on_gpu = gpu
        .iter()
        .flat_map(|(gpu, name)| gpu_sizes.iter().map(move |size| (Some(gpu), name.as_str(), size)));
    // Opened when first measured: a run that is asked for one bench pays for that one.
    let works: Vec<(_, OnceCell<RefCell<Work>>)> =
        on_cpu.chain(on_gpu).map(|place| (place, OnceCell::new())).collect();
    for (stage, cost) in STAGES {
        let mut group = criterion.benchmark_group(format!("blur/{stage}"));
        group.sampling_mode(SamplingMode::Flat);
        group.sample_size(10).measurement_time(Duration::from_secs(1));
        for ((gpu, device, (size, width, height)), work) in &works {
            let name = format!("blur/{stage}/{size}/{device}");
            group.bench_function(BenchmarkId::new(*size, device), |bencher| {
                let work = work.get_or_init(|| Work::new(*gpu, *width, *height).into());
                bencher.iter_custom(|count| {
                    let mut work = work.borrow_mut();
                    note(&name, (0..count).map(|_| cost(work.step())).sum(), count)
                });
            });
        }
        group.finish();
    }
}

/// What a network of `model` looks at: the presenter, as RGB from 0 to 1.
fn input(model: Model) -> Vec<f32> {
    let (width, height) = model.size();
    let small = Scaler::new().scale(&clip(1)[0], width as u32, height as u32).expect("scales");
    client::picture::rgb(&small).into_iter().map(|value| f32::from(value) / 255.0).collect()
}

#[expect(clippy::disallowed_methods, reason = "the measuring edge")]
fn timed(name: &str, count: u64, mut work: impl FnMut()) -> Duration {
    let begun = Instant::now();
    (0..count).for_each(|_| work());
    note(name, begun.elapsed(), count)
}

fn networks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("blur/network");
    for (name, model) in MODELS {
        group.bench_function(BenchmarkId::new(name, "cpu"), |bencher| {
            let mut network = Network::open(model).expect("the bundled weights");
            network.input().copy_from_slice(&input(model));
            let name = format!("blur/network/{name}/cpu");
            bencher.iter_custom(|count| {
                timed(&name, count, || {
                    black_box(network.run());
                })
            });
        });
        if !OnnxRuntime::is_here(model) {
            continue;
        }
        group.bench_function(BenchmarkId::new(name, "onnxruntime"), |bencher| {
            let mut peer = OnnxRuntime::open(model).expect("ONNX Runtime opens the network");
            let input = input(model);
            let name = format!("blur/network/{name}/onnxruntime");
            bencher.iter_custom(|count| {
                timed(&name, count, || {
                    peer.run(&input, |answer| black_box(answer[0])).expect("runs");
                })
            });
        });
    }
    group.finish();
}

/// One line of the table: our figure, and a peer's if there is one.
fn line(what: &str, ours: Duration, peer: Option<(&str, Duration)>) {
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    print!("{what:<48}{:>10.3} ms", ms(ours));
    match peer {
        Some((name, peer)) => {
            println!("{:>10.3} ms{:>8.2}   {name}", ms(peer), ms(ours) / ms(peer));
        }
        None => println!("{:>10}   {:>8}", "–", "–"),
    }
}

/// The bare networks beside ONNX Runtime, and how far the answers are apart.
fn compare_networks() {
    for (name, model) in MODELS {
        let Some(ours) = median(&format!("blur/network/{name}/cpu")) else { continue };
        let peer = median(&format!("blur/network/{name}/onnxruntime"));
        let what = format!("network {name}, one core");
        line(&what, ours, peer.map(|peer| ("ONNX Runtime, one thread", peer)));
        if peer.is_some() {
            println!("  largest difference of the two answers: {:.1e}", difference(model));
        }
    }
}

fn difference(model: Model) -> f32 {
    let input = input(model);
    let mut network = Network::open(model).expect("the bundled weights");
    network.input().copy_from_slice(&input);
    let mut peer = OnnxRuntime::open(model).expect("ONNX Runtime opens the network");
    let ours = network.run();
    peer.run(&input, |theirs| {
        ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    })
    .expect("runs")
}

/// Whole frames beside MediaPipe's.
fn compare_frames() {
    let names: Vec<String> = FIGURES.lock().expect("one thread").keys().cloned().collect();
    let device = |name: &str, size: &str| {
        Some(name.strip_prefix(&format!("blur/frame/{size}/"))?.to_owned())
    };
    let of_size = |size: &'static str| {
        let devices = names.iter().filter_map(move |name| device(name, size));
        devices.map(move |device| (device, size))
    };
    let measured: Vec<(String, &str)> = SIZES.iter().flat_map(|(size, ..)| of_size(size)).collect();
    if measured.is_empty() {
        return;
    }
    let shown: Vec<VideoFrame> =
        SIZES.iter().map(|(_, width, height)| pictures(*width, *height).swap_remove(0)).collect();
    let peer = peers::mediapipe::measure(&shown).unwrap_or_else(|why| {
        println!("MediaPipe was not measured: {why}");
        Vec::new()
    });
    for (device, size) in measured {
        let Some(ours) = median(&format!("blur/frame/{size}/{device}")) else { continue };
        let lines = SIZES.iter().position(|(name, ..)| *name == size);
        let peer = lines.and_then(|index| peer.get(index)).copied();
        let what = format!("frame {size}, {}", if device == "cpu" { "processor" } else { &device });
        line(&what, ours, peer.map(|peer| ("MediaPipe with OpenCV, one core", peer)));
    }
}

criterion_group! {
    name = benches;
    config = katheder_suite::criterion();
    targets = networks, stages
}

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    // Neither when listed nor when run as tests.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    if FIGURES.lock().expect("one thread").is_empty() {
        return;
    }
    if !peers::are_here() {
        println!("No peers to compare with: scripts/peers.sh installs them.");
    }
    println!("\n{:<48}{:>13}{:>13}{:>8}", "medians", "ours", "peer", "ratio");
    compare_networks();
    compare_frames();
}
