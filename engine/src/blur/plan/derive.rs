//! From a file's operators to passes.
//!
//! The operators are gone through once, in order. What some of them compute is never stored: each
//! of these becomes a [`Value`] that a later pass absorbs. Two exact rewrites make passes cheaper:
//! a 1×1 convolution commutes with bilinear upsampling and so runs before it, on a quarter of the
//! places; and the mean of an upsampled tensor is the mean of the tensor.

use super::{Activation, Dense, Pass, Plan, Shape, Tensor};
use crate::blur::tflite::{Graph, Operation, Operator, Reason, Window};

type Result<T> = std::result::Result<T, Reason>;

/// More rows, columns or channels than any network here has.
const LARGEST_SIDE: usize = 1024;

/// What an operator's output is in terms of stored tensors.
#[derive(Debug, Clone)]
enum Value {
    Stored(Tensor),
    /// One channel factor for each of `input`'s channels.
    Scaled {
        input: Tensor,
        scale: Tensor,
    },
    /// A stored tensor, upsampled by two.
    Upsampled(Tensor),
    /// `input`, scaled if so, plus `low` upsampled by two.
    Sum {
        input: Tensor,
        scale: Option<Tensor>,
        low: Tensor,
    },
    /// The mean over all places.
    Mean {
        input: Tensor,
        low: Option<Tensor>,
    },
    /// A first dense layer over a mean.
    Hidden {
        input: Tensor,
        low: Option<Tensor>,
        first: Dense,
    },
}

struct Planner<'a> {
    graph: &'a Graph<'a>,
    /// By the graph's tensors.
    values: Vec<Option<Value>>,
    /// How many operators read each of the graph's tensors.
    readers: Vec<usize>,
    /// Weights that may still be read: a file cannot hold more than it is long.
    weights_left: usize,
    plan: Plan,
}

/// Plans a graph that was read from a file of `length` bytes.
pub(super) fn derive(graph: &Graph, length: usize) -> Result<Plan> {
    let mut readers = vec![0; graph.tensors.len()];
    for &input in graph.operators.iter().flat_map(|operator| &operator.inputs) {
        readers[input] += 1;
    }
    readers[graph.output] += 1;
    let plan = Plan { shapes: Vec::new(), passes: Vec::new(), input: Tensor(0), output: Tensor(0) };
    let values = vec![None; graph.tensors.len()];
    let mut planner = Planner { graph, values, readers, weights_left: length, plan };
    let input = planner.store(graph.input, 1)?;
    if planner.plan.shapes[input.0].channels != 3 {
        return Err("the input should have three channels".into());
    }
    for (number, operator) in graph.operators.iter().enumerate() {
        planner
            .operator(operator)
            .map_err(|reason| format!("operator {number}, {:?}: {reason}", operator.operation))?;
    }
    match planner.values[graph.output] {
        Some(Value::Stored(output)) if planner.plan.shapes[output.0].channels == 1 => {
            planner.plan.output = output;
            Ok(planner.plan)
        }
        _ => Err("the output should be one channel that the last pass computes".into()),
    }
}

