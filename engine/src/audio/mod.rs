//! Sound between the network and the devices: level, time stretching, limiting, resampling;
//! [`sender`] turns 10 ms blocks into packets, [`receiver`] one slot's packets into 10 ms blocks.

mod cookie;
pub(crate) mod hardware;
pub mod level;
pub mod limiter;
pub(crate) mod pulse;
pub mod receiver;
pub mod resample;
pub mod sender;
pub mod stretch;
