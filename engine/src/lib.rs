//! The media engine: capture, codecs, transport and jitter-buffered playback.
//!
//! [`Engine`](engine::Engine) takes [`Command`](engine::Command)s and gives
//! [`Event`](engine::Event)s; pictures come out of newest-wins slots
//! ([`latest`]). It knows no window and no hub: SDP crosses its surface as text.

pub mod audio;
pub mod blur;
pub mod capture;
pub mod clock;
pub mod codec;
pub mod config;
mod control;
pub mod engine;
pub mod error;
pub mod file;
pub mod frame;
pub mod gpu;
pub mod jitter_buffer;
pub mod latest;
pub mod lip_sync;
pub mod measure;
pub mod playback;
mod receiving;
mod sending;
mod shared;
mod showing;
pub mod stats;
pub mod thread;
pub mod transport;

pub use error::{Error, Result};