impl Planner<'_> {
    fn operator(&mut self, operator: &Operator) -> Result<()> {
        if self.values[operator.output].is_some() {
            return match operator.operation {
                // Fused into what came before.
                Operation::Relu | Operation::HardSwish | Operation::Logistic => Ok(()),
                _ => Err("its output is already there".into()),
            };
        }
        match operator.operation {
            Operation::Convolution(window) => self.convolution(operator, window),
            Operation::Depthwise(window) => self.depthwise(operator, window),
            Operation::Transpose(window) => self.transpose(operator, window),
            Operation::Mean => {
                if self.graph.axes(operator.inputs[1])? != [1, 2] {
                    return Err("the mean should be over rows and columns".into());
                }
                self.mean(operator)
            }
            Operation::Pool(window, size) => {
                let shape = self.shape(operator.inputs[0])?;
                if window.same || size != (shape.height, shape.width) {
                    return Err("the window should be the whole picture".into());
                }
                self.mean(operator)
            }
            Operation::Resize => self.resize(operator),
            Operation::Multiply => self.multiply(operator),
            Operation::Add => self.add(operator),
            Operation::Relu | Operation::HardSwish | Operation::Logistic => {
                Err("an activation should follow a convolution".into())
            }
            Operation::Dequantize => Err("only weights may be dequantized".into()),
        }
    }

    fn convolution(&mut self, operator: &Operator, window: Window) -> Result<()> {
        let from = self.shape(operator.inputs[0])?;
        let (kernel, outputs, dense, end) = self.dense(operator)?;
        let [count, rows, columns, inputs] = kernel;
        if count != outputs || inputs != from.channels || rows != columns {
            return Err(format!("weights of shape {kernel:?} do not fit"));
        }
        let value = self.value(operator.inputs[0])?;
        if rows == 3 && window == (Window { same: true, stride: (2, 2) }) {
            let Value::Stored(input) = value else {
                return Err("it should read a stored tensor".into());
            };
            self.sized(end, halved(from, outputs))?;
            let output = self.store(end, 4)?;
            self.plan.passes.push(Pass::Convolution { input, output, dense });
            return Ok(());
        }
        if rows != 1 || window.stride != (1, 1) {
            return Err("a convolution should be 1×1, or 3×3 with stride 2".into());
        }
        self.sized(end, Shape { channels: outputs, ..from })?;
        match value {
            Value::Stored(input) => self.pointwise(end, input, dense, None, None)?,
            Value::Scaled { input, scale } => {
                self.pointwise(end, input, dense, Some(scale), None)?
            }
            Value::Sum { input, scale, low } => {
                self.pointwise(end, input, dense, scale, Some(low))?
            }
            Value::Upsampled(low) => {
                if dense.activation != Activation::None {
                    return Err("an activation does not commute with upsampling".into());
                }
                let shape = Shape { channels: outputs, ..self.plan.shapes[low.0] };
                let output = self.push_shape(shape, 4)?;
                self.plan.passes.push(plain_pointwise(low, output, dense));
                self.values[end] = Some(Value::Upsampled(output));
            }
            Value::Mean { input, low } if dense.activation == Activation::Relu => {
                self.values[end] = Some(Value::Hidden { input, low, first: dense });
            }
            Value::Mean { input, low } => {
                let output = self.store(end, 4)?;
                self.plan.passes.push(Pass::Squeeze {
                    input,
                    low,
                    output,
                    first: dense,
                    second: None,
                });
            }
            Value::Hidden { input, low, first } => {
                let output = self.store(end, 4)?;
                let second = Some(dense);
                self.plan.passes.push(Pass::Squeeze { input, low, output, first, second });
            }
        }
        Ok(())
    }

    fn pointwise(
        &mut self,
        end: usize,
        input: Tensor,
        dense: Dense,
        scale: Option<Tensor>,
        low: Option<Tensor>,
    ) -> Result<()> {
        let output = self.store(end, 4)?;
        let (gate, residual) = (None, None);
        self.plan.passes.push(Pass::Pointwise { input, output, dense, scale, low, gate, residual });
        Ok(())
    }

    fn depthwise(&mut self, operator: &Operator, window: Window) -> Result<()> {
        let from = self.shape(operator.inputs[0])?;
        let (kernel, outputs, dense, end) = self.dense(operator)?;
        let [one, rows, columns, channels] = kernel;
        let fits = one == 1 && rows == columns && channels == from.channels && channels == outputs;
        if !fits || !matches!(rows, 3 | 5) || !window.same {
            return Err(format!("weights of shape {kernel:?} or their padding do not fit"));
        }
        let (stride, shape) = match window.stride {
            (1, 1) => (1, from),
            (2, 2) => (2, halved(from, outputs)),
            other => return Err(format!("a stride of {other:?} is not supported")),
        };
        let Value::Stored(input) = self.value(operator.inputs[0])? else {
            return Err("it should read a stored tensor".into());
        };
        self.sized(end, shape)?;
        let output = self.store(end, 4)?;
        let residual = false;
        let kernel = rows;
        self.plan.passes.push(Pass::Depthwise { input, output, kernel, stride, dense, residual });
        Ok(())
    }

    fn transpose(&mut self, operator: &Operator, window: Window) -> Result<()> {
        let from = self.shape(operator.inputs[0])?;
        let (kernel, outputs, dense, end) = self.dense(operator)?;
        if kernel != [1, 2, 2, from.channels] || outputs != 1 || window.stride != (2, 2) {
            return Err(format!("weights of shape {kernel:?} or their stride do not fit"));
        }
        let Value::Stored(input) = self.value(operator.inputs[0])? else {
            return Err("it should read a stored tensor".into());
        };
        self.sized(end, doubled(from, 1))?;
        let output = self.store(end, 1)?;
        self.plan.passes.push(Pass::Transpose { input, output, dense });
        Ok(())
    }

    fn mean(&mut self, operator: &Operator) -> Result<()> {
        let from = self.shape(operator.inputs[0])?;
        self.sized(operator.output, Shape { height: 1, width: 1, ..from })?;
        let value = match self.value(operator.inputs[0])? {
            Value::Stored(input) => Value::Mean { input, low: None },
            Value::Sum { input, scale: None, low } => Value::Mean { input, low: Some(low) },
            other => return Err(format!("the mean of {other:?} is not supported")),
        };
        self.values[operator.output] = Some(value);
        Ok(())
    }

    fn resize(&mut self, operator: &Operator) -> Result<()> {
        let from = self.shape(operator.inputs[0])?;
        self.sized(operator.output, doubled(from, from.channels))?;
        let Value::Stored(input) = self.value(operator.inputs[0])? else {
            return Err("it should read a stored tensor".into());
        };
        self.values[operator.output] = Some(Value::Upsampled(input));
        Ok(())
    }

    /// By one factor for each channel: the gate of the pass before, or a scale for the next.
    fn multiply(&mut self, operator: &Operator) -> Result<()> {
        let [left, right] = [operator.inputs[0], operator.inputs[1]];
        let from = self.shape(left)?;
        if self.shape(right)? != (Shape { height: 1, width: 1, ..from }) {
            return Err("the second factor should be one number for each channel".into());
        }
        self.sized(operator.output, from)?;
        let (Value::Stored(input), Value::Stored(scale)) = (self.value(left)?, self.value(right)?)
        else {
            return Err("it should multiply stored tensors".into());
        };
        let before = self.plan.passes.iter().position(|pass| match pass {
            Pass::Pointwise { output, gate: None, residual: None, .. } => *output == input,
            _ => false,
        });
        let value = match before {
            Some(at) if self.readers[left] == 1 => {
                // It has to wait for its gate.
                let mut pass = self.plan.passes.remove(at);
                if let Pass::Pointwise { gate, .. } = &mut pass {
                    *gate = Some(scale);
                }
                self.plan.passes.push(pass);
                Value::Stored(input)
            }
            _ => Value::Scaled { input, scale },
        };
        self.values[operator.output] = Some(value);
        Ok(())
    }

    fn add(&mut self, operator: &Operator) -> Result<()> {
        let [left, right] = [operator.inputs[0], operator.inputs[1]];
        let shape = self.shape(left)?;
        self.sized(right, shape)?;
        self.sized(operator.output, shape)?;
        let value = match (self.value(left)?, self.value(right)?) {
            (Value::Stored(input), Value::Upsampled(low)) => Value::Sum { input, scale: None, low },
            (Value::Scaled { input, scale }, Value::Upsampled(low)) => {
                Value::Sum { input, scale: Some(scale), low }
            }
            (Value::Stored(a), Value::Stored(b)) => {
                let sum = self.readers[left] == 1 && self.residual(a, b);
                let mirrored = !sum && self.readers[right] == 1 && self.residual(b, a);
                match (sum, mirrored) {
                    (true, _) => Value::Stored(a),
                    (_, true) => Value::Stored(b),
                    _ => return Err("no pass before can take the other term".into()),
                }
            }
            other => return Err(format!("the sum of {other:?} is not supported")),
        };
        self.values[operator.output] = Some(value);
        Ok(())
    }

    /// Lets the newest pass, if it made `branch`, add `other`.
    fn residual(&mut self, branch: Tensor, other: Tensor) -> bool {
        match self.plan.passes.last_mut() {
            Some(Pass::Pointwise { output, residual: residual @ None, .. })
                if *output == branch && branch != other =>
            {
                *residual = Some(other);
                true
            }
            Some(Pass::Depthwise { input, output, residual, .. })
                if *output == branch && *input == other && !*residual =>
            {
                *residual = true;
                true
            }
            _ => false,
        }
    }

    /// A layer's kernel shape, its number of outputs, itself with the activation that follows, and
    /// the graph's tensor after that.
    fn dense(&mut self, operator: &Operator) -> Result<([usize; 4], usize, Dense, usize)> {
        let [_, weights, bias] = operator.inputs[..] else {
            return Err("it should have weights and a bias".into());
        };
        let kernel = &self.graph.tensors[weights].shape;
        let kernel = <[usize; 4]>::try_from(kernel.as_slice())
            .map_err(|_| "weights should have four dimensions".to_string())?;
        let weights = self.graph.weights(weights)?;
        let bias = self.graph.weights(bias)?;
        let read = weights.len() + bias.len();
        self.weights_left = self
            .weights_left
            .checked_sub(read)
            .ok_or("there are more weights than the file can hold")?;
        let (activation, end) = self.activation(operator.output);
        let outputs = bias.len();
        Ok((kernel, outputs, Dense { weights, bias, activation }, end))
    }

    /// The activation that alone reads a tensor, and its output; else none, and the tensor.
    fn activation(&self, tensor: usize) -> (Activation, usize) {
        let reader = self.graph.operators.iter().find(|reader| reader.inputs.contains(&tensor));
        let Some(reader) = reader.filter(|_| self.readers[tensor] == 1) else {
            return (Activation::None, tensor);
        };
        match reader.operation {
            Operation::Relu => (Activation::Relu, reader.output),
            Operation::HardSwish => (Activation::HardSwish, reader.output),
            Operation::Logistic => (Activation::Sigmoid, reader.output),
            _ => (Activation::None, tensor),
        }
    }

    fn value(&self, tensor: usize) -> Result<Value> {
        let value = self.values[tensor].clone();
        value.ok_or_else(|| format!("tensor {tensor} is not computed before it is read"))
    }

    /// The file's own word about a tensor.
    fn shape(&self, tensor: usize) -> Result<Shape> {
        match self.graph.tensors[tensor].shape[..] {
            [1, height, width, channels]
                if [height, width, channels]
                    .iter()
                    .all(|side| (1..=LARGEST_SIDE).contains(side)) =>
            {
                Ok(Shape { height, width, channels })
            }
            ref other => Err(format!("tensor {tensor} has the unusable shape {other:?}")),
        }
    }

    /// Checks the file's word against what comes out.
    fn sized(&self, tensor: usize, expected: Shape) -> Result<()> {
        let stated = self.shape(tensor)?;
        if stated == expected {
            Ok(())
        } else {
            Err(format!("tensor {tensor} should be {expected:?} and is {stated:?}"))
        }
    }

    /// Makes one of the graph's tensors a stored one.
    fn store(&mut self, tensor: usize, multiple: usize) -> Result<Tensor> {
        let shape = self.shape(tensor)?;
        if self.values[tensor].is_some() {
            return Err(format!("tensor {tensor} is computed twice"));
        }
        let stored = self.push_shape(shape, multiple)?;
        self.values[tensor] = Some(Value::Stored(stored));
        Ok(stored)
    }

    fn push_shape(&mut self, shape: Shape, multiple: usize) -> Result<Tensor> {
        if !shape.channels.is_multiple_of(multiple) {
            return Err(format!("{} channels are not a multiple of {multiple}", shape.channels));
        }
        self.plan.shapes.push(shape);
        Ok(Tensor(self.plan.shapes.len() - 1))
    }
}

fn plain_pointwise(input: Tensor, output: Tensor, dense: Dense) -> Pass {
    let (scale, low, gate, residual) = (None, None, None, None);
    Pass::Pointwise { input, output, dense, scale, low, gate, residual }
}

fn halved(shape: Shape, channels: usize) -> Shape {
    Shape { height: shape.height.div_ceil(2), width: shape.width.div_ceil(2), channels }
}

fn doubled(shape: Shape, channels: usize) -> Shape {
    Shape { height: shape.height * 2, width: shape.width * 2, channels }
}
