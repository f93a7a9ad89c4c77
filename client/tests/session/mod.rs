//! A D-Bus session of a test's own.

use std::process::Command;

/// Runs an ignored test of this program again in a session of its own, with `environment` beside.
pub fn in_a_session(test: &str, environment: &[(&str, &str)]) {
    let output = Command::new("dbus-run-session")
        .arg("--")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .envs(environment.iter().copied())
        .output()
        .expect("dbus-run-session, of the package dbus");
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}
