//! The passes over pictures, bound to what they work on.

use super::frame::Frame;
use super::kernels::Kernels;
use super::network::Network;
use super::program::{Kernel, Stage, Step};
use crate::blur::Background;
use crate::blur::refine::blobs::CELL;
use crate::gpu::Gpu;
use wgpu::{BindingResource, BufferUsages, TextureFormat, TextureUsages};

/// Cells whose groups have room for their sums; `MOST` in `shaders/blur/groups.wgsl`.
const MOST_CELLS: u64 = 4096;

/// Half floats, because every adapter can interpolate them; their steps are an eighth of a level.
const COLORS: TextureFormat = TextureFormat::Rgba16Float;

/// By what they are for; the network's own come between `sees` and `follows`.
#[derive(Debug)]
pub(super) struct Steps {
    /// For every picture.
    pub(super) watches: Vec<Step>,
    /// When the network looks.
    pub(super) sees: Step,
    pub(super) follows: Vec<Step>,
    /// For every picture.
    pub(super) refines: Vec<Step>,
    /// Unless a picture stands for the room.
    pub(super) blurs: Vec<Step>,
    pub(super) estimates: Step,
    pub(super) before_room: Vec<Step>,
    pub(super) before_picture: Option<Vec<Step>>,
}

impl Steps {
    /// Those for one picture, with the network if it looks.
    pub(super) fn of<'a>(
        &'a self,
        network: Option<&'a Network>,
        background: &Background,
    ) -> impl Iterator<Item = &'a Step> {
        let looks = network.into_iter().flat_map(|network| {
            std::iter::once(&self.sees).chain(&network.steps).chain(&self.follows)
        });
        let (blurs, composes) = match (background, &self.before_picture) {
            (Background::Picture(_), Some(steps)) => (&[][..], steps),
            _ => (&self.blurs[..], &self.before_room),
        };
        self.watches
            .iter()
            .chain(looks)
            .chain(&self.refines)
            .chain(blurs)
            .chain(std::iter::once(&self.estimates))
            .chain(composes)
    }
}

/// Everything that lies on the GPU between passes.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) guide: wgpu::Buffer,
    difference: wgpu::Buffer,
    drift: wgpu::Buffer,
    pub(super) change: wgpu::Buffer,
    since: wgpu::Buffer,
    pub(super) network_colors: wgpu::Buffer,
    pub(super) steady: wgpu::Buffer,
    mass: wgpu::Buffer,
    group_mass: wgpu::Buffer,
    keep: wgpu::Buffer,
    weighted: wgpu::Buffer,
    pub(super) answer: wgpu::Buffer,
    line: wgpu::Buffer,
    pub(super) means: wgpu::Buffer,
    pub(super) colors: wgpu::Buffer,
    pub(super) lean: wgpu::Buffer,
    pub(super) matte: wgpu::Buffer,
    pub(super) chroma_matte: wgpu::Buffer,
    pub(super) small: wgpu::Buffer,
    levels: wgpu::Buffer,
    lit: wgpu::Buffer,
    sums: wgpu::Buffer,
    pub(super) composed: wgpu::Buffer,
    front: wgpu::TextureView,
    back: wgpu::TextureView,
    pub(super) room: wgpu::TextureView,
    bilinear: wgpu::Sampler,
}

pub(super) fn texture(
    gpu: &Gpu,
    (width, height): (u32, u32),
    format: TextureFormat,
    usage: TextureUsages,
) -> wgpu::Texture {
    gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("blur.plane"),
        size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: usage | TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    })
}

impl Memory {
    pub(super) fn new(gpu: &Gpu, frame: &Frame) -> Memory {
        let buffer = |label: &str, bytes: u64| {
            gpu.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: bytes.next_multiple_of(16),
                usage: BufferUsages::STORAGE | BufferUsages::COPY_SRC,
                mapped_at_creation: false,
            })
        };
        let view = || {
            let size = (frame.guide_size[0], frame.guide_size[1]);
            let usage = TextureUsages::STORAGE_BINDING | TextureUsages::COPY_SRC;
            texture(gpu, size, COLORS, usage).create_view(&Default::default())
        };
        let (places, network_places) = (frame.places(), frame.network_places());
        let cells = network_places / (CELL * CELL) as u64;
        let tiles = tiles(frame.guide_size, [16, 16]);
        Memory {
            guide: buffer("blur.guide", places * 16),
            difference: buffer("blur.difference", places * 16),
            drift: buffer("blur.drift", u64::from(tiles[0]) * u64::from(tiles[1]) * 16),
            change: buffer("blur.change", places * 4),
            since: buffer("blur.since", network_places * 4),
            network_colors: buffer("blur.network_colors", network_places * 16),
            steady: buffer("blur.steady", network_places * 4),
            mass: buffer("blur.mass", cells * 4),
            group_mass: buffer("blur.group_mass", (MOST_CELLS + 1) * 4),
            keep: buffer("blur.keep", cells * 4),
            weighted: buffer("blur.weighted", network_places * 8),
            answer: buffer("blur.answer", network_places * 4),
            line: buffer("blur.line", places * 16),
            means: buffer("blur.means", places * 16),
            colors: buffer("blur.colors", places * 16),
            lean: buffer("blur.lean", places * 8),
            matte: buffer("blur.matte", frame.luma_bytes()),
            chroma_matte: buffer("blur.chroma_matte", frame.chroma_bytes()),
            small: buffer("blur.small", places * 4),
            levels: buffer("blur.levels", frame.pyramid_places() * 16),
            lit: buffer("blur.lit", places * 16),
            sums: buffer("blur.sums", places * 16),
            composed: buffer("blur.composed", frame.luma_bytes() + 2 * frame.chroma_bytes()),
            front: view(),
            back: view(),
            room: view(),
            bilinear: gpu.device.create_sampler(&wgpu::SamplerDescriptor {
                label: Some("blur.bilinear"),
                mag_filter: wgpu::FilterMode::Linear,
                min_filter: wgpu::FilterMode::Linear,
                ..Default::default()
            }),
        }
    }
}

