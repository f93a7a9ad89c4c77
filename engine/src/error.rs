//! What can go wrong, by what the caller does next.

use std::path::PathBuf;

/// An engine error. Each says what happened, to what, and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A media file cannot be used: name another.
    #[error("cannot play {path}: {reason}")]
    Clip {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what would help.
        reason: String,
    },
    /// A media file cannot be written: name another, or another kind.
    #[error("cannot write {path}: {reason}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why, and what would help.
        reason: String,
    },
    /// A device cannot be opened: choose another, or go on without.
    #[error("cannot open {device}: {reason}")]
    Device {
        /// As the user knows it.
        device: String,
        /// Why.
        reason: String,
    },
    /// A shared screen or window cannot be captured, or not any more: share another.
    #[error("the share of {screen} ended: {reason}")]
    Screen {
        /// As the user knows it.
        screen: String,
        /// Why, and what would help.
        reason: String,
    },
    /// No usable encoder or decoder: another codec may do.
    #[error("cannot set up {codec}: {reason}")]
    Codec {
        /// Codec and implementation.
        codec: String,
        /// Why.
        reason: String,
    },
    /// One packet or frame was bad; the stream goes on after the next keyframe.
    #[error("damaged {what}: {reason}")]
    Damaged {
        /// Packet, frame, …
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// A still background cannot be used: choose another picture.
    #[error("cannot use {path} as background: {reason}")]
    Background {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what would help.
        reason: String,
    },
    /// The peer connection failed: connect again.
    #[error("the media connection failed: {0}")]
    Transport(String),
    /// No usable GPU: the CPU path remains.
    #[error("no usable GPU: {0}")]
    Gpu(String),
    /// A segmentation model cannot be used: install the program again.
    #[error("the segmentation model {name} cannot be used: {reason}; install the program again")]
    Model {
        /// The file.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The system refused a thread or a socket.
    #[error("the system refused {what}: {source}")]
    System {
        /// What was asked for.
        what: String,
        /// Its answer.
        source: std::io::Error,
    },
}

/// The engine's result.
pub type Result<T> = std::result::Result<T, Error>;
