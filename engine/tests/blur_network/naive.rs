//! The definition of each pass, one value at a time, in double precision.

use engine::blur::plan::{Activation, Dense, Pass, Plan, Shape, Tensor};

struct Values<'a> {
    shapes: &'a [Shape],
    values: Vec<Vec<f64>>,
}

impl Values<'_> {
    /// Zero outside.
    fn at(&self, tensor: Tensor, y: isize, x: isize, channel: usize) -> f64 {
        let Shape { height, width, channels } = self.shapes[tensor.0];
        let inside = (0..height as isize).contains(&y) && (0..width as isize).contains(&x);
        let index = (y * width as isize + x) * channels as isize + channel as isize;
        if inside { self.values[tensor.0][index as usize] } else { 0.0 }
    }

    /// Of a tensor of one place.
    fn factor(&self, tensor: Option<Tensor>, channel: usize) -> f64 {
        tensor.map_or(1.0, |tensor| self.at(tensor, 0, 0, channel))
    }

    /// Bilinear by two, half-pixel centres, clamped at the border.
    fn upsampled(&self, tensor: Tensor, y: isize, x: isize, channel: usize) -> f64 {
        let Shape { height, width, .. } = self.shapes[tensor.0];
        let axis = |at: isize, size: usize| {
            let place = ((at as f64 + 0.5) / 2.0 - 0.5).clamp(0.0, (size - 1) as f64);
            let low = place.floor();
            (low as isize, (low as isize + 1).min(size as isize - 1), place - low)
        };
        let ((top, bottom, down), (left, right, across)) = (axis(y, height), axis(x, width));
        let row = |y| {
            let (left, right) =
                (self.at(tensor, y, left, channel), self.at(tensor, y, right, channel));
            left + (right - left) * across
        };
        row(top) + (row(bottom) - row(top)) * down
    }

    fn mean(&self, tensor: Tensor, channel: usize) -> f64 {
        let values = self.values[tensor.0].iter().skip(channel);
        let values = values.step_by(self.shapes[tensor.0].channels);
        let (sum, count) =
            values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        sum / count
    }
}

fn activated(value: f64, activation: Activation) -> f64 {
    match activation {
        Activation::None => value,
        Activation::Relu => value.max(0.0),
        Activation::HardSwish => value * (value / 6.0 + 0.5).clamp(0.0, 1.0),
        Activation::Sigmoid => 1.0 / (1.0 + (-value).exp()),
    }
}

/// One output of a layer whose weights are `[output][input]`.
fn layer(dense: &Dense, output: usize, inputs: impl Iterator<Item = f64>) -> f64 {
    let count = dense.weights.len() / dense.bias.len();
    let weights = &dense.weights[output * count..(output + 1) * count];
    let sum: f64 =
        weights.iter().zip(inputs).map(|(&weight, value)| f64::from(weight) * value).sum();
    activated(sum + f64::from(dense.bias[output]), dense.activation)
}

/// TensorFlow's SAME padding before.
fn before(size: usize, kernel: usize, stride: usize) -> isize {
    let after = size.div_ceil(stride);
    (((after - 1) * stride + kernel).saturating_sub(size) / 2) as isize
}

fn compute(pass: &Pass, values: &Values, y: isize, x: isize, channel: usize) -> f64 {
    match pass {
        Pass::Convolution { input, dense, .. } => {
            let Shape { height, width, channels } = values.shapes[input.0];
            let (top, left) = (2 * y - before(height, 3, 2), 2 * x - before(width, 3, 2));
            let window = (0..3).flat_map(|dy| (0..3).map(move |dx| (top + dy, left + dx)));
            let all = window.flat_map(|(y, x)| (0..channels).map(move |c| (y, x, c)));
            layer(dense, channel, all.map(|(y, x, c)| values.at(*input, y, x, c)))
        }
        Pass::Pointwise { input, dense, scale, low, gate, residual, .. } => {
            let inputs = (0..values.shapes[input.0].channels).map(|c| {
                let scaled = values.at(*input, y, x, c) * values.factor(*scale, c);
                scaled + low.map_or(0.0, |low| values.upsampled(low, y, x, c))
            });
            let gated = layer(dense, channel, inputs) * values.factor(*gate, channel);
            gated + residual.map_or(0.0, |residual| values.at(residual, y, x, channel))
        }
        Pass::Depthwise { input, kernel, stride, dense, residual, .. } => {
            let Shape { height, width, channels } = values.shapes[input.0];
            let top = y * *stride as isize - before(height, *kernel, *stride);
            let left = x * *stride as isize - before(width, *kernel, *stride);
            let mut sum = f64::from(dense.bias[channel]);
            for (tap, weights) in dense.weights.chunks_exact(channels).enumerate() {
                let (dy, dx) = ((tap / kernel) as isize, (tap % kernel) as isize);
                sum +=
                    f64::from(weights[channel]) * values.at(*input, top + dy, left + dx, channel);
            }
            let skip = if *residual { values.at(*input, y, x, channel) } else { 0.0 };
            activated(sum, dense.activation) + skip
        }
        Pass::Squeeze { input, low, first, second, .. } => {
            let mean = |c| values.mean(*input, c) + low.map_or(0.0, |low| values.mean(low, c));
            let means = || (0..values.shapes[input.0].channels).map(mean);
            match second {
                None => layer(first, channel, means()),
                Some(second) => {
                    let hidden = (0..first.bias.len()).map(|unit| layer(first, unit, means()));
                    layer(second, channel, hidden)
                }
            }
        }
        Pass::Transpose { input, dense, .. } => {
            let channels = values.shapes[input.0].channels;
            let tap = (y % 2 * 2 + x % 2) as usize;
            let weights = &dense.weights[tap * channels..(tap + 1) * channels];
            let products = weights.iter().enumerate();
            let sum: f64 = products
                .map(|(c, &weight)| f64::from(weight) * values.at(*input, y / 2, x / 2, c))
                .sum();
            activated(sum + f64::from(dense.bias[0]), dense.activation)
        }
    }
}

/// The plan's output.
pub fn run(plan: &Plan, picture: &[f32]) -> Vec<f32> {
    let mut values = Values { shapes: &plan.shapes, values: vec![Vec::new(); plan.shapes.len()] };
    values.values[plan.input.0] = picture.iter().copied().map(f64::from).collect();
    for pass in &plan.passes {
        let Shape { height, width, channels } = plan.shapes[pass.output().0];
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (y as isize, x as isize)));
        let all = places.flat_map(|(y, x)| (0..channels).map(move |channel| (y, x, channel)));
        let result = all.map(|(y, x, channel)| compute(pass, &values, y, x, channel)).collect();
        values.values[pass.output().0] = result;
    }
    values.values[plan.output.0].iter().map(|&value| value as f32).collect()
}
