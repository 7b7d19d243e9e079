//! What counts as a scan: a plain state machine without clock or thread.
//!
//! - A ticket counts on the first frame that it is read in. Anything else has to be read in two frames,
//!   since nothing but a reader's error is behind most codes that are read once.
//! - A code counts again only after it was neither read nor located for the pause (the next guest of a
//!   party shows the same code), or when a person asks.
//! - Of several tickets in the picture, the one nearest the middle counts; the others wait for their turn
//!   there. A code that is no ticket never keeps a ticket waiting.

use crate::decode::{Corners, centre, near};

/// A ticket read this recently still holds its place against others: no reader reads every frame.
const STILL_THERE_MS: u64 = 250;

/// A code read in a frame.
#[derive(Clone, Debug)]
pub struct Sighting<'a> {
    /// What it holds.
    pub bytes: &'a [u8],
    /// Where it is.
    pub corners: Corners,
    /// It is a ticket, or an accepted legacy form.
    pub ticket: bool,
}

/// What happens to the state machine.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// A frame was looked at; also when nothing was in it.
    Frame {
        /// Codes read.
        codes: &'a [Sighting<'a>],
        /// Codes that are there but were not read.
        located: &'a [Corners],
        /// Middle of the picture.
        middle: [f32; 2],
    },
    /// A person asks for the codes in front of the camera to count again.
    Again,
}

#[derive(Clone, Debug)]
struct Present {
    bytes: Vec<u8>,
    corners: Corners,
    ticket: bool,
    /// Frames it was read in, since it came.
    frames: u32,
    fired: bool,
    /// Read or located last.
    last_ms: u64,
}

/// The state machine; see the module.
#[derive(Debug)]
pub struct Debounce {
    pause_ms: u64,
    every_code: bool,
    present: Vec<Present>,
}

impl Debounce {
    /// `every_code`: all codes in the picture count, not only the one in the middle.
    pub fn new(pause_ms: u64, every_code: bool) -> Self {
        Self {
            pause_ms: pause_ms.max(1),
            every_code,
            present: Vec::new(),
        }
    }

    /// Takes in what happened at `now_ms` (any clock that does not go back) and gives the places in `codes`
    /// of those that count now.
    pub fn on(&mut self, input: Input<'_>, now_ms: u64) -> Vec<usize> {
        match input {
            Input::Again => {
                self.present.iter_mut().for_each(|p| p.fired = false);
                Vec::new()
            }
            Input::Frame {
                codes,
                located,
                middle,
            } => {
                let pause = self.pause_ms;
                self.present.retain(|p| now_ms.saturating_sub(p.last_ms) < pause);
                self.see(codes, now_ms);
                for place in located {
                    for p in self.present.iter_mut().filter(|p| near(&p.corners, place)) {
                        p.last_ms = now_ms;
                        p.corners = *place;
                    }
                }
                self.fire(codes, middle, now_ms)
            }
        }
    }

    /// Whether a code in front of the camera still has to be read again before it counts.
    pub fn waiting(&self) -> bool {
        self.present.iter().any(|p| !p.fired)
    }

