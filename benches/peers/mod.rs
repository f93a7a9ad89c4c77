//! Those we compare with, as `scripts/peers.sh` leaves them in `target/peers`.

pub mod mediapipe;
pub mod onnx_runtime;

use std::path::{Path, PathBuf};

/// A file of theirs, or the folder itself.
pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers").join(name)
}

/// Whether they are installed.
pub fn are_here() -> bool {
    path("installed").is_file()
}
