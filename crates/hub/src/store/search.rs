//! Folding text so that a person finds "José Muñoz" by "jose munoz".

use portero_protocol::reservation::Reservation;

/// Lower case without the marks of Latin letters. Other characters stay as they are.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(plain).collect()
}

fn plain(letter: char) -> char {
    match letter {
        'á' | 'à' | 'ä' | 'â' | 'ã' | 'å' | 'ā' => 'a',
        'é' | 'è' | 'ë' | 'ê' | 'ē' | 'ė' => 'e',
        'í' | 'ì' | 'ï' | 'î' | 'ī' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' | 'ō' | 'ø' => 'o',
        'ú' | 'ù' | 'ü' | 'û' | 'ū' => 'u',
        'ñ' => 'n',
        'ç' | 'ć' | 'č' => 'c',
        'ý' | 'ÿ' => 'y',
        'š' | 'ś' => 's',
        'ž' | 'ź' | 'ż' => 'z',
        other => other,
    }
}

/// Every field in which a person looks for something, folded.
pub(super) fn text_of(row: &Reservation) -> String {
    let promoter = row.promoter.as_ref().map(|promoter| promoter.name.as_str());
    let fields = [
        Some(row.client.name.as_str()),
        row.client.phone.as_deref(),
        row.client.email.as_deref(),
        row.table.as_deref(),
        row.occasion.as_deref(),
        row.benefits.as_deref(),
        promoter,
        Some(row.id.as_str()),
    ];
    let mut text = String::new();
    for field in fields
        .into_iter()
        .flatten()
        .chain(row.details.iter().map(String::as_str))
    {
        text.push_str(&fold(field));
        text.push('\n');
    }
    text
}

/// The patterns of a search: each word has to be somewhere.
pub(super) fn patterns(query: &str) -> Vec<String> {
    query
        .split_whitespace()
        .take(8)
        .map(|word| {
            let word = fold(word)
                .replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_");
            format!("%{word}%")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_case_do_not_matter_and_wildcards_are_letters() {
        assert_eq!(fold("José MUÑOZ Çelik"), "jose munoz celik");
        assert_eq!(patterns("50% Ana"), vec!["%50\\%%", "%ana%"]);
    }
}
