//! The kit's controls by keyboard, pointer and name; the tokens' contrast; scale and motion.

use client::i18n::{Language, Texts};
use client::settings::{Settings, ThemeChoice};
use client::theme::{
    self, AVATARS, DARK, LIGHT, ON_AVATAR, Palette, QR_GROUND, QR_INK, font, plate,
};
use client::widgets::{
    Button, Confirm, Dialog, Field, checkbox, chip, confirm, context_menu, copy_row, list_row,
    menu_item, search, segmented, switch,
};
use egui::accesskit::Role;
use egui::{Color32, Key, Modifiers, Ui, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

fn page<'a, State: 'a>(
    state: State,
    mut draw: impl FnMut(&mut Ui, &mut State) + 'a,
) -> Harness<'a, State> {
    let mut page = Harness::builder()
        .with_size([900.0, 600.0])
        .with_context_setup(theme::install)
        .build_ui_state(
            move |ui, state| {
                Texts::new(Language::German).install(ui.ctx());
                draw(ui, state);
            },
            state,
        );
    page.run_steps(3);
    page
}

fn press<State>(page: &mut Harness<'_, State>, key: Key) {
    page.key_press(key);
    page.run_steps(3);
}

#[test]
fn up_and_down_walk_the_rows_over_what_stands_between() {
    let mut page = page(None, |ui, opened: &mut Option<usize>| {
        for index in 0..4 {
            let row = list_row(ui, &format!("Zeile {index}"), 40.0, false, |ui, rect| {
                ui.put(rect.with_min_x(rect.right() - 90.0), Button::new("Mehr"));
            });
            if row.clicked() {
                *opened = Some(index);
            }
            if index == 1 {
                ui.label("Eine Überschrift");
            }
        }
    });
    page.get_by_label("Zeile 0").focus();
    page.run_steps(2);
    for expected in ["Zeile 1", "Zeile 2", "Zeile 3", "Zeile 3"] {
        press(&mut page, Key::ArrowDown);
        assert!(page.get_by_label(expected).is_focused(), "{expected}");
    }
    press(&mut page, Key::ArrowUp);
    press(&mut page, Key::Enter);
    assert_eq!(*page.state(), Some(2));
}

#[test]
fn a_menu_opens_by_the_menu_key_by_shift_f10_and_by_the_right_button() {
    for way in 0..3 {
        let mut page = page(0, |ui, picked: &mut u32| {
            let row = list_row(ui, "Farid Rahimi", 48.0, false, |_, _| {});
            context_menu(&row, |ui| {
                let width = ui.available_width();
                if menu_item(ui, None, "Videoanruf", false, width).clicked() {
                    *picked += 1;
                }
            });
        });
        assert!(page.query_by_label("Videoanruf").is_none());
        page.get_by_label("Farid Rahimi").focus();
        page.run_steps(2);
        match way {
            0 => page.key_press(Key::Menu),
            1 => page.key_press_modifiers(Modifiers::SHIFT, Key::F10),
            _ => page.get_by_label("Farid Rahimi").click_secondary(),
        }
        page.run_steps(4);
        page.get_by_label("Videoanruf").click();
        page.run_steps(4);
        assert_eq!(*page.state(), 1, "way {way}");
        assert!(page.query_by_label("Videoanruf").is_none(), "closed again, way {way}");
    }
}

#[test]
fn a_menu_is_walked_and_left_by_keyboard_alone() {
    let mut page = page(Vec::new(), |ui, picked: &mut Vec<&'static str>| {
        for name in ["Farid Rahimi", "Helene Graf"] {
            let row = list_row(ui, name, 48.0, false, |_, _| {});
            context_menu(&row, |ui| {
                let width = ui.available_width();
                for item in ["Videoanruf", "Audioanruf"] {
                    if menu_item(ui, None, item, false, width).clicked() {
                        picked.push(item);
                    }
                }
            });
        }
    });
    page.get_by_label("Farid Rahimi").focus();
    page.run_steps(2);
    page.key_press(Key::Menu);
    page.run_steps(4);
    assert!(page.get_by_label("Videoanruf").is_focused());
    press(&mut page, Key::ArrowDown);
    assert!(page.get_by_label("Audioanruf").is_focused());
    press(&mut page, Key::Enter);
    assert_eq!(*page.state(), ["Audioanruf"]);
    assert!(page.query_by_label("Audioanruf").is_none(), "closed");
    assert!(page.get_by_label("Farid Rahimi").is_focused(), "back where it was");
    page.key_press(Key::Menu);
    page.run_steps(4);
    press(&mut page, Key::Escape);
    assert!(page.query_by_label("Audioanruf").is_none(), "closed");
    assert!(page.get_by_label("Farid Rahimi").is_focused(), "back where it was");
}

