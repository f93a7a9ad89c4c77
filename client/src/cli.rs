//! The command line. Exit codes: 0 done, 1 the job failed, 2 wrong use.

use crate::blur_file::{self, Kind, check_writable};
use crate::links::Link;
use crate::rehearsal::{self, Progress};
use anyhow::Context;
use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use engine::blur::{self, Background};
use engine::config::VideoCodec;
use std::io::{ErrorKind, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Video conferences from the lectern: plan, rehearse, go live.
#[derive(Debug, Parser)]
#[command(name = "katheder", version)]
pub struct Arguments {
    /// What to do; without it the window opens.
    #[command(subcommand)]
    pub job: Option<Job>,
    /// A link to open, as other programs hand it over: katheder://join/…
    #[arg(value_name = "LINK", value_parser = link)]
    pub link: Option<Link>,
    /// Where the window's own hub listens. The default is this machine only; 0.0.0.0:7480 lets
    /// guests of the local network in.
    #[arg(long, value_name = "ADDR", default_value_t = SocketAddr::from(([127, 0, 0, 1], server::config::DEFAULT_PORT)))]
    pub listen: SocketAddr,
}

/// What `katheder` can do besides opening its window.
#[derive(Debug, Subcommand)]
pub enum Job {
    /// Hold a whole webinar on this machine and measure it: hub, presenter and attendees.
    Rehearse {
        /// The presenter's clip; without it the bundled demo presenter speaks.
        #[arg(long, value_name = "CLIP")]
        input: Option<PathBuf>,
        /// How many watch.
        #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=200))]
        attendees: u32,
        /// How long to measure.
        #[arg(long, value_name = "S", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=86_400))]
        seconds: u32,
        /// The video codec.
        #[arg(long, value_enum, default_value_t = Codec::H264)]
        codec: Codec,
        /// Blur what is behind the presenter.
        #[arg(long)]
        blur: bool,
        /// How strongly: from 0, subtle, to 1, nothing recognisable.
        #[arg(long, value_name = "S", default_value_t = STRENGTH, requires = "blur", value_parser = strength, allow_negative_numbers = true)]
        strength: f32,
        /// Write the figures there.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
        /// Write what attendee 1 sees there.
        #[arg(long, value_name = "PNG")]
        screenshot: Option<PathBuf>,
    },
    /// Put the background of a clip or a picture out of focus, or another one behind the person.
    ///
    /// Pictures of a clip keep their size and times, its sound is not touched. Older files of the
    /// outputs' names are replaced, as cp does, once everything is done.
    Blur {
        /// A clip, or a PNG or JPEG picture.
        input: PathBuf,
        /// Write the result there: .mp4, .mov, .mkv or .webm for a clip, .png or .jpg for a picture.
        #[arg(short, long, value_parser = PathBufValueParser::new().try_map(media))]
        output: PathBuf,
        /// How much: from 0, subtle, to 1, nothing recognizable.
        #[arg(long, value_name = "S", default_value_t = STRENGTH, value_parser = strength, allow_negative_numbers = true)]
        strength: f32,
        /// A PNG, JPEG or WebP picture to put behind the person, cropped to fill.
        #[arg(long, value_name = "BACKGROUND")]
        image: Option<PathBuf>,
        /// Write the matte there, white where the person is: 8-bit gray, endings as for OUTPUT.
        #[arg(long, value_name = "MASK_OUTPUT", value_parser = PathBufValueParser::new().try_map(media))]
        mask: Option<PathBuf>,
        /// Where to work. The processor is the automatic choice where the only GPU is a software one.
        #[arg(long, value_enum, default_value_t = Device::Auto)]
        device: Device,
        /// Write the figures there.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
    /// Open the window at a conference: katheder://join/…, a guest link, or a room's number.
    Join {
        /// The link or the number.
        #[arg(value_name = "LINK", value_parser = link)]
        link: Link,
    },
    /// List cameras, microphones and loudspeakers.
    Devices,
    /// List video encoders and which will be used.
    Encoders,
    /// List graphics adapters and which will be used.
    Gpus,
    /// Show every control of the window in all its states, for those who build with them.
    Gallery,
}

/// How strongly the background is blurred unless told otherwise.
const STRENGTH: f32 = 0.7;

/// A video codec's name on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Codec {
    /// H.264 constrained baseline.
    H264,
    /// VP8.
    Vp8,
}

/// Where to blur, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Device {
    /// The GPU, or fail.
    Gpu,
    /// The processor.
    Cpu,
    /// The GPU if there is a real one, else the processor.
    Auto,
}

fn strength(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("it must be a number from 0 to 1".into()),
    }
}

fn link(text: &str) -> Result<Link, String> {
    let hint = "it must be katheder://join/…, a guest link or a number of nine digits";
    Link::parse(text).ok_or_else(|| hint.to_owned())
}

fn media(path: PathBuf) -> Result<PathBuf, String> {
    match Kind::of(&path) {
        Some(_) => Ok(path),
        None => Err("it must end in .mp4, .mov, .mkv, .webm, .png or .jpg".into()),
    }
}

