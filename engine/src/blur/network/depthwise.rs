//! Depthwise convolutions: tiles of pixels, one vector of channels deep.

#![expect(unsafe_code, reason = "vector instructions and pointers: see `Lanes`")]

use super::activation::{HardSwish, Identity, Nonlinear, Relu, Sigmoid};
use super::lanes::Lanes;
use crate::blur::plan::Activation;

/// A depthwise convolution's row.
pub(super) struct DepthwiseRow<'a> {
    /// As many rows as the kernel has, padded at both ends.
    pub rows: &'a [&'a [f32]],
    /// 1 or 2.
    pub stride: usize,
    /// `[row][column][channel]`.
    pub weights: &'a [f32],
    /// One for each channel.
    pub bias: &'a [f32],
    /// After the bias.
    pub activation: Activation,
    /// Whether the pixel in the window's middle is added last.
    pub residual: bool,
}

/// One row of `output`.
///
/// # Safety
///
/// That of [`Lanes`].
#[inline(always)]
pub(super) unsafe fn depthwise<V: Lanes>(row: &DepthwiseRow, output: &mut [f32]) {
    let (kernel, channels) = (row.rows.len(), row.bias.len());
    let pixels = output.len() / channels;
    let span = (pixels.saturating_sub(1) * row.stride + kernel) * channels;
    assert!(channels.is_multiple_of(V::COUNT) && output.len() == pixels * channels);
    assert!(row.rows.iter().all(|tap| tap.len() >= span));
    assert!(row.weights.len() == kernel * kernel * channels);
    // SAFETY: the sizes are checked.
    unsafe {
        match (kernel, row.stride) {
            (3, 1) => depthwise_row::<V, 3, 1>(row, output, pixels),
            (3, 2) => depthwise_row::<V, 3, 2>(row, output, pixels),
            (5, 1) => depthwise_row::<V, 5, 1>(row, output, pixels),
            (5, 2) => depthwise_row::<V, 5, 2>(row, output, pixels),
            _ => unreachable!("plans have no such kernel"),
        }
    }
}

#[inline(always)]
unsafe fn depthwise_row<V: Lanes, const KERNEL: usize, const STRIDE: usize>(
    row: &DepthwiseRow,
    output: &mut [f32],
    pixels: usize,
) {
    // SAFETY: as the caller's.
    unsafe {
        match row.activation {
            Activation::None => depthwise_tiles::<Identity, V, KERNEL, STRIDE>(row, output, pixels),
            Activation::Relu => depthwise_tiles::<Relu, V, KERNEL, STRIDE>(row, output, pixels),
            Activation::HardSwish => {
                depthwise_tiles::<HardSwish, V, KERNEL, STRIDE>(row, output, pixels);
            }
            Activation::Sigmoid => {
                depthwise_tiles::<Sigmoid, V, KERNEL, STRIDE>(row, output, pixels);
            }
        }
    }
}

#[inline(always)]
unsafe fn depthwise_tiles<A: Nonlinear, V: Lanes, const KERNEL: usize, const STRIDE: usize>(
    row: &DepthwiseRow,
    output: &mut [f32],
    pixels: usize,
) {
    let output = output.as_mut_ptr();
    for channel in (0..row.bias.len()).step_by(V::COUNT) {
        let mut pixel = 0;
        // SAFETY: pixels below `pixels`. The number of channels of the widest pictures is known
        // while compiling, for the addresses' sake.
        unsafe {
            if row.bias.len() == 16 {
                while pixel + 8 <= pixels {
                    depthwise_tile::<A, V, KERNEL, STRIDE, 8, 16>(row, output, channel, pixel);
                    pixel += 8;
                }
            }
            while pixel + 4 <= pixels {
                depthwise_tile::<A, V, KERNEL, STRIDE, 4, 0>(row, output, channel, pixel);
                pixel += 4;
            }
            while pixel < pixels {
                depthwise_tile::<A, V, KERNEL, STRIDE, 1, 0>(row, output, channel, pixel);
                pixel += 1;
            }
        }
    }
}

#[inline(always)]
unsafe fn depthwise_tile<
    A: Nonlinear,
    V: Lanes,
    const KERNEL: usize,
    const STRIDE: usize,
    const PIXELS: usize,
    const CHANNELS: usize,
>(
    row: &DepthwiseRow,
    output: *mut f32,
    channel: usize,
    pixel: usize,
) {
    let channels = if CHANNELS == 0 { row.bias.len() } else { CHANNELS };
    // SAFETY: `depthwise` has checked the sizes, and pixel and channel are within them.
    unsafe {
        let mut sums = [V::load(row.bias.as_ptr().add(channel)); PIXELS];
        let mut weights = row.weights.as_ptr().add(channel);
        for y in 0..KERNEL {
            let from = row.rows.get_unchecked(y).as_ptr();
            let from = from.add(pixel * STRIDE * channels + channel);
            for x in 0..KERNEL {
                let factor = V::load(weights);
                weights = weights.add(channels);
                for (index, sum) in sums.iter_mut().enumerate() {
                    let value = V::load(from.add((index * STRIDE + x) * channels));
                    *sum = value.mul_add(factor, *sum);
                }
            }
        }
        let middle = row.rows.get_unchecked(KERNEL / 2).as_ptr();
        let middle = middle.add((pixel * STRIDE + KERNEL / 2) * channels + channel);
        let output = output.add(pixel * channels + channel);
        for (index, &sum) in sums.iter().enumerate() {
            let mut value = A::of(sum);
            if row.residual {
                value = value.add(V::load(middle.add(index * STRIDE * channels)));
            }
            value.store(output.add(index * channels));
        }
    }
}
