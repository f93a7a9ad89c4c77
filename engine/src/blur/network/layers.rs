//! The passes with their weights packed for the kernels.

use super::band::{Band, Window};
use super::dense::DenseRow;
use super::depthwise::DepthwiseRow;
use super::kernels::{Kernels, MixRow};
use crate::blur::plan::{Activation, Dense, Shape, Tensor};

/// The values of all tensors, by [`Tensor`].
pub(super) struct Values {
    pub buffers: Vec<Vec<f32>>,
    /// Rows, columns, and the values of a pixel with its padding.
    pub shapes: Vec<Shape>,
}

impl Values {
    /// All of a tensor.
    pub fn all(&self, tensor: Tensor) -> &[f32] {
        let Shape { height, width, channels } = self.shapes[tensor.0];
        &self.buffers[tensor.0][..height * width * channels]
    }

    /// One of its rows.
    pub fn row(&self, tensor: Tensor, y: usize) -> &[f32] {
        let length = self.shapes[tensor.0].row();
        &self.buffers[tensor.0][y * length..(y + 1) * length]
    }
}

/// A dense layer with its outputs padded to whole vectors, as `[input][output]`.
pub(super) struct Packed {
    weights: Vec<f32>,
    bias: Vec<f32>,
    activation: Activation,
    inputs: usize,
}

impl Packed {
    pub fn new(dense: &Dense, lanes: usize) -> Packed {
        let outputs = dense.bias.len();
        let inputs = dense.weights.len() / outputs;
        let padded = outputs.next_multiple_of(lanes);
        let mut weights = vec![0.0; inputs * padded];
        for (output, row) in dense.weights.chunks_exact(inputs).enumerate() {
            for (input, &weight) in row.iter().enumerate() {
                weights[input * padded + output] = weight;
            }
        }
        let bias = padded_to(&dense.bias, lanes);
        Packed { weights, bias, activation: dense.activation, inputs }
    }

    /// Over a row of pixels that are `step` values apart.
    fn row<'a>(&'a self, taps: &'a [&'a [f32]], step: usize) -> DenseRow<'a> {
        DenseRow {
            taps,
            step,
            depth: self.inputs / taps.len(),
            weights: &self.weights,
            bias: &self.bias,
            activation: self.activation,
            gate: None,
            residual: None,
        }
    }
}

fn padded_to(values: &[f32], lanes: usize) -> Vec<f32> {
    let mut padded = values.to_vec();
    padded.resize(values.len().next_multiple_of(lanes), 0.0);
    padded
}

/// 3×3 with stride 2 over the picture.
pub(super) struct Convolution {
    input: Tensor,
    band: Band,
    dense: Packed,
}

impl Convolution {
    pub fn new(input: Tensor, dense: &Dense, from: Shape, lanes: usize) -> Convolution {
        let window = Window { kernel: 3, stride: 2 };
        let band = Band::new(window, from.height, from.width, from.channels);
        Convolution { input, band, dense: Packed::new(dense, lanes) }
    }

    pub fn run(&mut self, kernels: &Kernels, values: &Values, output: &mut [f32], shape: Shape) {
        let step = 2 * values.shapes[self.input.0].channels;
        self.band.rewind();
        for (y, output) in output.chunks_exact_mut(shape.row()).enumerate() {
            self.band.advance(y, |y, row| row.copy_from_slice(values.row(self.input, y)));
            let rows = self.band.rows(y);
            kernels.dense(&self.dense.row(&rows[..3], step), output);
        }
    }
}

/// A 1×1 convolution with all that is fused into it.
pub(super) struct Pointwise {
    input: Tensor,
    dense: Packed,
    scale: Option<Tensor>,
    low: Option<Tensor>,
    gate: Option<Tensor>,
    residual: Option<Tensor>,
    /// A row of the sum that it reads, if it reads one.
    mixed: Vec<f32>,
}

/// What a 1×1 convolution reads besides its input.
pub(super) struct Beside {
    pub scale: Option<Tensor>,
    pub low: Option<Tensor>,
    pub gate: Option<Tensor>,
    pub residual: Option<Tensor>,
}

impl Pointwise {
    /// `from` is the padded input's shape.
    pub fn new(input: Tensor, dense: &Dense, beside: Beside, from: Shape, lanes: usize) -> Self {
        let Beside { scale, low, gate, residual } = beside;
        let mixes = scale.is_some() || low.is_some();
        let mixed = vec![0.0; if mixes { from.row() } else { 0 }];
        Pointwise { input, dense: Packed::new(dense, lanes), scale, low, gate, residual, mixed }
    }

    /// One row of the output.
    pub fn row(&mut self, kernels: &Kernels, values: &Values, y: usize, output: &mut [f32]) {
        let channels = values.shapes[self.input.0].channels;
        let mut input = values.row(self.input, y);
        if !self.mixed.is_empty() {
            let scale = self.scale.map(|scale| values.all(scale));
            let low = self.low.map(|low| {
                let last = values.shapes[low.0].height - 1;
                let near = y / 2;
                let far = if y.is_multiple_of(2) { near.saturating_sub(1) } else { near + 1 };
                (values.row(low, near), values.row(low, far.min(last)))
            });
            kernels.mix(&MixRow { input, scale, low, channels }, &mut self.mixed);
            input = &self.mixed;
        }
        let taps = [input];
        let row = DenseRow {
            gate: self.gate.map(|gate| values.all(gate)),
            residual: self.residual.map(|residual| values.row(residual, y)),
            ..self.dense.row(&taps, channels)
        };
        kernels.dense(&row, output);
    }
}

