//! How each page is reached, by the German names of what leads there, and left again.

use crate::Set;
use crate::cast::{HAUS, MIETER, NEBENKOSTEN, RUNDE};
use anyhow::Result;
use std::time::Duration;

/// What the hub is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Nothing is planned, and nobody is there.
    Empty,
    /// A week's entries, and people in their conferences.
    Full,
}

/// One picture.
pub struct Step {
    /// The file's name, without theme and ending.
    pub name: &'static str,
    /// Where it is taken.
    pub act: Act,
    /// From the planner to the page.
    pub reach: fn(&Set) -> Result<()>,
    /// Back to where the next one can begin.
    pub leave: fn(&Set) -> Result<()>,
}

/// Every picture, in the order in which they are taken.
pub const STEPS: [Step; 13] = [
    Step { name: "planner_empty", act: Act::Empty, reach: planner_empty, leave: stay },
    Step { name: "planner", act: Act::Full, reach: planner, leave: stay },
    Step { name: "entry_dialog", act: Act::Full, reach: entry_dialog, leave: escape },
    Step { name: "rooms", act: Act::Full, reach: rooms, leave: stay },
    Step { name: "contacts", act: Act::Full, reach: contacts, leave: stay },
    Step { name: "settings", act: Act::Full, reach: settings, leave: stay },
    Step { name: "incoming", act: Act::Full, reach: incoming, leave: decline },
    Step { name: "waiting", act: Act::Full, reach: waiting, leave: hang_up },
    Step { name: "pre_join", act: Act::Full, reach: pre_join, leave: stay },
    Step { name: "call_tiles", act: Act::Full, reach: call_tiles, leave: stay },
    Step { name: "call_stage", act: Act::Full, reach: call_stage, leave: stay },
    Step { name: "fullscreen", act: Act::Full, reach: fullscreen, leave: leave_fullscreen },
    Step { name: "webinar_presenter", act: Act::Full, reach: webinar_presenter, leave: hang_up },
];

/// How long pictures take to travel.
const TRAVEL: Duration = Duration::from_secs(4);

fn stay(_set: &Set) -> Result<()> {
    Ok(())
}

fn escape(set: &Set) -> Result<()> {
    set.desktop.xdotool(&["key", "Escape"])?;
    Ok(())
}

fn hang_up(set: &Set) -> Result<()> {
    set.reader.press("Verlassen")?;
    home(set)
}

/// From what a call leaves behind to the planner.
fn home(set: &Set) -> Result<()> {
    if set.reader.everything()?.iter().all(|node| node.name != "Anrufplaner") {
        set.reader.press("Zu den Räumen")?;
    }
    set.reader.press("Anrufplaner")
}

fn planner_empty(set: &Set) -> Result<()> {
    set.reader.press("Anrufplaner")?;
    set.reader.wait_for_start("Noch nichts geplant")?;
    Ok(())
}

fn planner(set: &Set) -> Result<()> {
    set.cast.join_round()?;
    set.reader.press("Anrufplaner")?;
    set.reader.wait_for(&format!("Teilnehmen: {RUNDE}"))?;
    set.reader.wait_for_start(NEBENKOSTEN)?;
    Ok(())
}

fn entry_dialog(set: &Set) -> Result<()> {
    set.reader.press("Webinar planen")?;
    set.reader.wait_for("Titel")?;
    Ok(())
}

fn rooms(set: &Set) -> Result<()> {
    set.reader.press("Räume")?;
    set.reader.press_start(HAUS)?;
    set.reader.wait_for_start("Perfekt, dann sehen wir uns")?;
    Ok(())
}

fn contacts(set: &Set) -> Result<()> {
    set.reader.press("Kontakte")?;
    set.reader.press_start("Aylin Demir")?;
    Ok(())
}

fn settings(set: &Set) -> Result<()> {
    set.reader.press("Einstellungen")
}

fn incoming(set: &Set) -> Result<()> {
    set.reader.press("Anrufplaner")?;
    set.cast.ring()?;
    set.reader.wait_for("Ablehnen")?;
    Ok(())
}

fn decline(set: &Set) -> Result<()> {
    set.reader.press("Ablehnen")
}

/// The camera of this machine, if it has one, shows nobody invented.
fn demo_camera(set: &Set) -> Result<()> {
    set.reader.wait_for("Beitreten")?;
    set.reader.press("Kamera")?;
    set.reader.press("Vorführung")
}

fn waiting(set: &Set) -> Result<()> {
    set.reader.press("Anrufplaner")?;
    set.reader.press_in_row(MIETER, "Anruf beitreten")?;
    demo_camera(set)?;
    set.reader.press("Beitreten")?;
    std::thread::sleep(TRAVEL);
    Ok(())
}

fn pre_join(set: &Set) -> Result<()> {
    set.reader.press("Anrufplaner")?;
    set.reader.press_in_row(RUNDE, "Anruf beitreten")?;
    demo_camera(set)?;
    std::thread::sleep(TRAVEL);
    Ok(())
}

fn call_tiles(set: &Set) -> Result<()> {
    set.reader.press("Beitreten")?;
    for name in ["Jonas Kettler", "Aylin Demir", "Nguyễn Thị Mai"] {
        set.reader.wait_for(&format!("{name} groß zeigen"))?;
    }
    std::thread::sleep(TRAVEL);
    Ok(())
}

fn call_stage(set: &Set) -> Result<()> {
    set.reader.press("Bühne")?;
    std::thread::sleep(TRAVEL);
    Ok(())
}

fn fullscreen(set: &Set) -> Result<()> {
    set.reader.press("Vollbild")?;
    set.reader.wait_for("Vollbild beenden")?;
    // Its controls go when nobody touches anything.
    set.desktop.xdotool(&["mousemove", "1438", "898"])?;
    Ok(())
}

fn leave_fullscreen(set: &Set) -> Result<()> {
    escape(set)?;
    // What is pressed before it is back is gone by then.
    set.reader.wait_for("Vollbild")?;
    hang_up(set)
}

fn webinar_presenter(set: &Set) -> Result<()> {
    set.reader.press_in_row(NEBENKOSTEN, "Anruf beitreten")?;
    demo_camera(set)?;
    set.reader.press("Beitreten")?;
    set.reader.wait_for("Chat")?;
    set.cast.join_webinar()?;
    set.reader.press("Chat")?;
    std::thread::sleep(TRAVEL);
    Ok(())
}
