//! What the shaders of `shaders/blur/` know of a frame.

use crate::blur::framing::{Framing, Levels, Primaries};
use crate::frame::ColorSpace;
use bytemuck::{Pod, Zeroable};

/// `Frame` of `shaders/blur/frame.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub(super) struct Frame {
    pub(super) luma_size: [u32; 2],
    pub(super) chroma_size: [u32; 2],
    pub(super) guide_size: [u32; 2],
    pub(super) network_size: [u32; 2],
    inner_at: [u32; 2],
    inner_size: [u32; 2],
    factor: u32,
    /// 1 for the first picture of a stream.
    pub(super) fresh: u32,
    /// Of the disc of confusion, in places of the guide.
    pub(super) radius: f32,
    black: f32,
    luma_gain: f32,
    chroma_gain: f32,
    rv: f32,
    gu: f32,
    gv: f32,
    bu: f32,
    red: f32,
    blue: f32,
}

const _: () = assert!(size_of::<Frame>() == 96);

impl Frame {
    /// Of pictures of a size, of which the guide has every `factor`th sample.
    pub(super) fn new(size: (u32, u32), color: ColorSpace, factor: usize) -> Frame {
        let framing = Framing::of(size.0 as usize, size.1 as usize);
        let (levels, primaries) = (Levels::of(color), Primaries::of(color));
        let (network_width, network_height) = framing.model.size();
        let factor = factor as u32;
        Frame {
            luma_size: [size.0, size.1],
            chroma_size: [size.0.div_ceil(2), size.1.div_ceil(2)],
            guide_size: [size.0.div_ceil(factor), size.1.div_ceil(factor)],
            network_size: [network_width as u32, network_height as u32],
            inner_at: [framing.x as u32, framing.y as u32],
            inner_size: [framing.width as u32, framing.height as u32],
            factor,
            fresh: 1,
            radius: 0.0,
            // Textures give samples of full scale.
            black: levels.black / 255.0,
            luma_gain: levels.luma * 255.0,
            chroma_gain: levels.chroma * 255.0,
            rv: primaries.rv,
            gu: primaries.gu,
            gv: primaries.gv,
            bu: primaries.bu,
            red: primaries.red,
            blue: primaries.blue,
        }
    }

    /// Places of the guide.
    pub(super) fn places(&self) -> u64 {
        u64::from(self.guide_size[0]) * u64::from(self.guide_size[1])
    }

    /// Places of the network.
    pub(super) fn network_places(&self) -> u64 {
        u64::from(self.network_size[0]) * u64::from(self.network_size[1])
    }

    /// Words of four samples in a row of chroma; a row of luma has twice as many.
    pub(super) fn words(&self) -> u32 {
        self.luma_size[0].div_ceil(8)
    }

    /// Bytes of a matte for every sample of luma.
    pub(super) fn luma_bytes(&self) -> u64 {
        u64::from(self.words()) * 8 * u64::from(self.luma_size[1])
    }

    /// And for every one of chroma.
    pub(super) fn chroma_bytes(&self) -> u64 {
        u64::from(self.words()) * 4 * u64::from(self.chroma_size[1])
    }

    /// Places of all levels of the pyramid.
    pub(super) fn pyramid_places(&self) -> u64 {
        let [mut width, mut height] = self.guide_size.map(u64::from);
        let mut places = width * height;
        while width.max(height) > 2 {
            (width, height) = (width.div_ceil(2), height.div_ceil(2));
            places += width * height;
        }
        places
    }

    /// A sample of full scale as luma 0…1 or a colour difference ±½.
    #[cfg(test)]
    pub(super) fn value(&self, plane: usize, sample: f32) -> f32 {
        match plane {
            0 => (sample - self.black) * self.luma_gain,
            _ => (sample - 128.0 / 255.0) * self.chroma_gain,
        }
    }
}
