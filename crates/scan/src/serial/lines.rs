//! From the bytes that a scanner sends to codes. No clock: the time comes with the bytes.

/// A scanner that sends no end of line has ended when nothing came for so long, in ms.
const PAUSE_MS: u64 = 100;
/// The largest QR code holds 7089 digits; a longer line is noise at the wrong speed.
const LONGEST: usize = 7089 + 64;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// A line that is being received.
#[derive(Debug)]
pub(super) struct Lines {
    prefix: Vec<u8>,
    suffix: Vec<u8>,
    line: Vec<u8>,
    /// It got too long: the rest of it is left out too.
    spoilt: bool,
    last_ms: u64,
}

impl Lines {
    /// `prefix` and `suffix`: what the scanner was set up to put around each code.
    pub(super) fn new(prefix: &[u8], suffix: &[u8]) -> Self {
        Self {
            prefix: prefix.to_vec(),
            suffix: suffix.to_vec(),
            line: Vec::new(),
            spoilt: false,
            last_ms: 0,
        }
    }

    /// A byte came; the code that it ends.
    pub(super) fn on(&mut self, byte: u8, now_ms: u64) -> Option<Vec<u8>> {
        self.last_ms = now_ms;
        match byte {
            b'\r' | b'\n' | ETX => return self.end(),
            // What came before a beginning was no whole code.
            STX => {
                self.line.clear();
                self.spoilt = false;
            }
            _ if self.line.len() >= LONGEST => self.spoilt = true,
            _ => self.line.push(byte),
        }
        None
    }

    /// Nothing came; the code that this pause ends.
    pub(super) fn tick(&mut self, now_ms: u64) -> Option<Vec<u8>> {
        if now_ms.saturating_sub(self.last_ms) < PAUSE_MS {
            return None;
        }
        self.end()
    }

    fn end(&mut self) -> Option<Vec<u8>> {
        let line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.spoilt) {
            tracing::warn!("a line from the scanner is longer than any code; is its speed right?");
            return None;
        }
        let mut code = line.strip_prefix(&self.prefix[..]).unwrap_or(&line);
        code = code.strip_suffix(&self.suffix[..]).unwrap_or(code);
        // Many are set up to say what kind of code it is; no ticket begins so.
        if let [b']', b'Q', b'0'..=b'9', rest @ ..] = code {
            code = rest;
        }
        (!code.is_empty()).then(|| code.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codes(lines: &mut Lines, bytes: &[u8]) -> Vec<String> {
        let codes = bytes.iter().filter_map(|&byte| lines.on(byte, 0));
        codes.map(|code| String::from_utf8(code).unwrap()).collect()
    }

    #[test]
    fn every_end_of_line_ends_a_code_and_an_empty_one_is_none() {
        let mut lines = Lines::new(b"", b"");
        let sent = b"\r\none\rtwo\nthree\r\n\x02four\x03\r\n\n";
        assert_eq!(codes(&mut lines, sent), ["one", "two", "three", "four"]);
    }

    #[test]
    fn a_pause_ends_a_code_without_an_end() {
        let mut lines = Lines::new(b"", b"");
        assert!(codes(&mut lines, b"P1 A ").is_empty());
        assert_eq!(lines.tick(99), None);
        assert_eq!(
            lines.tick(100).as_deref(),
            Some(&b"P1 A "[..]),
            "spaces are part of it"
        );
        assert_eq!(lines.tick(300), None);
    }

    #[test]
    fn what_the_scanner_puts_around_is_taken_off_where_it_is() {
        let mut lines = Lines::new(b"<", b">>");
        assert_eq!(
            codes(&mut lines, b"<P1X>>\r<]Q1P1X>>\rP1X\r<>>\r"),
            ["P1X", "P1X", "P1X"]
        );
    }

    #[test]
    fn an_endless_line_is_left_out_and_the_next_is_not() {
        let mut lines = Lines::new(b"", b"");
        assert!(codes(&mut lines, &vec![b'x'; 100_000]).is_empty());
        assert!(lines.line.len() <= LONGEST);
        assert_eq!(codes(&mut lines, b"xx\rP1\r"), ["P1"]);
        codes(&mut lines, &vec![b'x'; 100_000]);
        assert_eq!(codes(&mut lines, b"\x02P1\x03"), ["P1"]);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes: Vec<u8>, prefix: Vec<u8>, suffix: Vec<u8>) {
            let mut lines = Lines::new(&prefix, &suffix);
            for (i, byte) in bytes.iter().enumerate() {
                if let Some(code) = lines.on(*byte, i as u64) {
                    prop_assert!(!code.is_empty() && !code.contains(&b'\r'));
                }
                lines.tick(i as u64 * 3);
            }
        }
    }
}
