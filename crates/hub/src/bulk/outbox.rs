//! A laptop's outbox that came as a signed file: recorded as if it had been delivered, once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use portero_protocol::attendance::{EntryResult, Outcome};
use portero_protocol::device::Role;
use portero_protocol::ids::ReservationId;
use portero_protocol::problem::{Code, Problem};
use portero_protocol::sealed::{self, Header, Line, NotTaken, SealFault, Taken, WaitingWrite};
use serde_json::{Map, Value};

use crate::edit::{change, change::Precondition, create, remove};
use crate::error::{Error, Result};
use crate::record;
use crate::store::Store;
use crate::store::device::Heard;
use crate::store::idempotency::{Answer, hash_of_request};
use crate::store::known::Identity;
use crate::store::tx::Tx;

/// The path of reservations.
const PATH: &str = "/api/reservas";

impl Store {
    /// Records what a laptop's exported outbox holds: entries and writes, in the order in which they happened. What was delivered before, or is delivered later,
    /// counts once. Of a revoked laptop entries are held for a manager.
    ///
    /// # Errors
    /// `bad_signature`: the file was changed, or no laptop of this venue published its key; nothing is taken then. `held_full`; `storage`.
    pub fn import_outbox(&self, file: &[u8]) -> Result<Taken> {
        let outbox = sealed::open(file).map_err(|fault| refused(&fault))?;
        if outbox.header.venue != self.venue().id {
            return Err(Error::new(
                Code::BadSignature,
                "This outbox is of a laptop of another venue: import it at that venue's hub",
            ));
        }
        self.write_now(move |tx| take(tx, &outbox.header, outbox.lines))
    }
}

fn refused(fault: &SealFault) -> Error {
    let code = match fault {
        SealFault::NotAnOutbox | SealFault::Newer(_) => Code::InvalidBody,
        SealFault::Cut | SealFault::Changed => Code::BadSignature,
    };
    Error::new(code, fault.to_string())
}

fn take(tx: &mut Tx<'_>, header: &Header, lines: Vec<Line>) -> Result<Taken> {
    let identity = signer(tx, &header.key)?;
    let mut entries: BTreeMap<String, u32> = BTreeMap::new();
    let (mut writes, mut not_taken) = (0, Vec::new());
    let mut led_to = LedTo::default();
    for line in lines {
        match line {
            Line::Entry(entry) => {
                for result in record::deliver(tx, &identity, vec![entry])? {
                    *entries.entry(result.outcome.as_str().to_owned()).or_default() += 1;
                    not_taken.extend(rejected(&result));
                }
            }
            Line::Write(write) => match apply(tx, &identity, led_to.rebased(write.clone()), &mut led_to)? {
                None => writes += 1,
                Some(problem) => not_taken.push(NotTaken {
                    id: write.op.to_string(),
                    code: problem.code,
                    reason: problem.detail.unwrap_or(problem.title),
                }),
            },
        }
    }
    let heard = Heard {
        at: header.created.min(tx.now),
        issued: header.sequence,
    };
    tx.devices_seen(&[(identity.device, heard)])?;
    let device = tx.device(identity.device)?;
    Ok(Taken {
        device: device.id,
        name: device.name,
        entries,
        writes,
        not_taken,
        sequence: device.sequence,
        outstanding: device.outstanding,
    })
}

/// The laptop whose key signed it.
fn signer(tx: &Tx<'_>, key: &str) -> Result<Arc<Identity>> {
    let owner = match tx.owner_of_key(key)? {
        Some(device) => tx.known.by_device(device),
        None => None,
    };
    owner.ok_or_else(|| {
        Error::new(
            Code::BadSignature,
            "No laptop of this venue has published the key that signed this file, so nobody can say whose it is. A laptop publishes its key when it reaches \
             its hub for the first time: connect it, and it delivers by itself",
        )
    })
}

