//! What the window remembers between runs: a small JSON file in the user's configuration folder.

use crate::i18n::Language;
use crate::keys::Keymap;
use engine::gpu::Gpu;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which theme the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// What the system says.
    #[default]
    System,
    /// Always dark.
    Dark,
    /// Always light.
    Light,
}

/// What people see behind the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackdropKind {
    /// The room.
    #[default]
    Room,
    /// The room, out of focus.
    Blurred,
    /// A still picture.
    Picture,
}

/// What people see behind the user, and how it would look otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Backdrop {
    /// What it is.
    pub kind: BackdropKind,
    /// From 0, subtle, to 100, nothing recognisable.
    pub strength_percent: u8,
    /// The picture last used.
    pub picture: Option<PathBuf>,
}

impl Default for Backdrop {
    fn default() -> Self {
        Backdrop { kind: BackdropKind::Room, strength_percent: 70, picture: None }
    }
}

/// What the window remembers. Secrets never go in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The language; the system's when `None`.
    pub language: Option<Language>,
    /// The theme.
    pub theme: ThemeChoice,
    /// The hub last signed in to.
    pub hub: String,
    /// The account last used there.
    pub user: String,
    /// Camera by device id; `None` is the first one.
    pub camera: Option<String>,
    /// No camera, whatever there is.
    pub no_camera: bool,
    /// Microphone by name; `None` is the system's default.
    pub microphone: Option<String>,
    /// No microphone, whatever there is.
    pub no_microphone: bool,
    /// Loudspeaker by name; `None` is the system's default.
    pub speaker: Option<String>,
    /// No loudspeaker, whatever there is.
    pub no_speaker: bool,
    /// Join with the microphone closed.
    pub join_muted: bool,
    /// Join without the camera.
    pub join_without_camera: bool,
    /// Join without any picture, own or others'.
    pub audio_only: bool,
    /// What people see behind the user.
    pub backdrop: Backdrop,
    /// Which keys do what.
    pub keys: Keymap,
    /// The key for talking is heard while another program is in front, too.
    pub talk_everywhere: bool,
    /// Closing the window leaves the program in the tray, so that calls still come in.
    pub stay_in_tray: bool,
    /// Who knocks and whose hand goes up can be heard.
    pub alert_sounds: bool,
    /// The newest line of the journal that was on show, by account.
    pub journal_seen: BTreeMap<String, i64>,
    /// Nothing moves that need not.
    pub reduced_motion: bool,
    /// How large everything is drawn, from 80 to 200.
    pub scale_percent: u16,
    /// Width and height of the second window, points.
    pub second_window: [u16; 2],
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            language: None,
            theme: ThemeChoice::System,
            hub: String::new(),
            user: String::new(),
            camera: None,
            no_camera: false,
            microphone: None,
            no_microphone: false,
            speaker: None,
            no_speaker: false,
            join_muted: true,
            join_without_camera: false,
            audio_only: false,
            backdrop: Backdrop::default(),
            keys: Keymap::default(),
            talk_everywhere: false,
            stay_in_tray: false,
            alert_sounds: true,
            journal_seen: BTreeMap::new(),
            reduced_motion: false,
            scale_percent: 100,
            second_window: [960, 600],
        }
    }
}

/// Opens the fastest GPU, with the machine code of its passes kept in the user's cache folder.
///
/// Fails as [`Gpu::open`] does.
pub fn open_gpu() -> engine::Result<Gpu> {
    let gpu = Gpu::open()?;
    Ok(match directories::ProjectDirs::from("", "", "katheder") {
        Some(folders) => gpu.with_pipeline_folder(folders.cache_dir().join("gpu")),
        None => gpu,
    })
}

impl Settings {
    /// Where the file lies; `None` on a system without a home folder.
    pub fn path() -> Option<PathBuf> {
        let folders = directories::ProjectDirs::from("", "", "katheder")?;
        Some(folders.config_dir().join("settings.json"))
    }

    /// Reads the file. A missing or damaged one gives the defaults: settings never stop a start.
    pub fn load(path: &Path) -> Settings {
        let Ok(text) = std::fs::read_to_string(path) else { return Settings::default() };
        serde_json::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!("ignoring damaged settings in {}: {error}", path.display());
            Settings::default()
        })
    }

    /// Writes the file in one step, so that a crash leaves the old one.
    ///
    /// # Errors
    /// When the folder or the file cannot be written.
    pub fn save(&self, path: &Path) -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let fresh = path.with_extension("json.new");
        std::fs::write(&fresh, serde_json::to_vec_pretty(self)?)?;
        std::fs::rename(fresh, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_a_restart_and_damage_gives_the_defaults() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("deep").join("settings.json");
        assert_eq!(Settings::load(&path), Settings::default());
        let settings = Settings {
            hub: "https://hub.example".into(),
            join_muted: false,
            backdrop: Backdrop {
                kind: BackdropKind::Picture,
                strength_percent: 30,
                picture: Some("/pictures/hall.jpg".into()),
            },
            ..Settings::default()
        };
        settings.save(&path).expect("writable");
        assert_eq!(Settings::load(&path), settings);
        std::fs::write(&path, "{ torn").expect("writable");
        assert_eq!(Settings::load(&path), Settings::default());
    }
}
