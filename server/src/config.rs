//! Where a hub keeps its data and where it listens.

use crate::error::HubError;
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// The port of a hub that is told none: TCP for pages and signalling, UDP for media.
pub const DEFAULT_PORT: u16 = 7480;

/// What a hub needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The data folder; made when missing. One hub per folder.
    pub data: PathBuf,
    /// TCP: pages, REST and WebSocket. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// UDP: media. Port 0 takes a free one.
    pub media_listen: SocketAddr,
    /// The media addresses that clients are told; empty: where media listens, and this machine's own
    /// when that is every address. Needed behind a translator (NAT). A port of 0 is media's own.
    pub advertise: Vec<SocketAddr>,
    /// What others call the administrator that the first start makes; `admin` without a word.
    pub owner: Option<String>,
}

impl Config {
    /// A hub that only this machine reaches, on free ports.
    pub fn local(data: impl Into<PathBuf>) -> Config {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Config {
            data: data.into(),
            listen: anywhere,
            media_listen: anywhere,
            advertise: Vec::new(),
            owner: None,
        }
    }
}

/// The configuration file, TOML; what is missing keeps its default, what is unknown is an error.
///
/// ```toml
/// data = "/var/lib/katheder"
/// listen = "0.0.0.0:7480"
/// media_listen = "0.0.0.0:7480"
/// advertise = ["203.0.113.7:7480"]
/// ```
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// [`Config::data`].
    pub data: Option<PathBuf>,
    /// [`Config::listen`].
    pub listen: Option<SocketAddr>,
    /// [`Config::media_listen`].
    pub media_listen: Option<SocketAddr>,
    /// [`Config::advertise`].
    #[serde(default)]
    pub advertise: Vec<SocketAddr>,
}

impl File {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<File, HubError> {
        let failed = |detail: String| HubError::ConfigFile { path: path.to_owned(), detail };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        toml::from_str(&text).map_err(|error| failed(error.to_string().trim_end().to_owned()))
    }

    /// The whole configuration; `data` and `listen` from the command line win. Without a word about
    /// media it listens beside the pages, on the UDP port of the same number.
    pub fn with(self, data: Option<PathBuf>, listen: Option<SocketAddr>) -> Config {
        let listen = listen
            .or(self.listen)
            .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)));
        Config {
            data: data.or(self.data).unwrap_or_else(default_data),
            listen,
            media_listen: self.media_listen.unwrap_or(listen),
            advertise: self.advertise,
            owner: None,
        }
    }
}

/// The user's data folder, or one beside the program where there is none.
fn default_data() -> PathBuf {
    directories::ProjectDirs::from("", "", "katheder")
        .map(|folders| folders.data_dir().join("hub"))
        .unwrap_or_else(|| PathBuf::from("katheder-hub-data"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_the_file_and_media_follows_listen() {
        let file: File = toml::from_str("data = '/a'\nlisten = '0.0.0.0:1'").unwrap();
        let config = file.with(Some("/b".into()), None);
        assert_eq!(config.data, Path::new("/b"));
        assert_eq!(config.listen.to_string(), "0.0.0.0:1");
        assert_eq!(config.media_listen, config.listen);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let error = toml::from_str::<File>("listn = '0.0.0.0:1'").unwrap_err().to_string();
        assert!(error.contains("listn"), "{error}");
    }
}
