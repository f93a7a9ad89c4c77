//! Reads the graph of a TensorFlow Lite file: as much of the format as segmentation networks need.
//!
//! A file is a FlatBuffer (<https://flatbuffers.dev/internals/>) after TensorFlow's `schema.fbs`.
//! Every offset is checked against the file's end, and every list against [`LONGEST`], so that a
//! damaged file gives a reason and neither a panic nor a huge allocation. Weights stay in the file's
//! bytes until [`Graph::weights`] asks for them; the `DEQUANTIZE` operators before half-precision
//! weights are folded away.

use std::collections::HashMap;

/// What is wrong with a file.
pub(super) type Reason = String;
type Result<T> = std::result::Result<T, Reason>;

/// No list in a usable file is longer; the bundled models have 370 tensors.
const LONGEST: usize = 4096;

/// The numbers of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Float,
    Half,
    Int,
}

/// A tensor: an activation, or a constant with its bytes.
#[derive(Debug, Clone)]
pub(super) struct Tensor<'a> {
    pub shape: Vec<usize>,
    element: Element,
    bytes: &'a [u8],
}

/// How a window moves over a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// TensorFlow's SAME padding; else VALID.
    pub same: bool,
    /// Vertical and horizontal step.
    pub stride: (usize, usize),
}

/// What an operator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Dequantize,
    Convolution(Window),
    Depthwise(Window),
    Transpose(Window),
    /// Over the axes given by the second input.
    Mean,
    /// The mean of a window of this height and width.
    Pool(Window, (usize, usize)),
    /// Bilinear, half-pixel centres.
    Resize,
    Add,
    Multiply,
    Relu,
    HardSwish,
    Logistic,
}

/// One operator.
#[derive(Debug, Clone)]
pub(super) struct Operator {
    pub operation: Operation,
    pub inputs: Vec<usize>,
    pub output: usize,
}

/// A file's only graph.
#[derive(Debug, Clone)]
pub(super) struct Graph<'a> {
    pub tensors: Vec<Tensor<'a>>,
    pub operators: Vec<Operator>,
    pub input: usize,
    pub output: usize,
}

impl<'a> Graph<'a> {
    /// Reads a whole file.
    pub fn read(file: &'a [u8]) -> Result<Graph<'a>> {
        if file.get(4..8) != Some(b"TFL3") {
            return Err("it is not a TensorFlow Lite file of version 3".into());
        }
        let model = Table { file, at: offset(file, 0)? };
        let codes = model.tables(1)?;
        let buffers = model.tables(4)?;
        let [graph] = model.tables(2)?[..] else {
            return Err("it should hold one graph".into());
        };
        let tensors = graph.tables(0)?;
        let tensors =
            tensors.iter().map(|table| tensor(table, &buffers)).collect::<Result<Vec<_>>>()?;
        let operators = graph.tables(3)?;
        let operators = operators
            .iter()
            .map(|table| operator(table, &codes, tensors.len()))
            .collect::<Result<Vec<_>>>()?;
        let end = |field, what: &str| match graph.integers(field)?[..] {
            [one] => index(one, tensors.len()),
            _ => Err(format!("the graph should have one {what}")),
        };
        let (input, output) = (end(1, "input")?, end(2, "output")?);
        Ok(Graph { tensors, operators, input, output }.folded())
    }

    /// Points operators at constants instead of at their dequantized copies.
    fn folded(mut self) -> Graph<'a> {
        let tensors = &self.tensors;
        let copies: HashMap<usize, usize> = self
            .operators
            .iter()
            .filter(|operator| operator.operation == Operation::Dequantize)
            .map(|operator| (operator.output, operator.inputs[0]))
            .filter(|&(copy, original)| tensors[copy].shape == tensors[original].shape)
            .collect();
        self.operators.retain(|operator| operator.operation != Operation::Dequantize);
        for input in self.operators.iter_mut().flat_map(|operator| &mut operator.inputs) {
            *input = copies.get(input).copied().unwrap_or(*input);
        }
        self
    }

    /// A constant's numbers.
    pub fn weights(&self, tensor: usize) -> Result<Vec<f32>> {
        let Tensor { shape, element, bytes } = &self.tensors[tensor];
        let wide = |bytes: &[u8]| [bytes[0], bytes[1], bytes[2], bytes[3]];
        let values: Vec<f32> = match element {
            Element::Half => {
                let halves = bytes.chunks_exact(2);
                halves.map(|b| half(u16::from_le_bytes([b[0], b[1]]))).collect()
            }
            Element::Float => bytes.chunks_exact(4).map(|b| f32::from_le_bytes(wide(b))).collect(),
            Element::Int => return Err(format!("tensor {tensor} holds integers, not weights")),
        };
        let size = shape.iter().try_fold(1usize, |size, &side| size.checked_mul(side));
        if values.is_empty() || size != Some(values.len()) {
            return Err(format!(
                "tensor {tensor} has {} weights for the shape {shape:?}",
                values.len()
            ));
        }
        if values.iter().any(|value| !value.is_finite()) {
            return Err(format!("a weight of tensor {tensor} is not a number"));
        }
        Ok(values)
    }

