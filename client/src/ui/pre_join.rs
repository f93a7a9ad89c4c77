//! Devices and the own picture before going in. Nothing here ever keeps anybody out.

use super::{View, background, clock, column, page, portrait, region, words};
use crate::command::Command;
use crate::i18n::Texts;
use crate::icons;
use crate::state::{Device, Devices, TestSound};
use crate::theme::{font, plate as over_video, size};
use crate::video_texture::{Feed, Fit, Look, fitted};
use crate::widgets::{
    Button, Choice, Field, Kind, Tone, avatar, banner, bars_meter, dropdown, elided, failure, pill,
    plate, spoken, spread, switch,
};
use egui::accesskit::Role;
use egui::{Align, Layout, Popup, Rect, Sense, Ui, pos2, vec2};
use engine::config::{CameraSource, MicrophoneSource, SpeakerSink};
use protocol::Standing;

/// A hub that takes longer to answer is worth a warning, milliseconds.
const SLOW_MS: u32 = 250;

/// The pre-join page.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let rect = page(ui, view);
    if view.state.pre_join.is_none() {
        return view.state.go_home();
    }
    let (left, right) = if rect.width() >= 1000.0 {
        let split = rect.right() - size::SETTINGS;
        (
            Rect::from_min_max(rect.min, pos2(split, rect.bottom())),
            Rect::from_min_max(pos2(split, rect.top()), rect.max),
        )
    } else {
        // Narrow: the picture keeps two fifths of the height, the settings go below.
        let split = rect.top() + rect.height() * 0.4;
        (
            Rect::from_min_max(rect.min, pos2(rect.right(), split)),
            Rect::from_min_max(pos2(rect.left(), split), rect.max),
        )
    };
    ui.painter().rect_filled(left, 0.0, view.p.stage);
    ui.painter().rect_filled(right, 0.0, view.p.panel);
    preview(ui, view, left);
    settings(ui, view, right);
}

fn preview(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let (p, t) = (view.p, view.t);
    let face = portrait::own_face(view);
    let Some(page) = &view.state.pre_join else { return };
    let head = if rect.height() > 420.0 { 84.0 } else { 0.0 };
    let area = Rect::from_min_max(rect.min + vec2(32.0, 24.0 + head), rect.max - vec2(24.0, 56.0));
    let tile = fitted(area, vec2(16.0, 9.0)).translate(vec2(0.0, 0.0));
    let painter = ui.painter();
    if head > 0.0 {
        let kind = words::kind(t, page.room.kind);
        pill(
            painter,
            pos2(tile.left() + 4.0, tile.top() - 72.0),
            &kind,
            p.accent_soft,
            p.accent_text,
        );
        let title = Rect::from_min_max(
            tile.left_top() - vec2(-4.0, 54.0),
            tile.right_top() - vec2(4.0, 14.0),
        );
        elided(painter, title, &page.room.name, font::title(30.0), p.text);
        spoken(ui, title, "room", Role::Heading, &page.room.name);
        who_is_there(ui, view, pos2(tile.right() - 4.0, tile.top() - 72.0));
    }
    painter.rect_filled(tile, 16.0, p.panel);
    let look = Look { fit: Fit::Fill, mirrored: true, radius: 16.0 };
    let shown = page.wants_camera() && view.videos.paint(painter, tile, &Feed::SelfView, look);
    let name = page.name.trim();
    let corner = tile.left_bottom() + vec2(12.0, -12.0);
    if shown {
        let words = t.get("mirrored-hint");
        let at = tile.left_top() + vec2(12.0, 40.0);
        let mark = Some((icons::ICON_FLIP.outlined(), over_video::TEXT));
        plate(painter, at, tile.width() - 24.0, mark, &words);
    } else {
        let middle = tile.center() - vec2(0.0, 24.0);
        avatar(painter, middle, (tile.height() * 0.28).min(112.0), name, face);
        let words = t.get(match (page.wants_camera(), &view.state.devices.camera) {
            (false, _) => "preview-without-camera",
            (true, CameraSource::None) => "preview-no-camera",
            (true, _) => "preview-starting",
        });
        let at = middle + vec2(0.0, (tile.height() * 0.14).min(56.0) + 28.0);
        let drawn =
            painter.text(at, egui::Align2::CENTER_CENTER, &words, font::regular(14.0), p.text2);
        spoken(ui, drawn, "preview", Role::Status, &words);
    }
    let mut room = tile.width() - 24.0;
    if page.muted {
        let words = t.get("joins-muted");
        let width =
            painter.layout_no_wrap(words.clone(), font::medium(13.0), p.text).size().x + 39.0;
        let width = width.min(room * 0.6);
        let at = tile.right_bottom() - vec2(width + 12.0, 12.0);
        room -= width + 8.0;
        plate(
            painter,
            at,
            width + 1.0,
            Some((icons::ICON_MIC_OFF.filled(), over_video::DANGER)),
            &words,
        );
    }
    plate(painter, corner, room, None, name);
    checks(ui, view, pos2(tile.left() + 4.0, tile.bottom() + 28.0));
}

