//! The whole blur on the processor: sizes, backgrounds, what it must never do.

mod counting;

use counting::touches_of;
use engine::Error;
use engine::blur::{Background, Blur, Device, Picture, Quality};
use engine::frame::{ColorSpace, Matrix, Planes, Range, VideoFrame};
use std::sync::Arc;
use std::time::Instant;

const STRONG: Background = Background::Blurred { strength: 1.0 };

fn open() -> Blur {
    Blur::open(Device::Cpu, None).expect("opens")
}

#[expect(clippy::disallowed_methods, reason = "any moment will do")]
fn now() -> Instant {
    Instant::now()
}

/// A room of stripes and squares in which nobody is.
fn room(width: u32, height: u32) -> VideoFrame {
    let (half_x, half_y) = (width.div_ceil(2), height.div_ceil(2));
    let luma = |i: u32| if (i % width / 8 + i / width / 8).is_multiple_of(2) { 40 } else { 200 };
    let planes = Planes {
        y: (0..width * height).map(luma).collect(),
        u: (0..half_x * half_y).map(|i| (90 + i % half_x % 64) as u8).collect(),
        v: vec![140; (half_x * half_y) as usize],
    };
    let color = ColorSpace::WIRE;
    VideoFrame { width, height, color, captured: now(), planes: Arc::new(planes) }
}

