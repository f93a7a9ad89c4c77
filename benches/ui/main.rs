//! What the window costs while a call is on show: work per frame, bytes to the graphics device,
//! memory. Nothing is decoded here, and the people are invented.
//!
//! `cargo bench --bench ui -- --frames 600 --seconds 5`

#[path = "../../engine/tests/counting/mod.rs"]
mod counting;
#[path = "../../client/tests/fake/mod.rs"]
mod fake;

mod memory;
mod stage;
mod uploads;

use anyhow::{Context, Result};
use counting::touches_of;
use egui::epaint::Primitive;
use stage::{Stage, tick};
use std::hint::black_box;
use std::time::Duration;

/// The most that a frame with 49 people may cost the processor.
const TARGET: Duration = Duration::from_millis(2);

/// Frames before the first that counts: fonts are laid out and tiles have found their places.
const WARM_UP: usize = 60;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Test runners list what there is before they run it; this is no test.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let frames = number(&arguments, "--frames", 600)?;
    let seconds = number(&arguments, "--seconds", 5)?;
    if arguments[0] == "memory" {
        return memory::measure(Duration::from_secs(seconds as u64));
    }
    println!("work per frame, 1440×900, every visible picture new in every frame");
    println!(
        "{:<8}{:>8}{:>12}{:>12}{:>12}{:>24}",
        "people", "visible", "p50 ms", "p99 ms", "CPU ms", "allocations and frees"
    );
    let mut worst = Duration::ZERO;
    for people in [1, 9, 25, 49] {
        worst = work(people, frames)?;
    }
    let kept = if worst <= TARGET { "kept" } else { "MISSED" };
    println!("median with 49 people {worst:.2?}, the target {TARGET:?}: {kept}\n");
    uploads::measure()?;
    memory::in_a_process_of_its_own(seconds)
}

/// Lays out and tessellates so many frames; gives the median.
fn work(people: u32, frames: usize) -> Result<Duration> {
    let mut stage = Stage::of(people);
    for _ in 0..WARM_UP {
        stage.renew(people);
        black_box(frame(&mut stage));
    }
    let visible = pictures(&mut stage);
    let mut times = Vec::with_capacity(frames);
    let before = cpu_time()?;
    for _ in 0..frames {
        stage.renew(people);
        let began = tick();
        black_box(frame(&mut stage));
        times.push(tick() - began);
    }
    let cpu = (cpu_time()? - before) / frames as u32;
    let touches = touches_of(|| {
        black_box(frame(&mut stage));
    });
    times.sort_unstable();
    let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{people:<8}{visible:>8}{:>12.2}{:>12.2}{:>12.2}{touches:>24}",
        ms(p50),
        ms(p99),
        ms(cpu)
    );
    Ok(p50)
}

/// What the processor does for one frame before the graphics device has its turn.
fn frame(stage: &mut Stage) -> Vec<egui::ClippedPrimitive> {
    let mut output = stage.lay_out();
    // There is no device that takes the letters.
    output.textures_delta.clear();
    stage.context.tessellate(output.shapes, output.pixels_per_point)
}

/// How many pictures are on show.
fn pictures(stage: &mut Stage) -> usize {
    let shapes = frame(stage);
    shapes.iter().filter(|shape| matches!(shape.primitive, Primitive::Callback(_))).count()
}

/// What this thread has used of the processor (proc(5), `schedstat`).
fn cpu_time() -> Result<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let used = text.split_whitespace().next().context("schedstat")?;
    Ok(Duration::from_nanos(used.parse().context("schedstat")?))
}

fn number(arguments: &[String], name: &str, default: usize) -> Result<usize> {
    let Some(at) = arguments.iter().position(|argument| argument == name) else {
        return Ok(default);
    };
    let value = arguments.get(at + 1).with_context(|| format!("{name} needs a number"))?;
    let value: usize =
        value.parse().with_context(|| format!("{name} needs a number, not {value:?}"))?;
    anyhow::ensure!(value > 0, "{name} needs at least 1");
    Ok(value)
}
