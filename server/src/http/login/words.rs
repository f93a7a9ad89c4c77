//! What the session login says, in German and English.

use axum::http::{HeaderMap, header};

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Deutsch.
    German,
    /// English.
    English,
}

impl Language {
    /// Reads `de` or `en`.
    pub fn parse(text: &str) -> Option<Language> {
        match text {
            "de" => Some(Language::German),
            "en" => Some(Language::English),
            _ => None,
        }
    }

    /// ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Language::German => "de",
            Language::English => "en",
        }
    }

    /// What a browser prefers (RFC 9110, section 12.5.4); English where it names neither.
    pub fn accepted(headers: &HeaderMap) -> Language {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let mut best = (0.0, Language::English);
        for range in accepted.unwrap_or_default().split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let tag = tag.trim().to_ascii_lowercase();
            let language = Language::parse(tag.split('-').next().unwrap_or_default());
            let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f64>().ok());
            if let (Some(language), Some(weight)) = (language, weight)
                && weight > best.0
            {
                best = (weight, language);
            }
        }
        best.1
    }

    /// What to say.
    pub fn words(self) -> &'static Words {
        match self {
            Language::German => &GERMAN,
            Language::English => &ENGLISH,
        }
    }
}

/// Every text of the form.
pub struct Words {
    /// The heading.
    pub title: &'static str,
    /// Under it, when the number is asked for.
    pub lead: &'static str,
    /// Under it, when the number is preset; the number follows.
    pub lead_room: &'static str,
    /// Field.
    pub number: &'static str,
    /// What a number looks like.
    pub number_hint: &'static str,
    /// Field.
    pub pin: &'static str,
    /// When it is needed.
    pub pin_hint: &'static str,
    /// Field.
    pub name: &'static str,
    /// What it is for.
    pub name_hint: &'static str,
    /// Button.
    pub enter: &'static str,
    /// Number and PIN open nothing.
    pub wrong: &'static str,
    /// Locked for a while.
    pub too_many: &'static str,
    /// No name was typed, or too long a one.
    pub no_name: &'static str,
    /// Another web site sent the form.
    pub foreign: &'static str,
    /// The form came in a way that no browser sends it.
    pub garbled: &'static str,
    /// The database does not answer.
    pub trouble: &'static str,
}

static GERMAN: Words = Words {
    title: "An einer Konferenz teilnehmen",
    lead: "Geben Sie die Raumnummer aus Ihrer Einladung ein. Sie brauchen kein Konto.",
    lead_room: "Sie brauchen kein Konto. Raum",
    number: "Raumnummer",
    number_hint: "Neun Ziffern, zum Beispiel 483 920 175.",
    pin: "PIN",
    pin_hint: "Nur wenn in der Einladung eine steht.",
    name: "Ihr Name",
    name_hint: "So erscheinen Sie den anderen.",
    enter: "Weiter",
    wrong: "Diese Nummer und PIN führen in keinen Raum, der Gäste einlässt. Bitte vergleichen Sie \
            beide mit Ihrer Einladung.",
    too_many: "Es gab zu viele falsche Versuche. Versuchen Sie es in einer Stunde wieder, oder \
               benutzen Sie den Link aus Ihrer Einladung.",
    no_name: "Bitte geben Sie Ihren Namen ein, höchstens 80 Zeichen.",
    foreign: "Dieses Formular kam von einer fremden Seite. Bitte füllen Sie es hier aus.",
    garbled: "Das Formular kam unvollständig an. Bitte füllen Sie es noch einmal aus.",
    trouble: "Das klappt im Moment nicht. Bitte versuchen Sie es in einer Minute wieder.",
};

static ENGLISH: Words = Words {
    title: "Join a conference",
    lead: "Enter the room number from your invitation. You need no account.",
    lead_room: "You need no account. Room",
    number: "Room number",
    number_hint: "Nine digits, for example 483 920 175.",
    pin: "PIN",
    pin_hint: "Only if your invitation has one.",
    name: "Your name",
    name_hint: "This is how others see you.",
    enter: "Continue",
    wrong: "This number and PIN lead to no room that takes guests. Please compare both with your \
            invitation.",
    too_many: "There were too many wrong tries. Try again in an hour, or use the link in your \
               invitation.",
    no_name: "Please enter your name, 80 characters at most.",
    foreign: "This form came from another site. Please fill it in here.",
    garbled: "The form arrived incomplete. Please fill it in again.",
    trouble: "This does not work at the moment. Please try again in a minute.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_language_counts_and_english_otherwise() {
        let of = |accepted: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
            Language::accepted(&headers)
        };
        assert_eq!(of("de-DE,de;q=0.9,en;q=0.8"), Language::German);
        assert_eq!(of("fr, en;q=0.3, de-AT;q=0.7"), Language::German);
        assert_eq!(of("en-GB, de"), Language::English);
        assert_eq!(of("fr"), Language::English);
        assert_eq!(of("de;q=x,;;,q=1"), Language::English);
        assert_eq!(Language::accepted(&HeaderMap::new()), Language::English);
    }
}