/// Asks a question behind which a button waits; counts presses on it and keeps the answer.
fn question<'a>() -> Harness<'a, (u32, Option<bool>)> {
    page((0, None), |ui, (behind, answer): &mut (u32, Option<bool>)| {
        if ui.add(Button::new("Dahinter")).clicked() {
            *behind += 1;
        }
        if answer.is_none() {
            *answer = confirm(
                ui.ctx(),
                &Confirm {
                    id: "delete",
                    title: "Eintrag löschen?",
                    text: "Die Nummer wird frei.",
                    yes: "Löschen",
                    no: "Behalten",
                    danger: true,
                },
            );
        }
    })
}

#[test]
fn a_question_starts_on_the_safe_answer_and_keeps_the_keyboard_inside() {
    let mut page = question();
    assert!(page.get_by_label("Behalten").is_focused());
    for _ in 0..5 {
        press(&mut page, Key::Tab);
        assert!(!page.get_by_label("Dahinter").is_focused());
    }
    page.get_by_label("Dahinter").click();
    page.run_steps(3);
    assert_eq!(page.state().0, 0, "what is behind is out of reach");
    for (key, expected) in [(Key::Enter, false), (Key::Escape, false)] {
        let mut page = question();
        press(&mut page, key);
        assert_eq!(page.state().1, Some(expected));
    }
    let mut page = question();
    page.get_by_label("Löschen").click();
    page.run_steps(3);
    assert_eq!(page.state().1, Some(true));
}

#[test]
fn a_guarded_dialog_stays_when_clicked_beside_and_closes_by_cross_and_escape() {
    for (guarded, beside) in [(false, 1), (true, 0)] {
        let mut page = page(0, move |ui, closed: &mut u32| {
            let dialog = Dialog::new("room", "Raum anlegen").size(vec2(400.0, 0.0));
            let dialog = if guarded { dialog.guarded() } else { dialog };
            let outcome = dialog.show(ui.ctx(), |ui| {
                ui.label("Inhalt");
            });
            *closed += u32::from(outcome.closed);
        });
        page.get_by_role_and_label(Role::Dialog, "Raum anlegen");
        page.hover_at(egui::pos2(20.0, 20.0));
        page.drag_at(egui::pos2(20.0, 20.0));
        page.drop_at(egui::pos2(20.0, 20.0));
        page.run_steps(2);
        assert_eq!(*page.state(), beside, "guarded: {guarded}");
        press(&mut page, Key::Escape);
        assert_eq!(*page.state(), beside + 1);
        page.get_by_role_and_label(Role::Button, "Schließen").click();
        page.run_steps(2);
        assert_eq!(*page.state(), beside + 2);
    }
}

#[test]
fn a_dialog_too_high_for_the_window_scrolls_and_keeps_its_buttons() {
    let page = page((), |ui, ()| {
        let dialog = Dialog::new("long", "Lang").size(vec2(500.0, 2000.0));
        dialog.show_with(
            ui.ctx(),
            &mut (),
            |ui, ()| {
                for line in 0..100 {
                    ui.label(format!("Zeile {line}"));
                }
            },
            |ui, ()| {
                ui.add(Button::new("Speichern"));
            },
        );
    });
    let save = page.get_by_label("Speichern").rect();
    let cross = page.get_by_label("Schließen").rect();
    assert!(save.bottom() <= 576.0 && cross.top() >= 24.0, "{save:?} {cross:?}");
}

