//! Ctrl-C and its kin end the job in good order, so that no half-written file stays.

use anyhow::{Context, bail};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

/// Watches for signals as long as it lives.
pub(super) struct Interrupt {
    asked: Arc<AtomicBool>,
    _runtime: Runtime,
}

impl Interrupt {
    pub(super) fn watch() -> anyhow::Result<Interrupt> {
        let failed = "the system does not let this program watch for Ctrl-C";
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("signals")
            .enable_io()
            .build()
            .context(failed)?;
        let asked = Arc::new(AtomicBool::new(false));
        let inside = runtime.enter();
        for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
            let (mut signals, asked) = (signal(kind).context(failed)?, asked.clone());
            runtime.spawn(async move {
                while signals.recv().await.is_some() {
                    asked.store(true, Ordering::Relaxed);
                }
            });
        }
        drop(inside);
        Ok(Interrupt { asked, _runtime: runtime })
    }

    /// Fails once the user wants it to end.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        if self.asked.load(Ordering::Relaxed) {
            bail!("stopped before the end; nothing was written");
        }
        Ok(())
    }
}