/// Where a depthwise convolution's rows come from.
pub(super) enum Source {
    Stored(Tensor),
    /// A 1×1 convolution that nobody else reads: its rows are made as they are needed, so that they
    /// are still in the cache.
    Expanded(Pointwise),
}

/// A depthwise convolution.
pub(super) struct Depthwise {
    pub source: Source,
    window: Window,
    band: Band,
    weights: Vec<f32>,
    bias: Vec<f32>,
    activation: Activation,
    residual: bool,
}

impl Depthwise {
    /// `from` is the input's padded shape.
    pub fn new(
        source: Source,
        (kernel, stride): (usize, usize),
        dense: &Dense,
        residual: bool,
        from: Shape,
        lanes: usize,
    ) -> Depthwise {
        let window = Window { kernel, stride };
        let taps = dense.weights.chunks_exact(dense.bias.len());
        Depthwise {
            source,
            window,
            band: Band::new(window, from.height, from.width, from.channels),
            weights: taps.flat_map(|tap| padded_to(tap, lanes)).collect(),
            bias: padded_to(&dense.bias, lanes),
            activation: dense.activation,
            residual,
        }
    }

    pub fn run(&mut self, kernels: &Kernels, values: &Values, output: &mut [f32], shape: Shape) {
        self.band.rewind();
        for (y, output) in output.chunks_exact_mut(shape.row()).enumerate() {
            self.band.advance(y, |y, row| match &mut self.source {
                Source::Stored(tensor) => row.copy_from_slice(values.row(*tensor, y)),
                Source::Expanded(layer) => layer.row(kernels, values, y, row),
            });
            let rows = self.band.rows(y);
            let row = DepthwiseRow {
                rows: &rows[..self.window.kernel],
                stride: self.window.stride,
                weights: &self.weights,
                bias: &self.bias,
                activation: self.activation,
                residual: self.residual,
            };
            kernels.depthwise(&row, output);
        }
    }
}

/// Squeeze-and-excite.
pub(super) struct Squeeze {
    input: Tensor,
    low: Option<Tensor>,
    first: Packed,
    second: Option<Packed>,
    mean: Vec<f32>,
    low_mean: Vec<f32>,
    hidden: Vec<f32>,
}

impl Squeeze {
    pub fn new(
        input: Tensor,
        low: Option<Tensor>,
        (first, second): (&Dense, Option<&Dense>),
        lanes: usize,
    ) -> Squeeze {
        let first = Packed::new(first, lanes);
        let mean = vec![0.0; first.inputs.next_multiple_of(lanes)];
        let hidden = vec![0.0; first.bias.len()];
        let second = second.map(|dense| Packed::new(dense, lanes));
        Squeeze { input, low, first, second, low_mean: mean.clone(), mean, hidden }
    }

    pub fn run(&mut self, kernels: &Kernels, values: &Values, output: &mut [f32]) {
        mean(kernels, values.all(self.input), &mut self.mean);
        if let Some(low) = self.low {
            mean(kernels, values.all(low), &mut self.low_mean);
            for (mean, low) in self.mean.iter_mut().zip(&self.low_mean) {
                *mean += low;
            }
        }
        let step = self.mean.len();
        let Some(second) = &self.second else {
            return kernels.dense(&self.first.row(&[&self.mean], step), output);
        };
        kernels.dense(&self.first.row(&[&self.mean], step), &mut self.hidden);
        kernels.dense(&second.row(&[&self.hidden], self.hidden.len()), output);
    }
}

fn mean(kernels: &Kernels, values: &[f32], mean: &mut [f32]) {
    mean.fill(0.0);
    kernels.sum(values, mean);
    let share = mean.len() as f32 / values.len() as f32;
    for mean in mean {
        *mean *= share;
    }
}

/// The transposed convolution to the answer.
pub(super) struct Transpose {
    input: Tensor,
    /// Four outputs, one for each place of the 2×2 window; the activation comes after.
    dense: Packed,
    activation: Activation,
    /// A row of those outputs.
    quads: Vec<f32>,
}

impl Transpose {
    /// `width` is the input's.
    pub fn new(input: Tensor, dense: &Dense, width: usize, lanes: usize) -> Transpose {
        let activation = dense.activation;
        let bias = vec![dense.bias[0]; 4];
        let quads = Dense { weights: dense.weights.clone(), bias, activation: Activation::None };
        let dense = Packed::new(&quads, lanes);
        let quads = vec![0.0; width * dense.bias.len()];
        Transpose { input, dense, activation, quads }
    }

    pub fn run(&mut self, kernels: &Kernels, values: &Values, output: &mut [f32], shape: Shape) {
        let channels = values.shapes[self.input.0].channels;
        for (y, output) in output.chunks_exact_mut(2 * shape.row()).enumerate() {
            let input = values.row(self.input, y);
            kernels.dense(&self.dense.row(&[input], channels), &mut self.quads);
            let (upper, lower) = output.split_at_mut(shape.row());
            let quads = self.quads.chunks_exact(self.dense.bias.len());
            for ((upper, lower), quad) in
                upper.chunks_exact_mut(2).zip(lower.chunks_exact_mut(2)).zip(quads)
            {
                upper.copy_from_slice(&quad[..2]);
                lower.copy_from_slice(&quad[2..4]);
            }
            kernels.activate(output, self.activation);
        }
    }
}
