//! From RTP packets to media in order: sans-IO, `now` is an argument, no clock, no socket.
//!
//! Sound: [`audio`] says what to play next. Video: [`video`] puts packets back into whole frames in decode order and asks for keyframes,
//! [`playout`] says when to show the decoded pictures, [`verifier`] only counts whole frames.

pub mod audio;
mod depacketize_h264;
mod depacketize_vp8;
mod keyframe_request;
mod packet;
pub mod playout;
mod ring;
pub mod sequence;
pub mod verifier;
pub mod video;
mod wait_budget;

/// A start for tests in virtual time.
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "any moment will do")]
pub(crate) fn any_moment() -> std::time::Instant {
    std::time::Instant::now()
}
