//! The one graphics device that everything shares.
//!
//! The engine makes it with the limits that its passes need; the window borrows it, so that
//! textures go from engine to screen without a copy. Clones are handles to the same device.

use crate::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use wgpu::{DeviceType, DownlevelFlags, Features};

/// What passes use when the adapter has it: half floats in shaders, time stamps around passes, and
/// machine code kept from the last start.
const WELCOME: Features =
    Features::SHADER_F16.union(Features::TIMESTAMP_QUERY).union(Features::PIPELINE_CACHE);

/// An adapter with its device and queue.
#[derive(Debug, Clone)]
pub struct Gpu {
    /// Where adapter and surfaces come from.
    pub instance: wgpu::Instance,
    /// The chosen adapter.
    pub adapter: wgpu::Adapter,
    /// The device, with all of the adapter's limits.
    pub device: wgpu::Device,
    /// Its queue.
    pub queue: wgpu::Queue,
    pipeline_folder: Option<PathBuf>,
    lost: Arc<OnceLock<String>>,
}

/// What an adapter is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpuInfo {
    /// As its driver calls it.
    pub name: String,
    /// `vulkan`, `gl`, `metal`, `dx12`.
    pub backend: String,
    /// What stands behind it.
    pub kind: GpuKind,
    /// Whether it can run compute passes; blur needs them.
    pub compute: bool,
}

/// What stands behind an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GpuKind {
    /// A card with memory of its own.
    Discrete,
    /// A part of the processor's chip.
    Integrated,
    /// A share of another machine's.
    Virtual,
    /// The processor plays GPU: it works, slowly.
    Software,
    /// The driver does not say.
    Unknown,
}

impl Gpu {
    /// Opens the fastest adapter. It blocks for as long as the driver takes, so call it on a
    /// thread that may wait. The environment variables of wgpu (`WGPU_BACKEND`,
    /// `WGPU_ADAPTER_NAME`) are heard.
    ///
    /// Fails with [`Error::Gpu`] when there is no adapter or it refuses.
    pub fn open() -> Result<Gpu> {
        let instance = new_instance();
        let adapter = if std::env::var_os("WGPU_ADAPTER_NAME").is_some() {
            pollster::block_on(wgpu::util::initialize_adapter_from_env(&instance, None))
        } else {
            pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions {
                power_preference: wgpu::PowerPreference::HighPerformance,
                ..Default::default()
            }))
        };
        let adapter =
            adapter.map_err(|error| Error::Gpu(format!("{error}; install its driver")))?;
        let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
            label: Some("katheder"),
            required_features: adapter.features() & WELCOME,
            required_limits: adapter.limits(),
            ..Default::default()
        }))
        .map_err(|error| Error::Gpu(format!("{} refuses: {error}", adapter.get_info().name)))?;
        Ok(Gpu::from_parts(instance, adapter, device, queue))
    }

    /// Takes over a device that exists already, and its two callbacks for errors and for its loss.
    pub fn from_parts(
        instance: wgpu::Instance,
        adapter: wgpu::Adapter,
        device: wgpu::Device,
        queue: wgpu::Queue,
    ) -> Gpu {
        // A validation error is a bug of ours, but no reason to end a call.
        device.on_uncaptured_error(Arc::new(|error| tracing::error!("the GPU reports: {error}")));
        let lost = Arc::new(OnceLock::new());
        let noted = lost.clone();
        device.set_device_lost_callback(move |reason, message| {
            tracing::error!("the GPU is lost ({reason:?}): {message}");
            let _ = noted.set(format!("the device was lost: {message}"));
        });
        Gpu { instance, adapter, device, queue, pipeline_folder: None, lost }
    }

    /// Keeps the passes' machine code in `folder` from one start to the next, where the adapter
    /// lets programs do so.
    pub fn with_pipeline_folder(mut self, folder: PathBuf) -> Gpu {
        self.pipeline_folder = Some(folder);
        self
    }

    /// Where the passes' machine code is kept.
    pub fn pipeline_folder(&self) -> Option<&Path> {
        self.pipeline_folder.as_deref()
    }

    /// Fails with [`Error::Gpu`] once the device is gone: unplugged, reset, or destroyed. It never
    /// comes back; open another.
    pub fn alive(&self) -> Result<()> {
        self.lost.get().map_or(Ok(()), |reason| Err(Error::Gpu(reason.clone())))
    }

    /// What it is.
    pub fn info(&self) -> GpuInfo {
        describe(&self.adapter)
    }
}

/// Every adapter of this machine, the one that [`Gpu::open`] would rather have first. An empty
/// list when there is none.
pub fn list() -> Vec<GpuInfo> {
    let adapters = pollster::block_on(new_instance().enumerate_adapters(wgpu::Backends::all()));
    let mut found: Vec<GpuInfo> = adapters.iter().map(describe).collect();
    found.sort_by_key(|info| {
        let kinds = [
            GpuKind::Discrete,
            GpuKind::Integrated,
            GpuKind::Virtual,
            GpuKind::Unknown,
            GpuKind::Software,
        ];
        (kinds.iter().position(|kind| *kind == info.kind), info.backend == "gl")
    });
    found
}

fn new_instance() -> wgpu::Instance {
    wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env())
}

fn describe(adapter: &wgpu::Adapter) -> GpuInfo {
    let info = adapter.get_info();
    let flags = adapter.get_downlevel_capabilities().flags;
    GpuInfo {
        name: info.name,
        backend: info.backend.to_str().to_owned(),
        kind: match info.device_type {
            DeviceType::DiscreteGpu => GpuKind::Discrete,
            DeviceType::IntegratedGpu => GpuKind::Integrated,
            DeviceType::VirtualGpu => GpuKind::Virtual,
            DeviceType::Cpu => GpuKind::Software,
            DeviceType::Other => GpuKind::Unknown,
        },
        compute: flags.contains(DownlevelFlags::COMPUTE_SHADERS)
            && adapter.limits().max_compute_invocations_per_workgroup > 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_gives_a_device_with_the_adapters_limits_or_a_clear_error() {
        match Gpu::open() {
            Ok(gpu) => {
                let info = gpu.info();
                assert!(!info.name.is_empty() && !info.backend.is_empty());
                assert_eq!(gpu.device.limits(), gpu.adapter.limits());
                assert_eq!(gpu.device.features() & WELCOME, gpu.adapter.features() & WELCOME);
                assert!(list().contains(&info), "{info:?} is not in {:?}", list());
            }
            Err(error) => assert!(matches!(error, Error::Gpu(_)), "{error}"),
        }
    }
}
