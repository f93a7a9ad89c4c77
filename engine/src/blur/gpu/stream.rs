//! What depends on the size of the pictures: buffers, textures, and the passes over them.

use super::frame::Frame;
use super::kernels::Kernels;
use super::network::Network;
use super::passes::{Binder, Memory, Steps, texture};
use super::stopwatch::Stopwatch;
use super::transfer::{Shared, Upload};
use crate::Result;
use crate::blur::{Looks, Picture};
use crate::frame::{ColorSpace, Planes, VideoFrame};
use crate::gpu::Gpu;
use std::sync::Arc;
use wgpu::{BufferUsages, TextureFormat, TextureUsages};

/// Follows one stream at one size.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) size: (u32, u32),
    pub(super) color: ColorSpace,
    pub(super) factor: usize,
    pub(super) frame: Frame,
    pub(super) upload: Shared,
    pub(super) download: Shared,
    pub(super) steps: Steps,
    /// Where `frame` lies in what is uploaded, after the planes.
    frame_at: u64,
    uniform: wgpu::Buffer,
    samples: [Plane; 3],
    picture: Option<(Arc<Picture>, [wgpu::Texture; 3])>,
    pub(super) memory: Memory,
    pub(super) looks: Looks,
}

/// A plane's texture, and where it lies in what is uploaded.
#[derive(Debug)]
struct Plane {
    texture: wgpu::Texture,
    view: wgpu::TextureView,
    width: usize,
    height: usize,
    offset: u64,
    /// Bytes from one row to the next.
    pitch: usize,
}

impl Stream {
    pub(super) fn new(
        gpu: &Gpu,
        kernels: &Kernels,
        network: &Network,
        size: (u32, u32),
        color: ColorSpace,
        factor: usize,
    ) -> Stream {
        let frame = Frame::new(size, color, factor);
        let chroma = (size.0.div_ceil(2), size.1.div_ceil(2));
        let mut offset = 0;
        let samples = [size, chroma, chroma].map(|size| {
            let plane = Plane::new(gpu, size, offset);
            offset += (plane.pitch * plane.height) as u64;
            plane
        });
        let memory = Memory::new(gpu, &frame);
        let uniform = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("blur.frame"),
            size: size_of::<Frame>() as u64,
            usage: BufferUsages::UNIFORM | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let views = samples.each_ref().map(|plane| &plane.view);
        let binder = Binder {
            gpu,
            kernels,
            frame: &frame,
            uniform: &uniform,
            memory: &memory,
            samples: views,
        };
        Stream {
            size,
            color,
            factor,
            upload: Shared::upload(gpu, offset + size_of::<Frame>() as u64),
            download: Shared::download(gpu, memory.composed.size() + Stopwatch::READ_BACK),
            steps: binder.steps(network),
            frame,
            frame_at: offset,
            uniform,
            samples,
            picture: None,
            memory,
            looks: Looks::default(),
        }
    }

    /// Puts a picture where the GPU can copy it from, and records the copies.
    pub(super) fn send(
        &mut self,
        picture: &VideoFrame,
        encoder: &mut wgpu::CommandEncoder,
    ) -> Result<()> {
        let planes = [&picture.planes.y, &picture.planes.u, &picture.planes.v];
        self.upload.write(|upload| {
            for (plane, samples) in self.samples.iter().zip(planes) {
                plane.put(samples, upload);
            }
            upload.put(self.frame_at as usize, bytemuck::bytes_of(&self.frame));
        })?;
        let source = self.upload.buffer();
        for plane in &self.samples {
            plane.copy(source, encoder);
        }
        let size = self.uniform.size();
        encoder.copy_buffer_to_buffer(source, self.frame_at, &self.uniform, 0, size);
        self.frame.fresh = 0;
        Ok(())
    }

    /// Records the copy of the result to where the processor can read it.
    pub(super) fn fetch(&self, stopwatch: &Stopwatch, encoder: &mut wgpu::CommandEncoder) {
        let (from, to) = (&self.memory.composed, self.download.buffer());
        encoder.copy_buffer_to_buffer(from, 0, to, 0, from.size());
        stopwatch.resolve(encoder, to, from.size());
    }

