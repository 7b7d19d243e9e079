//! One long step: a line that says what happens and for how long, a log file, a result.

use std::{
    fs::{self, File},
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::place::Place;

/// How much of a failed step's log is shown at once; the file has the rest.
const TAIL_LINES: usize = 150;

/// Counts steps: "[3/9]".
#[derive(Debug)]
pub(crate) struct Steps {
    logs: PathBuf,
    done: usize,
    total: usize,
}

/// What a step left behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Whether each of its commands ended well.
    pub(crate) ok: bool,
    /// Everything that they printed.
    pub(crate) output: String,
    /// Where that is kept.
    pub(crate) log: PathBuf,
    /// How long it took.
    pub(crate) took: Duration,
}

impl Steps {
    /// Starts counting to `total`.
    ///
    /// # Errors
    /// Where the folder for logs cannot be made.
    pub(crate) fn new(place: &Place, total: usize) -> Result<Self> {
        let logs = place.target.join("xtask");
        fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))?;
        Ok(Self { logs, done: 0, total })
    }

    /// Runs one step's commands, one after the other until one fails, and says so on one line; `suffix` adds to it.
    ///
    /// # Errors
    /// Where a program cannot be started at all.
    pub(crate) fn run(
        &mut self,
        name: &str,
        commands: Vec<Command>,
        suffix: impl Fn(&Outcome) -> String,
    ) -> Result<Outcome> {
        self.done += 1;
        let title = format!("[{}/{}] {name} … ", self.done, self.total);
        let ticker = Ticker::start(&title);
        let log = self.logs.join(format!("{}.log", slug(name)));
        let began = Instant::now();
        let ended = run_logged(commands, &log);
        drop(ticker);
        let ok = match ended {
            Ok(ok) => ok,
            Err(error) => {
                println!("FAILED");
                return Err(error.context(name.to_owned()));
            }
        };
        // a program may print what is not UTF-8; its log stays as it was
        let output = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
        let outcome = Outcome {
            ok,
            output,
            log,
            took: began.elapsed(),
        };
        let word = if ok { "" } else { "FAILED, " };
        println!("{word}{}{}", suffix(&outcome), seconds(outcome.took));
        for figure in figures(&outcome.output) {
            println!("      {figure}");
        }
        if !ok {
            println!(
                "{}\n      the whole log: {}",
                tail(&outcome.output, TAIL_LINES),
                outcome.log.display()
            );
        }
        Ok(outcome)
    }

    /// [`Steps::run`] for what everything after it needs.
    ///
    /// # Errors
    /// Where it fails.
    pub(crate) fn must(&mut self, name: &str, commands: Vec<Command>) -> Result<()> {
        if self.run(name, commands, |_| String::new())?.ok {
            Ok(())
        } else {
            bail!("{name} failed")
        }
    }
}

/// Runs commands into one log file; `Ok(false)` where one of them ended badly.
fn run_logged(commands: Vec<Command>, log: &Path) -> Result<bool> {
    let mut file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    for mut command in commands {
        let program = command.get_program().to_string_lossy().into_owned();
        writeln!(file, "$ {}", line_of(&command))?;
        let status = command
            .stdout(file.try_clone()?)
            .stderr(file.try_clone()?)
            .status()
            .with_context(|| format!("`{program}` cannot be started"))?;
        if !status.success() {
            writeln!(file, "{program}: {status}")?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// The command as a person would type it.
fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Shows the time while a step runs, where somebody looks at a terminal.
struct Ticker {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Ticker {
    fn start(title: &str) -> Self {
        print!("{title}");
        let _ = std::io::stdout().flush();
        if !std::io::stdout().is_terminal() {
            return Self {
                stop: None,
                thread: None,
            };
        }
        let (stop, stopped) = mpsc::channel::<()>();
        let title = title.to_owned();
        let thread = thread::spawn(move || {
            let began = Instant::now();
            while stopped.recv_timeout(Duration::from_secs(1)) == Err(mpsc::RecvTimeoutError::Timeout) {
                print!("\r\x1b[2K{title}{}", seconds(began.elapsed()));
                let _ = std::io::stdout().flush();
            }
            print!("\r\x1b[2K{title}");
        });
        Self {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// "0.4 s", "41 s", "2 min 05 s".
fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    match whole {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{whole} s"),
        _ => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

/// What tests measured: `figure: …`, maybe after the name of the test on the same line.
fn figures(output: &str) -> impl Iterator<Item = &str> {
    output
        .lines()
        .filter_map(|line| Some(&line[line.find("figure: ")? + "figure: ".len()..]))
}

/// The last lines of a text.
fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// A step's name as a file's name.
fn slug(name: &str) -> String {
    let dashed: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    dashed
        .split('-')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_like_times() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(41)), "41 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn a_tail_is_the_end_and_never_more_than_there_is() {
        assert_eq!(tail("a\nb\nc", 2), "b\nc");
        assert_eq!(tail("a", 5), "a");
        assert_eq!(tail("", 5), "");
    }

    #[test]
    fn figures_are_found_behind_the_name_of_a_test() {
        let output = "test outage::goes_on ... figure: seen: 415 ms\nfigure: back: 625 ms\nok\n";
        assert_eq!(
            figures(output).collect::<Vec<_>>(),
            ["seen: 415 ms", "back: 625 ms"]
        );
    }

    #[test]
    fn a_slug_is_a_plain_file_name() {
        assert_eq!(slug("the window (end to end)"), "the-window-end-to-end");
    }

    #[test]
    #[cfg(unix)]
    fn the_first_failing_command_ends_a_step_and_its_words_are_in_the_log() {
        let log = std::env::temp_dir().join(format!("xtask-step-{}.log", std::process::id()));
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        let ok = run_logged(vec![shell("echo one; exit 3"), shell("echo two")], &log).unwrap();
        let text = fs::read_to_string(&log).unwrap();
        fs::remove_file(&log).unwrap();
        assert!(!ok);
        assert!(text.contains("one") && !text.contains("\ntwo"), "{text}");
        assert!(run_logged(vec![Command::new("no-such-program-here")], &log).is_err());
        fs::remove_file(&log).unwrap();
    }
}
