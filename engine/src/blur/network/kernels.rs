//! What the passes spend their time in, once for every instruction set.
//!
//! Each kernel works on whole vectors: rows hold pixels of a whole number of vectors, and so do
//! weights and biases, with zeros behind the last channel. Each checks the sizes of its slices
//! before it goes on with pointers.

#![expect(unsafe_code, reason = "vector instructions need a check at run time, and pointers")]

use super::Level;
use super::activation::activate;
use super::dense::{DenseRow, dense};
use super::depthwise::{DepthwiseRow, depthwise};
use super::lanes::{Lanes, Portable};
use crate::blur::plan::Activation;

/// `input ⊙ scale + up(¾ near + ¼ far)`.
pub(super) struct MixRow<'a> {
    /// The row.
    pub input: &'a [f32],
    /// One factor for each channel.
    pub scale: Option<&'a [f32]>,
    /// The two rows of half the length that are nearest.
    pub low: Option<(&'a [f32], &'a [f32])>,
    /// Values in a pixel.
    pub channels: usize,
}

/// The kernels of one instruction set.
pub(super) struct Kernels {
    lanes: usize,
    dense: unsafe fn(&DenseRow, &mut [f32]),
    depthwise: unsafe fn(&DepthwiseRow, &mut [f32]),
    mix: unsafe fn(&MixRow, &mut [f32]),
    sum: unsafe fn(&[f32], &mut [f32]),
    activate: unsafe fn(&mut [f32], Activation),
}

impl Kernels {
    /// The kernels for a level, or those of the portable one where the processor lacks it.
    pub fn of(level: Level) -> &'static Kernels {
        match level {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 if level.is_available() => &AVX512,
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 if level.is_available() => &AVX2,
            _ => &PORTABLE,
        }
    }

    /// Values in a vector.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// One row of `output`.
    pub fn dense(&self, row: &DenseRow, output: &mut [f32]) {
        // SAFETY: `of` has seen that the processor has the instructions; so below.
        unsafe { (self.dense)(row, output) }
    }

    /// One row of `output`.
    pub fn depthwise(&self, row: &DepthwiseRow, output: &mut [f32]) {
        // SAFETY: as above.
        unsafe { (self.depthwise)(row, output) }
    }

    /// One row of `output`.
    pub fn mix(&self, row: &MixRow, output: &mut [f32]) {
        // SAFETY: as above.
        unsafe { (self.mix)(row, output) }
    }

    /// Adds each pixel of `values` to `sums`, which is as long as one pixel.
    pub fn sum(&self, values: &[f32], sums: &mut [f32]) {
        // SAFETY: as above.
        unsafe { (self.sum)(values, sums) }
    }

    /// In place.
    pub fn activate(&self, values: &mut [f32], activation: Activation) {
        // SAFETY: as above.
        unsafe { (self.activate)(values, activation) }
    }
}

