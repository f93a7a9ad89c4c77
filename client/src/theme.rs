//! The design tokens: colours of both themes, type, sizes. Nothing else in the program names a
//! colour value.

use crate::settings::{Settings, ThemeChoice};
use egui::epaint::text::{FontData, FontDefinitions, FontFamily};
use egui::style::ScrollAnimation;
use egui::{
    Color32, Context, CornerRadius, FontId, Shadow, Stroke, Theme, ThemePreference, Visuals,
};
use std::sync::Arc;

/// All colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Behind video, and the call window.
    pub stage: Color32,
    /// Page background.
    pub window: Color32,
    /// Toolbar, side panels, dialogs.
    pub panel: Color32,
    /// Buttons, selected rows, neutral pills.
    pub raised: Color32,
    /// Hover fill, selected segment.
    pub hover: Color32,
    /// Menus, toasts, popups.
    pub overlay: Color32,
    /// Separators.
    pub line: Color32,
    /// Borders of inputs and switches.
    pub control: Color32,
    /// Titles, values.
    pub text: Color32,
    /// Body, labels.
    pub text2: Color32,
    /// Captions, placeholders.
    pub text3: Color32,
    /// Fill: live, now, primary action, switch on.
    pub accent: Color32,
    /// Primary hover.
    pub accent_hover: Color32,
    /// Text on accent.
    pub on_accent: Color32,
    /// Accent as text or icon.
    pub accent_text: Color32,
    /// Active tool.
    pub accent_soft: Color32,
    /// Text and icon: muted, error, handset.
    pub danger: Color32,
    /// Confirmed or hovered destructive fill.
    pub danger_fill: Color32,
    /// Text on it.
    pub on_danger: Color32,
    /// Muted tool.
    pub danger_soft: Color32,
    /// Available, checks passed.
    pub success: Color32,
    /// Its fill.
    pub success_soft: Color32,
    /// Weak link, missing device.
    pub warning: Color32,
    /// Its fill.
    pub warning_soft: Color32,
    /// Raised hands only.
    pub hand: Color32,
    /// Text on it.
    pub on_hand: Color32,
    /// Hand queue.
    pub hand_soft: Color32,
    /// Speaking ring.
    pub ring: Color32,
    /// Lamp line.
    pub lamp: Color32,
    /// Focus ring.
    pub focus: Color32,
    /// Behind a modal.
    pub scrim: Color32,
    /// Neutral buttons carry a line in the light theme.
    pub outlined: bool,
}

#[expect(clippy::disallowed_methods, reason = "this is the one home of colour values")]
const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// `alpha` of 255, on a colour given as `0xRRGGBB`.
const fn rgba(hex: u32, alpha: u32) -> Color32 {
    // Premultiplied, rounded; written out because the library's own is not const.
    const fn part(value: u32, alpha: u32) -> u8 {
        ((value * alpha + 127) / 255) as u8
    }
    Color32::from_rgba_premultiplied(
        part((hex >> 16) & 255, alpha),
        part((hex >> 8) & 255, alpha),
        part(hex & 255, alpha),
        alpha as u8,
    )
}

/// The lecture hall at dusk.
pub const DARK: Palette = Palette {
    stage: rgb(0x0A0E0D),
    window: rgb(0x101615),
    panel: rgb(0x161E1C),
    raised: rgb(0x1F2927),
    hover: rgb(0x293532),
    overlay: rgb(0x222D2A),
    line: rgb(0x28332F),
    control: rgb(0x6D7C76),
    text: rgb(0xEDF1EC),
    text2: rgb(0xB7C2BC),
    text3: rgb(0x93A19A),
    accent: rgb(0xE6B85C),
    accent_hover: rgb(0xF1CA7B),
    on_accent: rgb(0x1C1505),
    accent_text: rgb(0xEFC778),
    accent_soft: rgb(0x2D2817),
    danger: rgb(0xF47C6E),
    danger_fill: rgb(0xC23B30),
    on_danger: rgb(0xFFFFFF),
    danger_soft: rgb(0x371F1C),
    success: rgb(0x6BCB92),
    success_soft: rgb(0x17301F),
    warning: rgb(0xF2A066),
    warning_soft: rgb(0x382618),
    hand: rgb(0x8DC3FF),
    on_hand: rgb(0x07182B),
    hand_soft: rgb(0x1A2B3C),
    ring: rgb(0xFFD27A),
    lamp: rgb(0xE6B85C),
    focus: rgb(0xFFD27A),
    scrim: rgba(0x050807, 0xA8),
    outlined: false,
};

