//! One vector register, for each instruction set.

#![expect(unsafe_code, reason = "vector registers are loaded from and stored to pointers")]

/// Some `f32` in one register.
///
/// # Safety
///
/// Every function needs a processor that has the instructions, and should be inlined into a
/// function that enables them. Pointers must be good for [`Lanes::COUNT`] values.
pub(super) trait Lanes: Copy {
    const COUNT: usize;

    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn div(self, other: Self) -> Self;
    unsafe fn min(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    /// `self · factor + term`, rounded once where that is as fast.
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self;
    /// To the nearest integer.
    unsafe fn round(self) -> Self;
    /// `2^self` for integers from -126 to 127.
    unsafe fn power_of_two(self) -> Self;
}

/// Four lanes that a compiler can map to whatever the processor's baseline has.
#[derive(Clone, Copy)]
pub(super) struct Portable([f32; 4]);

impl Portable {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let ([a, b, c, d], [e, g, h, i]) = (self.0, other.0);
        Portable([f(a, e), f(b, g), f(c, h), f(d, i)])
    }
}

impl Lanes for Portable {
    const COUNT: usize = 4;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Portable([value; 4])
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: good for four values by contract.
        Portable(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: good for four values by contract.
        unsafe { to.cast::<[f32; 4]>().write_unaligned(self.0) }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }

    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        self.zip(other, |a, b| a / b)
    }

    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        self.zip(other, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        if cfg!(target_arch = "aarch64") {
            let product = |i: usize| self.0[i].mul_add(factor.0[i], term.0[i]);
            return Portable([product(0), product(1), product(2), product(3)]);
        }
        self.zip(factor, |a, b| a * b).zip(term, |a, b| a + b)
    }

    #[inline(always)]
    unsafe fn round(self) -> Self {
        // Adding 1.5 · 2^23 leaves no bits for a fraction.
        const SHIFT: f32 = 12_582_912.0;
        Portable(self.0.map(|value| (value + SHIFT) - SHIFT))
    }

    #[inline(always)]
    unsafe fn power_of_two(self) -> Self {
        Portable(self.0.map(|value| f32::from_bits(((value as i32 + 127) as u32) << 23)))
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Lanes;
    use std::arch::x86_64::*;

    /// Eight lanes.
    #[derive(Clone, Copy)]
    pub struct Avx2(__m256);

    /// Sixteen lanes.
    #[derive(Clone, Copy)]
    pub struct Avx512(__m512);

    macro_rules! lanes {
        ($name:ident, $count:literal, $set:ident $load:ident $store:ident $add:ident $mul:ident
            $div:ident $min:ident $max:ident $fma:ident, $round:expr, $power:expr) => {
            // SAFETY, throughout: the instructions and the pointers are there by contract.
            impl Lanes for $name {
                const COUNT: usize = $count;

                #[inline(always)]
                unsafe fn splat(value: f32) -> Self {
                    Self(unsafe { $set(value) })
                }

                #[inline(always)]
                unsafe fn load(from: *const f32) -> Self {
                    Self(unsafe { $load(from) })
                }

                #[inline(always)]
                unsafe fn store(self, to: *mut f32) {
                    unsafe { $store(to, self.0) }
                }

                #[inline(always)]
                unsafe fn add(self, other: Self) -> Self {
                    Self(unsafe { $add(self.0, other.0) })
                }

                #[inline(always)]
                unsafe fn mul(self, other: Self) -> Self {
                    Self(unsafe { $mul(self.0, other.0) })
                }

                #[inline(always)]
                unsafe fn div(self, other: Self) -> Self {
                    Self(unsafe { $div(self.0, other.0) })
                }

                #[inline(always)]
                unsafe fn min(self, other: Self) -> Self {
                    Self(unsafe { $min(self.0, other.0) })
                }

                #[inline(always)]
                unsafe fn max(self, other: Self) -> Self {
                    Self(unsafe { $max(self.0, other.0) })
                }

                #[inline(always)]
                unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
                    Self(unsafe { $fma(self.0, factor.0, term.0) })
                }

                #[inline(always)]
                unsafe fn round(self) -> Self {
                    Self(unsafe { $round(self.0) })
                }

                #[inline(always)]
                unsafe fn power_of_two(self) -> Self {
                    Self(unsafe { $power(self.0) })
                }
            }
        };
    }

    const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;

    lanes!(
        Avx2, 8, _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_add_ps _mm256_mul_ps
        _mm256_div_ps _mm256_min_ps _mm256_max_ps _mm256_fmadd_ps,
        _mm256_round_ps::<NEAREST>,
        |value| {
            let exponent = _mm256_add_epi32(_mm256_cvtps_epi32(value), _mm256_set1_epi32(127));
            _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent))
        }
    );

    lanes!(
        Avx512, 16, _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_add_ps _mm512_mul_ps
        _mm512_div_ps _mm512_min_ps _mm512_max_ps _mm512_fmadd_ps,
        _mm512_roundscale_ps::<NEAREST>,
        |value| {
            let exponent = _mm512_add_epi32(_mm512_cvtps_epi32(value), _mm512_set1_epi32(127));
            _mm512_castsi512_ps(_mm512_slli_epi32::<23>(exponent))
        }
    );
}
