//! Received sound to the loudspeaker.
//!
//! Each audio slot has a ring of samples. A feeder thread keeps it filled: every few milliseconds it
//! asks [`SlotWriter::wanted`] and pushes exactly as many 10 ms blocks. The device's callback empties
//! the rings, so the device's clock drives the feeder and through it the jitter buffers, which stretch
//! away any drift; delay never grows here.

pub mod chime;
pub mod device;
pub mod mixer;

pub use device::Playback;
pub use mixer::SlotWriter;
