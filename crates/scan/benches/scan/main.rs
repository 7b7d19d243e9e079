//! How much is read, and at what cost: rqrr alone, zxing-cpp alone, and the pipeline.
//!
//! Frames drawn here by condition, sequences of a phone that enters, and, where `PORTERO_QR_CORPUS` names a
//! folder (or its tar.gz) with an `index.tsv`, photographs. Times are of the thread, on one core.
//!
//! Options: `--frames N` a condition (12), `--sequences N` (12), `--seed S` (1), `--misses` names what the
//! pipeline did not read, `--json FILE` writes all rows.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot go on ends"
)]

mod corpus;
mod load;
mod report;
mod sequences;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use corpus::Picture;
use portero_scan::decode::{Reading, StillDecoder, baseline};
use portero_scan::luma::Luma;
use report::{Figure, Row, Tally};

pub(crate) struct Options {
    frames: usize,
    sequences: usize,
    seed: u64,
    misses: bool,
    json: Option<PathBuf>,
}

fn options() -> Options {
    let mut options = Options {
        frames: 12,
        sequences: 12,
        seed: 1,
        misses: false,
        json: None,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().unwrap_or_else(|| panic!("{arg} needs a value"));
        match arg.as_str() {
            "--frames" => options.frames = value().parse().expect("a number"),
            "--sequences" => options.sequences = value().parse().expect("a number"),
            "--seed" => options.seed = value().parse().expect("a number"),
            "--json" => options.json = Some(value().into()),
            "--misses" => options.misses = true,
            // cargo says it to every benchmark.
            "--bench" => {}
            other => panic!("{other} is no option of this benchmark"),
        }
    }
    options
}

/// The readers that are compared.
struct Readers {
    still: StillDecoder,
}

const READERS: [&str; 3] = ["rqrr", "zxing-cpp", "pipeline"];

impl Readers {
    fn read(&mut self, plane: &Arc<Luma>) -> [Reading; 3] {
        [
            baseline::rqrr(plane),
            baseline::zxing(plane),
            self.still.decode(plane),
        ]
    }
}

fn main() {
    let options = options();
    let mut readers = Readers {
        still: StillDecoder::new(),
    };
    let mut rows = Vec::new();
    let mut figures = Vec::new();

    match corpus::photographs() {
        Some(pictures) => {
            let of = measure(&mut readers, pictures, options.misses);
            let (photos, drawn): (Vec<_>, Vec<_>) = of.into_iter().partition(|r| r.name.starts_with("photo"));
            let all = Row::sum("all photographs", &photos);
            figures.extend(report::photographs(&all));
            rows.extend(photos);
            rows.push(all);
            rows.extend(drawn);
        }
        None => println!("PORTERO_QR_CORPUS is not set: no photographs are read"),
    }

    let drawn = measure(
        &mut readers,
        corpus::drawn(options.seed, options.frames),
        options.misses,
    );
    let (codes, negative): (Vec<_>, Vec<_>) = drawn.into_iter().partition(|r| r.name != "drawn negative");
    let all = Row::sum("all drawn conditions", &codes);
    figures.extend(report::drawn(&all, &negative));
    rows.extend(codes);
    rows.push(all);
    rows.extend(negative);

    report::print(&rows);
    figures.extend(sequences::run(options.seed, options.sequences));
    figures.extend(load::run(options.seed));
    for figure in &figures {
        println!("{}", figure.line());
    }
    if let Some(file) = &options.json {
        report::write(file, &rows, &figures);
    }
}

/// Reads every picture with every reader; a row for each condition, in the order of their first picture.
fn measure(readers: &mut Readers, pictures: impl Iterator<Item = Picture>, misses: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut at = BTreeMap::new();
    for picture in pictures {
        let index = *at.entry(picture.condition.clone()).or_insert_with(|| {
            rows.push(Row::new(&picture.condition));
            rows.len() - 1
        });
        let readings = readers.read(&picture.plane);
        for (tally, reading) in rows[index].tallies.iter_mut().zip(&readings) {
            tally.add(&picture, reading);
        }
        if misses && !picture.texts.is_empty() && !readings[2].codes.iter().any(|c| picture.right(&c.text)) {
            let others: Vec<_> = (0..2)
                .filter(|&i| readings[i].codes.iter().any(|c| picture.right(&c.text)))
                .map(|i| READERS[i])
                .collect();
            println!(
                "not read: {} {} (by others: {others:?})",
                picture.condition, picture.name
            );
        }
    }
    rows
}

impl Row {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            tallies: [Tally::default(), Tally::default(), Tally::default()],
        }
    }
}

pub(crate) type Figures = Vec<Figure>;