/// `$tile` is how many pixels a tile of one, two and three vectors of outputs has: as many as there
/// are registers for.
macro_rules! kernels {
    ($table:ident, $lanes:ty, $tile:tt, $(#[$features:meta])?) => {
        static $table: Kernels = {
            // SAFETY, throughout: these are called where the instructions are.
            $(#[$features])?
            unsafe fn dense_row(row: &DenseRow, output: &mut [f32]) {
                kernels!(@dense $lanes, row, output, $tile)
            }
            $(#[$features])?
            unsafe fn depthwise_row(row: &DepthwiseRow, output: &mut [f32]) {
                unsafe { depthwise::<$lanes>(row, output) }
            }
            $(#[$features])?
            unsafe fn mix_row(row: &MixRow, output: &mut [f32]) {
                unsafe { mix::<$lanes>(row, output) }
            }
            $(#[$features])?
            unsafe fn sum_rows(values: &[f32], sums: &mut [f32]) {
                unsafe { sum::<$lanes>(values, sums) }
            }
            $(#[$features])?
            unsafe fn activate_row(values: &mut [f32], activation: Activation) {
                unsafe { activate::<$lanes>(values, activation) }
            }
            Kernels {
                lanes: <$lanes>::COUNT,
                dense: dense_row,
                depthwise: depthwise_row,
                mix: mix_row,
                sum: sum_rows,
                activate: activate_row,
            }
        };
    };
    (@dense $lanes:ty, $row:ident, $output:ident, [$one:literal, $two:literal, $three:literal]) => {
        unsafe { dense::<$lanes, $one, $two, $three>($row, $output) }
    };
}

kernels!(PORTABLE, Portable, [8, 4, 3],);
#[cfg(target_arch = "x86_64")]
kernels!(AVX2, super::lanes::Avx2, [8, 4, 4], #[target_feature(enable = "avx2,fma")]);
#[cfg(target_arch = "x86_64")]
kernels!(AVX512, super::lanes::Avx512, [16, 8, 8], #[target_feature(enable = "avx512f")]);

#[inline(always)]
unsafe fn mix<V: Lanes>(row: &MixRow, output: &mut [f32]) {
    let channels = row.channels;
    let pixels = output.len() / channels;
    assert!(channels.is_multiple_of(V::COUNT) && output.len() == pixels * channels);
    assert!(row.input.len() == output.len());
    assert!(row.scale.is_none_or(|scale| scale.len() == channels));
    let (input, output) = (row.input.as_ptr(), output.as_mut_ptr());
    // SAFETY: the sizes are checked, those of the low rows below.
    unsafe {
        for channel in (0..channels).step_by(V::COUNT) {
            let scale =
                row.scale.map_or(V::splat(1.0), |scale| V::load(scale.as_ptr().add(channel)));
            let Some((near, far)) = row.low else {
                for pixel in 0..pixels {
                    let at = pixel * channels + channel;
                    V::load(input.add(at)).mul(scale).store(output.add(at));
                }
                continue;
            };
            let half = pixels / 2;
            assert!(pixels == 2 * half && near.len() == half * channels && far.len() == near.len());
            let (more, less) = (V::splat(0.75), V::splat(0.25));
            let vertical = |pixel: usize| {
                let at = pixel * channels + channel;
                let far = V::load(far.as_ptr().add(at)).mul(less);
                V::load(near.as_ptr().add(at)).mul_add(more, far)
            };
            let mut before = vertical(0);
            let mut here = before;
            for pixel in 0..half {
                let after = vertical((pixel + 1).min(half - 1));
                for (index, beside) in [before, after].into_iter().enumerate() {
                    let at = (2 * pixel + index) * channels + channel;
                    let up = here.mul_add(more, beside.mul(less));
                    V::load(input.add(at)).mul_add(scale, up).store(output.add(at));
                }
                (before, here) = (here, after);
            }
        }
    }
}

#[inline(always)]
unsafe fn sum<V: Lanes>(values: &[f32], sums: &mut [f32]) {
    let channels = sums.len();
    let pixels = values.len() / channels;
    assert!(channels.is_multiple_of(V::COUNT) && values.len() == pixels * channels);
    // SAFETY: the sizes are checked.
    unsafe {
        for channel in (0..channels).step_by(V::COUNT) {
            let from = values.as_ptr().add(channel);
            // Four sums at a time hide the latency of an addition.
            let mut partial = [V::splat(0.0); 4];
            let mut pixel = 0;
            while pixel + 4 <= pixels {
                for (index, partial) in partial.iter_mut().enumerate() {
                    *partial = partial.add(V::load(from.add((pixel + index) * channels)));
                }
                pixel += 4;
            }
            while pixel < pixels {
                partial[0] = partial[0].add(V::load(from.add(pixel * channels)));
                pixel += 1;
            }
            let [a, b, c, d] = partial;
            let to = sums.as_mut_ptr().add(channel);
            V::load(to).add(a.add(b).add(c.add(d))).store(to);
        }
    }
}
