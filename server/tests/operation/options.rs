use server::config::File;
use std::path::Path;
use std::process::Command;

const DOCUMENTED: &str = include_str!("../../../packaging/katheder-hub.toml");

/// The documented file with every option switched on.
fn switched_on() -> String {
    let on = |line: &'static str| match line.strip_prefix('#') {
        Some(option) if !option.starts_with(' ') && !option.is_empty() => option,
        _ => line,
    };
    DOCUMENTED.lines().map(on).collect::<Vec<_>>().join("\n")
}

/// The options that a table takes, from the error about one that it does not take.
fn options_of(table: &str) -> Vec<String> {
    let header = if table.is_empty() { String::new() } else { format!("[{table}]\n") };
    let needed = match table {
        "mail" => "server = ''\nfrom = ''\n",
        "replies" => "server = ''\nuser = ''\n",
        "oidc" => "issuer = ''\nclient_id = ''\n",
        _ => "",
    };
    let Err(error) = File::parse(&format!("{header}{needed}nonsense = 1\n")) else {
        panic!("[{table}] takes anything")
    };
    let names: Vec<_> = error.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert!(names.len() > 1, "{error}");
    names
}

#[test]
fn every_option_is_documented_and_the_documented_file_is_valid() {
    assert!(File::parse(DOCUMENTED).is_ok(), "as it is installed");
    let all = switched_on();
    if let Err(error) = File::parse(&all) {
        panic!("with every option switched on: {error}");
    }
    let tables = ["tls", "mail", "replies", "oidc", "log"];
    for table in [""].into_iter().chain(tables) {
        let start =
            if table.is_empty() { 0 } else { all.find(&format!("\n[{table}]")).unwrap() + 1 };
        let text = &all[start..];
        let text = &text[..text[1..].find("\n[").map_or(text.len(), |end| end + 1)];
        for option in options_of(table).iter().filter(|option| !tables.contains(&option.as_str())) {
            let documented = text.lines().any(|line| line.starts_with(&format!("{option} = ")));
            assert!(documented, "{option} is missing under [{table}]");
        }
    }
}

#[test]
fn documented_defaults_are_the_real_ones() {
    for (option, default) in [
        ("listen", format!("\"127.0.0.1:{}\"", server::config::DEFAULT_PORT)),
        ("guest_capacity", server::config::DEFAULT_GUEST_CAPACITY.to_string()),
        ("filter", format!("{:?}", server::config::DEFAULT_LOG_FILTER)),
    ] {
        assert!(DOCUMENTED.contains(&format!("\n#{option} = {default}\n")), "{option}");
    }
    let config = File::parse("").ok().unwrap().with(Some("/data".into()), None).unwrap();
    let documented =
        File::parse(DOCUMENTED).ok().unwrap().with(Some("/data".into()), None).unwrap();
    assert!(config == documented, "the installed file changes nothing");
}

/// A hub with these options does not start; the error names the key and says what to do.
#[test]
fn an_option_that_cannot_work_is_named() {
    let missing = "/nonexistent/x.pem";
    for (options, key, words) in [
        ("public_url = 'https://a.example/meet'", "public_url", "path"),
        ("public_url = 'meet.example.org'", "public_url", "https://meet.example.org"),
        ("public_url = 'ftp://a.example'", "public_url", "web pages"),
        ("database = 'mysql://a:hunter2@b/c'", "database", "postgres://"),
        ("database = 'postgres://a:hunter2@b/c'\ndatabase_file = 'x'", "database", "twice"),
        ("database_file = '/nonexistent/db'", "database_file", "KATHEDER_DATABASE"),
        ("advertise = ['0.0.0.0:7480']", "advertise", "reach"),
        ("trusted_proxies = ['0.0.0.0']", "trusted_proxies", "own"),
        ("metrics_token = 'hunter2'", "metrics_token", "16"),
        ("phone_number = 'none'", "phone_number", "telephone"),
        ("[tls]\nmode = 'files'", "tls.certificate", "PEM"),
        (
            "[tls]\nmode = 'files'\ncertificate = '/nonexistent/x.pem'\nkey = 'y'",
            missing,
            "tls.certificate",
        ),
        ("[tls]\nkey = 'y'", "tls.key", "files"),
        ("[tls]\nmode = 'acme'", "tls.domains", "meet.example.org"),
        ("[tls]\nmode = 'acme'\ndomains = ['*.example.org']", "tls.domains", "wildcard"),
        ("[tls]\nmode = 'acme'\ndomains = ['192.0.2.1']", "tls.domains", "IP"),
        (
            "[tls]\nmode = 'acme'\ndomains = ['a.b']\ndirectory = 'http://a'",
            "tls.directory",
            "https",
        ),
        ("[mail]\nserver = 'mail.example.org'\nfrom = 'a@b.c'", "mail.server", "smtp://"),
        ("[mail]\nserver = 'smtp://u:hunter2@h'\nfrom = 'a@b.c'", "mail.server", "options"),
        ("[mail]\nserver = 'smtp://h'\nfrom = 'nobody'", "mail.from", "sender"),
        (
            "[mail]\nserver = 'smtp://h'\nfrom = 'a@b.c'\nuser = 'u'",
            "mail.password",
            "password_file",
        ),
        (
            "[mail]\nserver = 'smtp://h'\nfrom = 'a@b.c'\ntrust = '/nonexistent/x.pem'",
            "mail.trust",
            missing,
        ),
        (
            "[replies]\nserver = 'imap://h.example'\nuser = 'u'\npassword = 'hunter2'",
            "replies.server",
            "imaps",
        ),
        (
            "[replies]\nserver = 'imaps://h'\nuser = 'u'\npassword = 'hunter2'\nevery_s = 0",
            "replies.every_s",
            "5",
        ),
        ("[oidc]\nissuer = 'id.example.org'\nclient_id = 'hub'", "oidc.issuer", "https://"),
        ("[oidc]\nissuer = 'http://id.example.org'\nclient_id = 'hub'", "oidc.issuer", "https://"),
        (
            "[oidc]\nissuer = 'https://u:hunter2@id.example'\nclient_id = 'hub'",
            "oidc.issuer",
            "remove",
        ),
        ("[oidc]\nissuer = 'https://id.example/?a=b'\nclient_id = 'hub'", "oidc.issuer", "path"),
        ("[oidc]\nissuer = 'https://id.example'\nclient_id = ' '", "oidc.client_id", "provider"),
        (
            "[oidc]\nissuer = 'https://id.example'\nclient_id = 'hub'\nclient_secret = ''",
            "oidc.client_secret",
            "leave it out",
        ),
        ("[log]\nfilter = 'server=loud'", "log.filter", "correct"),
        ("[log]\nformat = 'xml'", "format", "json"),
    ] {
        let data = tempfile::tempdir().unwrap();
        let error = serve(data.path(), options);
        assert!(error.contains(key) && error.contains(words), "{options}\n{error}");
        assert!(!error.contains("hunter2"), "a secret is quoted: {error}");
        assert!(!data.path().join("hub.sqlite").exists(), "nothing is made before the check");
    }
}

