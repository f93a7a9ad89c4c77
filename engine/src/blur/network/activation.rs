//! Activations of vectors.

#![expect(unsafe_code, reason = "vector instructions and pointers: see `Lanes`")]

use super::lanes::Lanes;
use crate::blur::plan::Activation;

/// An activation as a type: closures are not always inlined, and cost everything if they are not.
pub(super) trait Nonlinear {
    /// # Safety
    ///
    /// That of [`Lanes`].
    unsafe fn of<V: Lanes>(value: V) -> V;
}

pub(super) struct Identity;
pub(super) struct Relu;
pub(super) struct HardSwish;
pub(super) struct Sigmoid;

// SAFETY, for all: the caller's contract is that of `Lanes`.
impl Nonlinear for Identity {
    #[inline(always)]
    unsafe fn of<V: Lanes>(value: V) -> V {
        value
    }
}

impl Nonlinear for Relu {
    #[inline(always)]
    unsafe fn of<V: Lanes>(value: V) -> V {
        unsafe { value.max(V::splat(0.0)) }
    }
}

impl Nonlinear for HardSwish {
    #[inline(always)]
    unsafe fn of<V: Lanes>(value: V) -> V {
        unsafe {
            let share = value.mul_add(V::splat(1.0 / 6.0), V::splat(0.5));
            value.mul(share.max(V::splat(0.0)).min(V::splat(1.0)))
        }
    }
}

impl Nonlinear for Sigmoid {
    #[inline(always)]
    unsafe fn of<V: Lanes>(value: V) -> V {
        unsafe {
            let one = V::splat(1.0);
            one.div(one.add(exp(value.mul(V::splat(-1.0)))))
        }
    }
}

/// Cephes' `expf`: to within two units in the last place.
#[inline(always)]
unsafe fn exp<V: Lanes>(value: V) -> V {
    // SAFETY: the caller's contract.
    unsafe {
        let value = value.max(V::splat(-87.0)).min(V::splat(88.0));
        let whole = value.mul(V::splat(std::f32::consts::LOG2_E)).round();
        // ln 2 in two parts, the first exact in few bits.
        let rest = whole.mul_add(V::splat(-0.693_359_4), value);
        let rest = whole.mul_add(V::splat(2.121_944_4e-4), rest);
        let mut series = V::splat(1.987_569_1e-4);
        for term in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
            series = series.mul_add(rest, V::splat(term));
        }
        let fraction = series.mul_add(rest.mul(rest), rest.add(V::splat(1.0)));
        fraction.mul(whole.power_of_two())
    }
}

/// In place.
///
/// # Safety
///
/// That of [`Lanes`].
#[inline(always)]
pub(super) unsafe fn activate<V: Lanes>(values: &mut [f32], activation: Activation) {
    // SAFETY: the caller's contract.
    unsafe {
        match activation {
            Activation::None => {}
            Activation::Relu => each::<Relu, V>(values),
            Activation::HardSwish => each::<HardSwish, V>(values),
            Activation::Sigmoid => each::<Sigmoid, V>(values),
        }
    }
}

#[inline(always)]
unsafe fn each<A: Nonlinear, V: Lanes>(values: &mut [f32]) {
    let mut whole = values.chunks_exact_mut(V::COUNT);
    // SAFETY: chunks are as long as a vector; the rest is lengthened to one.
    unsafe {
        for chunk in &mut whole {
            A::of(V::load(chunk.as_ptr())).store(chunk.as_mut_ptr());
        }
        let rest = whole.into_remainder();
        let mut vector = [0.0; 16];
        vector[..rest.len()].copy_from_slice(rest);
        A::of(V::load(vector.as_ptr())).store(vector.as_mut_ptr());
        rest.copy_from_slice(&vector[..rest.len()]);
    }
}
