//! The JavaScript of the built window, packed as it would go over a wire.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};

use crate::figure;

/// What a start reads besides what its page names: the way to Rust, and the words of one language.
const ALSO: [&str; 2] = ["tauri-", "es-"];
/// The words of the other language, which nobody reads who speaks the first.
const NOT: &str = "en-";

/// What a start loads, and what is loaded once somebody has been everywhere; both in one language.
pub(crate) fn measure() -> Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/dist");
    let page = fs::read_to_string(dist.join("index.html"))
        .with_context(|| format!("{} is not built", dist.display()))?;
    let all = scripts(&dist.join("assets"))?;
    let begins = |file: &PathBuf, prefix: &str| name(file).starts_with(prefix);
    let mut start: BTreeSet<_> = all
        .iter()
        .filter(|file| page.contains(&name(file)) || ALSO.iter().any(|also| begins(file, also)))
        .cloned()
        .collect();
    // What those import at once, and what that imports.
    while let Some(more) = imported(&start, &all)? {
        start.extend(more);
    }
    report("JavaScript that a start loads, gzipped", &start, Some(120.0))?;
    let everywhere = all.into_iter().filter(|file| !begins(file, NOT)).collect();
    report("JavaScript of every screen, gzipped", &everywhere, None)
}

fn report(what: &str, files: &BTreeSet<PathBuf>, budget: Option<f64>) -> Result<()> {
    let mut sum = 0;
    for file in files {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&fs::read(file)?)?;
        sum += gzip.finish()?.len();
    }
    figure(what, sum as f64 / 1_000.0, "kB", budget, None);
    Ok(())
}

fn scripts(assets: &Path) -> Result<BTreeSet<PathBuf>> {
    let entries = fs::read_dir(assets).with_context(|| format!("{} is not built", assets.display()))?;
    let files = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    Ok(files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|is| is == "js"))
        .collect())
}

/// What these import at once (`from"./x.js"`, `import"./x.js"`) and is not among them; nothing where that is all.
fn imported(these: &BTreeSet<PathBuf>, all: &BTreeSet<PathBuf>) -> Result<Option<Vec<PathBuf>>> {
    let mut text = String::new();
    for file in these {
        text.push_str(&fs::read_to_string(file)?);
    }
    let named = |file: &PathBuf| {
        let name = name(file);
        ["from", "import"].iter().any(|word| {
            text.contains(&format!(r#"{word}"./{name}""#)) || text.contains(&format!("{word}`./{name}`"))
        })
    };
    let more: Vec<_> = all
        .difference(these)
        .filter(|file| named(file))
        .cloned()
        .collect();
    Ok((!more.is_empty()).then_some(more))
}

fn name(file: &Path) -> String {
    file.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
