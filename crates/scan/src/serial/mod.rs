//! A hand scanner on a serial port, as its own source of codes beside the camera.
//!
//! - [`lines`]: from bytes to codes, as a plain state machine
//! - [`status`]: what the window sees of it
//! - [`ports`]: which ports there are
//!
//! A scanner that is unplugged, busy or forbidden is a state with a reason; it is tried again by itself, and
//! the door goes on meanwhile.

mod lines;
mod ports;
mod status;

use std::io::ErrorKind;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use serial2::SerialPort;

use lines::Lines;
pub use ports::{PortInfo, list_ports};
pub use status::{SerialFault, SerialStatus};

/// Speed that scanners are delivered with, in bits a second.
pub const USUAL_BAUD: u32 = 9600;

/// Longest wait for bytes before the clock is looked at.
const PATIENCE: Duration = Duration::from_millis(25);
/// Between two tries to open the port: the first wait, doubled up to the last.
const RETRY: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(4));
/// How long a driver is given to let the port go.
const LET_GO: Duration = Duration::from_secs(1);

/// Which scanner, and how it was set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialSettings {
    /// The port's path or name: `/dev/ttyACM0`, `COM3`.
    pub port: String,
    /// Bits a second.
    pub baud: u32,
    /// What the scanner puts before each code.
    pub prefix: String,
    /// What it puts after each code, besides the end of the line.
    pub suffix: String,
}

/// What a scanner on a serial port tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SerialEvent {
    /// A code, without what the scanner put around it.
    Code(Vec<u8>),
    /// The port's state changed.
    Status(SerialStatus),
}

/// A scanner that is listened to. Dropping it lets the port go.
#[derive(Debug)]
pub struct SerialScanner {
    stop: Option<Sender<()>>,
    ended: Receiver<()>,
}

impl SerialScanner {
    /// Starts to listen. `on_event` is called on the scanner's thread.
    pub fn start(settings: SerialSettings, on_event: impl Fn(SerialEvent) + Send + 'static) -> Self {
        let (stop, stopped) = mpsc::channel();
        let (end, ended) = mpsc::channel::<()>();
        let run = move || {
            run(&settings, &stopped, &on_event);
            drop(end);
        };
        if let Err(error) = thread::Builder::new().name("serial".into()).spawn(run) {
            tracing::error!(%error, "no thread for the scanner on a serial port");
        }
        Self {
            stop: Some(stop),
            ended,
        }
    }
}

impl Drop for SerialScanner {
    fn drop(&mut self) {
        self.stop = None;
        // The next one may want the same port. A driver that hangs is left behind.
        if self.ended.recv_timeout(LET_GO) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!("the serial port is not let go");
        }
    }
}

fn run(settings: &SerialSettings, stopped: &Receiver<()>, on_event: &dyn Fn(SerialEvent)) {
    let mut wait = RETRY.0;
    let mut told = None;
    let mut tell = |status: SerialStatus| {
        if told.as_ref() != Some(&status) {
            log(&status);
            told = Some(status.clone());
            on_event(SerialEvent::Status(status));
        }
    };
    loop {
        let (reason, detail) = match open(settings) {
            Ok(port) => {
                wait = RETRY.0;
                tell(SerialStatus::Running {
                    port: settings.port.clone(),
                });
                match listen(&port, settings, stopped, on_event) {
                    Some(fault) => fault,
                    None => return,
                }
            }
            Err(error) => (fault(&error), error.to_string()),
        };
        tell(SerialStatus::Unavailable {
            port: settings.port.clone(),
            reason,
            detail,
        });
        if stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        wait = (wait * 2).min(RETRY.1);
    }
}

fn open(settings: &SerialSettings) -> std::io::Result<SerialPort> {
    // Raw, eight bits, no parity, one stop bit.
    let mut port = SerialPort::open(&settings.port, settings.baud)?;
    port.set_read_timeout(PATIENCE)?;
    Ok(port)
}

/// Gives codes until the port is gone, and says how it went; `None`: it is to stop.
fn listen(
    port: &SerialPort,
    settings: &SerialSettings,
    stopped: &Receiver<()>,
    on_event: &dyn Fn(SerialEvent),
) -> Option<(SerialFault, String)> {
    let mut lines = Lines::new(settings.prefix.as_bytes(), settings.suffix.as_bytes());
    let start = Instant::now();
    let mut bytes = [0; 512];
    loop {
        if stopped.try_recv() != Err(TryRecvError::Empty) {
            return None;
        }
        let read = port.read(&mut bytes);
        let now = start.elapsed().as_millis() as u64;
        match read {
            Ok(0) => return Some((SerialFault::Unplugged, "the port ended".to_owned())),
            Ok(count) => {
                let code = |&byte: &u8| lines.on(byte, now);
                let codes: Vec<_> = bytes[..count].iter().filter_map(code).collect();
                codes
                    .into_iter()
                    .for_each(|code| on_event(SerialEvent::Code(code)));
            }
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => {
                if let Some(code) = lines.tick(now) {
                    on_event(SerialEvent::Code(code));
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Whatever the system calls it: the port was open, and no longer is.
            Err(error) => return Some((SerialFault::Unplugged, error.to_string())),
        }
    }
}

fn fault(error: &std::io::Error) -> SerialFault {
    match error.kind() {
        ErrorKind::NotFound => SerialFault::NotFound,
        ErrorKind::ResourceBusy => SerialFault::Busy,
        // Windows says so of a port that another program has open.
        ErrorKind::PermissionDenied if cfg!(windows) => SerialFault::Busy,
        ErrorKind::PermissionDenied => SerialFault::Denied,
        _ => SerialFault::Failed,
    }
}

fn log(status: &SerialStatus) {
    match status {
        SerialStatus::Off => {}
        SerialStatus::Running { port } => tracing::info!(port, "the scanner's port is open"),
        SerialStatus::Unavailable { port, reason, detail } => {
            tracing::warn!(port, ?reason, detail, "no scanner on this port")
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_what_a_person_can_mend() {
        use rustix::io::Errno;
        for (said, means) in [
            (Errno::NOENT, SerialFault::NotFound),
            (Errno::BUSY, SerialFault::Busy),
            (Errno::ACCESS, SerialFault::Denied),
            (Errno::PERM, SerialFault::Denied),
            (Errno::NOTTY, SerialFault::Failed),
        ] {
            assert_eq!(fault(&said.into()), means, "{said:?}");
        }
    }
}
