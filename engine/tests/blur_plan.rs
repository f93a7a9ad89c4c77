//! The bundled segmentation models: that they are the right files, that their plan is the known one,
//! and that damaged files are refused.

use engine::Error;
use engine::blur::network::Model;
use engine::blur::plan::{Activation, Dense, Pass, Plan, Shape};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

const MODELS: [Model; 2] = [Model::Landscape, Model::General];

#[test]
fn the_embedded_files_are_the_listed_ones() {
    let sums = include_str!("../../assets/models/SHA256SUMS");
    for model in MODELS {
        let digest = Sha256::digest(model.file());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let line = format!("{digest}  {}", model.name());
        assert!(sums.lines().any(|listed| listed == line), "{line} is not listed");
    }
}

fn name(pass: &Pass) -> &'static str {
    match pass {
        Pass::Convolution { .. } => "convolution",
        Pass::Pointwise { .. } => "pointwise",
        Pass::Depthwise { .. } => "depthwise",
        Pass::Squeeze { .. } => "squeeze",
        Pass::Transpose { .. } => "transpose",
    }
}

fn dense(pass: &Pass) -> Vec<&Dense> {
    match pass {
        Pass::Convolution { dense, .. }
        | Pass::Pointwise { dense, .. }
        | Pass::Depthwise { dense, .. }
        | Pass::Transpose { dense, .. } => vec![dense],
        Pass::Squeeze { first, second, .. } => std::iter::once(first).chain(second).collect(),
    }
}

#[test]
fn both_models_have_the_same_46_passes() {
    let plans = MODELS.map(|model| Plan::of(model).expect("bundled"));
    for plan in &plans {
        assert_eq!(plan.passes.len(), 46);
        let count = |kind| plan.passes.iter().filter(|pass| name(pass) == kind).count();
        let counts = ["convolution", "pointwise", "depthwise", "squeeze", "transpose"].map(count);
        assert_eq!(counts, [1, 23, 11, 10, 1]);
        let numbers = plan.passes.iter().flat_map(dense);
        let numbers: usize = numbers.map(|dense| dense.weights.len() + dense.bias.len()).sum();
        assert_eq!(numbers, 106_401);
    }
    let [wide, square] = plans;
    assert!(wide.passes.iter().zip(&square.passes).all(|(a, b)| name(a) == name(b)));
    assert_eq!(wide.shapes[wide.input.0], Shape { height: 144, width: 256, channels: 3 });
    assert_eq!(square.shapes[square.output.0], Shape { height: 256, width: 256, channels: 1 });
}

#[test]
fn work_that_commutes_with_upsampling_runs_before_it() {
    let plan = Plan::of(Model::Landscape).expect("bundled");
    let summed = plan.passes.iter().filter_map(|pass| match pass {
        Pass::Pointwise { low: Some(low), output, scale: Some(_), .. } => Some((*low, *output)),
        _ => None,
    });
    let heights: Vec<(usize, usize)> = summed
        .map(|(low, output)| (plan.shapes[low.0].height, plan.shapes[output.0].height))
        .collect();
    assert_eq!(heights, [(9, 18), (18, 36), (36, 72)]);
}

#[test]
fn every_pass_reads_what_is_written_and_nobody_writes_twice() {
    for model in MODELS {
        let plan = Plan::of(model).expect("bundled");
        let mut written = vec![false; plan.shapes.len()];
        written[plan.input.0] = true;
        for pass in &plan.passes {
            assert!(pass.reads().all(|tensor| written[tensor.0]), "{pass:?}");
            assert!(!std::mem::replace(&mut written[pass.output().0], true));
        }
        assert!(written.iter().all(|&written| written));
    }
}

#[test]
fn the_answer_is_a_probability() {
    let plan = Plan::of(Model::General).expect("bundled");
    let Some(Pass::Transpose { dense, output, .. }) = plan.passes.last() else {
        panic!("the last pass should upsample to the picture's size");
    };
    assert_eq!((dense.activation, *output), (Activation::Sigmoid, plan.output));
}

#[test]
fn a_wrong_file_is_refused_with_a_reason() {
    let refused = |file: &[u8]| Plan::read("a.tflite", file).expect_err("damaged").to_string();
    assert!(refused(b"").contains("not a TensorFlow Lite file"));
    assert!(refused(b"\x89PNG\r\n\x1a\n and so on").contains("not a TensorFlow Lite file"));
    assert!(refused(b"\x08\0\0\0TFL3").contains("outside itself"));
    assert!(matches!(Plan::read("a", b"TFL3"), Err(Error::Model { .. })));
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let file = Model::Landscape.file();
    // Its tables stand at the end; the first steps are fine to find each of their ends.
    let cuts = (0..2048).chain((2048..file.len()).step_by(509));
    for cut in cuts {
        assert!(Plan::read("cut", &file[..cut]).is_err(), "cut at {cut}");
    }
}

/// A plan that was derived from a damaged file must still be safe to run.
fn sound(plan: &Plan, file: &[u8]) {
    let values: usize = plan.passes.iter().flat_map(dense).map(|dense| dense.weights.len()).sum();
    assert!(values <= file.len());
    assert!(plan.shapes.iter().all(|s| s.height <= 1024 && s.width <= 1024 && s.channels <= 1024));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn flipped_bytes_never_panic(
        // Most of the file is weights; the structure is what matters.
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..12),
    ) {
        let mut file = Model::Landscape.file().to_vec();
        let structure = structure();
        for (at, value, anywhere) in flips {
            let at = if anywhere { at.index(file.len()) } else { structure[at.index(structure.len())] };
            file[at] ^= value;
        }
        if let Ok(plan) = Plan::read("flipped", &file) {
            sound(&plan, &file);
        }
    }

    #[test]
    fn noise_behind_a_good_head_never_panics(
        noise in prop::collection::vec(any::<u8>(), 0..4096),
        root in 0u32..64,
    ) {
        let mut file = root.to_le_bytes().to_vec();
        file.extend_from_slice(b"TFL3");
        file.extend(noise);
        prop_assert!(Plan::read("noise", &file).is_err());
    }
}

/// Where bytes that are not weights stand: weights are random, offsets are mostly zero.
fn structure() -> &'static [usize] {
    static PLACES: OnceLock<Vec<usize>> = OnceLock::new();
    PLACES.get_or_init(|| {
        let windows = Model::Landscape.file().windows(16).enumerate();
        let zeros = |window: &[u8]| window.iter().filter(|&&byte| byte == 0).count();
        windows.filter(|(_, window)| zeros(window) >= 6).map(|(at, _)| at).collect()
    })
}
