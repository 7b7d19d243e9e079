//! An edit: top-level fields replaced whole, `null` clears.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{
    Client, Draft, Promoter, Reservation, Status, check_client, check_details, check_optional, check_party,
    check_promoter, wire_date, wire_time,
};
use crate::instant::Instant;
use crate::problem::{Code, Invalid};

/// The body of `PATCH /api/reservas/{id}`. A field that is `None` stays; one that is `Some(None)` is cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export, optional_fields, rename = "ReservaCambios")
)]
pub struct Patch {
    /// Who reserved.
    #[serde(rename = "cliente", skip_serializing_if = "Option::is_none")]
    pub client: Option<Client>,
    /// Party size.
    #[serde(rename = "numeroPersonas", skip_serializing_if = "Option::is_none")]
    pub party: Option<u32>,
    /// Calendar date in the venue's zone.
    #[serde(
        rename = "fecha",
        skip_serializing_if = "Option::is_none",
        with = "optional_date"
    )]
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub date: Option<Date>,
    /// Time of day in the venue's zone.
    #[serde(
        rename = "hora",
        skip_serializing_if = "Option::is_none",
        with = "optional_time"
    )]
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub time: Option<Time>,
    /// Where it stands.
    #[serde(rename = "estado", skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Table.
    #[serde(
        rename = "mesa",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "clearable"
    )]
    #[cfg_attr(feature = "ts", ts(as = "Option<Option<String>>"))]
    pub table: Option<Option<String>>,
    /// The occasion.
    #[serde(
        rename = "razonVisita",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "clearable"
    )]
    #[cfg_attr(feature = "ts", ts(as = "Option<Option<String>>"))]
    pub occasion: Option<Option<String>>,
    /// What comes with it.
    #[serde(
        rename = "beneficiosReserva",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "clearable"
    )]
    #[cfg_attr(feature = "ts", ts(as = "Option<Option<String>>"))]
    pub benefits: Option<Option<String>>,
    /// Who brought the party.
    #[serde(
        rename = "promotor",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "clearable"
    )]
    #[cfg_attr(feature = "ts", ts(as = "Option<Option<Promoter>>"))]
    pub promoter: Option<Option<Promoter>>,
    /// Notes; `null` and `[]` both clear them.
    #[serde(
        rename = "detalles",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "clearable"
    )]
    #[cfg_attr(feature = "ts", ts(as = "Option<Option<Vec<String>>>"))]
    pub details: Option<Option<Vec<String>>>,
}

/// Fields that a client may send back as it read them, and may not change.
const READ_ONLY: [&str; 7] = [
    "id",
    "version",
    "asistenciaActual",
    "origen",
    "emision",
    "fechaCreacion",
    "fechaModificacion",
];

impl Patch {
    /// Reads an edit from a JSON body, checks its ranges, and that read-only fields say what `current` says.
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn from_json(body: &Map<String, Value>, current: &Reservation) -> Result<Self, Invalid> {
        let now = serde_json::to_value(current).unwrap_or(Value::Null);
        for field in READ_ONLY {
            if let Some(sent) = body.get(field)
                && Some(sent) != now.get(field)
            {
                return Err(Invalid::new(
                    Code::ReadOnlyField,
                    field,
                    "is set by the hub and cannot be written",
                ));
            }
        }
        let patch: Self = serde_json::from_value(Value::Object(body.clone()))
            .map_err(|error| Invalid::new(Code::InvalidBody, "body", format!("cannot be read: {error}")))?;
        patch.check()?;
        Ok(patch)
    }

    /// Checks every field's range.
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn check(&self) -> Result<(), Invalid> {
        self.client.as_ref().map_or(Ok(()), check_client)?;
        self.party.map_or(Ok(()), check_party)?;
        check_optional("mesa", self.table.as_ref().and_then(Option::as_ref))?;
        check_optional("razonVisita", self.occasion.as_ref().and_then(Option::as_ref))?;
        check_optional(
            "beneficiosReserva",
            self.benefits.as_ref().and_then(Option::as_ref),
        )?;
        check_promoter(self.promoter.as_ref().and_then(Option::as_ref))?;
        check_details(
            self.details
                .as_ref()
                .and_then(Option::as_ref)
                .map_or(&[], Vec::as_slice),
        )
    }

    /// The edit that makes a reservation say what `draft` says, clearing what the draft omits (`PUT`).
    #[must_use]
    pub fn replacing(draft: Draft) -> Self {
        Self {
            client: Some(draft.client),
            party: Some(draft.party),
            date: Some(draft.date),
            time: Some(draft.time),
            status: Some(draft.status),
            table: Some(draft.table),
            occasion: Some(draft.occasion),
            benefits: Some(draft.benefits),
            promoter: Some(draft.promoter),
            details: Some(Some(draft.details)),
        }
    }

    /// Whether it names no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The names of the fields that it sets, as they are on the wire.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map.keys().cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// Applies it. The caller raises the version where something changed.
    pub fn apply(&self, reservation: &mut Reservation, now: Instant) {
        fn set<T: Clone>(target: &mut T, value: Option<&T>) {
            if let Some(value) = value {
                target.clone_from(value);
            }
        }
        set(&mut reservation.client, self.client.as_ref());
        set(&mut reservation.party, self.party.as_ref());
        set(&mut reservation.date, self.date.as_ref());
        set(&mut reservation.time, self.time.as_ref());
        set(&mut reservation.status, self.status.as_ref());
        set(&mut reservation.table, self.table.as_ref());
        set(&mut reservation.occasion, self.occasion.as_ref());
        set(&mut reservation.benefits, self.benefits.as_ref());
        set(&mut reservation.promoter, self.promoter.as_ref());
        if let Some(details) = &self.details {
            reservation.details = details.clone().unwrap_or_default();
        }
        reservation.modified = now;
    }
}

/// The `updates` of a `reservation-updated`: top-level fields that differ, with their new values; `null` where one was cleared.
#[must_use]
pub fn changed_fields(before: &Reservation, after: &Reservation) -> Map<String, Value> {
    let (Ok(Value::Object(before)), Ok(Value::Object(after))) =
        (serde_json::to_value(before), serde_json::to_value(after))
    else {
        return Map::new();
    };
    let mut updates = Map::new();
    for (field, value) in &after {
        if before.get(field) != Some(value) {
            updates.insert(field.clone(), value.clone());
        }
    }
    for field in before.keys() {
        if !after.contains_key(field) {
            updates.insert(field.clone(), Value::Null);
        }
    }
    // The version travels beside the updates, and the code never travels in an event.
    updates.remove("version");
    updates.remove("codigoQR");
    updates
}

/// Tells an absent field (`None`) from one that is `null` (`Some(None)`).
fn clearable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

mod optional_date {
    use jiff::civil::Date;
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => super::wire_date::serialize(date, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        super::wire_date::deserialize(deserializer).map(Some)
    }
}

mod optional_time {
    use jiff::civil::Time;
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Option<Time>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => super::wire_time::serialize(time, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
        super::wire_time::deserialize(deserializer).map(Some)
    }
}
