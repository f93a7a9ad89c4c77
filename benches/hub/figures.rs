//! What is measured: latencies, and what a process has cost so far.

use anyhow::{Context, Result};
use std::fmt;
use std::time::Duration;

/// Ticks a second of the times in `/proc`: Linux has 100 on every platform that we run on.
const TICKS_A_SECOND: f64 = 100.0;

/// Times from doing something to its arrival.
#[derive(Default)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// One more.
    pub fn add(&mut self, latency: Duration) {
        self.0.push(latency);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The time that this share of them stays below; 0 when there are none.
    pub fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1) as f64;
        sorted.get((last * share).round() as usize).copied().unwrap_or_default()
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |share| self.quantile(share).as_secs_f64() * 1e3;
        write!(f, "{:>9}{:>10.2}{:>10.2}{:>10.2}", self.len(), ms(0.5), ms(0.99), ms(1.0))
    }
}

/// What a process uses now and has used so far.
pub struct Cost {
    /// Resident.
    pub memory_bytes: u64,
    cpu: Duration,
    /// Ready to run, while others had the core.
    waited: Duration,
}

impl Cost {
    /// Of the process with this id (proc(5)).
    pub fn of(process: u32) -> Result<Cost> {
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: u64 =
            resident.context("VmRSS")?.trim_end_matches("kB").trim().parse().context("VmRSS")?;
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        // The name in brackets may contain anything; user and system time are 12th and 13th after it.
        let (_, fields) = stat.rsplit_once(')').context("stat")?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks = |n: usize| -> Result<f64> { Ok(fields.get(n).context("stat")?.parse()?) };
        let cpu = Duration::from_secs_f64((ticks(11)? + ticks(12)?) / TICKS_A_SECOND);
        Ok(Cost { memory_bytes: kib * 1024, cpu, waited: waited(process)? })
    }

    /// Percent of a core between two moments.
    pub fn share_since(&self, before: &Cost, wall: Duration) -> f64 {
        self.cpu.saturating_sub(before.cpu).as_secs_f64() / wall.as_secs_f64() * 100.0
    }

    /// Percent of the time between two moments that its threads waited for the core, all together:
    /// where it is much, other programs are to blame for the latencies.
    pub fn waited_since(&self, before: &Cost, wall: Duration) -> f64 {
        self.waited.saturating_sub(before.waited).as_secs_f64() / wall.as_secs_f64() * 100.0
    }
}

/// How long the threads of a process have waited for a core so far.
fn waited(process: u32) -> Result<Duration> {
    let mut waited = Duration::ZERO;
    for task in std::fs::read_dir(format!("/proc/{process}/task"))?.flatten() {
        // Threads may end meanwhile.
        let schedule = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        let delay_ns = schedule.split_whitespace().nth(1).and_then(|ns| ns.parse().ok());
        waited += Duration::from_nanos(delay_ns.unwrap_or_default());
    }
    Ok(waited)
}
