//! What a reservation is found by, and how a person's typing becomes a question.

use portero_protocol::reservation::{Origin, Reservation};

/// Raised when rows are found by other words than before, or sorted by other keys: both are made anew then.
pub(super) const VERSION: &str = "3";

/// Begins a word that lists are narrowed by. It is for private use, so no person's typing holds it.
const MARK: char = '\u{e000}';

/// What lists are narrowed by, as words of the same index: so a list of 100,000 is narrowed as fast as it is searched.
pub(super) enum Mark<'a> {
    /// Brought by that promoter.
    Promoter(&'a str),
    /// Of that origin.
    Origin(Origin),
    /// Without a table.
    NoTable,
    /// With notes.
    Notes,
}

impl Mark<'_> {
    fn word(&self) -> String {
        match self {
            // In hex, since ids have signs that end words.
            Self::Promoter(id) => format!("{MARK}p{}", hex::encode(id)),
            Self::Origin(Origin::Reservation) => format!("{MARK}r"),
            Self::Origin(Origin::WalkIn) => format!("{MARK}w"),
            Self::NoTable => format!("{MARK}t"),
            Self::Notes => format!("{MARK}n"),
        }
    }
}

/// The words of a row: name, phone, mail, table, occasion, benefits, promoter, notes, and the marks that are true of it. Case and accents are the
/// index's matter.
pub(super) fn of(row: &Reservation) -> String {
    let mut words = row.client.name.clone();
    let mut add = |text: &str| {
        words.push(' ');
        words.push_str(text);
    };
    if let Some(phone) = &row.client.phone {
        add(phone);
        // A phone is typed without its blanks, with or without the country: the run of digits from each group on.
        let groups: Vec<&str> = phone
            .split(|c: char| !c.is_ascii_digit())
            .filter(|group| !group.is_empty())
            .collect();
        if groups.len() > 1 {
            for start in 0..groups.len() - 1 {
                add(&groups[start..].concat());
            }
        }
    }
    for text in [&row.table, &row.occasion, &row.benefits, &row.client.email]
        .into_iter()
        .flatten()
    {
        add(text);
    }
    for line in &row.details {
        add(line);
    }
    add(&Mark::Origin(row.origin).word());
    if let Some(promoter) = &row.promoter {
        add(&promoter.name);
        add(&Mark::Promoter(&promoter.id).word());
    }
    if row.table.is_none() {
        add(&Mark::NoTable.word());
    }
    if !row.details.is_empty() {
        add(&Mark::Notes.word());
    }
    words
}

/// The index's question for what a person typed, and for marks: every word has to be there, as a prefix, in any order, and every mark. `None`:
/// neither words nor marks.
pub(super) fn question(typed: &str, marks: &[Mark<'_>]) -> Option<String> {
    let mut words: Vec<String> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(12)
        .map(|word| format!("\"{word}\"*"))
        .collect();
    words.extend(marks.iter().map(|mark| format!("\"{}\"", mark.word())));
    (!words.is_empty()).then(|| words.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_typed_is_a_question_of_words() {
        assert_eq!(
            question("  garcía, MARI", &[]).as_deref(),
            Some("\"garcía\"* AND \"MARI\"*")
        );
        assert_eq!(
            question("o'b \"x\" (y) NOT*", &[]).as_deref(),
            Some("\"o\"* AND \"b\"* AND \"x\"* AND \"y\"* AND \"NOT\"*")
        );
        assert_eq!(question(" -*\"'() \u{e000}", &[]), None);
    }
}
