//! Writes what Tauri needs at compile time: the window's permissions, one for each command.

mod list {
    include!("src/commands/list.rs");
}

fn main() {
    const CAPABILITIES: &str = "./src-tauri/capabilities/**/*.json";
    // Tauri watches only its own default folder.
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/src/commands/list.rs");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern(CAPABILITIES)
        .app_manifest(tauri_build::AppManifest::new().commands(list::COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}
