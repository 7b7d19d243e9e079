//! A venue with reservations of tonight.

use std::fmt::Write as _;
use std::path::Path;

use portero_protocol::day::Calendar;
use portero_protocol::instant::Instant;
use portero_protocol::venue::Venue;
use serde_json::Value;

use super::http;
use crate::support::door::Door;
use crate::support::hub::Hub;

const FIRST: [&str; 16] = [
    "Lucía", "José", "Marta", "Andrés", "Ñusta", "Íñigo", "Carmen", "Óscar", "María", "Santiago", "Elena",
    "Raúl", "Noemí", "Tomás", "Inés", "Álvaro",
];
const LAST: [&str; 24] = [
    "García",
    "Fernández",
    "López",
    "Quispe",
    "Ríos",
    "Andrade",
    "Peña",
    "Muñoz",
    "Vélez",
    "Ibáñez",
    "Castaño",
    "Núñez",
    "Herrera",
    "Mora",
    "Salas",
    "Ortega",
    "Cevallos",
    "Zambrano",
    "Paredes",
    "Vega",
    "Luna",
    "Bravo",
    "Torres",
    "Espinoza",
];

/// The venue's day today.
pub(crate) fn today(hub: &Hub) -> String {
    calendar(hub).day(now()).to_string()
}

fn calendar(hub: &Hub) -> Calendar {
    let venue: Venue = serde_json::from_str(&hub.command(&["venue"])).unwrap();
    Calendar::of(&venue).unwrap()
}

fn now() -> Instant {
    Instant::from_ms(jiff::Timestamp::now().as_millisecond())
}

/// A door of that name that has become live.
pub(crate) fn door(folder: &Path, hub: &Hub, name: &str) -> Door {
    Door::live(&folder.join(name), &hub.url, &hub.token("portero", name), name)
}

/// A new hub with that many reservations for now, of that many guests each.
pub(crate) fn hub_with(folder: &Path, ip: &str, reservations: usize, party: u32) -> Hub {
    let mut hub = Hub::start_at(folder, ip);
    let (date, time) = calendar(&hub).wall(now());
    let mut rows = "id,cliente.nombre,cliente.telefono,numeroPersonas,fecha,hora,mesa,detalles\n".to_owned();
    for number in 0..reservations {
        writeln!(
            rows,
            "{},{} {} {},+34 600 {:06},{party},{},{:02}:{:02},T{},Alergia a los frutos secos",
            id(number),
            FIRST[number % FIRST.len()],
            LAST[number / FIRST.len() % LAST.len()],
            LAST[(number * 7 + 3) % LAST.len()],
            number % 1_000_000,
            date,
            time.hour(),
            time.minute(),
            number % 90
        )
        .unwrap();
    }
    let list = folder.join("list.csv");
    std::fs::write(&list, rows).unwrap();
    // As it is done before a venue opens: the list first, then the hub.
    hub.kill();
    hub.command(&["import", list.to_str().unwrap()]);
    hub.serve();
    hub
}

/// The id of a reservation of [`hub_with`].
pub(crate) fn id(number: usize) -> String {
    format!("res-{number}")
}

/// The tickets' codes of the first reservations.
pub(crate) fn codes(hub: &Hub, count: usize) -> Vec<String> {
    let manager = hub.token("gerente", "Gerencia");
    (0..count)
        .map(|number| {
            let answer = http::get(&hub.url, &format!("/api/reservas/{}", id(number)), &manager, "");
            let row: Value = serde_json::from_slice(&answer.body).unwrap();
            row["codigoQR"].as_str().unwrap().to_owned()
        })
        .collect()
}
