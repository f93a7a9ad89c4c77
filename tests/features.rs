//! `docs/FEATURES.md` is whole and true: every line of the requirements has a row, and every test
//! that a row names is a test.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The sections of the requirements that the table covers, and how many lines each has.
const SECTIONS: [(char, usize); 12] = [
    ('A', 10),
    ('B', 15),
    ('C', 21),
    ('D', 16),
    ('E', 13),
    ('F', 21),
    ('G', 8),
    ('H', 6),
    ('I', 9),
    ('J', 13),
    ('K', 6),
    ('X', 14),
];

/// Where Rust tests are.
const FOLDERS: [&str; 6] = ["protocol", "engine", "client", "server", "tests", "benches"];

/// A row of the table.
struct Row {
    line: String,
    what: String,
    /// What stands in backticks before `open:`.
    tests: Vec<String>,
    /// What follows `open:`.
    open: Option<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn table() -> Vec<Row> {
    let text = std::fs::read_to_string(root().join("docs/FEATURES.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with('|'));
    rows.filter(|row| !row.starts_with("| line |") && !row.starts_with("|---")).map(row).collect()
}

fn row(text: &str) -> Row {
    let cells: Vec<&str> = text.trim_matches('|').split('|').map(str::trim).collect();
    let [line, what, shown] = cells[..] else { panic!("not three cells: {text}") };
    let (tests, open) = match shown.split_once("open:") {
        Some((tests, open)) => (tests, Some(open.trim().to_owned())),
        None => (shown, None),
    };
    let named = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let between: String = tests.split('`').step_by(2).collect();
    assert!(between.chars().all(|c| ",; ".contains(c)), "{line}: {between:?} is no test");
    Row { line: line.to_owned(), what: what.to_owned(), tests: named, open }
}

/// Every file below a folder, build outputs apart.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "target" {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The names of all Rust tests.
fn rust_tests() -> BTreeSet<String> {
    let mut sources = Vec::new();
    for folder in FOLDERS {
        files(&root().join(folder), &mut sources);
    }
    let mut names = BTreeSet::new();
    for source in sources {
        tests_in(&std::fs::read_to_string(&source).unwrap(), &mut names);
    }
    names
}

/// The names of the functions in a source that have a test attribute, ignored ones apart.
fn tests_in(source: &str, names: &mut BTreeSet<String>) {
    let (mut is_test, mut ignored) = (false, false);
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[") {
            let attribute = line.trim_start_matches("#[").trim_end_matches(']');
            let path = attribute.split(['(', ' ']).next().unwrap_or_default();
            is_test |= path == "test" || path.ends_with("::test");
            ignored |= path == "ignore";
        } else if let Some(name) = function(line) {
            if is_test && !ignored {
                names.insert(name.to_owned());
            }
            (is_test, ignored) = (false, false);
        } else if line.ends_with('}') {
            (is_test, ignored) = (false, false);
        }
    }
}

/// The name of the function that a line begins.
fn function(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    line.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// Whether a test of that name exists: `name`, or `file::name`.
fn exists(test: &str, rust: &BTreeSet<String>) -> bool {
    match test.split_once("::") {
        Some((file, name)) => {
            let source = std::fs::read_to_string(root().join(file)).unwrap_or_default();
            source.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
        }
        None => rust.contains(test),
    }
}

#[test]
fn every_line_of_the_requirements_has_one_row_in_order() {
    let expected: Vec<String> = SECTIONS
        .iter()
        .flat_map(|(section, lines)| (1..=*lines).map(move |n| format!("{section}{n}")))
        .collect();
    let lines: Vec<String> = table().into_iter().map(|row| row.line).collect();
    for line in &expected {
        let count = lines.iter().filter(|one| *one == line).count();
        assert_eq!(count, 1, "{line} has {count} rows");
    }
    assert_eq!(lines, expected);
}

#[test]
fn every_row_says_what_it_is_and_names_tests_or_why_it_is_open() {
    for Row { line, what, tests, open } in table() {
        assert!(what.len() > 10, "{line} does not say what it is");
        assert!(
            !tests.is_empty() || open.is_some(),
            "{line} names neither a test nor what is open"
        );
        assert!(open.is_none_or(|why| why.len() > 5), "{line} does not say why it is open");
        let unique: BTreeSet<&String> = tests.iter().collect();
        assert_eq!(unique.len(), tests.len(), "{line} names a test twice");
    }
}

#[test]
fn every_test_that_a_row_names_exists() {
    let rust = rust_tests();
    assert!(rust.contains("every_test_that_a_row_names_exists"), "tests are not found");
    let missing: Vec<String> = table()
        .iter()
        .flat_map(|row| row.tests.iter().map(move |test| (row, test)))
        .filter(|(_, test)| !exists(test, &rust))
        .map(|(row, test)| format!("{}: {test}", row.line))
        .collect();
    assert!(missing.is_empty(), "no such tests:\n{}", missing.join("\n"));
}

#[test]
fn helpers_and_ignored_tests_do_not_count() {
    let mut names = BTreeSet::new();
    let source = "#[test]\nfn one() {}\nfn helper() {}\n#[tokio::test(flavor = \"x\")]\n\
                  #[expect(y)]\nasync fn two() {\n}\n#[test]\n#[ignore = \"z\"]\nfn three() {}\n\
                  #[test_case]\nfn four() {}";
    tests_in(source, &mut names);
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["one", "two"]);
}
