//! Machine code of the passes, kept from one start to the next.
//!
//! A file is eight bytes of hash, then what the driver gave. Nothing but a whole file of our own
//! ever reaches the driver, so a damaged one costs a slow start and no more.

use crate::gpu::Gpu;
use std::path::PathBuf;
use wgpu::util::pipeline_cache_key;

/// The driver's cache and its file.
#[derive(Debug)]
pub struct Cache {
    cache: wgpu::PipelineCache,
    file: PathBuf,
    kept: Option<u64>,
}

impl Cache {
    /// The cache of this adapter. `None` without a folder or where the adapter keeps its own.
    #[expect(unsafe_code, reason = "the driver is handed bytes from a file")]
    pub fn open(gpu: &Gpu) -> Option<Cache> {
        let folder = gpu.pipeline_folder()?;
        if !gpu.device.features().contains(wgpu::Features::PIPELINE_CACHE) {
            return None;
        }
        let file = folder.join(pipeline_cache_key(&gpu.adapter.get_info())?);
        let kept = std::fs::read(&file).ok();
        let kept = kept.as_deref().and_then(unpacked);
        // SAFETY: the hash shows that these are the bytes that `get_data` gave; wgpu itself checks
        // that they were made for this adapter and driver.
        let cache = unsafe {
            gpu.device.create_pipeline_cache(&wgpu::PipelineCacheDescriptor {
                label: Some("blur"),
                data: kept,
                fallback: true,
            })
        };
        Some(Cache { cache, file, kept: kept.map(hash) })
    }

    /// For making pipelines.
    pub fn get(&self) -> &wgpu::PipelineCache {
        &self.cache
    }

    /// Writes what has been added since. A failure is logged: the next start is slower, no more.
    pub fn save(&self) {
        let Some(data) = self.cache.get_data().filter(|data| self.kept != Some(hash(data))) else {
            return;
        };
        let aside = self.file.with_extension(format!("{}.part", std::process::id()));
        let written = self
            .file
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&aside, packed(&data)))
            .and_then(|()| std::fs::rename(&aside, &self.file));
        if let Err(error) = written {
            tracing::warn!("cannot keep the GPU's passes in {}: {error}", self.file.display());
        }
    }
}

fn packed(data: &[u8]) -> Vec<u8> {
    [&hash(data).to_le_bytes(), data].concat()
}

fn unpacked(file: &[u8]) -> Option<&[u8]> {
    let (stamp, data) = file.split_first_chunk()?;
    (u64::from_le_bytes(*stamp) == hash(data)).then_some(data)
}

/// FNV-1a with 64 bits: it finds torn and rotten files, which is all that is asked of it.
fn hash(data: &[u8]) -> u64 {
    data.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_file_is_read() {
        let file = packed(b"machine code");
        assert_eq!(unpacked(&file), Some(&b"machine code"[..]));
        for cut in 0..file.len() {
            assert_eq!(unpacked(&file[..cut]), None, "cut to {cut} bytes");
        }
        for bit in 0..file.len() * 8 {
            let mut rotten = file.clone();
            rotten[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(unpacked(&rotten), None, "bit {bit}");
        }
    }
}
