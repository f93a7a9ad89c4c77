//! What administrators rely on: the documented configuration, TLS, figures, a log without secrets,
//! backups.

#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

#[path = "../program/mod.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;
#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

mod backup;
mod log;
mod options;
mod proxy;
mod tls;
