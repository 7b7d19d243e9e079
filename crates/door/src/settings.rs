//! Settings: saved file < file given < environment (`PORTERO_…`) < `--set` and `set`. The venue's own settings come from the hub alone.

use std::path::Path;

use portero_protocol::problem::Code;
use serde_json::Value;

use crate::error::{DoorError, Result};

/// Every setting of a door and its window, with what it has where nobody set it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// `hub.url`: where the hub is.
    pub hub_url: Option<String>,
    /// `sse.enabled`: false goes back to polling alone.
    pub sse_enabled: bool,
    /// `sse.reconnect_cap_ms`: the longest wait between two tries to connect.
    pub reconnect_cap_ms: u64,
    /// `polling.interval_s`: how often to ask while there is no stream.
    pub polling_interval_s: u64,
    /// `polling.stale_after_s`: on focus, data older than this is fetched again.
    pub stale_after_s: u64,
    /// `polling.refetch_on_focus`: whether focus fetches stale data.
    pub refetch_on_focus: bool,
    /// `scan.camera`: which camera; the window's own.
    pub camera: Option<String>,
    /// `scan.same_code_pause_ms`: not seen for that long, a code counts again.
    pub same_code_pause_ms: u64,
    /// `scan.serial_port`: the port of a hand scanner that is no keyboard; the window's own.
    pub serial_port: Option<String>,
    /// `scan.serial_baud`: its speed, in bits a second.
    pub serial_baud: u32,
    /// `scan.serial_prefix`: what it puts before each code.
    pub serial_prefix: Option<String>,
    /// `scan.serial_suffix`: what it puts after each code, besides the end of the line.
    pub serial_suffix: Option<String>,
    /// `ui.lang`: `es` or `en`.
    pub lang: Option<String>,
    /// `ui.theme`: `light` or `dark`.
    pub theme: Option<String>,
    /// `ui.sound`: volume, 0 to 1.
    pub sound: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hub_url: None,
            sse_enabled: true,
            reconnect_cap_ms: 2_500,
            polling_interval_s: 120,
            stale_after_s: 60,
            refetch_on_focus: true,
            camera: None,
            same_code_pause_ms: 1_500,
            serial_port: None,
            serial_baud: 9_600,
            serial_prefix: None,
            serial_suffix: None,
            lang: None,
            theme: None,
            sound: 0.8,
        }
    }
}

impl Settings {
    /// The names of all settings, as files, environment and `set` have them.
    pub const KEYS: [&'static str; 15] = [
        "hub.url",
        "sse.enabled",
        "sse.reconnect_cap_ms",
        "polling.interval_s",
        "polling.stale_after_s",
        "polling.refetch_on_focus",
        "scan.camera",
        "scan.same_code_pause_ms",
        "scan.serial_port",
        "scan.serial_baud",
        "scan.serial_prefix",
        "scan.serial_suffix",
        "ui.lang",
        "ui.theme",
        "ui.sound",
    ];

    /// Reads them from every source, the later ones winning. A saved file that is missing is none; one that was given has to be there.
    ///
    /// # Errors
    /// `invalid_config`: a file that cannot be read, a key that does not exist, a value that does not fit.
    pub fn load(saved: &Path, given: Option<&Path>, sets: &[(String, String)]) -> Result<Self> {
        let mut settings = Self::default();
        if saved.exists() {
            settings.read_file(saved)?;
        }
        if let Some(given) = given {
            settings.read_file(given)?;
        }
        for key in Self::KEYS {
            let name = format!("PORTERO_{}", key.replace('.', "_").to_uppercase());
            if let Ok(text) = std::env::var(&name) {
                settings
                    .set(key, &typed(&text))
                    .map_err(|error| DoorError::new(error.code, format!("{name}: {}", error.message)))?;
            }
        }
        for (key, text) in sets {
            settings.set(key, &typed(text))?;
        }
        Ok(settings)
    }

