//! `draw CODE FILE`

use std::path::PathBuf;

use portero_scan::qr;

use super::Failure;

#[derive(clap::Args)]
pub(super) struct Args {
    /// What the code holds.
    code: String,
    /// A file that ends in .png or .svg.
    file: PathBuf,
    /// Pixels a module, for PNG.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=64))]
    scale: u8,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let extension = args.file.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let drawn = match extension {
        "png" => qr::png(&args.code, usize::from(args.scale)),
        "svg" => qr::svg(&args.code).map(String::into_bytes),
        other => {
            let message =
                format!("“{other}” is no kind of picture that is drawn here: end the file in .png or .svg");
            return Err(Failure::new("bad_picture_kind", message));
        }
    };
    let bytes = drawn.map_err(|e| Failure::new(e.code(), e.to_string()))?;
    std::fs::write(&args.file, bytes).map_err(|e| {
        Failure::new(
            "unwritable_file",
            format!("{} cannot be written: {e}", args.file.display()),
        )
    })
}
