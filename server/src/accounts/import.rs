//! Accounts from a CSV file (RFC 4180), as office programs write it: comma or semicolon, UTF-8 with
//! or without a byte order mark, columns in any order under a header.

use super::details::{self, Invalid};
use super::passwords;
use crate::conference::Now;
use crate::store::{NewUser, Store, StoreError};
use protocol::{ImportOutcome, ImportReport, ImportedLine};
use std::collections::{HashMap, HashSet};

/// The biggest file.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The most accounts in one file.
pub const MAX_LINES: usize = 5000;

const COLUMNS: [&str; 5] = ["name", "display_name", "email", "role", "language"];

/// Why a file is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// More than [`MAX_BYTES`].
    #[error("the file has more than 1 MiB; split it")]
    TooBig,
    /// More than [`MAX_LINES`].
    #[error("the file has more than 5000 accounts; split it")]
    TooManyLines,
    /// Most likely Windows-1252, which spreadsheets write when they are not told otherwise.
    #[error(
        "the file is not UTF-8 (byte 0x{byte:02X} in line {line}); save it as “CSV UTF-8”, not as plain CSV (Windows-1252)"
    )]
    NotUtf8 {
        /// Where.
        line: usize,
        /// What stands there.
        byte: u8,
    },
    /// No header.
    #[error(
        "the file is empty; its first line names the columns: name, display_name, email, role, language"
    )]
    Empty,
    /// The one column that has to be.
    #[error(
        "the first line names no column \"name\"; the columns are name, display_name, email, role, language"
    )]
    NoNames,
    /// A column that says nothing to us, so it may be a misspelt one.
    #[error(
        "the first line names a column {0:?}; the columns are name, display_name, email, role, language"
    )]
    UnknownColumn(String),
    /// Which of the two counts?
    #[error("the first line names the column {0:?} twice")]
    TwiceTheColumn(String),
}

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What is typed to sign in.
    pub name: String,
    /// What others read.
    pub display_name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// Manages accounts.
    pub administrator: bool,
    /// `de` or `en`.
    pub language: &'static str,
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number; the header is 1.
    pub number: u64,
    /// The name, as it stands there.
    pub name: String,
    /// Who it is, or what is wrong.
    pub person: Result<Person, String>,
}

/// How an import is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Only say what would become of each line.
    pub dry_run: bool,
    /// Make no account when a line is wrong.
    pub all_or_nothing: bool,
}

/// Reads a file. Never panics, whatever it contains.
pub fn read(bytes: &[u8]) -> Result<Vec<Line>, FileError> {
    if bytes.len() > MAX_BYTES {
        return Err(FileError::TooBig);
    }
    let text = utf8(bytes)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let header = text.lines().find(|line| !line.is_empty()).unwrap_or_default();
    let semicolons = header.matches(';').count() > header.matches(',').count();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if semicolons { b';' } else { b',' })
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    // What is not CSV cannot be here: text is UTF-8, and records may have any length.
    let mut records = reader.records().map_while(Result::ok);
    let columns = columns(&records.next().ok_or(FileError::Empty)?)?;
    let (mut lines, mut seen) = (Vec::new(), HashMap::new());
    let mut numbers = LineNumbers { text: text.as_bytes(), number: 1, place: 0 };
    for record in records.filter(|record| record.iter().any(|cell| !cell.is_empty())) {
        if lines.len() == MAX_LINES {
            return Err(FileError::TooManyLines);
        }
        let begin = record.position().map_or(0, csv::Position::byte) as usize;
        lines.push(line(numbers.at(begin), &record, &columns, &mut seen));
    }
    Ok(lines)
}

fn utf8(bytes: &[u8]) -> Result<&str, FileError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let (before, rest) = bytes.split_at(error.valid_up_to());
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        FileError::NotUtf8 { line, byte: rest.first().copied().unwrap_or_default() }
    })
}

/// Counts lines as editors do. The reader's own count is one behind after CR LF, and takes blank
/// lines for part of the next one.
struct LineNumbers<'a> {
    text: &'a [u8],
    number: u64,
    place: usize,
}

impl LineNumbers<'_> {
    /// The line of the first byte from `begin` on that ends no line. Never asked for an earlier
    /// place than before.
    fn at(&mut self, begin: usize) -> u64 {
        while let Some(byte) = self.text.get(self.place) {
            let next = self.text.get(self.place + 1);
            match byte {
                b'\r' if next == Some(&b'\n') => {}
                b'\r' | b'\n' => self.number += 1,
                _ if self.place >= begin => break,
                _ => {}
            }
            self.place += 1;
        }
        self.number
    }
}

