//! How far the job is: a bar on a terminal, nothing elsewhere.

use std::io::{IsTerminal, Write};
use std::time::Duration;

/// A moment of the job.
#[derive(Debug, Clone, Copy)]
pub(super) struct Progress {
    pub(super) frames: u64,
    /// All of them, where that is known.
    pub(super) of: Option<u64>,
    pub(super) elapsed: Duration,
}

/// One line on standard error, rewritten in place on a terminal.
pub struct ProgressLine {
    terminal: bool,
    shown: Option<Duration>,
}

impl ProgressLine {
    /// The least time between two lines: faster than that nobody reads.
    const PAUSE: Duration = Duration::from_millis(100);

    /// A line that nothing stands in yet.
    #[expect(clippy::new_without_default, reason = "it looks at the terminal")]
    pub fn new() -> ProgressLine {
        ProgressLine { terminal: std::io::stderr().is_terminal(), shown: None }
    }

    pub(super) fn show(&mut self, progress: Progress) {
        let due = self.shown.is_none_or(|at| progress.elapsed >= at + ProgressLine::PAUSE);
        if self.terminal && due {
            self.shown = Some(progress.elapsed);
            write(&format!("\r\x1b[K{}", text(progress)));
        }
    }

    /// Takes the line away, so that the next words stand alone.
    pub fn end(&mut self) {
        if self.shown.take().is_some() {
            write("\r\x1b[K");
        }
    }
}

/// There is nowhere to tell that standard error is closed.
fn write(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn text(progress: Progress) -> String {
    const CELLS: u64 = 30;
    let Progress { frames, of, elapsed } = progress;
    let fps = frames as f64 / elapsed.as_secs_f64().max(1e-3);
    // A file may hold more pictures than it says.
    let Some(of) = of.filter(|of| *of >= frames) else {
        return format!("{frames} frames  {fps:.1} fps");
    };
    let done = (frames * CELLS / of.max(1)) as usize;
    let bar = format!("{}{}", "█".repeat(done), "░".repeat(CELLS as usize - done));
    let left = ((of - frames) as f64 / fps.max(1e-3)).ceil() as u64;
    format!("{bar} {frames}/{of} frames  {fps:.1} fps  {}:{:02} left", left / 60, left % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_how_far_how_fast_and_how_long_still() {
        let elapsed = Duration::from_secs(4);
        let half = text(Progress { frames: 120, of: Some(240), elapsed });
        assert_eq!(half.matches('█').count(), 15);
        assert_eq!(half.matches('░').count(), 15);
        assert!(half.ends_with(" 120/240 frames  30.0 fps  0:04 left"), "{half}");
        let unknown = text(Progress { frames: 120, of: None, elapsed });
        assert_eq!(unknown, "120 frames  30.0 fps");
        let beyond = text(Progress { frames: 120, of: Some(100), elapsed });
        assert_eq!(beyond, unknown, "a file that says too little");
    }
}
