//! What an account's particulars may be.

use crate::room::clean_line;
use protocol::{ConferenceProfile, MAX_NAME_CHARS};

/// The languages that the hub writes mail in.
pub const LANGUAGES: [&str; 2] = ["de", "en"];

/// The language of an account that is told none.
pub const DEFAULT_LANGUAGE: &str = "de";

/// The longest name of an account.
pub const MAX_NAME_BYTES: usize = 64;

/// The longest e-mail address (RFC 5321, section 4.5.3.1.3, without its brackets).
const MAX_EMAIL_BYTES: usize = 254;

/// The longest name of a device.
const MAX_DEVICE_CHARS: usize = 200;

/// A particular that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Which.
    pub field: &'static str,
    /// Why, for people.
    pub message: String,
}

impl Invalid {
    fn new(field: &'static str, message: impl Into<String>) -> Invalid {
        Invalid { field, message: message.into() }
    }
}

/// Whether that can be an account's name. ASCII alone, so that no name looks like another.
pub fn is_account_name(name: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_@".contains(c))
}

/// An account's name.
pub fn account_name(name: &str) -> Result<&str, Invalid> {
    let wrong = || {
        Invalid::new("name", "a name has 1 to 64 letters (a to z), digits, '.', '-', '_' or '@'")
    };
    is_account_name(name).then_some(name).ok_or_else(wrong)
}

/// A display name, on one line.
pub fn display_name(name: &str) -> Result<String, Invalid> {
    line("display_name", name)
}

/// An e-mail address; `None` for the empty text.
pub fn email(email: &str) -> Result<Option<String>, Invalid> {
    let email = email.trim();
    if email.is_empty() {
        return Ok(None);
    }
    let fits = email.len() <= MAX_EMAIL_BYTES && email.parse::<lettre::Address>().is_ok();
    let wrong = || Invalid::new("email", format!("{email:?} is no e-mail address"));
    fits.then(|| Some(email.to_owned())).ok_or_else(wrong)
}

/// A language.
pub fn language(language: &str) -> Result<&'static str, Invalid> {
    LANGUAGES
        .into_iter()
        .find(|known| *known == language)
        .ok_or_else(|| Invalid::new("language", "a language is \"de\" or \"en\""))
}

/// A conference profile, its name on one line.
pub fn profile(profile: ConferenceProfile) -> Result<ConferenceProfile, Invalid> {
    let devices = [
        ("camera", &profile.camera),
        ("microphone", &profile.microphone),
        ("speaker", &profile.speaker),
    ];
    for (field, device) in devices {
        let chars = device.as_ref().map_or(1, |device| device.chars().count());
        if !(1..=MAX_DEVICE_CHARS).contains(&chars) {
            let message = "a device's name has 1 to 200 characters; leave it out for the usual one";
            return Err(Invalid::new(field, message));
        }
    }
    if profile.blur_percent > 100 {
        return Err(Invalid::new("blur_percent", "the blur's strength is 0 to 100"));
    }
    let name = line("name", &profile.name)?;
    Ok(ConferenceProfile { name, ..profile })
}

fn line(field: &'static str, text: &str) -> Result<String, Invalid> {
    clean_line(text, MAX_NAME_CHARS)
        .ok_or_else(|| Invalid::new(field, "a name has 1 to 80 characters"))
}
