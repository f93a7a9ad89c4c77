//! The segmentation network's plan as dispatches.
//!
//! A tensor is a buffer of planes of four channels each (`shaders/blur/network/common.wgsl`).
//! Buffers are used again once their tensor has been read for the last time, so that the whole
//! network fits into a GPU's cache. Means over a tensor are not passes of their own: whoever
//! writes it leaves one sum for each workgroup.

use super::program::{Constants, Stage, Step, Workshop, filled};
use super::shaders::{self, Twin};
use crate::blur::plan::{Activation, Dense, Pass, Plan, Shape, Tensor};
use crate::{Error, Result};
use bytemuck::{Pod, Zeroable};
use wgpu::{BufferUsages, DeviceType};

/// Places in a workgroup; `THREADS` in the shaders.
const THREADS: usize = 64;
/// Most fours of channels that a squeeze handles; `MOST` in its shader.
const SQUEEZED: usize = 32;
/// Below so many places a thread computes fewer outputs, so that there are enough threads.
const MANY_PLACES: usize = 2048;

/// The shaders' `Shape`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
struct Sizes {
    from: [u32; 2],
    to: [u32; 2],
}

const _: () = assert!(size_of::<Sizes>() == 16);

/// A network with its buffers.
#[derive(Debug)]
pub struct Network {
    /// The picture: for each place red, green, blue and nothing, from 0 to 1, in four floats or
    /// four half floats.
    pub input: wgpu::Buffer,
    /// The answer: one float a place from 0, room, to 1, person.
    pub output: wgpu::Buffer,
    /// In the order of their running.
    pub steps: Vec<Step>,
}

/// Whether the adapter is quicker in half floats. A software one only pretends to have them.
pub fn prefers_half(gpu: &crate::gpu::Gpu) -> bool {
    gpu.device.features().contains(wgpu::Features::SHADER_F16)
        && gpu.adapter.get_info().device_type != DeviceType::Cpu
}

impl Network {
    /// Builds the passes of a plan, with half floats if `half`.
    ///
    /// Fails with [`Error::Gpu`] for a plan that the shaders cannot run.
    pub fn build(workshop: &mut Workshop, plan: &Plan, half: bool) -> Result<Network> {
        let mut builder = Builder::new(workshop, plan, half)?;
        let mut steps = Vec::with_capacity(plan.passes.len());
        for (index, pass) in plan.passes.iter().enumerate() {
            steps.push(builder.step(index, pass)?);
        }
        Ok(Network {
            input: builder.memory.tensor(plan.input)?.clone(),
            output: builder.memory.tensor(plan.output)?.clone(),
            steps,
        })
    }
}

struct Builder<'a> {
    workshop: &'a mut Workshop,
    plan: &'a Plan,
    half: bool,
    memory: Memory,
    /// Bound where a pass has nothing to write.
    nowhere: wgpu::Buffer,
}

/// A pass in the shaders' terms.
struct Dispatch<'a> {
    twin: &'static Twin,
    from: Shape,
    to: Shape,
    weights: Vec<f32>,
    constants: Constants<'a>,
    /// Bindings from 3 on; `None` where the pass has nothing.
    buffers: &'a [Option<&'a wgpu::Buffer>],
    /// Which of them is written, besides the output at 4.
    sums: Option<usize>,
    groups: [u32; 3],
}