    /// Changes one setting.
    ///
    /// # Errors
    /// `invalid_config`: no such key, or a value that does not fit; nothing is changed then.
    pub fn set(&mut self, key: &str, value: &Value) -> Result<()> {
        match key {
            "hub.url" => self.hub_url = text(key, value)?,
            "sse.enabled" => self.sse_enabled = switch(key, value)?,
            "sse.reconnect_cap_ms" => self.reconnect_cap_ms = number(key, value, 100, 60_000)?,
            "polling.interval_s" => self.polling_interval_s = number(key, value, 1, 3_600)?,
            "polling.stale_after_s" => self.stale_after_s = number(key, value, 1, 3_600)?,
            "polling.refetch_on_focus" => self.refetch_on_focus = switch(key, value)?,
            "scan.camera" => self.camera = text(key, value)?,
            "scan.same_code_pause_ms" => self.same_code_pause_ms = number(key, value, 200, 60_000)?,
            "scan.serial_port" => self.serial_port = text(key, value)?,
            "scan.serial_baud" => self.serial_baud = number(key, value, 300, 921_600)? as u32,
            "scan.serial_prefix" => self.serial_prefix = around(key, value)?,
            "scan.serial_suffix" => self.serial_suffix = around(key, value)?,
            "ui.lang" => self.lang = one_of(key, value, &["es", "en"])?,
            "ui.theme" => self.theme = one_of(key, value, &["light", "dark"])?,
            "ui.sound" => self.sound = volume(key, value)?,
            _ => {
                return Err(bad(format!(
                    "there is no setting `{key}`; there are {}",
                    Self::KEYS.join(", ")
                )));
            }
        }
        Ok(())
    }

    /// Writes one setting into the saved file and leaves everything else in it as it is.
    ///
    /// # Errors
    /// As [`Self::set`]; or the file cannot be read or written, and is then untouched.
    pub fn save(file: &Path, key: &str, value: &Value) -> Result<()> {
        Self::default().set(key, value)?;
        let mut table = if file.exists() {
            read_table(file)?
        } else {
            toml::Table::new()
        };
        let (section, name) = key
            .split_once('.')
            .ok_or_else(|| bad(format!("there is no setting `{key}`")))?;
        let section = table
            .entry(section)
            .or_insert_with(|| toml::Value::Table(toml::Table::new()))
            .as_table_mut()
            .ok_or_else(|| bad(format!("`{section}` in {} is no section", file.display())))?;
        match toml::Value::try_from(value) {
            Ok(value) => section.insert(name.to_owned(), value),
            // TOML has no null: what is cleared is left out.
            Err(_) => section.remove(name),
        };
        let text = toml::to_string(&table).map_err(|error| bad(error.to_string()))?;
        // A new file put in place of the old one: a crash leaves either, never half of one.
        let new = file.with_extension("toml.new");
        std::fs::write(&new, text)
            .and_then(|()| std::fs::rename(&new, file))
            .map_err(|error| bad(format!("{} cannot be written: {error}", file.display())))
    }

    fn read_file(&mut self, file: &Path) -> Result<()> {
        for (section, values) in &read_table(file)? {
            let Some(values) = values.as_table() else {
                return Err(bad(format!(
                    "`{section}` in {} has to be a section, as [sse]",
                    file.display()
                )));
            };
            for (name, value) in values {
                let value = serde_json::to_value(value).map_err(|error| bad(error.to_string()))?;
                self.set(&format!("{section}.{name}"), &value)
                    .map_err(|error| bad(format!("{}: {}", file.display(), error.message)))?;
            }
        }
        Ok(())
    }
}

/// Reads the text of `KEY=VALUE` as the value that it looks like.
#[must_use]
pub fn typed(text: &str) -> Value {
    serde_json::from_str(text)
        .ok()
        .filter(|value: &Value| value.is_boolean() || value.is_number() || value.is_null())
        .unwrap_or_else(|| Value::from(text))
}

