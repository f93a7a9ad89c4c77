//! The configuration file, TOML. What is missing keeps its default, what is unknown is an error.
//!
//! Secrets may lie in files of their own (`password_file`) or in the environment; one that is given
//! twice in the file is an error, the environment wins over both.

#[cfg(feature = "oidc")]
use super::Oidc;
use super::{Config, DEFAULT_GUEST_CAPACITY, DEFAULT_PORT, Log, LogFormat, Mail, Mailbox, Tls};
use crate::error::HubError;
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often the mailbox for replies is looked into when nothing is said about it.
const DEFAULT_REPLIES_EVERY_S: u64 = 60;

/// The file's top level; see `packaging/katheder-hub.toml` for what each option means.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    data: Option<PathBuf>,
    database: Option<String>,
    database_file: Option<PathBuf>,
    listen: Option<SocketAddr>,
    media_listen: Option<SocketAddr>,
    advertise: Vec<SocketAddr>,
    owner: Option<String>,
    public_url: Option<String>,
    trusted_proxies: Vec<IpAddr>,
    guest_capacity: Option<usize>,
    phone_number: Option<String>,
    metrics_token: Option<String>,
    metrics_token_file: Option<PathBuf>,
    webhooks_private: bool,
    tls: TlsTable,
    mail: Option<MailTable>,
    replies: Option<RepliesTable>,
    log: LogTable,
    #[cfg(feature = "oidc")]
    oidc: Option<OidcTable>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TlsTable {
    mode: TlsMode,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    domains: Vec<String>,
    contact: Option<String>,
    directory: Option<String>,
    trust: Option<PathBuf>,
}

#[derive(Default, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TlsMode {
    #[default]
    Off,
    Files,
    Acme,
    SelfSigned,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MailTable {
    server: String,
    from: String,
    user: Option<String>,
    password: Option<String>,
    password_file: Option<PathBuf>,
    trust: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RepliesTable {
    server: String,
    user: String,
    password: Option<String>,
    password_file: Option<PathBuf>,
    trust: Option<PathBuf>,
    every_s: Option<u64>,
}

#[cfg(feature = "oidc")]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OidcTable {
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    client_secret_file: Option<PathBuf>,
    #[serde(default)]
    make_accounts: bool,
    #[serde(default)]
    match_email: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LogTable {
    format: LogWord,
    filter: Option<String>,
}

#[derive(Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LogWord {
    #[default]
    Text,
    Json,
}

/// Where a secret may come from.
struct Secret {
    key: &'static str,
    variable: &'static str,
    inline: Option<String>,
    file: Option<PathBuf>,
}

impl Secret {
    /// The secret, without the line end that editors leave in files.
    fn read(
        self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<String>, HubError> {
        let Secret { key, variable, inline, file } = self;
        if let Some(secret) = environment(variable) {
            return Ok(Some(secret));
        }
        match (inline, file) {
            (Some(_), Some(_)) => Err(HubError::option(
                key,
                format!("it is given twice; keep {key} or {key}_file, and remove the other"),
            )),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(&path).map_err(|error| {
                    let file = path.display();
                    let detail = format!(
                        "{key}_file names {file}, which cannot be read ({error}); make it readable \
                         for this user, or set {variable}"
                    );
                    HubError::option(key, detail)
                })?;
                Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
            }
            (inline, None) => Ok(inline),
        }
    }
}

impl File {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<File, HubError> {
        let failed = |detail: String| HubError::ConfigFile { path: path.to_owned(), detail };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        File::parse(&text).map_err(failed)
    }

