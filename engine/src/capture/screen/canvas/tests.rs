use super::*;

const WHITE: u32 = 0xffff_ffff;

fn filled(canvas: &mut Canvas, width: u32, height: u32, color: [u8; 3]) {
    let band = Band { top: 0, bottom: height };
    let [red, green, blue] = color;
    for pixel in canvas.lines_mut(width, height, band).as_chunks_mut::<PIXEL>().0 {
        *pixel = [blue, green, red, 0];
    }
}

fn picture(canvas: &mut Canvas) -> Picture {
    canvas.picture(None, false).expect("converts").expect("something changed")
}

#[test]
fn colors_are_those_of_bt_709_in_limited_range() {
    // ITU-R BT.709-6, 8 bits.
    let cases = [
        ([255, 255, 255], [235, 128, 128]),
        ([0, 0, 0], [16, 128, 128]),
        ([255, 0, 0], [63, 102, 240]),
        ([0, 255, 0], [173, 42, 26]),
        ([0, 0, 255], [32, 240, 118]),
        ([128, 128, 128], [126, 128, 128]),
    ];
    for (color, expected) in cases {
        let mut canvas = Canvas::new();
        filled(&mut canvas, 8, 4, color);
        let planes = picture(&mut canvas).planes;
        for (plane, expected) in [&planes.y, &planes.u, &planes.v].into_iter().zip(expected) {
            let wrong = plane.iter().find(|value| value.abs_diff(expected) > 1);
            assert_eq!(wrong, None, "{color:?}: {expected} expected");
        }
    }
}

#[test]
fn a_screen_that_stands_still_gives_one_picture() {
    let mut canvas = Canvas::new();
    filled(&mut canvas, 8, 8, [255; 3]);
    picture(&mut canvas);
    assert!(canvas.picture(None, false).expect("converts").is_none());
    canvas.lines_mut(8, 8, Band { top: 3, bottom: 4 }).fill(0);
    let planes = picture(&mut canvas).planes;
    let lines: Vec<_> = planes.y.chunks(8).map(|line| line[0]).collect();
    assert_eq!(lines, [235, 235, 235, 16, 235, 235, 235, 235]);
    assert_eq!(planes.u, [128; 16]);
}

#[test]
fn the_pointer_moves_over_the_picture_and_leaves_no_trace() {
    let pointer = Pointer { width: 2, height: 2, hot: (1, 1), pixels: vec![WHITE; 4] };
    let mut canvas = Canvas::new();
    filled(&mut canvas, 8, 6, [0; 3]);
    let at = |canvas: &mut Canvas, at| {
        let drawn = canvas.picture(Some((&pointer, at)), true).expect("converts");
        let planes = drawn.expect("it moved").planes;
        let bright = planes.y.iter().enumerate().filter(|(_, luma)| **luma > 16);
        bright.map(|(index, _)| (index % 8, index / 8)).collect::<Vec<_>>()
    };
    assert_eq!(at(&mut canvas, (3, 3)), [(2, 2), (3, 2), (2, 3), (3, 3)]);
    assert_eq!(at(&mut canvas, (8, 1)), [(7, 0), (7, 1)], "half of it is beyond the edge");
    assert_eq!(at(&mut canvas, (0, 0)), [(0, 0)], "a quarter of it is within");
    assert_eq!(at(&mut canvas, (-5, 90)), [], "it left");
    assert!(canvas.picture(Some((&pointer, (-5, 90))), false).expect("converts").is_none());
}

#[test]
fn a_shadow_of_the_pointer_darkens_what_is_below_it() {
    let pointer = Pointer { width: 1, height: 1, hot: (0, 0), pixels: vec![0x8000_0000] };
    let mut canvas = Canvas::new();
    filled(&mut canvas, 2, 2, [255; 3]);
    let drawn = canvas.picture(Some((&pointer, (0, 0))), true).expect("converts").expect("changed");
    assert!(drawn.planes.y[0].abs_diff(125) <= 1, "{}", drawn.planes.y[0]);
    assert_eq!(drawn.planes.y[3], 235);
}

#[test]
fn odd_sizes_are_cropped_and_large_ones_scaled() {
    let mut canvas = Canvas::new();
    for ((width, height), expected) in [
        ((641, 359), (640, 358)),
        ((1920, 1080), (1920, 1080)),
        ((1080, 1920), (1080, 1920)),
        ((3840, 2160), (1920, 1080)),
        ((1920, 1200), (1728, 1080)),
        ((2560, 1080), (1920, 810)),
    ] {
        filled(&mut canvas, width, height, [255; 3]);
        let picture = picture(&mut canvas);
        assert_eq!((picture.width, picture.height), expected, "{width}x{height}");
        let luma = &picture.planes.y;
        assert!(luma.iter().all(|luma| luma.abs_diff(235) <= 1));
        assert_eq!(luma.len() as u32, picture.width * picture.height);
    }
    filled(&mut canvas, 1, 1, [255; 3]);
    assert!(canvas.picture(None, false).expect("converts").is_none(), "no whole chroma sample");
}

#[test]
fn a_thumbnail_is_small_and_of_the_same_colors() {
    let mut canvas = Canvas::new();
    assert!(canvas.thumbnail().is_none());
    filled(&mut canvas, 1920, 1080, [200, 100, 50]);
    let small = canvas.thumbnail().expect("a picture");
    assert_eq!((small.width, small.height), (320, 180));
    assert!(small.rgba.as_chunks::<4>().0.iter().all(|pixel| *pixel == [200, 100, 50, 255]));
    filled(&mut canvas, 100, 50, [1, 2, 3]);
    let small = canvas.thumbnail().expect("a picture");
    assert_eq!((small.width, small.height, small.rgba.len()), (100, 50, 20_000));
}