/// How many are there and how many wait, ending at `right`.
fn who_is_there(ui: &Ui, view: &View<'_>, right: egui::Pos2) {
    let (p, t) = (view.p, view.t);
    let Some(page) = &view.state.pre_join else { return };
    let Some(there) = &page.there else { return };
    let inside = match there.inside.as_slice() {
        [] => t.get("pre-join-nobody"),
        [one] => t.named("pre-join-one", one),
        more => t.count("pre-join-there", more.len()),
    };
    let waiting = there.waiting.len();
    let waits = if waiting > 0 { t.count("pre-join-waiting", waiting) } else { String::new() };
    let painter = ui.painter();
    let mut x = right.x;
    for (words, font, color) in
        [(&waits, font::semibold(13.0), p.success), (&inside, font::regular(13.0), p.text2)]
    {
        let galley = painter.layout_no_wrap(words.clone(), font, color);
        x -= galley.size().x;
        painter.galley(pos2(x, right.y - galley.size().y / 2.0), galley, color);
        if !words.is_empty() {
            x -= 12.0;
        }
    }
    let all = Rect::from_min_max(pos2(x, right.y - 10.0), pos2(right.x, right.y + 10.0));
    spoken(ui, all, "there", Role::Status, format!("{inside} {waits}").trim());
}

/// What a host should know before going in: who waits for them, whether guests come in, whether
/// there are places for them. Nothing of it keeps anybody out.
fn hints(ui: &mut Ui, view: &View<'_>) {
    /// Fewer free places than this are worth a word.
    const FEW: usize = 5;
    let t = view.t;
    let Some(page) = &view.state.pre_join else { return };
    let hosting = page.room.standing != Standing::Member || page.room.policy.users_moderate;
    let mut hints = Vec::new();
    if hosting && page.room.policy.guests {
        let waiting = page.there.as_ref().map_or(0, |there| there.waiting.len());
        match &page.capacity {
            Some(capacity) if capacity.free == 0 => {
                hints.push((Tone::Warning, t.get("pre-join-no-place")));
            }
            Some(capacity) if capacity.free < FEW => {
                hints.push((Tone::Warning, t.count("pre-join-few-places", capacity.free)));
            }
            _ => {}
        }
        if page.room.policy.waiting_room {
            hints.push((Tone::Good, t.get("pre-join-lobby")));
        } else if waiting > 0 {
            hints.push((Tone::Good, t.count("pre-join-starts", waiting)));
        }
    }
    for (tone, words) in hints {
        let icon = if tone == Tone::Good { icons::ICON_DOOR_OPEN } else { icons::ICON_WARNING };
        banner(ui, tone, icon, &words, None);
    }
}

/// Camera, microphone and the way to the hub with a tick or a warning, in words.
fn checks(ui: &Ui, view: &View<'_>, at: egui::Pos2) {
    let (p, t, devices) = (view.p, view.t, &view.state.devices);
    let troubles = &view.state.troubles;
    let camera = devices.camera != CameraSource::None && !troubles.with_camera();
    let microphone = devices.microphone != MicrophoneSource::None && !troubles.with_microphone();
    let painter = ui.painter();
    let mut x = at.x;
    for (works, good, bad) in [
        (camera, "check-camera", "check-no-camera"),
        (microphone, "check-microphone", "check-no-microphone"),
    ] {
        let (icon, color, words) = if works {
            (icons::ICON_CHECK_CIRCLE, p.success, t.get(good))
        } else {
            (icons::ICON_WARNING, p.warning, t.get(bad))
        };
        icons::paint(painter, icon.filled(), pos2(x + 9.0, at.y), 18.0, color);
        let drawn = painter.text(
            pos2(x + 26.0, at.y),
            egui::Align2::LEFT_CENTER,
            words,
            font::regular(13.0),
            p.text2,
        );
        x = drawn.right() + 24.0;
    }
    let latency = view.state.pre_join.as_ref().and_then(|page| page.latency_ms);
    let Some(latency) = latency else { return };
    let (icon, color) = if latency < SLOW_MS {
        (icons::ICON_CHECK_CIRCLE, p.success)
    } else {
        (icons::ICON_WARNING, p.warning)
    };
    icons::paint(painter, icon.filled(), pos2(x + 9.0, at.y), 18.0, color);
    let words = [
        (&t.get("check-network"), font::regular(13.0), p.text2),
        (&words::ms(t, f64::from(latency)), font::mono(13.0), p.text3),
    ];
    let words: Vec<_> = words.iter().map(|(w, f, c)| (w.as_str(), f.clone(), *c)).collect();
    spread(painter, pos2(x + 26.0, at.y), &words);
}

