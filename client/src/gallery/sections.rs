//! What stands in the gallery.

use crate::icons;
use crate::theme::{font, palette};
use crate::widgets::{
    Button, Choice, Confirm, Dialog, Field, Kind, Tone, Tool, ToolLook, avatar, avatars, banner,
    bars_meter, card, checkbox, chip, confirm, context_menu, copy_row, dropdown, empty_state,
    icon_button, key_cap, label, list_row, menu_button, menu_item, menu_line, note, one_line,
    presence_dot, qr_code, search, segmented, select, slider, status, switch, tip,
};
use egui::{Align2, Context, Rect, Sense, Ui, pos2, vec2};
use protocol::Presence;

/// What can be typed and picked in the gallery.
#[derive(Debug)]
pub(super) struct Drafts {
    title: String,
    description: String,
    wrong: String,
    password: String,
    query: String,
    on: [bool; 4],
    kind: usize,
    row: usize,
    strength: u8,
    people: Vec<&'static str>,
    dialog: bool,
    question: bool,
    dialog_text: String,
}

impl Default for Drafts {
    fn default() -> Self {
        Drafts {
            title: "Nebenkostenabrechnung 2026: was sich ändert".into(),
            description: "Neue Regeln zu CO₂-Kosten, Fernablesung und Belegeinsicht. Mit \
                          Fragerunde am Ende."
                .into(),
            wrong: "20.11.2026 14:00".into(),
            password: "geheim".into(),
            query: String::new(),
            on: [true, false, true, false],
            kind: 0,
            row: 1,
            strength: 70,
            people: vec!["Helene Graf", "Aylin Demir", "Dr. Petra Hansen", "Nguyễn Thị Mai"],
            dialog: false,
            question: false,
            dialog_text: String::new(),
        }
    }
}

/// The people of the examples.
const PEOPLE: [(&str, Presence); 5] = [
    ("Aylin Demir", Presence::Online),
    ("Farid Rahimi", Presence::InCall),
    ("Sabine Wolff", Presence::Busy),
    ("Tobias Lindner", Presence::Offline),
    ("Nguyễn Thị Mai", Presence::Online),
];

/// An example's words, twice where the gallery is to be stretched.
fn words(text: &str, long: bool) -> String {
    if long { format!("{text} {text}") } else { text.to_owned() }
}

impl Drafts {
    pub(super) fn show(&mut self, ui: &mut Ui, long: bool) {
        ui.spacing_mut().item_spacing = vec2(12.0, 12.0);
        section(ui, "Buttons", |ui| self.buttons(ui, long));
        section(ui, "Tools", |ui| tools(ui, long));
        section(ui, "State", |ui| states(ui, long));
        section(ui, "Fields", |ui| self.fields(ui, long));
        section(ui, "Choices", |ui| self.choices(ui, long));
        section(ui, "Lists", |ui| self.lists(ui, long));
        section(ui, "People", |ui| self.people(ui, long));
        section(ui, "Sharing", |ui| sharing(ui, long));
    }

    fn buttons(&mut self, ui: &mut Ui, long: bool) {
        ui.horizontal_wrapped(|ui| {
            for (text, kind) in [
                ("Anruf beitreten", Kind::Primary),
                ("Webinar planen", Kind::Neutral),
                ("Abbrechen", Kind::Ghost),
                ("Endgültig löschen", Kind::Danger),
                ("Alle Hände senken", Kind::Hand),
                ("Ton einschalten", Kind::Off),
                ("Verlassen", Kind::Leave),
            ] {
                ui.add(Button::new(&words(text, long)).kind(kind));
            }
        });
        ui.horizontal_wrapped(|ui| {
            let large = words("Speichern", long);
            ui.add(Button::new(&large).kind(Kind::Primary).large());
            let small = words("Anruf beitreten", long);
            ui.add(Button::new(&small).height(32.0).icon(icons::ICON_CALL));
            let disabled = ui.add(Button::new(&words("Bearbeiten", long)).enabled(false));
            tip(disabled, &words("Läuft gerade: erst beenden", long), None);
            let mute = icon_button(ui, icons::ICON_MIC, "Mikrofon", 36.0);
            tip(mute, &words("Stummschalten", long), Some("M"));
            menu_button(ui, icons::ICON_MORE_HORIZ, "Mehr", |ui| person_menu(ui, long));
            if ui.add(Button::new(&words("Dialog", long))).clicked() {
                self.dialog = true;
            }
            if ui.add(Button::new(&words("Rückfrage", long))).clicked() {
                self.question = true;
            }
        });
    }

