//! The segmentation network by itself.

use super::network::{self, Network};
use super::program::{Workshop, checked};
use super::stopwatch::Stopwatch;
use super::transfer::{self, COMPILING, Shared};
use crate::Result;
use crate::blur::network::Model;
use crate::blur::plan::Plan;
use crate::gpu::Gpu;

/// Runs the network on one picture after the other, for comparing it with others.
#[derive(Debug)]
pub struct Segmenter {
    gpu: Gpu,
    network: Network,
    half: bool,
    upload: Shared,
    download: Shared,
    stopwatch: Stopwatch,
}

impl Segmenter {
    /// Builds the bundled model's passes. [`crate::Error::Gpu`] when the device refuses.
    pub fn open(gpu: &Gpu, model: Model, half: bool) -> Result<Segmenter> {
        let plan = Plan::of(model)?;
        checked(gpu, || {
            let mut workshop = Workshop::open(gpu);
            let network = Network::build(&mut workshop, &plan, half)?;
            workshop.save();
            let upload = Shared::upload(gpu, network.input.size());
            let download = Shared::download(gpu, network.output.size() + Stopwatch::READ_BACK);
            Ok(Segmenter {
                gpu: gpu.clone(),
                network,
                half,
                upload,
                download,
                stopwatch: Stopwatch::new(gpu),
            })
        })
    }

    /// Looks at a picture, RGB from 0 to 1, three values a pixel; gives one value a pixel from 0,
    /// room, to 1, person.
    pub fn run(&mut self, picture: &[f32]) -> Result<Vec<f32>> {
        self.gpu.alive()?;
        let fours: Vec<f32> =
            picture.chunks_exact(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 0.0]).collect();
        self.upload.write(|upload| upload.put(0, &network::stored(&fours, self.half)))?;
        let descriptor = wgpu::CommandEncoderDescriptor { label: Some("blur.network") };
        let mut encoder = self.gpu.device.create_command_encoder(&descriptor);
        let (input, output) = (&self.network.input, &self.network.output);
        encoder.copy_buffer_to_buffer(self.upload.buffer(), 0, input, 0, input.size());
        self.stopwatch.reset();
        for step in &self.network.steps {
            step.run(&mut encoder, &mut self.stopwatch);
        }
        encoder.copy_buffer_to_buffer(output, 0, self.download.buffer(), 0, output.size());
        self.stopwatch.resolve(&mut encoder, self.download.buffer(), output.size());
        let submission = self.gpu.queue.submit([encoder.finish()]);
        self.upload.want();
        self.download.want();
        transfer::wait(&self.gpu, submission, &[&self.upload, &self.download], COMPILING)?;
        let size = output.size() as usize;
        self.download.read(|bytes| bytemuck::pod_collect_to_vec(&bytes[..size]))
    }
}
