//! The planner: what events and time do to it, what clicks and keys ask for, what a real hub
//! answers, and how it looks.

mod data;
#[path = "../fake/mod.rs"]
mod fake;
mod hub;
mod look;
mod page;
mod state;
