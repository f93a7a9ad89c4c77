//! Names of days and months, and small words, in both languages.

use jiff::civil::Weekday;

/// January first; the English name stands first.
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "jänner"],
    &["february", "februar", "feber"],
    &["march", "märz", "maerz", "mrz"],
    &["april"],
    &["may", "mai"],
    &["june", "juni"],
    &["july", "juli"],
    &["august"],
    &["september"],
    &["october", "oktober"],
    &["november"],
    &["december", "dezember"],
];

/// Monday first; the short German forms stand last.
const WEEKDAYS: [(Weekday, [&str; 3]); 7] = [
    (Weekday::Monday, ["monday", "montag", "mo"]),
    (Weekday::Tuesday, ["tuesday", "dienstag", "di"]),
    (Weekday::Wednesday, ["wednesday", "mittwoch", "mi"]),
    (Weekday::Thursday, ["thursday", "donnerstag", "do"]),
    (Weekday::Friday, ["friday", "freitag", "fr"]),
    (Weekday::Saturday, ["saturday", "samstag", "sa"]),
    (Weekday::Sunday, ["sunday", "sonntag", "so"]),
];

/// Words that mean nothing by themselves.
pub fn is_filler(word: &str) -> bool {
    matches!(word, "um" | "uhr" | "den" | "der" | "dem" | "at" | "on" | "the" | "o'clock" | "of")
}

/// How many days from today.
pub fn relative_days(word: &str) -> Option<i32> {
    Some(match word {
        "vorgestern" => -2,
        "gestern" | "yesterday" => -1,
        "heute" | "today" => 0,
        "morgen" | "tomorrow" => 1,
        "übermorgen" | "uebermorgen" => 2,
        _ => return None,
    })
}

/// The month that a word of at least three letters begins, 1 to 12.
pub fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    if word.chars().count() < 3 {
        return None;
    }
    let at = MONTHS.iter().position(|names| names.iter().any(|name| name.starts_with(word)))?;
    i8::try_from(at + 1).ok()
}

/// The weekday that a word begins: three letters at least, or the German two.
pub fn weekday(word: &str) -> Option<Weekday> {
    let word = word.trim_end_matches('.');
    let fits = |names: &[&str; 3]| {
        names[2] == word
            || (word.chars().count() >= 3 && names[..2].iter().any(|name| name.starts_with(word)))
    };
    WEEKDAYS.iter().find(|(_, names)| fits(names)).map(|(day, _)| *day)
}

/// The English month in three letters; empty for a month that is none.
pub fn short_month(month: i8) -> String {
    let name = usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).map(|names| names[0]);
    let mut letters = name.unwrap_or_default().chars().take(3);
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
