//! The segmentation network touches the heap when it is opened and never again.

mod counting;

use counting::touches_of;
use engine::blur::network::{Model, Network};

#[test]
fn looking_at_a_picture_does_not_touch_the_heap() {
    for model in [Model::Landscape, Model::General] {
        let mut opened = None;
        let opening = touches_of(|| opened = Some(Network::open(model)));
        assert!(opening > 0, "the counter counts");
        let mut network = opened.expect("was opened").expect("bundled");
        let touches = touches_of(|| {
            for round in 0..3 {
                network.input().fill(round as f32 / 3.0);
                std::hint::black_box(network.run());
            }
        });
        assert_eq!(touches, 0, "{model:?}");
    }
}