/// Paper.
pub const LIGHT: Palette = Palette {
    stage: rgb(0xE5E2D8),
    window: rgb(0xFBFAF6),
    panel: rgb(0xF3F1E9),
    raised: rgb(0xFFFFFF),
    hover: rgb(0xE9E6DB),
    overlay: rgb(0xFFFFFF),
    line: rgb(0xDFDBCE),
    control: rgb(0x878272),
    text: rgb(0x17211E),
    text2: rgb(0x45514C),
    text3: rgb(0x58635D),
    accent: rgb(0xE6B450),
    accent_hover: rgb(0xD9A338),
    on_accent: rgb(0x1C1505),
    accent_text: rgb(0x7A5204),
    accent_soft: rgb(0xF6E9C8),
    danger: rgb(0xB3281E),
    danger_fill: rgb(0xB3281E),
    on_danger: rgb(0xFFFFFF),
    danger_soft: rgb(0xF9E1DC),
    success: rgb(0x1C6B41),
    success_soft: rgb(0xDCEFE1),
    warning: rgb(0x964708),
    warning_soft: rgb(0xFAE6D3),
    hand: rgb(0x1F5FA8),
    on_hand: rgb(0xFFFFFF),
    hand_soft: rgb(0xDCE9F7),
    ring: rgb(0xA86A00),
    lamp: rgb(0xB07409),
    focus: rgb(0x8A5A00),
    scrim: rgba(0x17211E, 0x66),
    outlined: true,
};

/// Marks over video: dark plates in both themes, so that a face's brightness never decides.
pub mod plate {
    use super::{Color32, rgb, rgba};

    /// Background, 84 % opaque.
    pub const FILL: Color32 = rgba(0x0F1514, 214);
    /// Text on it.
    pub const TEXT: Color32 = rgb(0xF2F5F1);
    /// Less important text on it.
    pub const TEXT2: Color32 = rgb(0xB7C2BC);
    /// The muted microphone.
    pub const DANGER: Color32 = rgb(0xF47C6E);
    /// Speaking.
    pub const RING: Color32 = rgb(0xFFD27A);
    /// A weak link.
    pub const WARNING: Color32 = rgb(0xF2A066);
    /// The hand badge.
    pub const HAND: Color32 = rgb(0x8DC3FF);
    /// Text on it.
    pub const ON_HAND: Color32 = rgb(0x07182B);
}

/// Grounds of initials avatars; white text on each has at least 4.5:1.
pub const AVATARS: [Color32; 8] = [
    rgb(0x2F6B5A),
    rgb(0x7A4B2A),
    rgb(0x4A5C8A),
    rgb(0x7B3F5D),
    rgb(0x5C6B2F),
    rgb(0x2F5F7A),
    rgb(0x6B4A86),
    rgb(0x86513F),
];

/// Text on [`AVATARS`].
pub const ON_AVATAR: Color32 = rgb(0xFFFFFF);

/// A QR code's squares; the same in both themes, because readers expect dark on light.
pub const QR_INK: Color32 = rgb(0x17211E);

/// What a QR code stands on.
pub const QR_GROUND: Color32 = rgb(0xFFFFFF);

/// The palette in force.
pub fn palette(ctx: &Context) -> &'static Palette {
    match ctx.theme() {
        Theme::Dark => &DARK,
        Theme::Light => &LIGHT,
    }
}

/// Widths and heights, in points.
pub mod size {
    /// The page header.
    pub const HEADER: f32 = 44.0;
    /// The call's top bar.
    pub const TOP_BAR: f32 = 48.0;
    /// The toolbar.
    pub const PULT: f32 = 80.0;
    /// A tool in it.
    pub const TOOL: f32 = 64.0;
    /// A button.
    pub const BUTTON: f32 = 36.0;
    /// The one large button of a page.
    pub const BUTTON_LARGE: f32 = 44.0;
    /// A text field or drop-down.
    pub const INPUT: f32 = 40.0;
    /// The people panel.
    pub const PEOPLE: f32 = 348.0;
    /// The chat panel.
    pub const CHAT: f32 = 356.0;
    /// The pre-join settings.
    pub const SETTINGS: f32 = 424.0;
    /// A thumbnail beside the stage.
    pub const THUMBNAIL: egui::Vec2 = egui::vec2(188.0, 106.0);
    /// The self view in fullscreen.
    pub const SELF_VIEW: egui::Vec2 = egui::vec2(248.0, 140.0);
    /// Between tiles.
    pub const TILE_GAP: f32 = 8.0;
    /// A tile's corner.
    pub const TILE_RADIUS: f32 = 12.0;
}

