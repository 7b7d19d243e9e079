//! `GET /api/reservas/stats`: a night in numbers.

use axum::extract::State;
use axum::response::Response;

use super::App;
use super::answer::json;
use super::asked::Asked;
use super::auth::Caller;
use crate::clock;
use crate::error::Result;

/// `GET /api/reservas/stats?fecha=`; without a date, tonight.
pub(super) async fn statistics(State(app): State<App>, _caller: Caller, asked: Asked) -> Result<Response> {
    let known = app.store.shared().known();
    let now = clock::now();
    let day = asked.day("fecha")?.unwrap_or_else(|| known.calendar.day(now));
    let statistics = app
        .store
        .read(move |view| view.statistics(day, now, &known))
        .await?;
    json(&statistics)
}
