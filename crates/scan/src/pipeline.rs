//! One frame's way: decode, debounce, outlines and hint.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use crate::blocks::Blocks;
use crate::debounce::{Debounce, Input, Sighting};
use crate::decode::{Corners, LiveDecoder, Reading, StillDecoder};
use crate::frame::Frame;
use crate::hint;
use crate::luma::Luma;
use crate::preview::mirrored;
use crate::scanner::{IsTicket, ScanSettings, SeenCode};
use crate::source::SourceSpec;
use crate::view::{FrameView, Hint, Outline};

/// Of frames in which nothing moved, one in so many is decoded all the same.
const UNMOVED: u32 = 6;
/// After so many of them with nothing that looks like a code, one in so many: whoever comes moves.
const DESERTED: (u32, u32) = (60, 30);
/// After so many of them, whoever looks on has seen the last movement too.
const CALM: u32 = 15;
/// An outline stays so long without being seen: no reader reads every frame, and a flicker helps nobody.
const OUTLINE_MS: u64 = 250;
/// A hint waits until nothing was read for so long.
const HINT_AFTER_MS: u64 = 1000;
/// What has not moved for so long is no guest's: a poster, a book on the shelf.
const FURNITURE_MS: u64 = 5000;

enum Decoder {
    /// Pictures of files: every pass on each.
    Still(StillDecoder),
    /// A camera's frames: passes in turn.
    Live(LiveDecoder),
}

/// State between frames; lives as long as the source.
pub(crate) struct Pipeline {
    decoder: Decoder,
    debounce: Debounce,
    is_ticket: IsTicket,
    start: Instant,
    /// The frame decoded last, coarsely, and what it gave.
    before: Option<(Blocks, Reading)>,
    unmoved: u32,
    outlines: (u64, Vec<Outline>),
    read_ms: u64,
    moved_ms: u64,
    /// What the frame decoded last says, and what is shown.
    hint: (Option<Hint>, hint::Steady),
}

/// Looks at frames as a scanner looks at a camera's, with the settings that it has by itself: for who has
/// frames and no camera, as a benchmark. `each` gets the codes that count, and what is drawn.
pub fn watch_frames(
    frames: impl IntoIterator<Item = Arc<Luma>>,
    mut each: impl FnMut(&[SeenCode], &FrameView),
) {
    let mut pipeline = Pipeline::new(&SourceSpec::Index(0), &ScanSettings::default());
    for (number, luma) in (1..).zip(frames) {
        let (codes, view) = pipeline.look(&Frame { number, luma });
        each(&codes, &view);
    }
}

impl Pipeline {
    pub(crate) fn new(spec: &SourceSpec, settings: &ScanSettings) -> Self {
        let decoder = match spec {
            SourceSpec::Files { .. } => Decoder::Still(StillDecoder::new()),
            SourceSpec::None | SourceSpec::Index(_) | SourceSpec::Name(_) | SourceSpec::Sim { .. } => {
                Decoder::Live(LiveDecoder::new())
            }
        };
        Self {
            decoder,
            debounce: Debounce::new(settings.same_code_pause_ms, settings.every_code),
            is_ticket: settings.is_ticket.clone(),
            start: Instant::now(),
            before: None,
            unmoved: 0,
            outlines: (0, Vec::new()),
            read_ms: 0,
            moved_ms: 0,
            hint: (None, hint::Steady::default()),
        }
    }

    /// A person asks.
    pub(crate) fn again(&mut self) {
        self.debounce.on(Input::Again, self.now());
        self.before = None;
    }