impl<'a> Builder<'a> {
    fn new(workshop: &'a mut Workshop, plan: &'a Plan, half: bool) -> Result<Builder<'a>> {
        let device = &workshop.gpu().device;
        let nowhere = storage(device, 16, BufferUsages::empty());
        let memory = Memory::new(device, plan, half)?;
        Ok(Builder { workshop, plan, half, memory, nowhere })
    }

    fn step(&mut self, index: usize, pass: &Pass) -> Result<Step> {
        self.memory.provide(&self.workshop.gpu().device, self.plan, index)?;
        let step = match pass {
            Pass::Convolution { input, output, dense } => self.convolution(*input, *output, dense),
            Pass::Pointwise { .. } => self.pointwise(pass),
            Pass::Depthwise { .. } => self.depthwise(pass),
            Pass::Squeeze { .. } => self.squeeze(pass),
            Pass::Transpose { input, output, dense } => self.transpose(*input, *output, dense),
        }?;
        self.memory.release(index);
        Ok(step)
    }

    fn convolution(&mut self, input: Tensor, output: Tensor, dense: &Dense) -> Result<Step> {
        let (from, to) = (shape(self.plan, input)?, shape(self.plan, output)?);
        let fits = from.channels == 3 && to.channels == 16;
        require(fits && from.width == 2 * to.width && from.height == 2 * to.height, "convolution")?;
        let mut weights = squares(&dense.weights, 16, 9, 3);
        weights.extend_from_slice(&dense.bias);
        let sums = self.memory.sums(output).cloned();
        let (input, output) =
            (self.memory.tensor(input)?.clone(), self.memory.tensor(output)?.clone());
        self.dispatch(Dispatch {
            twin: &shaders::CONVOLUTION,
            from,
            to,
            weights,
            constants: &[("activation", activation(dense)), ("sum_up", flag(sums.is_some()))],
            buffers: &[Some(&input), Some(&output), sums.as_ref()],
            sums: Some(2),
            groups: [groups(to), 1, 1],
        })
    }

    fn pointwise(&mut self, pass: &Pass) -> Result<Step> {
        let Pass::Pointwise { input, output, dense, scale, low, gate, residual } = pass else {
            return Err(unfit("pointwise"));
        };
        let (from, to) = (shape(self.plan, *input)?, shape(self.plan, *output)?);
        let (inputs, outputs) = (fours(from)?, fours(to)?);
        require((from.width, from.height) == (to.width, to.height), "pointwise")?;
        let mut weights = squares(&dense.weights, to.channels, 1, from.channels);
        weights.extend_from_slice(&dense.bias);
        let most = if to.width * to.height >= MANY_PLACES { 4 } else { 2 };
        let share = [4, 2, 1].into_iter().find(|n| *n <= most && outputs % n == 0).unwrap_or(1);
        let of = |tensor: &Option<Tensor>| {
            tensor.map(|tensor| self.memory.tensor(tensor).cloned()).transpose()
        };
        let (scale, low, gate, residual) = (of(scale)?, of(low)?, of(gate)?, of(residual)?);
        let sums = self.memory.sums(*output).cloned();
        let (input, output) =
            (self.memory.tensor(*input)?.clone(), self.memory.tensor(*output)?.clone());
        self.dispatch(Dispatch {
            twin: &shaders::POINTWISE,
            from,
            to,
            weights,
            constants: &[
                ("inputs", inputs as f64),
                ("outputs", outputs as f64),
                ("share", share as f64),
                ("activation", activation(dense)),
                ("scaled", flag(scale.is_some())),
                ("lifted", flag(low.is_some())),
                ("gated", flag(gate.is_some())),
                ("added", flag(residual.is_some())),
                ("sum_up", flag(sums.is_some())),
            ],
            buffers: &[
                Some(&input),
                Some(&output),
                scale.as_ref(),
                low.as_ref(),
                gate.as_ref(),
                residual.as_ref(),
                sums.as_ref(),
            ],
            sums: Some(6),
            groups: [groups(to), (outputs / share) as u32, 1],
        })
    }

    fn depthwise(&mut self, pass: &Pass) -> Result<Step> {
        let Pass::Depthwise { input, output, kernel, stride, dense, residual } = pass else {
            return Err(unfit("depthwise"));
        };
        let (from, to) = (shape(self.plan, *input)?, shape(self.plan, *output)?);
        let channels = fours(to)?;
        require(from.channels == to.channels, "depthwise")?;
        require(from.width == to.width * stride && from.height == to.height * stride, "depthwise")?;
        let weights = [&dense.weights[..], &dense.bias].concat();
        let sums = self.memory.sums(*output).cloned();
        let (input, output) =
            (self.memory.tensor(*input)?.clone(), self.memory.tensor(*output)?.clone());
        self.dispatch(Dispatch {
            twin: &shaders::DEPTHWISE,
            from,
            to,
            weights,
            constants: &[
                ("channels", channels as f64),
                ("kernel", *kernel as f64),
                ("stride", *stride as f64),
                ("activation", activation(dense)),
                ("added", flag(*residual)),
                ("sum_up", flag(sums.is_some())),
            ],
            buffers: &[Some(&input), Some(&output), sums.as_ref()],
            sums: Some(2),
            groups: [groups(to), channels as u32, 1],
        })
    }

    fn squeeze(&mut self, pass: &Pass) -> Result<Step> {
        let Pass::Squeeze { input, low, output, first, second } = pass else {
            return Err(unfit("squeeze"));
        };
        let (from, to) = (shape(self.plan, *input)?, shape(self.plan, *output)?);
        let inputs = fours(from)?;
        let hidden = first.bias.len().div_ceil(4);
        let outputs = if second.is_some() { fours(to)? } else { 0 };
        require(inputs.max(hidden).max(outputs) <= SQUEEZED, "squeeze")?;
        let mut weights = squares(&first.weights, first.bias.len(), 1, from.channels);
        weights.extend(padded(&first.bias));
        if let Some(second) = second {
            weights.extend(squares(&second.weights, to.channels, 1, first.bias.len()));
            weights.extend_from_slice(&second.bias);
        }
        let sums = |tensor: Tensor| self.memory.sums(tensor).cloned().ok_or(unfit("squeeze"));
        let (input, low) = (sums(*input)?, low.map(sums).transpose()?);
        let output = self.memory.tensor(*output)?.clone();
        self.dispatch(Dispatch {
            twin: &shaders::SQUEEZE,
            from,
            to,
            weights,
            constants: &[
                ("inputs", inputs as f64),
                ("hidden", hidden as f64),
                ("outputs", outputs as f64),
                ("first", activation(first)),
                ("second", second.as_ref().map_or(0.0, activation)),
                ("lifted", flag(low.is_some())),
            ],
            buffers: &[Some(&input), Some(&output), low.as_ref()],
            sums: None,
            groups: [1, 1, 1],
        })
    }

    fn transpose(&mut self, input: Tensor, output: Tensor, dense: &Dense) -> Result<Step> {
        let (from, to) = (shape(self.plan, input)?, shape(self.plan, output)?);
        let channels = fours(from)?;
        require(to.channels == 1 && to.width == 2 * from.width, "transpose")?;
        require(to.height == 2 * from.height, "transpose")?;
        let mut weights = dense.weights.clone();
        weights.extend(padded(&dense.bias));
        let (input, output) =
            (self.memory.tensor(input)?.clone(), self.memory.tensor(output)?.clone());
        self.dispatch(Dispatch {
            twin: &shaders::TRANSPOSE,
            from,
            to,
            weights,
            constants: &[("channels", channels as f64), ("activation", activation(dense))],
            buffers: &[Some(&input), Some(&output)],
            sums: None,
            groups: [groups(from), 1, 1],
        })
    }

    fn dispatch(&mut self, dispatch: Dispatch<'_>) -> Result<Step> {
        let shader = dispatch.twin.of(self.half);
        let kernel = self.workshop.kernel(shader, dispatch.constants);
        let gpu = self.workshop.gpu();
        let size = |shape: Shape| [shape.width as u32, shape.height as u32];
        let sizes = Sizes { from: size(dispatch.from), to: size(dispatch.to) };
        let label = "blur.network.sizes";
        let sizes = filled(gpu, label, bytemuck::bytes_of(&sizes), BufferUsages::UNIFORM)?;
        let weights = stored(&dispatch.weights, self.half);
        let weights = filled(gpu, "blur.network.weights", &weights, BufferUsages::STORAGE)?;
        let mut bindings = vec![(0, sizes.as_entire_binding()), (2, weights.as_entire_binding())];
        for (index, buffer) in dispatch.buffers.iter().enumerate() {
            let absent = if dispatch.sums == Some(index) { &self.nowhere } else { &weights };
            bindings.push((index as u32 + 3, buffer.unwrap_or(absent).as_entire_binding()));
        }
        Ok(kernel.step(gpu, Stage::Network, &bindings, dispatch.groups))
    }
}

