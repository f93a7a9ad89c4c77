//! What the list is narrowed to.

use super::{View, administrates, push, range, words};
use crate::icons;
use crate::state::{Filters, Span};
use crate::theme::size;
use crate::ui::{column, region, words as common};
use crate::when;
use crate::widgets::{Button, Choice, menu_item, menu_line, search, segmented, select};
use egui::{Popup, PopupCloseBehavior, Rect, ScrollArea, Ui, pos2, vec2};
use jiff::civil::Date;
use protocol::{EntryState, RoomKind, Whose};

/// The search field's width.
const SEARCH: f32 = 176.0;
/// In windows narrower than this one button holds all filters.
const ONE_BUTTON: f32 = 760.0;

const KINDS: [Option<RoomKind>; 3] = [None, Some(RoomKind::Webinar), Some(RoomKind::GroupCall)];
const STATES: [Option<EntryState>; 5] = [
    None,
    Some(EntryState::Running),
    Some(EntryState::Soon),
    Some(EntryState::Planned),
    Some(EntryState::Over),
];
const WHOSE: [Whose; 4] = [Whose::Both, Whose::Mine, Whose::Invited, Whose::All];

/// The row of filters; `focus` gives the keyboard to the search field.
pub fn show(ui: &mut Ui, view: &mut View<'_>, focus: bool) {
    let before = view.state.planner.filters.clone();
    let filters = &mut before.clone();
    let row = ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        if ui.ctx().content_rect().width() < ONE_BUTTON {
            folded(ui, view, filters);
        } else {
            kinds(ui, view, filters);
            states(ui, view, filters);
            spans(ui, view, filters);
            owners(ui, view, filters);
        }
        ui.max_rect().right() - ui.cursor().left()
    });
    // At the right of the last row, or of one more.
    let (rest, last) = (row.inner, row.response.rect);
    let bottom = if rest >= SEARCH { last.bottom() } else { last.bottom() + 8.0 + size::BUTTON };
    let corner = pos2(ui.max_rect().right(), bottom);
    let place = Rect::from_min_max(corner - vec2(SEARCH, size::BUTTON), corner);
    region(ui, "search", place, column(), |ui| {
        let shortcut = view.t.get("planner-search-key");
        let field = search(ui, &view.t.get("planner-search"), &mut filters.search, &shortcut);
        if focus {
            field.request_focus();
        }
    });
    ui.expand_to_include_rect(place);
    view.state.planner.filters = filters.clone();
    let after = &view.state.planner.filters;
    // Words only narrow what is loaded; the rest is the hub's business.
    let same = Filters { search: after.search.clone(), ..before };
    if *after != same {
        let now = view.state.now;
        let command = view.state.planner.refilter(now);
        push(view, command);
    }
}

fn kind_name(view: &View<'_>, kind: Option<RoomKind>) -> String {
    view.t.get(match kind {
        None => "planner-kind-all",
        Some(RoomKind::Webinar) => "planner-kind-webinars",
        Some(RoomKind::GroupCall) => "planner-kind-group-calls",
    })
}

fn kinds(ui: &mut Ui, view: &View<'_>, filters: &mut Filters) {
    let names = KINDS.map(|kind| kind_name(view, kind));
    let marks = [None, Some(icons::ICON_CO_PRESENT), Some(icons::ICON_GROUPS)];
    let segments: Vec<_> = names.iter().map(String::as_str).zip(marks).collect();
    let mut chosen = KINDS.iter().position(|kind| *kind == filters.kind).unwrap_or(0);
    if segmented(ui, &view.t.get("planner-kind"), &segments, &mut chosen) {
        filters.kind = KINDS[chosen];
    }
}

fn state_name(view: &View<'_>, state: Option<EntryState>) -> String {
    state.map_or_else(|| view.t.get("planner-state-all"), |state| words::state(view.t, state))
}

