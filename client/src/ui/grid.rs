//! Where tiles go: as many columns as make them largest.

use crate::state::PAGE;
use egui::{Rect, Vec2, pos2, vec2};

/// The most columns.
pub const MAX_COLUMNS: usize = 5;

/// Where an arrow key leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To the left; from the first of a row to the last of the row before.
    Left,
    /// To the right; from the last of a row to the first of the next.
    Right,
    /// The row above.
    Up,
    /// The row below; to its last where that is shorter.
    Down,
    /// The first of all.
    First,
    /// The last of all.
    Last,
}

/// The tile that a step from `index` leads to, of `count` in `columns`; the same one at the edge.
pub fn step(count: usize, columns: usize, index: usize, step: Step) -> usize {
    let (last, columns) = (count.saturating_sub(1), columns.max(1));
    match step {
        Step::Left => index.saturating_sub(1),
        Step::Right => (index + 1).min(last),
        Step::Up if index >= columns => index - columns,
        Step::Down if index / columns < last / columns => (index + columns).min(last),
        Step::Up | Step::Down => index,
        Step::First => 0,
        Step::Last => last,
    }
}

/// Places `count` tiles of 16:9 in `area`, `gap` points apart: the number of columns, and a
/// rectangle each, in reading order. A last row that is not full stands in the middle. Of two
/// numbers of columns that give tiles of the same size the smaller wins.
pub fn grid(count: usize, area: Rect, gap: f32) -> (usize, Vec<Rect>) {
    let count = count.min(PAGE);
    if count == 0 || !area.is_positive() {
        return (0, Vec::new());
    }
    let tile = |columns: usize| -> Vec2 {
        let rows = count.div_ceil(columns);
        let width = (area.width() - gap * (columns - 1) as f32) / columns as f32;
        let height = (area.height() - gap * (rows - 1) as f32) / rows as f32;
        let width = width.min(height * 16.0 / 9.0).max(1.0);
        vec2(width, width * 9.0 / 16.0)
    };
    let mut columns = 1;
    for more in 2..=count.min(MAX_COLUMNS) {
        if tile(more).x > tile(columns).x + 0.01 {
            columns = more;
        }
    }
    let size = tile(columns);
    let rows = count.div_ceil(columns);
    let span = |tiles: usize, side: f32| tiles as f32 * side + (tiles - 1) as f32 * gap;
    let top = area.center().y - span(rows, size.y) / 2.0;
    let rects = (0..count)
        .map(|index| {
            let (row, column) = (index / columns, index % columns);
            let in_row = columns.min(count - row * columns);
            let left = area.center().x - span(in_row, size.x) / 2.0;
            let at = pos2(left + column as f32 * (size.x + gap), top + row as f32 * (size.y + gap));
            Rect::from_min_size(at, size)
        })
        .collect();
    (columns, rects)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Pos2;

    fn area(width: f32, height: f32) -> Rect {
        Rect::from_min_size(Pos2::ZERO, vec2(width, height))
    }

    #[test]
    fn nine_people_on_a_wide_window_stand_three_by_three() {
        assert_eq!(grid(9, area(1416.0, 755.0), 8.0).0, 3);
    }

    #[test]
    fn two_people_stand_side_by_side_when_wide_and_above_each_other_when_tall() {
        assert_eq!(grid(2, area(1400.0, 700.0), 8.0).0, 2);
        assert_eq!(grid(2, area(500.0, 900.0), 8.0).0, 1);
    }

    #[test]
    fn no_tile_leaves_the_area_or_touches_another_and_all_are_sixteen_by_nine() {
        for count in 1..=40 {
            for (width, height) in
                [(320.0, 240.0), (1416.0, 755.0), (700.0, 1200.0), (3840.0, 900.0)]
            {
                let area = area(width, height);
                let (columns, rects) = grid(count, area, 8.0);
                assert!(columns <= MAX_COLUMNS);
                assert_eq!(rects.len(), count.min(PAGE));
                for (i, rect) in rects.iter().enumerate() {
                    assert!(area.expand(0.1).contains_rect(*rect), "{count} in {area:?}: {rect:?}");
                    assert!((rect.aspect_ratio() - 16.0 / 9.0).abs() < 0.01);
                    for other in &rects[..i] {
                        assert!(!rect.expand(3.9).intersects(other.expand(3.9)));
                    }
                }
            }
        }
    }

    #[test]
    fn the_chosen_number_of_columns_gives_the_largest_tiles() {
        for count in 1..=PAGE {
            let area = area(1280.0, 640.0);
            let (_, rects) = grid(count, area, 8.0);
            for columns in 1..=MAX_COLUMNS {
                let rows = count.div_ceil(columns) as f32;
                let width = (area.width() - 8.0 * (columns - 1) as f32) / columns as f32;
                let height = (area.height() - 8.0 * (rows - 1.0)) / rows;
                assert!(rects[0].width() + 0.1 >= width.min(height * 16.0 / 9.0));
            }
        }
    }

    #[test]
    fn arrows_go_by_rows_and_stop_at_the_edges() {
        let from = |index, to| step(8, 3, index, to);
        assert_eq!(from(2, Step::Right), 3);
        assert_eq!(from(3, Step::Left), 2);
        assert_eq!(from(1, Step::Up), 1);
        assert_eq!(from(4, Step::Up), 1);
        assert_eq!(from(5, Step::Down), 7, "the last row is shorter");
        assert_eq!(from(7, Step::Down), 7);
        assert_eq!(from(7, Step::Right), 7);
        assert_eq!((from(4, Step::First), from(4, Step::Last)), (0, 7));
    }

    #[test]
    fn no_room_and_nobody_give_no_tiles() {
        assert!(grid(0, area(100.0, 100.0), 8.0).1.is_empty());
        assert!(grid(3, area(0.0, 100.0), 8.0).1.is_empty());
    }
}
