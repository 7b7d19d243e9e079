//! `portero` behind its driver: what can be seen in the window, and what can be done there.

use std::{
    fs,
    future::Future,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thirtyfour::{By, Capabilities, Key, WebDriver, WebElement};

use crate::process::{Group, free_port, portero};

/// How long a person would wait before calling it broken. Tests that promise less measure less.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// One window with a driver of its own.
#[derive(Debug)]
pub(crate) struct Window {
    name: String,
    // before the processes: closing the session is a request to them
    driver: WebDriver,
    _processes: Group,
}

impl Window {
    /// Starts a driver, and the app through it. What it saves for its user lands under `home`.
    pub(crate) async fn open(home: &Path, name: &str, args: &[String]) -> Result<Self> {
        Self::open_with(home, name, args, &[]).await
    }

    /// The same, with variables for the app and its page.
    pub(crate) async fn open_with(
        home: &Path,
        name: &str,
        args: &[String],
        variables: &[(&str, &str)],
    ) -> Result<Self> {
        let (port, native) = (free_port()?, free_port()?);
        let mut command = Command::new("tauri-driver");
        command.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
        command.env("HOME", home).envs(variables.iter().copied());
        let results = root().join("tests/e2e/.results");
        fs::create_dir_all(&results)?;
        // not ours: a window outlives a test that is interrupted, and would hold our own output open
        let log = fs::File::create(results.join(format!("{name}.log")))?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut processes = Group::start(&mut command)?;
        let mut capabilities = Capabilities::new();
        capabilities.set("tauri:options", json!({ "application": portero(), "args": args }))?;
        let began = Instant::now();
        // asked once, and only when both listen: a session that was refused is not to be asked for again
        while !(listens(port) && listens(native)) {
            processes.still_runs()?;
            if began.elapsed() > PATIENCE {
                bail!("the driver does not listen");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let driver = WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities)
            .request_timeout(Duration::from_secs(60))
            .connect()
            .await
            .context("the window does not open")?;
        Ok(Self {
            name: name.to_owned(),
            driver,
            _processes: processes,
        })
    }

    /// Closes it as a person would.
    pub(crate) async fn close(self) -> Result<()> {
        Ok(self.driver.quit().await?)
    }

    /// The connection's state, as the badge shows it.
    pub(crate) async fn badge(&self) -> Result<String> {
        self.mark("badge", "data-state").await
    }

    /// The verdict on the screen; "idle" when all is calm.
    pub(crate) async fn verdict(&self) -> Result<String> {
        let shown = self.mark("verdict", "data-verdict").await?;
        Ok(if shown.is_empty() {
            "idle".to_owned()
        } else {
            shown
        })
    }

    /// The numbers that an element shows: "4 de 6" is [4, 6].
    pub(crate) async fn numbers(&self, testid: &str) -> Result<Vec<u32>> {
        Ok(numbers(&self.text(testid).await?))
    }

    /// What an element says; nothing where there is none.
    pub(crate) async fn text(&self, testid: &str) -> Result<String> {
        self.js(&format!(
            "return document.querySelector({})?.textContent ?? ''",
            selector(testid)
        ))
        .await
    }

    /// An attribute of an element; nothing where there is none.
    pub(crate) async fn mark(&self, testid: &str, attribute: &str) -> Result<String> {
        let find = format!("document.querySelector({})", selector(testid));
        self.js(&format!("return {find}?.getAttribute('{attribute}') ?? ''"))
            .await
    }

    /// How many elements have this mark.
    pub(crate) async fn count(&self, testid: &str) -> Result<u64> {
        let value = self
            .run(&format!(
                "return document.querySelectorAll({}).length",
                selector(testid)
            ))
            .await?;
        value.as_u64().with_context(|| format!("{value} is no number"))
    }

    /// Clicks on what has this mark.
    pub(crate) async fn click(&self, testid: &str) -> Result<()> {
        self.element(&format!("[data-testid='{testid}']"))
            .await?
            .click()
            .await
            .map_err(Into::into)
    }

    /// Types as a person does, wherever the focus is: faster, and the window takes it for a hand scanner.
    pub(crate) async fn press(&self, keys: &str) -> Result<()> {
        let stroke = Some(Duration::from_millis(90));
        Ok(self
            .driver
            .action_chain_with_delay(stroke, None)
            .send_keys(keys)
            .perform()
            .await?)
    }

    /// Types as a hand scanner does: all at once, and Enter.
    pub(crate) async fn scan_by_hand(&self, code: &str) -> Result<()> {
        let keys = format!("{code}{}", Key::Enter.value());
        Ok(self
            .driver
            .action_chain()
            .send_keys(keys.as_str())
            .perform()
            .await?)
    }

    /// Presses Escape.
    pub(crate) async fn escape(&self) -> Result<()> {
        self.press(&Key::Escape.value().to_string()).await
    }

    /// How many of the door's last entries are that far on their way to the hub.
    pub(crate) async fn delivered(&self, state: &str) -> Result<u64> {
        let entries = format!("[data-testid=recent-entry][data-delivery={state}]");
        let value = self
            .run(&format!("return document.querySelectorAll('{entries}').length"))
            .await?;
        value.as_u64().with_context(|| format!("{value} is no number"))
    }

    /// The element that fits, once there is one.
    pub(crate) async fn element(&self, css: &str) -> Result<WebElement> {
        let there = || async { Ok(self.driver.find(By::Css(css)).await.is_ok()) };
        self.until(&format!("{css} is there"), PATIENCE, there).await?;
        Ok(self.driver.find(By::Css(css)).await?)
    }

    /// Waits until it holds, and says how long that took. Where it never does: a picture and the page are kept.
    pub(crate) async fn until<F, Fut>(&self, what: &str, patience: Duration, holds: F) -> Result<Duration>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<bool>>,
    {
        let began = Instant::now();
        loop {
            if holds().await? {
                return Ok(began.elapsed());
            }
            if began.elapsed() > patience {
                let kept = self.keep_evidence(what).await;
                let (badge, verdict) = (self.badge().await?, self.verdict().await?);
                bail!(
                    "{}: it never came that {what} (badge {badge:?}, verdict {verdict:?}); see {kept}",
                    self.name
                );
            }
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    /// Waits for a state of the badge.
    pub(crate) async fn until_badge(&self, state: &str, patience: Duration) -> Result<Duration> {
        let holds = || async { Ok(self.badge().await? == state) };
        self.until(&format!("the badge says {state}"), patience, holds)
            .await
    }

    /// Waits for a verdict.
    pub(crate) async fn until_verdict(&self, verdict: &str) -> Result<Duration> {
        let holds = || async { Ok(self.verdict().await? == verdict) };
        self.until(&format!("the verdict is {verdict}"), PATIENCE, holds)
            .await
    }

    /// Notes the instant at which a JavaScript expression becomes true, to the frame; [`Window::noted`] reads it.
    pub(crate) async fn note_when(&self, expression: &str) -> Result<()> {
        self.run(&format!(
            "window.__noted = null;
             const look = () => {{ if (window.__noted === null && ({expression})) {{ window.__noted = Date.now(); eye.disconnect(); }} }};
             const eye = new MutationObserver(look);
             eye.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
             look();"
        ))
        .await
        .map(drop)
    }

    /// The instant that [`Window::note_when`] waits for, in ms since 1970.
    pub(crate) async fn noted(&self, what: &str) -> Result<i64> {
        let seen = || async { Ok(self.run("return window.__noted").await?.is_number()) };
        self.until(what, PATIENCE, seen).await?;
        self.run("return window.__noted")
            .await?
            .as_i64()
            .context("no instant was noted")
    }

    /// A picture of the window, in the results of this run and, when asked, in docs/screenshots.
    pub(crate) async fn portrait(&self, name: &str) -> Result<()> {
        self.until("what moves has come to rest", PATIENCE, || self.at_rest())
            .await?;
        self.keep_picture(name).await
    }

    /// Nothing fades or slides; what moves for ever (the light that says live) does not count.
    async fn at_rest(&self) -> Result<bool> {
        let script = "return document.getAnimations().every(one =>
            one.playState !== 'running' || one.effect.getComputedTiming().endTime === Infinity)";
        Ok(self.run(script).await? == true)
    }

    async fn keep_picture(&self, name: &str) -> Result<()> {
        // WebKit takes a picture with the next frame, and a page where nothing moves has none: a change too small to see makes some
        self.run(
            "let n = 0;
             const paint = setInterval(() => {
               document.body.style.opacity = n % 2 ? '' : '0.9999';
               if (++n >= 40) { clearInterval(paint); document.body.style.opacity = ''; }
             }, 25);",
        )
        .await?;
        let picture = self.driver.screenshot_as_png().await?;
        let mut folders = vec![root().join("tests/e2e/.results")];
        if std::env::var_os("PORTERO_SCREENSHOTS").is_some() {
            folders.push(root().join("docs/screenshots"));
        }
        for folder in folders {
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("{name}.png")), &picture)?;
        }
        Ok(())
    }

    /// Runs JavaScript in the page.
    pub(crate) async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }

    async fn js(&self, script: &str) -> Result<String> {
        Ok(self.run(script).await?.as_str().unwrap_or_default().to_owned())
    }

    async fn keep_evidence(&self, what: &str) -> String {
        let name: String = what
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let name = format!("failed-{}-{name}", self.name);
        let path = root().join("tests/e2e/.results").join(&name);
        if self.keep_picture(&name).await.is_err() {
            return "nothing: the window is gone".to_owned();
        }
        let page = self.driver.source().await.unwrap_or_default();
        let _ = fs::write(path.with_extension("html"), page);
        path.with_extension("png").display().to_string()
    }
}

/// The checkout.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A JavaScript string of a selector by mark.
fn selector(testid: &str) -> String {
    format!("`[data-testid='{testid}']`")
}

/// The numbers in a text, in order.
pub(crate) fn numbers(text: &str) -> Vec<u32> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter_map(|word| word.parse().ok())
        .collect()
}

fn listens(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}