fn rejected(result: &EntryResult) -> Option<NotTaken> {
    (result.outcome == Outcome::Rejected).then(|| NotTaken {
        id: result.id.map_or_else(String::new, |id| id.to_string()),
        code: result.code.unwrap_or(Code::Unknown),
        reason: result.reason.clone().unwrap_or_default(),
    })
}

/// The versions that the laptop's own writes led to. An edit on top of an earlier one of the same laptop says the version that the earlier one led to, as the
/// laptop itself does when it sends one after the other.
#[derive(Default)]
struct LedTo(HashMap<String, Vec<u64>>);

impl LedTo {
    fn rebased(&self, mut write: WaitingWrite) -> WaitingWrite {
        if let (Some(version), Some(known)) = (&mut write.version, self.0.get(&write.path)) {
            for led_to in known {
                if *led_to == *version + 1 {
                    *version = *led_to;
                }
            }
        }
        write
    }

    fn learn(&mut self, write: &WaitingWrite, answer: &Answer) {
        if let Some(version) = answer.version {
            self.0.entry(write.path.clone()).or_default().push(version);
        }
    }
}

/// Does a write as its request would be answered; gives the problem where it is refused.
fn apply(
    tx: &mut Tx<'_>,
    identity: &Identity,
    write: WaitingWrite,
    led_to: &mut LedTo,
) -> Result<Option<Problem>> {
    let write = &write;
    if let Some(code) = may_not(identity, write, tx) {
        return Ok(Some(code.into()));
    }
    let body = write.body.clone().unwrap_or_default();
    let if_match = write
        .version
        .map_or_else(String::new, |version| format!("\"{version}\""));
    let hash = hash_of_request(&write.method, &write.path, if_match.as_bytes(), body.as_bytes());
    let done = tx.once(identity.device, write.op, hash, |tx| {
        carry_out(tx, identity, write, &body)
    });
    tx.op = None;
    match done {
        Ok(answer) if answer.status < 400 => {
            led_to.learn(write, &answer);
            Ok(None)
        }
        Ok(answer) => Ok(Some(
            serde_json::from_str(&answer.body).unwrap_or_else(|_| Code::Unknown.into()),
        )),
        Err(error) if error.problem().status < 500 => Ok(Some(error.problem().clone())),
        Err(error) => Err(error),
    }
}

/// What keeps this laptop from writing that, as the request's own path would say.
fn may_not(identity: &Identity, write: &WaitingWrite, tx: &Tx<'_>) -> Option<Code> {
    if identity.revoked.is_some() {
        return Some(Code::DeviceRevoked);
    }
    if identity.expires.is_some_and(|end| end <= tx.now) {
        return Some(Code::Unauthorized);
    }
    let may = match (identity.role, write.method.as_str()) {
        (Role::Manager, _) | (Role::Door, "POST") => true,
        (Role::Door | Role::Screen, _) => false,
    };
    (!may).then_some(Code::Forbidden)
}

fn carry_out(tx: &mut Tx<'_>, identity: &Identity, write: &WaitingWrite, body: &str) -> Result<Answer> {
    let precondition = write.version.map_or(Precondition::Missing, Precondition::Version);
    match (write.method.as_str(), reservation(&write.path)) {
        ("POST", _) if write.path == PATH => create::create(tx, identity, read(body)?),
        ("PATCH", Some(id)) => {
            let fields: Map<String, Value> = read(body)?;
            change::patch(tx, identity, &id, precondition, &fields)
        }
        ("DELETE", Some(id)) => remove::delete(tx, identity, &id, precondition),
        _ => Err(Error::new(
            Code::NotFound,
            format!("An outbox holds no {} {}", write.method, write.path),
        )),
    }
}

fn reservation(path: &str) -> Option<ReservationId> {
    path.strip_prefix(PATH)?.strip_prefix('/')?.parse().ok()
}

fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T> {
    serde_json::from_str(body)
        .map_err(|error| Error::new(Code::InvalidBody, format!("The body cannot be read: {error}")))
}
