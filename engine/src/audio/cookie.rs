//! The word by which a sound server knows its user's programs.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Bytes of a cookie (PulseAudio's native protocol, `AUTH`).
const BYTES: usize = 256;

/// Makes a cookie where a sound server runs and the user has none yet.
///
/// PulseAudio and PipeWire turn away whoever sends no cookie, though they let their own user in with any.
/// PulseAudio makes the file when it starts, PipeWire never does: on a fresh desktop there would be no
/// sound device at all.
pub(crate) fn prepare() {
    if pulseaudio::socket_path_from_env().is_none() || pulseaudio::cookie_path_from_env().is_some()
    {
        return;
    }
    let Some(home) = std::env::home_dir() else { return };
    let folder = home.join(".config/pulse");
    match bake(&folder) {
        Ok(()) => tracing::info!(?folder, "made a cookie for the sound server"),
        Err(error) => tracing::warn!(?folder, %error, "no cookie for the sound server"),
    }
}

/// Puts a fresh one into `folder`, as PulseAudio does: for its user alone. One that is there stays.
fn bake(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut cookie = [0; BYTES];
    File::open("/dev/urandom")?.read_exact(&mut cookie)?;
    // Whole from the first moment on: another program may be reading.
    let fresh = folder.join(format!("cookie.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options.open(&fresh).and_then(|mut file| file.write_all(&cookie));
    let put = written.and_then(|()| fs::hard_link(&fresh, folder.join("cookie")));
    fs::remove_file(&fresh)?;
    match put {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        put => put,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_cookie_is_whole_for_its_user_alone_and_made_once() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join(".config/pulse");
        bake(&folder).expect("made");
        let file = folder.join("cookie");
        let first = fs::read(&file).expect("there");
        assert_eq!(first.len(), BYTES);
        assert!(first.iter().any(|byte| *byte != first[0]));
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
        bake(&folder).expect("nothing to do");
        assert_eq!(fs::read(&file).expect("there"), first);
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1, "nothing is left lying");
    }
}