#[test]
fn a_field_tells_its_name_and_what_is_wrong_with_it() {
    let page = page(String::new(), |ui, text| {
        Field::new("Beginn", text).error(Some("Liegt in der Vergangenheit.")).show(ui);
        Field::new("Titel", &mut String::new()).hide_label().show(ui);
    });
    let field = page.get_by_role_and_label(Role::TextInput, "Beginn");
    let told = field.accesskit_node().description();
    assert_eq!(told.as_deref(), Some("Liegt in der Vergangenheit."));
    page.get_by_role_and_label(Role::TextInput, "Titel");
    assert_eq!(page.query_all_by_label("Titel").count(), 1, "the label itself is not in sight");
}

#[test]
fn escape_empties_the_search_and_stays_in_it() {
    let mut page = page("Vogt".to_owned(), |ui, text| {
        search(ui, "Suchen", text, "Strg F");
    });
    page.get_by_role_and_label(Role::SearchInput, "Suchen").focus();
    page.run_steps(2);
    press(&mut page, Key::Escape);
    assert_eq!(page.state(), "");
    assert!(page.get_by_role_and_label(Role::SearchInput, "Suchen").is_focused());
}

#[test]
fn chips_go_by_their_cross_and_by_delete() {
    for by_key in [false, true] {
        let mut page = page(0, |ui, removed: &mut u32| {
            *removed += u32::from(chip(ui, "Aylin Demir", None, "Aylin Demir entfernen").removed);
        });
        if by_key {
            page.get_by_role_and_label(Role::ListItem, "Aylin Demir").focus();
            page.run_steps(2);
            page.key_press(Key::Backspace);
        } else {
            page.get_by_label("Aylin Demir entfernen").click();
        }
        page.run_steps(2);
        assert_eq!(*page.state(), 1, "by key: {by_key}");
    }
}

#[test]
fn choices_flip_by_space_and_tell_what_they_do() {
    let mut page = page((false, false, 0), |ui, (tick, on, kind): &mut (bool, bool, usize)| {
        checkbox(ui, "E-Mail-Erinnerung", Some("Nur an Sie."), tick);
        switch(ui, "Gäste zulassen", Some("Der Raum ist öffentlich."), on);
        segmented(ui, "Art", &[("Alle", None), ("Webinare", None)], kind);
    });
    for (role, name, about) in [
        (Role::CheckBox, "E-Mail-Erinnerung", Some("Nur an Sie.")),
        (Role::Switch, "Gäste zulassen", Some("Der Raum ist öffentlich.")),
        (Role::RadioButton, "Webinare", None),
    ] {
        let node = page.get_by_role_and_label(role, name);
        assert_eq!(node.accesskit_node().description().as_deref(), about);
        node.focus();
        page.run_steps(2);
        press(&mut page, Key::Space);
    }
    assert_eq!(*page.state(), (true, true, 1));
}

#[test]
fn copying_says_in_place_that_it_worked() {
    let mut page = page(0, |ui, copied: &mut u32| {
        *copied += u32::from(copy_row(ui, "PIN", "7305", "PIN kopieren"));
    });
    page.get_by_label("PIN: 7305");
    page.get_by_label("PIN kopieren").click();
    page.step();
    let told =
        page.output().platform_output.commands.iter().any(
            |command| matches!(command, egui::OutputCommand::CopyText(text) if text == "7305"),
        );
    page.run_steps(2);
    assert!(told && *page.state() == 1);
}

#[test]
fn theme_scale_and_motion_follow_the_settings() {
    let mut page = page((), |_, ()| {});
    let ctx = page.ctx.clone();
    let mut settings = Settings { theme: ThemeChoice::Light, ..Settings::default() };
    theme::follow(&ctx, &settings);
    page.run_steps(2);
    assert_eq!(ctx.theme(), egui::Theme::Light);
    assert_eq!((ctx.zoom_factor(), theme::seconds(&ctx, 0.08)), (1.0, 0.08));
    settings = Settings { reduced_motion: true, scale_percent: 200, ..settings };
    theme::follow(&ctx, &settings);
    page.run_steps(2);
    assert_eq!((ctx.zoom_factor(), theme::seconds(&ctx, 0.08)), (2.0, 0.0));
    settings.scale_percent = 900;
    theme::follow(&ctx, &settings);
    page.run_steps(2);
    assert_eq!(ctx.zoom_factor(), 2.0, "no further than can be used");
}

