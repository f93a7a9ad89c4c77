//! Opening the window on the screen.

use crate::app::App;
use crate::backend::Backend;
use crate::settings::Settings;
use anyhow::Context;
use eframe::egui_wgpu::{WgpuSetup, WgpuSetupExisting};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

/// Its first size in logical pixels; the mockups' size.
const SIZE: [f32; 2] = [1280.0, 800.0];
/// Below this the toolbar's buttons no longer fit.
const LEAST: [f32; 2] = [720.0, 520.0];

/// Shows the window until it is closed. The embedded hub, if there is one, listens on `listen`.
pub fn open(listen: SocketAddr) -> anyhow::Result<()> {
    let gpu = crate::settings::open_gpu()?;
    tracing::info!(adapter = ?gpu.info(), "drawing");
    let mut options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Katheder")
            .with_app_id("katheder")
            .with_inner_size(SIZE)
            .with_min_inner_size(LEAST),
        renderer: eframe::Renderer::Wgpu,
        ..Default::default()
    };
    options.wgpu_options.wgpu_setup = WgpuSetup::Existing(WgpuSetupExisting {
        instance: gpu.instance.clone(),
        adapter: gpu.adapter.clone(),
        device: gpu.device.clone(),
        queue: gpu.queue.clone(),
    });
    let settings = Settings::path().as_deref().map(Settings::load).unwrap_or_default();
    // The window exists only later than what wakes it.
    let context = Arc::new(OnceLock::<egui::Context>::new());
    let woken = context.clone();
    let backend = Backend::start(
        &settings,
        listen,
        Some(gpu),
        Arc::new(move || {
            if let Some(context) = woken.get() {
                context.request_repaint();
            }
        }),
    )?;
    let (commands, events) = (backend.commands.clone(), backend.events.clone());
    eframe::run_native(
        "katheder",
        options,
        Box::new(move |cc| {
            let _ = context.set(cc.egui_ctx.clone());
            cc.egui_ctx.request_repaint();
            Ok(Box::new(App::new(cc, commands, events)))
        }),
    )
    .map_err(|error| anyhow::anyhow!("{error}"))
    .context("cannot open the window")
}
