//! Which simulcast layers are sent, and at which bitrate each: pure functions.

/// One simulcast layer of a source; layers are listed from the largest picture to the smallest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerSpec {
    /// Its RTP stream identifier (RFC 8851); empty where there is only one.
    pub rid: String,
    /// Bits a second below which its picture is not worth sending.
    pub min_bps: u32,
    /// Bits a second beyond which its picture gets no better.
    pub max_bps: u32,
}

/// The layers that `wanted` RIDs name, as a mask beside `layers`. `""` names the one layer of a
/// source without simulcast. Unknown names are ignored.
pub fn active(layers: &[LayerSpec], wanted: &[String]) -> Vec<bool> {
    layers
        .iter()
        .map(|layer| {
            wanted.iter().any(|rid| *rid == layer.rid || layers.len() == 1 && rid.is_empty())
        })
        .collect()
}

/// Splits `total_bps` bits a second over the active layers.
///
/// Every active layer first gets its minimum, the smallest picture first: somebody behind a thin
/// line watches it, and it costs least. What cannot be given its minimum gets nothing (0). The
/// smallest active layer is always sent, if need be below its minimum. The rest fills the layers up
/// to their maximum in the same order.
pub fn split(layers: &[LayerSpec], active: &[bool], total_bps: u32) -> Vec<u32> {
    let mut shares = vec![0; layers.len()];
    let mut left = total_bps;
    let mut smallest = true;
    let wanted = || (0..layers.len()).rev().filter(|&at| active.get(at) == Some(&true));
    for at in wanted() {
        let least = layers[at].min_bps;
        if smallest || least <= left {
            shares[at] = least.min(left);
            left -= shares[at];
        } else {
            break;
        }
        smallest = false;
    }
    for at in wanted().filter(|&at| shares[at] > 0).collect::<Vec<_>>() {
        let more = layers[at].max_bps.saturating_sub(shares[at]).min(left);
        shares[at] += more;
        left -= more;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn three() -> Vec<LayerSpec> {
        [("h", 600, 1_700), ("m", 200, 600), ("l", 80, 200)]
            .map(|(rid, min, max)| LayerSpec {
                rid: rid.into(),
                min_bps: min * 1_000,
                max_bps: max * 1_000,
            })
            .into()
    }

    #[test]
    fn the_hub_names_layers_by_rid_and_the_only_one_by_nothing() {
        let layers = three();
        assert_eq!(active(&layers, &["l".into(), "h".into(), "x".into()]), [true, false, true]);
        assert_eq!(active(&layers, &["".into()]), [false; 3]);
        let one = [LayerSpec { rid: String::new(), min_bps: 0, max_bps: 1 }];
        assert_eq!(active(&one, &["".into()]), [true]);
        assert_eq!(active(&one, &[]), [false]);
    }

    #[test]
    fn a_wide_line_fills_every_layer_and_a_thin_one_keeps_the_smallest() {
        let (layers, all) = (three(), [true; 3]);
        assert_eq!(split(&layers, &all, 3_000_000), [1_700_000, 600_000, 200_000]);
        assert_eq!(split(&layers, &all, 1_000_000), [600_000, 200_000, 200_000]);
        assert_eq!(split(&layers, &all, 800_000), [0, 600_000, 200_000]);
        assert_eq!(split(&layers, &all, 200_000), [0, 0, 200_000]);
        assert_eq!(split(&layers, &all, 50_000), [0, 0, 50_000]);
    }

    #[test]
    fn a_layer_that_nobody_watches_gets_nothing() {
        let layers = three();
        assert_eq!(split(&layers, &[true, false, false], 1_000_000), [1_000_000, 0, 0]);
        assert_eq!(split(&layers, &[true, false, false], 100_000), [100_000, 0, 0]);
        assert_eq!(split(&layers, &[false; 3], 1_000_000), [0; 3]);
    }

    proptest! {
        #[test]
        fn shares_stay_within_the_total_and_each_layers_limits(
            active in proptest::collection::vec(any::<bool>(), 3),
            total in 0u32..5_000_000,
        ) {
            let layers = three();
            let shares = split(&layers, &active, total);
            prop_assert!(shares.iter().sum::<u32>() <= total);
            for ((share, layer), active) in shares.iter().zip(&layers).zip(&active) {
                prop_assert!(*share <= layer.max_bps);
                prop_assert!(*active || *share == 0);
            }
        }
    }
}
