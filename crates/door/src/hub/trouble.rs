//! Why a request to the hub failed, and what that means for the connection, the outbox and a person.

use portero_protocol::problem::{Code, Problem};

use crate::connection::Fault;
use crate::error::DoorError;
use crate::outbox::Failure;

/// A request that failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Trouble {
    /// The HTTP status; `None`: no answer.
    pub(crate) status: Option<u16>,
    /// What the hub said; [`Code::Unknown`] where something else answered.
    pub(crate) code: Code,
    /// For people.
    pub(crate) message: String,
    /// Not sooner than in that many ms.
    pub(crate) retry_after_ms: Option<u64>,
}

/// The longest `Retry-After` that is believed, in ms: a proxy's "come back in a day" must not silence a door for a night.
const RETRY_AFTER_MAX_MS: u64 = 5 * 60 * 1_000;

impl Trouble {
    /// No answer.
    pub(crate) fn unreachable(why: impl std::fmt::Display) -> Self {
        Self {
            status: None,
            code: Code::HubUnreachable,
            message: format!("the hub cannot be reached: {why}"),
            retry_after_ms: None,
        }
    }

    /// An answer that is not the hub's.
    pub(crate) fn not_the_hub(status: u16, why: impl std::fmt::Display) -> Self {
        Self {
            status: Some(status),
            code: Code::Unknown,
            message: format!(
                "what answers at the hub's address is not a Portero hub ({why}): a login page of the network, perhaps"
            ),
            retry_after_ms: None,
        }
    }

    /// An error that the hub, or something before it, answered.
    pub(crate) fn answered(status: u16, retry_after: Option<&str>, body: &[u8]) -> Self {
        let retry_after_ms = retry_after
            .and_then(|text| text.trim().parse::<u64>().ok())
            .map(|seconds| seconds.saturating_mul(1_000).min(RETRY_AFTER_MAX_MS));
        match serde_json::from_slice::<Problem>(body) {
            Ok(problem) => Self {
                status: Some(status),
                code: problem.code,
                message: problem.detail.unwrap_or(problem.title),
                retry_after_ms,
            },
            Err(_) => Self {
                retry_after_ms,
                ..Self::not_the_hub(status, format!("HTTP status {status}"))
            },
        }
    }

    /// What it means for the connection.
    pub(crate) fn fault(&self) -> Fault {
        match (self.status, self.code) {
            (None, _) => Fault::Unreachable,
            // Even where a proxy answers for the hub, these say that the token is not let through.
            (Some(401), _) => Fault::Refused(Code::Unauthorized),
            (Some(403 | 426), code) if code != Code::Unknown => Fault::Refused(code),
            (Some(410), _) | (Some(400), Code::InvalidCursor) => Fault::Expired,
            (Some(408 | 425 | 429 | 500..), _) => Fault::Later {
                retry_after_ms: self.retry_after_ms,
            },
            _ => Fault::NotTheHub,
        }
    }

    /// What it means for what waits in the outbox.
    pub(crate) fn failure(&self) -> Failure {
        let retry_after_ms = self.retry_after_ms;
        match (self.status, self.code) {
            (None, _) => Failure::Unreachable,
            (Some(401), _) => Failure::Unauthorized { retry_after_ms },
            (_, Code::IdempotencyInFlight) => Failure::Later { retry_after_ms },
            // A client that is too old may still deliver, so this is a write that waits for the update.
            (_, Code::UpgradeRequired) => Failure::Unauthorized { retry_after_ms },
            (Some(408 | 425 | 429 | 500..), _) | (_, Code::Unknown) => Failure::Later { retry_after_ms },
            (_, code) => Failure::Refused {
                code,
                reason: self.message.clone(),
            },
        }
    }
}

impl From<Trouble> for DoorError {
    fn from(trouble: Trouble) -> Self {
        match trouble.code {
            Code::Unknown => Self::unreachable(trouble.message),
            code => Self::new(code, trouble.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_the_hubs_and_a_page_is_not() {
        let body = serde_json::to_vec(&Problem::from(Code::DeviceRevoked)).unwrap();
        let revoked = Trouble::answered(403, None, &body);
        assert_eq!(revoked.fault(), Fault::Refused(Code::DeviceRevoked));
        let page = Trouble::answered(403, None, b"<html>login</html>");
        assert_eq!(page.fault(), Fault::NotTheHub);
        assert!(
            matches!(page.failure(), Failure::Later { .. }),
            "nothing is put in quarantine because of a login page"
        );
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_bounded() {
        for (text, ms) in [
            (Some("3"), Some(3_000)),
            (Some("999999"), Some(RETRY_AFTER_MAX_MS)),
            (Some("soon"), None),
            (None, None),
        ] {
            let busy = Trouble::answered(503, text, b"");
            assert_eq!(busy.fault(), Fault::Later { retry_after_ms: ms });
        }
    }
}
