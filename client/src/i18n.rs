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
    stretched: bool,
}

impl Texts {
    /// Those of `language`.
    pub fn new(language: Language) -> Texts {
        Texts { language, stretched: false }
    }

    /// The same words at twice their length, to see which layouts a wordier language would break.
    pub fn stretched(self) -> Texts {
        Texts { stretched: true, ..self }
    }

    /// Makes it the language of the controls that bring their own words.
    pub fn install(self, ctx: &egui::Context) {
        ctx.data_mut(|data| data.insert_temp(egui::Id::NULL, self));
    }

    /// The language installed in a context; English where there is none.
    pub fn of(ctx: &egui::Context) -> Texts {
        let installed = ctx.data(|data| data.get_temp(egui::Id::NULL));
        installed.unwrap_or(Texts::new(Language::English))
    }

    /// The text of a key without variables.
    pub fn get(self, key: &str) -> String {
        self.finish(LOCALES.lookup(self.language.id(), key))
    }

    /// The text of a key whose one variable is a number, in the right plural.
    pub fn count(self, key: &str, count: usize) -> String {
        self.with(key, &[("count", FluentValue::from(count))])
    }

    /// The text of a key whose one variable is `$name`.
    pub fn named(self, key: &str, name: &str) -> String {
        self.with(key, &[("name", FluentValue::from(name))])
    }

    /// The text of a key with several variables that are texts.
    pub fn filled(self, key: &str, variables: &[(&'static str, &str)]) -> String {
        let variables: Vec<_> =
            variables.iter().map(|(name, text)| (*name, FluentValue::from(*text))).collect();
        self.with(key, &variables)
    }

    /// The text of a key with its variables by name.
    pub fn with(self, key: &str, arguments: &[(&'static str, FluentValue<'_>)]) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> =
            arguments.iter().map(|(k, v)| (Cow::Borrowed(*k), v.clone())).collect();
        self.finish(LOCALES.lookup_with_args(self.language.id(), key, &arguments))
    }

    fn finish(self, text: String) -> String {
        if self.stretched { stretch(&text) } else { text }
    }
}

/// Twice as long and still readable: every word is followed by its own letters with accents. Names
/// and figures that a text carries are stretched with it, as nobody can tell them apart here.
fn stretch(text: &str) -> String {
    let longer = |word: &str| {
        let echo: String = word
            .chars()
            .map(|c| match c.to_ascii_lowercase() {
                'a' => 'á',
                'e' => 'é',
                'i' => 'í',
                'o' => 'ó',
                'u' => 'ú',
                _ => c,
            })
            .collect();
        format!("{word} {echo}")
    };
    let words: Vec<String> = text.split(' ').map(longer).collect();
    words.join(" ")
}
