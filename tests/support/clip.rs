//! Moving pictures for benches, drawn once.

use crate::network::any_moment;
use engine::capture::demo::Presenter;
use engine::capture::{Limits, Media};
use engine::frame::{ColorSpace, VideoFrame};

/// The first `count` pictures of the demo presenter: 720p at 30 pictures a second.
///
/// # Panics
/// When the bundled drawing cannot be read.
pub fn clip(count: usize) -> Vec<VideoFrame> {
    let captured = any_moment();
    let mut presenter = Presenter::new(Some(Limits::NONE), false).expect("the bundled drawing");
    let picture = |_| match presenter.next().expect("draws") {
        (at, Media::Picture(picture)) => VideoFrame {
            width: picture.width,
            height: picture.height,
            color: ColorSpace::WIRE,
            captured: captured + at,
            planes: picture.planes,
        },
        (_, Media::Sound(_)) => unreachable!("no sound was asked for"),
    };
    (0..count).map(picture).collect()
}
