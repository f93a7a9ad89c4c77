//! The gallery: every control of the kit in all its states on one page, for those who build with
//! it and for the pictures that tests compare. Its words are examples, not the product's texts.

mod sections;

use crate::i18n::{Language, Texts};
use crate::icons;
use crate::theme::{self, font, palette};
use crate::widgets::{icon_button, label, segmented};
use anyhow::Context as _;
use egui::{Align, Context, Layout, ScrollArea, Theme, Ui};
use sections::Drafts;

/// Its first size in logical pixels.
const SIZE: [f32; 2] = [1160.0, 900.0];
/// The scales it can be looked at, percent.
const SCALES: [u16; 3] = [100, 150, 200];

/// What the gallery shows and how.
#[derive(Debug, Default)]
pub struct Gallery {
    /// Dark, or light.
    pub light: bool,
    /// Which of the scales.
    pub scale: usize,
    /// English, or German.
    pub english: bool,
    /// Every text twice as long.
    pub long: bool,
    drafts: Drafts,
}

impl Gallery {
    /// A light or dark one.
    pub fn new(light: bool) -> Gallery {
        Gallery { light, ..Gallery::default() }
    }

    /// The words on show.
    fn texts(&self) -> Texts {
        let language = if self.english { Language::English } else { Language::German };
        let texts = Texts::new(language);
        if self.long { texts.stretched() } else { texts }
    }

    /// Draws it over all of `ui`.
    pub fn show(&mut self, ui: &mut Ui) {
        self.apply(ui.ctx());
        let p = palette(ui.ctx());
        ui.painter().rect_filled(ui.max_rect(), 0.0, p.window);
        let builder = egui::UiBuilder::new().max_rect(ui.max_rect().shrink(24.0));
        let ui = &mut ui.new_child(builder);
        self.header(ui);
        ui.add_space(12.0);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(ui.available_width().min(1080.0));
            self.drafts.show(ui, self.long);
        });
        self.drafts.show_dialogs(ui.ctx(), self.long);
    }

    fn apply(&self, ctx: &Context) {
        let theme = if self.light { Theme::Light } else { Theme::Dark };
        if ctx.theme() != theme {
            ctx.set_theme(theme);
        }
        theme::set_scale(ctx, SCALES[self.scale.min(SCALES.len() - 1)]);
        self.texts().install(ctx);
    }

    fn header(&mut self, ui: &mut Ui) {
        let p = palette(ui.ctx());
        ui.horizontal_wrapped(|ui| {
            label(ui, "Katheder", font::title(26.0), p.text);
            ui.add_space(16.0);
            let names = SCALES.map(|percent| format!("{percent} %"));
            let segments: Vec<_> = names.iter().map(|name| (name.as_str(), None)).collect();
            segmented(ui, "Scale", &segments, &mut self.scale);
            let mut language = usize::from(self.english);
            if segmented(ui, "Language", &[("Deutsch", None), ("English", None)], &mut language) {
                self.english = language == 1;
            }
            let mut length = usize::from(self.long);
            if segmented(ui, "Length", &[("1 ×", None), ("2 ×", None)], &mut length) {
                self.long = length == 1;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let (icon, name) = if self.light {
                    (icons::ICON_DARK_MODE, "Dark")
                } else {
                    (icons::ICON_LIGHT_MODE, "Light")
                };
                if icon_button(ui, icon, name, 36.0).clicked() {
                    self.light = !self.light;
                }
            });
        });
    }
}

impl eframe::App for Gallery {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }
}

/// Opens it in a window of its own; returns when that is closed.
///
/// # Errors
/// Where there is no display or no graphics adapter.
pub fn open() -> anyhow::Result<()> {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Katheder")
            .with_app_id(crate::APP_ID)
            .with_inner_size(SIZE),
        renderer: eframe::Renderer::Wgpu,
        ..Default::default()
    };
    eframe::run_native(
        "katheder-gallery",
        options,
        Box::new(|cc| {
            theme::install(&cc.egui_ctx);
            Ok(Box::<Gallery>::default())
        }),
    )
    .map_err(|error| anyhow::anyhow!("{error}"))
    .context("cannot open the gallery")
}
