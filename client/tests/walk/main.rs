//! Each flow of the product by its labels, from the first click to the last page: windows with
//! their own back ends and engines, and a hub in this process.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "../fake/mod.rs"]
mod fake;

mod calls;
mod driver;
mod guest;
mod planned;
mod world;
