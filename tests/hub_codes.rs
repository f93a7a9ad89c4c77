//! Whatever the hub refuses, the window says in the user's language.

use client::i18n::{Language, Texts};
use client::state::Failure;
use client::ui::failures::sentence;
use std::collections::BTreeSet;
use std::path::Path;

/// Calls of administrators, which the window does not make, and the question before a whole room is
/// called, which is no refusal.
const NOT_FOR_THE_WINDOW: [&str; 3] = ["bad_file", "not_csv", "confirm"];

/// The first string literal of `source` that is a code.
fn code(source: &str) -> Option<&str> {
    let literal = source.split('"').nth(1)?;
    let code = !literal.is_empty() && literal.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    code.then_some(literal)
}

/// Codes in a file of the hub: those of `Failure::new` and `conflict`, and those that a function
/// named `…_code` gives.
fn codes(source: &str, found: &mut BTreeSet<String>) {
    for call in ["Failure::new(", "conflict("] {
        for rest in source.split(call).skip(1) {
            let end = rest.find(';').unwrap_or(rest.len());
            found.extend(code(&rest[..end]).map(str::to_owned));
        }
    }
    for body in source.split("_code(").skip(1).filter(|body| body.contains("-> &'static str {")) {
        let end = body.find("\n}").unwrap_or(body.len());
        found.extend(body[..end].lines().filter_map(code).map(str::to_owned));
    }
}

fn all_codes() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("server/src/http");
    let (mut found, mut folders) = (BTreeSet::new(), vec![folder]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("sources") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                codes(&std::fs::read_to_string(path).expect("readable"), &mut found);
            }
        }
    }
    found
}

#[test]
fn every_code_of_the_hub_has_a_sentence_in_both_languages() {
    let codes = all_codes();
    for known in ["entry_running", "no_profile", "ringing", "last_occurrence", "forbidden"] {
        assert!(codes.contains(known), "the search misses {known}: {codes:?}");
    }
    for code in codes.iter().filter(|code| !NOT_FOR_THE_WINDOW.contains(&code.as_str())) {
        let words = "the hub's own words";
        let refused = Failure::Hub { code: code.clone(), field: None, message: words.to_owned() };
        let [de, en] = [Language::German, Language::English]
            .map(|language| sentence(Texts::new(language), &refused));
        assert_ne!(de, en, "{code} is not translated");
        assert!(code == "invalid" || !de.contains(words), "{code} has no sentence: {de}");
        assert!(de.ends_with(['.', '!']) || code == "invalid", "{code} is no sentence: {de}");
    }
}

#[test]
fn a_code_of_a_newer_hub_is_told_in_its_own_words() {
    let failure = Failure::Hub {
        code: "something_new".into(),
        field: None,
        message: "the moon is in the way".into(),
    };
    let said = sentence(Texts::new(Language::German), &failure);
    assert!(said.contains("the moon is in the way"), "{said}");
}