/// What a start with these options says, which must fail.
fn serve(data: &Path, options: &str) -> String {
    run(data, options, "serve").unwrap_err()
}

fn run(data: &Path, options: &str, command: &str) -> Result<String, String> {
    let file = data.join("hub.toml");
    std::fs::write(&file, options).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_katheder-hub"))
        .arg(command)
        .args(["--config", file.to_str().unwrap(), "--data", data.to_str().unwrap()])
        .env_remove("RUST_LOG")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    match output.status.code() {
        Some(0) => Ok(text(output.stdout)),
        Some(1) => Err(text(output.stderr)),
        other => panic!("{other:?}: {}", text(output.stderr)),
    }
}

#[test]
fn check_says_that_all_is_well_or_what_is_not() {
    let data = tempfile::tempdir().unwrap();
    let said = run(data.path(), "listen = '127.0.0.1:0'", "check").unwrap();
    assert!(said.contains("in order"), "{said}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let options = format!("listen = '{}'", taken.local_addr().unwrap());
    let error = run(data.path(), &options, "check").unwrap_err();
    assert!(error.contains("in use") && error.contains("TCP"), "{error}");
    let left: Vec<_> = std::fs::read_dir(data.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "a check leaves nothing behind");
}

#[test]
fn secrets_are_not_in_debug_output() {
    let text = "database = 'postgres://u:hunter2@h/d'\nmetrics_token = 'hunter2hunter2hunter2'\n\
                [mail]\nserver = 'smtp://h'\nfrom = 'a@b.c'\nuser = 'u'\npassword = 'hunter2'\n\
                [replies]\nserver = 'imaps://h'\nuser = 'u'\npassword = 'hunter2'\n\
                [oidc]\nissuer = 'https://i'\nclient_id = 'c'\nclient_secret = 'hunter2'\n";
    let config = File::parse(text).ok().unwrap().with(None, None).unwrap();
    let shown = format!("{config:?}");
    assert!(shown.contains("smtp://h") && !shown.contains("hunter2"), "{shown}");
}

/// The unit is checked with the program that the test built in place of the installed one.
#[test]
fn the_service_unit_is_valid() {
    let unit = include_str!("../../../packaging/katheder-hub.service");
    assert!(unit.contains("Type=notify") && unit.contains("Restart=on-failure"));
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("katheder-hub.service");
    let program = env!("CARGO_BIN_EXE_katheder-hub");
    std::fs::write(&copy, unit.replace("/usr/bin/katheder-hub", program)).unwrap();
    let checked = Command::new("systemd-analyze").arg("verify").arg(&copy).output();
    let checked = checked.expect("systemd-analyze (package systemd) checks the unit");
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success() && !said.contains("katheder-hub.service:"), "{said}");
}

/// `Type=notify` is only true when the program says so.
#[cfg(target_os = "linux")]
#[test]
fn the_service_manager_is_told_when_the_hub_serves_and_when_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("notify");
    let manager = std::os::unix::net::UnixDatagram::bind(&place).unwrap();
    manager.set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
    let data = folder.path().join("data");
    let arguments = ["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    let environment = [("NOTIFY_SOCKET", place.to_str().unwrap())];
    let errors = folder.path().join("log");
    let hub = crate::program::Program::start(&arguments, &environment, &errors);
    let mut told = [0; 64];
    let length = manager.recv(&mut told).unwrap();
    assert_eq!(&told[..length], b"READY=1");
    hub.end();
    let length = manager.recv(&mut told).unwrap();
    assert_eq!(&told[..length], b"STOPPING=1");
}
