//! The segmentation network on the processor: one thread, no allocation after opening.

mod activation;
mod band;
mod dense;
mod depthwise;
mod kernels;
mod lanes;
mod layers;
mod runner;

pub use runner::Runner;

use super::plan::Plan;
use crate::Result;

/// Which weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Model {
    /// 256 × 144, for wide pictures.
    Landscape,
    /// 256 × 256, for square and portrait ones.
    General,
}

impl Model {
    /// Width and height of its input and output.
    pub fn size(self) -> (usize, usize) {
        match self {
            Model::Landscape => (256, 144),
            Model::General => (256, 256),
        }
    }

    /// The file's name.
    pub fn name(self) -> &'static str {
        match self {
            Model::Landscape => "selfie_segmentation_landscape.tflite",
            Model::General => "selfie_segmentation.tflite",
        }
    }

    /// The bundled file, unchanged; `assets/models` says where it is from.
    pub fn file(self) -> &'static [u8] {
        match self {
            Model::Landscape => {
                include_bytes!("../../../../assets/models/selfie_segmentation_landscape.tflite")
            }
            Model::General => {
                include_bytes!("../../../../assets/models/selfie_segmentation.tflite")
            }
        }
    }
}

/// Which vector instructions to compute with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The processor's baseline.
    Portable,
    /// AVX2 and FMA: eight numbers at a time.
    Avx2,
    /// AVX-512F: sixteen.
    Avx512,
}

impl Level {
    /// Each, from the slowest.
    pub const ALL: [Level; 3] = [Level::Portable, Level::Avx2, Level::Avx512];

    /// The fastest that this processor has.
    pub fn best() -> Level {
        Level::ALL.into_iter().rfind(|level| level.is_available()).unwrap_or(Level::Portable)
    }

    /// Whether this processor has it.
    pub fn is_available(self) -> bool {
        match self {
            Level::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => is_x86_feature_detected!("avx512f"),
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }
}

/// A network with its buffers.
pub struct Network {
    model: Model,
    runner: Runner,
}

impl Network {
    /// Reads the bundled weights. Computes with the best instructions there are.
    ///
    /// Fails with [`crate::Error::Model`] when the bundled file is damaged.
    pub fn open(model: Model) -> Result<Network> {
        Ok(Network { model, runner: Runner::new(&Plan::of(model)?, Level::best()) })
    }

    /// Which weights it has.
    pub fn model(&self) -> Model {
        self.model
    }

    /// The picture to look at: RGB from 0 to 1, three values a pixel, rows from the top.
    pub fn input(&mut self) -> &mut [f32] {
        self.runner.input()
    }

    /// Looks; gives one value a pixel from 0, room, to 1, person.
    pub fn run(&mut self) -> &[f32] {
        self.runner.run()
    }
}