fn settings(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let inner = Rect::from_min_max(rect.min + vec2(32.0, 28.0), rect.max - vec2(32.0, 24.0));
    let fields = Rect::from_min_max(inner.min, inner.max - vec2(0.0, size::BUTTON_LARGE + 12.0));
    // The way in comes first, so that Enter joins and the order of focus starts there.
    join_row(
        ui,
        view,
        Rect::from_min_max(pos2(inner.left(), inner.bottom() - size::BUTTON_LARGE), inner.max),
    );
    region(ui, "fields", fields, column(), |ui| {
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            name(ui, view);
            troubles(ui, view);
            clock::notice(ui, view);
            hints(ui, view);
            devices(ui, view);
            ui.add_space(8.0);
            background::controls(ui, view);
            ui.add_space(8.0);
            let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
            ui.painter().rect_filled(line, 0.0, view.p.line);
            ui.add_space(8.0);
            let t = view.t;
            let Some(page) = &mut view.state.pre_join else { return };
            let camera = page.wants_camera();
            switch(ui, &t.get("join-muted"), None, &mut page.muted);
            ui.add_space(4.0);
            switch(ui, &t.get("join-without-camera"), None, &mut page.without_camera);
            ui.add_space(4.0);
            let caption = t.get("join-audio-only-caption");
            switch(ui, &t.get("join-audio-only"), Some(&caption), &mut page.audio_only);
            if page.wants_camera() != camera {
                view.commands.push(Command::SetCamera(!camera));
            }
        });
    });
}

/// The name that the others will read.
fn name(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(page) = &mut view.state.pre_join else { return };
    let missing = page.name.trim().is_empty().then(|| t.get("pre-join-name-missing"));
    let words = t.get("pre-join-name");
    Field::new(&words, &mut page.name)
        .limit(protocol::MAX_NAME_CHARS)
        .error(missing.as_deref())
        .show(ui);
    ui.add_space(8.0);
}

/// What does not work, and what to do about it.
pub fn troubles(ui: &mut Ui, view: &View<'_>) {
    for trouble in view.state.troubles.all() {
        let (words, way_out) =
            (words::trouble(view.t, trouble), words::trouble_way_out(view.t, trouble));
        failure(ui, &format!("{words}. {way_out}"));
        ui.add_space(8.0);
    }
}

fn join_row(ui: &mut Ui, view: &mut View<'_>, rect: Rect) {
    let t = view.t;
    let (mut join, mut back) = (false, false);
    region(ui, "join", rect, Layout::left_to_right(Align::Center), |ui| {
        let words = t.get("pre-join-back");
        back = ui.add(Button::new(&words).kind(Kind::Ghost).large()).clicked();
        let words = t.get("join");
        let button = Button::new(&words).icon(icons::ICON_LOGIN).kind(Kind::Primary).large();
        let response = ui.add(button.width(ui.available_width()));
        if let Some(page) = &mut view.state.pre_join
            && !page.focused
        {
            page.focused = true;
            response.request_focus();
        }
        join = response.clicked();
    });
    if join && let Some(command) = view.state.join() {
        view.commands.push(command);
    } else if back {
        view.state.go_home();
        view.commands.push(Command::CloseRoom);
    }
}

/// Camera, microphone with its level, loudspeaker.
pub fn devices(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t, level) = (view.p, view.t, view.state.microphone_level);
    let open_before = Popup::is_any_open(ui.ctx());
    let choices = cameras(t, &view.state.devices);
    if let Some(index) = dropdown(ui, icons::ICON_VIDEOCAM, &t.get("camera"), &choices) {
        choose_camera(view, index);
    }
    ui.add_space(8.0);
    let choices = microphones(t, &view.state.devices);
    if let Some(index) = dropdown(ui, icons::ICON_MIC, &t.get("microphone"), &choices) {
        choose_microphone(view, index);
    }
    let (meter, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), 10.0), Sense::hover());
    bars_meter(ui.painter(), meter, level, p);
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(Role::Meter, true, t.get("microphone-level"));
        info.value = Some(f64::from(127 - level));
        info
    });
    ui.add_space(8.0);
    let choices = speakers(t, &view.state.devices);
    if let Some(index) = dropdown(ui, icons::ICON_VOLUME_UP, &t.get("speaker"), &choices) {
        choose_speaker(view, index);
    }
    // Who opens a list may have plugged something in that is not on it yet.
    if !open_before && Popup::is_any_open(ui.ctx()) {
        view.commands.push(Command::ListDevices);
    }
    test_sound(ui, view);
}