fn states(ui: &mut Ui, view: &View<'_>, filters: &mut Filters) {
    let choices = STATES
        .map(|state| Choice { name: state_name(view, state), chosen: state == filters.state });
    let text = view.t.named("planner-state-is", &state_name(view, filters.state));
    if let Some(picked) = select(ui, &view.t.get("planner-state"), None, &text, &choices) {
        filters.state = STATES[picked];
    }
}

fn spans(ui: &mut Ui, view: &mut View<'_>, filters: &mut Filters) {
    let today = today(view);
    let choices: Vec<_> = offered_spans(today)
        .map(|span| Choice { name: words::span(view.t, span), chosen: is_chosen(span, filters) })
        .collect();
    let text = words::chosen_span(view.t, filters.span, today);
    let icon = Some(icons::ICON_CALENDAR_MONTH);
    if let Some(picked) = select(ui, &view.t.get("planner-span"), icon, &text, &choices) {
        pick_span(view, filters, offered_spans(today).nth(picked));
    }
}

/// The ranges with a name, and at last the one that is typed.
fn offered_spans(today: Date) -> impl Iterator<Item = Span> {
    Span::CHOICES.into_iter().chain([Span::Between(today, today)])
}

fn is_chosen(span: Span, filters: &Filters) -> bool {
    let typed = |span| matches!(span, Span::Between(..));
    span == filters.span || typed(span) && typed(filters.span)
}

fn pick_span(view: &mut View<'_>, filters: &mut Filters, span: Option<Span>) {
    match span {
        Some(Span::Between(today, _)) => range::open(view, today),
        Some(named) => filters.span = named,
        None => {}
    }
}

fn today(view: &View<'_>) -> Date {
    when::local(view.state.now.unix_ms, &view.state.planner.zone).date()
}

/// Whose entries this user may ask for.
fn whose(view: &View<'_>) -> &'static [Whose] {
    if administrates(view) { &WHOSE } else { &WHOSE[..3] }
}

fn owners(ui: &mut Ui, view: &View<'_>, filters: &mut Filters) {
    let offered = whose(view);
    let choice = |whose: &Whose| Choice {
        name: words::whose(view.t, *whose),
        chosen: *whose == filters.whose,
    };
    let choices: Vec<_> = offered.iter().map(choice).collect();
    let text = words::whose(view.t, filters.whose);
    if let Some(picked) = select(ui, &view.t.get("planner-whose"), None, &text, &choices) {
        filters.whose = offered[picked];
    }
}

/// All of them in one menu.
fn folded(ui: &mut Ui, view: &mut View<'_>, filters: &mut Filters) {
    const WIDTH: f32 = 260.0;
    const MOST: f32 = 320.0;
    let words = view.t.get("planner-filter");
    let button = ui.add(Button::new(&words).icon(icons::ICON_FILTER_LIST));
    let menu = Popup::menu(&button).gap(6.0).width(WIDTH);
    menu.close_behavior(PopupCloseBehavior::CloseOnClick).show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ScrollArea::vertical().max_height(MOST).show(ui, |ui| {
            ui.set_width(WIDTH);
            for kind in KINDS {
                let name = kind.map_or_else(|| kind_name(view, None), |k| common::kind(view.t, k));
                if menu_item(ui, None, &name, kind == filters.kind, WIDTH).clicked() {
                    filters.kind = kind;
                }
            }
            menu_line(ui);
            for state in STATES {
                let name = view.t.named("planner-state-is", &state_name(view, state));
                if menu_item(ui, None, &name, state == filters.state, WIDTH).clicked() {
                    filters.state = state;
                }
            }
            menu_line(ui);
            for span in offered_spans(today(view)) {
                let name = words::span(view.t, span);
                if menu_item(ui, None, &name, is_chosen(span, filters), WIDTH).clicked() {
                    pick_span(view, filters, Some(span));
                }
            }
            menu_line(ui);
            for owner in whose(view) {
                let name = words::whose(view.t, *owner);
                if menu_item(ui, None, &name, *owner == filters.whose, WIDTH).clicked() {
                    filters.whose = *owner;
                }
            }
        });
    });
}
