//! Runs a plan.

use super::Level;
use super::kernels::Kernels;
use super::layers::{
    Beside, Convolution, Depthwise, Pointwise, Source, Squeeze, Transpose, Values,
};
use crate::blur::plan::{Pass, Plan, Shape, Tensor};

enum Layer {
    Convolution(Convolution),
    Pointwise(Pointwise),
    Depthwise(Depthwise),
    Squeeze(Squeeze),
    Transpose(Transpose),
}

/// A plan made ready for one level of instructions: weights packed, buffers there.
pub struct Runner {
    kernels: &'static Kernels,
    layers: Vec<(Layer, Tensor)>,
    values: Values,
    input: Tensor,
    output: Tensor,
}

impl Runner {
    /// Takes what [`Plan::read`] gave; another plan may make it panic. Where the processor lacks the
    /// level, the portable one is taken.
    pub fn new(plan: &Plan, level: Level) -> Runner {
        let kernels = Kernels::of(level);
        let lanes = kernels.lanes();
        let padded = |tensor: Tensor| {
            let shape = plan.shapes[tensor.0];
            let outside = tensor == plan.input || tensor == plan.output;
            let multiple = if outside { 1 } else { lanes };
            Shape { channels: shape.channels.next_multiple_of(multiple), ..shape }
        };
        let shapes: Vec<Shape> = (0..plan.shapes.len()).map(|i| padded(Tensor(i))).collect();
        let layers = layers(plan, &shapes, lanes);
        let mut buffers = vec![Vec::new(); shapes.len()];
        for tensor in layers.iter().map(|(_, output)| *output).chain([plan.input]) {
            buffers[tensor.0] = vec![0.0; shapes[tensor.0].height * shapes[tensor.0].row()];
        }
        let values = Values { buffers, shapes };
        Runner { kernels, layers, values, input: plan.input, output: plan.output }
    }

    /// The input, in the shape that the plan states.
    pub fn input(&mut self) -> &mut [f32] {
        &mut self.values.buffers[self.input.0]
    }

    /// Runs all passes; gives the output in the shape that the plan states.
    pub fn run(&mut self) -> &[f32] {
        let Runner { kernels, layers, values, .. } = self;
        for (layer, output) in layers {
            let shape = values.shapes[output.0];
            // Taken out, so that the layer can read the others.
            let mut buffer = std::mem::take(&mut values.buffers[output.0]);
            match layer {
                Layer::Convolution(layer) => layer.run(kernels, values, &mut buffer, shape),
                Layer::Depthwise(layer) => layer.run(kernels, values, &mut buffer, shape),
                Layer::Squeeze(layer) => layer.run(kernels, values, &mut buffer),
                Layer::Transpose(layer) => layer.run(kernels, values, &mut buffer, shape),
                Layer::Pointwise(layer) => {
                    for (y, row) in buffer.chunks_exact_mut(shape.row()).enumerate() {
                        layer.row(kernels, values, y, row);
                    }
                }
            }
            values.buffers[output.0] = buffer;
        }
        values.all(self.output)
    }
}

/// Each pass with its output; a 1×1 convolution that only a depthwise one reads goes into that.
fn layers(plan: &Plan, shapes: &[Shape], lanes: usize) -> Vec<(Layer, Tensor)> {
    let mut layers: Vec<(Layer, Tensor)> = Vec::new();
    for pass in &plan.passes {
        let (layer, output) = match pass {
            Pass::Convolution { input, output, dense } => {
                let layer = Convolution::new(*input, dense, shapes[input.0], lanes);
                (Layer::Convolution(layer), *output)
            }
            Pass::Pointwise { input, output, dense, scale, low, gate, residual } => {
                let (scale, low, gate, residual) = (*scale, *low, *gate, *residual);
                let beside = Beside { scale, low, gate, residual };
                let layer = Pointwise::new(*input, dense, beside, shapes[input.0], lanes);
                (Layer::Pointwise(layer), *output)
            }
            Pass::Depthwise { input, output, kernel, stride, dense, residual } => {
                let alone = plan.readers(*input) == 1;
                let source = match layers.pop_if(|(layer, output)| {
                    alone && output == input && matches!(layer, Layer::Pointwise(_))
                }) {
                    Some((Layer::Pointwise(layer), _)) => Source::Expanded(layer),
                    _ => Source::Stored(*input),
                };
                let (window, from) = ((*kernel, *stride), shapes[input.0]);
                let layer = Depthwise::new(source, window, dense, *residual, from, lanes);
                (Layer::Depthwise(layer), *output)
            }
            Pass::Squeeze { input, low, output, first, second } => {
                let layer = Squeeze::new(*input, *low, (first, second.as_ref()), lanes);
                (Layer::Squeeze(layer), *output)
            }
            Pass::Transpose { input, output, dense } => {
                let layer = Transpose::new(*input, dense, shapes[input.0].width, lanes);
                (Layer::Transpose(layer), *output)
            }
        };
        layers.push((layer, output));
    }
    layers
}
