//! The command line of `portero`.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// The door app that never stops.
#[derive(Debug, Clone, Parser)]
#[command(name = "portero", version, about)]
pub(crate) struct Options {
    /// A demo venue of tonight with 200 reservations, an embedded hub and a simulated camera.
    #[arg(long)]
    pub(crate) demo: bool,
    /// Where this device keeps its data; one process a folder.
    #[arg(long, value_name = "DIR", env = "PORTERO_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// A settings file that counts more than the saved one.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The hub to join for this run.
    #[arg(long, value_name = "URL", requires = "token_file")]
    pub(crate) hub: Option<String>,
    /// A file with this device's token.
    #[arg(long, value_name = "F", requires = "hub")]
    pub(crate) token_file: Option<PathBuf>,
    /// `none`, a camera's number, `sim` (drawn, 15 pictures a second; `sim:30` for another number), or `file:GLOB` (pictures as frames).
    #[arg(long, value_name = "none|N|sim[:FPS]|file:GLOB")]
    pub(crate) camera: Option<String>,
    /// The window's language for this run.
    #[arg(long)]
    pub(crate) lang: Option<Lang>,
    /// Fill the screen.
    #[arg(long)]
    pub(crate) fullscreen: bool,
}

/// The window's languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Spanish.
    Es,
    /// English.
    En,
}

impl Lang {
    /// Its code.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
        }
    }
}
