//! A benchmark's figures, from the JSON lines that it prints to a table that a person reads.

use serde_json::Value;

/// What came of measuring it.
#[derive(Debug, Clone, PartialEq)]
enum Measured {
    Value(f64),
    /// Not measured here, and why.
    LeftOut(String),
}

/// One figure. CONTRIBUTING.md says what a benchmark prints.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figure {
    name: String,
    value: Measured,
    unit: String,
    budget: Option<f64>,
    control: Option<f64>,
    /// What the control is, where it has a name.
    peer: Option<String>,
    higher_is_better: bool,
}

impl Figure {
    /// Reads one line; `None` where it is no figure, since a benchmark may print other lines.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(line.trim()).ok()?;
        let text = |key: &str| json[key].as_str().map(str::to_owned);
        let value = match text("leftOut") {
            Some(why) => Measured::LeftOut(why),
            None => Measured::Value(json["value"].as_f64()?),
        };
        Some(Self {
            name: text("figure")?,
            value,
            unit: text("unit").unwrap_or_default(),
            budget: json["budget"].as_f64(),
            control: json["control"].as_f64(),
            peer: text("peer"),
            higher_is_better: json["better"] == "higher",
        })
    }

    /// Whether it keeps to its budget; a figure without one always does, and one that was left out breaks none.
    pub(crate) fn within_budget(&self) -> bool {
        match (&self.value, self.budget) {
            (Measured::Value(value), Some(budget)) if self.higher_is_better => *value >= budget,
            (Measured::Value(value), Some(budget)) => *value <= budget,
            (Measured::LeftOut(_), _) | (_, None) => true,
        }
    }

    /// How many times better than the control; above 1 is better, whichever way the figure runs.
    fn ratio(&self) -> Option<f64> {
        let Measured::Value(value) = self.value else {
            return None;
        };
        let control = self.control?;
        let (more, less) = if self.higher_is_better {
            (value, control)
        } else {
            (control, value)
        };
        (less > 0.0).then(|| more / less)
    }

    fn cells(&self) -> [String; 5] {
        let unit = |number: f64| {
            format!("{} {}", number_text(number), self.unit)
                .trim_end()
                .to_owned()
        };
        let sign = if self.higher_is_better { "≥" } else { "≤" };
        let over = if self.within_budget() { "" } else { "  OVER" };
        let control = self.control.map_or_else(|| "—".to_owned(), unit);
        [
            self.name.clone(),
            match &self.value {
                Measured::Value(value) => unit(*value),
                Measured::LeftOut(why) => format!("left out: {why}"),
            },
            self.budget.map_or_else(
                || "—".to_owned(),
                |budget| format!("{sign} {}{over}", unit(budget)),
            ),
            self.peer
                .as_ref()
                .map_or_else(|| control.clone(), |peer| format!("{control} ({peer})")),
            self.ratio()
                .map_or_else(|| "—".to_owned(), |ratio| format!("×{}", number_text(ratio))),
        ]
    }
}

/// The table, with a head.
pub(crate) fn table(figures: &[Figure]) -> String {
    let head = ["figure", "measured", "budget", "peer or control", "ratio"].map(str::to_owned);
    let rows: Vec<[String; 5]> = std::iter::once(head)
        .chain(figures.iter().map(Figure::cells))
        .collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell:width$}"));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect();
    lines.insert(1, widths.map(|width| "─".repeat(width)).join("  "));
    lines.join("\n")
}

/// Three digits that matter: 0.412, 41.2, 4120.
fn number_text(number: f64) -> String {
    let size = number.abs();
    let digits = match size {
        _ if size == 0.0 || size >= 100.0 || number.fract() == 0.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 1.0 => 2,
        _ => 3,
    };
    format!("{number:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const P99: &str = r#"{"figure":"verdict p99","value":3.25,"unit":"ms","budget":10,"control":null}"#;
    const READ: &str = r#"{"figure":"read","value":90,"unit":"%","budget":94,"control":58,"peer":"rqrr alone","better":"higher"}"#;

    #[test]
    fn a_line_that_is_no_figure_is_none() {
        for line in ["", "warming up", "{}", r#"{"figure":"x"}"#, "[1]"] {
            assert_eq!(Figure::read(line), None, "{line}");
        }
    }

    #[test]
    fn budgets_hold_in_the_direction_of_the_figure() {
        assert!(Figure::read(P99).unwrap().within_budget());
        assert!(!Figure::read(READ).unwrap().within_budget(), "90 % is below 94 %");
        let none = Figure::read(r#"{"figure":"x","value":1e9}"#).unwrap();
        assert!(none.within_budget());
    }

    #[test]
    fn what_was_left_out_says_why_and_is_over_no_budget() {
        let figure = Figure::read(r#"{"figure":"cuts","leftOut":"takes root on Linux","budget":5}"#).unwrap();
        assert!(figure.within_budget());
        assert_eq!(figure.cells()[1], "left out: takes root on Linux");
        assert_eq!(figure.ratio(), None);
    }

    #[test]
    fn a_ratio_above_one_is_better_either_way() {
        let requests = r#"{"figure":"requests an hour","value":2,"unit":"","budget":2,"control":120}"#;
        assert_eq!(Figure::read(requests).unwrap().ratio(), Some(60.0));
        assert!(Figure::read(READ).unwrap().ratio().unwrap() > 1.5);
        assert_eq!(Figure::read(P99).unwrap().ratio(), None);
    }

    #[test]
    fn the_table_lines_up() {
        let figures: Vec<Figure> = [P99, READ].into_iter().filter_map(Figure::read).collect();
        let expected = "\
figure       measured  budget        peer or control    ratio
───────────  ────────  ────────────  ─────────────────  ─────
verdict p99  3.25 ms   ≤ 10 ms       —                  —
read         90 %      ≥ 94 %  OVER  58 % (rqrr alone)  ×1.55";
        assert_eq!(table(&figures), expected);
    }

    #[test]
    fn numbers_keep_what_matters() {
        for (number, text) in [
            (0.4123, "0.412"),
            (3.0, "3"),
            (41.26, "41.3"),
            (4120.7, "4121"),
            (0.0, "0"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }
}
