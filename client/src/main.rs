//! `katheder`: the window, and the command line around the same engine.

use clap::Parser;
use client::cli::{self, Arguments};
use std::process::ExitCode;

fn main() -> ExitCode {
    // What these crates warn of is how things are: DTLS has no host name to check (the SDP's
    // fingerprint counts), media may overtake the handshake, and a software adapter is announced by
    // us where it matters.
    let quiet = "warn,rtc_dtls=error,rtc::peer_connection=error,wgpu_hal::gles=off,egui_wgpu=error,winit=error";
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("KATHEDER_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(quiet)),
        )
        .with_writer(std::io::stderr)
        .init();
    cli::run(Arguments::parse())
}
