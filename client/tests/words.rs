//! Every word in both languages: the same keys, the same variables, nothing missing, nothing idle.

use client::i18n::{Language, Texts};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Keys with the variables that their texts name.
type Keys = BTreeMap<String, BTreeSet<String>>;

fn folder(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// Every file below `folder` that ends like this.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The keys of one language. A key in two files is a mistake: the later would win.
fn keys(language: &str) -> Keys {
    let mut keys = Keys::new();
    for path in files(&folder("../assets/i18n").join(language), "ftl") {
        let text = std::fs::read_to_string(&path).expect("readable");
        let mut current = None;
        for line in text.lines() {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                let (key, _) = line.split_once('=').expect("a key and its text");
                let key = key.trim().to_owned();
                let before = keys.insert(key.clone(), BTreeSet::new());
                assert!(before.is_none(), "{key} is there twice, again in {}", path.display());
                current = Some(key);
            }
            if let Some(variables) = current.as_ref().and_then(|key| keys.get_mut(key)) {
                for rest in line.split('$').skip(1) {
                    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                    variables.insert(rest[..end.unwrap_or(rest.len())].to_owned());
                }
            }
        }
    }
    keys
}

/// Every string literal in what draws that could be a key.
fn used() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in ["src/ui", "src/widgets", "src/gallery"] {
        for path in files(&folder(part), "rs") {
            let source = std::fs::read_to_string(&path).expect("readable");
            found.extend(source.split('"').filter(|literal| is_key(literal)).map(str::to_owned));
        }
    }
    found
}

fn is_key(literal: &str) -> bool {
    literal.starts_with(|c: char| c.is_ascii_lowercase())
        && literal.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_variables() {
    let (de, en) = (keys("de"), keys("en"));
    assert!(de.len() > 100, "the files were read");
    for key in de.keys().chain(en.keys()) {
        assert_eq!(de.get(key), en.get(key), "{key}: German left, English right");
    }
}

#[test]
fn every_key_in_the_views_exists_and_every_key_is_used() {
    let (used, known) = (used(), keys("de"));
    let missing: Vec<_> =
        used.iter().filter(|key| key.contains('-') && !known.contains_key(*key)).collect();
    assert!(missing.is_empty(), "not in the .ftl files: {missing:?}");
    let idle: Vec<_> = known.keys().filter(|key| !used.contains(*key)).collect();
    assert!(idle.is_empty(), "in the .ftl files and nowhere in the views: {idle:?}");
}

#[test]
fn plurals_follow_the_language() {
    let (de, en) = (Texts::new(Language::German), Texts::new(Language::English));
    assert_eq!(de.count("people-count", 1), "1 Person");
    assert_eq!(de.count("people-count", 9), "9 Personen");
    assert_eq!(en.count("people-count", 1), "1 person");
    assert_eq!(en.count("people-count", 9), "9 people");
}
