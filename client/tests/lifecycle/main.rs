//! How conferences, devices, sessions and the program itself end, and begin again.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

#[path = "../fake/mod.rs"]
mod fake;

mod hub;
mod state;
mod world;