/// The buffers of all tensors.
struct Memory {
    half: bool,
    /// The pass that reads it last, by tensor.
    last_read: Vec<usize>,
    tensors: Vec<Option<wgpu::Buffer>>,
    sums: Vec<Option<wgpu::Buffer>>,
    free: Vec<wgpu::Buffer>,
}

impl Memory {
    fn new(device: &wgpu::Device, plan: &Plan, half: bool) -> Result<Memory> {
        let count = plan.shapes.len();
        let mut memory = Memory {
            half,
            last_read: vec![0; count],
            tensors: vec![None; count],
            sums: vec![None; count],
            free: Vec::new(),
        };
        for (index, pass) in plan.passes.iter().enumerate() {
            for tensor in pass.reads() {
                *memory.last_read.get_mut(tensor.0).ok_or(unfit("plan"))? = index;
            }
            if let Pass::Squeeze { input, low, .. } = pass {
                for tensor in [Some(*input), *low].into_iter().flatten() {
                    let shape = shape(plan, tensor)?;
                    let bytes = groups(shape) as usize * fours(shape)? * 16;
                    memory.sums[tensor.0] = Some(storage(device, bytes, BufferUsages::empty()));
                }
            }
        }
        // The ends of the network are never anything else.
        for (tensor, bytes) in [
            (plan.input, memory.bytes(Shape { channels: 4, ..shape(plan, plan.input)? })),
            (plan.output, size_of::<f32>() * places(shape(plan, plan.output)?)),
        ] {
            memory.last_read[tensor.0] = usize::MAX;
            let usage = BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
            memory.tensors[tensor.0] = Some(storage(device, bytes, usage));
        }
        Ok(memory)
    }

