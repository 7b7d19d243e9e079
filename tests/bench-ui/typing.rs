//! From a key press to the frame with the list that it asks for, over all 100,000.

use anyhow::{Result, ensure};
use thirtyfour::Key;

use crate::{figure, page, percentile, window::Window};

/// What people type: names, ends of phones, tables; with and without accents.
const WORDS: [&str; 8] = [
    "lucia fer",
    "nusta",
    "zambrano",
    "593990",
    "iñiguez",
    "oscar m",
    "carlos v",
    "cedeño",
];
const ROUNDS: usize = 4;
/// A list from which a p99 can be read.
const LEAST: usize = 100;

/// Both searches: the desk's table over every night, and the door's.
pub(crate) async fn measure(window: &Window) -> Result<()> {
    window.click("nav-door").await?;
    window.click("search").await?;
    // The door's list is made with the first letter, so the whole left side is looked at.
    page::watch_typing(window, "section").await?;
    report(
        "key press to painted list, door, 100,000, p99",
        typed(window).await?,
    )?;
    window.escape().await?;
    window.click("nav-reservations").await?;
    window.click("span-all").await?;
    window.element("[data-testid='reservation-row']").await?;
    window.click("reservation-search").await?;
    page::watch_typing(window, "[role=grid]").await?;
    report(
        "key press to painted list, desk, 100,000, p99",
        typed(window).await?,
    )
}

fn report(name: &str, mut waits: Vec<f64>) -> Result<()> {
    ensure!(
        waits.len() >= LEAST,
        "only {} presses made another list",
        waits.len()
    );
    figure(name, percentile(&mut waits, 0.99), "ms", Some(50.0), None);
    figure(
        &name.replace("p99", "p50"),
        percentile(&mut waits, 0.5),
        "ms",
        None,
        None,
    );
    Ok(())
}

async fn typed(window: &Window) -> Result<Vec<f64>> {
    let back = Key::Backspace.value().to_string();
    for word in WORDS.iter().cycle().take(WORDS.len() * ROUNDS) {
        let letters: Vec<String> = word.chars().map(String::from).collect();
        for key in letters.iter().chain(std::iter::repeat_n(&back, letters.len())) {
            let before = page::waits(window).await?.len() as u64;
            window.press(key).await?;
            page::one_more(window, before).await?;
        }
    }
    page::waits(window).await
}
