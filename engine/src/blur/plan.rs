//! The segmentation network as a short list of fused passes over tensors.
//!
//! Tensors are height × width × channels (NHWC without the N), channels a multiple of four except
//! at input and output. Padding is TensorFlow's SAME: with stride 2 on even sizes 0 before, 1 after.

mod derive;

use super::network::Model;
use super::tflite::Graph;
use crate::{Error, Result};

/// Which tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tensor(pub usize);

/// A tensor's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Values at each place.
    pub channels: usize,
}

impl Shape {
    /// Values in a row.
    pub fn row(self) -> usize {
        self.width * self.channels
    }
}

/// What is applied to a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// Nothing.
    None,
    /// `max(x, 0)`.
    Relu,
    /// `x · clamp(x / 6 + 1/2, 0, 1)`.
    HardSwish,
    /// `1 / (1 + e^-x)`.
    Sigmoid,
}

/// One dense layer: `activation(weights · x + bias)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    /// `[output][input]`.
    pub weights: Vec<f32>,
    /// One for each output.
    pub bias: Vec<f32>,
    /// What follows.
    pub activation: Activation,
}

/// One pass.
#[derive(Debug, Clone, PartialEq)]
pub enum Pass {
    /// 3×3 with stride 2 over the RGB picture; weights `[output][row][column][input]`.
    Convolution {
        /// From.
        input: Tensor,
        /// To.
        output: Tensor,
        /// Weights, bias, activation.
        dense: Dense,
    },
    /// 1×1: at each place `y = activation(W · (x ⊙ scale + up(low)) + b) ⊙ gate + residual`.
    Pointwise {
        /// From.
        input: Tensor,
        /// To.
        output: Tensor,
        /// Weights, bias, activation.
        dense: Dense,
        /// One factor for each input channel.
        scale: Option<Tensor>,
        /// Half the size; added after bilinear upsampling by two, half-pixel centres.
        low: Option<Tensor>,
        /// One factor for each output channel, after the activation.
        gate: Option<Tensor>,
        /// The output's shape; added last.
        residual: Option<Tensor>,
    },
    /// Each channel by itself; weights `[row][column][channel]`.
    Depthwise {
        /// From.
        input: Tensor,
        /// To.
        output: Tensor,
        /// 3 or 5.
        kernel: usize,
        /// 1 or 2.
        stride: usize,
        /// `kernel · kernel · channels` weights, bias, activation.
        dense: Dense,
        /// Whether the input is added last.
        residual: bool,
    },
    /// Squeeze-and-excite: the mean over all places of `input` (plus that of `low`, a tensor of
    /// half the size that stands for its upsampled self), then one or two dense layers.
    Squeeze {
        /// From.
        input: Tensor,
        /// Added to the mean.
        low: Option<Tensor>,
        /// To: 1 × 1 × channels.
        output: Tensor,
        /// The first layer.
        first: Dense,
        /// The second, if any.
        second: Option<Dense>,
    },
    /// 2×2 transposed convolution with stride 2 to one channel; weights `[row][column][input]`.
    Transpose {
        /// From.
        input: Tensor,
        /// To: twice as large.
        output: Tensor,
        /// Weights, one bias, activation.
        dense: Dense,
    },
}

impl Pass {
    /// The tensors it reads.
    pub fn reads(&self) -> impl Iterator<Item = Tensor> {
        let all = match self {
            Pass::Convolution { input, .. }
            | Pass::Depthwise { input, .. }
            | Pass::Transpose { input, .. } => [Some(*input), None, None, None, None],
            Pass::Squeeze { input, low, .. } => [Some(*input), *low, None, None, None],
            Pass::Pointwise { input, scale, low, gate, residual, .. } => {
                [Some(*input), *scale, *low, *gate, *residual]
            }
        };
        all.into_iter().flatten()
    }

    /// The tensor it writes.
    pub fn output(&self) -> Tensor {
        match self {
            Pass::Convolution { output, .. }
            | Pass::Pointwise { output, .. }
            | Pass::Depthwise { output, .. }
            | Pass::Squeeze { output, .. }
            | Pass::Transpose { output, .. } => *output,
        }
    }
}

/// The whole network. Every pass reads only the picture and what passes before it have written.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// By [`Tensor`].
    pub shapes: Vec<Shape>,
    /// In the order of their running.
    pub passes: Vec<Pass>,
    /// The picture, RGB from 0 to 1.
    pub input: Tensor,
    /// The answer, one channel from 0, room, to 1, person.
    pub output: Tensor,
}

impl Plan {
    /// How often a tensor is read.
    pub fn readers(&self, tensor: Tensor) -> usize {
        self.passes.iter().flat_map(Pass::reads).filter(|&read| read == tensor).count()
    }

    /// The plan of a bundled model: 46 passes.
    ///
    /// Fails with [`Error::Model`] when the bundled file is damaged.
    pub fn of(model: Model) -> Result<Plan> {
        let plan = Plan::read(model.name(), model.file())?;
        let (width, height) = model.size();
        let expected = [Shape { height, width, channels: 3 }, Shape { height, width, channels: 1 }];
        if [plan.shapes[plan.input.0], plan.shapes[plan.output.0]] != expected {
            let reason = format!("it is not for pictures of {width} × {height}");
            return Err(Error::Model { name: model.name().into(), reason });
        }
        Ok(plan)
    }

    /// Derives the plan of a TensorFlow Lite file that is built from the same blocks as MediaPipe's
    /// selfie segmentation.
    ///
    /// Fails with [`Error::Model`] when the file is damaged or has anything else in it. A change of
    /// a weight to another finite number cannot be noticed here.
    pub fn read(name: &str, file: &[u8]) -> Result<Plan> {
        Graph::read(file)
            .and_then(|graph| derive::derive(&graph, file.len()))
            .map_err(|reason| Error::Model { name: name.into(), reason })
    }
}