/// Fonts by role.
pub mod font {
    use egui::{FontFamily, FontId};
    use std::sync::{Arc, LazyLock};

    fn family(name: &str) -> FontFamily {
        FontFamily::Name(Arc::from(name))
    }
    static MEDIUM: LazyLock<FontFamily> = LazyLock::new(|| family("inter-medium"));
    static SEMIBOLD: LazyLock<FontFamily> = LazyLock::new(|| family("inter-semibold"));
    static TITLE: LazyLock<FontFamily> = LazyLock::new(|| family("vollkorn-medium"));
    static MONO: LazyLock<FontFamily> = LazyLock::new(|| family("mono-regular"));
    static MONO_SEMIBOLD: LazyLock<FontFamily> = LazyLock::new(|| family("mono-semibold"));

    /// Running text: Inter Regular.
    pub fn regular(size: f32) -> FontId {
        FontId::new(size, FontFamily::Proportional)
    }
    /// Row titles, buttons, labels: Inter Medium.
    pub fn medium(size: f32) -> FontId {
        FontId::new(size, MEDIUM.clone())
    }
    /// Section titles, badges: Inter SemiBold.
    pub fn semibold(size: f32) -> FontId {
        FontId::new(size, SEMIBOLD.clone())
    }
    /// Page titles, from 25 points up: Vollkorn Medium.
    pub fn title(size: f32) -> FontId {
        FontId::new(size, TITLE.clone())
    }
    /// Whatever ticks, numbers: JetBrains Mono Regular.
    pub fn mono(size: f32) -> FontId {
        FontId::new(size, MONO.clone())
    }
    /// Emphasised numbers: JetBrains Mono SemiBold.
    pub fn mono_semibold(size: f32) -> FontId {
        FontId::new(size, MONO_SEMIBOLD.clone())
    }
}

/// Puts fonts and both themes into a context. Call once, before the first frame.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    egui_material_icons::initialize(ctx);
    ctx.set_visuals_of(Theme::Dark, visuals(&DARK, Visuals::dark()));
    ctx.set_visuals_of(Theme::Light, visuals(&LIGHT, Visuals::light()));
    ctx.all_styles_mut(|style| {
        style.spacing.interact_size.y = size::BUTTON;
        style.spacing.item_spacing = egui::vec2(8.0, 8.0);
        style.spacing.button_padding = egui::vec2(14.0, 8.0);
        style.spacing.menu_margin = egui::Margin::same(6);
        style.spacing.scroll = egui::style::ScrollStyle::thin();
        style.interaction.selectable_labels = false;
        style.interaction.tooltip_delay = 0.4;
        style.animation_time = motion::HOVER_S;
        style.override_font_id = Some(FontId::new(14.0, FontFamily::Proportional));
    });
}

/// The least and the greatest scale, percent.
pub const SCALES: std::ops::RangeInclusive<u16> = 80..=200;

/// Makes a context look and move as the user wants it. Cheap when nothing changed.
pub fn follow(ctx: &Context, settings: &Settings) {
    let wanted = match settings.theme {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Dark => ThemePreference::Dark,
        ThemeChoice::Light => ThemePreference::Light,
    };
    if ctx.options(|options| options.theme_preference) != wanted {
        ctx.set_theme(wanted);
    }
    set_scale(ctx, settings.scale_percent);
    set_reduced_motion(ctx, settings.reduced_motion);
}

/// Draws everything at `percent` of its size, on top of what the screen asks for.
pub fn set_scale(ctx: &Context, percent: u16) {
    let factor = f32::from(percent.clamp(*SCALES.start(), *SCALES.end())) / 100.0;
    if ctx.zoom_factor() != factor {
        ctx.set_zoom_factor(factor);
    }
}

/// Whether things change at once instead of moving; see [`seconds`].
pub fn set_reduced_motion(ctx: &Context, reduced: bool) {
    let time = if reduced { 0.0 } else { motion::HOVER_S };
    if ctx.global_style().animation_time != time {
        ctx.all_styles_mut(|style| {
            style.animation_time = time;
            style.scroll_animation =
                if reduced { ScrollAnimation::none() } else { ScrollAnimation::default() };
        });
    }
}

