//! The tickets of tonight's guests, as a simulated camera shows them.

use portero_protocol::reservation::Status;

use crate::clock;
use crate::edit;
use crate::error::Result;
use crate::store::Store;
use crate::store::listing::Wanted;

/// More guests than a simulated evening has time for.
const MOST: u32 = 500;

impl Store {
    /// The codes of tonight's guests, in order of their time. Some of cancelled reservations are among them, as at any door.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn tonights_codes(&self) -> Result<Vec<String>> {
        let known = self.shared().known();
        let today = known.calendar.day(clock::now());
        self.read_now(|view| {
            let wanted = Wanted {
                day: Some(today),
                limit: MOST,
                ..Wanted::default()
            };
            let (rows, _) = view.list(&wanted)?;
            rows.iter()
                .filter(|row| row.attendance < row.party || row.status == Status::Cancelled)
                .map(|row| Ok(edit::ticket_code(&known, &view.reservation(&row.id)?)))
                .collect()
        })
    }
}
