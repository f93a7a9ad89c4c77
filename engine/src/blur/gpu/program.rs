//! Making pipelines of shaders, and running steps of them.

use super::cache::Cache;
use super::shaders::Shader;
use super::stopwatch::Stopwatch;
use crate::gpu::Gpu;
use crate::{Error, Result};
use std::collections::HashMap;

/// Which stage's time a pass counts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Shrinking the picture and the segmentation network.
    Network,
    /// From its answer to the matte.
    Refine,
    /// The room out of focus.
    Blur,
    /// Person before room.
    Composite,
}

impl Stage {
    /// How many there are.
    pub const COUNT: usize = 4;
}

/// Values of a shader's `override` constants.
pub type Constants<'a> = &'a [(&'static str, f64)];

/// One dispatch, ready to run.
#[derive(Debug)]
pub struct Step {
    label: &'static str,
    stage: Stage,
    pipeline: wgpu::ComputePipeline,
    bindings: wgpu::BindGroup,
    groups: [u32; 3],
}

impl Step {
    /// Records it.
    pub fn run(&self, encoder: &mut wgpu::CommandEncoder, stopwatch: &mut Stopwatch) {
        let mut pass = stopwatch.pass(encoder, self.label, self.stage);
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bindings, &[]);
        pass.dispatch_workgroups(self.groups[0], self.groups[1], self.groups[2]);
    }
}

/// A pipeline and what it is called.
#[derive(Debug, Clone)]
pub struct Kernel {
    label: &'static str,
    pipeline: wgpu::ComputePipeline,
    layout: wgpu::BindGroupLayout,
}

impl Kernel {
    /// The kernel on some buffers and textures, by binding.
    pub fn step(
        &self,
        gpu: &Gpu,
        stage: Stage,
        bindings: &[(u32, wgpu::BindingResource<'_>)],
        groups: [u32; 3],
    ) -> Step {
        let entries: Vec<wgpu::BindGroupEntry<'_>> = bindings
            .iter()
            .map(|(binding, resource)| wgpu::BindGroupEntry {
                binding: *binding,
                resource: resource.clone(),
            })
            .collect();
        Step {
            label: self.label,
            stage,
            pipeline: self.pipeline.clone(),
            bindings: gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some(self.label),
                layout: &self.layout,
                entries: &entries,
            }),
            groups,
        }
    }
}

/// What tells one kernel from another: its text and the bits of its constants.
type Key = (&'static [(&'static str, &'static str)], Vec<(&'static str, u64)>);

/// Makes kernels, each once.
#[derive(Debug)]
pub struct Workshop {
    gpu: Gpu,
    cache: Option<Cache>,
    modules: HashMap<&'static [(&'static str, &'static str)], wgpu::ShaderModule>,
    kernels: HashMap<Key, Kernel>,
}

impl Workshop {
    /// An empty one.
    pub fn open(gpu: &Gpu) -> Workshop {
        let cache = Cache::open(gpu);
        Workshop { gpu: gpu.clone(), cache, modules: HashMap::new(), kernels: HashMap::new() }
    }

    /// Its device.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// The kernel of a shader with these constants. Drivers compile here: it may take a while.
    pub fn kernel(&mut self, shader: Shader, constants: Constants<'_>) -> Kernel {
        let bits = constants.iter().map(|(name, value)| (*name, value.to_bits())).collect();
        let key = (shader.files, bits);
        if let Some(kernel) = self.kernels.get(&key) {
            return kernel.clone();
        }
        let pipeline = self.pipeline(shader, constants);
        let layout = pipeline.get_bind_group_layout(0);
        let kernel = Kernel { label: shader.label, pipeline, layout };
        self.kernels.insert(key, kernel.clone());
        kernel
    }

    fn pipeline(&mut self, shader: Shader, constants: Constants<'_>) -> wgpu::ComputePipeline {
        let device = &self.gpu.device;
        let module = self.modules.entry(shader.files).or_insert_with(|| module(device, shader));
        device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(shader.label),
            layout: None,
            module,
            entry_point: None,
            compilation_options: wgpu::PipelineCompilationOptions {
                constants,
                zero_initialize_workgroup_memory: false,
            },
            cache: self.cache.as_ref().map(Cache::get),
        })
    }

    /// Keeps the machine code for the next start.
    pub fn save(&self) {
        if let Some(cache) = &self.cache {
            cache.save();
        }
    }
}

/// Loops stay as they are written, so that drivers can unroll them; accesses stay checked.
#[expect(unsafe_code, reason = "leaves out wgpu's loop counters")]
fn module(device: &wgpu::Device, shader: Shader) -> wgpu::ShaderModule {
    let mut checks = wgpu::ShaderRuntimeChecks::checked();
    checks.force_loop_bounding = false;
    // SAFETY: the shaders are our own, and each of their loops ends.
    unsafe {
        device.create_shader_module_trusted(
            wgpu::ShaderModuleDescriptor {
                label: Some(shader.label),
                source: wgpu::ShaderSource::Wgsl(shader.source().into()),
            },
            checks,
        )
    }
}

/// A buffer that holds these bytes from the start.
pub fn filled(
    gpu: &Gpu,
    label: &str,
    contents: &[u8],
    usage: wgpu::BufferUsages,
) -> Result<wgpu::Buffer> {
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: (contents.len() as u64).next_multiple_of(wgpu::COPY_BUFFER_ALIGNMENT),
        usage,
        mapped_at_creation: true,
    });
    let mut view =
        buffer.get_mapped_range_mut(..).map_err(|error| Error::Gpu(error.to_string()))?;
    view.slice(..contents.len()).copy_from_slice(contents);
    drop(view);
    buffer.unmap();
    Ok(buffer)
}

/// What `build` makes; [`Error::Gpu`] when the device refuses any of it.
pub fn checked<T>(gpu: &Gpu, build: impl FnOnce() -> Result<T>) -> Result<T> {
    // A loss is heard of by asking.
    let _ = gpu.device.poll(wgpu::PollType::Poll);
    gpu.alive()?;
    let filters = [
        wgpu::ErrorFilter::Validation,
        wgpu::ErrorFilter::OutOfMemory,
        wgpu::ErrorFilter::Internal,
    ];
    let scopes = filters.map(|filter| gpu.device.push_error_scope(filter));
    let built = build();
    let mut refused = None;
    for scope in scopes.into_iter().rev() {
        refused = pollster::block_on(scope.pop()).or(refused);
    }
    gpu.alive()?;
    match refused {
        Some(error) => Err(Error::Gpu(error.to_string())),
        None => built,
    }
}
