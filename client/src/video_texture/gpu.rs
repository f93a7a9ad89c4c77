//! The paint callback: textures per stream, one pipeline.

use super::Uniform;
use eframe::egui_wgpu::{CallbackResources, CallbackTrait, RenderState, ScreenDescriptor};
use engine::frame::VideoFrame;
use std::collections::HashMap;

/// A stream that was not drawn for so many frames gives its textures back.
const KEEP_PASSES: u64 = 120;

/// Builds the pipeline and leaves it with the renderer. Once, before the first picture.
pub fn install(state: &RenderState) {
    let pipeline = Pipeline::new(&state.device, state.target_format);
    state.renderer.write().callback_resources.insert(pipeline);
}

/// What the pictures' planes took to the graphics device since [`install`], bytes.
pub fn uploaded_bytes(state: &RenderState) -> u64 {
    let renderer = state.renderer.read();
    renderer.callback_resources.get::<Pipeline>().map_or(0, |pipeline| pipeline.uploaded_bytes)
}

/// One picture in one rectangle.
pub(super) struct Picture {
    pub stream: u64,
    pub serial: u64,
    pub pass: u64,
    pub frame: VideoFrame,
    pub uniform: Uniform,
}

struct Pipeline {
    pipeline: wgpu::RenderPipeline,
    sampler: wgpu::Sampler,
    streams: HashMap<u64, Textures>,
    uploaded_bytes: u64,
}

struct Textures {
    size: (u32, u32),
    planes: [wgpu::Texture; 3],
    uniform: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
    /// The picture they hold.
    serial: Option<u64>,
    /// When they were last drawn.
    pass: u64,
}

impl Pipeline {
    fn new(device: &wgpu::Device, target: wgpu::TextureFormat) -> Pipeline {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("video.yuv_to_rgb"),
            source: wgpu::ShaderSource::Wgsl(
                include_str!("../../../shaders/yuv_to_rgb.wgsl").into(),
            ),
        });
        let constants = [("linear_target", f64::from(u8::from(target.is_srgb())))];
        let options = wgpu::PipelineCompilationOptions {
            constants: &constants,
            ..wgpu::PipelineCompilationOptions::default()
        };
        let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("video.yuv_to_rgb"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some("corner"),
                compilation_options: options.clone(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState {
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                ..wgpu::PrimitiveState::default()
            },
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: Some("pixel"),
                compilation_options: options,
                targets: &[Some(wgpu::ColorTargetState {
                    format: target,
                    blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                })],
            }),
            multiview_mask: None,
            cache: None,
        });
        let sampler = device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("video.bilinear"),
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..wgpu::SamplerDescriptor::default()
        });
        Pipeline { pipeline, sampler, streams: HashMap::new(), uploaded_bytes: 0 }
    }

    fn textures(&self, device: &wgpu::Device, frame: &VideoFrame) -> Textures {
        let (chroma_width, chroma_height) = frame.chroma_size();
        let plane = |label, width, height| {
            device.create_texture(&wgpu::TextureDescriptor {
                label: Some(label),
                size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: wgpu::TextureFormat::R8Unorm,
                usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
                view_formats: &[],
            })
        };
        let planes = [
            plane("video.y", frame.width, frame.height),
            plane("video.u", chroma_width, chroma_height),
            plane("video.v", chroma_width, chroma_height),
        ];
        let uniform = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("video.uniform"),
            size: size_of::<Uniform>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let views = planes.each_ref().map(|p| p.create_view(&Default::default()));
        let texture = |binding: u32, view| wgpu::BindGroupEntry {
            binding,
            resource: wgpu::BindingResource::TextureView(view),
        };
        let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("video.stream"),
            layout: &self.pipeline.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::Sampler(&self.sampler),
                },
                texture(2, &views[0]),
                texture(3, &views[1]),
                texture(4, &views[2]),
            ],
        });
        let size = (frame.width, frame.height);
        Textures { size, planes, uniform, bind_group, serial: None, pass: 0 }
    }
}

impl Textures {
    /// Takes a picture's planes over; gives how many bytes they are.
    fn upload(&self, queue: &wgpu::Queue, frame: &VideoFrame) -> u64 {
        let data = [&frame.planes.y, &frame.planes.u, &frame.planes.v];
        for (texture, samples) in self.planes.iter().zip(data) {
            let layout = wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(texture.width()),
                rows_per_image: None,
            };
            queue.write_texture(texture.as_image_copy(), samples, layout, texture.size());
        }
        data.iter().map(|samples| samples.len() as u64).sum()
    }
}

impl CallbackTrait for Picture {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let Some(pipeline) = resources.get_mut::<Pipeline>() else { return Vec::new() };
        pipeline.streams.retain(|_, textures| textures.pass + KEEP_PASSES > self.pass);
        let size = (self.frame.width, self.frame.height);
        if pipeline.streams.get(&self.stream).is_none_or(|textures| textures.size != size) {
            let textures = pipeline.textures(device, &self.frame);
            pipeline.streams.insert(self.stream, textures);
        }
        if let Some(textures) = pipeline.streams.get_mut(&self.stream) {
            if textures.serial != Some(self.serial) {
                pipeline.uploaded_bytes += textures.upload(queue, &self.frame);
                textures.serial = Some(self.serial);
            }
            textures.pass = self.pass;
            queue.write_buffer(&textures.uniform, 0, bytemuck::bytes_of(&self.uniform));
        }
        Vec::new()
    }

    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        let Some(pipeline) = resources.get::<Pipeline>() else { return };
        let Some(textures) = pipeline.streams.get(&self.stream) else { return };
        pass.set_pipeline(&pipeline.pipeline);
        pass.set_bind_group(0, &textures.bind_group, &[]);
        pass.draw(0..4, 0..1);
    }
}
