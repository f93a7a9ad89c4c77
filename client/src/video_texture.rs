//! Live pictures in tiles: the newest frame of every stream, uploaded as three planes when it is
//! new and converted by a shader while the tile is drawn.
//!
//! [`Videos`] belongs to the window. Call [`install`] once the renderer exists, and
//! [`Videos::take_new`] once a frame before drawing. A feed is drawn at most once a frame.

mod gpu;
mod small;
mod uniform;

pub use gpu::{install, uploaded_bytes};
pub use uniform::{Uniform, reference};

use egui::{Painter, Rect, Vec2, vec2};
use engine::frame::VideoFrame;
use engine::latest::Reader;
use protocol::SlotBinding;
use std::collections::HashMap;

/// The own shared screen is looked at this often at most, seconds.
const OWN_SCREEN_S: f64 = 0.5;

/// Which stream.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Feed {
    /// The own camera.
    SelfView,
    /// The own shared screen, small: see [`Videos::take_own_screen`].
    OwnScreen,
    /// A video slot, by its media line.
    Slot(String),
}

/// How a picture meets its rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Fill it and crop what does not fit: people.
    Fill,
    /// Show everything and leave bars: shared screens.
    Whole,
}

/// How to draw a picture.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Crop or bars.
    pub fit: Fit,
    /// Left and right swapped: the own picture.
    pub mirrored: bool,
    /// Corner radius in points.
    pub radius: f32,
}

#[derive(Debug, Default)]
struct Stream {
    id: u64,
    reader: Option<Reader<VideoFrame>>,
    newest: Option<VideoFrame>,
    /// Counts pictures, so that each is uploaded once.
    serial: u64,
    bound: Option<SlotBinding>,
}

/// The newest picture of every stream.
#[derive(Debug, Default)]
pub struct Videos {
    streams: HashMap<Feed, Stream>,
    next_id: u64,
    pass: u64,
    /// When the own screen may be looked at again, seconds.
    screen_due_s: f64,
}

impl Videos {
    /// Connects a stream to where its pictures come from.
    pub fn connect(&mut self, feed: Feed, reader: Reader<VideoFrame>) {
        let stream = self.stream(feed);
        stream.newest = None;
        stream.reader = Some(reader);
    }

    /// Forgets a stream and its picture.
    pub fn disconnect(&mut self, feed: &Feed) {
        self.streams.remove(feed);
    }

    /// Forgets everything but the self view: the call is over.
    pub fn disconnect_slots(&mut self) {
        self.streams.retain(|feed, _| !matches!(feed, Feed::Slot(_)));
    }

    /// Takes in what the slots carry now. A slot that changed hands goes blank, so that nobody's
    /// picture is ever shown under somebody else's name.
    pub fn rebind(&mut self, slots: &[SlotBinding]) {
        for binding in slots {
            let stream = self.stream(Feed::Slot(binding.mid.clone()));
            if stream.bound.as_ref() != Some(binding) {
                stream.bound = Some(binding.clone());
                stream.newest = None;
            }
        }
    }

    /// Puts a picture in directly: for tests and screenshots.
    pub fn put(&mut self, feed: Feed, frame: VideoFrame) {
        let stream = self.stream(feed);
        stream.newest = Some(frame);
        stream.serial += 1;
    }

    /// Forgets a stream's picture and the one that waits; the stream goes on.
    pub fn blank(&mut self, feed: &Feed) {
        if let Some(stream) = self.streams.get_mut(feed) {
            stream.newest = None;
            stream.reader.as_ref().and_then(Reader::take);
        }
    }

    /// Takes the newest picture of the own shared screen, made small, unless one was taken a moment
    /// ago: then gives the seconds after which to come again. A window on the shared screen shows
    /// itself in it, and must not be drawn anew for each such picture.
    pub fn take_own_screen(&mut self, now_s: f64) -> Option<f64> {
        let wait = self.screen_due_s - now_s;
        // A wait longer than any is a clock that began anew.
        if wait > 0.0 && wait <= OWN_SCREEN_S {
            return Some(wait);
        }
        let stream = self.streams.get_mut(&Feed::OwnScreen)?;
        let frame = stream.reader.as_ref().and_then(Reader::take)?;
        stream.newest = Some(small::shrunk(&frame));
        stream.serial += 1;
        self.screen_due_s = now_s + OWN_SCREEN_S;
        None
    }

    /// Takes new pictures from all streams but the own screen's. Once a frame, before drawing.
    pub fn take_new(&mut self) {
        self.pass += 1;
        for (feed, stream) in &mut self.streams {
            if *feed == Feed::OwnScreen {
                continue;
            }
            if let Some(frame) = stream.reader.as_ref().and_then(Reader::take) {
                stream.newest = Some(frame);
                stream.serial += 1;
            }
        }
    }

    /// The size of a stream's newest picture, in pixels; `None` while there is none.
    pub fn size(&self, feed: &Feed) -> Option<Vec2> {
        let frame = self.streams.get(feed)?.newest.as_ref()?;
        Some(vec2(frame.width as f32, frame.height as f32))
    }

