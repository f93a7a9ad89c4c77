//! What a screen reader sees of the program, over AT-SPI.

use super::tick;
use anyhow::{Context, Result, bail, ensure};
use std::time::Duration;
use tokio::runtime::Runtime;
use zbus::Connection;
use zbus::connection::Builder;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const ROOT: &str = "/org/a11y/atspi/accessible/root";

/// How long anything may take that the program does by itself.
const LIMIT: Duration = Duration::from_secs(15);

/// How often the screen is looked at while something is waited for.
const LOOK: Duration = Duration::from_millis(150);

/// More is on no page: a tree that goes on is read wrongly.
const MOST: usize = 4_000;

/// Something on the screen.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is called.
    pub name: String,
    owner: String,
    path: OwnedObjectPath,
}

/// A reader of all programs on a bus; there is one.
pub struct Reader {
    runtime: Runtime,
    session: Connection,
    bus: Connection,
}

impl Reader {
    /// Says on the session bus at `address` that somebody reads the screen, and connects to what
    /// programs tell then.
    pub fn connect(address: &str) -> Result<Reader> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (session, bus) = runtime.block_on(async {
            let session = Builder::address(address)?.build().await?;
            let place = "/org/a11y/bus";
            let call = session
                .call_method(Some("org.a11y.Bus"), place, Some("org.a11y.Bus"), "GetAddress", &())
                .await?;
            let address: String = call.body().deserialize()?;
            let bus = Builder::address(address.as_str())?.build().await?;
            anyhow::Ok((session, bus))
        })?;
        let reader = Reader { runtime, session, bus };
        reader.listen(true)?;
        Ok(reader)
    }

    /// Whether somebody reads the screen: programs tell nothing otherwise.
    pub fn listen(&self, on: bool) -> Result<()> {
        let body = ("org.a11y.Status", "IsEnabled", Value::from(on));
        let set = self.session.call_method(
            Some("org.a11y.Bus"),
            "/org/a11y/bus",
            Some(PROPERTIES),
            "Set",
            &body,
        );
        self.runtime.block_on(set)?;
        Ok(())
    }

    /// Everything with a name that is on the screen now.
    pub fn everything(&self) -> Result<Vec<Node>> {
        self.runtime.block_on(async {
            let mut found = Vec::new();
            let mut open = self.children("org.a11y.atspi.Registry", ROOT).await?;
            while let Some((owner, path)) = open.pop() {
                // What went away meanwhile is not there.
                let Ok(name) = self.name(&owner, path.as_str()).await else { continue };
                let below = self.children(&owner, path.as_str()).await.unwrap_or_default();
                open.extend(below.into_iter().rev());
                if !name.is_empty() {
                    found.push(Node { name, owner, path });
                }
                if found.len() > MOST {
                    bail!("more than {MOST} controls");
                }
            }
            Ok(found)
        })
    }

    /// Waits for something of exactly this name; the first in reading order.
    pub fn wait_for(&self, name: &str) -> Result<Node> {
        self.wait(name, |node| node.name == name)
    }

    /// Waits for something whose name begins like this.
    pub fn wait_for_start(&self, name: &str) -> Result<Node> {
        self.wait(name, |node| node.name.starts_with(name))
    }

    fn wait(&self, what: &str, right: impl Fn(&Node) -> bool) -> Result<Node> {
        let began = tick();
        loop {
            let all = self.everything()?;
            if let Some(node) = all.iter().find(|node| right(node)) {
                return Ok(node.clone());
            }
            if tick() - began > LIMIT {
                let names: Vec<&str> = all.iter().map(|node| node.name.as_str()).collect();
                bail!("{what:?} is not on the screen, but {names:?}");
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Presses what has this name, once it is there. Words beside a control may be called the same,
    /// and cannot be pressed.
    pub fn press(&self, name: &str) -> Result<()> {
        self.wait_for(name)?;
        let all = self.everything()?;
        let pressed = all.iter().filter(|node| node.name == name).any(|node| self.push(node));
        ensure!(pressed, "{name:?} cannot be pressed");
        Ok(())
    }

    /// Presses what has a name that begins like this, once it is there.
    pub fn press_start(&self, name: &str) -> Result<()> {
        self.wait_for_start(name)?;
        let all = self.everything()?;
        let pressed =
            all.iter().filter(|node| node.name.starts_with(name)).any(|node| self.push(node));
        ensure!(pressed, "{name:?}… cannot be pressed");
        Ok(())
    }

    /// Presses `name` in the row whose words begin with `row`: the next one after them.
    pub fn press_in_row(&self, row: &str, name: &str) -> Result<()> {
        self.wait_for_start(row)?;
        self.wait_for(name)?;
        let all = self.everything()?;
        let rows = all.iter().enumerate().filter(|(_, node)| node.name.starts_with(row));
        let next = |at: usize| all[at..].iter().position(|node| node.name == name);
        let nearest = rows.filter_map(|(at, _)| Some((next(at)?, at))).min();
        let (steps, at) = nearest.with_context(|| format!("no {name:?} beside {row:?}"))?;
        ensure!(self.push(&all[at + steps]), "{name:?} of {row:?} cannot be pressed");
        Ok(())
    }

    /// Whether it let itself be pressed.
    fn push(&self, node: &Node) -> bool {
        let (owner, path) = (node.owner.as_str(), node.path.as_str());
        let act = "org.a11y.atspi.Action";
        let call = self.bus.call_method(Some(owner), path, Some(act), "DoAction", &(0i32,));
        self.runtime.block_on(call).is_ok()
    }

    /// Gives the keyboard to what has this name, once it is there.
    pub fn focus(&self, name: &str) -> Result<()> {
        let node = self.wait_for(name)?;
        let (owner, path) = (node.owner.as_str(), node.path.as_str());
        let part = "org.a11y.atspi.Component";
        let call = self.bus.call_method(Some(owner), path, Some(part), "GrabFocus", &());
        self.runtime.block_on(call).with_context(|| format!("the keyboard to {name:?}"))?;
        Ok(())
    }

    async fn name(&self, owner: &str, path: &str) -> Result<String> {
        let body = (ACCESSIBLE, "Name");
        let got = self.bus.call_method(Some(owner), path, Some(PROPERTIES), "Get", &body).await?;
        let value: OwnedValue = got.body().deserialize()?;
        Ok(String::try_from(value)?)
    }

    async fn children(&self, owner: &str, path: &str) -> Result<Vec<(String, OwnedObjectPath)>> {
        let call = self.bus.call_method(Some(owner), path, Some(ACCESSIBLE), "GetChildren", &());
        Ok(call.await?.body().deserialize()?)
    }
}
