//! What a reservation is found by, and how a person's typing becomes a question.

use portero_protocol::reservation::Reservation;

/// The words of a row: name, phone, table, occasion, promoter, notes. Case and accents are the index's matter.
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
    for text in [&row.table, &row.occasion, &row.client.email]
        .into_iter()
        .flatten()
    {
        add(text);
    }
    if let Some(promoter) = &row.promoter {
        add(&promoter.name);
    }
    for line in &row.details {
        add(line);
    }
    words
}

/// The index's question for what a person typed: every word has to be there, as a prefix, in any order. `None`: no words.
pub(super) fn question(typed: &str) -> Option<String> {
    let words: Vec<String> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(12)
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_typed_is_a_question_of_words() {
        assert_eq!(
            question("  garcía, MARI").as_deref(),
            Some("\"garcía\"* AND \"MARI\"*")
        );
        assert_eq!(
            question("o'b \"x\" (y) NOT*").as_deref(),
            Some("\"o\"* AND \"b\"* AND \"x\"* AND \"y\"* AND \"NOT\"*")
        );
        assert_eq!(question(" -*\"'() "), None);
    }
}
