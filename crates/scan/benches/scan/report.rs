//! Rows, tables and figures.

use std::path::Path;

use portero_scan::decode::Reading;
use serde_json::{Value, json};

use crate::corpus::Picture;
use crate::{Figures, READERS};

/// What one reader did with the pictures of one condition.
#[derive(Default, Clone)]
pub(crate) struct Tally {
    pub(crate) pictures: usize,
    pub(crate) read: usize,
    /// Texts that are not in a picture whose texts are all known.
    pub(crate) wrong: usize,
    pub(crate) ms: Vec<f64>,
}

impl Tally {
    pub(crate) fn add(&mut self, picture: &Picture, reading: &Reading) {
        self.pictures += 1;
        let right = |text: &str| picture.right(text);
        self.read += usize::from(reading.codes.iter().any(|c| right(&c.text)));
        if picture.complete {
            self.wrong += reading.codes.iter().filter(|c| !right(&c.text)).count();
        }
        self.ms.push(reading.ms);
    }

    fn percent(&self) -> f64 {
        100.0 * self.read as f64 / self.pictures.max(1) as f64
    }

    fn mean(&self) -> f64 {
        self.ms.iter().sum::<f64>() / self.ms.len().max(1) as f64
    }

    fn quantile(&self, part: f64) -> f64 {
        let mut ms = self.ms.clone();
        ms.sort_by(f64::total_cmp);
        ms.get(((ms.len().max(1) - 1) as f64 * part).round() as usize)
            .copied()
            .unwrap_or(0.0)
    }
}

/// A condition's tallies, one a reader.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) tallies: [Tally; 3],
}

impl Row {
    /// All rows together.
    pub(crate) fn sum(name: &str, rows: &[Self]) -> Self {
        let mut sum = Self {
            name: name.to_owned(),
            tallies: [Tally::default(), Tally::default(), Tally::default()],
        };
        for row in rows {
            for (a, b) in sum.tallies.iter_mut().zip(&row.tallies) {
                a.pictures += b.pictures;
                a.read += b.read;
                a.wrong += b.wrong;
                a.ms.extend(&b.ms);
            }
        }
        sum
    }
}

/// A figure with its budget, as `cargo xtask bench` reads it.
pub(crate) struct Figure(Value);

impl Figure {
    pub(crate) fn at_most(name: &str, value: f64, unit: &str, budget: f64) -> Self {
        Self(json!({"figure": name, "value": rounded(value), "unit": unit, "budget": budget}))
    }

    pub(crate) fn at_least(name: &str, value: f64, unit: &str, budget: f64) -> Self {
        Self(
            json!({"figure": name, "value": rounded(value), "unit": unit, "budget": budget, "better": "higher"}),
        )
    }

    pub(crate) fn left_out(name: &str, why: &str) -> Self {
        Self(json!({"figure": name, "leftOut": why}))
    }

    pub(crate) fn beside(mut self, peer: &str, control: f64) -> Self {
        self.0["peer"] = json!(peer);
        self.0["control"] = json!(rounded(control));
        self
    }

    pub(crate) fn line(&self) -> String {
        self.0.to_string()
    }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

pub(crate) fn photographs(all: &Row) -> Figures {
    let [rqrr, zxing, pipeline] = &all.tallies;
    vec![
        Figure::at_least("photographs read", pipeline.percent(), "%", 94.0)
            .beside("zxing-cpp alone", zxing.percent()),
        Figure::at_most("a photograph, mean", pipeline.mean(), "ms", 12.0).beside("rqrr alone", rqrr.mean()),
        Figure::at_most("a photograph, worst", pipeline.quantile(1.0), "ms", 300.0)
            .beside("rqrr alone", rqrr.quantile(1.0)),
    ]
}

pub(crate) fn drawn(all: &Row, negative: &[Row]) -> Figures {
    let [rqrr, zxing, pipeline] = &all.tallies;
    let wrong = pipeline.wrong + negative.iter().map(|r| r.tallies[2].wrong).sum::<usize>();
    vec![
        Figure::at_least("drawn conditions read", pipeline.percent(), "%", 86.0)
            .beside("zxing-cpp alone", zxing.percent()),
        Figure::at_most("a drawn frame, worst", pipeline.quantile(1.0), "ms", 300.0)
            .beside("rqrr alone", rqrr.quantile(1.0)),
        Figure::at_most("wrong texts", wrong as f64, "", 0.0),
    ]
}

pub(crate) fn print(rows: &[Row]) {
    println!("{:28}{}", "", READERS.map(|r| format!("{r:>34}")).concat());
    println!(
        "{:28}{}",
        "",
        ["read       %   mean   p95   max ms"; 3]
            .map(|h| format!("{h:>34}"))
            .concat()
    );
    for row in rows {
        let cell = |t: &Tally| {
            let read = format!("{}/{}", t.read, t.pictures);
            format!(
                "{read:>9}{:>6.1}{:>7.1}{:>6.0}{:>6.0}",
                t.percent(),
                t.mean(),
                t.quantile(0.95),
                t.quantile(1.0)
            )
        };
        println!(
            "{:28}{}",
            row.name,
            row.tallies.iter().map(cell).collect::<String>()
        );
    }
}

pub(crate) fn write(file: &Path, rows: &[Row], figures: &Figures) {
    let row = |r: &Row| {
        let readers: serde_json::Map<_, _> = READERS
            .iter()
            .zip(&r.tallies)
            .map(|(name, t)| {
                let value = json!({
                    "pictures": t.pictures, "read": t.read, "wrong": t.wrong,
                    "meanMs": rounded(t.mean()), "p95Ms": rounded(t.quantile(0.95)), "maxMs": rounded(t.quantile(1.0)),
                });
                ((*name).to_owned(), value)
            })
            .collect();
        json!({"condition": r.name, "readers": readers})
    };
    let all = json!({
        "conditions": rows.iter().map(row).collect::<Vec<_>>(),
        "figures": figures.iter().map(|f| f.0.clone()).collect::<Vec<_>>(),
    });
    std::fs::write(file, serde_json::to_string_pretty(&all).unwrap() + "\n")
        .expect("the JSON file cannot be written");
}
