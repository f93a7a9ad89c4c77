//! The WGSL of all passes, put together from files of `shaders/`.

/// One program: files in the order in which they are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shader {
    /// Names its passes: `blur.network.pointwise`.
    pub label: &'static str,
    /// Path below `shaders/`, and text.
    pub files: &'static [(&'static str, &'static str)],
}

impl Shader {
    /// The whole text.
    pub fn source(&self) -> String {
        self.files.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n")
    }
}

macro_rules! shader {
    ($label:literal: $($file:literal),+) => {
        Shader {
            label: $label,
            files: &[$((
                $file,
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../shaders/", $file)),
            )),+],
        }
    };
}

/// A pass of the network with its tensors in full and in half floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Twin {
    /// For any adapter.
    pub single: Shader,
    /// For adapters with `SHADER_F16`.
    pub half: Shader,
}

impl Twin {
    /// One of the two.
    pub fn of(&self, half: bool) -> Shader {
        if half { self.half } else { self.single }
    }
}

macro_rules! twin {
    ($label:literal: $($file:literal),+) => {
        Twin {
            single: shader!($label: "blur/network/single.wgsl", "blur/network/common.wgsl", $($file),+),
            half: shader!($label: "blur/network/half.wgsl", "blur/network/common.wgsl", $($file),+),
        }
    };
}

/// See [`super::super::plan::Pass::Convolution`].
pub const CONVOLUTION: Twin = twin!("blur.network.convolution":
    "blur/network/sum.wgsl", "blur/network/convolution.wgsl");
/// See [`super::super::plan::Pass::Pointwise`].
pub const POINTWISE: Twin = twin!("blur.network.pointwise":
    "blur/network/sum.wgsl", "blur/network/pointwise.wgsl");
/// See [`super::super::plan::Pass::Depthwise`].
pub const DEPTHWISE: Twin = twin!("blur.network.depthwise":
    "blur/network/sum.wgsl", "blur/network/depthwise.wgsl");
/// See [`super::super::plan::Pass::Squeeze`].
pub const SQUEEZE: Twin = twin!("blur.network.squeeze": "blur/network/squeeze.wgsl");
/// See [`super::super::plan::Pass::Transpose`].
pub const TRANSPOSE: Twin = twin!("blur.network.transpose": "blur/network/transpose.wgsl");

/// Shrinks the picture to the network's input.
pub const SHRINK: Twin = Twin {
    single: shader!("blur.shrink":
        "blur/network/single.wgsl", "blur/frame.wgsl", "blur/shrink.wgsl"),
    half: shader!("blur.shrink":
        "blur/network/half.wgsl", "blur/frame.wgsl", "blur/shrink.wgsl"),
};
/// Shrinks the picture to the guide.
pub const GUIDE: Shader = shader!("blur.guide": "blur/frame.wgsl", "blur/guide.wgsl");
/// Finds what has changed in the guide.
pub const CHANGE: Shader = shader!("blur.change": "blur/frame.wgsl", "blur/change.wgsl");
/// Remembers the most change since the network looked.
pub const WATCH: Shader = shader!("blur.watch": "blur/frame.wgsl", "blur/watch.wgsl");
/// Follows the network's answers over time.
pub const STEADY: Shader = shader!("blur.steady": "blur/frame.wgsl", "blur/steady.wgsl");
/// Finds what is no person.
pub const GROUPS: Shader = shader!("blur.groups": "blur/frame.wgsl", "blur/groups.wgsl");
/// One direction and back of the recursive filter.
pub const DOMAIN: Shader = shader!("blur.domain": "blur/frame.wgsl", "blur/domain.wgsl");
/// Finds how the matte follows from the colours.
pub const GUIDED: Shader =
    shader!("blur.guided": "blur/frame.wgsl", "blur/window.wgsl", "blur/guided.wgsl");
/// Averages that.
pub const SMOOTH: Shader =
    shader!("blur.smooth": "blur/frame.wgsl", "blur/window.wgsl", "blur/smooth.wgsl");
/// Makes the matte.
pub const APPLY: Shader = shader!("blur.apply": "blur/frame.wgsl", "blur/apply.wgsl");
/// Shrinks the matte to the guide's size.
pub const SMALL: Shader = shader!("blur.small": "blur/frame.wgsl", "blur/small.wgsl");
/// Makes the room's light.
pub const EXPOSE: Shader =
    shader!("blur.expose": "blur/frame.wgsl", "blur/levels.wgsl", "blur/expose.wgsl");
/// Fills the pyramid's coarse levels.
pub const FILL: Shader =
    shader!("blur.fill": "blur/frame.wgsl", "blur/levels.wgsl", "blur/fill.wgsl");
/// Fills the fine ones.
pub const PUSH: Shader =
    shader!("blur.push": "blur/frame.wgsl", "blur/levels.wgsl", "blur/push.wgsl");
/// Running sums of the light.
pub const SUMS: Shader = shader!("blur.sums": "blur/frame.wgsl", "blur/sums.wgsl");
/// Spreads every point over a disc.
pub const GATHER: Shader = shader!("blur.gather": "blur/frame.wgsl", "blur/gather.wgsl");
/// Mean colours of person and room.
pub const ESTIMATE: Shader =
    shader!("blur.estimate": "blur/frame.wgsl", "blur/window.wgsl", "blur/estimate.wgsl");
/// The person before the room.
pub const COMPOSITE: Shader = shader!("blur.composite": "blur/frame.wgsl", "blur/composite.wgsl");

/// Every program there is.
pub fn all() -> impl Iterator<Item = Shader> {
    let twins = [CONVOLUTION, POINTWISE, DEPTHWISE, SQUEEZE, TRANSPOSE, SHRINK];
    let singles = [
        GUIDE, CHANGE, WATCH, STEADY, GROUPS, DOMAIN, GUIDED, SMOOTH, APPLY, SMALL, EXPOSE, FILL,
        PUSH, SUMS, GATHER, ESTIMATE, COMPOSITE,
    ];
    twins.into_iter().flat_map(|twin| [twin.single, twin.half]).chain(singles)
}
