//! Every word that users read, in German and English, by Fluent.

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{Loader, static_loader};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use unic_langid::{LanguageIdentifier, langid};

static_loader! {
    static LOCALES = {
        locales: "../assets/i18n",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static GERMAN: LanguageIdentifier = langid!("de");
static ENGLISH: LanguageIdentifier = langid!("en");

/// A language of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Deutsch.
    German,
    /// English.
    English,
}

impl Language {
    /// What the system speaks; English when it is neither of ours.
    pub fn of_system() -> Language {
        match sys_locale::get_locale() {
            Some(tag) if tag.to_ascii_lowercase().starts_with("de") => Language::German,
            _ => Language::English,
        }
    }

    /// The other one.
    pub fn other(self) -> Language {
        match self {
            Language::German => Language::English,
            Language::English => Language::German,
        }
    }

    fn id(self) -> &'static LanguageIdentifier {
        match self {
            Language::German => &GERMAN,
            Language::English => &ENGLISH,
        }
    }
}

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts {
    /// Which.
    pub language: Language,
}

impl Texts {
    /// The text of a key without variables.
    pub fn get(self, key: &str) -> String {
        LOCALES.lookup(self.language.id(), key)
    }

    /// The text of a key whose one variable is a number, in the right plural.
    pub fn count(self, key: &str, count: usize) -> String {
        self.with(key, &[("count", FluentValue::from(count))])
    }

    /// The text of a key whose one variable is `$name`.
    pub fn named(self, key: &str, name: &str) -> String {
        self.with(key, &[("name", FluentValue::from(name))])
    }

    fn with(self, key: &str, arguments: &[(&'static str, FluentValue<'_>)]) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> =
            arguments.iter().map(|(k, v)| (Cow::Borrowed(*k), v.clone())).collect();
        LOCALES.lookup_with_args(self.language.id(), key, &arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn keys(ftl: &str) -> BTreeSet<&str> {
        ftl.lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| Some(line.split_once('=')?.0.trim()))
            .collect()
    }

    const DE: &str = include_str!("../../assets/i18n/de/katheder.ftl");
    const EN: &str = include_str!("../../assets/i18n/en/katheder.ftl");

    /// Every string literal in the views that could be a key.
    fn used() -> BTreeSet<String> {
        fn visit(folder: &Path, found: &mut BTreeSet<String>) {
            for entry in std::fs::read_dir(folder).expect("sources") {
                let path = entry.expect("entry").path();
                if path.is_dir() {
                    visit(&path, found);
                } else if path.file_name().is_none_or(|name| name != "i18n.rs") {
                    let source = std::fs::read_to_string(&path).expect("readable");
                    for literal in source.split('"') {
                        let key = !literal.is_empty()
                            && literal.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                        if key {
                            found.insert(literal.to_owned());
                        }
                    }
                }
            }
        }
        let mut found = BTreeSet::new();
        visit(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/ui")), &mut found);
        found
    }

    #[test]
    fn both_languages_have_exactly_the_same_keys() {
        assert_eq!(keys(DE), keys(EN));
    }

    #[test]
    fn every_key_in_the_views_exists_and_every_key_is_used() {
        let (used, known) = (used(), keys(DE));
        let missing: Vec<_> =
            used.iter().filter(|key| key.contains('-') && !known.contains(key.as_str())).collect();
        assert!(missing.is_empty(), "not in the .ftl files: {missing:?}");
        let idle: Vec<_> = known.iter().filter(|key| !used.contains(**key)).collect();
        assert!(idle.is_empty(), "in the .ftl files and nowhere in the views: {idle:?}");
    }

    #[test]
    fn plurals_follow_the_language() {
        let (de, en) =
            (Texts { language: Language::German }, Texts { language: Language::English });
        assert_eq!(de.count("people-count", 1), "1 Person");
        assert_eq!(de.count("people-count", 9), "9 Personen");
        assert_eq!(en.count("people-count", 1), "1 person");
        assert_eq!(en.count("people-count", 9), "9 people");
    }

    #[test]
    fn a_language_is_found_by_its_identifier() {
        assert_eq!(Language::German.id(), &GERMAN);
        assert_eq!(Language::English.id(), &ENGLISH);
    }
}
