//! `decode FILE…`

use std::path::PathBuf;
use std::sync::Arc;

use portero_scan::decode::StillDecoder;
use portero_scan::luma::Luma;
use portero_scan::{PictureError, read_picture};
use serde_json::{Value, json};

use super::{Failure, content, line, rounded};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Pictures: PNG, JPEG, WebP, GIF, BMP or PNM.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let mut decoder = StillDecoder::new();
    for file in &args.files {
        let name = file.display().to_string();
        let picture = std::fs::read(file)
            .map_err(PictureError::from)
            .and_then(|bytes| read_picture(&bytes));
        line(&match picture {
            Ok(plane) => read(&mut decoder, &name, &plane),
            Err(error) => {
                json!({"file": name, "error": {"code": error.code(), "message": error.to_string()}})
            }
        })?;
    }
    Ok(())
}

fn read(decoder: &mut StillDecoder, name: &str, plane: &Arc<Luma>) -> Value {
    let reading = decoder.decode(plane);
    let codes: Vec<_> = reading
        .codes
        .iter()
        .map(|code| {
            let mut map = content(&code.bytes, &code.text);
            map.insert("decoder".into(), json!(code.decoder.name()));
            map.insert(
                "corners".into(),
                json!(code.corners.map(|c| c.map(|v| v.round() as i32))),
            );
            Value::Object(map)
        })
        .collect();
    json!({"file": name, "codes": codes, "ms": rounded(reading.ms)})
}