fn read_table(file: &Path) -> Result<toml::Table> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| bad(format!("{} cannot be read: {error}", file.display())))?;
    text.parse().map_err(|error: toml::de::Error| {
        bad(format!(
            "{} is not TOML; correct it or remove it: {}",
            file.display(),
            error.to_string().trim_end()
        ))
    })
}

fn bad(message: String) -> DoorError {
    DoorError::new(Code::InvalidConfig, message)
}

fn text(key: &str, value: &Value) -> Result<Option<String>> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok((!text.is_empty()).then(|| text.clone())),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(bad(format!("`{key}` has to be a text"))),
    }
}

/// What a scanner puts around a code: a few characters.
fn around(key: &str, value: &Value) -> Result<Option<String>> {
    let text = text(key, value)?;
    match &text {
        Some(long) if long.len() > 32 => Err(bad(format!("`{key}` has to be at most 32 bytes"))),
        _ => Ok(text),
    }
}

fn one_of(key: &str, value: &Value, choices: &[&str]) -> Result<Option<String>> {
    let text = text(key, value)?;
    match &text {
        Some(chosen) if !choices.contains(&chosen.as_str()) => {
            Err(bad(format!("`{key}` has to be one of {}", choices.join(", "))))
        }
        _ => Ok(text),
    }
}

fn switch(key: &str, value: &Value) -> Result<bool> {
    value
        .as_bool()
        .ok_or_else(|| bad(format!("`{key}` has to be true or false")))
}

fn number(key: &str, value: &Value, min: u64, max: u64) -> Result<u64> {
    value
        .as_u64()
        .filter(|number| (min..=max).contains(number))
        .ok_or_else(|| bad(format!("`{key}` has to be a number from {min} to {max}")))
}

fn volume(key: &str, value: &Value) -> Result<f64> {
    value
        .as_f64()
        .filter(|volume| (0.0..=1.0).contains(volume))
        .ok_or_else(|| bad(format!("`{key}` has to be a number from 0 to 1")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_sources_win_and_null_is_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let saved = dir.path().join("config.toml");
        let given = dir.path().join("given.toml");
        std::fs::write(&saved, "[sse]\nenabled = false\nreconnect_cap_ms = 900\n").unwrap();
        std::fs::write(&given, "[sse]\nreconnect_cap_ms = 800\n").unwrap();
        let sets = [("polling.interval_s".to_owned(), "7".to_owned())];
        let settings = Settings::load(&saved, Some(&given), &sets).unwrap();
        assert!(!settings.sse_enabled);
        assert_eq!(settings.reconnect_cap_ms, 800);
        assert_eq!(settings.polling_interval_s, 7);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_name() {
        let mut settings = Settings::default();
        for (key, value) in [
            ("sse.enabled", Value::from("yes")),
            ("sse.reconnect_cap_ms", Value::from(0)),
            ("polling.interval_s", Value::from(-1)),
            ("ui.lang", Value::from("fr")),
            ("scan.serial_baud", Value::from(1)),
            ("scan.serial_prefix", Value::from("x".repeat(33))),
            ("ui.sound", Value::from(1.5)),
            ("nothing.here", Value::from(1)),
        ] {
            let error = settings.set(key, &value).unwrap_err();
            assert_eq!(error.code, Code::InvalidConfig);
            assert!(error.message.contains(key), "{}", error.message);
        }
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn saving_keeps_the_rest_and_never_overwrites_what_it_cannot_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        std::fs::write(&file, "[ui]\nlang = \"es\"\n").unwrap();
        Settings::save(&file, "sse.enabled", &Value::from(false)).unwrap();
        let settings = Settings::load(&file, None, &[]).unwrap();
        assert_eq!(settings.lang.as_deref(), Some("es"));
        assert!(!settings.sse_enabled);

        std::fs::write(&file, "not [ toml").unwrap();
        assert!(Settings::save(&file, "sse.enabled", &Value::from(true)).is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "not [ toml");
    }
}
