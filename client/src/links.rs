//! Links that open a room: `katheder://join/…` from other programs, and the links of guest pages.
//!
//! They come from anywhere, so nothing in them is believed before it has the right form.

use reqwest::Url;

/// The scheme that the desktop opens with this program.
pub const SCHEME: &str = "katheder";

/// A longer text is no link of ours, bytes.
const LONGEST: usize = 2048;

/// A guest token's length, characters; the hub's have 43. Mistyped numbers are shorter.
const TOKEN: std::ops::RangeInclusive<usize> = 16..=128;

/// Where a link leads.
#[derive(Clone, PartialEq, Eq)]
pub enum Link {
    /// To a room of the hub that we are signed in to, by its nine digits.
    Number(String),
    /// To a room of that hub by the token of its guest page.
    Token(String),
    /// To the guest page of a hub, ours or another.
    Page {
        /// The hub's address without a slash at the end, for instance `https://hub.example:7480`.
        hub: String,
        /// The page's token.
        token: String,
    },
}

impl std::fmt::Debug for Link {
    /// Never prints what opens a room.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Link::Number(_) => f.write_str("Number"),
            Link::Token(_) => f.write_str("Token"),
            Link::Page { hub, .. } => write!(f, "Page({hub})"),
        }
    }
}

impl Link {
    /// Reads one: `katheder://join/483920175`, `katheder://join/TOKEN`,
    /// `katheder://join/https://hub.example/j/TOKEN` (as it is or percent-encoded), what stands
    /// behind `katheder://join/` alone, or the guest page's address itself. Numbers may be grouped
    /// by spaces or hyphens. `None`: it is no link of ours.
    pub fn parse(text: &str) -> Option<Link> {
        let text = text.trim();
        if text.len() > LONGEST || text.chars().any(char::is_control) {
            return None;
        }
        let target = match strip_scheme(text) {
            Some(rest) => {
                let rest = strip_prefix_ignoring_case(rest, "join/")?;
                percent_decoded(rest.strip_suffix('/').unwrap_or(rest))?
            }
            None => text.to_owned(),
        };
        // The second half of a decoded text was never looked at.
        if target.chars().any(char::is_control) {
            return None;
        }
        if target.contains(':') {
            page(&target)
        } else {
            number(&target).or_else(|| token(&target))
        }
    }

    /// As another start of the program takes it.
    pub fn to_text(&self) -> String {
        match self {
            Link::Number(target) | Link::Token(target) => format!("{SCHEME}://join/{target}"),
            Link::Page { .. } => {
                let page = self.address().unwrap_or_default();
                format!("{SCHEME}://join/{page}")
            }
        }
    }

    /// The guest page, where the link names its hub.
    pub fn address(&self) -> Option<String> {
        match self {
            Link::Page { hub, token } => Some(format!("{hub}/j/{token}")),
            Link::Number(_) | Link::Token(_) => None,
        }
    }
}

fn strip_scheme(text: &str) -> Option<&str> {
    let rest = strip_prefix_ignoring_case(text, SCHEME)?;
    let rest = rest.strip_prefix(':')?;
    Some(rest.trim_start_matches('/'))
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push((high * 16 + low) as u8);
    }
    String::from_utf8(bytes).ok()
}

fn number(text: &str) -> Option<Link> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let nine = digits.len() == 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
    nine.then_some(Link::Number(digits))
}

fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    TOKEN.contains(&text.len()) && text.bytes().all(fits)
}

fn token(text: &str) -> Option<Link> {
    is_token(text).then(|| Link::Token(text.to_owned()))
}

fn page(text: &str) -> Option<Link> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "https" | "http")
        && url.username().is_empty()
        && url.password().is_none();
    let token = url.path().strip_prefix("/j/")?;
    let token = token.strip_suffix('/').unwrap_or(token);
    let host = url.host_str()?;
    if !plain || !is_token(token) {
        return None;
    }
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(Link::Page { hub: format!("{}://{host}{port}", url.scheme()), token: token.to_owned() })
}
