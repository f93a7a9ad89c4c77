//! From the network's answer to the full-size matte.
//!
//! At the network's size: [`steady`] follows the answer over time, [`blobs`] drops what does not
//! belong to a person, [`domain`] lets sure places decide unsure ones of the same surface. Then
//! [`guided`] finds, around each place of the guide, how the matte follows from the colours, and
//! [`apply`] does so for every sample of the picture.

pub(super) mod apply;
pub(super) mod blobs;
pub(super) mod domain;
pub(super) mod guided;
pub(super) mod steady;
mod tiles;

use super::field::Field;
use super::framing::Framing;
use super::guide::{self, Guide};
use crate::frame::{ColorSpace, Planes};
use apply::Apply;
use blobs::Blobs;
use domain::Domain;
use guided::Guided;
use steady::Steady;

/// Follows one stream at one size.
#[derive(Debug)]
pub(super) struct Refine {
    steady: Steady,
    blobs: Blobs,
    domain: Domain,
    guided: Guided,
    apply: Apply,
    sums: Vec<u32>,
    /// The matte at the guide's size, 0…1.
    pub(super) small: Field,
    size: (usize, usize),
}

impl Refine {
    pub(super) fn new(size: (usize, usize), framing: Framing, guide: &Guide) -> Refine {
        Refine {
            steady: Steady::new(size, framing, guide),
            blobs: Blobs::new(framing.model.size()),
            domain: Domain::new(framing.model.size()),
            guided: Guided::new(size, framing, guide),
            apply: Apply::new(size, guide),
            sums: vec![],
            small: Field::new(guide.width, guide.height),
            size,
        }
    }

    /// Once a picture, before [`Refine::answer`].
    pub(super) fn watch(&mut self, guide: &Guide) {
        self.steady.watch(guide);
    }

    /// Takes what the network says about the picture whose small planes these are. Something
    /// that is no number counts as no person anywhere.
    pub(super) fn answer(&mut self, answer: &[f32], small: &[Field; 3]) {
        self.steady.follow(answer);
        self.blobs.remove(&self.steady.answer, &mut self.domain.answer);
        self.domain.run(small);
    }

    /// Makes the matte of the picture behind `guide`.
    pub(super) fn run(&mut self, planes: &Planes, color: ColorSpace, guide: &Guide) {
        self.guided.run(&self.domain.answer, guide);
        self.apply.run(planes, color, self.size, guide, &self.guided.line);
        let matte = &self.apply.luma;
        guide::shrink(
            matte,
            self.size,
            guide.factor,
            0.0,
            1.0 / 255.0,
            &mut self.sums,
            &mut self.small,
        );
    }

    /// The mean of each plane of the guide around each place.
    pub(super) fn means(&self) -> &[Field; 3] {
        &self.guided.means
    }

    /// The matte, at the luma's size.
    pub(super) fn luma(&self) -> &[u8] {
        &self.apply.luma
    }

    /// At the chroma's size.
    pub(super) fn chroma(&self) -> &[u8] {
        &self.apply.chroma
    }
}

/// `3t² − 2t³` between two values.
#[inline(always)]
fn smooth_step(from: f32, to: f32, value: f32) -> f32 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
