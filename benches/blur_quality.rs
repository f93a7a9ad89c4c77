//! How good the blur's matte is, beside the network's own answer: a table.

use anyhow::Result;
use engine::blur::{Background, Blur, Device, Quality};
use engine::frame::VideoFrame;
use katheder_suite::matting::{Raw, Room, Scene, Scores, Shot, score};

fn main() -> Result<()> {
    // Test runners list what there is before they run it; this is no test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    println!("room    matte     IoU    F .8 %  F .3 %  MAE ‰  dtSSD ‰  flicker ‰");
    let mut means: Vec<(&str, Scores)> = vec![];
    for room in Room::ALL {
        let scene = Scene::new(room)?;
        let shots: Vec<Shot> = (0..Scene::SHOTS).map(|n| scene.shot(n)).collect();
        let (width, height) = (shots[0].frame.width as usize, shots[0].frame.height as usize);
        let mut network = Raw::new(width, height)?;
        let mut add = |name: &'static str, scores: Scores| {
            row(&format!("{room:?}"), name, &scores);
            means.push((name, scores));
        };
        add("network", score(&shots, |frame| Ok(network.matte(frame)))?);
        for (name, quality) in
            [("full", Quality::Full), ("reduced", Quality::Reduced), ("lowest", Quality::Lowest)]
        {
            let mut blur = Blur::open(Device::Cpu, None)?;
            add(name, score(&shots, |frame| matte(&mut blur, frame, quality))?);
        }
    }
    for name in ["network", "full", "reduced", "lowest"] {
        let of = |value: fn(&Scores) -> f32| {
            let values: Vec<f32> =
                means.iter().filter(|(n, _)| *n == name).map(|(_, scores)| value(scores)).collect();
            values.iter().sum::<f32>() / values.len() as f32
        };
        let mean = Scores {
            iou: of(|s| s.iou),
            boundary_f: of(|s| s.boundary_f),
            close_boundary_f: of(|s| s.close_boundary_f),
            mae: of(|s| s.mae),
            dtssd: of(|s| s.dtssd),
            flicker: of(|s| s.flicker),
        };
        row("mean", name, &mean);
    }
    Ok(())
}

fn matte(blur: &mut Blur, frame: &VideoFrame, quality: Quality) -> Result<Vec<f32>> {
    blur.process(frame, &Background::Blurred { strength: 0.6 }, quality)?;
    Ok(blur.matte()?.iter().map(|value| f32::from(*value) / 255.0).collect())
}

fn row(room: &str, name: &str, scores: &Scores) {
    println!(
        "{room:7} {name:8} {:.3}  {:.3}   {:.3}   {:5.1}  {:6.1}   {:6.2}",
        scores.iou,
        scores.boundary_f,
        scores.close_boundary_f,
        scores.mae * 1e3,
        scores.dtssd * 1e3,
        scores.flicker * 1e3,
    );
}
