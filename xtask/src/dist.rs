//! `cargo xtask dist`: what other machines install.

use std::{env, fs, process::ExitCode};

use anyhow::{Context, Result};

use crate::{
    files,
    place::Place,
    setup::{self, Purpose},
};

/// The programs without a window, which are copied as they are.
const PROGRAMS: &[&str] = &["portero-hub", "portero-door", "portero-scan"];

/// Installers that each system can make of itself, without fetching tools of others while it does.
const BUNDLES: &str = if cfg!(target_os = "macos") {
    "app,dmg"
} else if cfg!(windows) {
    "nsis"
} else {
    "deb,rpm"
};

/// Builds them and says where they are.
///
/// # Errors
/// Where something is missing or does not build.
pub(crate) fn run(place: &Place) -> Result<ExitCode> {
    let mut steps = setup::prepare(place, Purpose::Build, 2)?;
    let mut app = place.command("npx");
    app.args(["--no-install", "tauri", "build", "--bundles", BUNDLES]);
    steps.must(
        &format!("building the app and its installers ({BUNDLES})"),
        vec![app],
    )?;
    let mut programs = place.cargo("build --release");
    for program in PROGRAMS {
        programs.args(["--package", program]);
    }
    steps.must("building the programs without a window", vec![programs])?;

    let release = place.target.join("release");
    let folder = place.target.join("dist");
    fs::create_dir_all(&folder)?;
    for program in PROGRAMS {
        let file = format!("{program}{}", env::consts::EXE_SUFFIX);
        fs::copy(release.join(&file), folder.join(&file)).with_context(|| format!("{file} was not built"))?;
    }
    let bundle = release.join("bundle");
    for kind in BUNDLES
        .split(',')
        .map(|kind| if kind == "app" { "macos" } else { kind })
    {
        for file in files::below(&bundle.join(kind))? {
            if installer(&file) {
                println!("{}", bundle.join(kind).join(file).display());
            }
        }
    }
    for program in PROGRAMS {
        println!("{}", folder.join(program).display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The bundler leaves its scaffolding beside what it makes.
fn installer(file: &str) -> bool {
    !file.contains('/')
        && [".deb", ".rpm", ".dmg", ".exe"]
            .iter()
            .any(|end| file.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaffolding_is_no_installer() {
        assert!(installer("Portero_0.1.0_amd64.deb"));
        assert!(!installer("Portero_0.1.0_amd64/control.tar.gz"));
        assert!(!installer("rw.dmg.sh"));
    }
}
