//! How a web site wants the session login to look. Everything comes from an address that anybody may
//! write, so nothing gets through that is not a colour, a language or one short line of text.

use super::words::Language;
use crate::access::NUMBER_DIGITS;
use crate::html::escape;
use crate::room::clean_line;
use crate::room::standing::digits;
use serde::Deserialize;
use std::fmt::Write as _;
use utoipa::IntoParams;

/// The longest title, in characters.
const MAX_TITLE_CHARS: usize = 80;

/// Below this luminance (WCAG 2.2, relative luminance) light text reads better than dark.
const DARK_BELOW: f64 = 0.179;

/// What is preset in the form's address.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Presets {
    /// Nine digits: guests type none.
    #[serde(default)]
    #[param(ignore)]
    pub number: Option<String>,
    /// The button's colour, `#rrggbb`.
    #[serde(default)]
    pub color: Option<String>,
    /// What lies behind the form, `#rrggbb`.
    #[serde(default)]
    pub background: Option<String>,
    /// The heading, 1 to 80 characters.
    #[serde(default)]
    pub title: Option<String>,
    /// `de` or `en`; without it, the visitor's.
    #[serde(default)]
    pub language: Option<String>,
}

/// Presets that were checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Nine digits.
    pub number: Option<String>,
    color: Option<Color>,
    background: Option<Color>,
    /// One line.
    pub title: Option<String>,
    /// Asked for.
    pub language: Option<Language>,
}

