//! Dense layers: tiles of pixels × outputs whose sums stay in registers.

#![expect(unsafe_code, reason = "vector instructions and pointers: see `Lanes`")]

use super::activation::{HardSwish, Identity, Nonlinear, Relu, Sigmoid};
use super::lanes::Lanes;
use crate::blur::plan::Activation;

/// A dense layer at each pixel of a row.
pub(super) struct DenseRow<'a> {
    /// What is read of the input for a pixel: `depth` values from each of these, side by side in
    /// the weights.
    pub taps: &'a [&'a [f32]],
    /// Values from one pixel to the next.
    pub step: usize,
    /// See `taps`.
    pub depth: usize,
    /// `[tap · depth][output]`.
    pub weights: &'a [f32],
    /// One for each output.
    pub bias: &'a [f32],
    /// After the bias.
    pub activation: Activation,
    /// One factor for each output, after the activation.
    pub gate: Option<&'a [f32]>,
    /// As long as the output; added last.
    pub residual: Option<&'a [f32]>,
}

/// One row of `output`.
///
/// # Safety
///
/// That of [`Lanes`].
#[inline(always)]
pub(super) unsafe fn dense<V: Lanes, const ONE: usize, const TWO: usize, const THREE: usize>(
    row: &DenseRow,
    output: &mut [f32],
) {
    let outputs = row.bias.len();
    let pixels = output.len() / outputs;
    let span = pixels.saturating_sub(1) * row.step + row.depth;
    assert!(outputs.is_multiple_of(V::COUNT) && output.len() == pixels * outputs);
    assert!(row.taps.iter().all(|tap| tap.len() >= span));
    assert!(row.weights.len() == row.taps.len() * row.depth * outputs);
    assert!(row.gate.is_none_or(|gate| gate.len() == outputs));
    assert!(row.residual.is_none_or(|residual| residual.len() == output.len()));
    let mut first = 0;
    while first < outputs {
        // SAFETY: a block of vectors within `outputs`; the sizes are checked above.
        let vectors = (outputs - first) / V::COUNT;
        unsafe {
            match vectors {
                1 => dense_block::<V, ONE, 1>(row, output, first, pixels),
                2 | 4 => dense_block::<V, TWO, 2>(row, output, first, pixels),
                _ => dense_block::<V, THREE, 3>(row, output, first, pixels),
            }
        }
        first += V::COUNT * if vectors == 4 { 2 } else { vectors.min(3) };
    }
    if row.activation == Activation::Sigmoid || row.gate.is_some() || row.residual.is_some() {
        // SAFETY: the sizes are checked above.
        unsafe { finish_row::<V>(row, output) };
    }
}

#[inline(always)]
unsafe fn dense_block<V: Lanes, const PIXELS: usize, const VECTORS: usize>(
    row: &DenseRow,
    output: &mut [f32],
    first: usize,
    pixels: usize,
) {
    // SAFETY: as the caller's. A tile one vector wide reads a pixel for each product, so that
    // addresses count: those of the widest pictures are known while compiling.
    unsafe {
        match row.step {
            16 if VECTORS == 1 => dense_tiles::<V, PIXELS, VECTORS, 16>(row, output, first, pixels),
            6 if VECTORS == 1 => dense_tiles::<V, PIXELS, VECTORS, 6>(row, output, first, pixels),
            _ => dense_tiles::<V, PIXELS, VECTORS, 0>(row, output, first, pixels),
        }
    }
}

#[inline(always)]
unsafe fn dense_tiles<V: Lanes, const PIXELS: usize, const VECTORS: usize, const STEP: usize>(
    row: &DenseRow,
    output: &mut [f32],
    first: usize,
    pixels: usize,
) {
    let output = output.as_mut_ptr();
    let mut pixel = 0;
    // SAFETY: pixels below `pixels`.
    unsafe {
        while pixel + PIXELS <= pixels {
            dense_tile::<V, PIXELS, VECTORS, STEP>(row, output, first, pixel);
            pixel += PIXELS;
        }
        while pixel < pixels {
            dense_tile::<V, 1, VECTORS, STEP>(row, output, first, pixel);
            pixel += 1;
        }
    }
}

#[inline(always)]
unsafe fn dense_tile<V: Lanes, const PIXELS: usize, const VECTORS: usize, const STEP: usize>(
    row: &DenseRow,
    output: *mut f32,
    first: usize,
    pixel: usize,
) {
    let outputs = row.bias.len();
    let step = if STEP == 0 { row.step } else { STEP };
    // SAFETY: `dense` has checked the sizes, and pixel and block are within them.
    unsafe {
        let bias = row.bias.as_ptr().add(first);
        let mut sums = [[V::splat(0.0); VECTORS]; PIXELS];
        for vector in 0..VECTORS {
            let bias = V::load(bias.add(vector * V::COUNT));
            for sums in &mut sums {
                sums[vector] = bias;
            }
        }
        let mut weights = row.weights.as_ptr().add(first);
        for tap in row.taps {
            let from = tap.as_ptr().add(pixel * step);
            for depth in 0..row.depth {
                let mut factors = [V::splat(0.0); VECTORS];
                for (vector, factor) in factors.iter_mut().enumerate() {
                    *factor = V::load(weights.add(vector * V::COUNT));
                }
                for (index, sums) in sums.iter_mut().enumerate() {
                    let value = V::splat(*from.add(index * step + depth));
                    for (sum, &factor) in sums.iter_mut().zip(&factors) {
                        *sum = value.mul_add(factor, *sum);
                    }
                }
                weights = weights.add(outputs);
            }
        }
        let output = output.add(pixel * outputs + first);
        match row.activation {
            // Sigmoid comes with what else is rare.
            Activation::None | Activation::Sigmoid => {
                store_tile::<Identity, V, PIXELS, VECTORS>(&sums, output, outputs);
            }
            Activation::Relu => store_tile::<Relu, V, PIXELS, VECTORS>(&sums, output, outputs),
            Activation::HardSwish => {
                store_tile::<HardSwish, V, PIXELS, VECTORS>(&sums, output, outputs);
            }
        }
    }
}

/// Short, so that it is unrolled: else the sums do not stay in registers.
#[inline(always)]
unsafe fn store_tile<A: Nonlinear, V: Lanes, const PIXELS: usize, const VECTORS: usize>(
    sums: &[[V; VECTORS]; PIXELS],
    output: *mut f32,
    outputs: usize,
) {
    for (index, sums) in sums.iter().enumerate() {
        for (vector, &sum) in sums.iter().enumerate() {
            // SAFETY: the caller's tile is within the output.
            unsafe { A::of(sum).store(output.add(index * outputs + vector * V::COUNT)) };
        }
    }
}

/// What few layers have, once a row is there.
#[inline(always)]
unsafe fn finish_row<V: Lanes>(row: &DenseRow, output: &mut [f32]) {
    let outputs = row.bias.len();
    for at in (0..output.len()).step_by(V::COUNT) {
        // SAFETY: whole vectors; `dense` has checked the sizes.
        unsafe {
            let to = output.as_mut_ptr().add(at);
            let mut value = V::load(to);
            if row.activation == Activation::Sigmoid {
                value = Sigmoid::of(value);
            }
            if let Some(gate) = row.gate {
                value = value.mul(V::load(gate.as_ptr().add(at % outputs)));
            }
            if let Some(residual) = row.residual {
                value = value.add(V::load(residual.as_ptr().add(at)));
            }
            value.store(to);
        }
    }
}