    /// Finds a buffer for what the pass writes.
    fn provide(&mut self, device: &wgpu::Device, plan: &Plan, index: usize) -> Result<()> {
        let pass = plan.passes.get(index).ok_or(unfit("plan"))?;
        let tensor = pass.output();
        let shape = shape(plan, tensor)?;
        if self.tensors[tensor.0].is_some() {
            return Ok(());
        }
        // Squeezes answer in full floats.
        let bytes = match pass {
            Pass::Squeeze { .. } => size_of::<f32>() * shape.channels,
            _ => self.bytes(shape),
        } as u64;
        let fit = (0..self.free.len())
            .filter(|free| self.free[*free].size() >= bytes)
            .min_by_key(|free| self.free[*free].size());
        self.tensors[tensor.0] = Some(match fit {
            Some(fit) => self.free.swap_remove(fit),
            None => storage(device, bytes as usize, BufferUsages::empty()),
        });
        Ok(())
    }

    /// Takes back what nobody reads after the pass.
    fn release(&mut self, index: usize) {
        for (tensor, last) in self.tensors.iter_mut().zip(&self.last_read) {
            if *last == index && index > 0 {
                self.free.extend(tensor.take());
            }
        }
    }

    fn bytes(&self, shape: Shape) -> usize {
        let value = if self.half { 2 } else { 4 };
        places(shape) * shape.channels * value
    }

    fn tensor(&self, tensor: Tensor) -> Result<&wgpu::Buffer> {
        self.tensors.get(tensor.0).and_then(Option::as_ref).ok_or(unfit("plan"))
    }

    fn sums(&self, tensor: Tensor) -> Option<&wgpu::Buffer> {
        self.sums.get(tensor.0).and_then(Option::as_ref)
    }
}

fn storage(device: &wgpu::Device, bytes: usize, usage: BufferUsages) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("blur.network.tensor"),
        size: bytes.next_multiple_of(16) as u64,
        usage: usage | BufferUsages::STORAGE,
        mapped_at_creation: false,
    })
}

fn shape(plan: &Plan, tensor: Tensor) -> Result<Shape> {
    plan.shapes.get(tensor.0).copied().ok_or(unfit("plan"))
}

fn places(shape: Shape) -> usize {
    shape.width * shape.height
}

/// Workgroups over all places.
fn groups(shape: Shape) -> u32 {
    places(shape).div_ceil(THREADS) as u32
}

fn fours(shape: Shape) -> Result<usize> {
    require(shape.channels.is_multiple_of(4), "channels")?;
    Ok(shape.channels / 4)
}

fn flag(set: bool) -> f64 {
    f64::from(u8::from(set))
}

/// The shaders' number for what follows a sum.
fn activation(dense: &Dense) -> f64 {
    match dense.activation {
        Activation::None => 0.0,
        Activation::Relu => 1.0,
        Activation::HardSwish => 2.0,
        Activation::Sigmoid => 3.0,
    }
}

/// `[output][tap][input]` as squares of four by four, `[output][tap][input]` in fours, each by
/// columns: the four outputs of its first input, of its second, and so on. Filled up with zeros.
fn squares(weights: &[f32], outputs: usize, taps: usize, inputs: usize) -> Vec<f32> {
    let (tall, wide) = (outputs.div_ceil(4), inputs.div_ceil(4));
    let mut squares = vec![0.0; tall * taps * wide * 16];
    for (row, weights) in weights.chunks_exact(taps * inputs).enumerate().take(outputs) {
        for (column, weight) in weights.iter().enumerate() {
            let (tap, input) = (column / inputs, column % inputs);
            let square = ((row / 4) * taps + tap) * wide + input / 4;
            squares[square * 16 + (input % 4) * 4 + row % 4] = *weight;
        }
    }
    squares
}

/// Filled up with zeros to fours.
fn padded(values: &[f32]) -> Vec<f32> {
    let mut values = values.to_vec();
    values.resize(values.len().next_multiple_of(4), 0.0);
    values
}

/// As a GPU reads them.
pub fn stored(values: &[f32], half: bool) -> Vec<u8> {
    if half {
        values.iter().flat_map(|value| half::f16::from_f32(*value).to_le_bytes()).collect()
    } else {
        bytemuck::cast_slice(values).to_vec()
    }
}

fn require(holds: bool, what: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(unfit(what)) }
}

fn unfit(what: &str) -> Error {
    Error::Gpu(format!("the segmentation network's {what} does not fit the shaders"))
}
