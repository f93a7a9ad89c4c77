//! The gallery of controls: rendered for looking at, compared with committed pictures, audited.
//! After a wanted change `UPDATE_SNAPSHOTS=1 cargo test --workspace --test gallery` makes the
//! pictures anew.

mod audit;

use client::gallery::Gallery;
use client::theme;
use egui_kittest::kittest::Queryable;
use egui_kittest::wgpu::WgpuTestRenderer;
use egui_kittest::{Harness, SnapshotOptions};

/// Room for every section.
const SIZE: [f32; 2] = [1160.0, 2200.0];

fn gallery(gallery: Gallery, size: [f32; 2]) -> Harness<'static, Gallery> {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_context_setup(theme::install)
        .renderer(WgpuTestRenderer::default())
        .build_ui_state(draw, gallery);
    harness.run_steps(4);
    harness
}

/// Over all of the window, as the real one does: the harness leaves a margin.
fn draw(ui: &mut egui::Ui, gallery: &mut Gallery) {
    let rect = ui.ctx().content_rect();
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    ui.set_clip_rect(rect);
    gallery.show(&mut ui);
}

fn keep(name: &str, harness: &mut Harness<'static, Gallery>) {
    let image = harness.render().expect("a picture");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&folder).expect("folder");
    image.save(folder.join(format!("{name}.png"))).expect("writable");
}

#[test]
fn every_control_renders_dark_and_light() {
    for (name, light) in [("gallery_dark", false), ("gallery_light", true)] {
        let mut page = gallery(Gallery::new(light), SIZE);
        keep(name, &mut page);
        page.get_by_label("Rückfrage").click();
        page.run_steps(4);
        keep(&format!("{name}_question"), &mut page);
        let mut page = gallery(Gallery::new(light), SIZE);
        page.get_by_label("Mehr").click();
        page.run_steps(4);
        keep(&format!("{name}_menu"), &mut page);
    }
    let mut long = Gallery::new(false);
    long.long = true;
    let mut page = gallery(long, [1160.0, 2600.0]);
    keep("gallery_long", &mut page);
    let mut large = Gallery::new(true);
    large.scale = 2;
    let mut page = gallery(large, [1800.0, 1800.0]);
    keep("gallery_200", &mut page);
}

#[test]
fn every_control_looks_as_it_did() {
    // Drivers differ in the last bit of an edge; a control that moved differs in thousands.
    let options = SnapshotOptions::new().threshold(1.0).max_failed_pixels(400);
    let mut page = gallery(Gallery::new(false), SIZE);
    page.snapshot_options("gallery_dark", &options);
    page.state_mut().light = true;
    page.run_steps(4);
    page.snapshot_options("gallery_light", &options);
}

#[test]
fn every_control_has_a_name_and_room_for_twice_its_text() {
    for long in [false, true] {
        for scale in 0..3 {
            let mut shown = Gallery::new(false);
            shown.long = long;
            shown.scale = scale;
            // A window that leaves a thousand points at every scale.
            let side = 1100.0 * [1.0, 1.5, 2.0][scale];
            let page = gallery(shown, [side, 2.0 * side]);
            audit::clean(&format!("long: {long}, scale {scale}"), &page);
        }
    }
}
