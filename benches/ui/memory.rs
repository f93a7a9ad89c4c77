//! Memory of a window with 49 people, in a process of its own.

use crate::stage::{PICTURE, Stage, tick};
use crate::uploads::Screen;
use anyhow::{Context, Result, ensure};
use engine::frame::{Planes, VideoFrame};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// Everybody in the call.
const PEOPLE: u32 = 49;

/// The most it may take at any time, MiB.
const TARGET_MIB: f64 = 350.0;

/// Starts this program again for the measurement: what was measured before would count otherwise.
pub fn in_a_process_of_its_own(seconds: usize) -> Result<()> {
    let program = std::env::current_exe()?;
    let seconds = seconds.to_string();
    let arguments = ["memory", "--bench", "--seconds", &seconds];
    let status = Command::new(program).args(arguments).status()?;
    ensure!(status.success(), "the measurement of memory failed");
    Ok(())
}

/// Draws moving pictures of everybody for `time` and prints what that took.
pub fn measure(time: Duration) -> Result<()> {
    let mut stage = Stage::of(PEOPLE);
    let mut screen = Screen::open();
    let (width, height) = PICTURE;
    let still = crate::fake::picture(1, width, height);
    let began = tick();
    let mut frames = 0;
    while tick() - began < time {
        // As from decoders, every picture is memory of its own.
        for id in 1..=PEOPLE {
            let moved = moved(&still, frames + id as usize);
            stage.window.videos.put(Stage::feed(PEOPLE, id), moved);
        }
        screen.draw(&mut stage)?;
        frames += 1;
    }
    let (peak, own) = (status_mib("VmHWM:")?, status_mib("RssAnon:")?);
    println!(
        "memory with {PEOPLE} moving pictures of {width}×{height}, 25 tiles on show, {frames} frames on {}",
        screen.adapter()
    );
    println!("resident, at most            {peak:.0} MiB");
    println!("of it not of files, at last  {own:.0} MiB");
    println!("Textures of a software device are in it; decoders are not.");
    let kept = if peak <= TARGET_MIB { "kept" } else { "MISSED" };
    println!("the target {TARGET_MIB} MiB: {kept}");
    Ok(())
}

/// The picture with its rows rolled on.
fn moved(still: &VideoFrame, by: usize) -> VideoFrame {
    let mut y = still.planes.y.clone();
    let rows = by % still.height as usize;
    y.rotate_left(rows * still.width as usize);
    let planes = Planes { y, u: still.planes.u.clone(), v: still.planes.v.clone() };
    VideoFrame { planes: Arc::new(planes), ..still.clone() }
}

/// A line of `/proc/self/status`, in MiB.
fn status_mib(name: &str) -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).context("status")?;
    let kib: f64 = line.trim_end_matches("kB").trim().parse().context("status")?;
    Ok(kib / 1024.0)
}
