//! Which threads of a process use the processor.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::time::Duration;

/// The most that are told.
const TOLD: usize = 8;

/// What the threads of a process have used so far, all of one name together.
pub struct Threads(BTreeMap<String, Duration>);

impl Threads {
    /// Of the process with this id (proc(5), `schedstat`).
    pub fn of(process: u32) -> Result<Threads> {
        let mut found = BTreeMap::<String, Duration>::new();
        for task in std::fs::read_dir(format!("/proc/{process}/task"))? {
            let task = task?.path();
            // A thread that ended meanwhile has nothing to tell.
            let Ok(name) = std::fs::read_to_string(task.join("comm")) else { continue };
            let Ok(used) = std::fs::read_to_string(task.join("schedstat")) else { continue };
            let used = used.split_whitespace().next().context("schedstat")?;
            let used = Duration::from_nanos(used.parse().context("schedstat")?);
            let name = name.trim().trim_end_matches(|c: char| c == '-' || c.is_ascii_digit());
            *found.entry(name.to_owned()).or_default() += used;
        }
        Ok(Threads(found))
    }

    /// What threads of this name used between two moments, percent of a core.
    pub fn share_since(&self, before: &Threads, name: &str, wall: Duration) -> f64 {
        let of = |threads: &Threads| threads.0.get(name).copied().unwrap_or_default();
        of(self).saturating_sub(of(before)).as_secs_f64() / wall.as_secs_f64() * 100.0
    }

    /// The busiest between two moments, percent of a core.
    pub fn busiest_since(&self, before: &Threads, wall: Duration) -> Vec<(String, f64)> {
        let share = |name: &String| (name.clone(), self.share_since(before, name, wall));
        let mut shares: Vec<(String, f64)> = self.0.keys().map(share).collect();
        shares.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        shares.truncate(TOLD);
        shares
    }
}
