//! The segmentation network on the processor: that it computes what LiteRT computes, and each pass
//! what its definition says, with every level of instructions that this machine has.

mod naive;

use engine::blur::network::{Level, Model, Network, Runner};
use engine::blur::plan::{Activation, Dense, Pass, Plan, Shape, Tensor};
use proptest::prelude::*;
use std::path::Path;

fn fixture(name: &str) -> image::DynamicImage {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/segmentation");
    image::open(folder.join(name)).expect("a fixture")
}

fn picture(name: &str) -> Vec<f32> {
    let rgb = fixture(&format!("{name}.png")).into_rgb8();
    rgb.as_raw().iter().map(|&value| f32::from(value) / 255.0).collect()
}

fn levels() -> impl Iterator<Item = Level> {
    Level::ALL.into_iter().filter(|level| level.is_available())
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

const MODELS: [(Model, &str); 2] = [(Model::Landscape, "landscape"), (Model::General, "general")];

#[test]
fn agrees_with_litert_on_photographs() {
    for (model, kind) in MODELS {
        let plan = Plan::of(model).expect("bundled");
        for name in ["astronaut", "cameraman"] {
            let answer = fixture(&format!("{name}-{kind}-answer.png")).into_luma16();
            let answer: Vec<f32> =
                answer.as_raw().iter().map(|&value| f32::from(value) / 65535.0).collect();
            for level in levels() {
                let mut runner = Runner::new(&plan, level);
                runner.input().copy_from_slice(&picture(&format!("{name}-{kind}")));
                let difference = largest_difference(runner.run(), &answer);
                assert!(difference < 2e-4, "{name} {kind} {level:?}: {difference}");
            }
        }
    }
}

#[test]
fn one_picture_leaves_nothing_for_the_next() {
    let mut network = Network::open(Model::Landscape).expect("bundled");
    assert_eq!(network.model(), Model::Landscape);
    let [first, second] = ["astronaut-landscape", "cameraman-landscape"].map(picture);
    network.input().copy_from_slice(&first);
    let fresh = network.run().to_vec();
    network.input().copy_from_slice(&second);
    assert!(largest_difference(network.run(), &fresh) > 0.5);
    network.input().copy_from_slice(&first);
    assert_eq!(network.run(), fresh);
}

/// Which of the fused parts a plan has, and its sizes.
#[derive(Debug, Clone)]
struct Recipe {
    height: usize,
    width: usize,
    /// In fours: of the first tensor, and of the second.
    channels: (usize, usize),
    kernel: usize,
    stride: usize,
    activations: [Activation; 3],
    scale: bool,
    low: bool,
    gate: bool,
    residual: bool,
    second: bool,
    seed: u64,
}

fn recipes() -> impl Strategy<Value = Recipe> {
    let activation = prop::sample::select(vec![
        Activation::None,
        Activation::Relu,
        Activation::HardSwish,
        Activation::Sigmoid,
    ]);
    let sizes = (1usize..70, 1usize..70, (1usize..12, 1usize..12));
    let window = (prop::sample::select(vec![3usize, 5]), 1usize..3);
    let activations = [activation.clone(), activation.clone(), activation];
    (sizes, window, activations, any::<[bool; 5]>(), any::<u64>()).prop_map(
        |((height, width, channels), (kernel, stride), activations, parts, seed)| {
            let [scale, low, gate, residual, second] = parts;
            Recipe {
                height,
                width,
                channels,
                kernel,
                stride,
                activations,
                scale,
                low,
                gate,
                residual,
                second,
                seed,
            }
        },
    )
}

struct Builder {
    plan: Plan,
    seed: u64,
}

impl Builder {
    fn tensor(&mut self, height: usize, width: usize, channels: usize) -> Tensor {
        self.plan.shapes.push(Shape { height, width, channels });
        Tensor(self.plan.shapes.len() - 1)
    }

    /// From -1 to 1.
    fn random(&mut self) -> f32 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.seed >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    /// With so many `terms` in each sum.
    fn dense(&mut self, weights: usize, outputs: usize, terms: usize, act: Activation) -> Dense {
        let share = 2.0 / (terms as f32).sqrt();
        Dense {
            weights: (0..weights).map(|_| self.random() * share).collect(),
            bias: (0..outputs).map(|_| self.random()).collect(),
            activation: act,
        }
    }

    fn squeeze(&mut self, input: Tensor, low: Option<Tensor>, two: bool, to: usize) -> Tensor {
        let from = self.plan.shapes[input.0].channels;
        let hidden = if two { 8 } else { to };
        let first = if two { Activation::Relu } else { Activation::Sigmoid };
        let first = self.dense(from * hidden, hidden, from, first);
        let second = two.then(|| self.dense(hidden * to, to, hidden, Activation::Sigmoid));
        let output = self.tensor(1, 1, to);
        self.plan.passes.push(Pass::Squeeze { input, low, output, first, second });
        output
    }
}

/// All kinds of passes in a row: convolution, pointwise, depthwise, squeeze, transpose.
fn build(recipe: &Recipe) -> Plan {
    let &Recipe { height, width, kernel, stride, activations, seed, .. } = recipe;
    let (wide, narrow) = (recipe.channels.0 * 4, recipe.channels.1 * 4);
    let shapes = vec![Shape { height, width, channels: 3 }];
    let plan = Plan { shapes, passes: Vec::new(), input: Tensor(0), output: Tensor(0) };
    let mut builder = Builder { plan, seed };
    let (rows, columns) = (height.div_ceil(2), width.div_ceil(2));
    let first = builder.tensor(rows, columns, wide);
    let dense = builder.dense(27 * wide, wide, 27, activations[0]);
    builder.plan.passes.push(Pass::Convolution { input: Tensor(0), output: first, dense });
    let even = rows.is_multiple_of(2) && columns.is_multiple_of(2);
    let low = (recipe.low && even).then(|| {
        let low = builder.tensor(rows / 2, columns / 2, wide);
        let dense = builder.dense(9 * wide, wide, 9, Activation::None);
        let (input, output) = (first, low);
        let pass = Pass::Depthwise { input, output, kernel: 3, stride: 2, dense, residual: false };
        builder.plan.passes.push(pass);
        low
    });
    let scale = recipe.scale.then(|| builder.squeeze(first, low, recipe.second, wide));
    let gate = recipe.gate.then(|| builder.squeeze(first, None, recipe.second, narrow));
    let residual = (recipe.residual && wide == narrow).then_some(first);
    let expanded = builder.tensor(rows, columns, narrow);
    let dense = builder.dense(wide * narrow, narrow, wide, activations[1]);
    let (input, output) = (first, expanded);
    builder.plan.passes.push(Pass::Pointwise { input, output, dense, scale, low, gate, residual });
    let moved = builder.tensor(rows.div_ceil(stride), columns.div_ceil(stride), narrow);
    let terms = kernel * kernel;
    let dense = builder.dense(terms * narrow, narrow, terms, activations[2]);
    let residual = recipe.residual && stride == 1;
    let (input, output) = (expanded, moved);
    builder.plan.passes.push(Pass::Depthwise { input, output, kernel, stride, dense, residual });
    let from = builder.plan.shapes[moved.0];
    let answer = builder.tensor(from.height * 2, from.width * 2, 1);
    let mut dense = builder.dense(4 * narrow, 1, narrow, Activation::None);
    if recipe.second {
        dense.activation = Activation::Sigmoid;
    }
    builder.plan.passes.push(Pass::Transpose { input: moved, output: answer, dense });
    builder.plan.output = answer;
    builder.plan
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn every_pass_computes_its_definition_at_any_size(recipe in recipes()) {
        let plan = build(&recipe);
        let size = recipe.height * recipe.width * 3;
        let mut random = Builder { plan: plan.clone(), seed: recipe.seed ^ 1 };
        let picture: Vec<f32> = (0..size).map(|_| random.random().abs()).collect();
        let expected = naive::run(&plan, &picture);
        let largest = expected.iter().fold(1f32, |largest, value| largest.max(value.abs()));
        for level in levels() {
            let mut runner = Runner::new(&plan, level);
            runner.input().copy_from_slice(&picture);
            let difference = largest_difference(runner.run(), &expected);
            prop_assert!(difference < 2e-5 * largest, "{level:?}: {difference} of {largest}");
        }
    }
}
