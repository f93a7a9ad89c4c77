//! What the tests that cross crates share.
//!
//! [`clip`] draws pictures, [`network`] is the seeded bad network, a sans-IO value; [`relay`] puts it behind UDP sockets;
//! [`video_stream`] makes synthetic video packets; [`matting`] scores mattes; [`conference`] opens a hub with native
//! participants; [`chromium`] drives a real browser, [`program`] the real program, for whom [`world`]
//! fills a hub; [`desktop`] is an X server with text on it, [`portal`] a Wayland desktop without
//! pictures.

mod again;
pub mod chromium;
pub mod clip;
pub mod conference;
pub mod desktop;
pub mod matting;
pub mod network;
pub mod portal;
pub mod program;
pub mod relay;
pub mod video_stream;
pub mod world;

use std::time::Duration;

/// How every bench measures: long enough for figures that repeat within a few percent, short enough
/// that all of them take less than three minutes.
pub fn criterion() -> criterion::Criterion {
    criterion::Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1_500))
        .sample_size(30)
}
