//! What is sent to create a reservation, or to replace one whole.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{
    Client, Origin, Promoter, Reservation, Status, check_client, check_details, check_optional, check_party,
    check_promoter, wire_date, wire_time,
};
use crate::ids::ReservationId;
use crate::instant::Instant;
use crate::problem::{Code, Invalid};

/// The body of `POST` and `PUT /api/reservas`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "ReservaNueva")
)]
pub struct Draft {
    /// Made by whoever creates it; the hub makes one where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ReservationId>,
    /// Who reserved.
    #[serde(rename = "cliente")]
    pub client: Client,
    /// Party size.
    #[serde(rename = "numeroPersonas")]
    pub party: u32,
    /// Calendar date in the venue's zone.
    #[serde(rename = "fecha", with = "wire_date")]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub date: Date,
    /// Time of day in the venue's zone.
    #[serde(rename = "hora", with = "wire_time")]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub time: Time,
    /// Where it stands.
    #[serde(rename = "estado", default)]
    #[cfg_attr(feature = "ts", ts(as = "Option<Status>"))]
    pub status: Status,
    /// How it came to be.
    #[serde(rename = "origen", default)]
    #[cfg_attr(feature = "ts", ts(as = "Option<Origin>"))]
    pub origin: Origin,
    /// Table.
    #[serde(rename = "mesa", default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The occasion.
    #[serde(rename = "razonVisita", default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<String>,
    /// What comes with it.
    #[serde(
        rename = "beneficiosReserva",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub benefits: Option<String>,
    /// Who brought the party.
    #[serde(rename = "promotor", default, skip_serializing_if = "Option::is_none")]
    pub promoter: Option<Promoter>,
    /// Notes.
    #[serde(rename = "detalles", default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<String>>"))]
    pub details: Vec<String>,
    /// SHA-256 (hex) of the token in an older system's code, for imports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_hash: Option<String>,
    /// Read-only: accepted where it equals what the hub has.
    #[serde(rename = "asistenciaActual", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub attendance: Option<u32>,
    /// Read-only: accepted where it equals what the hub has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub version: Option<u64>,
    /// Read-only: accepted where it equals what the hub has.
    #[serde(rename = "emision", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub issue: Option<u32>,
    /// Read-only: accepted where it equals what the hub has.
    #[serde(rename = "codigoQR", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub code: Option<String>,
    /// Read-only: accepted where it equals what the hub has.
    #[serde(rename = "fechaCreacion", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub created: Option<Instant>,
    /// Read-only: accepted where it equals what the hub has.
    #[serde(
        rename = "fechaModificacion",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub modified: Option<Instant>,
}

impl Draft {
    /// Checks every field's range.
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn check(&self) -> Result<(), Invalid> {
        check_client(&self.client)?;
        check_party(self.party)?;
        check_optional("mesa", self.table.as_ref())?;
        check_optional("razonVisita", self.occasion.as_ref())?;
        check_optional("beneficiosReserva", self.benefits.as_ref())?;
        check_promoter(self.promoter.as_ref())?;
        check_details(&self.details)?;
        match &self.token_hash {
            Some(hash)
                if hash.len() != 64
                    || !hash
                        .bytes()
                        .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase()) =>
            {
                Err(Invalid::field(
                    "tokenHash",
                    "has to be a SHA-256 in lower-case hex",
                ))
            }
            _ => Ok(()),
        }
    }

    /// Checks that read-only fields, where sent, say what `current` says (`None`: the reservation is new).
    ///
    /// # Errors
    /// The first read-only field with another value.
    pub fn check_read_only(&self, current: Option<&Reservation>) -> Result<(), Invalid> {
        let differs = |field: &'static str, differs: bool| {
            if differs {
                Err(Invalid::new(
                    Code::ReadOnlyField,
                    field,
                    "is set by the hub and cannot be written",
                ))
            } else {
                Ok(())
            }
        };
        let new = (0, 1, 1);
        let (attendance, version, issue) = current.map_or(new, |c| (c.attendance, c.version, c.issue));
        differs(
            "asistenciaActual",
            self.attendance.is_some_and(|sent| sent != attendance),
        )?;
        differs("version", self.version.is_some_and(|sent| sent != version))?;
        differs("emision", self.issue.is_some_and(|sent| sent != issue))?;
        differs(
            "codigoQR",
            self.code.is_some() && self.code.as_ref() != current.and_then(|c| c.code.as_ref()),
        )?;
        differs(
            "fechaCreacion",
            self.created.is_some() && self.created != current.map(|c| c.created),
        )?;
        differs(
            "fechaModificacion",
            self.modified.is_some() && self.modified != current.map(|c| c.modified),
        )
    }

    /// The reservation that this creates.
    #[must_use]
    pub fn into_reservation(self, id: ReservationId, now: Instant) -> Reservation {
        Reservation {
            id,
            version: 1,
            client: self.client,
            party: self.party,
            date: self.date,
            time: self.time,
            status: self.status,
            attendance: 0,
            origin: self.origin,
            issue: 1,
            table: self.table,
            occasion: self.occasion,
            benefits: self.benefits,
            promoter: self.promoter,
            details: self.details,
            code: None,
            token_hash: self.token_hash,
            created: now,
            modified: now,
        }
    }
}