    /// A constant list of a few integers.
    pub fn axes(&self, tensor: usize) -> Result<Vec<i32>> {
        let Tensor { element, bytes, .. } = &self.tensors[tensor];
        if *element != Element::Int || bytes.len() > 16 {
            return Err(format!("tensor {tensor} is not a short list of integers"));
        }
        let wide = |b: &[u8]| i32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        Ok(bytes.chunks_exact(4).map(wide).collect())
    }
}

fn tensor<'a>(table: &Table<'a>, buffers: &[Table<'a>]) -> Result<Tensor<'a>> {
    let shape = table.integers(0)?;
    if shape.len() > 4 {
        return Err("a tensor has more than four dimensions".into());
    }
    let shape = shape.into_iter().map(|side| index(side, usize::MAX)).collect::<Result<_>>()?;
    let element = match table.byte(1)? {
        0 => Element::Float,
        1 => Element::Half,
        2 => Element::Int,
        other => return Err(format!("tensors of type {other} are not supported")),
    };
    let buffer =
        buffers.get(table.unsigned(2)?).ok_or("a tensor names a buffer that is missing")?;
    Ok(Tensor { shape, element, bytes: buffer.bytes(0)? })
}

fn operator(table: &Table, codes: &[Table], tensors: usize) -> Result<Operator> {
    let code = codes.get(table.unsigned(0)?).ok_or("an operator names a code that is missing")?;
    let options = table.table(4)?;
    let operation = operation(code, options.as_ref(), table)?;
    let inputs = table.integers(1)?;
    let inputs = inputs.into_iter().map(|i| index(i, tensors)).collect::<Result<Vec<usize>>>()?;
    let wanted = match operation {
        Operation::Convolution(_) | Operation::Depthwise(_) | Operation::Transpose(_) => 3,
        Operation::Mean | Operation::Resize | Operation::Add | Operation::Multiply => 2,
        _ => 1,
    };
    let [output] = table.integers(2)?[..] else {
        return Err(format!("{operation:?} should have one output"));
    };
    if inputs.len() != wanted {
        return Err(format!("{operation:?} has {} inputs instead of {wanted}", inputs.len()));
    }
    Ok(Operator { operation, inputs, output: index(output, tensors)? })
}

/// Numbers of fields and operators are those of `schema.fbs`.
fn operation(code: &Table, options: Option<&Table>, operator: &Table) -> Result<Operation> {
    // Small numbers stand in the first field, for readers from before there were large ones.
    let number = i32::from(code.byte(0)?).max(code.integer(3, 0)?);
    let need = || options.ok_or_else(|| format!("operator {number} lacks its options"));
    let plain = |field: usize, operation: Operation| match need()?.byte(field)? {
        0 => Ok(operation),
        other => Err(format!("{operation:?} with fused activation {other} is not supported")),
    };
    let undilated = |field: usize, operation: Operation| -> Result<Operation> {
        let dilation = (need()?.integer(field, 1)?, need()?.integer(field + 1, 1)?);
        if dilation == (1, 1) { Ok(operation) } else { Err("dilation is not supported".into()) }
    };
    match number {
        0 => plain(0, Operation::Add),
        18 => plain(0, Operation::Multiply),
        1 => {
            let pool = need()?;
            let size = (pool.positive(4)?, pool.positive(3)?);
            plain(5, Operation::Pool(window(pool)?, size))
        }
        3 => plain(3, undilated(4, Operation::Convolution(window(need()?)?))?),
        4 if need()?.integer(3, 0)? != 1 => Err("a depth multiplier is not supported".into()),
        4 => plain(4, undilated(5, Operation::Depthwise(window(need()?)?))?),
        6 => Ok(Operation::Dequantize),
        14 => Ok(Operation::Logistic),
        19 => Ok(Operation::Relu),
        117 => Ok(Operation::HardSwish),
        23 if need()?.byte(2)? == 0 && need()?.byte(3)? == 1 => Ok(Operation::Resize),
        23 => Err("upsampling should have half-pixel centres".into()),
        40 => Ok(Operation::Mean),
        32 if code.bytes(1)? == b"Convolution2DTransposeBias" => transpose(operator),
        other => Err(format!("operator {other} is not supported")),
    }
}

/// Padding and strides, the first three fields of the options of whatever has a window.
fn window(options: &Table) -> Result<Window> {
    let stride = (options.positive(2)?, options.positive(1)?);
    Ok(Window { same: options.byte(0)? == 0, stride })
}

/// MediaPipe's operator has its padding (1 is SAME), width step and height step as raw integers.
fn transpose(operator: &Table) -> Result<Operation> {
    let options = operator.bytes(5)?;
    let number = |i: usize| signed(options, i * 4);
    let step = |i| usize::try_from(number(i)?).map_err(|_| "a negative stride".to_string());
    let window = Window { same: number(0)? == 1, stride: (step(2)?, step(1)?) };
    Ok(Operation::Transpose(window))
}

/// A FlatBuffer table. Field numbers count from 0 in the order of the schema.
#[derive(Clone, Copy)]
struct Table<'a> {
    file: &'a [u8],
    at: usize,
}

