//! How a laptop is, in its own words, and what the hub makes of it: so that a manager knows before guests notice.

use serde::{Deserialize, Serialize};

use crate::instant::Instant;

/// Request header: a [`Report`] as JSON, on requests that are made anyway.
pub const HEADER_REPORT: &str = "portero-estado";
/// A clock further off than this, in ms, is worth a warning (contract, "Time").
pub const CLOCK_FAR_MS: i64 = 30_000;
/// An entry that has waited this long, in ms, while the hub can be reached does not get through by itself.
const STUCK_MS: u64 = 120_000;

/// The camera of a door, as far as it matters to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "CamaraEstado"))]
pub enum CameraHealth {
    /// Frames arrive.
    #[serde(rename = "bien")]
    Good,
    /// None is wanted: the door reads with a hand scanner.
    #[serde(rename = "apagada")]
    Off,
    /// One is wanted and there are no frames.
    #[serde(rename = "averiada")]
    Broken,
}

/// How a laptop is. Times are milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "Informe")
)]
pub struct Report {
    /// The program's version.
    pub version: String,
    /// Its camera; `None`: it has no eye, as a kiosk without one.
    #[serde(rename = "camara", default, skip_serializing_if = "Option::is_none")]
    pub camera: Option<CameraHealth>,
    /// Entries and edits that are not yet confirmed.
    #[serde(rename = "porEnviar", default)]
    pub pending: u32,
    /// How long the oldest of them has waited.
    #[serde(rename = "masAntiguoMs", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    pub oldest_ms: Option<u64>,
    /// What the hub refused and the laptop keeps.
    #[serde(rename = "cuarentena", default)]
    pub quarantined: u32,
    /// The last position of the log that it applied.
    #[serde(rename = "posicion", default)]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub position: u64,
    /// What has to be added to its clock to get the hub's.
    #[serde(rename = "desfaseMs", default)]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub clock_offset_ms: i64,
    /// Whether its disk is full, so that it can keep no entry.
    #[serde(rename = "discoLleno", default)]
    pub disk_full: bool,
    /// Whether somebody closed its program just now: what is heard of it next is another start.
    #[serde(rename = "cerrado", default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(as = "Option<bool>"))]
    pub closed: bool,
}

impl Report {
    /// What a manager should look at.
    #[must_use]
    pub fn alarms(&self) -> Vec<Alarm> {
        let stuck = self.pending > 0 && self.oldest_ms.is_some_and(|ms| ms >= STUCK_MS);
        [
            (self.disk_full, Alarm::Disk),
            (self.camera == Some(CameraHealth::Broken), Alarm::Camera),
            (self.clock_offset_ms.abs() > CLOCK_FAR_MS, Alarm::Clock),
            (stuck, Alarm::Outbox),
            (self.quarantined > 0, Alarm::Quarantine),
        ]
        .into_iter()
        .filter_map(|(holds, alarm)| holds.then_some(alarm))
        .collect()
    }

    /// Whether it was closed on purpose with nothing left to deliver, so that nobody has to look for it.
    #[must_use]
    pub const fn rests(&self) -> bool {
        self.closed && self.pending == 0
    }

    /// Whether it says the same as another one, but for what changes all the time by itself.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let calm = |report: &Self| Self {
            oldest_ms: None,
            position: 0,
            // A quarter of a second apart is the same to a person.
            clock_offset_ms: report.clock_offset_ms / 250,
            ..report.clone()
        };
        calm(self) == calm(other) && self.alarms() == other.alarms()
    }
}

/// What a manager should look at, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Alarma"))]
pub enum Alarm {
    /// Its disk is full: nobody can be admitted there.
    #[serde(rename = "disco")]
    Disk,
    /// It was connected tonight, and nothing was heard of it for minutes.
    #[serde(rename = "sinConexion")]
    Silent,
    /// Its camera gives no pictures.
    #[serde(rename = "camara")]
    Camera,
    /// Its clock is off.
    #[serde(rename = "reloj")]
    Clock,
    /// What it made does not get through.
    #[serde(rename = "porEnviar")]
    Outbox,
    /// The hub refused something that it keeps.
    #[serde(rename = "cuarentena")]
    Quarantine,
}

/// How a device is, as the hub knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "DispositivoEstado")
)]
pub struct DeviceState {
    /// Whether a stream of it is open.
    #[serde(rename = "conectado")]
    pub connected: bool,
    /// How many positions of the log it is behind; `None`: nobody knows.
    #[serde(rename = "atraso", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    pub behind: Option<u64>,
    /// What it last said.
    #[serde(rename = "informe", default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// When it said so.
    #[serde(rename = "informeEn", default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<Instant>,
    /// What a manager should look at.
    #[serde(rename = "alarmas", default)]
    pub alarms: Vec<Alarm>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calm() -> Report {
        Report {
            version: "0.1.0".to_owned(),
            camera: Some(CameraHealth::Good),
            ..Report::default()
        }
    }

    #[test]
    fn a_calm_laptop_alarms_nobody() {
        assert_eq!(calm().alarms(), []);
        let off = Report {
            camera: Some(CameraHealth::Off),
            pending: 3,
            oldest_ms: Some(1_000),
            clock_offset_ms: -29_000,
            ..calm()
        };
        assert_eq!(off.alarms(), []);
    }

    #[test]
    fn each_trouble_has_its_alarm() {
        let worst = Report {
            camera: Some(CameraHealth::Broken),
            pending: 1,
            oldest_ms: Some(STUCK_MS),
            quarantined: 2,
            clock_offset_ms: -30_001,
            disk_full: true,
            ..calm()
        };
        assert_eq!(
            worst.alarms(),
            [
                Alarm::Disk,
                Alarm::Camera,
                Alarm::Clock,
                Alarm::Outbox,
                Alarm::Quarantine
            ]
        );
    }

    #[test]
    fn what_moves_by_itself_is_no_news() {
        let later = Report {
            position: 900,
            clock_offset_ms: 40,
            oldest_ms: Some(900),
            ..calm()
        };
        assert!(later.says_the_same(&calm()));
        let sent = Report { pending: 1, ..calm() };
        assert!(!sent.says_the_same(&calm()));
    }

    #[test]
    fn a_report_of_another_version_is_understood() {
        let newer: Report =
            serde_json::from_str(r#"{"version":"9.0.0","camara":"bien","bateria":80}"#).unwrap();
        assert_eq!(newer.version, "9.0.0");
        assert_eq!(newer.pending, 0);
    }
}