impl Look {
    /// The presets, or the name of the first that is none.
    pub fn strict(presets: &Presets) -> Result<Look, &'static str> {
        let look = Look::lenient(presets);
        let wrong = |given: &Option<String>, taken: bool| !taken && given_text(given).is_some();
        if wrong(&presets.number, look.number.is_some()) {
            Err("number")
        } else if wrong(&presets.color, look.color.is_some()) {
            Err("color")
        } else if wrong(&presets.background, look.background.is_some()) {
            Err("background")
        } else if wrong(&presets.title, look.title.is_some()) {
            Err("title")
        } else if wrong(&presets.language, look.language.is_some()) {
            Err("language")
        } else {
            Ok(look)
        }
    }

    /// The presets, without those that are none: a page that people see shall not fail over a colour.
    pub fn lenient(presets: &Presets) -> Look {
        let number = given_text(&presets.number).map(|text| digits(text, NUMBER_DIGITS + 1));
        Look {
            number: number.filter(|number| number.len() == NUMBER_DIGITS),
            color: given_text(&presets.color).and_then(Color::parse),
            background: given_text(&presets.background).and_then(Color::parse),
            title: given_text(&presets.title).and_then(|text| clean_line(text, MAX_TITLE_CHARS)),
            language: given_text(&presets.language).and_then(Language::parse),
        }
    }

    /// Every preset but the number, with its name in addresses and forms.
    pub fn dress(&self) -> Vec<(&'static str, String)> {
        let dress = [
            ("color", self.color.map(|color| color.to_string())),
            ("background", self.background.map(|color| color.to_string())),
            ("title", self.title.clone()),
            ("language", self.language.map(|language| language.code().to_owned())),
        ];
        dress.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Design tokens that differ from the product's own, as CSS; empty when none does.
    pub fn style(&self) -> String {
        let mut tokens = String::new();
        if let Some(color) = self.color {
            let ink = if color.is_dark() { "#ffffff" } else { "#1c1505" };
            let hover = color.towards(if color.is_dark() { 255 } else { 0 });
            let _ = write!(
                tokens,
                "--accent:{color};--accent-hover:{hover};--on-accent:{ink};--focus:var(--text);"
            );
        }
        if let Some(paper) = self.background {
            let (text, second, third, raised, scheme) = if paper.is_dark() {
                ("#edf1ec", "#c9d2cd", "#b7c2bc", paper.towards(255), "dark")
            } else {
                ("#17211e", "#333f3a", "#45514c", Color([255; 3]), "light")
            };
            let _ = write!(
                tokens,
                "--window:{paper};--raised:{raised};--text:{text};--text2:{second};--text3:{third};\
                 --control:{third};--warning-soft:{raised};color-scheme:{scheme};"
            );
        }
        if tokens.is_empty() { tokens } else { format!(":root:root{{{tokens}}}") }
    }

    /// HTML for another web site. The look must have a number.
    pub fn embed_code(&self, base: &str) -> protocol::EmbedCode {
        let number = self.number.clone().unwrap_or_default();
        let presets: Vec<(&str, String)> =
            std::iter::once(("number", number)).chain(self.dress()).collect();
        let data = presets.iter().fold(String::new(), |data, (name, value)| {
            format!("{data} data-{name}=\"{}\"", escape(value))
        });
        let pairs = presets.iter().map(|(name, value)| format!("{name}={}", percent(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        let base = escape(base);
        protocol::EmbedCode {
            script: format!("<script src=\"{base}/login/embed.js\"{data} async></script>"),
            frame: format!(
                "<iframe src=\"{base}/login/embed?{}\" title=\"Katheder\" width=\"100%\" \
                 height=\"480\" style=\"border:0\"></iframe>",
                escape(&query)
            ),
            url: format!("{base}/login?{query}"),
        }
    }
}

/// A preset that is not left empty.
fn given_text(given: &Option<String>) -> Option<&str> {
    given.as_deref().filter(|text| !text.is_empty())
}

/// An opaque colour: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Color([u8; 3]);

impl Color {
    /// Reads `#rrggbb`, with or without the sign, which addresses have to escape.
    fn parse(text: &str) -> Option<Color> {
        let hex = text.strip_prefix('#').unwrap_or(text);
        if hex.len() != 6 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(hex, 16).ok()?.to_be_bytes();
        Some(Color([red, green, blue]))
    }

    /// Whether light text is easier to read on it than dark.
    fn is_dark(self) -> bool {
        let linear = self.0.map(|value| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] < DARK_BELOW
    }

    /// An eighth of the way to black (0) or white (255).
    fn towards(self, end: u8) -> Color {
        Color(self.0.map(|value| ((u16::from(value) * 7 + u16::from(end)) / 8) as u8))
    }
}

impl std::fmt::Display for Color {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Color([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Text within an address (RFC 3986, section 2.3: what stands for itself).
pub fn percent(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            byte => drop(write!(out, "%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presets(color: &str, title: &str) -> Presets {
        let text = |text: &str| Some(text.to_owned());
        Presets { color: text(color), title: text(title), ..Presets::default() }
    }

    #[test]
    fn e8_only_colours_get_through_as_colours() {
        for odd in ["red", "#12345", "#1234567", "#12345g", "#fff;}*{", "url(x)", "+12345"] {
            assert_eq!(Look::strict(&presets(odd, "")), Err("color"), "{odd}");
            assert_eq!(Look::lenient(&presets(odd, "")), Look::default(), "{odd}");
        }
        for fine in ["#1f5FA8", "1f5fa8"] {
            let style = Look::strict(&presets(fine, "")).unwrap().style();
            assert!(style.contains("--accent:#1f5fa8;") && style.contains("--on-accent:#ffffff"));
        }
        let bright = Look::strict(&presets("#ffe066", "")).unwrap().style();
        assert!(bright.contains("--on-accent:#1c1505"), "dark text on a bright button");
        assert_eq!(Look::default().style(), "");
    }

    #[test]
    fn e8_a_title_is_one_line_of_limited_length() {
        assert_eq!(Look::strict(&presets("", &"x".repeat(81))), Err("title"));
        let look = Look::strict(&presets("", " Ihr\nTermin ")).unwrap();
        assert_eq!(look.title.as_deref(), Some("Ihr Termin"));
    }

    #[test]
    fn integration_code_cannot_be_broken_out_of() {
        let presets = Presets {
            number: Some("483920175".to_owned()),
            ..presets("#1f5fa8", "\"><script>&title")
        };
        let code = Look::strict(&presets).unwrap().embed_code("https://meet.example.org");
        assert_eq!(
            code.script,
            "<script src=\"https://meet.example.org/login/embed.js\" data-number=\"483920175\" \
             data-color=\"#1f5fa8\" data-title=\"&quot;&gt;&lt;script&gt;&amp;title\" async></script>"
        );
        assert!(
            code.frame.contains("embed?number=483920175&amp;color=%231f5fa8&amp;title=%22%3E%3C")
        );
    }
}
