//! One window a data folder: a second start shows the first one's window, and ends.
//!
//! The window that is open listens on this computer alone. A file that only this user can read says where, and holds the word
//! that has to be said there: a port is given to another program after a crash, and that one must not be taken for a window.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use crate::error::{ErrorView, Result};
use crate::setup::write_whole;

const FILE: &str = "window.port";
const SHOWN: &str = "shown";
/// Longer than a window takes to answer, and as long as a person waits for a double click.
const PATIENCE: Duration = Duration::from_secs(2);
/// More than a word and its end of line.
const LONGEST: u64 = 100;

/// Asks the window that is open on a folder to show itself; whether there is one and it did.
pub(crate) fn ring(folder: &Path) -> bool {
    let Ok(text) = fs::read_to_string(folder.join(FILE)) else {
        return false;
    };
    let Some((port, word)) = text.trim().split_once(' ') else {
        return false;
    };
    port.parse()
        .is_ok_and(|port| call(port, word).is_ok_and(|answer| answer == SHOWN))
}

/// Shows the window whenever another start rings. `show` is called from a thread of its own.
///
/// # Errors
/// This computer gives no port, or the folder cannot be written.
pub(crate) fn answer(folder: &Path, show: impl Fn() + Send + 'static) -> Result<()> {
    let file = folder.join(FILE);
    let failed = |error: io::Error| ErrorView::file("cannot listen for", &file, &error);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    let word = format!("{:032x}", fastrand::u128(..));
    fs::create_dir_all(folder).map_err(failed)?;
    write_whole(&file, format!("{port} {word}\n").as_bytes())?;
    std::thread::Builder::new()
        .name("doorbell".to_owned())
        .spawn(move || {
            for caller in listener.incoming().flatten() {
                match hear(&caller, &word) {
                    Ok(true) => {
                        show();
                        // Who hangs up without waiting has seen the window as well.
                        let _ = writeln!(&caller, "{SHOWN}");
                    }
                    Ok(false) => tracing::warn!("something on this computer rang with a wrong word"),
                    Err(error) => tracing::debug!("a call was not finished: {error}"),
                }
            }
        })
        .map_err(failed)?;
    Ok(())
}

fn call(port: u16, word: &str) -> io::Result<String> {
    let mut line = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE)?;
    line.set_read_timeout(Some(PATIENCE))?;
    line.set_write_timeout(Some(PATIENCE))?;
    writeln!(line, "{word}")?;
    one_line(&line)
}

fn hear(caller: &TcpStream, word: &str) -> io::Result<bool> {
    caller.set_read_timeout(Some(PATIENCE))?;
    caller.set_write_timeout(Some(PATIENCE))?;
    Ok(one_line(caller)? == word)
}

fn one_line(stream: &TcpStream) -> io::Result<String> {
    let mut text = String::new();
    BufReader::new(stream.take(LONGEST)).read_line(&mut text)?;
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn a_second_start_shows_the_first_window() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!ring(folder.path()), "nobody is there yet");
        let shown = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&shown);
        answer(folder.path(), move || {
            count.fetch_add(1, Ordering::SeqCst);
        })
        .unwrap();
        assert!(ring(folder.path()) && ring(folder.path()));
        assert_eq!(shown.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn another_program_at_the_port_is_no_window_and_a_wrong_word_shows_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let shown = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&shown);
        answer(folder.path(), move || {
            count.fetch_add(1, Ordering::SeqCst);
        })
        .unwrap();
        let file = folder.path().join(FILE);
        let port = fs::read_to_string(&file).unwrap();
        let port = port.split(' ').next().unwrap();
        fs::write(&file, format!("{port} guessed")).unwrap();
        assert!(!ring(folder.path()));
        fs::write(&file, "not a port").unwrap();
        assert!(!ring(folder.path()));
        assert_eq!(shown.load(Ordering::SeqCst), 0);
    }
}
