//! How many people a hub carries on one core: WebSocket clients in many rooms, joins and chat lines,
//! and how long each takes to arrive. The hub runs on core 0, everybody else on core 1.
//!
//! `cargo bench --bench hub -- --clients 2000 --rooms 200 --seconds 20 --joins 50 --lines 200`

mod crowd;
mod figures;

use anyhow::{Context, Result, bail};
use crowd::{Crowd, Load};
use figures::{Cost, Latencies};
use protocol::{CreateRoom, Room, RoomKind};
use server::{Config, Hub};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Files that one process may open; each client takes one on either side.
const OPEN_FILES: usize = 16_384;

/// How long everybody is still before memory and the cost of doing nothing are measured.
const IDLE: Duration = Duration::from_secs(10);

/// The most that a join or a chat line may take for 99 of 100.
const TARGET: Duration = Duration::from_millis(50);

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Test runners list what there is before they run it; this is no test.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    match arguments[0].as_str() {
        "serve" => serve(),
        "load" => load(&arguments),
        // The load runs on a core of its own, and so does the hub that it starts.
        _ => {
            let mut all = vec!["load".to_owned()];
            all.extend(arguments);
            let status =
                on_core(1, &all)?.status().context("`prlimit` and `taskset` are needed")?;
            std::process::exit(status.code().unwrap_or(1));
        }
    }
}

/// This program, on one core, with many open files.
fn on_core(core: usize, arguments: &[String]) -> Result<Command> {
    let mut command = Command::new("prlimit");
    command
        .arg(format!("--nofile={OPEN_FILES}:{OPEN_FILES}"))
        .args(["taskset", "--cpu-list", &core.to_string()])
        .arg(std::env::current_exe()?)
        .args(arguments);
    Ok(command)
}

/// A hub until the standard input ends. Prints where it is and a token.
fn serve() -> Result<()> {
    let data = TempDir::new()?;
    let hub = Hub::start(Config { guest_capacity: OPEN_FILES, ..Config::local(data.path()) })?;
    println!("{} {}", hub.http_addr(), hub.local_sign_in()?.token);
    std::io::stdout().flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(hub.stop());
    Ok(())
}

/// The hub's process; it ends with this.
struct HubProcess {
    child: Child,
    address: SocketAddr,
    token: String,
}

impl HubProcess {
    fn start() -> Result<HubProcess> {
        let mut command = on_core(0, &["serve".to_owned(), "--bench".to_owned()])?;
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().context("the hub's output")?;
        BufReader::new(output).read_line(&mut line)?;
        let (address, token) = line.trim().split_once(' ').context("the hub did not start")?;
        Ok(HubProcess { address: address.parse()?, token: token.to_owned(), child })
    }

    fn cost(&self) -> Result<Cost> {
        Cost::of(self.child.id())
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn load(arguments: &[String]) -> Result<()> {
    let load = Load {
        clients: number(arguments, "--clients", 2000)?,
        rooms: number(arguments, "--rooms", 200)?,
        seconds: number(arguments, "--seconds", 20)?,
        joins_a_second: number(arguments, "--joins", 50)?,
        lines_a_second: number(arguments, "--lines", 200)?,
    };
    if load.rooms == 0 || load.clients < 2 * load.rooms {
        bail!("a room needs a host and a guest: at least twice as many clients as rooms");
    }
    let hub = HubProcess::start()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(&hub, &load))
}

fn number(arguments: &[String], name: &str, default: usize) -> Result<usize> {
    let Some(at) = arguments.iter().position(|argument| argument == name) else {
        return Ok(default);
    };
    let value = arguments.get(at + 1).with_context(|| format!("{name} needs a number"))?;
    value.parse().with_context(|| format!("{name} needs a number, not {value:?}"))
}

async fn measure(hub: &HubProcess, load: &Load) -> Result<()> {
    let wall = Duration::from_secs(load.seconds as u64);
    let rooms = make_rooms(hub, load.rooms).await?;
    let empty = hub.cost()?;
    let mut crowd = Crowd::fill(hub.address, &hub.token, rooms, load).await?;
    tokio::time::sleep(IDLE / 2).await;
    let idle = hub.cost()?;
    tokio::time::sleep(IDLE).await;
    let still = hub.cost()?;
    let own = Cost::of(std::process::id())?;
    let outcome = crowd.run(load).await?;
    let busy = hub.cost()?;
    let own = Cost::of(std::process::id())?.share_since(&own, wall);

    println!(
        "{} clients in {} rooms, {} joins and {} chat lines a second for {} s",
        load.clients, load.rooms, load.joins_a_second, load.lines_a_second, load.seconds
    );
    println!("{:<28}{:>9}{:>10}{:>10}{:>10}", "", "samples", "p50 ms", "p99 ms", "max ms");
    let rows = [
        ("connect → joined", &outcome.connects),
        ("join → joined", &outcome.joins),
        ("chat → echo at the sender", &outcome.echoes),
        ("chat → every receiver", &outcome.lines),
    ];
    for (name, latencies) in rows {
        println!("{name:<28}{latencies}");
    }
    let memory = idle.memory_bytes.saturating_sub(empty.memory_bytes) / load.clients as u64;
    println!("memory per idle client       {:.1} KiB", memory as f64 / 1024.0);
    println!("hub with nobody in it        {:.1} MiB", empty.memory_bytes as f64 / 1_048_576.0);
    println!("CPU, everybody idle          {:.1} % of a core", still.share_since(&idle, IDLE));
    println!("CPU, under load              {:.1} % of a core", busy.share_since(&still, wall));
    println!("hub waited for its core      {:.1} %", busy.waited_since(&still, wall));
    println!("CPU of the load itself       {own:.1} % of a core");
    println!("lines lost, clients lost     {}, {}", outcome.lines_lost, outcome.clients_lost);
    let slowest = rows[1..].iter().map(|(_, of)| Latencies::quantile(of, 0.99)).max();
    let met = slowest.is_some_and(|p99| p99 <= TARGET);
    println!("p99 at most {} ms: {}", TARGET.as_millis(), if met { "met" } else { "missed" });
    if outcome.lines_lost + outcome.clients_lost > 0 {
        bail!("something was lost");
    }
    Ok(())
}

async fn make_rooms(hub: &HubProcess, count: usize) -> Result<Vec<Room>> {
    let http = reqwest::Client::new();
    let url = format!("http://{}/api/v1/rooms", hub.address);
    let mut rooms = Vec::with_capacity(count);
    for n in 0..count {
        let body = CreateRoom {
            name: format!("Room {n}"),
            kind: RoomKind::GroupCall,
            members: Vec::new(),
            ad_hoc: false,
        };
        let request = http.post(&url).bearer_auth(&hub.token).json(&body);
        rooms.push(request.send().await?.error_for_status()?.json().await?);
    }
    Ok(rooms)
}