    fn fields(&mut self, ui: &mut Ui, long: bool) {
        let past = words("Der Beginn liegt in der Vergangenheit. Wählen Sie einen späteren.", long);
        let titles = ["Titel", "Beschreibung", "Beginn", "Kennwort"].map(|t| words(t, long));
        let remark = words("(steht in der Einladung)", long);
        ui.columns(2, |columns| {
            let [left, right] = columns else { return };
            Field::new(&titles[0], &mut self.title).limit(120).show(left);
            Field::new(&titles[1], &mut self.description).note(&remark).lines(3).show(left);
            Field::new(&titles[2], &mut self.wrong)
                .icon(icons::ICON_CALENDAR_MONTH)
                .error(Some(&past))
                .show(right);
            Field::new(&titles[3], &mut self.password).password().show(right);
            search(right, &words("Suchen", long), &mut self.query, "Strg F");
        });
    }

    fn choices(&mut self, ui: &mut Ui, long: bool) {
        let all = words("Alle", long);
        let kinds = [words("Webinare", long), words("Gruppenanrufe", long)];
        let ranges: Vec<Choice> = ["Diese Woche", "Nächste Woche", "Alle Termine"]
            .iter()
            .enumerate()
            .map(|(index, name)| Choice { name: words(name, long), chosen: index == 0 })
            .collect();
        ui.horizontal_wrapped(|ui| {
            let segments = [
                (all.as_str(), None),
                (kinds[0].as_str(), Some(icons::ICON_CO_PRESENT)),
                (kinds[1].as_str(), Some(icons::ICON_GROUPS)),
            ];
            segmented(ui, "Art", &segments, &mut self.kind);
            let (state, range) = (words("Zustand: alle", long), words("Diese Woche", long));
            select(ui, "Zustand", None, &state, &ranges);
            select(ui, "Zeitraum", Some(icons::ICON_CALENDAR_MONTH), &range, &ranges);
        });
        let mail = words("Teilnehmer via E-Mail benachrichtigen", long);
        let effect = words("5 Personen erhalten Einladung und Kalendereintrag.", long);
        let reminder = words("E-Mail-Erinnerung", long);
        let guests = words("Gäste zulassen", long);
        let meaning = words("Der Raum ist öffentlich. Gäste kommen per Link oder Nummer.", long);
        let locked = words("Sitzung abschließen", long);
        ui.columns(3, |columns| {
            let [left, middle, right] = columns else { return };
            checkbox(left, &mail, Some(&effect), &mut self.on[0]);
            checkbox(left, &reminder, None, &mut self.on[1]);
            switch(middle, &guests, Some(&meaning), &mut self.on[2]);
            switch(middle, &locked, None, &mut self.on[3]);
            dropdown(right, icons::ICON_MIC, &words("Mikrofon", long), &ranges);
            let name =
                label(right, words("Stärke", long), font::medium(13.0), palette(right.ctx()).text2);
            right.spacing_mut().slider_width = 240.0;
            slider(right, &mut self.strength, name.id);
        });
        // What cannot be changed now.
        ui.add_enabled_ui(false, |ui| {
            ui.columns(3, |columns| {
                let [left, middle, right] = columns else { return };
                checkbox(left, &mail, Some(&effect), &mut self.on[0]);
                switch(middle, &guests, Some(&meaning), &mut self.on[2]);
                let title = words("Titel", long);
                Field::new(&title, &mut self.title).hide_label().enabled(false).show(right);
            });
        });
        ui.horizontal(|ui| {
            for (index, (text, icon)) in
                [("Aus", icons::ICON_BLOCK), ("Unscharf", icons::ICON_BLUR_ON)].iter().enumerate()
            {
                card(ui, *icon, text, index == 1, vec2(112.0, 96.0));
            }
        });
    }

