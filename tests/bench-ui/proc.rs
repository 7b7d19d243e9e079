//! Processes and threads, as `/proc` shows them.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};

/// A process, or a thread of one.
#[derive(Debug)]
pub(crate) struct Task {
    place: PathBuf,
}

impl Task {
    pub(crate) fn process(id: u32) -> Self {
        Self {
            place: format!("/proc/{id}").into(),
        }
    }

    /// As the kernel has its name: 15 characters at most.
    pub(crate) fn name(&self) -> String {
        let name = fs::read_to_string(self.place.join("comm")).unwrap_or_default();
        name.trim_end().to_owned()
    }

    pub(crate) fn threads(&self) -> Vec<Self> {
        let entries = fs::read_dir(self.place.join("task")).into_iter().flatten();
        entries
            .flatten()
            .map(|entry| Self { place: entry.path() })
            .collect()
    }

    /// All processes below it that run now.
    pub(crate) fn below(&self) -> Vec<Self> {
        let mut all = Vec::new();
        for thread in self.threads() {
            let list = fs::read_to_string(thread.place.join("children")).unwrap_or_default();
            for child in list
                .split_whitespace()
                .filter_map(|id| id.parse().ok())
                .map(Self::process)
            {
                all.extend(child.below());
                all.push(child);
            }
        }
        all
    }

    /// Ticks that it has computed; of a process with those of threads that have ended.
    pub(crate) fn ticks(&self) -> Result<f64> {
        let text = fs::read_to_string(self.place.join("stat"))?;
        // The second field is a name in parentheses, and may hold anything; user's and system's time are the 14th and 15th.
        let (_, fields) = text.rsplit_once(')').context("a process without a name")?;
        let fields: Vec<_> = fields.split_whitespace().collect();
        let number =
            |n: usize| -> Result<f64> { Ok(fields.get(n).context("a process without times")?.parse()?) };
        Ok(number(11)? + number(12)?)
    }

    /// What it holds that nobody else holds, and its share of what others hold too, in MB.
    pub(crate) fn pss_mb(&self) -> f64 {
        let text = fs::read_to_string(self.place.join("smaps_rollup")).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("Pss:"));
        let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kb.unwrap_or(0.0) / 1_000.0
    }
}
