//! A test or bench that runs itself again, under an environment of its own.

use std::process::Command;

/// Tells the copy that it is one, and where to say that its body runs.
const RAN: &str = "KATHEDER_TEST_RAN";

/// Whether this is the copy. It says that it runs by this question, so a body must follow.
pub(crate) fn is_copy() -> bool {
    let Some(said) = std::env::var_os(RAN) else { return false };
    std::fs::write(said, "").expect("the copy says that it runs");
    true
}

/// Runs this program again with the environment and arguments that `prepare` sets.
///
/// Panics when the copy fails, and when it runs no body: a test that is called by a wrong name
/// would pass without one.
pub(crate) fn run_again(what: &str, prepare: impl FnOnce(&mut Command) -> &mut Command) {
    let folder = tempfile::tempdir().expect("a folder");
    let said = folder.path().join("ran");
    let program = std::env::current_exe().expect("this program's path");
    let mut command = Command::new(program);
    let status = prepare(&mut command).env(RAN, &said).status().expect("it runs again");
    assert!(status.success(), "{what} failed under its own desktop; see above");
    assert!(said.exists(), "{what} ran nothing: is that its name, with its modules?");
}

/// The arguments that let a test program run `test` alone.
pub(crate) fn only(test: &str) -> [&str; 4] {
    [test, "--exact", "--nocapture", "--test-threads=1"]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "ran nothing")]
    fn a_test_called_by_a_wrong_name_does_not_pass() {
        run_again("nobody", |copy| copy.args(only("nobody")));
    }
}