    /// Takes result and time stamps apart.
    pub(super) fn split<'a>(&self, bytes: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        bytes.split_at((self.memory.composed.size() as usize).min(bytes.len()))
    }

    /// Fills planes from the rows of words that [`Stream::split`] gave first.
    pub(super) fn unpack(&self, bytes: &[u8], planes: &mut Planes) {
        let pitch = self.frame.words() as usize * 4;
        let (luma, rest) = bytes.split_at(self.frame.luma_bytes() as usize);
        let (u, v) = rest.split_at(self.frame.chroma_bytes() as usize);
        let half = self.size.0.div_ceil(2) as usize;
        unpad(luma, 2 * pitch, self.size.0 as usize, &mut planes.y);
        unpad(u, pitch, half, &mut planes.u);
        unpad(v, pitch, half, &mut planes.v);
    }

    /// The matte in rows of words, as a plane.
    pub(super) fn unpack_matte(&self, bytes: &[u8]) -> Vec<u8> {
        let mut matte = vec![0; self.size.0 as usize * self.size.1 as usize];
        unpad(bytes, self.frame.words() as usize * 8, self.size.0 as usize, &mut matte);
        matte
    }

    /// Whether this picture stands for the room.
    pub(super) fn shows(&self, picture: &Arc<Picture>) -> bool {
        self.picture.as_ref().is_some_and(|(shown, _)| Arc::ptr_eq(shown, picture))
    }

    /// Lets a picture stand for the room from now on.
    pub(super) fn show(&mut self, gpu: &Gpu, kernels: &Kernels, picture: &Arc<Picture>) {
        let textures = match self.picture.take() {
            Some((_, textures)) => textures,
            None => self.hang(gpu, kernels),
        };
        let cover = picture.cover(self.size.0, self.size.1, self.color);
        for (texture, samples) in textures.iter().zip([&cover.y, &cover.u, &cover.v]) {
            let layout = wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(texture.width()),
                rows_per_image: None,
            };
            gpu.queue.write_texture(texture.as_image_copy(), samples, layout, texture.size());
        }
        self.picture = Some((picture.clone(), textures));
    }

    /// Makes what is needed to show pictures.
    fn hang(&mut self, gpu: &Gpu, kernels: &Kernels) -> [wgpu::Texture; 3] {
        let chroma = (self.size.0.div_ceil(2), self.size.1.div_ceil(2));
        let textures = [self.size, chroma, chroma].map(|size| plane_texture(gpu, size));
        let views = textures.each_ref().map(|texture| texture.create_view(&Default::default()));
        let binder = Binder {
            gpu,
            kernels,
            frame: &self.frame,
            uniform: &self.uniform,
            memory: &self.memory,
            samples: self.samples.each_ref().map(|plane| &plane.view),
        };
        let steps = binder.composite(&kernels.before_picture, views.each_ref());
        self.steps.before_picture = Some(steps);
        textures
    }
}

impl Plane {
    fn new(gpu: &Gpu, size: (u32, u32), offset: u64) -> Plane {
        let texture = plane_texture(gpu, size);
        let view = texture.create_view(&Default::default());
        let (width, height) = (size.0 as usize, size.1 as usize);
        let pitch = width.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT as usize);
        Plane { texture, view, width, height, offset, pitch }
    }

    fn put(&self, samples: &[u8], upload: &mut Upload<'_>) {
        let offset = self.offset as usize;
        if self.pitch == self.width {
            return upload.put(offset, samples);
        }
        for (row, samples) in samples.chunks_exact(self.width).enumerate() {
            upload.put(offset + row * self.pitch, samples);
        }
    }

    fn copy(&self, source: &wgpu::Buffer, encoder: &mut wgpu::CommandEncoder) {
        let layout = wgpu::TexelCopyBufferLayout {
            offset: self.offset,
            bytes_per_row: Some(self.pitch as u32),
            rows_per_image: Some(self.height as u32),
        };
        encoder.copy_buffer_to_texture(
            wgpu::TexelCopyBufferInfo { buffer: source, layout },
            self.texture.as_image_copy(),
            self.texture.size(),
        );
    }
}

/// Rows of `width` out of rows of `pitch`.
fn unpad(padded: &[u8], pitch: usize, width: usize, out: &mut [u8]) {
    if pitch == width {
        let length = out.len().min(padded.len());
        out[..length].copy_from_slice(&padded[..length]);
        return;
    }
    for (out, row) in out.chunks_exact_mut(width).zip(padded.chunks_exact(pitch)) {
        out.copy_from_slice(&row[..width]);
    }
}

fn plane_texture(gpu: &Gpu, (width, height): (u32, u32)) -> wgpu::Texture {
    texture(gpu, (width, height), TextureFormat::R8Unorm, TextureUsages::COPY_DST)
}
