//! `import`, `export`, `backup`, `restore`, `check`.

use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use portero_hub::bulk::{Format, RefusedImport, What};
use portero_hub::{Error, Store};
use portero_protocol::problem::Code;
use portero_protocol::sealed;
use serde_json::json;

use super::store::{StoreArgument, require};
use super::{Result, print_line, wrong};

/// Bytes that tell an outbox from a CSV file.
const START: u64 = 64;

/// Import reservations from a CSV file, all of its rows or none; or an outbox that a laptop exported.
#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(flatten)]
    store: StoreArgument,
    /// A CSV file whose headers are the contract's fields (cliente.nombre, numeroPersonas, fecha, hora …), or the signed file of
    /// `export-outbox`; importing either twice adds nothing
    file: PathBuf,
}

impl Import {
    pub(crate) fn run(self) -> Result {
        require(&self.file)?;
        let mut start = Vec::new();
        File::open(&self.file)?.take(START).read_to_end(&mut start)?;
        if sealed::is_outbox(&start) {
            let store = self.store.open()?;
            return print_line(&store.import_outbox(&std::fs::read(&self.file)?)?);
        }
        let store = self.store.open_or_create()?;
        let bar = progress();
        let shown = bar.clone();
        let file = BufReader::new(File::open(&self.file)?);
        let done = store.import(file, move |rows| shown.set_position(rows));
        bar.finish_and_clear();
        match done {
            Ok(imported) => {
                if !imported.ignored_columns.is_empty() {
                    tracing::warn!(
                        columns = imported.ignored_columns.join(", "),
                        "columns that the hub sets by itself were not imported"
                    );
                }
                print_line(&imported)
            }
            Err(RefusedImport::Failed(error)) => Err(error),
            Err(RefusedImport::Rows(rows)) => {
                let mut err = std::io::stderr().lock();
                for row in &rows {
                    writeln!(err, "{}:{}: {}", self.file.display(), row.line, row.why)?;
                }
                Err(Error::new(
                    Code::InvalidBody,
                    format!("{} rows cannot be taken, so none was", rows.len()),
                ))
            }
        }
    }
}

/// On a terminal alone; machines read the output.
fn progress() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {pos} rows, {elapsed}")
        .unwrap_or(ProgressStyle::default_spinner());
    ProgressBar::new_spinner().with_style(style)
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum WhatName {
    /// Reservations that are not deleted
    Reservas,
    /// Every entry and undo
    Entradas,
    /// Conflicts, open and decided
    Conflictos,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    /// With a header line
    Csv,
    /// One array
    Json,
}

/// Export a list to standard output.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    store: StoreArgument,
    /// Which list
    #[arg(long)]
    what: WhatName,
    /// As what
    #[arg(long)]
    format: FormatName,
}

impl Export {
    pub(crate) fn run(self) -> Result {
        let what = match self.what {
            WhatName::Reservas => What::Reservations,
            WhatName::Entradas => What::Entries,
            WhatName::Conflictos => What::Conflicts,
        };
        let format = match self.format {
            FormatName::Csv => Format::Csv,
            FormatName::Json => Format::Json,
        };
        let out = BufWriter::new(std::io::stdout().lock());
        self.store.open()?.export(what, format, out)?;
        Ok(())
    }
}

/// Write a consistent copy to a new file; the hub may serve meanwhile.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    store: StoreArgument,
    /// A file that does not exist yet
    file: PathBuf,
}

impl Backup {
    pub(crate) fn run(self) -> Result {
        self.store.open()?.backup(&self.file)?;
        print_line(&json!({"backup": self.file}))
    }
}

/// Put a backup in the place of a database that nobody serves; the one before it is kept beside it.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    store: StoreArgument,
    /// A file that `backup` wrote
    file: PathBuf,
}

impl Restore {
    pub(crate) fn run(self) -> Result {
        require(&self.file)?;
        let path = self.store.path()?;
        print_line(&Store::restore(&path, &self.file)?)
    }
}

/// Prove the database; exit 1 where it is not as it has to be.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    store: StoreArgument,
}

impl Check {
    pub(crate) fn run(self) -> Result {
        let report = self.store.open()?.check()?;
        print_line(&report)?;
        if report.ok {
            Ok(())
        } else {
            Err(wrong(format!(
                "the database has {} problems",
                report.problems.len()
            )))
        }
    }
}
