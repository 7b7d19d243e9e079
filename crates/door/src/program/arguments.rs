//! What the program is started with.

use std::path::PathBuf;

use clap::Parser;

/// A door without a window: for kiosks, turnstiles and scripts.
///
/// JSON lines. The first line out is {"event":"ready","deviceId":…}. One request a line in, with an `id`; one answer a line out with the same `id`.
/// Lines with `event` come by themselves. The end of the input ends it; what was recorded stays in the data folder and is delivered the next time.
#[derive(Debug, Parser)]
#[command(name = "portero-door", version)]
pub(crate) struct Arguments {
    /// The hub's address [default: the setting hub.url]
    #[arg(long, value_name = "URL")]
    pub(crate) hub: Option<String>,
    /// The folder that holds this door's facts. One process at a time
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
    /// A file with this device's token (or `PORTERO_TOKEN` in the environment)
    #[arg(long, value_name = "F", conflicts_with = "invite_file")]
    pub(crate) token_file: Option<PathBuf>,
    /// A file with an invitation's code, which is exchanged for a token once
    #[arg(long, value_name = "F")]
    pub(crate) invite_file: Option<PathBuf>,
    /// The door's name, as "Puerta 1" [default: the one that it had]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// A settings file, over the saved one
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// A setting for this run, as sse.enabled=false
    #[arg(long, value_name = "KEY=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(String, String)>,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.trim().to_owned(), value.to_owned()))
        .ok_or_else(|| format!("`{text}` is not KEY=VALUE"))
}