fn columns(header: &csv::StringRecord) -> Result<Vec<&'static str>, FileError> {
    let mut columns = Vec::new();
    for cell in header {
        let name = cell.to_lowercase();
        let column = COLUMNS.into_iter().find(|column| *column == name);
        let column = column.ok_or_else(|| FileError::UnknownColumn(shortened(cell)))?;
        if columns.contains(&column) {
            return Err(FileError::TwiceTheColumn(name));
        }
        columns.push(column);
    }
    if columns.contains(&"name") { Ok(columns) } else { Err(FileError::NoNames) }
}

/// As much of a cell as an answer repeats.
fn shortened(cell: &str) -> String {
    cell.chars().take(64).collect()
}

fn line(
    number: u64,
    record: &csv::StringRecord,
    columns: &[&'static str],
    seen: &mut HashMap<String, u64>,
) -> Line {
    let cell = |column| {
        let index = columns.iter().position(|known| *known == column);
        index.and_then(|index| record.get(index)).unwrap_or_default()
    };
    let person = if record.len() > columns.len() {
        let (cells, named) = (record.len(), columns.len());
        Err(format!("the line has {cells} cells, the first line names {named} columns"))
    } else {
        person(cell).map_err(|invalid| format!("{}: {}", invalid.field, invalid.message))
    };
    let person = person.and_then(|person| match seen.get(&person.name.to_lowercase()) {
        Some(first) => Err(format!("name: line {first} has it already")),
        None => {
            seen.insert(person.name.to_lowercase(), number);
            Ok(person)
        }
    });
    Line { number, name: shortened(cell("name")), person }
}

fn person<'a>(cell: impl Fn(&'static str) -> &'a str) -> Result<Person, Invalid> {
    let name = details::account_name(cell("name"))?;
    let or_else = |column, other| match cell(column) {
        "" => other,
        cell => cell,
    };
    let administrator = match cell("role").to_lowercase().as_str() {
        "" | "member" => false,
        "administrator" => true,
        _ => {
            let message = "a role is \"administrator\" or \"member\"".to_owned();
            return Err(Invalid { field: "role", message });
        }
    };
    let language = or_else("language", details::DEFAULT_LANGUAGE).to_lowercase();
    Ok(Person {
        name: name.to_owned(),
        display_name: details::display_name(or_else("display_name", name))?,
        email: details::email(cell("email"))?,
        administrator,
        language: details::language(&language)?,
    })
}

/// Makes the accounts that are missing, all in one transaction, and says what became of each line.
pub async fn apply(
    store: &Store,
    now: Now,
    lines: Vec<Line>,
    options: Options,
) -> Result<ImportReport, StoreError> {
    let known = store.account_keys().await?;
    let wrong = lines.iter().any(|line| line.person.is_err());
    let applied = !(options.dry_run || options.all_or_nothing && wrong);
    let missing = |person: &&Person| !known.contains(&person.name.to_lowercase());
    let people: Vec<Person> = match applied {
        true => lines.iter().flat_map(|line| &line.person).filter(missing).cloned().collect(),
        false => Vec::new(),
    };
    let made = make(store, now, people).await?;
    let lines = lines.into_iter().map(|line| imported(line, &known, applied, &made)).collect();
    Ok(ImportReport { applied, lines })
}

/// The one-time passwords of the accounts that are new, by name.
async fn make(
    store: &Store,
    now: Now,
    people: Vec<Person>,
) -> Result<HashMap<String, String>, StoreError> {
    let hashed = tokio::task::spawn_blocking(move || {
        let hashed = people.into_iter().map(|person| {
            let password = passwords::one_time();
            let hash = passwords::hash_one_time(&password);
            (person, password, hash)
        });
        hashed.collect::<Vec<_>>()
    });
    let hashed = hashed.await.map_err(|error| StoreError::Io(error.into()))?;
    let users = hashed.iter().map(|(person, _, hash)| NewUser {
        name: &person.name,
        display_name: &person.display_name,
        password_hash: hash,
        email: person.email.as_deref(),
        administrator: person.administrator,
        language: person.language,
    });
    let added = store.add_users(users.collect(), now.unix_ms).await?;
    let new = hashed.iter().zip(added).filter(|(_, added)| *added);
    Ok(new.map(|((person, password, _), _)| (person.name.clone(), password.clone())).collect())
}

fn imported(
    line: Line,
    known: &HashSet<String>,
    applied: bool,
    made: &HashMap<String, String>,
) -> ImportedLine {
    let (outcome, one_time_password, reason) = match line.person {
        Err(reason) => (ImportOutcome::Error, None, Some(reason)),
        Ok(person) if known.contains(&person.name.to_lowercase()) => {
            (ImportOutcome::Exists, None, None)
        }
        Ok(_) if !applied => (ImportOutcome::Created, None, None),
        // Another administrator may have made it since.
        Ok(person) => match made.get(&person.name) {
            Some(password) => (ImportOutcome::Created, Some(password.clone()), None),
            None => (ImportOutcome::Exists, None, None),
        },
    };
    ImportedLine { line: line.number, name: line.name, outcome, one_time_password, reason }
}
