//! The pipelines of all passes over pictures, made once.

use super::program::{Constants, Kernel, Workshop};
use super::shaders;
use crate::blur::boxes::RADIUS;
use crate::blur::refine::{apply, blobs, domain, guided, steady};
use crate::blur::{composite, guide, lens};

const _: () = {
    assert!(RADIUS == 3, "shaders/blur/window.wgsl");
    assert!(blobs::CELL == 4, "shaders/blur/steady.wgsl, groups.wgsl, domain.wgsl");
    assert!(guide::REACH <= 2, "shaders/blur/change.wgsl");
};

/// By what they do; see [`shaders`].
#[derive(Debug)]
pub(super) struct Kernels {
    pub(super) guide: Kernel,
    pub(super) change: Kernel,
    pub(super) watch: Kernel,
    pub(super) shrink: Kernel,
    pub(super) steady: Kernel,
    pub(super) groups: Kernel,
    /// Across and down, round after round.
    pub(super) sweeps: Vec<Kernel>,
    pub(super) guided: Kernel,
    pub(super) smooth: Kernel,
    pub(super) apply: Kernel,
    pub(super) small: Kernel,
    pub(super) expose: Kernel,
    pub(super) fill: Kernel,
    pub(super) push: Kernel,
    pub(super) sums: Kernel,
    pub(super) gather: Kernel,
    pub(super) estimate: Kernel,
    /// Luma, then chroma.
    pub(super) before_room: [Kernel; 2],
    pub(super) before_picture: [Kernel; 2],
}

impl Kernels {
    pub(super) fn build(workshop: &mut Workshop, half: bool) -> Kernels {
        let still = ("still", f64::from(steady::STILL));
        let moving = ("moving", f64::from(steady::MOVING));
        let highlight = ("highlight", f64::from(lens::HIGHLIGHT));
        let sweeps = sweeps(workshop);
        let mut composite = |chroma: f64, picture: f64| {
            workshop.kernel(shaders::COMPOSITE, &[("chroma", chroma), ("picture", picture)])
        };
        let before_room = [composite(0.0, 0.0), composite(1.0, 0.0)];
        let before_picture = [composite(0.0, 1.0), composite(1.0, 1.0)];
        let mut kernel = |shader, constants: Constants<'_>| workshop.kernel(shader, constants);
        Kernels {
            guide: kernel(shaders::GUIDE, &[]),
            change: kernel(shaders::CHANGE, &[("reach", guide::REACH as f64)]),
            watch: kernel(shaders::WATCH, &[]),
            shrink: kernel(shaders::SHRINK.of(half), &[]),
            steady: kernel(
                shaders::STEADY,
                &[
                    still,
                    moving,
                    ("rate", f64::from(steady::RATE)),
                    ("dead_band", f64::from(steady::DEAD_BAND)),
                    ("occupied", f64::from(blobs::OCCUPIED)),
                ],
            ),
            groups: kernel(
                shaders::GROUPS,
                &[
                    ("second", f64::from(blobs::SECOND)),
                    ("smallest", f64::from(blobs::SMALLEST)),
                    ("fade", f64::from(blobs::FADE)),
                ],
            ),
            sweeps,
            guided: kernel(shaders::GUIDED, &[("noise", f64::from(guided::NOISE))]),
            smooth: kernel(shaders::SMOOTH, &[still, moving, ("rate", f64::from(apply::RATE))]),
            apply: kernel(
                shaders::APPLY,
                &[("room", f64::from(apply::ROOM)), ("person", f64::from(apply::PERSON))],
            ),
            small: kernel(shaders::SMALL, &[]),
            expose: kernel(shaders::EXPOSE, &[highlight]),
            fill: kernel(shaders::FILL, &[]),
            push: kernel(shaders::PUSH, &[("filled", f64::from(lens::FILLED))]),
            sums: kernel(shaders::SUMS, &[]),
            gather: kernel(shaders::GATHER, &[highlight]),
            estimate: kernel(
                shaders::ESTIMATE,
                &[("wrap", f64::from(composite::WRAP)), ("nothing", f64::from(composite::NOTHING))],
            ),
            before_room,
            before_picture,
        }
    }
}

/// The directions of the recursive filter; what passes is squared from round to round.
fn sweeps(workshop: &mut Workshop) -> Vec<Kernel> {
    let count = 2 * domain::ROUNDS;
    let decay = -std::f64::consts::SQRT_2 / f64::from(domain::FIRST_REACH);
    let flag = |set: bool| f64::from(u8::from(set));
    (0..count)
        .map(|sweep| {
            let constants = [
                ("vertical", flag(sweep % 2 == 1)),
                ("starts", flag(sweep == 0)),
                ("ends", flag(sweep + 1 == count)),
                ("decay", decay * f64::from(1 << (sweep / 2))),
                ("contrast", f64::from(domain::REACH / domain::CONTRAST)),
                ("unsure", f64::from(domain::UNSURE)),
                ("least", f64::from(domain::LEAST)),
            ];
            workshop.kernel(shaders::DOMAIN, &constants)
        })
        .collect()
}
