//! A call on show, and time that passes by the frame.

use crate::fake;
use client::app::Window;
use client::i18n::Language;
use client::state::{Layout, Now};
use client::video_texture::Feed;
use egui::{Context, FullOutput, Pos2, RawInput, Rect, vec2};
use engine::frame::VideoFrame;
use protocol::{Participant, Role, RoomKind};
use std::time::Instant;

/// Pixels of a picture: the layer that the hub sends to a tile of this window.
pub const PICTURE: (u32, u32) = (320, 180);

/// The window, points.
const SIZE: [f32; 2] = [1440.0, 900.0];

/// A bench reads the clock.
#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
pub fn tick() -> Instant {
    Instant::now()
}

/// A group call in tiles.
pub struct Stage {
    /// Where it is drawn.
    pub context: Context,
    /// What is drawn.
    pub window: Window,
    frames: u64,
    pictures: Vec<VideoFrame>,
}

impl Stage {
    /// So many people, oneself among them, all with their cameras on. Two pictures take turns.
    pub fn of(people: u32) -> Stage {
        let crowd: Vec<Participant> = (1..=people)
            .map(|id| fake::person(id, &format!("Gast {id:02}"), Role::Attendee, true, true))
            .collect();
        let mut window = fake::inside(Language::German, RoomKind::GroupCall, people, crowd);
        if let Some(call) = &mut window.state.call {
            call.set_layout(Layout::Tiles);
        }
        let context = Context::default();
        client::theme::install(&context);
        let (width, height) = PICTURE;
        let pictures = (1..=2).map(|seed| fake::picture(seed, width, height)).collect();
        Stage { context, window, frames: 0, pictures }
    }

    /// The stream of somebody; the last one is us.
    pub fn feed(people: u32, id: u32) -> Feed {
        if id == people { Feed::SelfView } else { Feed::Slot(id.to_string()) }
    }

    /// Gives everybody a new picture.
    pub fn renew(&mut self, people: u32) {
        let picture = &self.pictures[self.frames as usize % self.pictures.len()];
        for id in 1..=people {
            self.window.videos.put(Stage::feed(people, id), picture.clone());
        }
    }

    /// Lays the next frame out, a sixtieth of a second after the one before.
    pub fn lay_out(&mut self) -> FullOutput {
        let seconds = self.frames as f64 / 60.0;
        self.frames += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(SIZE[0], SIZE[1]))),
            time: Some(seconds),
            max_texture_side: Some(8192),
            focused: true,
            ..RawInput::default()
        };
        let now = Now { seconds, unix_ms: fake::NOON_MS + (seconds * 1e3) as i64 };
        let window = &mut self.window;
        let output = self.context.run_ui(input, |ui| window.show(ui, now));
        // What it asks of the hub is nobody's concern here, and must not pile up.
        self.window.take_commands();
        output
    }
}
