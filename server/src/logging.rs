//! The log on standard error. It never carries a secret: what the hub itself writes has none, and
//! libraries that write whole messages are kept quiet whatever the filter says.

use crate::config::{Log, LogFormat};
use crate::error::HubError;
use std::io::IsTerminal;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{EnvFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

/// Below `info` these write headers, frames, statements or session keys, in which tokens, passwords
/// and links stand.
const TALKATIVE: [&str; 16] = [
    "async_imap",
    "async_web_client",
    "h2",
    "hyper",
    "hyper_util",
    "imap_proto",
    "lettre",
    "mio",
    "reqwest",
    "rustls",
    "rustls_acme",
    "sqlx",
    "str0m",
    "tokio_tungstenite",
    "tower_http",
    "tungstenite",
];

/// Starts writing what `log` wants; the environment variable `RUST_LOG` wins over its filter.
pub fn start(log: &Log) -> Result<(), HubError> {
    let wanted = std::env::var("RUST_LOG").ok().filter(|filter| !filter.is_empty());
    let filter = match wanted {
        Some(filter) => EnvFilter::try_new(filter)
            .map_err(|error| HubError::option("RUST_LOG", format!("{error}; correct it"))),
        None => EnvFilter::try_new(&log.filter)
            .map_err(|error| HubError::option("log.filter", format!("{error}; correct it"))),
    }?;
    let colours = std::io::stderr().is_terminal();
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let lines = match log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    registry().with(filter).with(without_secrets()).with(lines).init();
    Ok(())
}

/// Lets everything pass but the talkative libraries' details.
fn without_secrets() -> Targets {
    let quiet = TALKATIVE.map(|target| (target, LevelFilter::INFO));
    Targets::new().with_default(LevelFilter::TRACE).with_targets(quiet)
}
