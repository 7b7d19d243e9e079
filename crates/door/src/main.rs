//! `portero-door`: a door without a window. One JSON request a line on standard input, one answer a line on standard output.

use std::process::ExitCode;

use clap::Parser as _;

mod program;

fn main() -> ExitCode {
    let arguments = program::Arguments::parse();
    tracing_subscriber::fmt()
        // A log on a full disk is lost. Saying so on the same disk would panic, and end what the log is about.
        .log_internal_errors(false)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return program::failed(&format!("no runtime could be started: {error} (internal)")),
    };
    let ended = runtime.block_on(program::run(arguments));
    // Standard input may still be read by a thread that nothing can wake.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => program::failed(&format!("{} ({})", error.message, error.code.as_str())),
    }
}
