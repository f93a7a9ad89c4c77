//! A file to be: under a temporary name beside its place until it is whole.

use anyhow::{Context, anyhow};
use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// What a file's name says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One picture.
    Still,
    /// Moving pictures.
    Clip,
}

impl Kind {
    /// By the ending of its name.
    pub fn of(path: &Path) -> Option<Kind> {
        if engine::file::Container::of(path).is_some() {
            return Some(Kind::Clip);
        }
        super::still::format(path).map(|_| Kind::Still)
    }
}

/// Gone when dropped, unless it was committed.
pub(super) struct Target {
    file: NamedTempFile,
    name: PathBuf,
    place: PathBuf,
}

impl Target {
    /// Makes the temporary file in the folder of `name`.
    pub(super) fn create(name: &Path) -> anyhow::Result<Target> {
        // What a link points to is replaced, not the link.
        let place = std::fs::canonicalize(name).unwrap_or_else(|_| name.to_owned());
        let ending = name.extension().unwrap_or_default().to_string_lossy();
        let file = tempfile::Builder::new()
            .prefix(".katheder-")
            .suffix(&format!(".{ending}"))
            // As any new file; the process's mask takes from it what the user wants.
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder(&place))
            .with_context(|| format!("cannot write {}", name.display()))?;
        Ok(Target { file, name: name.to_owned(), place })
    }

    /// Where to write.
    pub(super) fn file(&self) -> &Path {
        self.file.path()
    }

    /// As the user named it.
    pub(super) fn name(&self) -> &Path {
        &self.name
    }

    /// Puts the file in its place.
    pub(super) fn commit(self) -> anyhow::Result<()> {
        let Target { file, name, place } = self;
        file.persist(place).with_context(|| format!("cannot write {}", name.display()))?;
        Ok(())
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Whether two names mean one file, also one that is not there yet.
pub(super) fn same(one: &Path, other: &Path) -> bool {
    if let (Ok(one), Ok(other)) = (one.metadata(), other.metadata()) {
        return (one.dev(), one.ino()) == (other.dev(), other.ino());
    }
    let place =
        |path: &Path| Some((folder(path).canonicalize().ok()?, path.file_name()?.to_owned()));
    place(one).is_some_and(|place_of_one| Some(place_of_one) == place(other))
}

/// Fails when `path` could not be written later. Leaves no file behind.
pub fn check_writable(path: &Path) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    if path.is_dir() {
        return Err(anyhow!("it is a folder; name a file in it")).with_context(failed);
    }
    if path.exists() {
        std::fs::OpenOptions::new()
            .append(true)
            .open(path)
            .map_err(|error| anyhow!("{error}; check its permissions, or name another file"))
            .with_context(failed)?;
        return Ok(());
    }
    let folder = folder(path);
    // A file that goes away with its handle.
    tempfile::tempfile_in(folder)
        .map_err(|error| {
            let folder = folder.display();
            match error.kind() {
                ErrorKind::NotFound => anyhow!("there is no folder {folder}; make it first"),
                _ => anyhow!("in {folder}: {error}; name a file in another folder"),
            }
        })
        .with_context(failed)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_there_whole_or_not_at_all_and_a_link_stays_a_link() {
        let folder = tempfile::tempdir().expect("a folder");
        let (real, link) = (folder.path().join("real.png"), folder.path().join("link.png"));
        std::fs::write(&real, "old").expect("writes");
        std::os::unix::fs::symlink(&real, &link).expect("links");
        let dropped = Target::create(&link).expect("a target");
        std::fs::write(dropped.file(), "half").expect("writes");
        drop(dropped);
        assert_eq!(std::fs::read_to_string(&real).expect("reads"), "old");
        let target = Target::create(&link).expect("a target");
        std::fs::write(target.file(), "new").expect("writes");
        target.commit().expect("is put in place");
        assert_eq!(std::fs::read_to_string(&real).expect("reads"), "new");
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_dir(folder.path()).expect("reads").count(), 2);
    }

    #[test]
    fn names_of_one_file_are_found_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("a"), "").expect("writes");
        std::fs::hard_link(path("a"), path("b")).expect("links");
        std::fs::create_dir(path("sub")).expect("a folder");
        assert!(same(&path("a"), &path("b")));
        assert!(same(&path("sub/../a"), &path("a")));
        assert!(same(&path("new"), &path("sub/../new")));
        assert!(!same(&path("a"), &path("new")));
        assert!(!same(&path("new"), &path("sub/new")));
    }
}