    fn lists(&mut self, ui: &mut Ui, long: bool) {
        for (index, (title, state, tone)) in [
            ("Wochenrunde Verwaltung", "Läuft", Tone::Live),
            ("Nebenkostenabrechnung 2026", "Bald", Tone::Soon),
            ("Eigentümerversammlung Lindenhof", "Geplant", Tone::Neutral),
        ]
        .iter()
        .enumerate()
        {
            let p = palette(ui.ctx());
            let (title, state) = (words(title, long), words(state, long));
            let row = list_row(ui, &title, 60.0, self.row == index, |ui, rect| {
                let room = rect.width() * 0.6;
                let galley = one_line(ui.painter(), room, &title, font::medium(14.0), p.text);
                let at = pos2(rect.left() + 16.0, rect.center().y - galley.size().y / 2.0);
                ui.painter().galley(at, galley, p.text);
                let pill = Rect::from_min_max(
                    pos2(rect.left() + rect.width() * 0.7, rect.center().y - 12.0),
                    rect.max,
                );
                let builder = egui::UiBuilder::new().id_salt("pill").max_rect(pill);
                status(&mut ui.new_child(builder), &state, *tone, None);
            });
            if row.clicked() {
                self.row = index;
            }
            context_menu(&row, |ui| person_menu(ui, long));
        }
    }

    fn people(&mut self, ui: &mut Ui, long: bool) {
        ui.horizontal_wrapped(|ui| {
            let mut gone = None;
            for (index, person) in self.people.iter().enumerate() {
                let name = words(person, long);
                if chip(ui, &name, None, &format!("{name} entfernen")).removed {
                    gone = Some(index);
                }
            }
            if let Some(index) = gone {
                self.people.remove(index);
            }
        });
        let p = palette(ui.ctx());
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 56.0), Sense::hover());
        for (index, (name, presence)) in PEOPLE.iter().enumerate() {
            let center = pos2(rect.left() + 24.0 + index as f32 * 60.0, rect.center().y);
            avatar(ui.painter(), center, 48.0, name, None);
            presence_dot(ui, center, 48.0, *presence, p.window);
        }
        let group = PEOPLE.map(|(name, _)| (name, None));
        let at = pos2(rect.left() + 340.0, rect.center().y);
        avatars(ui, at, 32.0, &group, 3, p.window);
        let meter = Rect::from_min_size(pos2(rect.left() + 520.0, at.y - 4.0), vec2(280.0, 8.0));
        bars_meter(ui.painter(), meter, 20, p);
        key_cap(ui.painter(), pos2(rect.right(), at.y), Align2::RIGHT_CENTER, "Strg F", p);
    }

    pub(super) fn show_dialogs(&mut self, ctx: &Context, long: bool) {
        if self.dialog {
            let title = words("Raum anlegen", long);
            let dialog = Dialog::new("room", &title).size(vec2(520.0, 0.0));
            let name = words("Name", long);
            let (go, back) = (words("Anlegen", long), words("Abbrechen", long));
            let outcome = dialog.show_with(
                ctx,
                self,
                |ui, drafts| {
                    Field::new(&name, &mut drafts.dialog_text).show(ui);
                    checkbox(ui, &words("Gäste zulassen", long), None, &mut drafts.on[0]);
                },
                |ui, drafts| {
                    let done = ui.add(Button::new(&go).kind(Kind::Primary)).clicked();
                    drafts.dialog &= !(done || ui.add(Button::new(&back)).clicked());
                },
            );
            self.dialog &= !outcome.closed;
        }
        if self.question {
            let texts = ["Eintrag löschen?", "Löschen", "Behalten"].map(|t| words(t, long));
            let text = "Die Nummer 483 920 175 wird frei. Wer eingeladen ist, bekommt eine Absage.";
            let question = Confirm {
                id: "delete",
                title: &texts[0],
                text: &words(text, long),
                yes: &texts[1],
                no: &texts[2],
                danger: true,
            };
            self.question = confirm(ctx, &question).is_none();
        }
    }
}

