//! The icon in the desktop's tray (StatusNotifierItem over D-Bus): there while the window is hidden,
//! so that calls still come in and the way back is a click. A desktop without a tray has none.

use crate::state::DesktopEvent;
use crossbeam::channel::{Receiver, Sender, unbounded};
use engine::thread::{self, Joined};
use ksni::blocking::{Handle, TrayMethods};
use ksni::menu::{RadioGroup, RadioItem, StandardItem};
use ksni::{Icon, MenuItem, ToolTip};
use std::sync::Arc;

/// What the icon and its menu show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What happens, in words, for the icon's tooltip.
    pub state: String,
    /// Words of the menu: bring the window back.
    pub show: String,
    /// We can be called.
    pub available: String,
    /// We want to be left alone.
    pub busy: String,
    /// End the program.
    pub quit: String,
    /// We asked to be left alone; `None`: nobody is signed in, so there is nothing to choose.
    pub is_busy: Option<bool>,
}

/// The icon; dropping it takes it away.
#[derive(Debug)]
pub struct Tray {
    /// Closing it ends the thread, so it stays before `_thread`.
    looks: Sender<Look>,
    _thread: Joined,
}

type Tell = Arc<dyn Fn(DesktopEvent) + Send + Sync>;

impl Tray {
    /// Puts the icon into the tray; `tell` hears what is chosen in its menu, and whether there is
    /// an icon at all.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(look: Look, tell: Tell) -> engine::Result<Tray> {
        let (looks, wanted) = unbounded();
        let thread = thread::spawn("tray", move || run(look, &wanted, tell))?;
        Ok(Tray { looks, _thread: thread })
    }

    /// Shows something else.
    pub fn look(&self, look: Look) {
        // The thread is gone when there is no tray.
        let _ = self.looks.send(look);
    }
}

fn run(look: Look, wanted: &Receiver<Look>, tell: Tell) {
    let item = Item { look, icons: icons(), tell: tell.clone() };
    let handle: Handle<Item> = match item.spawn() {
        Ok(handle) => handle,
        Err(error) => {
            tracing::debug!(%error, "this desktop has no tray");
            return;
        }
    };
    tell(DesktopEvent::Tray(true));
    while let Ok(look) = wanted.recv() {
        handle.update(|item| item.look = look);
    }
    handle.shutdown().wait();
    tell(DesktopEvent::Tray(false));
}

struct Item {
    look: Look,
    icons: Vec<Icon>,
    tell: Tell,
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "katheder".to_owned()
    }

    fn title(&self) -> String {
        "Katheder".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        self.icons.clone()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: "Katheder".to_owned(),
            description: self.look.state.clone(),
            ..ToolTip::default()
        }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        (self.tell)(DesktopEvent::Show);
    }

    fn menu(&self) -> Vec<MenuItem<Item>> {
        let mut menu = vec![entry(&self.look.show, DesktopEvent::Show)];
        if let Some(busy) = self.look.is_busy {
            menu.push(MenuItem::Separator);
            let options = [&self.look.available, &self.look.busy];
            let group = RadioGroup {
                selected: usize::from(busy),
                select: Box::new(|item: &mut Item, chosen| {
                    (item.tell)(DesktopEvent::Busy(chosen == 1));
                }),
                options: options
                    .map(|label| RadioItem { label: label.clone(), ..RadioItem::default() })
                    .into(),
            };
            menu.push(group.into());
        }
        menu.push(MenuItem::Separator);
        menu.push(entry(&self.look.quit, DesktopEvent::Quit));
        menu
    }
}

fn entry(label: &str, event: DesktopEvent) -> MenuItem<Item> {
    StandardItem {
        label: label.to_owned(),
        activate: Box::new(move |item: &mut Item| (item.tell)(event.clone())),
        ..StandardItem::default()
    }
    .into()
}

/// The lectern in the sizes that trays use, pixels.
fn icons() -> Vec<Icon> {
    [22, 24, 32, 48].map(icon).into()
}

/// The program's mark, as [`crate::icons::paint_logo`] draws it on a grid of 24: top in brass, post
/// and foot light. Sixteen samples a pixel; ARGB, big endian.
fn icon(side: i32) -> Icon {
    const TOP: [(f32, f32); 4] = [(2.5, 8.5), (21.5, 3.0), (21.5, 8.0), (2.5, 13.5)];
    const POST: [(f32, f32); 4] = [(10.0, 12.8), (14.0, 11.6), (14.0, 19.0), (10.0, 19.0)];
    const FOOT: [(f32, f32); 4] = [(5.5, 18.5), (18.5, 18.5), (18.5, 21.5), (5.5, 21.5)];
    let palette = &crate::theme::DARK;
    let parts = [(TOP, palette.accent), (POST, palette.text), (FOOT, palette.text)];
    let mut data = Vec::with_capacity((side * side * 4) as usize);
    for pixel in 0..side * side {
        let (x, y) = ((pixel % side) as f32, (pixel / side) as f32);
        let (mut hits, mut sum) = (0_u32, [0_u32; 3]);
        for sample in 0..16 {
            let within = |n: i32| (n as f32 + 0.5) / 4.0;
            let scale = 24.0 / side as f32;
            let at = ((x + within(sample % 4)) * scale, (y + within(sample / 4)) * scale);
            if let Some((_, color)) = parts.iter().find(|(shape, _)| inside(shape, at)) {
                hits += 1;
                for (sum, part) in sum.iter_mut().zip([color.r(), color.g(), color.b()]) {
                    *sum += u32::from(part);
                }
            }
        }
        data.push((hits * 255 / 16) as u8);
        data.extend(sum.map(|sum| (sum / hits.max(1)) as u8));
    }
    Icon { width: side, height: side, data }
}

/// Whether a point lies in a convex polygon whose corners go clockwise on the screen.
fn inside(corners: &[(f32, f32); 4], at: (f32, f32)) -> bool {
    (0..4).all(|n| {
        let ((ax, ay), (bx, by)) = (corners[n], corners[(n + 1) % 4]);
        (bx - ax) * (at.1 - ay) - (by - ay) * (at.0 - ax) >= 0.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_drawn_in_every_size_on_nothing() {
        for icon in icons() {
            let pixel = |x: i32, y: i32| {
                let at = ((y * icon.width + x) * 4) as usize;
                [icon.data[at], icon.data[at + 1], icon.data[at + 2], icon.data[at + 3]]
            };
            assert_eq!(icon.data.len(), (icon.width * icon.height * 4) as usize);
            assert_eq!(pixel(0, 0)[0], 0, "nothing behind it");
            let at = |share: f32| (icon.width as f32 * share / 24.0) as i32;
            let brass = crate::theme::DARK.accent;
            assert_eq!(pixel(at(12.0), at(8.0)), [255, brass.r(), brass.g(), brass.b()]);
            assert_eq!(pixel(at(12.0), at(16.0))[0], 255, "the post");
        }
    }
}
