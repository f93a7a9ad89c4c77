//! CPU time of this process and of some of its threads, from Linux's /proc.

/// CPU seconds up to now.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reading {
    /// Threads whose name begins with the prefix.
    pub(super) threads_s: f64,
    /// The whole process.
    pub(super) process_s: f64,
}

impl Reading {
    /// Reads; zeros where there is no /proc.
    pub(super) fn take(prefix: &str) -> Reading {
        let mut reading = Reading::default();
        let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return reading };
        for task in tasks.flatten() {
            let file = |name: &str| std::fs::read_to_string(task.path().join(name)).ok();
            // The first field is time on a CPU in nanoseconds.
            let Some(seconds) = file("schedstat")
                .and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok())
                .map(|nanos| nanos / 1e9)
            else {
                continue;
            };
            reading.process_s += seconds;
            if file("comm").is_some_and(|name| name.starts_with(prefix)) {
                reading.threads_s += seconds;
            }
        }
        reading
    }

    /// What was used since `earlier`. Threads that ended meanwhile count for nothing.
    pub(super) fn since(self, earlier: Reading) -> Reading {
        Reading {
            threads_s: (self.threads_s - earlier.threads_s).max(0.0),
            process_s: (self.process_s - earlier.process_s).max(0.0),
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_found_by_its_name() {
        let (ready, wait) = std::sync::mpsc::channel();
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let thread = engine::thread::spawn("cpu-test", move || {
            let mut x = 1u64;
            for i in 0..5_000_000u64 {
                x = std::hint::black_box(x.wrapping_mul(31).wrapping_add(i));
            }
            let _ = ready.send(());
            let _ = stopped.recv();
        })
        .expect("a thread");
        wait.recv().expect("the thread works");
        let reading = Reading::take("cpu-test");
        assert!(reading.threads_s > 0.0 && reading.process_s >= reading.threads_s, "{reading:?}");
        drop(stop);
        drop(thread);
    }
}