#[test]
fn names_and_chat_lines_of_every_european_and_east_asian_script_can_be_written() {
    let page = page((), |_, ()| {});
    for text in [
        "Nguyễn Thị Mai",
        "Şükrü Łukasz",
        "Ελένη",
        "Анна Шевченко",
        "王小明",
        "陳怡君",
        "山田太郎",
        "さくら",
        "김민수",
        "👍😀❤🎉🚀",
    ] {
        for id in [font::regular(14.0), font::medium(14.0), font::title(26.0), font::mono(14.0)] {
            let known = page.ctx.fonts_mut(|fonts| fonts.has_glyphs(&id, text));
            assert!(known, "{text} in {:?}", id.family);
        }
    }
}

/// Relative luminance and contrast, WCAG 2.2.
fn contrast(a: Color32, b: Color32) -> f32 {
    let luminance = |c: Color32| {
        let [r, g, b, _] = egui::Rgba::from(c).to_array();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    if a > b { a / b } else { b / a }
}

fn texts(p: &Palette) -> [Color32; 8] {
    [p.text, p.text2, p.text3, p.accent_text, p.danger, p.success, p.warning, p.hand]
}

#[test]
fn every_text_has_aa_contrast_on_every_surface() {
    for p in [&DARK, &LIGHT] {
        for surface in [p.stage, p.window, p.panel, p.raised, p.hover, p.overlay] {
            for text in texts(p) {
                assert!(contrast(text, surface) >= 4.5, "{text:?} on {surface:?}");
            }
        }
        for (text, fill) in [
            (p.on_accent, p.accent),
            (p.on_accent, p.accent_hover),
            (p.accent_text, p.accent_soft),
            (p.text, p.accent_soft),
            (p.on_danger, p.danger_fill),
            (p.danger, p.danger_soft),
            (p.text, p.danger_soft),
            (p.text2, p.success_soft),
            (p.success, p.success_soft),
            (p.text2, p.warning_soft),
            (p.warning, p.warning_soft),
            (p.on_hand, p.hand),
            (p.hand, p.hand_soft),
            (p.text2, p.hand_soft),
        ] {
            assert!(contrast(text, fill) >= 4.5, "{text:?} on {fill:?}");
        }
    }
    for ground in AVATARS {
        assert!(contrast(ON_AVATAR, ground) >= 4.5, "{ground:?}");
    }
    assert!(contrast(QR_INK, QR_GROUND) >= 4.5);
}

#[test]
fn every_mark_has_aa_contrast_where_it_stands() {
    for p in [&DARK, &LIGHT] {
        for (mark, ground) in [
            (p.control, p.window),
            (p.control, p.panel),
            (p.control, p.raised),
            (p.control, p.overlay),
            (p.ring, p.stage),
            (p.lamp, p.panel),
            (p.lamp, p.stage),
            (p.focus, p.window),
            (p.focus, p.panel),
            (p.focus, p.raised),
            (p.focus, p.overlay),
        ] {
            assert!(contrast(mark, ground) >= 3.0, "{mark:?} on {ground:?}");
        }
    }
}

/// Over white video, the worst there is, a plate is the brightest.
#[test]
fn plates_stay_readable_over_white_video() {
    let over_white = Color32::WHITE.blend(plate::FILL);
    for (mark, least) in [
        (plate::TEXT, 4.5),
        (plate::TEXT2, 4.5),
        (plate::DANGER, 3.0),
        (plate::RING, 3.0),
        (plate::WARNING, 3.0),
        (plate::HAND, 3.0),
    ] {
        assert!(contrast(mark, over_white) >= least, "{mark:?}");
    }
    assert!(contrast(plate::ON_HAND, plate::HAND) >= 4.5);
}
