//! The rooms page: what events do to it, what clicks and keys ask for, a real hub behind it, and
//! how it looks. Tests bear the requirement line that they show.

#[path = "../fake/mod.rs"]
mod fake;
mod hub;
mod look;
mod page;
mod scene;
mod state;
