//! Opening the window on the screen.

use crate::app::{AT_ONCE, App};
use crate::backend::Backend;
use crate::instance::{self, First, Start};
use crate::links::Link;
use crate::settings::Settings;
use crate::state::DesktopEvent;
use anyhow::Context;
use eframe::egui_wgpu::{WgpuSetup, WgpuSetupExisting};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

/// Its first size in logical pixels; the mockups' size.
const SIZE: [f32; 2] = [1280.0, 800.0];
/// Below this the toolbar's buttons no longer fit.
const LEAST: [f32; 2] = [720.0, 520.0];

/// Shows the window until it is closed, and opens `link` in it. The embedded hub, if there is one,
/// listens on `listen`. Where a window of this session is open, that one opens the link and comes
/// to the front.
pub fn open(listen: SocketAddr, link: Option<Link>) -> anyhow::Result<()> {
    let Some(first) = sole_start(link.as_ref())? else { return Ok(()) };
    let gpu = crate::settings::open_gpu()?;
    tracing::info!(adapter = ?gpu.info(), "drawing");
    let mut options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Katheder")
            .with_app_id(crate::APP_ID)
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
        first,
        Arc::new(move || {
            if let Some(context) = woken.get() {
                context.request_repaint_after(AT_ONCE);
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
            let mut app = App::new(cc, commands, events);
            if let Some(link) = link {
                app.window().apply(DesktopEvent::Open(link).into());
            }
            Ok(Box::new(app))
        }),
    )
    .map_err(|error| anyhow::anyhow!("{error}"))
    .context("cannot open the window")
}

/// The right to open this session's window; `None` when another one has taken over. The inner
/// `None`: this session has no place where starts could meet.
#[expect(clippy::option_option, reason = "both are absences, of different things")]
fn sole_start(link: Option<&Link>) -> anyhow::Result<Option<Option<First>>> {
    let Some(folder) = instance::folder() else { return Ok(Some(None)) };
    match instance::start(&folder, link) {
        Ok(Start::First(first)) => Ok(Some(Some(first))),
        Ok(Start::HandedOver) => Ok(None),
        Err(error) => Err(error).with_context(|| {
            format!("katheder seems to run already and does not answer in {}", folder.display())
        }),
    }
}
