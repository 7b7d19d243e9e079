//! A snapshot as it arrives: NDJSON, compressed or not, read line by line, so that a large one is never held whole.

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use flate2::write::GzDecoder;
use portero_protocol::instant::Instant;
use portero_protocol::listing::SnapshotLine;
use reqwest::Response;

use super::http::{decode, is_gzip};
use super::trouble::Trouble;
use crate::figures::Figures;

/// For the next piece.
const PIECE: Duration = Duration::from_secs(15);

/// A snapshot on its way.
#[derive(Debug)]
pub(crate) struct SnapshotReader {
    response: Response,
    figures: Arc<Figures>,
    lines: Option<Lines>,
    /// The hub's time at or before which all of it was read.
    pub(crate) asked_at: Instant,
}

impl SnapshotReader {
    pub(super) fn new(response: Response, figures: Arc<Figures>, asked_at: Instant) -> Self {
        Self {
            lines: Some(Lines::new(is_gzip(&response))),
            response,
            figures,
            asked_at,
        }
    }

    /// The lines of the next piece; `None`: it is over.
    pub(crate) async fn next(&mut self) -> Result<Option<VecDeque<SnapshotLine>>, Trouble> {
        let Some(lines) = &mut self.lines else {
            return Ok(None);
        };
        let mut ready = VecDeque::new();
        let piece = tokio::time::timeout(PIECE, self.response.chunk())
            .await
            .map_err(|_| Trouble::unreachable("the snapshot stopped half way"))?
            .map_err(Trouble::unreachable)?;
        match piece {
            Some(piece) => {
                self.figures.bytes(piece.len() as u64);
                lines.push(&piece, &mut ready)?;
            }
            None => {
                if let Some(lines) = self.lines.take() {
                    lines.end(&mut ready)?;
                }
            }
        }
        Ok(Some(ready))
    }
}

#[derive(Debug)]
struct Lines {
    gzip: Option<GzDecoder<Vec<u8>>>,
    rest: Vec<u8>,
}

impl Lines {
    fn new(gzip: bool) -> Self {
        Self {
            gzip: gzip.then(|| GzDecoder::new(Vec::new())),
            rest: Vec::new(),
        }
    }

    fn push(&mut self, piece: &[u8], ready: &mut VecDeque<SnapshotLine>) -> Result<(), Trouble> {
        match &mut self.gzip {
            Some(decoder) => {
                decoder
                    .write_all(piece)
                    .and_then(|()| decoder.flush())
                    .map_err(|error| Trouble::not_the_hub(200, error))?;
                self.rest.append(decoder.get_mut());
            }
            None => self.rest.extend_from_slice(piece),
        }
        let mut start = 0;
        while let Some(length) = self.rest[start..].iter().position(|byte| *byte == b'\n') {
            read_line(&self.rest[start..start + length], ready)?;
            start += length + 1;
        }
        self.rest.drain(..start);
        Ok(())
    }

    fn end(mut self, ready: &mut VecDeque<SnapshotLine>) -> Result<(), Trouble> {
        if let Some(decoder) = self.gzip.take() {
            let mut last = decoder
                .finish()
                .map_err(|error| Trouble::unreachable(format!("the snapshot broke off: {error}")))?;
            self.rest.append(&mut last);
        }
        for line in self.rest.split(|byte| *byte == b'\n') {
            read_line(line, ready)?;
        }
        Ok(())
    }
}

fn read_line(line: &[u8], ready: &mut VecDeque<SnapshotLine>) -> Result<(), Trouble> {
    if !line.is_empty() {
        ready.push_back(decode(200, line)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole, byte by byte, and compressed: the same lines.
    #[test]
    fn lines_do_not_depend_on_the_pieces() {
        let text = "{\"fin\":1}\n\n{\"eliminada\":{\"id\":\"a\",\"version\":2}}\n{\"fin\":3}";
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        let gzip = encoder.finish().unwrap();
        let read = |bytes: &[u8], gzip: bool, piece: usize| {
            let mut lines = Lines::new(gzip);
            let mut ready = VecDeque::new();
            for piece in bytes.chunks(piece) {
                lines.push(piece, &mut ready).unwrap();
            }
            lines.end(&mut ready).unwrap();
            ready
        };
        let whole = read(text.as_bytes(), false, 1_000);
        assert_eq!(whole.len(), 3);
        for piece in [1, 2, 7] {
            assert_eq!(read(text.as_bytes(), false, piece), whole);
            assert_eq!(read(&gzip, true, piece), whole);
        }
    }

    #[test]
    fn one_that_breaks_off_is_an_error() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"{\"fin\":1}\n").unwrap();
        let gzip = encoder.finish().unwrap();
        let mut lines = Lines::new(true);
        let mut ready = VecDeque::new();
        lines.push(&gzip[..gzip.len() - 9], &mut ready).unwrap();
        assert!(lines.end(&mut ready).is_err());
    }
}
