//! `venue`, `token`, `invite`.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};
use portero_protocol::device::Role;
use portero_protocol::instant::Instant;
use portero_protocol::venue::{ExcessPolicy, VenuePatch};

use super::store::StoreArgument;
use super::{Result, print_line, wrong};

/// A role by its name on the wire.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    /// A door
    Portero,
    /// A manager
    Gerente,
    /// A screen that shows counts
    Pantalla,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Portero => Self::Door,
            RoleName::Gerente => Self::Manager,
            RoleName::Pantalla => Self::Screen,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ExcessName {
    /// Let them in, show it, record it
    Avisar,
    /// Refuse them
    Negar,
}

/// Set and print the venue.
#[derive(Debug, Args)]
pub(crate) struct VenueSettings {
    #[command(flatten)]
    store: StoreArgument,
    /// Its name
    #[arg(long)]
    name: Option<String>,
    /// Its IANA time zone, as Europe/Madrid
    #[arg(long)]
    timezone: Option<String>,
    /// When its day ends, HH:MM
    #[arg(long)]
    cutoff: Option<String>,
    /// What the door does with guests beyond the party
    #[arg(long)]
    excess: Option<ExcessName>,
    /// Whether bare res-<id> codes are accepted
    #[arg(long, value_name = "true|false")]
    unsigned_codes: Option<bool>,
    /// How many people may be inside; 0: no limit
    #[arg(long, value_name = "N")]
    capacity: Option<u32>,
    /// Whether an edit may come without If-Match
    #[arg(long, value_name = "true|false")]
    edits_without_version: Option<bool>,
    /// Whether the hub closes a day after its cutoff
    #[arg(long, value_name = "true|false")]
    close_days: Option<bool>,
}

impl VenueSettings {
    pub(crate) fn run(self) -> Result {
        let store = self.store.open_or_create()?;
        let patch = VenuePatch {
            name: self.name,
            time_zone: self.timezone,
            cutoff: self.cutoff,
            excess: self.excess.map(|excess| match excess {
                ExcessName::Avisar => ExcessPolicy::Warn,
                ExcessName::Negar => ExcessPolicy::Refuse,
            }),
            unsigned_codes: self.unsigned_codes,
            capacity: self.capacity,
            edits_without_version: self.edits_without_version,
            closes_days: self.close_days,
        };
        print_line(&store.set_venue(&patch)?)
    }
}

/// Make a device with a new token.
#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(flatten)]
    store: StoreArgument,
    /// What it may do
    #[arg(long)]
    role: RoleName,
    /// Its name, as "Puerta 1"
    #[arg(long)]
    name: String,
    /// The token ends after so many days; without it, never
    #[arg(long, value_name = "N")]
    days: Option<u16>,
}

impl Token {
    pub(crate) fn run(self) -> Result {
        let store = self.store.open_or_create()?;
        let expires = self
            .days
            .map(|days| now().map(|now| now.plus_ms(i64::from(days) * 24 * 60 * 60 * 1_000)))
            .transpose()?;
        print_line(&store.create_token_until(self.role.into(), &self.name, expires)?)
    }
}

fn now() -> Result<Instant> {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| wrong("This machine's clock is before 1970"))?;
    Ok(Instant::from_ms(
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
    ))
}

/// Invite a device.
#[derive(Debug, Args)]
pub(crate) struct Invite {
    #[command(flatten)]
    store: StoreArgument,
    /// What it may do
    #[arg(long)]
    role: RoleName,
    /// Its name, as "Puerta 1"
    #[arg(long)]
    name: String,
    /// How long the code can be used
    #[arg(long, default_value_t = 10)]
    minutes: u32,
}

impl Invite {
    pub(crate) fn run(self) -> Result {
        let store = self.store.open_or_create()?;
        print_line(&store.invite(self.role.into(), &self.name, self.minutes)?)
    }
}
