//! Pictures.

use super::*;
use image::{ImageEncoder, Rgba, RgbaImage};

#[test]
fn a_picture_becomes_a_picture_with_a_gray_mask() {
    let folder = Folder::new();
    let (output, mask) = (folder.name("out.jpg"), folder.name("mask.png"));
    for (name, (width, height)) in [("in.png", (97, 61)), ("in.jpg", (640, 360))] {
        let picture = save(&folder, name, &colorful(width, height).into());
        let json = folder.name("figures.json");
        let said = blurred(&[&picture, "-o", &output, "--mask", &mask, "--json", &json]);
        assert!(said.contains(&format!("1 frame of {width}x{height}")), "{said}");
        let (seen, mask) = (image::open(&output).unwrap(), image::open(&mask).unwrap());
        assert_eq!((seen.width(), seen.height()), (width, height));
        assert_eq!((mask.width(), mask.height()), (width, height));
        assert_eq!(mask.color(), image::ColorType::L8);
        assert_eq!(figures(&json)["frames"], 1);
    }
    folder.holds_only(&["in.png", "in.jpg", "out.jpg", "mask.png", "figures.json"]);
}

#[test]
fn the_smallest_picture_works_and_one_too_large_is_told() {
    let folder = Folder::new();
    let dot = save(&folder, "dot.png", &colorful(1, 1).into());
    let output = folder.name("out.png");
    blurred(&[&dot, "-o", &output]);
    assert_eq!(image::image_dimensions(&output).unwrap(), (1, 1));
    std::fs::remove_file(&output).unwrap();
    let gray = image::GrayImage::from_pixel(15_360, 8_640, image::Luma([90]));
    let huge = save(&folder, "16k.png", &gray.into());
    let words = [&huge[..], "15360x8640", "8192x8192"];
    refused(&folder, &[&huge, "-o", &output], &words, &["dot.png", "16k.png"]);
}

#[test]
fn transparency_stays_in_a_png_and_turns_white_in_a_jpeg() {
    let folder = Folder::new();
    let half = RgbaImage::from_fn(64, 48, |x, _| Rgba([0, 0, 0, if x < 32 { 0 } else { 255 }]));
    let picture = save(&folder, "half.png", &half.into());
    let (png, jpeg) = (folder.name("out.png"), folder.name("out.jpg"));
    blurred(&[&picture, "-o", &png]);
    let seen = image::open(png).unwrap();
    assert_eq!(seen.color(), image::ColorType::Rgba8);
    let seen = seen.to_rgba8();
    assert_eq!((seen[(3, 20)][3], seen[(60, 20)][3]), (0, 255));
    blurred(&[&picture, "-o", &jpeg]);
    let seen = image::open(jpeg).unwrap().to_rgb8();
    assert!(seen[(3, 20)][0] > 240 && seen[(60, 20)][0] < 15, "{seen:?}");
}

#[test]
fn a_photo_that_lies_is_turned_upright() {
    let folder = Folder::new();
    // EXIF with orientation 6: to be turned by 90 degrees.
    let exif = *b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new(&mut bytes);
    encoder.set_exif_metadata(exif.to_vec()).unwrap();
    encoder.write_image(&colorful(64, 32), 64, 32, image::ExtendedColorType::Rgb8).unwrap();
    let lying = folder.file("lying.jpg", &bytes);
    let output = folder.name("out.png");
    blurred(&[&lying, "-o", &output]);
    assert_eq!(image::image_dimensions(output).unwrap(), (32, 64));
}

#[test]
fn a_picture_that_is_no_picture_is_named_with_what_to_do() {
    let folder = Folder::new();
    let output = folder.name("out.png");
    let whole = save(&folder, "whole.png", &colorful(320, 180).into());
    let bytes = std::fs::read(&whole).unwrap();
    let half = folder.file("half.png", &bytes[..bytes.len() / 2]);
    let names = ["whole.png", "half.png"];
    refused(&folder, &[&half, "-o", &output], &[&half, "cut off"], &names);
    let clip = folder.name("out.mp4");
    refused(&folder, &[&whole, "-o", &clip], &[&clip, "is a picture", ".png or .jpg"], &names);
    let bmp = folder.clip("dots.bmp", &format!("-i {whole}"));
    let names = ["whole.png", "half.png", "dots.bmp"];
    refused(&folder, &[&bmp, "-o", &output], &[&bmp, "convert it to PNG or JPEG"], &names);
}

#[test]
fn a_background_that_cannot_be_read_is_told_before_the_work() {
    let folder = Folder::new();
    let picture = save(&folder, "in.png", &colorful(64, 48).into());
    let (output, text) = (folder.name("out.png"), folder.file("notes.txt", b"no picture at all"));
    let missing = folder.name("missing.jpg");
    let names = ["in.png", "notes.txt"];
    refused(&folder, &[&picture, "-o", &output, "--image", &missing], &[&missing], &names);
    let words = [&text[..], "no PNG, JPEG or WebP"];
    refused(&folder, &[&picture, "-o", &output, "--image", &text], &words, &names);
    let room = save(&folder, "room.jpg", &colorful(30, 50).into());
    blurred(&[&picture, "-o", &output, "--image", &room]);
}
