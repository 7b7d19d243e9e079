//! 100,000 reservations over a year and a half, 4,000 of them tonight.

use std::{fmt::Write as _, fs, path::Path, process::Command};

use anyhow::{Result, ensure};
use jiff::{ToSpan as _, civil::Date};
use uuid::Uuid;

use crate::{hub::Hub, process::portero_hub};

const ALL: usize = 100_000;
/// Enough that 50 entries a second for five minutes find their party.
const TONIGHT: usize = 4_000;
const NIGHTS: i64 = 540;
const GIVEN: [&str; 20] = [
    "Lucía",
    "José",
    "Marta",
    "Ñusta",
    "Carlos",
    "Valentina",
    "Andrés",
    "Camila",
    "Diego",
    "Elena",
    "Fernando",
    "Gabriela",
    "Héctor",
    "Isabel",
    "Joaquín",
    "Karla",
    "Mónica",
    "Óscar",
    "Paula",
    "Ricardo",
];
const FAMILY: [&str; 20] = [
    "Fernández",
    "López",
    "Ríos",
    "Quispe",
    "Vera",
    "Íñiguez",
    "Mendoza",
    "Paredes",
    "Cedeño",
    "Andrade",
    "Zambrano",
    "Núñez",
    "Muñoz",
    "Chávez",
    "Delgado",
    "Salazar",
    "Guerrero",
    "Morales",
    "Herrera",
    "Castillo",
];

/// Brings them into the hub. The ids of tonight's.
pub(crate) async fn import(hub: &Hub, dir: &Path) -> Result<Vec<String>> {
    let today: Date = hub.today().await?.parse()?;
    let mut text = String::from("id,cliente.nombre,cliente.telefono,numeroPersonas,fecha,hora,mesa\n");
    let mut tonight = Vec::new();
    for n in 0..ALL {
        let id = Uuid::now_v7().to_string();
        let day = if n < TONIGHT {
            tonight.push(id.clone());
            today
        } else {
            today.saturating_add((i64::try_from(n)? % NIGHTS - NIGHTS / 2).days())
        };
        let name = format!("{} {}", GIVEN[n % 20], FAMILY[(n / 20) % 20]);
        let (phone, party, hour, minute) = (990_000_000 + n, 4 + n % 7, 19 + n % 5, (n / 5) % 4 * 15);
        writeln!(
            text,
            "{id},{name},+593{phone},{party},{day},{hour:02}:{minute:02},{}",
            n % 90 + 1
        )?;
    }
    let file = dir.join("roster.csv");
    fs::write(&file, text)?;
    let store = format!("sqlite:{}", dir.join("hub.db").display());
    let status = Command::new(portero_hub()?)
        .args(["import", "--store", &store])
        .arg(&file)
        .stdout(std::process::Stdio::null())
        .status()?;
    ensure!(status.success(), "the hub does not take the roster");
    Ok(tonight)
}
