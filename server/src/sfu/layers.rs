//! Which layer of which picture a receiver gets: as much as the tile shows, as little as the line
//! carries, the important pictures first.

use std::time::Duration;

/// Upgrades need this share of the estimate to be free as well, so that an estimate which sways a
/// little changes nothing.
const HEADROOM: f64 = 0.85;

/// A tile may be this much taller than the layer that fills it; upscaling so little shows less
/// than the bits of the next layer cost.
const UPSCALE: f64 = 1.15;

/// After a step down the next step up waits for so long.
pub const UPGRADE_PAUSE: Duration = Duration::from_secs(3);

/// What is known of one layer, the tallest first in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer {
    /// Its height.
    pub lines: u32,
    /// What it costs, in bit/s.
    pub bitrate: u64,
    /// Whether packets of it come.
    pub alive: bool,
}

/// A picture that is bound to a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Its layers, the tallest first.
    pub layers: Vec<Layer>,
    /// What the tile shows.
    pub max_lines: u32,
    /// What the slot carries.
    pub current: Option<usize>,
}

/// What a slot gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The layer to ask the sender for.
    pub ideal: usize,
    /// The layer to forward now: the nearest to the ideal one that is really sent.
    pub target: usize,
}

/// The height of a layer that has not told it: the `index`-th of `count` halves a picture of
/// `full` lines.
pub fn assumed_lines(full: u32, index: usize) -> u32 {
    full >> index.min(4)
}

/// The bit rate of a layer that was not measured yet: three bits a second for every square of the
/// height, 1.5 Mb/s at 720 lines.
pub fn assumed_bitrate(lines: u32) -> u64 {
    3 * u64::from(lines) * u64::from(lines)
}

/// The smallest layer that fills `max_lines`, or the tallest.
fn by_size(layers: &[Layer], max_lines: u32) -> usize {
    let fills = |layer: &Layer| f64::from(layer.lines) * UPSCALE >= f64::from(max_lines);
    layers.iter().rposition(fills).unwrap_or(0)
}

/// The layer nearest to `ideal` that is sent: smaller ones first, for they cost less.
fn nearest_alive(layers: &[Layer], ideal: usize) -> usize {
    let smaller = (ideal..layers.len()).find(|&layer| layers[layer].alive);
    let taller = (0..ideal).rev().find(|&layer| layers[layer].alive);
    smaller.or(taller).unwrap_or(ideal)
}

/// Chooses a layer for every wish, most important first. `budget` is what the receiver's line
/// carries, in bit/s; `None` while nobody knows. The most important picture is always sent; the
/// others are `None` when not even their smallest layer fits. No picture grows unless `may_grow`.
pub fn choose(wishes: &[Wish], budget: Option<u64>, may_grow: bool) -> Vec<Option<Choice>> {
    let cost = |wish: &Wish, layer: usize| wish.layers[layer].bitrate;
    let budget = budget.unwrap_or(u64::MAX);
    let mut spent = 0u64;
    let mut chosen: Vec<Option<usize>> = Vec::with_capacity(wishes.len());
    for wish in wishes {
        let smallest = wish.layers.len().checked_sub(1);
        let important = chosen.iter().all(Option::is_none);
        let fits = smallest.filter(|&layer| {
            let sum = spent.saturating_add(cost(wish, layer));
            important || within(sum, budget, wish.current.is_some(), true)
        });
        spent = spent.saturating_add(fits.map_or(0, |layer| cost(wish, layer)));
        chosen.push(fits);
    }
    for (wish, choice) in wishes.iter().zip(&mut chosen) {
        let Some(layer) = choice else { continue };
        let enough = by_size(&wish.layers, wish.max_lines);
        while *layer > enough {
            let sum =
                spent.saturating_sub(cost(wish, *layer)).saturating_add(cost(wish, *layer - 1));
            let kept = wish.current.is_some_and(|current| current < *layer);
            if !within(sum, budget, kept, may_grow) {
                break;
            }
            spent = sum;
            *layer -= 1;
        }
    }
    let nearest = |(wish, ideal): (&Wish, usize)| Choice {
        ideal,
        target: nearest_alive(&wish.layers, ideal),
    };
    wishes
        .iter()
        .zip(chosen)
        .map(|(wish, ideal)| ideal.map(|ideal| nearest((wish, ideal))))
        .collect()
}

