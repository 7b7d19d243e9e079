//! What lists are sorted by: names as a person looks them up, and tables as they are counted.

use portero_protocol::reservation::Reservation;
use rusqlite::params;

use super::Slot;
use crate::error::Result;

/// Digits of a number within a text: as many as a table's or a phone's may have.
const DIGITS: usize = 12;

/// Keeps what a row is sorted by.
pub(super) fn keep(slot: Slot<'_>, place: i64, row: &Reservation) -> Result<()> {
    let seat = row.table.as_deref().map(key).filter(|key| !key.is_empty());
    let promoter = row.promoter.as_ref().map(|promoter| key(&promoter.name));
    slot.sql("INSERT INTO sort_# (place, name, seat, promoter) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![place, key(&row.client.name), seat, promoter])?;
    Ok(())
}

/// Forgets it.
pub(super) fn drop(slot: Slot<'_>, place: i64) -> Result<()> {
    slot.sql("DELETE FROM sort_# WHERE place = ?1")?
        .execute([place])?;
    Ok(())
}

/// A text so that its bytes are in a person's order: without case and accents, ñ after n, and numbers by what they count (4 before 12).
fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len() + DIGITS);
    let mut digits = String::new();
    for letter in text.trim().chars().flat_map(char::to_lowercase) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        count(&mut key, &mut digits);
        match plain(letter) {
            Some(plain) => key.push_str(plain),
            None => key.push(letter),
        }
    }
    count(&mut key, &mut digits);
    key
}

fn count(key: &mut String, digits: &mut String) {
    if digits.is_empty() {
        return;
    }
    let number = digits.trim_start_matches('0');
    key.extend(std::iter::repeat_n('0', DIGITS.saturating_sub(number.len())));
    key.push_str(number);
    digits.clear();
}

/// The letter under an accent, of the languages of Europe's west and middle; `None`: it is as it is.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' | 'ľ' => "l",
        // A letter of its own in Spanish: after all that begin with n and another letter.
        'ñ' => "n~",
        'ń' | 'ň' => "n",
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' => "s",
        'ß' => "ss",
        'ť' | 'ţ' => "t",
        'ú' | 'ù' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        // Accents that stand for themselves.
        '\u{300}'..='\u{36f}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_order(texts: &[&str]) -> Vec<String> {
        let mut sorted: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        sorted.sort_by_key(|text| key(text));
        sorted
    }

    #[test]
    fn names_are_where_a_person_looks_for_them() {
        assert_eq!(
            in_order(&[
                "Zoe", "Ñusta", "nuria", "Óscar", "ana", "Álvaro", "Nzinga", "Oscar B"
            ]),
            [
                "Álvaro", "ana", "nuria", "Nzinga", "Ñusta", "Óscar", "Oscar B", "Zoe"
            ]
        );
    }

    #[test]
    fn tables_are_counted() {
        assert_eq!(
            in_order(&["12", "4", "VIP 10", "VIP 9", "007", "20"]),
            ["4", "007", "12", "20", "VIP 9", "VIP 10"]
        );
    }
}
