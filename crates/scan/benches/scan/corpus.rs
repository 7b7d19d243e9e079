//! Pictures with what is to be read from them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use portero_scan::luma::Luma;
use portero_scan::read_picture;
use portero_scan::synth::conditions::Condition;

/// A picture, and the texts that may be read from it; none for one without a code.
pub(crate) struct Picture {
    pub(crate) name: String,
    pub(crate) condition: String,
    pub(crate) texts: Vec<String>,
    pub(crate) plane: Arc<Luma>,
    /// Every text in it is known, so that any other is wrong.
    pub(crate) complete: bool,
}

impl Picture {
    /// Whether this is one of the texts. Where a text holds more than ASCII, readers differ in how
    /// they guess its character set: then what is printable ASCII counts.
    pub(crate) fn right(&self, read: &str) -> bool {
        let plain = |s: &str| {
            s.chars()
                .filter(|c| (' '..='~').contains(c))
                .collect::<String>()
                .trim()
                .to_owned()
        };
        self.texts
            .iter()
            .any(|t| *t == read || (!t.is_ascii() && plain(t) == plain(read)))
    }
}

/// Frames drawn by condition.
pub(crate) fn drawn(seed: u64, frames: usize) -> impl Iterator<Item = Picture> {
    Condition::ALL.into_iter().flat_map(move |condition| {
        (0..frames).map(move |i| {
            let drawn = condition.draw(seed, i, frames);
            Picture {
                name: format!("{i}"),
                condition: format!("drawn {}", condition.name()),
                texts: drawn.texts,
                plane: Arc::new(drawn.luma),
                complete: true,
            }
        })
    })
}

/// Pictures of the corpus that `PORTERO_QR_CORPUS` names: a folder, or a tar.gz that is unpacked first.
pub(crate) fn photographs() -> Option<impl Iterator<Item = Picture>> {
    let path = PathBuf::from(std::env::var_os("PORTERO_QR_CORPUS")?);
    let folder = if path.is_dir() { path } else { unpack(&path) };
    let index = find(&folder).unwrap_or_else(|| panic!("no index.tsv in {}", folder.display()));
    let base = index.parent().unwrap().to_owned();
    let lines: Vec<String> = std::fs::read_to_string(index)
        .unwrap()
        .lines()
        .skip(1)
        .map(str::to_owned)
        .collect();
    Some(lines.into_iter().map(move |line| {
        let mut fields = line.split('\t');
        let (path, texts, condition) = (
            fields.next().unwrap(),
            fields.next().unwrap(),
            fields.next().unwrap(),
        );
        let kind = condition.split(':').take(2).collect::<Vec<_>>().join(" ");
        let plane = read_picture(&std::fs::read(base.join(path)).unwrap()).unwrap();
        Picture {
            name: path.to_owned(),
            complete: !kind.starts_with("photo"),
            // Its drawn frames are few a condition: one row for all.
            condition: if kind.starts_with("synth") {
                "qr-dev synth".into()
            } else {
                kind
            },
            texts: serde_json::from_str(texts).unwrap(),
            plane,
        }
    }))
}

fn unpack(archive: &Path) -> PathBuf {
    let folder = std::env::temp_dir().join("portero-qr-corpus");
    std::fs::create_dir_all(&folder).unwrap();
    let status = Command::new("tar")
        .arg("xzf")
        .arg(archive)
        .arg("-C")
        .arg(&folder)
        .status()
        .expect("tar");
    assert!(status.success(), "{} cannot be unpacked", archive.display());
    folder
}

fn find(folder: &Path) -> Option<PathBuf> {
    let here = folder.join("index.tsv");
    if here.is_file() {
        return Some(here);
    }
    std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|e| e.path().join("index.tsv"))
        .find(|p| p.is_file())
}