fn section(ui: &mut Ui, title: &str, content: impl FnOnce(&mut Ui)) {
    let p = palette(ui.ctx());
    ui.push_id(title, |ui| {
        label(ui, title, font::semibold(16.0), p.text);
        content(ui);
        ui.add_space(12.0);
    });
}

/// The toolbar's tools, with and without words.
fn tools(ui: &mut Ui, long: bool) {
    ui.horizontal_wrapped(|ui| {
        for (icon, text, key, look) in [
            (icons::ICON_MIC, "Stummschalten", "M", ToolLook::Rest),
            (icons::ICON_CHAT_BUBBLE, "Chat", "C", ToolLook::Open),
            (icons::ICON_MIC_OFF, "Ton einschalten", "M", ToolLook::Off),
            (icons::ICON_FRONT_HAND, "Hand senken", "H", ToolLook::Hand),
            (icons::ICON_CALL_END, "Verlassen", "", ToolLook::Leave),
        ] {
            let label = words(text, long);
            for words in [true, false] {
                ui.add(Tool { icon, label: &label, key, look, width: 110.0, words });
            }
        }
    });
}

fn states(ui: &mut Ui, long: bool) {
    ui.horizontal_wrapped(|ui| {
        let names = ["Geplant", "Läuft", "Bald", "Öffentlich", "Schwach", "Verpasst", "Meldung"];
        for (tone, name) in Tone::ALL.into_iter().zip(names) {
            let icon = (tone == Tone::Good).then_some(icons::ICON_PUBLIC);
            status(ui, &words(name, long), tone, icon);
        }
    });
    for (tone, icon, text, action) in [
        (
            Tone::Warning,
            icons::ICON_BADGE,
            "Legen Sie zuerst ein Konferenzprofil an.",
            Some("Anlegen"),
        ),
        (
            Tone::Danger,
            icons::ICON_ERROR,
            "Die Verbindung zum Server ist weg.",
            Some("Erneut versuchen"),
        ),
        (
            Tone::Live,
            icons::ICON_CALL,
            "Videobesprechung läuft seit 22 Minuten.",
            Some("Teilnehmen"),
        ),
        (Tone::Good, icons::ICON_CHECK_CIRCLE, "Alles geprüft.", None),
    ] {
        let action = action.map(|action| words(action, long));
        banner(ui, tone, icon, &words(text, long), action.as_deref());
    }
}

fn person_menu(ui: &mut Ui, long: bool) {
    let width = ui.available_width();
    menu_item(ui, Some(icons::ICON_VIDEOCAM), &words("Videoanruf", long), false, width);
    menu_item(ui, Some(icons::ICON_CALL), &words("Audioanruf", long), false, width);
    menu_line(ui);
    menu_item(ui, Some(icons::ICON_HISTORY), &words("Im Journal zeigen", long), true, width);
}

fn sharing(ui: &mut Ui, long: bool) {
    ui.columns(3, |columns| {
        let [left, middle, right] = columns else { return };
        qr_code(left, "https://kath.example/j/wr-6120", 168.0);
        copy_row(middle, &words("Einwahlnummer", long), "030 5550 0142", "Nummer kopieren");
        copy_row(middle, "PIN", "7305", "PIN kopieren");
        copy_row(middle, "URL", "kath.example/j/wr-6120", "URL kopieren");
        middle.vertical(|ui| {
            note(ui, &words("Gäste kommen mit der Nummer und der PIN herein.", long));
        });
        let text = words("Planen Sie ein Webinar oder einen Gruppenanruf.", long);
        empty_state(right, &words("Noch nichts geplant", long), &text, true);
    });
}