    /// Draws a stream's newest picture into `rect`; `false` when there is none.
    pub fn paint(&self, painter: &Painter, rect: Rect, feed: &Feed, look: Look) -> bool {
        let Some(stream) = self.streams.get(feed) else { return false };
        let Some(frame) = &stream.newest else { return false };
        let rect = match look.fit {
            Fit::Fill => rect,
            Fit::Whole => fitted(rect, vec2(frame.width as f32, frame.height as f32)),
        };
        // Whole pixels, so that the viewport and the shader agree on the size.
        let scale = painter.pixels_per_point();
        let rect = Rect::from_min_max(
            (rect.min * scale).round() / scale,
            (rect.max * scale).round() / scale,
        );
        if rect.width() < 1.0 || rect.height() < 1.0 {
            return true;
        }
        let size_px = rect.size() * scale;
        let uniform =
            Uniform::new(frame, size_px, look.radius * scale, look.mirrored, painter.opacity());
        let picture = gpu::Picture {
            stream: stream.id,
            serial: stream.serial,
            pass: self.pass,
            frame: frame.clone(),
            uniform,
        };
        painter.add(egui_wgpu::Callback::new_paint_callback(rect, picture));
        true
    }

    fn stream(&mut self, feed: Feed) -> &mut Stream {
        let next_id = &mut self.next_id;
        self.streams.entry(feed).or_insert_with(|| {
            *next_id += 1;
            Stream { id: *next_id, ..Stream::default() }
        })
    }
}

/// The largest rectangle of `aspect` in the middle of `rect`.
pub fn fitted(rect: Rect, aspect: Vec2) -> Rect {
    let scale = (rect.width() / aspect.x).min(rect.height() / aspect.y);
    Rect::from_center_size(rect.center(), aspect * scale)
}

use eframe::egui_wgpu;

#[cfg(test)]
mod tests {
    use super::*;
    use engine::frame::{ColorSpace, Planes};
    use protocol::{MediaSource, ParticipantId};
    use std::sync::Arc;

    #[expect(clippy::disallowed_methods, reason = "a frame needs some moment")]
    fn frame() -> VideoFrame {
        VideoFrame {
            width: 2,
            height: 2,
            color: ColorSpace::WIRE,
            captured: std::time::Instant::now(),
            planes: Arc::new(Planes { y: vec![0; 4], u: vec![128], v: vec![128] }),
        }
    }

    #[test]
    fn a_slot_that_changes_hands_goes_blank_and_one_that_does_not_keeps_its_picture() {
        let mut videos = Videos::default();
        let feed = Feed::Slot("3".into());
        let binding = |who| SlotBinding {
            mid: "3".into(),
            participant: Some(ParticipantId(who)),
            source: MediaSource::Camera,
        };
        videos.rebind(&[binding(1)]);
        videos.put(feed.clone(), frame());
        videos.rebind(&[binding(1)]);
        assert!(videos.size(&feed).is_some());
        videos.rebind(&[binding(2)]);
        assert!(videos.size(&feed).is_none());
    }

    #[test]
    fn the_own_screen_is_small_and_looked_at_twice_a_second() {
        let (writer, reader) = engine::latest::channel();
        let mut videos = Videos::default();
        videos.connect(Feed::OwnScreen, reader);
        let screen = |luma: u8| VideoFrame {
            width: 1920,
            height: 1080,
            planes: Arc::new(Planes {
                y: vec![luma; 1920 * 1080],
                u: vec![100; 960 * 540],
                v: vec![150; 960 * 540],
            }),
            ..frame()
        };
        let shown = |videos: &Videos| videos.streams[&Feed::OwnScreen].newest.clone();
        assert_eq!(videos.take_own_screen(9.0), None);
        writer.put(screen(20));
        assert_eq!(videos.take_own_screen(10.0), None);
        let first = shown(&videos).expect("a picture");
        assert_eq!((first.width, first.height), (480, 270));
        assert_eq!((first.planes.y[0], first.planes.u[0], first.planes.v[0]), (20, 100, 150));
        // The next comes too early, is taken later, and only once.
        writer.put(screen(40));
        videos.take_new();
        assert_eq!(videos.take_own_screen(10.1).map(|wait| (wait * 10.0).round()), Some(4.0));
        assert_eq!(shown(&videos).map(|frame| frame.planes.y[0]), Some(20));
        assert_eq!(videos.take_own_screen(10.6), None);
        assert_eq!(shown(&videos).map(|frame| frame.planes.y[0]), Some(40));
        let uploads = videos.streams[&Feed::OwnScreen].serial;
        assert_eq!(videos.take_own_screen(20.0), None);
        assert_eq!(videos.streams[&Feed::OwnScreen].serial, uploads, "the same picture goes once");
        // After the share nothing of it is left for the next.
        writer.put(screen(60));
        videos.blank(&Feed::OwnScreen);
        assert_eq!(videos.take_own_screen(30.0), None);
        assert!(shown(&videos).is_none());
    }

    #[test]
    fn the_newest_picture_stays_until_the_next_comes() {
        let (writer, reader) = engine::latest::channel();
        let mut videos = Videos::default();
        videos.connect(Feed::SelfView, reader);
        videos.take_new();
        assert!(videos.size(&Feed::SelfView).is_none());
        writer.put(frame());
        videos.take_new();
        videos.take_new();
        assert_eq!(videos.size(&Feed::SelfView), Some(vec2(2.0, 2.0)));
    }
}