    /// Reads a file's text; the error names the key and where it stands, but quotes no value, which
    /// could be a secret.
    pub fn parse(text: &str) -> Result<File, String> {
        toml::from_str(text).map_err(|error: toml::de::Error| {
            let Some(span) = error.span() else { return error.message().to_owned() };
            let before = text.get(..span.start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let whole = text.lines().nth(line - 1).unwrap_or_default();
            let key = whole.split('=').next().unwrap_or_default().trim();
            let secret = ["password", "metrics_token", "database", "client_secret"].contains(&key);
            let message = if secret { "this is not a text in quotes" } else { error.message() };
            if key.is_empty() {
                format!("line {line}: {message}")
            } else {
                format!("line {line}, {key}: {message}")
            }
        })
    }

    /// The whole configuration; `data` and `listen` from the command line win. Without a word about
    /// media it listens beside the pages, on the UDP port of the same number.
    pub fn with(
        self,
        data: Option<PathBuf>,
        listen: Option<SocketAddr>,
    ) -> Result<Config, HubError> {
        self.with_environment(data, listen, &|name| std::env::var(name).ok())
    }

    fn with_environment(
        self,
        data: Option<PathBuf>,
        listen: Option<SocketAddr>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Config, HubError> {
        let listen = listen
            .or(self.listen)
            .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)));
        let secret =
            |key, variable, inline, file| Secret { key, variable, inline, file }.read(environment);
        let (address, file) = (self.database, self.database_file);
        let database = secret("database", "KATHEDER_DATABASE", address, file)?;
        let (token, file) = (self.metrics_token, self.metrics_token_file);
        let metrics_token = secret("metrics_token", "KATHEDER_METRICS_TOKEN", token, file)?;
        Ok(Config {
            data: data.or(self.data).unwrap_or_else(default_data),
            database,
            listen,
            media_listen: self.media_listen.unwrap_or(listen),
            advertise: self.advertise,
            owner: self.owner,
            public_url: self.public_url.map(|url| url.trim_end_matches('/').to_owned()),
            tls: self.tls.into_tls()?,
            trusted_proxies: self.trusted_proxies,
            mail: self.mail.map(|mail| mail.into_mail(environment)).transpose()?,
            replies: self.replies.map(|replies| replies.into_mailbox(environment)).transpose()?,
            phone_number: self.phone_number,
            guest_capacity: self.guest_capacity.unwrap_or(DEFAULT_GUEST_CAPACITY),
            metrics_token,
            webhooks_private: self.webhooks_private,
            log: self.log.into_log(),
            #[cfg(feature = "oidc")]
            oidc: self.oidc.map(|oidc| oidc.into_oidc(environment)).transpose()?,
        })
    }
}

#[cfg(feature = "oidc")]
impl OidcTable {
    fn into_oidc(self, environment: &dyn Fn(&str) -> Option<String>) -> Result<Oidc, HubError> {
        let client_secret = Secret {
            key: "oidc.client_secret",
            variable: "KATHEDER_OIDC_CLIENT_SECRET",
            inline: self.client_secret,
            file: self.client_secret_file,
        };
        Ok(Oidc {
            issuer: self.issuer,
            client_id: self.client_id,
            client_secret: client_secret.read(environment)?,
            make_accounts: self.make_accounts,
            match_email: self.match_email,
        })
    }
}