/// Does what the arguments say.
pub fn run(arguments: Arguments) -> ExitCode {
    let result = match arguments.job {
        None => crate::window::open(arguments.listen, arguments.link),
        Some(Job::Join { link }) => crate::window::open(arguments.listen, Some(link)),
        Some(Job::Rehearse {
            input,
            attendees,
            seconds,
            codec,
            blur,
            strength,
            json,
            screenshot,
        }) => {
            let options = rehearsal::Options {
                input,
                attendees: attendees as usize,
                duration: Duration::from_secs(seconds.into()),
                codec: match codec {
                    Codec::H264 => VideoCodec::H264,
                    Codec::Vp8 => VideoCodec::Vp8,
                },
                background: blur.then_some(Background::Blurred { strength }),
            };
            rehearse(&options, json.as_deref(), screenshot.as_deref())
        }
        Some(Job::Blur { input, output, strength, image, mask, device, json }) => {
            let device = match device {
                Device::Gpu => blur::Device::Gpu,
                Device::Cpu => blur::Device::Cpu,
                Device::Auto => blur::Device::Auto,
            };
            blur(&blur_file::Options { input, output, strength, image, mask, device, json })
        }
        Some(Job::Devices) => print(&crate::inventory::devices()),
        Some(Job::Encoders) => print(&crate::inventory::encoders()),
        Some(Job::Gpus) => print(&crate::inventory::gpus()),
        Some(Job::Gallery) => crate::gallery::open(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&format!("katheder: {error:#}\n"));
            ExitCode::FAILURE
        }
    }
}

fn rehearse(
    options: &rehearsal::Options,
    json: Option<&Path>,
    screenshot: Option<&Path>,
) -> anyhow::Result<()> {
    // Before twenty seconds of work, not after.
    for path in [json, screenshot].into_iter().flatten() {
        check_writable(path)?;
    }
    let mut line = ProgressLine::new();
    let result = rehearsal::run(options, &mut |progress| line.show(progress));
    line.end();
    let rehearsal = result?;
    print(&rehearsal.report.table())?;
    if let Some(path) = json {
        let text = serde_json::to_string_pretty(&rehearsal.report)?;
        std::fs::write(path, text + "\n")
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(path) = screenshot {
        let frame = rehearsal.picture.context("attendee 1 saw no picture to save")?;
        crate::picture::save_png(&frame, path)?;
    }
    match rehearsal.report.failure() {
        None => Ok(()),
        Some(reason) => anyhow::bail!("the rehearsal failed: {reason}"),
    }
}

fn blur(options: &blur_file::Options) -> anyhow::Result<()> {
    let mut line = blur_file::ProgressLine::new();
    let result = blur_file::run(options, &mut line);
    line.end();
    let outcome = result?;
    for remark in &outcome.remarks {
        tell(&format!("katheder: {}: {remark}\n", options.input.display()));
    }
    let blur_file::Report { width, height, frames, wall_s, frame_ms, .. } = outcome.report;
    let noun = if frames == 1 { "frame" } else { "frames" };
    print(&format!(
        "{}: {frames} {noun} of {width}x{height} in {wall_s:.1} s, {:.1} ms for the blur of one, {}\n",
        options.output.display(),
        frame_ms.p50,
        outcome.place,
    ))
}

/// Prints to standard output. Whoever closed it has read enough.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}

/// Prints to standard error; there is nowhere to tell that it is closed.
fn tell(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// One line on standard error, rewritten in place on a terminal, said every 5 s elsewhere.
struct ProgressLine {
    terminal: bool,
    said: String,
}

impl ProgressLine {
    fn new() -> ProgressLine {
        ProgressLine { terminal: std::io::stderr().is_terminal(), said: String::new() }
    }

    fn show(&mut self, progress: Progress) {
        let text = match progress {
            Progress::Joining { ready, of } => {
                format!("{ready} of {of} attendees see and hear")
            }
            Progress::Measuring { elapsed, of } => {
                let step = if self.terminal { 1 } else { 5 };
                let seconds = elapsed.as_secs() / step * step;
                format!("measuring: {seconds} of {} s", of.as_secs())
            }
        };
        if text == self.said {
            return;
        }
        if self.terminal {
            tell(&format!("\r\x1b[K{text}"));
        } else {
            tell(&format!("{text}\n"));
        }
        self.said = text;
    }

    fn end(&mut self) {
        if self.terminal && !self.said.is_empty() {
            tell("\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn wrong_use_is_told_before_anything_starts() {
        for wrong in [
            &["katheder", "rehearse", "--attendees", "0"][..],
            &["katheder", "rehearse", "--seconds", "soon"],
            &["katheder", "rehearse", "--blur", "--strength", "1.5"],
            &["katheder", "rehearse", "--blur", "--strength", "NaN"],
            &["katheder", "rehearse", "--strength", "0.5"],
            &["katheder", "dance"],
            &["katheder", "katheder://leave/483920175"],
            &["katheder", "join", "javascript:alert(1)"],
        ] {
            let error = Arguments::try_parse_from(wrong).expect_err("refused");
            assert_eq!(error.exit_code(), 2, "{wrong:?}");
        }
    }
}
