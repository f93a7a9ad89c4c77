//! What the job took.

use engine::blur::Timings;
use serde::Serialize;
use std::time::{Duration, Instant};

/// The figures of a job.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// `gpu` or `cpu`.
    pub device: &'static str,
    /// The GPU's name, if one was used.
    pub adapter: Option<String>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Pictures written.
    pub frames: u64,
    /// From the first picture to the finished file, seconds: reading, blurring and encoding.
    pub wall_s: f64,
    /// CPU time of the process meanwhile, seconds.
    pub cpu_s: f64,
    /// Shrinking and the segmentation network.
    pub network_ms: Spread,
    /// From the network's answer to the matte.
    pub refine_ms: Spread,
    /// The room out of focus.
    pub blur_ms: Spread,
    /// Person before room.
    pub composite_ms: Spread,
    /// The whole blur of a picture, transfers and waiting included.
    pub frame_ms: Spread,
}

/// Percentiles over all pictures, milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Spread {
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
}

impl Spread {
    /// By nearest rank; zero without values.
    fn of(values: impl Iterator<Item = Duration>) -> Spread {
        let mut sorted: Vec<Duration> = values.collect();
        sorted.sort_unstable();
        let rank = |p: usize| sorted.get((sorted.len() * p).div_ceil(100).saturating_sub(1));
        let ms = |value: Option<&Duration>| value.map_or(0.0, |value| value.as_secs_f64() * 1e3);
        Spread { p50: ms(rank(50)), p95: ms(rank(95)) }
    }
}

/// Collects while the job runs.
pub(super) struct Figures {
    size: (u32, u32),
    begun: Instant,
    cpu_s: f64,
    /// Network, refine, blur, composite, frame: of each picture.
    costs: Vec<[Duration; 5]>,
}

impl Figures {
    #[expect(clippy::disallowed_methods, reason = "the measuring edge")]
    pub(super) fn begin(size: (u32, u32)) -> Figures {
        Figures { size, begun: Instant::now(), cpu_s: cpu_seconds(), costs: Vec::new() }
    }

    pub(super) fn add(&mut self, timings: &Timings) {
        let Timings { network, refine, blur, composite, frame, .. } = timings;
        self.costs.push([*network, *refine, *blur, *composite, *frame]);
    }

    pub(super) fn frames(&self) -> u64 {
        self.costs.len() as u64
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    pub(super) fn report(&self, adapter: Option<String>) -> Report {
        let stage = |index: usize| Spread::of(self.costs.iter().map(|costs| costs[index]));
        Report {
            device: if adapter.is_some() { "gpu" } else { "cpu" },
            adapter,
            width: self.size.0,
            height: self.size.1,
            frames: self.frames(),
            wall_s: self.elapsed().as_secs_f64(),
            cpu_s: (cpu_seconds() - self.cpu_s).max(0.0),
            network_ms: stage(0),
            refine_ms: stage(1),
            blur_ms: stage(2),
            composite_ms: stage(3),
            frame_ms: stage(4),
        }
    }
}

/// CPU time of this process up to now, ended threads included; zero where there is no /proc.
fn cpu_seconds() -> f64 {
    // Linux shows user space 100 ticks a second, whatever its own clock does.
    const TICKS: f64 = 100.0;
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The program's name is in brackets and may hold spaces; user and system time are the 12th and
    // 13th field after it.
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields);
    let times = fields.split_whitespace().skip(11).take(2);
    times.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        assert_eq!(Spread::of(std::iter::empty()), Spread::default());
        let spread = Spread::of((1..=200).rev().map(Duration::from_millis));
        assert_eq!(spread, Spread { p50: 100.0, p95: 190.0 });
    }

    #[test]
    fn the_json_has_the_promised_names_and_no_others() {
        let mut figures = Figures::begin((1280, 720));
        figures.add(&Timings { frame: Duration::from_millis(5), ..Timings::default() });
        let json = serde_json::to_value(figures.report(None)).expect("plain data");
        let mut names: Vec<&str> =
            json.as_object().expect("an object").keys().map(String::as_str).collect();
        names.sort_unstable();
        let mut promised = [
            "device",
            "adapter",
            "width",
            "height",
            "frames",
            "wall_s",
            "cpu_s",
            "network_ms",
            "refine_ms",
            "blur_ms",
            "composite_ms",
            "frame_ms",
        ];
        promised.sort_unstable();
        assert_eq!(names, promised);
        assert_eq!(json["frame_ms"], serde_json::json!({ "p50": 5.0, "p95": 5.0 }));
        assert_eq!((&json["device"], &json["frames"]), (&"cpu".into(), &1.into()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn cpu_time_rises_with_work() {
        let before = cpu_seconds();
        let mut x = 1u64;
        while cpu_seconds() - before < 0.05 {
            for i in 0..1_000_000u64 {
                x = std::hint::black_box(x.wrapping_mul(31).wrapping_add(i));
            }
        }
    }
}