impl<'a> Table<'a> {
    /// Where a field lies; `None` stands for its default.
    fn field(&self, number: usize) -> Result<Option<usize>> {
        let back = i64::from(signed(self.file, self.at)?);
        let index = usize::try_from(self.at as i64 - back).map_err(|_| outside())?;
        let entry = 4 + 2 * number;
        if entry + 2 > usize::from(short(self.file, index)?) {
            return Ok(None);
        }
        Ok(match short(self.file, index + entry)? {
            0 => None,
            offset => Some(self.at + usize::from(offset)),
        })
    }

    fn byte(&self, number: usize) -> Result<u8> {
        let Some(at) = self.field(number)? else { return Ok(0) };
        self.file.get(at).copied().ok_or_else(outside)
    }

    fn integer(&self, number: usize, default: i32) -> Result<i32> {
        self.field(number)?.map_or(Ok(default), |at| signed(self.file, at))
    }

    fn unsigned(&self, number: usize) -> Result<usize> {
        index(self.integer(number, 0)?, usize::MAX)
    }

    fn positive(&self, number: usize) -> Result<usize> {
        match self.unsigned(number)? {
            0 => Err("a window has no size".into()),
            some => Ok(some),
        }
    }

    fn table(&self, number: usize) -> Result<Option<Table<'a>>> {
        let Some(at) = self.field(number)? else { return Ok(None) };
        Ok(Some(Table { file: self.file, at: offset(self.file, at)? }))
    }

    /// A vector's elements, `size` bytes each, as one slice; also a string's bytes.
    fn vector(&self, number: usize, size: usize) -> Result<(usize, &'a [u8])> {
        let Some(at) = self.field(number)? else { return Ok((0, &[])) };
        let at = offset(self.file, at)?;
        let start = at + 4;
        let bytes = index(signed(self.file, at)?, usize::MAX)?.checked_mul(size);
        let end = bytes.and_then(|bytes| start.checked_add(bytes)).ok_or_else(outside)?;
        Ok((start, self.file.get(start..end).ok_or_else(outside)?))
    }

    fn bytes(&self, number: usize) -> Result<&'a [u8]> {
        Ok(self.vector(number, 1)?.1)
    }

    fn integers(&self, number: usize) -> Result<Vec<i32>> {
        let (start, bytes) = self.vector(number, 4)?;
        let count = bounded(bytes.len() / 4)?;
        (0..count).map(|i| signed(self.file, start + 4 * i)).collect()
    }

    fn tables(&self, number: usize) -> Result<Vec<Table<'a>>> {
        let (start, bytes) = self.vector(number, 4)?;
        let count = bounded(bytes.len() / 4)?;
        let one = |i| Ok(Table { file: self.file, at: offset(self.file, start + 4 * i)? });
        (0..count).map(one).collect()
    }
}

fn outside() -> Reason {
    "it points outside itself; it may be cut short".into()
}

fn bounded(count: usize) -> Result<usize> {
    if count > LONGEST { Err(format!("a list of {count} is too long")) } else { Ok(count) }
}

fn index(value: i32, end: usize) -> Result<usize> {
    let index = usize::try_from(value).ok().filter(|&index| index < end);
    index.ok_or_else(|| format!("the number {value} is out of range"))
}

fn array<const N: usize>(file: &[u8], at: usize) -> Result<[u8; N]> {
    let bytes = at.checked_add(N).and_then(|end| file.get(at..end)).ok_or_else(outside)?;
    bytes.try_into().map_err(|_| outside())
}

fn signed(file: &[u8], at: usize) -> Result<i32> {
    array(file, at).map(i32::from_le_bytes)
}

fn short(file: &[u8], at: usize) -> Result<u16> {
    array(file, at).map(u16::from_le_bytes)
}

/// Follows an offset, which counts from where it lies.
fn offset(file: &[u8], at: usize) -> Result<usize> {
    let distance = array(file, at).map(u32::from_le_bytes)?;
    let target = at.checked_add(distance as usize).filter(|&target| target < file.len());
    target.ok_or_else(outside)
}

/// IEEE 754 binary16.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let mantissa = f32::from(bits & 0x3ff);
    let size = match (bits >> 10) & 0x1f {
        0 => mantissa * 2f32.powi(-24),
        31 if mantissa == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        exponent => (1.0 + mantissa / 1024.0) * 2f32.powi(i32::from(exponent) - 15),
    };
    sign * size
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn half_floats_widen_exactly() {
        let cases = [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x3555, 0.333_251_95),
        ];
        for (bits, value) in cases {
            assert_eq!(half(bits), value, "{bits:#06x}");
        }
        assert!(half(0x7e00).is_nan());
        assert_eq!(half(0xfc00), f32::NEG_INFINITY);
    }
}
