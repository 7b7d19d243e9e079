//! Secrets and names from the system's random source.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portero_protocol::cursor::Epoch;
use portero_protocol::problem::Code;

use crate::error::{Error, Result};

/// Letters and digits that nobody confuses when reading them aloud.
const READABLE: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    #[cfg(feature = "sim")]
    if crate::sim::levers::fill(&mut bytes) {
        return Ok(bytes);
    }
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::new(
            Code::Internal,
            format!("The system gives no random numbers: {error}"),
        )
    })?;
    Ok(bytes)
}

/// A 256-bit secret as text: a token, a session.
pub(crate) fn secret() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// An invitation's code, 60 bits: `ABCD-EFGH-JKLM`.
pub(crate) fn invitation() -> Result<String> {
    let mut code = String::with_capacity(14);
    for (index, byte) in bytes::<12>()?.into_iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(READABLE[usize::from(byte) % READABLE.len()]));
    }
    Ok(code)
}

/// A name for a log's new life.
pub(crate) fn epoch() -> Result<Epoch> {
    hex::encode(bytes::<8>()?)
        .parse()
        .map_err(|_| Code::Internal.into())
}

/// A whole number from `low` to `high`, for spreading things over time; no secret.
pub(crate) fn between(low: u64, high: u64) -> u64 {
    #[cfg(feature = "sim")]
    if let Ok(bytes) = bytes::<8>() {
        return low + u64::from_le_bytes(bytes) % (high.max(low) - low + 1);
    }
    fastrand::u64(low..=high.max(low))
}
