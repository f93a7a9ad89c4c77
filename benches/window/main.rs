//! The real program on a screen of its own: how long until it can be used, and what it costs while
//! nothing happens. Its own hub runs in the same process, and is in every figure.
//!
//! `cargo build --workspace --release && cargo bench --bench window -- --starts 5 --seconds 20`

#[path = "../hub/figures.rs"]
mod figures;
mod threads;

use anyhow::{Context, Result};
use figures::{Cost, Latencies};
use katheder_suite::program::reader::Reader;
use katheder_suite::program::{self, Desktop, Program};
use katheder_suite::world::{MINUTE, Plan, World};
use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::path::Path;
use std::time::Duration;
use threads::Threads;

/// The most that an idle window may cost, percent of a core.
const TARGET: f64 = 1.0;

/// How long a page is left alone before it counts.
const SETTLE: Duration = Duration::from_secs(5);

/// How long a start may take on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// What the program logs for this bench: the first page that can be used, and every frame.
const LOG: &str = "warn,client::start=info,client::frame=trace";
const READY: &str = "client::start";
const FRAME: &str = "client::frame";

/// The threads of Mesa's software renderer.
const SOFTWARE: &str = "llvmpipe";

const OWNER: &str = "Miriam Vogt";
const SIZE: (u32, u32) = (1440, 900);

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Test runners list what there is before they run it; this is no test.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    if let Some(tool) = program::missing_tool() {
        println!("The window is not measured: {tool} is not installed.");
        return Ok(());
    }
    let program = match program::program() {
        Ok(program) => program,
        Err(why) => {
            println!("The window is not measured: {why}");
            return Ok(());
        }
    };
    starts(&program, number(&arguments, "--starts", 5)?)?;
    idle(&program, Duration::from_secs(number(&arguments, "--seconds", 20)? as u64))
}

/// From the start of the process to the first page that can be used: once with nothing from before,
/// then with what the first start left.
fn starts(program: &Path, count: usize) -> Result<()> {
    let desktop = Desktop::open(SIZE)?;
    let listen = free_address()?;
    let mut later = Latencies::default();
    for round in 0..=count {
        let mut running = desktop.start(program, &["--listen", &listen], OWNER, LOG)?;
        let took = running.wait_for(READY, START_LIMIT)?;
        if round == 0 {
            println!("first start, nothing there yet  {:>8.0} ms", took.as_secs_f64() * 1e3);
        } else {
            later.add(took);
        }
    }
    let ms = |share| later.quantile(share).as_secs_f64() * 1e3;
    println!(
        "{:>2} further starts                p50 {:.0} ms, max {:.0} ms\n",
        later.len(),
        ms(0.5),
        ms(1.0)
    );
    Ok(())
}

/// What planner and a silent call cost: no camera, the microphone closed but looked at for its level,
/// the loudspeaker open.
fn idle(program: &Path, time: Duration) -> Result<()> {
    let mut desktop = Desktop::open(SIZE)?;
    desktop.add_sound()?;
    let listen = free_address()?;
    let mut world = World::found(&desktop.hub_data(), OWNER, &[])?;
    let plan = Plan {
        kind: "group_call",
        title: "Wochenrunde Verwaltung",
        description: "",
        times: Some((MINUTE, 60 * MINUTE)),
    };
    world.plan(&world.owner, &plan, &[])?;
    world.hand_over(&listen);

    let mut running = desktop.start(program, &["--listen", &listen], OWNER, LOG)?;
    running.wait_for(READY, START_LIMIT)?;
    desktop.fill_screen(&running)?;
    let reader = desktop.reader()?;
    println!("{:<24}{:>14}{:>18}", "idle", "% of a core", "frames a second");
    reader.press("Anrufplaner")?;
    reader.wait_for_start("Anruf beitreten")?;
    measure("planner", &running, &reader, time)?;
    reader.press("Anruf beitreten")?;
    reader.wait_for("Beitreten")?;
    reader.press("Stumm beitreten")?;
    reader.press("Beitreten")?;
    reader.wait_for("Verlassen")?;
    measure("silent call, alone", &running, &reader, time)?;
    println!("The program's own hub is in the same process and in these figures.");
    Ok(())
}

/// Leaves the program alone and prints what it did all the same.
fn measure(name: &str, running: &Program, reader: &Reader, time: Duration) -> Result<()> {
    // Nobody reads the screen of most people; whoever does costs a little more.
    reader.listen(false)?;
    std::thread::sleep(SETTLE);
    let drawn = running.logged(FRAME).len();
    let (before, threads) = (Cost::of(running.process())?, Threads::of(running.process())?);
    std::thread::sleep(time);
    let (after, busy) = (Cost::of(running.process())?, Threads::of(running.process())?);
    let frames = running.logged(FRAME).split_off(drawn);
    let share = after.share_since(&before, time);
    let kept = if share <= TARGET { "kept" } else { "MISSED" };
    println!(
        "{name:<24}{share:>14.2}{:>18.2}   target {TARGET} %: {kept}; waited for a core {:.1} %, {} MiB",
        frames.len() as f64 / time.as_secs_f64(),
        after.waited_since(&before, time),
        after.memory_bytes >> 20
    );
    let software = busy.share_since(&threads, SOFTWARE, time);
    if software > 0.0 {
        println!("    {:.2} without the software renderer, which a GPU spares", share - software);
    }
    for (thread, share) in busy.busiest_since(&threads, time) {
        println!("    {thread:<20}{share:>14.2}");
    }
    for (why, times) in reasons(&frames) {
        println!("    drawn {times} times because of {why}");
    }
    reader.listen(true)
}

/// Why frames were drawn, as the program logs it, most frequent first.
fn reasons(frames: &[String]) -> Vec<(String, usize)> {
    let mut found = BTreeMap::<String, usize>::new();
    for frame in frames {
        let why = frame.split_once("why=").map_or("nothing known", |(_, why)| why);
        *found.entry(why.to_owned()).or_default() += 1;
    }
    let mut found: Vec<(String, usize)> = found.into_iter().collect();
    found.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    found.truncate(4);
    found
}

/// A port that nobody listens on now.
fn free_address() -> Result<String> {
    Ok(UdpSocket::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

fn number(arguments: &[String], name: &str, default: usize) -> Result<usize> {
    let Some(at) = arguments.iter().position(|argument| argument == name) else {
        return Ok(default);
    };
    let value = arguments.get(at + 1).with_context(|| format!("{name} needs a number"))?;
    value.parse().with_context(|| format!("{name} needs a number, not {value:?}"))
}