/// Whether a sum fits: what is sent already may fill the budget, what is new only a part of it.
fn within(sum: u64, budget: u64, kept: bool, may_grow: bool) -> bool {
    if budget == u64::MAX {
        return true;
    }
    if kept { sum <= budget } else { may_grow && sum as f64 <= budget as f64 * HEADROOM }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layers(alive: [bool; 3]) -> Vec<Layer> {
        let heights = [720, 360, 180].into_iter().zip([1_500_000, 500_000, 150_000]);
        let all = heights.zip(alive);
        all.map(|((lines, bitrate), alive)| Layer { lines, bitrate, alive }).collect()
    }

    fn wish(max_lines: u32, current: Option<usize>) -> Wish {
        Wish { layers: layers([true; 3]), max_lines, current }
    }

    fn ideals(wishes: &[Wish], budget: Option<u64>) -> Vec<Option<usize>> {
        choose(wishes, budget, true)
            .iter()
            .map(|choice| choice.map(|choice| choice.ideal))
            .collect()
    }

    #[test]
    fn a_tile_gets_the_smallest_layer_that_fills_it() {
        for (lines, layer) in [(90, 2), (180, 2), (200, 2), (240, 1), (360, 1), (720, 0), (2160, 0)]
        {
            assert_eq!(ideals(&[wish(lines, None)], None), [Some(layer)], "{lines} lines");
        }
    }

    #[test]
    fn a_narrow_line_serves_the_important_picture_first() {
        let wishes = [wish(720, None), wish(720, None), wish(720, None)];
        assert_eq!(ideals(&wishes, Some(10_000_000)), [Some(0), Some(0), Some(0)]);
        assert_eq!(ideals(&wishes, Some(2_500_000)), [Some(0), Some(2), Some(2)]);
        assert_eq!(ideals(&wishes, Some(1_300_000)), [Some(1), Some(2), Some(2)]);
        assert_eq!(ideals(&wishes, Some(400_000)), [Some(2), Some(2), None]);
        assert_eq!(ideals(&wishes, Some(10_000)), [Some(2), None, None]);
    }

    #[test]
    fn an_estimate_that_sways_changes_nothing() {
        let sending = [wish(720, Some(0))];
        assert_eq!(ideals(&sending, Some(1_550_000)), [Some(0)]);
        let smaller = [wish(720, Some(1))];
        assert_eq!(ideals(&smaller, Some(1_550_000)), [Some(1)]);
        assert_eq!(ideals(&smaller, Some(1_800_000)), [Some(0)]);
    }

    #[test]
    fn nothing_grows_right_after_a_step_down() {
        let wishes = [wish(720, Some(1)), wish(720, None)];
        let choices = choose(&wishes, Some(9_000_000), false);
        assert_eq!(choices[0].map(|choice| choice.ideal), Some(1));
        assert_eq!(choices[1].map(|choice| choice.ideal), Some(2));
    }

    #[test]
    fn a_layer_that_is_not_sent_is_asked_for_and_replaced_meanwhile() {
        let with = |alive| Wish { layers: layers(alive), max_lines: 720, current: None };
        let choice = |alive| choose(&[with(alive)], None, true)[0].unwrap();
        assert_eq!(choice([false, true, true]), Choice { ideal: 0, target: 1 });
        assert_eq!(choice([false, false, true]), Choice { ideal: 0, target: 2 });
        assert_eq!(choice([false; 3]), Choice { ideal: 0, target: 0 });
        let small = Wish { layers: layers([true, false, false]), max_lines: 100, current: None };
        assert_eq!(choose(&[small], None, true)[0].unwrap(), Choice { ideal: 2, target: 0 });
    }

    proptest! {
        #[test]
        fn the_sum_stays_within_the_budget_except_for_the_first(
            tiles in prop::collection::vec((1u32..2000, prop::option::of(0usize..3)), 0..12),
            budget in 0u64..20_000_000,
            may_grow in any::<bool>(),
        ) {
            let wishes: Vec<_> = tiles.into_iter().map(|(lines, current)| wish(lines, current)).collect();
            let choices = choose(&wishes, Some(budget), may_grow);
            prop_assert_eq!(choices.len(), wishes.len());
            let sum: u64 = choices.iter().zip(&wishes)
                .filter_map(|(choice, wish)| choice.map(|choice| wish.layers[choice.ideal].bitrate))
                .sum();
            prop_assert!(sum <= budget.max(150_000), "{} of {}", sum, budget);
        }
    }
}
