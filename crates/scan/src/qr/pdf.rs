//! A ticket as a page to print or to send: who, when, how many, and the code.
//!
//! The fonts are two of those that every reader has (PDF 32000-1, 9.6.2.2), so the page embeds none; they know the letters of Western languages
//! (`WinAnsi`), and another letter shows as a question mark.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

use super::{Modules, QUIET, QrError};

/// A6 upright, in points: two sheets of it make an A5, four an A4.
const PAGE: (f32, f32) = (297.64, 419.53);
const MARGIN: f32 = 30.0;
/// The code with its quiet zone: 70 mm.
const CODE: f32 = 198.4;

const REGULAR: Name<'static> = Name(b"R");
const BOLD: Name<'static> = Name(b"B");

/// What stands on a ticket beside its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketText {
    /// The venue.
    pub venue: String,
    /// Who reserved.
    pub name: String,
    /// When, how many, which table: a line each.
    pub lines: Vec<String>,
    /// Small, at the foot.
    pub foot: String,
}

/// A ticket as a PDF of one page.
///
/// # Errors
/// [`QrError::TooLong`].
pub fn pdf(code: &str, text: &TicketText) -> Result<Vec<u8>, QrError> {
    let modules = Modules::new(code.as_bytes())?;
    let (catalog, tree, page_id) = (Ref::new(1), Ref::new(2), Ref::new(3));
    let (content_id, regular, bold, info) = (Ref::new(4), Ref::new(5), Ref::new(6), Ref::new(7));
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids([page_id]).count(1);
    pdf.document_info(info)
        .title(TextStr(&format!("{} · {}", text.venue, text.name)));
    let mut page = pdf.page(page_id);
    page.media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1))
        .parent(tree)
        .contents(content_id);
    page.resources().fonts().pair(REGULAR, regular).pair(BOLD, bold);
    page.finish();
    for (id, font) in [(regular, &b"Helvetica"[..]), (bold, b"Helvetica-Bold")] {
        pdf.type1_font(id)
            .base_font(Name(font))
            .encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    pdf.stream(content_id, &drawn(&modules, text));
    Ok(pdf.finish())
}

fn drawn(modules: &Modules, text: &TicketText) -> Vec<u8> {
    let mut content = Content::new();
    let mut y = PAGE.1 - MARGIN - 10.0;
    write(&mut content, BOLD, 11.0, y, &text.venue);
    y -= 30.0;
    for line in wrapped(&text.name, 22) {
        write(&mut content, BOLD, 20.0, y, &line);
        y -= 23.0;
    }
    for line in &text.lines {
        write(&mut content, REGULAR, 12.0, y, line);
        y -= 16.5;
    }
    code(&mut content, modules, y.min(CODE + 52.0));
    write(&mut content, REGULAR, 8.0, MARGIN, &text.foot);
    content.finish().into_vec()
}

/// The code with its upper edge at `top`, a run of dark modules as one rectangle.
fn code(content: &mut Content, modules: &Modules, top: f32) {
    let side = modules.size();
    let unit = CODE / units(side + 2 * QUIET);
    // Its quiet zone may reach into the margin, so that code and words have one edge.
    let left = MARGIN - unit * units(QUIET);
    for y in 0..side {
        let mut x = 0;
        while x < side {
            let run = (x..side).take_while(|&i| modules.dark(i, y)).count();
            if run > 0 {
                content.rect(
                    left + unit * units(x + QUIET),
                    top - unit * units(y + QUIET + 1),
                    unit * units(run),
                    unit,
                );
            }
            x += run.max(1);
        }
    }
    content.fill_nonzero();
}

/// A count of modules as a length; a code has 177 on a side at most.
fn units(modules: usize) -> f32 {
    f32::from(u16::try_from(modules).unwrap_or(u16::MAX))
}

fn write(content: &mut Content, font: Name<'_>, size: f32, y: f32, text: &str) {
    content
        .begin_text()
        .set_font(font, size)
        .next_line(MARGIN, y)
        .show(Str(&win_ansi(text)))
        .end_text();
}

/// A text in lines of at most so many characters, two lines at most.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > most && lines.len() < 2 {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    for line in &mut lines {
        if line.chars().count() > most + 2 {
            *line = line.chars().take(most).chain(['…']).collect();
        }
    }
    lines
}

/// PDF 32000-1, annex D.2: Latin-1 but for 0x80 to 0x9f.
fn win_ansi(text: &str) -> Vec<u8> {
    const HIGH: [char; 32] = [
        '€', '?', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '?', 'Ž', '?', '?', '‘', '’', '“',
        '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '?', 'ž', 'Ÿ',
    ];
    text.chars()
        .map(|c| match u8::try_from(u32::from(c)) {
            Ok(byte @ (0x20..=0x7e | 0xa0..=0xff)) => byte,
            _ => (0x80u8..)
                .zip(HIGH)
                .find(|(_, high)| *high == c)
                .map_or(b'?', |(byte, _)| byte),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(name: &str) -> TicketText {
        TicketText {
            venue: "Club Miramar".to_owned(),
            name: name.to_owned(),
            lines: vec![
                "Viernes 27 de noviembre · 21:30".to_owned(),
                "6 personas · Mesa 12".to_owned(),
            ],
            foot: "Emisión 1".to_owned(),
        }
    }

    #[test]
    fn a_ticket_is_one_page_with_its_words_and_every_dark_module() {
        let code = "P1".to_owned() + &"A1".repeat(70);
        let pdf = pdf(&code, &ticket("Lucía Fernández")).unwrap();
        assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"));
        let has = |bytes: &[u8]| pdf.windows(bytes.len()).any(|window| window == bytes);
        // Words with letters beyond ASCII stand in hex, in the fonts' own code.
        let in_hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
        assert!(has(in_hex(b"Luc\xeda Fern\xe1ndez").as_bytes()), "the name");
        assert!(has(in_hex(b"6 personas \xb7 Mesa 12").as_bytes()));
        assert!(has(b"(Club Miramar)"));
        // Every run of dark modules is a rectangle.
        let modules = Modules::new(code.as_bytes()).unwrap();
        let runs: usize = (0..modules.size())
            .map(|y| {
                (0..modules.size())
                    .filter(|&x| modules.dark(x, y) && (x == 0 || !modules.dark(x - 1, y)))
                    .count()
            })
            .sum();
        assert_eq!(pdf.windows(4).filter(|window| *window == b" re\n").count(), runs);
    }

    #[test]
    fn long_names_stay_on_the_page_and_strange_letters_do_no_harm() {
        assert_eq!(
            wrapped("María de los Ángeles Fernández-Villavicencio y Íñiguez", 22).len(),
            2
        );
        assert!(wrapped(&"x".repeat(200), 22)[0].chars().count() <= 24);
        assert_eq!(win_ansi("Łukasz €5 “ñ”"), b"?ukasz \x805 \x93\xf1\x94");
    }
}