    fn now(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    /// Codes of this frame that count, and what to draw.
    pub(crate) fn look(&mut self, frame: &Frame) -> (Vec<SeenCode>, FrameView) {
        let blocks = Blocks::of(&frame.luma);
        let (reading, fresh) = match self.unmoved(&blocks) {
            Some(reading) => (reading, false),
            None => (self.decode(frame), true),
        };
        let now = self.now();
        let codes = self.count(frame, &reading, now);
        if fresh {
            let wanted = reading.codes.is_empty() && self.quiet(now);
            self.hint.0 = wanted.then(|| hint::of(&frame.luma, &blocks, &reading)).flatten();
            self.before = Some((blocks, reading.clone()));
        }
        let outlines = self.outline(&frame.luma, &reading, now);
        let hint = self.hint(&reading, now);
        (
            codes,
            FrameView {
                frame: frame.number,
                outlines,
                hint,
                calm: self.nothing() && self.unmoved > CALM,
            },
        )
    }

    /// Where nothing moved, what was seen last is still there: known to be, not read once more.
    fn unmoved(&mut self, blocks: &Blocks) -> Option<Reading> {
        let nothing = self.nothing();
        let Decoder::Live(live) = &mut self.decoder else {
            return None;
        };
        let (before, last) = self.before.as_ref()?;
        let same = blocks.same_as(before);
        if !same {
            self.moved_ms = self.start.elapsed().as_millis() as u64;
        }
        if self.debounce.waiting() || !same {
            self.unmoved = 0;
            return None;
        }
        self.unmoved = self.unmoved.saturating_add(1);
        let deserted = nothing && self.unmoved > DESERTED.0;
        if self
            .unmoved
            .is_multiple_of(if deserted { DESERTED.1 } else { UNMOVED })
        {
            return None;
        }
        let mut still = Reading {
            located: last.located.clone(),
            ..Reading::default()
        };
        still.located.extend(last.codes.iter().map(|c| c.corners));
        if let Some(late) = live.late() {
            still.codes = late.codes;
        }
        Some(still)
    }

    /// Whether there was nothing in the frame decoded last, not even what could be a code.
    fn nothing(&self) -> bool {
        let empty = |(_, last): &(Blocks, Reading)| last.codes.is_empty() && last.located.is_empty();
        self.hint.0.is_none() && self.before.as_ref().is_some_and(empty)
    }

    fn decode(&mut self, frame: &Frame) -> Reading {
        let decoder = &mut self.decoder;
        let read = AssertUnwindSafe(|| match decoder {
            Decoder::Still(still) => still.decode(&frame.luma),
            Decoder::Live(live) => live.decode(&frame.luma),
        });
        // The door goes on, whatever a reader does to one frame.
        catch_unwind(read).unwrap_or_else(|_| {
            tracing::error!(frame = frame.number, "decoding panicked; the frame is left out");
            Reading::default()
        })
    }

    fn count(&mut self, frame: &Frame, reading: &Reading, now: u64) -> Vec<SeenCode> {
        let is_ticket = &self.is_ticket;
        let sights: Vec<_> = reading
            .codes
            .iter()
            .map(|c| Sighting {
                bytes: &c.bytes,
                corners: c.corners,
                ticket: is_ticket(&c.bytes),
            })
            .collect();
        if !sights.is_empty() {
            self.read_ms = now;
        }
        let middle = [frame.luma.width() as f32 / 2.0, frame.luma.height() as f32 / 2.0];
        let input = Input::Frame {
            codes: &sights,
            located: &reading.located,
            middle,
        };
        let fired = self.debounce.on(input, now);
        let seen = |i: usize| {
            let code = reading.codes.get(i)?;
            Some(SeenCode {
                bytes: code.bytes.clone(),
                text: code.text.clone(),
                decoder: code.decoder,
                corners: code.corners,
                frame: frame.number,
                ms: reading.ms,
            })
        };
        fired.into_iter().filter_map(seen).collect()
    }

    fn outline(&mut self, plane: &Luma, reading: &Reading, now: u64) -> Vec<Outline> {
        let read = reading.codes.iter().map(|c| (&c.corners, true));
        let known = |place: &Corners| {
            self.before
                .as_ref()
                .is_some_and(|(_, r)| r.codes.iter().any(|c| c.corners == *place))
        };
        let located = reading.located.iter().map(|place| (place, known(place)));
        let outlines: Vec<_> = read
            .chain(located)
            .map(|(corners, text_known)| Outline {
                corners: mirrored(corners, plane),
                text_known,
            })
            .collect();
        if !outlines.is_empty() || now.saturating_sub(self.outlines.0) > OUTLINE_MS {
            self.outlines = (now, outlines);
        }
        self.outlines.1.clone()
    }

    /// Whether nothing was read lately.
    fn quiet(&self, now: u64) -> bool {
        now.saturating_sub(self.read_ms) >= HINT_AFTER_MS
    }

    fn hint(&mut self, reading: &Reading, now: u64) -> Option<Hint> {
        let said = self.hint.0;
        if !reading.codes.is_empty() || !self.quiet(now) {
            self.hint.1.clear();
            return None;
        }
        let whole_picture = matches!(said, Some(Hint::Covered | Hint::TooDark));
        let furniture = now.saturating_sub(self.moved_ms) >= FURNITURE_MS;
        self.hint.1.after(said.filter(|_| whole_picture || !furniture))
    }
}
