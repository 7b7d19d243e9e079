//! Portero's desktop app: a thin shell around the door, the camera and, where it is wanted, a hub. It forwards and decides nothing.
//!
//! | module | subject |
//! |---|---|
//! | `options` | the command line |
//! | `app`, `stage` | the app, and how it gets from start to a running door |
//! | `setup` | what this device was set up as |
//! | `session` | a running door: hub, door, camera |
//! | `hosting` | the hub in this process |
//! | `joining` | a camera that looks for an invitation |
//! | `desk` | who was found goes to the door, once |
//! | `camera` | what the camera reads goes to the desk |
//! | `sound` | a tone for each meaning |
//! | `export`, `downloads` | lists and tickets as files |
//! | `commands` | what the window can ask for |
//! | `events` | what the window is told by itself |
//! | `preferences` | language, theme, loudness |
//! | `view`, `house`, `error` | what crosses the border to the window |
//! | `window`, `doorbell` | the one window, and one a data folder |
//! | `awake` | the screen stays on |

mod app;
mod awake;
mod camera;
mod commands;
mod desk;
mod doorbell;
mod downloads;
mod error;
mod events;
mod export;
mod hand_scanner;
mod hosting;
mod house;
mod joining;
mod options;
mod preferences;
mod session;
mod setup;
mod sound;
mod stage;
mod view;
mod window;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use tauri::{Manager, RunEvent};
use tracing_subscriber::EnvFilter;

use portero_protocol::problem::Code;

use crate::app::App;
use crate::commands::{
    camera as camera_commands, carry, door, files, house as house_commands, many, night, reservations,
    startup, tables, window as window_commands,
};
use crate::error::ErrorView;
use crate::options::Options;

/// Runs the app until its window is closed.
#[must_use]
pub fn main() -> ExitCode {
    let options = Options::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        // A log on a full disk is lost. Saying so on the same disk would panic, and end what the log is about.
        .log_internal_errors(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), ErrorView> {
    let app = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![
            startup::startup,
            startup::choose,
            startup::set_preference,
            startup::window_focused,
            window_commands::set_fullscreen,
            window_commands::set_zoom,
            window_commands::keep_awake,
            window_commands::usable,
            window_commands::check_door,
            door::identity,
            door::status,
            door::scan,
            door::admit,
            door::undo,
            door::recent,
            door::tonight,
            door::search,
            door::play_sound,
            reservations::list,
            reservations::get,
            reservations::create,
            reservations::update,
            reservations::remove,
            reservations::reissue,
            reservations::ticket,
            files::save_ticket,
            files::export_start,
            files::export_more,
            files::export_stop,
            reservations::history,
            many::list_ids,
            many::promoters,
            many::change_many,
            many::edit_many,
            many::remove_many,
            many::import_rows,
            reservations::month_load,
            reservations::conflicts,
            reservations::resolve,
            night::night,
            night::report,
            night::last_hour,
            tables::save_table,
            house_commands::venue,
            house_commands::change_venue,
            house_commands::devices,
            house_commands::invite_device,
            house_commands::change_device,
            house_commands::revoke_device,
            house_commands::settings,
            house_commands::join_look,
            house_commands::join_stop,
            house_commands::read_invitation,
            carry::outbox,
            carry::deliver_again,
            carry::give_up,
            carry::export_outbox,
            carry::import_outbox,
            carry::figures,
            camera_commands::cameras,
            camera_commands::select_camera,
            camera_commands::scan_again,
            camera_commands::camera_dials,
            camera_commands::turn_camera,
            camera_commands::camera_status,
            camera_commands::serial_ports,
            camera_commands::serial_status,
            camera_commands::frame_view,
            camera_commands::preview,
        ])
        .setup(move |tauri_app| {
            let handle = tauri_app.handle().clone();
            let root = data_dir(&handle, &options)?;
            let folder = if options.demo {
                root.join("demo")
            } else {
                root.clone()
            };
            if doorbell::ring(&folder) {
                tracing::info!("Portero is open on this data folder already: its window is in front now");
                // Nothing has been opened yet, and the event loop that could be told to end has not begun.
                std::process::exit(0);
            }
            tauri_app.manage(App::new(handle.clone(), options.clone(), root)?);
            tauri_app.manage(export::Exports::default());
            window::open(&handle, &options)?;
            answer_the_door(&folder, &handle);
            tauri::async_runtime::spawn(start(handle));
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|handle, event| {
        if let RunEvent::Exit = event {
            tauri::async_runtime::block_on(handle.state::<App>().end());
        }
    });
    Ok(())
}

/// Starts the door beside the window. A bug there has to be seen: a window that waits for ever says nothing.
async fn start(handle: tauri::AppHandle) {
    let starting = handle.clone();
    let started = tauri::async_runtime::spawn(async move { starting.state::<App>().start().await }).await;
    if let Err(error) = started {
        handle
            .state::<App>()
            .fail(ErrorView::new(Code::Internal, error.to_string()))
            .await;
    }
}

/// Another start on the same folder brings this window to the front. Without that, Portero works all the same.
fn answer_the_door(folder: &Path, handle: &tauri::AppHandle) {
    let handle = handle.clone();
    if let Err(error) = doorbell::answer(folder, move || window::show(&handle)) {
        tracing::warn!("a second start will not find this window: {error}");
    }
}

fn data_dir(handle: &tauri::AppHandle, options: &Options) -> Result<PathBuf, ErrorView> {
    match &options.data_dir {
        Some(folder) => Ok(folder.clone()),
        None => Ok(handle.path().app_local_data_dir()?),
    }
}