    fn see(&mut self, codes: &[Sighting<'_>], now_ms: u64) {
        for (i, code) in codes.iter().enumerate() {
            let twice_in_this_frame = codes[..i].iter().any(|c| c.bytes == code.bytes);
            match self.present.iter_mut().find(|p| p.bytes == code.bytes) {
                Some(known) => {
                    known.frames += u32::from(!twice_in_this_frame);
                    known.corners = code.corners;
                    known.ticket = code.ticket;
                    known.last_ms = now_ms;
                }
                None => self.present.push(Present {
                    bytes: code.bytes.to_vec(),
                    corners: code.corners,
                    ticket: code.ticket,
                    frames: 1,
                    fired: false,
                    last_ms: now_ms,
                }),
            }
        }
    }

    fn fire(&mut self, codes: &[Sighting<'_>], middle: [f32; 2], now_ms: u64) -> Vec<usize> {
        let off = |p: &Present| {
            let c = centre(&p.corners);
            (c[0] - middle[0]).hypot(c[1] - middle[1])
        };
        let winner = self
            .present
            .iter()
            .filter(|p| now_ms.saturating_sub(p.last_ms) <= STILL_THERE_MS)
            .min_by(|a, b| b.ticket.cmp(&a.ticket).then(off(a).total_cmp(&off(b))))
            .map(|p| p.bytes.clone());
        let mut fired = Vec::new();
        for (i, code) in codes.iter().enumerate() {
            let wins = self.every_code || winner.as_deref() == Some(code.bytes);
            let Some(p) = self.present.iter_mut().find(|p| p.bytes == code.bytes) else {
                continue;
            };
            if wins && !p.fired && (p.ticket || p.frames >= 2) {
                p.fired = true;
                fired.push(i);
            }
        }
        fired
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MIDDLE: [f32; 2] = [640.0, 360.0];

    fn square(x: f32, y: f32) -> Corners {
        [
            [x - 50.0, y - 50.0],
            [x + 50.0, y - 50.0],
            [x + 50.0, y + 50.0],
            [x - 50.0, y + 50.0],
        ]
    }

    fn at<'a>(bytes: &'a [u8], ticket: bool, x: f32) -> Sighting<'a> {
        Sighting {
            bytes,
            corners: square(x, 360.0),
            ticket,
        }
    }

    fn frame<'a>(codes: &'a [Sighting<'a>], located: &'a [Corners]) -> Input<'a> {
        Input::Frame {
            codes,
            located,
            middle: MIDDLE,
        }
    }

    #[test]
    fn a_ticket_counts_at_once_and_then_not_while_it_stays() {
        let mut d = Debounce::new(1500, false);
        let t = [at(b"T", true, 640.0)];
        assert_eq!(d.on(frame(&t, &[]), 0), [0]);
        assert_eq!(d.on(frame(&t, &[]), 1400), []);
        assert_eq!(
            d.on(frame(&t, &[]), 2899),
            [],
            "1,499 ms unseen is still the same guest"
        );
        assert_eq!(d.on(frame(&t, &[]), 4399), [0]);
    }

    #[test]
    fn anything_else_has_to_be_seen_twice() {
        let mut d = Debounce::new(1500, false);
        let u = [at(b"U", false, 640.0)];
        assert_eq!(d.on(frame(&u, &[]), 0), []);
        assert_eq!(d.on(frame(&u, &[]), 66), [0]);
        let twice = [at(b"V", false, 640.0), at(b"V", false, 900.0)];
        assert_eq!(
            d.on(frame(&twice, &[]), 99),
            [],
            "two copies in one frame are one sight"
        );
    }

    #[test]
    fn located_keeps_it_in_front() {
        let mut d = Debounce::new(1500, false);
        let t = [at(b"T", true, 640.0)];
        assert_eq!(d.on(frame(&t, &[]), 0), [0]);
        assert_eq!(d.on(frame(&[], &[square(650.0, 365.0)]), 1400), []);
        assert_eq!(d.on(frame(&t, &[]), 2000), []);
        assert_eq!(
            d.on(frame(&[], &[square(100.0, 100.0)]), 3400),
            [],
            "another code is not this one"
        );
        assert_eq!(d.on(frame(&t, &[]), 3500), [0]);
    }

    #[test]
    fn the_ticket_in_the_middle_wins_also_when_a_frame_misses_it() {
        let mut d = Debounce::new(1500, false);
        let both = [at(b"SIDE", true, 200.0), at(b"MID", true, 700.0)];
        assert_eq!(d.on(frame(&both, &[]), 0), [1]);
        assert_eq!(
            d.on(frame(&both[..1], &[]), 66),
            [],
            "the one in the middle is still there"
        );
        assert_eq!(d.on(frame(&both[..1], &[]), 400), [0], "now it is gone");
    }

