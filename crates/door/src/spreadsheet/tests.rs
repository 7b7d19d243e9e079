use std::collections::HashMap;
use std::io::Read as _;

use jiff::civil::date;
use serde_json::json;

use super::*;
use crate::view::Row;

fn row(name: &str, details: &[&str]) -> Row {
    let reservation = serde_json::from_value(json!({
        "id": "019abcde-4e5a-7000-8000-000000000001", "version": 3, "cliente": {"nombre": name, "telefono": "+593 99 812 4471"},
        "numeroPersonas": 6, "fecha": "2026-11-28", "hora": "01:30", "estado": "Activa", "asistenciaActual": 4, "origen": "sinReserva",
        "emision": 2, "mesa": "12", "promotor": {"id": "pr-1", "nombre": "Daniela"}, "detalles": details,
        "fechaCreacion": "2026-11-20T10:00:00.000Z", "fechaModificacion": "2026-11-27T18:03:00.000Z",
    }))
    .unwrap();
    Row {
        reservation,
        day: date(2026, 11, 27),
        pending: false,
    }
}

fn words() -> RosterWords {
    RosterWords {
        sheet: "vie 27/11".to_owned(),
        columns: ["Noche", "Fecha", "Hora", "Cliente"].map(str::to_owned).to_vec(),
        states: HashMap::from([("Activa".to_owned(), "Con gente dentro".to_owned())]),
        walk_in: "Sin reserva".to_owned(),
    }
}

#[test]
fn a_csv_has_the_contracts_columns_and_no_cell_is_a_formula() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("reservas.csv");
    let mut file = RosterFile::create(place.clone(), Format::Csv, words()).unwrap();
    file.add(&[
        row("=HYPERLINK(\"x\")", &["VIP", "Celíaca, \"muy\""]),
        row("Ñusta", &[]),
    ])
    .unwrap();
    assert!(!place.exists(), "a file is at its place when it is whole");
    assert_eq!(file.finish().unwrap(), place);
    let text = std::fs::read_to_string(&place).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap();
    let mut read = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = read.headers().unwrap().iter().map(str::to_owned).collect();
    let at = |name: &str| names.iter().position(|other| other == name).unwrap();
    let rows: Vec<csv::StringRecord> = read.records().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(&rows[0][at("cliente.nombre")], "'=HYPERLINK(\"x\")");
    assert_eq!(&rows[0][at("detalles")], "VIP|Celíaca, \"muy\"");
    assert_eq!(&rows[0][at("cliente.telefono")], "+593 99 812 4471");
    assert_eq!(
        (&rows[1][at("hora")], &rows[1][at("numeroPersonas")]),
        ("01:30", "6")
    );
    assert!(!names.iter().any(|name| name == "codigoQR"));
}

#[test]
fn a_workbook_has_peoples_words_and_real_dates() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("reservas.xlsx");
    let mut file = RosterFile::create(place.clone(), Format::Xlsx, words()).unwrap();
    file.add(&[row("Lucía", &["VIP"])]).unwrap();
    file.finish().unwrap();
    let sheet = inside(&place, "xl/worksheets/sheet1.xml");
    assert!(
        sheet.contains("Con gente dentro") && sheet.contains("Lucía"),
        "{sheet}"
    );
    // 2026-11-27 is day 46,353 of spreadsheets, and 01:30 a sixteenth of a day.
    assert!(
        sheet.contains("<v>46353</v>") && sheet.contains("<v>0.0625</v>"),
        "{sheet}"
    );
    assert!(sheet.contains("<autoFilter ref=\"A1:O2\"/>"), "{sheet}");
    assert!(inside(&place, "xl/workbook.xml").contains("vie 27 11"));
}

#[test]
fn what_is_stopped_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let mut file = RosterFile::create(dir.path().join("a.csv"), Format::Csv, words()).unwrap();
    file.add(&[row("Lucía", &[])]).unwrap();
    drop(file);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

/// A part of a workbook, which is a zip file.
fn inside(place: &Path, name: &str) -> String {
    let bytes = std::fs::read(place).unwrap();
    // The central directory, at the end, names every part with its place and sizes.
    let mark = [0x50, 0x4b, 0x01, 0x02];
    let number =
        |at: usize, width: usize| (0..width).fold(0, |sum, i| sum | (usize::from(bytes[at + i]) << (8 * i)));
    let entry = (0..bytes.len() - 46)
        .filter(|at| bytes[*at..].starts_with(&mark))
        .find(|at| {
            let length = number(at + 28, 2);
            bytes.get(at + 46..at + 46 + length) == Some(name.as_bytes())
        })
        .unwrap();
    let local = number(entry + 42, 4);
    let start = local + 30 + number(local + 26, 2) + number(local + 28, 2);
    let packed = &bytes[start..start + number(entry + 20, 4)];
    let mut text = String::new();
    if number(entry + 10, 2) == 0 {
        text.push_str(std::str::from_utf8(packed).unwrap());
    } else {
        flate2::read::DeflateDecoder::new(packed)
            .read_to_string(&mut text)
            .unwrap();
    }
    text
}