/// How long a movement of `normal` seconds lasts: no time at all where the user wants it so.
pub fn seconds(ctx: &Context, normal: f32) -> f32 {
    if ctx.global_style().animation_time > 0.0 { normal } else { 0.0 }
}

/// How long things move, in seconds.
pub mod motion {
    /// Hover and press.
    pub const HOVER_S: f32 = 0.08;
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions { font_data: Default::default(), families: Default::default() };
    let cuts: [(&str, &'static [u8]); 6] = [
        ("inter-regular", include_bytes!("../../assets/fonts/Inter-Regular.otf")),
        ("inter-medium", include_bytes!("../../assets/fonts/Inter-Medium.otf")),
        ("inter-semibold", include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
        ("vollkorn-medium", include_bytes!("../../assets/fonts/Vollkorn-Medium.ttf")),
        ("mono-regular", include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf")),
        ("mono-semibold", include_bytes!("../../assets/fonts/JetBrainsMono-SemiBold.ttf")),
    ];
    // People's names and chat lines come in every script.
    let fallbacks: [(&str, &'static [u8]); 2] = [
        ("droid-fallback", include_bytes!("../../assets/fonts/DroidSansFallback.ttf")),
        ("noto-emoji", include_bytes!("../../assets/fonts/NotoEmoji-Regular.ttf")),
    ];
    for (name, bytes) in cuts.into_iter().chain(fallbacks) {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    // Every family falls back to the regular cut for what it lacks, then to the other scripts.
    let chain = |first: &str| {
        let mut chain = vec![first.to_owned()];
        let others = ["inter-regular", "droid-fallback", "noto-emoji"];
        chain.extend(others.iter().filter(|name| **name != first).map(|name| (*name).to_owned()));
        chain
    };
    for (name, _) in cuts {
        fonts.families.insert(FontFamily::Name(Arc::from(name)), chain(name));
    }
    fonts.families.insert(FontFamily::Proportional, chain("inter-regular"));
    fonts.families.insert(FontFamily::Monospace, chain("mono-regular"));
    fonts
}

fn visuals(p: &Palette, base: Visuals) -> Visuals {
    let mut v = base;
    v.override_text_color = Some(p.text);
    v.weak_text_color = Some(p.text3);
    v.hyperlink_color = p.accent_text;
    v.panel_fill = p.panel;
    v.window_fill = p.overlay;
    v.window_stroke = Stroke::new(1.0, p.line);
    v.window_corner_radius = CornerRadius::same(16);
    v.menu_corner_radius = CornerRadius::same(12);
    v.extreme_bg_color = if p.outlined { p.raised } else { p.window };
    v.text_edit_bg_color = Some(v.extreme_bg_color);
    v.faint_bg_color = p.raised;
    v.code_bg_color = p.raised;
    v.warn_fg_color = p.warning;
    v.error_fg_color = p.danger;
    v.selection.bg_fill = p.accent_soft;
    v.selection.stroke = Stroke::new(2.0, p.accent);
    v.popup_shadow = shadow(p, 12, 32, 115);
    v.window_shadow = modal_shadow(p);
    v.disabled_alpha = 0.32;
    for (state, fill, stroke) in [
        (&mut v.widgets.noninteractive, p.panel, p.line),
        (&mut v.widgets.inactive, p.raised, p.control),
        (&mut v.widgets.hovered, p.hover, p.control),
        (&mut v.widgets.active, p.hover, p.focus),
        (&mut v.widgets.open, p.hover, p.control),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, stroke);
        state.fg_stroke = Stroke::new(1.0, p.text);
        state.corner_radius = CornerRadius::same(8);
        state.expansion = 0.0;
    }
    v
}

/// The shadow of menus and toasts (12, 32, 45 %) or dialogs (24, 64, 50 %); a third of it on paper.
fn shadow(p: &Palette, offset: i8, blur: u8, alpha: u8) -> Shadow {
    let alpha = if p.outlined { alpha / 3 } else { alpha };
    Shadow { offset: [0, offset], blur, spread: 0, color: Color32::from_black_alpha(alpha) }
}

/// The shadow under dialogs.
pub fn modal_shadow(p: &Palette) -> Shadow {
    shadow(p, 24, 64, 128)
}

/// The shadow under toasts.
pub fn toast_shadow(p: &Palette) -> Shadow {
    shadow(p, 12, 32, 115)
}
