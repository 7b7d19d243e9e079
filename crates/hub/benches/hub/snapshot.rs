//! The first snapshot, read to its end and uncompressed by the client.

use std::time::Instant;

use crate::figure;
use crate::place::{Place, csv};

pub(crate) async fn measure() {
    for (rows, budget) in [(10_000, 2.0), (100_000, 15.0)] {
        eprintln!("snapshot: {rows} reservations");
        let imported = Instant::now();
        let place = Place::open(Some(&csv(rows)));
        eprintln!("  imported in {:.1} s", imported.elapsed().as_secs_f64());
        let token = place.token("gerente", "Gerencia");
        let http = reqwest::Client::new();
        let begun = Instant::now();
        let text = http
            .get(format!("http://{}/api/snapshot", place.address))
            .bearer_auth(token)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let took = begun.elapsed().as_secs_f64();
        assert_eq!(text.lines().count(), rows + 2);
        figure(
            &format!("snapshot of {rows} reservations, served and read"),
            took,
            "s",
            Some(budget),
            None,
            false,
        );
    }
}