impl TlsTable {
    /// What the mode needs must be there, and nothing that it would ignore.
    fn into_tls(self) -> Result<Tls, HubError> {
        let unused = |mode: TlsMode, wanted: &str| {
            let given: [(&'static str, TlsMode, bool); 6] = [
                ("tls.certificate", TlsMode::Files, self.certificate.is_some()),
                ("tls.key", TlsMode::Files, self.key.is_some()),
                ("tls.domains", TlsMode::Acme, !self.domains.is_empty()),
                ("tls.contact", TlsMode::Acme, self.contact.is_some()),
                ("tls.directory", TlsMode::Acme, self.directory.is_some()),
                ("tls.trust", TlsMode::Acme, self.trust.is_some()),
            ];
            match given.into_iter().find(|(_, of, given)| *given && *of != mode) {
                Some((key, of, _)) => {
                    let other = if of == TlsMode::Acme { "acme" } else { "files" };
                    let detail = format!(
                        "tls.mode is {wanted:?}, which does not use it; remove it, or set \
                         tls.mode = {other:?}"
                    );
                    Err(HubError::option(key, detail))
                }
                None => Ok(()),
            }
        };
        match self.mode {
            TlsMode::Off => unused(TlsMode::Off, "off").map(|()| Tls::Off),
            TlsMode::SelfSigned => {
                unused(TlsMode::SelfSigned, "self-signed").map(|()| Tls::SelfSigned)
            }
            TlsMode::Files => {
                unused(TlsMode::Files, "files")?;
                let missing = |key| move || HubError::option(key, "name the PEM file");
                Ok(Tls::Files {
                    certificate: self.certificate.ok_or_else(missing("tls.certificate"))?,
                    key: self.key.ok_or_else(missing("tls.key"))?,
                })
            }
            TlsMode::Acme => {
                unused(TlsMode::Acme, "acme")?;
                Ok(Tls::Acme {
                    domains: self.domains,
                    contact: self.contact,
                    directory: self.directory,
                    trust: self.trust,
                })
            }
        }
    }
}

impl MailTable {
    fn into_mail(self, environment: &dyn Fn(&str) -> Option<String>) -> Result<Mail, HubError> {
        let secret = Secret {
            key: "mail.password",
            variable: "KATHEDER_MAIL_PASSWORD",
            inline: self.password,
            file: self.password_file,
        };
        let credentials = match (self.user, secret.read(environment)?) {
            (None, None) => None,
            (Some(user), Some(password)) => Some((user, password)),
            (Some(_), None) => {
                let detail = "mail.user is set, so the server wants a password: set \
                              mail.password_file or KATHEDER_MAIL_PASSWORD";
                return Err(HubError::option("mail.password", detail));
            }
            (None, Some(_)) => {
                let detail = "there is a password; say whose, or remove it";
                return Err(HubError::option("mail.user", detail));
            }
        };
        Ok(Mail { server: self.server, credentials, from: self.from, trust: self.trust })
    }
}

impl RepliesTable {
    fn into_mailbox(
        self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Mailbox, HubError> {
        let secret = Secret {
            key: "replies.password",
            variable: "KATHEDER_REPLIES_PASSWORD",
            inline: self.password,
            file: self.password_file,
        };
        let missing = || {
            let detail = "it is missing: set replies.password_file or KATHEDER_REPLIES_PASSWORD";
            HubError::option("replies.password", detail)
        };
        let password = secret.read(environment)?.ok_or_else(missing)?;
        Ok(Mailbox {
            server: self.server,
            credentials: (self.user, password),
            trust: self.trust,
            every: Duration::from_secs(self.every_s.unwrap_or(DEFAULT_REPLIES_EVERY_S)),
        })
    }
}

impl LogTable {
    fn into_log(self) -> Log {
        let format = match self.format {
            LogWord::Text => LogFormat::Text,
            LogWord::Json => LogFormat::Json,
        };
        let default = Log::default();
        Log { format, filter: self.filter.unwrap_or(default.filter) }
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

    fn config(text: &str) -> Result<Config, String> {
        let file = File::parse(text)?;
        let environment =
            |name: &str| (name == "KATHEDER_MAIL_PASSWORD").then(|| "from-env".into());
        file.with_environment(Some("/b".into()), None, &environment).map_err(|e| e.to_string())
    }

    #[test]
    fn the_command_line_wins_over_the_file_and_media_follows_listen() {
        let config = config("data = '/a'\nlisten = '0.0.0.0:1'").unwrap();
        assert_eq!(config.data, Path::new("/b"));
        assert_eq!(config.listen.to_string(), "0.0.0.0:1");
        assert_eq!(config.media_listen, config.listen);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        for (text, key) in [("listn = '0.0.0.0:1'", "listn"), ("[mail]\nsever = 'x'", "sever")] {
            let error = config(text).unwrap_err();
            assert!(error.contains(key), "{error}");
        }
    }

    #[test]
    fn an_error_quotes_no_secret() {
        let error = config("[mail]\npassword = 'hunter2' x").unwrap_err();
        assert!(error.contains("line 2, password") && !error.contains("hunter2"), "{error}");
        let error = config("[mail]\npassword = 4711").unwrap_err();
        assert!(error.contains("line 2, password") && !error.contains("4711"), "{error}");
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let text = "[mail]\nserver = 'smtp://a'\nfrom = 'a@b'\nuser = 'u'\npassword = 'in-file'";
        let mail = config(text).unwrap().mail.unwrap();
        assert_eq!(mail.credentials.unwrap().1, "from-env");
    }
}
