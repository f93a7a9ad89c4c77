//! Bytes that a frame takes to the graphics device for its pictures.

use crate::stage::{PICTURE, Stage};
use anyhow::{Result, ensure};
use client::video_texture::{self, uploaded_bytes};
use egui_kittest::TestRenderer;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};

/// Tiles on show: one page.
const PEOPLE: u32 = 25;

/// Draws on a graphics device that shows nothing.
pub struct Screen {
    state: eframe::egui_wgpu::RenderState,
    renderer: WgpuTestRenderer,
}

impl Screen {
    /// Opens one; a software one where there is such.
    pub fn open() -> Screen {
        let options = eframe::egui_wgpu::RendererOptions::PREDICTABLE;
        let state = create_render_state(default_wgpu_setup(), options);
        video_texture::install(&state);
        Screen { renderer: WgpuTestRenderer::from_render_state(state.clone()), state }
    }

    /// What draws.
    pub fn adapter(&self) -> String {
        self.state.adapter.get_info().name
    }

    /// Draws the next frame; gives the bytes of pictures that it took over.
    pub fn draw(&mut self, stage: &mut Stage) -> Result<u64> {
        let before = uploaded_bytes(&self.state);
        let mut output = stage.lay_out();
        self.renderer.handle_delta(&mut output.textures_delta);
        self.renderer.render(&stage.context, &output).map_err(anyhow::Error::msg)?;
        Ok(uploaded_bytes(&self.state) - before)
    }
}

/// Prints the bytes for several numbers of changed tiles. Fails where one is uploaded in vain.
pub fn measure() -> Result<()> {
    let mut stage = Stage::of(PEOPLE);
    let mut screen = Screen::open();
    stage.renew(PEOPLE);
    // Tiles find their places.
    for _ in 0..30 {
        screen.draw(&mut stage)?;
    }
    let (width, height) = PICTURE;
    let picture = u64::from(width * height + 2 * (width / 2) * (height / 2));
    println!("upload per frame, {PEOPLE} tiles of {width}×{height}, on {}", screen.adapter());
    for changed in [0, 1, 5, PEOPLE] {
        let fresh = crate::fake::picture(changed, width, height);
        for id in 1..=changed {
            stage.window.videos.put(Stage::feed(PEOPLE, id), fresh.clone());
        }
        let bytes = screen.draw(&mut stage)?;
        println!("{changed:>4} changed {bytes:>12} bytes");
        ensure!(bytes == u64::from(changed) * picture, "only what changed is to be uploaded");
    }
    println!();
    Ok(())
}
