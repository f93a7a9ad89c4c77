//! The dialog rendered to `target/screens/entry_*.png`: nothing may panic, and people can look.

use crate::fake::{NOON_MS, now, rendered};
use crate::world::*;
use client::app::Window;
use client::state::entry::{Field, Frequency, Invitee, RepeatEnd};
use client::state::{BackendEvent, EntryEvent};
use egui::Theme;
use protocol::*;

fn keep(name: &str, window: Window, size: [f32; 2], theme: Theme) {
    let mut harness = rendered(window, size, theme);
    harness.run_steps(4);
    let image = harness.render().expect("a picture");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&folder).expect("folder");
    image.save(folder.join(format!("{name}.png"))).expect("writable");
}

fn filled(kind: RoomKind) -> Window {
    let mut window = titled(kind);
    let dialog = dialog(&mut window);
    dialog.form.title = "Nebenkostenabrechnung 2026: was sich ändert".into();
    dialog.form.description =
        "Neue Regeln zu CO₂-Kosten, Fernablesung und Belegeinsicht. Mit Fragerunde am Ende.".into();
    dialog.form.phone_info = true;
    for at in [3, 0, 5, 2, 6] {
        dialog.add(Invitee::user(&contacts()[at]));
    }
    window
}

/// As in the picture that the design gives: a start in the past, the drop-down open.
fn wrong() -> Window {
    let mut window = filled(RoomKind::Webinar);
    let dialog = dialog(&mut window);
    dialog.form.start.text = "20.11.2026 um 14:00".into();
    dialog.form.end.text = "20.11.2026 um 15:30".into();
    dialog.leave(Field::Start, now());
    dialog.picker.query = "e".into();
    dialog.picker.open = true;
    dialog.focus = Some(Field::People);
    window
}

#[test]
fn the_dialog_renders() {
    for (size, suffix) in [([1440.0, 900.0], ""), ([1000.0, 700.0], "_small")] {
        for (theme, name) in [(Theme::Dark, "entry"), (Theme::Light, "entry_light")] {
            keep(&format!("{name}_errors{suffix}"), wrong(), size, theme);
        }
    }
    keep("entry_new", planning(RoomKind::GroupCall), [1440.0, 900.0], Theme::Light);
    keep("entry_narrow", wrong(), [900.0, 600.0], Theme::Dark);
}

#[test]
fn recurrence_and_warnings_render() {
    let mut window = filled(RoomKind::GroupCall);
    let form = &mut dialog(&mut window).form;
    form.repeat.frequency = Frequency::Weekly;
    form.repeat.weekdays[0] = true;
    form.repeat.end = RepeatEnd::Count;
    form.people[1].co_host = true;
    dialog(&mut window).picker.outside = true;
    let meaning = dialog(&mut window).read(now());
    dialog(&mut window).check(&meaning, 0.0);
    dialog(&mut window).check(&meaning, 1.0);
    let booking = DoubleBooking {
        user_id: 5,
        start_ms: NOON_MS + HOUR,
        end_ms: NOON_MS + 2 * HOUR,
        entry_id: Some(3),
        title: Some("Eigentümerversammlung".into()),
    };
    let draft = Box::new(meaning.draft);
    window.apply(BackendEvent::Entry(EntryEvent::Checked { draft, warnings: Ok(vec![booking]) }));
    keep("entry_series", window, [1440.0, 900.0], Theme::Dark);
    let mut window = changing(&details(NOON_MS + DAY, Some("FREQ=MONTHLY;BYDAY=4TH")));
    dialog(&mut window).form.dated = false;
    keep("entry_undated", window, [1440.0, 900.0], Theme::Dark);
    let mut window = changing(&details(NOON_MS + DAY, Some("FREQ=MONTHLY;BYDAY=4TH")));
    window.state.texts = window.state.texts.stretched();
    keep("entry_stretched", window, [1440.0, 900.0], Theme::Dark);
}
