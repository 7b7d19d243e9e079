//! The machine that figures are measured on: without it they say little.

use std::fs;

use serde_json::{Value, json};

/// What is known of this machine; on systems that do not tell, less.
pub(crate) fn facts() -> Value {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    json!({
        "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        "kernel": line("/proc/sys/kernel/osrelease"),
        "processor": value("/proc/cpuinfo", "model name"),
        "cores": cores,
        "memory": value("/proc/meminfo", "MemTotal"),
        // Others may be at work: above the number of cores, figures of time are theirs too.
        "load": line("/proc/loadavg").map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" ")),
    })
}

/// The facts as a person reads them.
pub(crate) fn sentence(facts: &Value) -> String {
    let told = |name: &str| match &facts[name] {
        Value::String(text) => text.clone(),
        Value::Null => "not told".to_owned(),
        other => other.to_string(),
    };
    format!(
        "machine: {}, kernel {}, {} cores of {}, memory {}, load {}",
        told("system"),
        told("kernel"),
        told("cores"),
        told("processor"),
        told("memory"),
        told("load")
    )
}

fn line(file: &str) -> Option<String> {
    Some(fs::read_to_string(file).ok()?.trim().to_owned())
}

/// A value of a file of `name: value` lines.
fn value(file: &str, name: &str) -> Option<String> {
    fs::read_to_string(file).ok()?.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then(|| value.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_system_does_not_tell_is_said_to_be_so() {
        let sentence = sentence(&json!({"system": "windows x86_64", "cores": 2, "kernel": null}));
        assert!(
            sentence.starts_with("machine: windows x86_64, kernel not told, 2 cores of not told"),
            "{sentence}"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn linux_tells_all() {
        let facts = facts();
        for name in ["kernel", "memory", "load"] {
            assert!(facts[name].is_string(), "{name}: {facts}");
        }
    }
}
