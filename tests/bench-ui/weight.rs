//! The JavaScript of the built window, as it would go over a wire.

use std::{fs, io::Write as _, path::Path};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};

use crate::figure;

/// All of it, and what a start loads: what index.html names, and what that imports at once.
pub(crate) fn measure() -> Result<()> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/dist/assets");
    let mut all = 0;
    for entry in fs::read_dir(&assets).with_context(|| format!("{} is not built", assets.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "js") {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
            gzip.write_all(&fs::read(&path)?)?;
            all += gzip.finish()?.len();
        }
    }
    figure(
        "JavaScript, gzipped, all of it",
        all as f64 / 1_000.0,
        "kB",
        Some(120.0),
        None,
    );
    Ok(())
}
