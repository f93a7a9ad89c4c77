//! How guests get into a room, in clear form.

use crate::hub::Shared;
use protocol::{Room, WayIn};
use std::fmt::Write as _;

/// The words around what is handed on.
struct Words {
    link: &'static str,
    number: &'static str,
    pin: &'static str,
    phone: &'static str,
}

const GERMAN: Words =
    Words { link: "Link", number: "Raumnummer", pin: "PIN", phone: "Einwahlnummer" };

const ENGLISH: Words =
    Words { link: "Link", number: "Room number", pin: "PIN", phone: "Dial-in number" };

impl Shared {
    /// How guests get into a room that the caller moderates.
    pub(super) fn way_in(&self, room: &Room, base: &str) -> WayIn {
        let url = format!("{base}{}", room.link_path);
        let phone = self.config.phone_number.as_deref();
        WayIn {
            login_url: format!("{base}/login?number={}", room.number),
            phone_number: phone.map(str::to_owned),
            text_de: clear_form(&GERMAN, room, &url, phone),
            text_en: clear_form(&ENGLISH, room, &url, phone),
            url,
        }
    }
}

fn clear_form(words: &Words, room: &Room, url: &str, phone: Option<&str>) -> String {
    let mut text = format!("{}\n\n{}: {url}\n", room.name, words.link);
    if let Some(phone) = phone {
        let _ = writeln!(text, "{}: {phone}", words.phone);
    }
    let _ = writeln!(text, "{}: {}", words.number, in_groups(&room.number));
    // By telephone the PIN is always asked for, otherwise where the room wants it.
    if phone.is_some() || room.policy.pin_required {
        let _ = writeln!(text, "{}: {}", words.pin, room.pin);
    }
    text
}

/// `483920175` as `483 920 175`, which is how people read it out.
pub fn in_groups(number: &str) -> String {
    let mut grouped = String::with_capacity(number.len() + 2);
    for (at, digit) in number.chars().enumerate() {
        if at > 0 && at % 3 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}
