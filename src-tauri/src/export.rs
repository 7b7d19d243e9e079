//! A list on its way into a file, part by part as the window asks for them: so that it can say how far it is, and stop.

use std::collections::VecDeque;
use std::path::PathBuf;

use portero_door::Door;
use portero_door::spreadsheet::{Format, RosterFile, RosterWords};
use portero_door::view::ListQuery;
use portero_protocol::ids::ReservationId;
use portero_protocol::problem::Code;
use tokio::sync::Mutex;

use crate::error::{ErrorView, Result};
use crate::view::ExportView;

/// The export that is under way; there is one window, and it makes one at a time.
#[derive(Default)]
pub(crate) struct Exports(Mutex<Option<Export>>);

/// Rows in a part.
const PART: usize = 1_000;

struct Export {
    file: RosterFile,
    /// What is still to be written, in the list's order; all of it as it was when the export began.
    rest: VecDeque<ReservationId>,
    done: u32,
}

impl Exports {
    /// Starts one.
    pub(crate) async fn start(
        &self,
        door: &Door,
        query: ListQuery,
        format: Format,
        words: RosterWords,
        place: PathBuf,
    ) -> Result<ExportView> {
        let rest = door.ids(query, u32::MAX).await?.into();
        let file = RosterFile::create(place, format, words)?;
        let export = Export { file, rest, done: 0 };
        let view = export.view(None);
        *self.0.lock().await = Some(export);
        Ok(view)
    }

    /// Writes the next part. After the last one the file is in its place.
    pub(crate) async fn more(&self, door: &Door) -> Result<ExportView> {
        let mut under_way = self.0.lock().await;
        let Some(mut export) = under_way.take() else {
            return Err(ErrorView::new(Code::NotFound, "no list is being written"));
        };
        let part = export.rest.drain(..export.rest.len().min(PART)).collect();
        let rows = door.rows(part).await?;
        // The disk is waited for on a thread that may wait.
        let (export, path) = tokio::task::spawn_blocking(move || -> Result<_> {
            export.file.add(&rows)?;
            export.done = export
                .done
                .saturating_add(u32::try_from(rows.len()).unwrap_or(u32::MAX));
            if export.rest.is_empty() {
                let view = export.view(None);
                let path = export.file.finish()?;
                return Ok((None, Some((view, path))));
            }
            Ok((Some(export), None))
        })
        .await
        .map_err(|error| ErrorView::new(Code::Internal, error.to_string()))??;
        *under_way = export;
        Ok(match (&*under_way, path) {
            (Some(export), _) => export.view(None),
            (None, Some((view, path))) => ExportView {
                path: Some(path.display().to_string()),
                ..view
            },
            (None, None) => return Err(ErrorView::new(Code::Internal, "the list was lost")),
        })
    }

    /// Stops it.
    pub(crate) async fn stop(&self) {
        self.0.lock().await.take();
    }
}

impl Export {
    fn view(&self, path: Option<String>) -> ExportView {
        ExportView {
            done: self.done,
            total: self
                .done
                .saturating_add(u32::try_from(self.rest.len()).unwrap_or(u32::MAX)),
            path,
        }
    }
}
