//! The shader and its CPU twin agree, pixel by pixel.

mod fake;

use client::video_texture::{Feed, Fit, Look, Uniform, Videos, install, reference, uploaded_bytes};
use egui::{Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use engine::frame::{ColorSpace, Matrix, Planes, Range, VideoFrame};
use std::sync::Arc;

/// Slopes, one half of them noisy; odd sizes welcome. Not white noise: a texture unit's filter
/// weights have eight bits, and steps from black to white would measure those.
#[expect(clippy::disallowed_methods, reason = "a frame needs some moment")]
fn noise(width: u32, height: u32, color: ColorSpace) -> VideoFrame {
    let mut seed = 7u32;
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    let mut plane = |w: u32, h: u32| -> Vec<u8> {
        (0..w * h)
            .map(|i| {
                let slope = (40 + (i % w) * 170 / w) as u8;
                if i % w < w / 2 { slope + next() % 32 } else { slope }
            })
            .collect()
    };
    let (cw, ch) = (width.div_ceil(2), height.div_ceil(2));
    let planes = Planes { y: plane(width, height), u: plane(cw, ch), v: plane(cw, ch) };
    VideoFrame {
        width,
        height,
        color,
        captured: std::time::Instant::now(),
        planes: Arc::new(planes),
    }
}

/// Draws a frame on the GPU and compares: gives the share of values within two levels of 255, and
/// the largest difference. A software rasterizer filters 8-bit textures in 8-bit steps, and the
/// conversion doubles what chroma rounds away, so a few values differ by three.
fn agreement(frame: &VideoFrame, size: [u32; 2], mirrored: bool) -> (f64, u8) {
    let state =
        create_render_state(default_wgpu_setup(), eframe::egui_wgpu::RendererOptions::PREDICTABLE);
    install(&state);
    let mut videos = Videos::default();
    videos.put(Feed::SelfView, frame.clone());
    let rect = Rect::from_min_size(pos2(16.0, 16.0), vec2(size[0] as f32, size[1] as f32));
    let look = Look { fit: Fit::Fill, mirrored, radius: 0.0 };
    let mut harness = Harness::builder()
        .with_size([size[0] as f32 + 32.0, size[1] as f32 + 32.0])
        .renderer(WgpuTestRenderer::from_render_state(state))
        .build_ui(move |ui| {
            assert!(videos.paint(ui.painter(), rect, &Feed::SelfView, look));
        });
    harness.run_steps(2);
    let image = harness.render().expect("a picture");
    let uniform = Uniform::new(frame, rect.size(), 0.0, mirrored, 1.0);
    let (mut worst, mut within) = (0, 0);
    for y in 0..size[1] {
        for x in 0..size[0] {
            let got = image.get_pixel(x + 16, y + 16).0;
            let want = reference(frame, &uniform, x, y);
            for (g, w) in got.iter().zip(want) {
                worst = worst.max(g.abs_diff(w));
                within += u32::from(g.abs_diff(w) <= 2);
            }
        }
    }
    (f64::from(within) / f64::from(3 * size[0] * size[1]), worst)
}

#[test]
fn gpu_and_cpu_agree_in_every_color_space() {
    for matrix in [Matrix::Bt601, Matrix::Bt709] {
        for range in [Range::Limited, Range::Full] {
            let frame = noise(64, 48, ColorSpace { matrix, range });
            let (within, worst) = agreement(&frame, [64, 48], false);
            assert!(within > 0.999 && worst <= 3, "{matrix:?} {range:?}: {within} {worst}");
        }
    }
}

#[test]
fn gpu_and_cpu_agree_enlarged_reduced_cropped_mirrored_and_at_odd_sizes() {
    for (width, height, size, mirrored) in [
        (64, 48, [160, 90], true),
        (63, 47, [63, 47], false),
        (320, 240, [40, 30], false),
        (65, 33, [120, 120], true),
        (1, 1, [8, 8], false),
    ] {
        let frame = noise(width, height, ColorSpace::WIRE);
        let (within, worst) = agreement(&frame, size, mirrored);
        assert!(within > 0.999 && worst <= 3, "{width}×{height} at {size:?}: {within} {worst}");
        println!("{width}×{height} at {size:?}: {within} {worst}");
    }
}

#[test]
fn corners_are_round_and_the_middle_is_not_touched() {
    let state =
        create_render_state(default_wgpu_setup(), eframe::egui_wgpu::RendererOptions::PREDICTABLE);
    install(&state);
    let mut videos = Videos::default();
    videos.put(Feed::SelfView, fake::picture(1, 64, 36));
    let rect = Rect::from_min_size(pos2(10.0, 10.0), vec2(128.0, 72.0));
    let look = Look { fit: Fit::Fill, mirrored: false, radius: 12.0 };
    let mut harness = Harness::builder()
        .with_size([160.0, 100.0])
        .renderer(WgpuTestRenderer::from_render_state(state))
        .build_ui(move |ui| {
            videos.paint(ui.painter(), rect, &Feed::SelfView, look);
        });
    harness.run_steps(2);
    let image = harness.render().expect("a picture");
    let ground = *image.get_pixel(5, 50);
    assert_eq!(*image.get_pixel(10, 10), ground);
    assert_eq!(*image.get_pixel(137, 81), ground);
    assert_ne!(*image.get_pixel(74, 46), ground);
    // Half a pixel's coverage somewhere along the curve: the edge is smooth.
    let edge: Vec<_> = (10..24).map(|x| image.get_pixel(x, 13).0[0]).collect();
    let (low, high) = (edge.iter().min().copied(), edge.iter().max().copied());
    assert!(edge.iter().any(|v| Some(*v) != low && Some(*v) != high), "{edge:?}");
}

/// Tiles side by side in a window; gives what each frame takes to the graphics device, bytes.
struct Wall {
    state: eframe::egui_wgpu::RenderState,
    harness: Harness<'static, Videos>,
}

impl Wall {
    fn of(tiles: u32, frame: &VideoFrame) -> Wall {
        let state = create_render_state(
            default_wgpu_setup(),
            eframe::egui_wgpu::RendererOptions::PREDICTABLE,
        );
        install(&state);
        let mut videos = Videos::default();
        for tile in 0..tiles {
            videos.put(Feed::Slot(tile.to_string()), frame.clone());
        }
        let harness = Harness::builder()
            .with_size([64.0 * tiles as f32, 48.0])
            .renderer(WgpuTestRenderer::from_render_state(state.clone()))
            .build_ui_state(
                move |ui, videos: &mut Videos| {
                    videos.take_new();
                    let look = Look { fit: Fit::Fill, mirrored: false, radius: 0.0 };
                    for tile in 0..tiles {
                        let at = pos2(64.0 * tile as f32, 0.0);
                        let rect = Rect::from_min_size(at, vec2(60.0, 40.0));
                        videos.paint(ui.painter(), rect, &Feed::Slot(tile.to_string()), look);
                    }
                },
                videos,
            );
        Wall { state, harness }
    }

    fn draw(&mut self) -> u64 {
        let before = uploaded_bytes(&self.state);
        self.harness.step();
        self.harness.render().expect("a picture");
        uploaded_bytes(&self.state) - before
    }
}

#[test]
fn a_frame_in_which_nothing_changed_uploads_nothing_and_a_changed_tile_only_its_planes() {
    // Odd sizes: 65 × 33 of luma, twice 33 × 17 of chroma.
    let frame = noise(65, 33, ColorSpace::WIRE);
    let planes = 65 * 33 + 2 * 33 * 17;
    let mut wall = Wall::of(4, &frame);
    assert_eq!(wall.draw(), 4 * planes, "every first picture");
    assert_eq!(wall.draw(), 0, "nothing changed");
    wall.harness.state_mut().put(Feed::Slot("2".into()), frame.clone());
    assert_eq!(wall.draw(), planes, "one of four changed");
    assert_eq!(wall.draw(), 0, "nothing changed again");
}
