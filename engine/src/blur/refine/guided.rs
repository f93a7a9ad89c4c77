//! How the matte follows from the colours, around each place.
//!
//! He and Sun, "Guided Image Filtering", PAMI 2013, equations 14–15 (three channels), with the
//! fast variant's small guide (arXiv 1505.00996): `matte = line · (luma, u, v, 1)`.

use super::steady::Near;
use crate::blur::boxes::Boxes;
use crate::blur::field::Field;
use crate::blur::framing::Framing;
use crate::blur::guide::Guide;
use crate::blur::vectorize::vectorize;

/// Variance of a colour, of full scale, that is no more than noise.
pub(in crate::blur) const NOISE: f32 = 5e-4;

/// Means that the solution needs: three colours, the answer, its product with each colour, and the
/// six products of colours.
const MEANS: usize = 13;

#[derive(Debug)]
pub(in crate::blur) struct Guided {
    across: Vec<Near>,
    down: Vec<Near>,
    boxes: Boxes,
    smooth: Boxes,
    raw: [Field; 4],
    /// Three slopes and the offset, at the guide's size.
    pub(in crate::blur) line: [Field; 4],
    /// The mean of each plane of the guide.
    pub(in crate::blur) means: [Field; 3],
}

impl Guided {
    pub(in crate::blur) fn new(size: (usize, usize), framing: Framing, guide: &Guide) -> Guided {
        let (width, height) = (guide.width, guide.height);
        // From the middle of a place of the guide over the picture to the network's output, whose
        // edges outside the picture say nothing.
        let near = |places: usize, samples: usize, edge: usize, inner: usize| {
            let scale = guide.factor as f32 * inner as f32 / samples as f32;
            (0..places)
                .map(|i| (i as f32 + 0.5) * scale + edge as f32 - 0.5)
                .map(|place| Near::at(place, edge, edge + inner - 1))
                .collect()
        };
        let field = || Field::new(width, height);
        Guided {
            across: near(width, size.0, framing.x, framing.width),
            down: near(height, size.1, framing.y, framing.height),
            boxes: Boxes::new(MEANS, width, height),
            smooth: Boxes::new(4, width, height),
            raw: std::array::from_fn(|_| field()),
            line: std::array::from_fn(|_| field()),
            means: std::array::from_fn(|_| field()),
        }
    }

    pub(in crate::blur) fn run(&mut self, answer: &Field, guide: &Guide) {
        let Guided { across, down, boxes, smooth, raw, line, means } = self;
        let [y, u, v] = &guide.planes;
        boxes.run(
            |row, rows| {
                for (value, x) in rows[3].iter_mut().zip(across.iter()) {
                    *value = Near::sample(answer, *x, down[row]);
                }
                products(y.row(row), u.row(row), v.row(row), rows);
            },
            |row, sums| {
                for (mean, sum) in means.iter_mut().zip(sums.chunks_exact(guide.width)) {
                    mean.row_mut(row).copy_from_slice(sum);
                }
                let [a, b, c, d] = raw;
                solve(sums, a.row_mut(row), b.row_mut(row), c.row_mut(row), d.row_mut(row));
            },
        );
        smooth.run(
            |row, rows| {
                for (raw, out) in raw.iter().zip(rows) {
                    out.copy_from_slice(raw.row(row));
                }
            },
            |row, sums| {
                for (line, sum) in line.iter_mut().zip(sums.chunks_exact(guide.width)) {
                    line.row_mut(row).copy_from_slice(sum);
                }
            },
        );
    }
}

/// Fills all rows from the colours and row 3, the answer.
fn products(y: &[f32], u: &[f32], v: &[f32], rows: &mut [&mut [f32]]) {
    let [out_y, out_u, out_v, answer, ya, ua, va, yy, yu, yv, uu, uv, vv] = rows else { return };
    for (out, from) in [(out_y, y), (out_u, u), (out_v, v)] {
        out.copy_from_slice(from);
    }
    for (out, left, right) in [
        (ya, y, &**answer),
        (ua, u, answer),
        (va, v, answer),
        (yy, y, y),
        (yu, y, u),
        (yv, y, v),
        (uu, u, u),
        (uv, u, v),
        (vv, v, v),
    ] {
        multiply(left, right, out);
    }
}

vectorize! {
    fn multiply(left: &[f32], right: &[f32], out: &mut [f32]) {
        for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
            *out = left * right;
        }
    }

    /// `(Σ + NOISE)⁻¹ · cov(colour, answer)` by the adjugate, and the offset.
    fn solve(means: &[f32], a: &mut [f32], b: &mut [f32], c: &mut [f32], d: &mut [f32]) {
        let width = a.len();
        let row = |plane: usize| &means[plane * width..][..width];
        let (y, u, v, p) = (row(0), row(1), row(2), row(3));
        let (yp, up, vp) = (row(4), row(5), row(6));
        let (yy, yu, yv, uu, uv, vv) = (row(7), row(8), row(9), row(10), row(11), row(12));
        let (b, c, d) = (&mut b[..width], &mut c[..width], &mut d[..width]);
        for x in 0..width {
            let s11 = yy[x] - y[x] * y[x] + NOISE;
            let s12 = yu[x] - y[x] * u[x];
            let s13 = yv[x] - y[x] * v[x];
            let s22 = uu[x] - u[x] * u[x] + NOISE;
            let s23 = uv[x] - u[x] * v[x];
            let s33 = vv[x] - v[x] * v[x] + NOISE;
            let (c1, c2, c3) = (yp[x] - y[x] * p[x], up[x] - u[x] * p[x], vp[x] - v[x] * p[x]);
            let (i11, i12, i13) = (s22 * s33 - s23 * s23, s13 * s23 - s12 * s33, s12 * s23 - s13 * s22);
            let (i22, i23, i33) = (s11 * s33 - s13 * s13, s12 * s13 - s11 * s23, s11 * s22 - s12 * s12);
            let inverse = 1.0 / (s11 * i11 + s12 * i12 + s13 * i13);
            a[x] = (i11 * c1 + i12 * c2 + i13 * c3) * inverse;
            b[x] = (i12 * c1 + i22 * c2 + i23 * c3) * inverse;
            c[x] = (i13 * c1 + i23 * c2 + i33 * c3) * inverse;
            d[x] = p[x] - a[x] * y[x] - b[x] * u[x] - c[x] * v[x];
        }
    }
}
