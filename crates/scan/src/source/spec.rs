//! Where frames come from, as people and settings write it.

use std::fmt;
use std::str::FromStr;

/// Pictures a second of a drawn door, where nobody says.
const SIM_FPS: u32 = 15;
/// More is no camera's.
const MOST_FPS: u32 = 60;

/// `none`, `N`, `name:NAME`, `sim`, `sim:FPS` or `file:GLOB`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum SourceSpec {
    /// No camera.
    #[default]
    None,
    /// The camera with this number, as `portero-scan cameras` lists them.
    Index(u32),
    /// The camera of this name: a number changes with the socket it is plugged into, a name does not.
    Name(String),
    /// Phones with the demo's tickets, drawn.
    Sim {
        /// Pictures a second.
        fps: u32,
    },
    /// Pictures as frames.
    Files {
        /// A path with `*`, `?`, `[…]` or `**`.
        pattern: String,
        /// One pass and end, every picture decoded, instead of a loop.
        once: bool,
    },
}

/// A camera setting that says nothing known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no camera: use none, a number such as 0, name:NAME, sim, sim:30, or file: with a pattern such as file:frames/*.png"
)]
pub struct BadSource(String);

impl BadSource {
    /// Stable code of this error.
    pub const CODE: &'static str = "bad_camera";
}

impl FromStr for SourceSpec {
    type Err = BadSource;

    fn from_str(text: &str) -> Result<Self, BadSource> {
        let bad = || BadSource(text.to_owned());
        match text.trim() {
            "none" | "" => Ok(Self::None),
            "sim" => Ok(Self::Sim { fps: SIM_FPS }),
            other => {
                if let Some(fps) = other.strip_prefix("sim:") {
                    return match fps.parse() {
                        Ok(fps @ 1..=MOST_FPS) => Ok(Self::Sim { fps }),
                        _ => Err(bad()),
                    };
                }
                if let Some(pattern) = other.strip_prefix("file:") {
                    return match glob::Pattern::new(pattern) {
                        Ok(_) if !pattern.is_empty() => Ok(Self::Files {
                            pattern: pattern.to_owned(),
                            once: false,
                        }),
                        _ => Err(bad()),
                    };
                }
                match other.strip_prefix("name:") {
                    Some(name) if !name.trim().is_empty() => Ok(Self::Name(name.trim().to_owned())),
                    Some(_) => Err(bad()),
                    None => other.parse().map(Self::Index).map_err(|_| bad()),
                }
            }
        }
    }
}

impl fmt::Display for SourceSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Index(n) => write!(f, "{n}"),
            Self::Name(name) => write!(f, "name:{name}"),
            Self::Sim { fps: SIM_FPS } => f.write_str("sim"),
            Self::Sim { fps } => write!(f, "sim:{fps}"),
            Self::Files { pattern, .. } => write!(f, "file:{pattern}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_comes_back() {
        for text in [
            "none",
            "0",
            "12",
            "name:HD Webcam",
            "sim",
            "sim:30",
            "file:a/*.png",
        ] {
            let spec: SourceSpec = text.parse().unwrap();
            assert_eq!(spec.to_string(), text);
        }
    }

    #[test]
    fn nonsense_is_refused_with_what_to_write() {
        for text in [
            "-1",
            "webcam",
            "file:",
            "file:[",
            "name:",
            "99999999999",
            "sim:",
            "sim:0",
            "sim:61",
            "sim:x",
        ] {
            let error = text.parse::<SourceSpec>().unwrap_err();
            assert!(error.to_string().contains("file:frames/*.png"), "{error}");
        }
    }
}