    #[test]
    fn a_poster_never_keeps_a_ticket_waiting() {
        let mut d = Debounce::new(1500, false);
        let poster = [at(b"WIFI", false, 640.0)];
        d.on(frame(&poster, &[]), 0);
        d.on(frame(&poster, &[]), 66);
        let with = [at(b"WIFI", false, 640.0), at(b"T", true, 200.0)];
        assert_eq!(d.on(frame(&with, &[]), 99), [1]);
    }

    #[test]
    fn a_person_may_ask_again() {
        let mut d = Debounce::new(1500, false);
        let t = [at(b"T", true, 640.0)];
        assert_eq!(d.on(frame(&t, &[]), 0), [0]);
        d.on(Input::Again, 50);
        assert_eq!(d.on(frame(&t, &[]), 66), [0]);
        assert_eq!(d.on(frame(&t, &[]), 99), []);
    }

    #[test]
    fn every_code_counts_where_that_is_wanted() {
        let mut d = Debounce::new(1500, true);
        let both = [at(b"A", true, 200.0), at(b"B", true, 700.0)];
        assert_eq!(d.on(frame(&both, &[]), 0), [0, 1]);
        assert_eq!(d.on(frame(&both, &[]), 66), []);
    }

    proptest! {
        /// One code, seen in some frames and not in others: it counts exactly when it had been away for the
        /// pause, for any pause and any times.
        #[test]
        fn counts_exactly_after_each_pause(
            pause in 1u64..3000,
            ticket: bool,
            steps in prop::collection::vec((1u64..2000, any::<bool>(), any::<bool>()), 1..200),
        ) {
            let mut d = Debounce::new(pause, false);
            let (mut now, mut last, mut reads, mut counted) = (0u64, None::<u64>, 0u32, false);
            for (dt, read, located) in steps {
                now += dt;
                let codes = [at(b"X", ticket, 640.0)];
                let places = [square(640.0, 360.0)];
                let fired = d.on(frame(if read { &codes } else { &[] }, if located { &places } else { &[] }), now);
                // The model: a presence ends when the code was away for the pause.
                if last.is_some_and(|l| now - l >= pause) {
                    (last, reads, counted) = (None, 0, false);
                }
                let mut expected = false;
                if read {
                    reads += 1;
                    expected = !counted && (ticket || reads >= 2);
                    counted |= expected;
                }
                if read || (located && last.is_some()) {
                    last = Some(now);
                }
                prop_assert_eq!(!fired.is_empty(), expected, "at {} ms", now);
            }
        }

        /// Many codes at once: no code counts twice unless it was away for the pause in between.
        #[test]
        fn never_twice_without_the_pause(
            every: bool,
            frames in prop::collection::vec((1u64..900, prop::collection::vec((0u8..5, 0u16..1280), 0..5)), 1..150),
        ) {
            let pause = 1500;
            let mut d = Debounce::new(pause, every);
            let mut now = 0;
            let mut seen = std::collections::HashMap::<Vec<u8>, u64>::new();
            let mut away = std::collections::HashMap::<Vec<u8>, bool>::new();
            for (dt, codes) in frames {
                now += dt;
                let names: Vec<[u8; 1]> = codes.iter().map(|&(c, _)| [c]).collect();
                let sights: Vec<_> = codes.iter().zip(&names).map(|(&(c, x), n)| at(n, c % 2 == 0, f32::from(x))).collect();
                for n in &names {
                    if seen.insert(n.to_vec(), now).is_none_or(|l| now - l >= pause) {
                        away.insert(n.to_vec(), true);
                    }
                }
                for i in d.on(frame(&sights, &[]), now) {
                    prop_assert_eq!(away.insert(names[i].to_vec(), false), Some(true));
                }
            }
        }
    }
}