/// A person before that room.
fn presenter() -> VideoFrame {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/pictures/astronaut_cutout.png");
    let image = image::open(path).expect("the cut-out").into_rgba8();
    let (width, height) = (640, 360);
    let mut frame = room(width, height);
    let planes = Arc::get_mut(&mut frame.planes).expect("nobody else holds them");
    for y in 0..height {
        for x in 0..width {
            let (from_x, from_y) = (x.wrapping_sub(132), y.wrapping_sub(20));
            if from_x >= image.width() || from_y >= image.height() {
                continue;
            }
            let [r, g, b, a] = image.get_pixel(from_x, from_y).0.map(f32::from);
            if a > 128.0 {
                let luma = (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255.0;
                let at = (y / 2 * width / 2 + x / 2) as usize;
                planes.y[(y * width + x) as usize] = (16.0 + 219.0 * luma) as u8;
                planes.u[at] = (128.0 + 224.0 * (b / 255.0 - luma) / 1.8556) as u8;
                planes.v[at] = (128.0 + 224.0 * (r / 255.0 - luma) / 1.5748) as u8;
            }
        }
    }
    frame
}

/// Mean absolute difference of neighbours in a row: detail.
fn detail(luma: &[u8]) -> f32 {
    let pairs = luma.windows(2).map(|pair| f32::from(pair[0].abs_diff(pair[1])));
    pairs.sum::<f32>() / luma.len() as f32
}

#[test]
fn any_size_comes_back_at_its_size() {
    let mut blur = open();
    for (width, height) in [
        (1, 1),
        (2, 1),
        (1, 3),
        (3, 2),
        (7, 5),
        (16, 16),
        (33, 17),
        (161, 91),
        (90, 161),
        (360, 640),
        (4096, 8),
        (5, 4096),
        (641, 359),
    ] {
        for quality in [Quality::Full, Quality::Reduced, Quality::Lowest] {
            let frame = room(width, height);
            let out = blur.process(&frame, &STRONG, quality).expect("blurs");
            assert_eq!((out.width, out.height, out.color), (width, height, frame.color));
            assert_eq!(out.captured, frame.captured);
            assert_eq!(out.planes.y.len(), frame.planes.y.len());
            assert_eq!(out.planes.v.len(), frame.planes.v.len());
            assert_eq!(blur.matte().expect("a matte").len(), frame.planes.y.len());
        }
    }
}

#[test]
fn the_largest_picture_is_blurred() {
    let frame = room(4096, 2304);
    let out = open().process(&frame, &STRONG, Quality::Full).expect("blurs");
    assert!(detail(&out.planes.y) < 0.2 * detail(&frame.planes.y));
}

#[test]
fn pictures_that_are_none_are_refused() {
    let mut blur = open();
    let mut refused = |frame: &VideoFrame| {
        let result = blur.process(frame, &STRONG, Quality::Full);
        assert!(matches!(result, Err(Error::Damaged { .. })), "{}×{}", frame.width, frame.height);
    };
    let whole = room(64, 48);
    refused(&VideoFrame { width: 0, ..whole.clone() });
    refused(&VideoFrame { height: 0, ..whole.clone() });
    refused(&VideoFrame { width: 66, ..whole.clone() });
    refused(&VideoFrame { width: u32::MAX, height: u32::MAX, ..whole.clone() });
    refused(&room(4098, 16));
    refused(&room(4096, 2305));
    assert!(blur.process(&whole, &STRONG, Quality::Full).is_ok(), "and the next one is fine");
}

#[test]
fn a_room_without_people_is_blurred_all_over() {
    let frame = room(640, 360);
    let mut blur = open();
    let out = blur.process(&frame, &STRONG, Quality::Full).expect("blurs");
    let matte = blur.matte().expect("a matte");
    assert!(matte.iter().all(|value| *value == 0));
    assert!(detail(&out.planes.y) < 0.1 * detail(&frame.planes.y));
}

#[test]
fn the_person_stays_sharp_and_the_room_does_not() {
    let frame = presenter();
    let mut blur = open();
    let subtle = Background::Blurred { strength: 0.0 };
    let subtle = blur.process(&frame, &subtle, Quality::Full).expect("blurs");
    let strong = blur.process(&frame, &STRONG, Quality::Full).expect("blurs");
    // The face, and a part of the room well beside it.
    let part = |frame: &VideoFrame, x: usize, y: usize| -> Vec<u8> {
        (y..y + 60).flat_map(|y| frame.planes.y[y * 640 + x..y * 640 + x + 60].to_vec()).collect()
    };
    assert_eq!(part(&strong, 330, 100), part(&frame, 330, 100), "the face is untouched");
    let room = [&frame, &subtle, &strong].map(|frame| detail(&part(frame, 20, 30)));
    assert!(room[1] < 0.9 * room[0] && room[2] < 0.5 * room[1], "{room:?}");
}

#[test]
fn colors_are_read_as_the_frame_says() {
    for matrix in [Matrix::Bt601, Matrix::Bt709] {
        for range in [Range::Limited, Range::Full] {
            let mut frame = room(320, 180);
            frame.color = ColorSpace { matrix, range };
            let planes = Arc::make_mut(&mut frame.planes);
            planes.y.fill(120);
            planes.u.fill(110);
            planes.v.fill(150);
            let out = open().process(&frame, &STRONG, Quality::Full).expect("blurs");
            let near = |plane: &[u8], value: u8| plane.iter().all(|v| v.abs_diff(value) <= 1);
            assert!(near(&out.planes.y, 120) && near(&out.planes.u, 110), "{:?}", frame.color);
            assert!(near(&out.planes.v, 150), "{:?}: a plain room stays as it is", frame.color);
        }
    }
}

#[test]
fn a_steady_stream_allocates_nothing() {
    let frame = presenter();
    let picture = Picture { width: 2, height: 2, rgb: vec![128; 12] };
    let backgrounds = [STRONG, Background::Picture(Arc::new(picture))];
    for quality in [Quality::Full, Quality::Reduced, Quality::Lowest] {
        for background in &backgrounds {
            let mut blur = open();
            for _ in 0..5 {
                blur.process(&frame, background, quality).expect("blurs");
            }
            let touches = touches_of(|| {
                for _ in 0..8 {
                    blur.process(&frame, background, quality).expect("blurs");
                }
            });
            assert_eq!(touches, 0, "{quality:?}");
        }
    }
}

#[test]
fn a_picture_stands_behind_the_person() {
    let folder = tempfile::tempdir().expect("a folder");
    let frame = presenter();
    for name in ["green.png", "green.jpg"] {
        let path = folder.path().join(name);
        image::RgbImage::from_pixel(300, 400, image::Rgb([0, 255, 0])).save(&path).expect("saves");
        let picture = Picture::load(&path).expect("loads");
        assert_eq!((picture.width, picture.height), (300, 400));
        let background = Background::Picture(Arc::new(picture));
        let out = open().process(&frame, &background, Quality::Full).expect("blurs");
        // BT.709 green in limited range, at the corner.
        let corner = [out.planes.y[0], out.planes.u[0], out.planes.v[0]];
        let expected = [173_u8, 42, 26];
        let near = corner.iter().zip(expected).all(|(value, green)| value.abs_diff(green) <= 3);
        assert!(near, "{name}: {corner:?}");
        let face = 120 * 640 + 350;
        assert_eq!(out.planes.y[face], frame.planes.y[face], "{name}");
    }
}

#[test]
fn pictures_that_cannot_stand_behind_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("writes");
        match Picture::load(&path) {
            Err(Error::Background { path: named, reason }) => {
                assert_eq!(named, path);
                reason
            }
            other => panic!("{name}: {other:?}"),
        }
    };
    refused("empty.png", b"");
    refused("text.jpg", b"this is a letter and no picture");
    // A header of 60,000 × 60,000 pixels, and the beginning of their data.
    let mut huge = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0".to_vec();
    huge.extend(0x0fb0_e215_u32.to_be_bytes());
    huge.extend(b"\0\0\0\x10IDAT");
    let reason = refused("huge.png", &huge);
    assert!(reason.contains("60000 × 60000"), "{reason}");
    assert!(matches!(
        Picture::load(folder.path().join("missing.png")),
        Err(Error::Background { .. })
    ));
}
