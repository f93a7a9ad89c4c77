//! The program `katheder-hub` as an administrator meets it: what is wrong is told by name, what is
//! right ends when it is told to.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A start that neither serves nor fails within this has hung.
const LIMIT: Duration = Duration::from_secs(30);
/// A hub that is told to end does so within this.
const GOODBYE: Duration = Duration::from_secs(5);

fn command(arguments: &[&str], errors: &File) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_katheder-hub"));
    command
        .args(arguments)
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(errors.try_clone().unwrap());
    command
}

/// Waits for the end; `None` when it does not come in time, and the program is ended then.
#[expect(clippy::disallowed_methods, reason = "a limit for the whole wait")]
fn end_of(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn written(file: &mut File) -> String {
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

/// A start that must fail with 1, and what it said.
fn fails(arguments: &[&str]) -> String {
    let mut errors = tempfile::tempfile().unwrap();
    let mut child = command(arguments, &errors).spawn().unwrap();
    let status = end_of(&mut child, LIMIT);
    let text = written(&mut errors);
    let status = status.unwrap_or_else(|| panic!("{arguments:?} hung: {text}"));
    assert_eq!(status.code(), Some(1), "{arguments:?}: {text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

/// Fails with the same text, whatever it is, naming all `words`.
fn tells(arguments: &[&str], words: &[&str]) {
    let text = fails(arguments);
    assert!(text.contains("katheder-hub: "), "{text}");
    for word in words {
        assert!(text.contains(word), "“{word}” is missing in: {text}");
    }
}

/// A hub that serves.
struct Serving {
    child: Child,
    errors: File,
    /// Its first line.
    line: String,
}

impl Serving {
    fn start(arguments: &[&str]) -> Serving {
        let mut errors = tempfile::tempfile().unwrap();
        let mut child = command(arguments, &errors).spawn().unwrap();
        let mut line = String::new();
        // A start that fails closes its standard output.
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("listening on http://"), "{line}{}", written(&mut errors));
        Serving { child, errors, line }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_used_port_is_named() {
    let data = folder();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let serve = ["serve", "--data", text(data.path()), "--listen", &address.to_string()];
    tells(&serve, &[&address.port().to_string(), "TCP", "--listen"]);

    let media = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = media.local_addr().unwrap();
    let config = data.path().join("hub.toml");
    let lines = format!("listen = '127.0.0.1:0'\nmedia_listen = '{address}'\n");
    std::fs::write(&config, lines).unwrap();
    let serve = ["serve", "--data", text(data.path()), "--config", text(&config)];
    tells(&serve, &[&address.to_string(), "UDP", "media_listen"]);
}

#[test]
fn a_data_folder_that_cannot_be_used_is_named() {
    let data = folder();
    let file = data.path().join("plain");
    std::fs::write(&file, "mine").unwrap();
    // Not even root can make a folder in these places.
    for place in [file.join("hub"), "/proc/katheder".into(), "/dev/null".into()] {
        let serve = ["serve", "--data", text(&place), "--listen", "127.0.0.1:0"];
        tells(&serve, &["data folder", text(&place), "--data"]);
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn a_bad_configuration_file_is_named_with_what_is_wrong_in_it() {
    let data = folder();
    let config = data.path().join("hub.toml");
    let serve = ["serve", "--data", text(data.path()), "--config", text(&config)];
    tells(&serve, &[text(&config), "No such file", "--config"]);
    for (lines, wrong) in [
        ("listn = '127.0.0.1:0'\n", "listn"),
        ("listen = 'everywhere'\n", "listen"),
        ("listen = \n", "line 1"),
        ("advertise = '127.0.0.1:1'\n", "advertise"),
    ] {
        std::fs::write(&config, lines).unwrap();
        tells(&serve, &[text(&config), wrong]);
    }
    let place = ["serve", "--data", text(data.path()), "--config", text(data.path())];
    tells(&place, &[text(data.path()), "directory"]);
}

#[test]
fn a_second_hub_on_the_same_folder_ends_and_the_first_one_goes_on() {
    let data = folder();
    let serve = ["serve", "--data", text(data.path()), "--listen", "127.0.0.1:0"];
    let mut first = Serving::start(&serve);
    tells(&serve, &["another hub", text(data.path()), "--data"]);
    assert!(first.child.try_wait().unwrap().is_none(), "{}", written(&mut first.errors));
}

#[test]
fn a_hub_ends_with_0_when_it_is_told_to_and_frees_its_port() {
    for signal in ["TERM", "INT"] {
        let data = folder();
        let serve = ["serve", "--data", text(data.path()), "--listen", "127.0.0.1:0"];
        let mut hub = Serving::start(&serve);
        let address = hub.line.split("http://").nth(1).unwrap().split(' ').next().unwrap();
        let address = address.to_owned();
        // A client that is connected and silent must not hold it up.
        let client = std::net::TcpStream::connect(&address).unwrap();
        hub.signal(signal);
        let status = end_of(&mut hub.child, GOODBYE).expect("it ends in time");
        assert_eq!(status.code(), Some(0), "SIG{signal}: {}", written(&mut hub.errors));
        drop(client);
        assert!(std::net::TcpStream::connect(&address).is_err(), "its port is free");
    }
}

#[test]
fn wrong_use_ends_with_2() {
    for wrong in [&["serve", "--listen", "everywhere"][..], &["dance"], &[]] {
        let errors = tempfile::tempfile().unwrap();
        let mut child = command(wrong, &errors).spawn().unwrap();
        let status = end_of(&mut child, LIMIT).expect("it ends");
        assert_eq!(status.code(), Some(2), "{wrong:?}");
    }
}

/// What a command that must succeed says.
fn succeeds(arguments: &[&str]) -> String {
    let mut errors = tempfile::tempfile().unwrap();
    let mut child = command(arguments, &errors).spawn().unwrap();
    let status = end_of(&mut child, LIMIT);
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(status.and_then(|s| s.code()), Some(0), "{arguments:?}: {}", written(&mut errors));
    said
}

#[test]
fn a_backup_is_made_beside_a_running_hub_and_restored_into_an_empty_folder() {
    let (data, place) = (folder(), folder());
    let (file, new) = (place.path().join("hub.backup"), place.path().join("new"));
    let serve = ["serve", "--data", text(data.path()), "--listen", "127.0.0.1:0"];
    let hub = Serving::start(&serve);
    let backup = ["backup", text(&file), "--data", text(data.path())];
    assert!(succeeds(&backup).contains(text(&file)));
    tells(&backup, &[text(&file), "already"]);
    drop(hub);
    let restore = ["restore", text(&file), "--data", text(&new)];
    assert!(succeeds(&restore).contains(text(&new)));
    tells(&restore, &[text(&new), "not empty", "--data"]);
    let other = place.path().join("other");
    let nothing = ["backup", text(&other), "--data", text(place.path())];
    tells(&nothing, &["hub.sqlite", "--data"]);
}

#[test]
fn accounts_are_listed_disabled_and_given_roles() {
    let data = folder();
    let user = |arguments: &[&'static str]| {
        let all = [&["user"], arguments, &["--data", text(data.path())]].concat();
        succeeds(&all)
    };
    assert!(user(&["add", "anna"]).contains("one-time password"));
    assert_eq!(user(&["list"]), "anna\tmember\tenabled\tanna\n");
    user(&["role", "anna", "administrator"]);
    assert_eq!(user(&["list"]), "anna\tadministrator\tenabled\tanna\n");
    for arguments in [&["disable", "anna"][..], &["role", "anna", "member"]] {
        let all = [&["user"], arguments, &["--data", text(data.path())]].concat();
        tells(&all, &["last administrator", "anna"]);
    }
    user(&["add", "ben"]);
    user(&["disable", "ben"]);
    assert!(user(&["list"]).ends_with("ben\tmember\tdisabled\tben\n"));
    user(&["enable", "BEN"]);
    assert!(user(&["list"]).ends_with("ben\tmember\tenabled\tben\n"));
    tells(&["user", "disable", "nobody", "--data", text(data.path())], &["nobody", "user add"]);
}

#[test]
fn accounts_are_imported_from_a_file() {
    let data = folder();
    let file = data.path().join("people.csv");
    std::fs::write(&file, "name;display_name\nanna;Anna Muster\nben;Ben\n").unwrap();
    let import = ["user", "import", text(&file), "--data", text(data.path())];
    let list = ["user", "list", "--data", text(data.path())];
    let dry = succeeds(&[&import[..], &["--dry-run"]].concat());
    assert!(dry.contains("\"anna\": new") && dry.contains("no account was made"), "{dry}");
    assert_eq!(succeeds(&list), "");
    let made = succeeds(&import);
    assert_eq!(made.matches("one-time password").count(), 2, "{made}");
    assert!(succeeds(&list).starts_with("anna\tmember\tenabled\tAnna Muster\n"));

    std::fs::write(&file, "name\nanna\nclara\nc lara\n").unwrap();
    tells(&[&import[..], &["--all-or-nothing"]].concat(), &["1 of the lines", text(&file)]);
    assert!(!succeeds(&list).contains("clara"));
    tells(&import, &["1 of the lines", text(&file)]);
    assert!(succeeds(&list).contains("clara"), "the right lines count");
    std::fs::write(&file, b"name\nJ\xfcrgen\n").unwrap();
    tells(&import, &["not UTF-8", "line 2", text(&file)]);
    std::fs::remove_file(&file).unwrap();
    tells(&import, &["cannot import", text(&file)]);
}
