//! After a conference: why it is over, and where to go.

use super::{View, page, region, words};
use crate::command::{Command, RoomsCommand};
use crate::icons;
use crate::state::Why;
use crate::theme::{font, size};
use crate::widgets::{Button, Kind, label, paragraph};
use egui::{Align, Layout, Rect, Ui, vec2};
use protocol::{EndReason, Refusal};

/// The page after it.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let rect = page(ui, view);
    let (p, t) = (view.p, view.t);
    let Some(ended) = view.state.ended.clone() else { return view.state.go_home() };
    let middle = rect.center() - vec2(0.0, 110.0);
    icons::paint_lectern(ui.painter(), middle, false, p);
    let (title, text) = words::ended(t, ended.why);
    let column = Rect::from_center_size(rect.center() + vec2(0.0, 90.0), vec2(560.0, 220.0));
    // Rooms of planned events that others organise are in no list.
    let listed = view.state.rooms.get(&ended.room.number).cloned();
    let room = listed.unwrap_or(ended.room);
    region(ui, "column", column, Layout::top_down(Align::Center), |ui| {
        label(ui, title, font::title(40.0), p.text);
        label(ui, room.name.clone(), font::medium(15.0), p.text2);
        paragraph(ui, text, font::regular(15.0), p.text2);
        ui.add_space(16.0);
        // Whoever has to sign in again comes back that way.
        let again = leads_back(ended.why) && !view.state.session_over;
        let width = if again { 2.0 * 200.0 + 8.0 } else { 200.0 };
        ui.allocate_ui_with_layout(
            vec2(width, size::BUTTON_LARGE),
            Layout::left_to_right(Align::Center),
            |ui| {
                let home = t.get("ended-home");
                let kind = if again { Kind::Neutral } else { Kind::Primary };
                if ui.add(Button::new(&home).kind(kind).large().width(200.0)).clicked() {
                    view.state.go_home();
                    if view.state.account.is_some() {
                        view.commands.push(Command::Rooms(RoomsCommand::List));
                    }
                }
                let back = t.get("ended-rejoin");
                if again
                    && ui.add(Button::new(&back).kind(Kind::Primary).large().width(200.0)).clicked()
                {
                    view.state.ended = None;
                    let open = view.state.open(room);
                    view.commands.push(open);
                }
            },
        );
    });
}

/// Whether there may still be something to come back to.
fn leads_back(why: Why) -> bool {
    !matches!(
        why,
        Why::Over(EndReason::EndedByHost | EndReason::Removed | EndReason::NobodyCame)
            | Why::Refused(Refusal::Room | Refusal::Ended | Refusal::Removed | Refusal::Session)
    )
}
