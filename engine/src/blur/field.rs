//! Planes of floats, and the rows of a small plane spread over a larger one.

use super::vectorize::vectorize;

/// One value a place, rows from the top.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Field {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) data: Vec<f32>,
}

impl Field {
    pub(super) fn new(width: usize, height: usize) -> Field {
        Field { width, height, data: vec![0.0; width * height] }
    }

    pub(super) fn row(&self, y: usize) -> &[f32] {
        &self.data[y * self.width..][..self.width]
    }

    pub(super) fn row_mut(&mut self, y: usize) -> &mut [f32] {
        &mut self.data[y * self.width..][..self.width]
    }
}

/// Where a place of the larger plane lies in the smaller: between two neighbours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Between {
    pub(super) first: usize,
    pub(super) second: usize,
    /// How much of the second.
    pub(super) part: f32,
}

/// Place `at` of the larger plane, whose scale is `factor`, in a smaller one of `length` places:
/// half-pixel centres, edges held.
pub(super) fn between(at: usize, factor: usize, length: usize) -> Between {
    let place = ((at as f32 + 0.5) / factor as f32 - 0.5).clamp(0.0, (length - 1) as f32);
    let first = place as usize;
    Between { first, second: (first + 1).min(length - 1), part: place - first as f32 }
}

/// Places that [`Spread`] makes at once.
const BLOCK: usize = 8;

/// Spreads rows linearly over rows `factor` ≥ 2 times as wide.
#[derive(Debug, Clone, Default)]
pub(super) struct Spread {
    length: usize,
    /// For each block of eight places: its first neighbour, then the others relative to it.
    start: Vec<u32>,
    first: Vec<[i32; BLOCK]>,
    part: Vec<[f32; BLOCK]>,
}

impl Spread {
    pub(super) fn new(length: usize, width: usize, factor: usize) -> Spread {
        let mut spread = Spread { length, ..Spread::default() };
        for block in 0..width.div_ceil(BLOCK) {
            let places: [Between; BLOCK] =
                std::array::from_fn(|i| between(block * BLOCK + i, factor, length));
            let start = places[0].first;
            spread.start.push(start as u32);
            spread.first.push(places.map(|place| (place.first - start) as i32));
            spread.part.push(places.map(|place| place.part));
        }
        spread
    }

    /// How long a row to spread must be: the values, and room to read past them.
    pub(super) fn padded(length: usize) -> usize {
        length + 2 * BLOCK
    }

    /// How long the spread row is: its width rounded up to whole blocks.
    pub(super) fn room(width: usize) -> usize {
        width.next_multiple_of(BLOCK)
    }

    /// Repeats the last value of a row in its padding.
    pub(super) fn hold(&self, row: &mut [f32]) {
        let last = row[self.length - 1];
        row[self.length..].fill(last);
    }