/// Plays a melody on the loudspeaker; who hears it has the right one.
fn test_sound(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    if view.state.devices.speaker == SpeakerSink::Null {
        return;
    }
    let playing = view.state.test_sound == TestSound::Playing;
    let words = t.get(if playing { "test-sound-playing" } else { "test-sound" });
    let button = Button::new(&words).icon(icons::ICON_PLAY_ARROW).enabled(!playing);
    if ui.add(button).clicked() {
        view.commands.push(Command::PlayTestSound);
    }
    if view.state.test_sound == TestSound::Failed {
        failure(ui, &t.get("test-sound-failed"));
    }
}

fn choices<T: PartialEq>(
    all: &[Device<T>],
    chosen: &T,
    unnamed: impl Fn(&T) -> String,
) -> Vec<Choice> {
    all.iter()
        .map(|device| Choice {
            name: if device.name.is_empty() {
                unnamed(&device.source)
            } else {
                device.name.clone()
            },
            chosen: device.source == *chosen,
        })
        .collect()
}

/// Cameras as people read them.
pub fn cameras(t: Texts, devices: &Devices) -> Vec<Choice> {
    choices(&devices.cameras, &devices.camera, |source| match source {
        CameraSource::None => t.get("device-none"),
        CameraSource::Demo => t.get("device-demo"),
        CameraSource::File(path) => path.display().to_string(),
        CameraSource::Device(id) => id.clone(),
    })
}

/// Microphones as people read them.
pub fn microphones(t: Texts, devices: &Devices) -> Vec<Choice> {
    choices(&devices.microphones, &devices.microphone, |source| match source {
        MicrophoneSource::None => t.get("device-none"),
        MicrophoneSource::Demo => t.get("device-demo"),
        MicrophoneSource::File(path) => path.display().to_string(),
        MicrophoneSource::Device(name) => name.clone().unwrap_or_else(|| t.get("device-default")),
    })
}

/// Loudspeakers as people read them.
pub fn speakers(t: Texts, devices: &Devices) -> Vec<Choice> {
    choices(&devices.speakers, &devices.speaker, |sink| match sink {
        SpeakerSink::Null => t.get("device-none"),
        SpeakerSink::Device(name) => name.clone().unwrap_or_else(|| t.get("device-default")),
    })
}

/// Takes the camera at `index`.
pub fn choose_camera(view: &mut View<'_>, index: usize) {
    let state = &mut *view.state;
    let Some(device) = state.devices.cameras.get(index) else { return };
    let source = device.source.clone();
    state.devices.camera = source.clone();
    state.settings.camera = match &source {
        CameraSource::Device(id) => Some(id.clone()),
        _ => None,
    };
    state.settings.no_camera = source == CameraSource::None;
    state.troubles.camera_changed();
    view.commands.push(Command::SetCameraDevice(source));
}

/// Takes the microphone at `index`.
pub fn choose_microphone(view: &mut View<'_>, index: usize) {
    let state = &mut *view.state;
    let Some(device) = state.devices.microphones.get(index) else { return };
    let source = device.source.clone();
    state.devices.microphone = source.clone();
    state.settings.microphone = match &source {
        MicrophoneSource::Device(name) => name.clone(),
        _ => None,
    };
    state.settings.no_microphone = source == MicrophoneSource::None;
    state.troubles.microphone_changed();
    view.commands.push(Command::SetMicrophoneDevice(source));
}

/// Takes the loudspeaker at `index`.
pub fn choose_speaker(view: &mut View<'_>, index: usize) {
    let state = &mut *view.state;
    let Some(device) = state.devices.speakers.get(index) else { return };
    let sink = device.source.clone();
    state.devices.speaker = sink.clone();
    state.settings.speaker = match &sink {
        SpeakerSink::Device(name) => name.clone(),
        SpeakerSink::Null => None,
    };
    state.settings.no_speaker = sink == SpeakerSink::Null;
    state.troubles.speaker_changed();
    view.commands.push(Command::SetSpeakerDevice(sink));
}
