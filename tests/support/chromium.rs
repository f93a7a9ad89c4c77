//! A real headless Chromium, driven over the Chrome DevTools Protocol.

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// How long one protocol call may take.
const CALL_LIMIT: Duration = Duration::from_secs(20);

/// A running browser with one page. Dropping it ends the process.
pub struct Chromium {
    process: Child,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: String,
    next_id: u64,
    // Dropped after the process was ended, so that it can be joined.
    _log: engine::thread::Joined,
    _profile: tempfile::TempDir,
}

impl Chromium {
    /// Starts a browser with a fake camera and microphone, allowed without asking.
    ///
    /// Fails, naming the package, where there is no Chromium.
    pub async fn start() -> anyhow::Result<Chromium> {
        let program = ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find(|name| Command::new(name).arg("--version").output().is_ok())
            .context("this test needs Chromium: install Debian's package `chromium`")?;
        let profile = tempfile::tempdir()?;
        let mut process = Command::new(program)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                "--allow-loopback-in-peer-connection",
                "--autoplay-policy=no-user-gesture-required",
                "--remote-debugging-port=0",
                "--window-size=1280,800",
                "about:blank",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let stderr = process.stderr.take().context("no standard error")?;
        let (found, url) = tokio::sync::oneshot::channel();
        let log = engine::thread::spawn("chromium-log", move || {
            let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
            let url = lines
                .find_map(|line| line.strip_prefix("DevTools listening on ").map(str::to_owned));
            if let Some(url) = url {
                let _ = found.send(url);
            }
            // Keep draining, or the browser blocks on a full pipe.
            lines.for_each(drop);
        })?;
        let url = tokio::time::timeout(CALL_LIMIT, url)
            .await
            .context("the browser did not start in time")?
            .context("the browser gave no DevTools address")?;
        let (socket, _) = tokio_tungstenite::connect_async(url).await?;
        let mut browser = Chromium {
            process,
            socket,
            session: String::new(),
            next_id: 0,
            _log: log,
            _profile: profile,
        };
        let targets = browser.call("Target.getTargets", json!({})).await?;
        let page = targets["targetInfos"]
            .as_array()
            .and_then(|list| list.iter().find(|target| target["type"] == "page"))
            .and_then(|target| target["targetId"].as_str())
            .context("the browser has no page")?
            .to_owned();
        let attached = browser
            .call("Target.attachToTarget", json!({ "targetId": page, "flatten": true }))
            .await?;
        browser.session = attached["sessionId"].as_str().context("no session")?.to_owned();
        browser.call("Page.enable", json!({})).await?;
        browser.call("Runtime.enable", json!({})).await?;
        Ok(browser)
    }

    /// Opens `url` and waits until it has loaded.
    pub async fn open(&mut self, url: &str) -> anyhow::Result<()> {
        self.call("Page.navigate", json!({ "url": url })).await?;
        self.wait_for("document.readyState === 'complete'", Duration::from_secs(15)).await
    }

    /// Evaluates JavaScript, awaiting a promise, and gives its JSON value.
    pub async fn eval(&mut self, script: &str) -> anyhow::Result<Value> {
        let answer = self
            .call(
                "Runtime.evaluate",
                json!({ "expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true }),
            )
            .await?;
        if let Some(exception) = answer.get("exceptionDetails") {
            bail!("{script}: {}", exception["exception"]["description"]);
        }
        Ok(answer["result"]["value"].clone())
    }

    /// Waits until a JavaScript condition holds.
    pub async fn wait_for(&mut self, condition: &str, limit: Duration) -> anyhow::Result<()> {
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            // A page that is just being replaced has no context to evaluate in.
            let held = self.eval(&format!("Boolean({condition})")).await.unwrap_or(Value::Null);
            if held == Value::Bool(true) {
                return Ok(());
            }
            if tokio::time::Instant::now() > deadline {
                bail!("{condition} did not come true within {limit:?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Types into the element that `selector` names, as a user would see it arrive.
    pub async fn fill(&mut self, selector: &str, text: &str) -> anyhow::Result<()> {
        let script = format!(
            "(() => {{ const e = document.querySelector({s}); e.focus(); e.value = {t}; e.dispatchEvent(new Event('input', {{ bubbles: true }})); e.dispatchEvent(new Event('change', {{ bubbles: true }})); return true; }})()",
            s = Value::from(selector),
            t = Value::from(text)
        );
        self.eval(&script).await.map(drop)
    }

    /// Clicks the element that `selector` names.
    pub async fn click(&mut self, selector: &str) -> anyhow::Result<()> {
        let script = format!("(document.querySelector({}).click(), true)", Value::from(selector));
        self.eval(&script).await.map(drop)
    }

    /// Saves what the page shows as PNG.
    pub async fn screenshot(&mut self, path: &Path) -> anyhow::Result<()> {
        use base64::Engine;
        let answer = self.call("Page.captureScreenshot", json!({ "format": "png" })).await?;
        let data = answer["data"].as_str().context("no picture")?;
        let png = base64::engine::general_purpose::STANDARD.decode(data)?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(path, png)?)
    }

    async fn call(&mut self, method: &str, parameters: Value) -> anyhow::Result<Value> {
        self.next_id += 1;
        let id = self.next_id;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        self.socket.send(Message::text(message.to_string())).await?;
        let answer = async {
            while let Some(frame) = self.socket.next().await {
                let Message::Text(text) = frame? else { continue };
                let answer: Value = serde_json::from_str(&text)?;
                if answer["id"] == id {
                    if let Some(error) = answer.get("error") {
                        bail!("{method}: {}", error["message"]);
                    }
                    return Ok(answer["result"].clone());
                }
            }
            bail!("the browser closed its DevTools connection")
        };
        tokio::time::timeout(CALL_LIMIT, answer)
            .await
            .with_context(|| format!("{method} took longer than {CALL_LIMIT:?}"))?
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Both fail only when the process has already gone.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