    /// Spreads a row that is held into `out`, the wide row's part from `left` on; both its ends
    /// lie between blocks of eight.
    pub(super) fn part(&self, left: usize, row: &[f32], out: &mut [f32]) {
        let block = left / BLOCK;
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
            #[expect(unsafe_code, reason = "the processor has just said that it can")]
            return unsafe { self.part_avx512(block, row, out) };
        }
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            #[expect(unsafe_code, reason = "the processor has just said that it can")]
            return unsafe { self.part_avx2(block, row, out) };
        }
        self.part_portable(block, row, out);
    }

    fn part_portable(&self, left: usize, row: &[f32], out: &mut [f32]) {
        for (block, out) in (left..).zip(out.chunks_exact_mut(BLOCK)) {
            let near = &row[self.start[block] as usize..];
            let places = self.first[block].iter().zip(&self.part[block]);
            for (out, (first, part)) in out.iter_mut().zip(places) {
                let first = *first as usize;
                *out = near[first] + part * (near[first + 1] - near[first]);
            }
        }
    }

    /// Two blocks at once: sixteen places lie between at most ten values.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn part_avx512(&self, left: usize, row: &[f32], out: &mut [f32]) {
        use std::arch::x86_64::{
            __m256, __m256i, __m512, __m512i, _mm512_add_epi32, _mm512_castps256_ps512,
            _mm512_castps512_ps256, _mm512_castsi256_si512, _mm512_extractf32x8_ps,
            _mm512_fmadd_ps, _mm512_insertf32x8, _mm512_inserti64x4, _mm512_permutexvar_ps,
            _mm512_set1_epi32, _mm512_sub_ps,
        };
        const PAIR: usize = 2 * BLOCK;
        let wide = |[low, high]: [__m256; 2]| -> __m512 {
            _mm512_insertf32x8::<1>(_mm512_castps256_ps512(low), high)
        };
        let pairs = out.len() / PAIR;
        for (pair, out) in out.chunks_exact_mut(PAIR).enumerate() {
            let block = left + 2 * pair;
            let start = self.start[block] as usize;
            let near = row.get(start..).and_then(|near| near.first_chunk::<PAIR>());
            let Some(near) = near else { return };
            let near = wide(bytemuck::cast(*near));
            let further = (self.start[block + 1] as usize - start) as i32;
            let first: [__m256i; 2] =
                [bytemuck::cast(self.first[block]), bytemuck::cast(self.first[block + 1])];
            let shift = _mm512_inserti64x4::<1>(_mm512_set1_epi32(0), bytemuck::cast([further; 8]));
            let both = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(first[0]), first[1]);
            let first: __m512i = _mm512_add_epi32(both, shift);
            let part = wide(bytemuck::cast([self.part[block], self.part[block + 1]]));
            let left = _mm512_permutexvar_ps(first, near);
            let right = _mm512_permutexvar_ps(_mm512_add_epi32(first, _mm512_set1_epi32(1)), near);
            let mixed = _mm512_fmadd_ps(part, _mm512_sub_ps(right, left), left);
            let halves = [_mm512_castps512_ps256(mixed), _mm512_extractf32x8_ps::<1>(mixed)];
            out.copy_from_slice(&bytemuck::cast::<[__m256; 2], [f32; PAIR]>(halves));
        }
        self.part_portable(left + 2 * pairs, row, &mut out[pairs * PAIR..]);
    }

    /// A permutation for each neighbour: with a factor of two or more, eight places lie between at
    /// most six values.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn part_avx2(&self, left: usize, row: &[f32], out: &mut [f32]) {
        use std::arch::x86_64::{
            __m256, __m256i, _mm256_add_epi32, _mm256_fmadd_ps, _mm256_permutevar8x32_ps,
            _mm256_set1_epi32, _mm256_sub_ps,
        };
        for (((out, start), first), part) in out
            .chunks_exact_mut(BLOCK)
            .zip(&self.start[left..])
            .zip(&self.first[left..])
            .zip(&self.part[left..])
        {
            let Some(near) =
                row.get(*start as usize..).and_then(|near| near.first_chunk::<BLOCK>())
            else {
                return;
            };
            let near: __m256 = bytemuck::cast(*near);
            let first: __m256i = bytemuck::cast(*first);
            let left = _mm256_permutevar8x32_ps(near, first);
            let right =
                _mm256_permutevar8x32_ps(near, _mm256_add_epi32(first, _mm256_set1_epi32(1)));
            let mixed = _mm256_fmadd_ps(bytemuck::cast(*part), _mm256_sub_ps(right, left), left);
            out.copy_from_slice(&bytemuck::cast::<__m256, [f32; BLOCK]>(mixed));
        }
    }
}

/// The row of a field that lies at row `y` of a plane `factor` times as large, ready to spread.
pub(super) fn mix_row(field: &Field, y: usize, factor: usize, spread: &Spread, out: &mut [f32]) {
    let place = between(y, factor, field.height);
    let (first, second) = (field.row(place.first), field.row(place.second));
    mix(first, second, place.part, &mut out[..field.width]);
    spread.hold(out);
}

/// The nearest sample of a value from 0 to 255, in a form that vectorizes: added to 2²³, a float's
/// lowest bits are its whole part.
#[inline(always)]
pub(super) fn to_sample(value: f32) -> u8 {
    (value + 8_388_608.0).to_bits() as u8
}

vectorize! {
    /// `a + part · (b − a)`.
    pub(super) fn mix(a: &[f32], b: &[f32], part: f32, out: &mut [f32]) {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = a + part * (b - a);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreading_is_bilinear_with_held_edges() {
        for (length, factor) in [(1, 2), (2, 2), (5, 4), (9, 6), (40, 12), (17, 2)] {
            let width = length * factor - factor / 2;
            let spread = Spread::new(length, width, factor);
            let values: Vec<f32> = (0..length).map(|x| ((x * 7919) % 13) as f32).collect();
            let mut row = values.clone();
            row.resize(Spread::padded(length), 0.0);
            let mut fast = vec![0.0; Spread::room(width)];
            spread.hold(&mut row);
            spread.part(0, &row, &mut fast);
            let mut slow = vec![0.0; Spread::room(width)];
            spread.part_portable(0, &row, &mut slow);
            for x in 0..width {
                let place = between(x, factor, length);
                let expected =
                    values[place.first] + place.part * (values[place.second] - values[place.first]);
                assert!((fast[x] - expected).abs() < 1e-5, "{length}×{factor} at {x}");
                assert!((slow[x] - expected).abs() < 1e-5, "{length}×{factor} at {x}");
            }
        }
    }
}