/// Workgroups over a size.
fn tiles(size: [u32; 2], side: [u32; 2]) -> [u32; 3] {
    [size[0].div_ceil(side[0]), size[1].div_ceil(side[1]), 1]
}

/// Luma, blue difference, red difference.
pub(super) type Views<'a> = [&'a wgpu::TextureView; 3];

/// Binds kernels to what they work on.
pub(super) struct Binder<'a> {
    pub(super) gpu: &'a Gpu,
    pub(super) kernels: &'a Kernels,
    pub(super) frame: &'a Frame,
    pub(super) uniform: &'a wgpu::Buffer,
    pub(super) memory: &'a Memory,
    pub(super) samples: Views<'a>,
}

impl Binder<'_> {
    /// All but those that need a picture for the room.
    pub(super) fn steps(&self, network: &Network) -> Steps {
        Steps {
            watches: self.watches(),
            sees: self.sees(network),
            follows: self.follows(network),
            refines: self.refines(),
            blurs: self.blurs(),
            estimates: self.estimates(),
            before_room: self.composite(&self.kernels.before_room, self.samples),
            before_picture: None,
        }
    }

    fn watches(&self) -> Vec<Step> {
        let Memory { guide, difference, drift, change, since, .. } = self.memory;
        let [y, u, v] = self.samples.map(BindingResource::TextureView);
        let groups = tiles(self.frame.guide_size, [16, 16]);
        let network = tiles(self.frame.network_size, [16, 16]);
        let [guide, difference, drift, change, since] =
            [guide, difference, drift, change, since].map(wgpu::Buffer::as_entire_binding);
        let sums = [y, u, v, guide, difference.clone(), drift.clone()];
        vec![
            self.step(&self.kernels.guide, Stage::Refine, &sums, groups),
            self.step(
                &self.kernels.change,
                Stage::Refine,
                &[difference, drift, change.clone()],
                groups,
            ),
            self.step(&self.kernels.watch, Stage::Refine, &[change, since], network),
        ]
    }

    fn sees(&self, network: &Network) -> Step {
        let [y, u, v] = self.samples.map(BindingResource::TextureView);
        let colors = self.memory.network_colors.as_entire_binding();
        let bound = [y, u, v, network.input.as_entire_binding(), colors];
        let groups = tiles(self.frame.network_size, [16, 4]);
        self.step(&self.kernels.shrink, Stage::Network, &bound, groups)
    }

    fn follows(&self, network: &Network) -> Vec<Step> {
        let memory = self.memory;
        let bound = [&memory.since, &network.output, &memory.steady, &memory.mass];
        let bound = bound.map(wgpu::Buffer::as_entire_binding);
        let places = self.frame.network_size;
        let groups = tiles(places, [16, 16]);
        let mut steps = vec![self.step(&self.kernels.steady, Stage::Refine, &bound, groups)];
        let bound = [&memory.mass, &memory.group_mass, &memory.keep];
        let bound = bound.map(wgpu::Buffer::as_entire_binding);
        steps.push(self.step(&self.kernels.groups, Stage::Refine, &bound, [1, 1, 1]));
        let bound = [
            &memory.network_colors,
            &memory.steady,
            &memory.keep,
            &memory.weighted,
            &memory.answer,
        ];
        let bound = bound.map(wgpu::Buffer::as_entire_binding);
        for (index, sweep) in self.kernels.sweeps.iter().enumerate() {
            // One workgroup for each row, or for each column.
            let lines = if index % 2 == 0 { places[1] } else { places[0] };
            steps.push(self.step(sweep, Stage::Refine, &bound, [lines, 1, 1]));
        }
        steps
    }

    fn refines(&self) -> Vec<Step> {
        let memory = self.memory;
        let groups = tiles(self.frame.guide_size, [16, 16]);
        let guided = [&memory.guide, &memory.answer, &memory.line, &memory.means];
        let smooth = [&memory.line, &memory.change, &memory.colors, &memory.lean];
        let [y, u, v] = self.samples.map(BindingResource::TextureView);
        let [colors, lean, matte, chroma_matte, small] =
            [&memory.colors, &memory.lean, &memory.matte, &memory.chroma_matte, &memory.small]
                .map(wgpu::Buffer::as_entire_binding);
        let apply = [y, u, v, colors, lean, matte.clone(), chroma_matte];
        let words = [self.frame.words(), self.frame.luma_size[1].div_ceil(2)];
        let guided = guided.map(wgpu::Buffer::as_entire_binding);
        let smooth = smooth.map(wgpu::Buffer::as_entire_binding);
        vec![
            self.step(&self.kernels.guided, Stage::Refine, &guided, groups),
            self.step(&self.kernels.smooth, Stage::Refine, &smooth, groups),
            self.step(&self.kernels.apply, Stage::Refine, &apply, tiles(words, [8, 8])),
            self.step(
                &self.kernels.small,
                Stage::Refine,
                &[matte, small],
                tiles(self.frame.guide_size, [16, 4]),
            ),
        ]
    }

    fn blurs(&self) -> Vec<Step> {
        let memory = self.memory;
        let size = self.frame.guide_size;
        let groups = tiles(size, [16, 16]);
        let [guide, small, levels, lit, sums] =
            [&memory.guide, &memory.small, &memory.levels, &memory.lit, &memory.sums]
                .map(wgpu::Buffer::as_entire_binding);
        let room = BindingResource::TextureView(&memory.room);
        let step = |kernel, bound: &[BindingResource<'_>], groups| {
            self.step(kernel, Stage::Blur, bound, groups)
        };
        vec![
            step(&self.kernels.expose, &[guide, small, levels.clone()], groups),
            step(&self.kernels.fill, std::slice::from_ref(&levels), [1, 1, 1]),
            step(&self.kernels.push, &[levels, lit.clone()], groups),
            step(&self.kernels.sums, &[lit.clone(), sums.clone()], [size[1], 1, 1]),
            step(&self.kernels.gather, &[lit, sums, room], tiles(size, [16, 4])),
        ]
    }

    fn estimates(&self) -> Step {
        let memory = self.memory;
        let [guide, small, means] =
            [&memory.guide, &memory.small, &memory.means].map(wgpu::Buffer::as_entire_binding);
        let [front, back] = [&memory.front, &memory.back].map(BindingResource::TextureView);
        let groups = tiles(self.frame.guide_size, [16, 16]);
        let bound = [guide, small, means, front, back];
        self.step(&self.kernels.estimate, Stage::Composite, &bound, groups)
    }

    /// Luma, then chroma; `picture` stands for the room if the kernels look at it.
    pub(super) fn composite(&self, kernels: &[Kernel; 2], picture: Views<'_>) -> Vec<Step> {
        let memory = self.memory;
        let [y, u, v] = self.samples.map(BindingResource::TextureView);
        let [front, back, room] =
            [&memory.front, &memory.back, &memory.room].map(BindingResource::TextureView);
        let [picture_y, picture_u, picture_v] = picture.map(BindingResource::TextureView);
        let [matte, chroma_matte, composed] =
            [&memory.matte, &memory.chroma_matte, &memory.composed]
                .map(wgpu::Buffer::as_entire_binding);
        let bound = [
            BindingResource::Sampler(&memory.bilinear),
            y,
            u,
            v,
            matte,
            chroma_matte,
            front,
            back,
            room,
            picture_y,
            picture_u,
            picture_v,
            composed,
        ];
        let words = self.frame.words();
        let sizes = [[2 * words, self.frame.luma_size[1]], [words, self.frame.chroma_size[1]]];
        let bind = |(kernel, size): (&Kernel, [u32; 2])| {
            self.bind(kernel, Stage::Composite, 1, &bound, tiles(size, [16, 4]))
        };
        kernels.iter().zip(sizes).map(bind).collect()
    }

    fn step(
        &self,
        kernel: &Kernel,
        stage: Stage,
        bound: &[BindingResource<'_>],
        groups: [u32; 3],
    ) -> Step {
        self.bind(kernel, stage, 2, bound, groups)
    }

    /// The frame at 0, the others from `first` on.
    fn bind(
        &self,
        kernel: &Kernel,
        stage: Stage,
        first: u32,
        bound: &[BindingResource<'_>],
        groups: [u32; 3],
    ) -> Step {
        let frame = (0, self.uniform.as_entire_binding());
        let bindings: Vec<_> =
            std::iter::once(frame).chain((first..).zip(bound.iter().cloned())).collect();
        kernel.step(self.gpu, stage, &bindings, groups)
    }
}
