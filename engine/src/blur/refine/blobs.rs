//! What the network takes for a person but is none: spots that no person is connected to.

use crate::blur::field::{Field, Spread, mix_row};

/// Values each way that make one cell: 64 cells at most each way, one workgroup's worth.
pub(in crate::blur) const CELL: usize = 4;

/// From here on a cell may belong to a person.
pub(in crate::blur) const OCCUPIED: f32 = 0.35;

/// Groups at least this large, by the sum of their values against the largest group's, stay too:
/// another person.
pub(in crate::blur) const SECOND: f32 = 0.2;

/// Nothing smaller than this part of the picture is a person.
pub(in crate::blur) const SMALLEST: f32 = 0.001;

/// How much of itself a cell that leaves loses with each answer. One that comes is there at once.
pub(in crate::blur) const FADE: f32 = 0.34;

#[derive(Debug)]
pub(in crate::blur) struct Blobs {
    columns: usize,
    rows: usize,
    mass: Vec<f32>,
    /// Which group a cell is in; zero for none.
    group: Vec<u16>,
    group_mass: Vec<f32>,
    waiting: Vec<u16>,
    keep: Field,
    spread: Spread,
    narrow: Vec<f32>,
}

impl Blobs {
    pub(in crate::blur) fn new((width, height): (usize, usize)) -> Blobs {
        let (columns, rows) = (width / CELL, height / CELL);
        Blobs {
            columns,
            rows,
            mass: vec![0.0; columns * rows],
            group: vec![0; columns * rows],
            group_mass: Vec::with_capacity(columns * rows + 1),
            waiting: Vec::with_capacity(columns * rows),
            keep: Field::new(columns, rows),
            spread: Spread::new(columns, width, CELL),
            narrow: vec![0.0; Spread::padded(columns)],
        }
    }

    /// `answer` without spots.
    pub(in crate::blur) fn remove(&mut self, answer: &Field, out: &mut Field) {
        self.occupy(answer);
        self.connect();
        self.decide(answer.data.len());
        for y in 0..answer.height {
            let out = out.row_mut(y);
            mix_row(&self.keep, y, CELL, &self.spread, &mut self.narrow);
            self.spread.part(0, &self.narrow, out);
            for (out, answer) in out.iter_mut().zip(answer.row(y)) {
                *out *= answer;
            }
        }
    }

    /// The cells in which something is, with the sum of what.
    fn occupy(&mut self, answer: &Field) {
        for row in 0..self.rows {
            for column in 0..self.columns {
                let (mut sum, mut most) = (0.0, 0.0_f32);
                for y in row * CELL..(row + 1) * CELL {
                    for value in &answer.row(y)[column * CELL..(column + 1) * CELL] {
                        sum += value;
                        most = most.max(*value);
                    }
                }
                self.mass[row * self.columns + column] = if most > OCCUPIED { sum } else { 0.0 };
            }
        }
    }

    /// Groups of cells that touch, corners included.
    fn connect(&mut self) {
        self.group.fill(0);
        self.group_mass.clear();
        self.group_mass.push(0.0);
        for seed in 0..self.mass.len() {
            if self.mass[seed] == 0.0 || self.group[seed] != 0 {
                continue;
            }
            let group = self.group_mass.len() as u16;
            let mut mass = 0.0;
            self.group[seed] = group;
            self.waiting.push(seed as u16);
            while let Some(cell) = self.waiting.pop() {
                mass += self.mass[usize::from(cell)];
                for near in neighbours(usize::from(cell), self.columns, self.rows) {
                    if self.mass[near] > 0.0 && self.group[near] == 0 {
                        self.group[near] = group;
                        self.waiting.push(near as u16);
                    }
                }
            }
            self.group_mass.push(mass);
        }
    }

    /// Cells of people and those beside them stay.
    fn decide(&mut self, values: usize) {
        let largest = self.group_mass.iter().copied().fold(0.0, f32::max);
        let enough = (SECOND * largest).max(SMALLEST * values as f32);
        for cell in 0..self.mass.len() {
            let stays = neighbours(cell, self.columns, self.rows)
                .any(|near| self.group_mass[usize::from(self.group[near])] >= enough);
            let keep = &mut self.keep.data[cell];
            *keep = if stays { 1.0 } else { *keep * (1.0 - FADE) };
        }
    }
}

/// The cell itself and those around it.
fn neighbours(cell: usize, columns: usize, rows: usize) -> impl Iterator<Item = usize> {
    let (x, y) = (cell % columns, cell / columns);
    (y.saturating_sub(1)..=(y + 1).min(rows - 1)).flat_map(move |y| {
        (x.saturating_sub(1)..=(x + 1).min(columns - 1)).map(move |x| y * columns + x)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disc(field: &mut Field, x: usize, y: usize, radius: usize) {
        for row in 0..field.height {
            for column in 0..field.width {
                if row.abs_diff(y).pow(2) + column.abs_diff(x).pow(2) < radius * radius {
                    field.row_mut(row)[column] = 0.9;
                }
            }
        }
    }

    #[test]
    fn spots_go_and_a_second_person_stays() {
        let size = (256, 144);
        let (mut answer, mut out) = (Field::new(size.0, size.1), Field::new(size.0, size.1));
        disc(&mut answer, 90, 80, 50);
        disc(&mut answer, 200, 90, 30);
        disc(&mut answer, 240, 10, 6);
        Blobs::new(size).remove(&answer, &mut out);
        assert!((out.row(80)[90] - 0.9).abs() < 1e-6);
        assert!((out.row(90)[200] - 0.9).abs() < 1e-6, "the second person stays");
        assert_eq!(out.row(10)[240], 0.0, "the spot goes");
    }

    #[test]
    fn an_empty_room_has_nobody() {
        let size = (256, 256);
        let (mut answer, mut out) = (Field::new(size.0, size.1), Field::new(size.0, size.1));
        disc(&mut answer, 90, 80, 3);
        Blobs::new(size).remove(&answer, &mut out);
        assert!(out.data.iter().all(|value| *value == 0.0));
    }
}
