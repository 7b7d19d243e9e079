//! What a hub does by itself: forgets what is old, closes days, writes down who was heard and how far the log has gone.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use portero_protocol::instant::Instant;
use tokio::time::MissedTickBehavior;

use crate::edit::close;
use crate::error::Result;
use crate::fleet;
use crate::http::App;
use crate::store::life::Serving;

const TICK: Duration = Duration::from_secs(1);
/// Ticks between two rounds of forgetting, of closing days, and of writing down who was heard.
const ROUND: u64 = 60;
/// Ticks between two looks at how the devices are.
const WATCH: u64 = 3;

/// Works until it is aborted.
pub(crate) async fn run(app: App, serving: Arc<Serving>) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut noted = 0;
    for tick in 0_u64.. {
        ticks.tick().await;
        let head = app.store.shared().live.head();
        if head != noted {
            note(&app, &serving, head).await;
            noted = head;
        }
        if tick.is_multiple_of(WATCH)
            && let Err(error) = fleet::watch(&app).await
        {
            tracing::warn!(%error, "managers could not be told how a device is");
        }
        if tick.is_multiple_of(ROUND)
            && let Err(error) = round(&app).await
        {
            tracing::warn!(%error, "housekeeping failed; it is tried again in a minute");
        }
    }
}

/// The last of it, when the hub ends.
pub(crate) async fn last(app: &App, serving: &Arc<Serving>) {
    if let Err(error) = write_seen(app).await {
        tracing::warn!(%error, "who was heard last could not be written down");
    }
    note(app, serving, app.store.shared().live.head()).await;
}

async fn note(app: &App, serving: &Arc<Serving>, head: u64) {
    let (serving, epoch) = (Arc::clone(serving), app.epoch.clone());
    let noted = tokio::task::spawn_blocking(move || serving.note(&epoch, head)).await;
    if let Ok(Err(error)) = noted {
        tracing::warn!(%error, "how far the log has gone could not be written down");
    }
}

/// What is done once a minute.
pub(crate) async fn round(app: &App) -> Result<()> {
    write_seen(app).await?;
    let retention = i64::try_from(app.options.retention.as_millis()).unwrap_or(i64::MAX);
    app.store
        .write(move |tx| {
            let before = Instant::from_ms(tx.now.ms().saturating_sub(retention));
            tx.prune_log(before)?;
            tx.prune_keys()?;
            tx.prune_sessions()?;
            tx.prune_invitations()
        })
        .await?;
    while app.store.write(close::close_days).await? > 0 {
        tracing::info!("a day was closed");
    }
    Ok(())
}

async fn write_seen(app: &App) -> Result<()> {
    let seen: Vec<_> = std::mem::take(&mut *app.seen.lock().unwrap_or_else(PoisonError::into_inner))
        .into_iter()
        .collect();
    if seen.is_empty() {
        return Ok(());
    }
    app.store.write(move |tx| tx.devices_seen(&seen)).await
}
