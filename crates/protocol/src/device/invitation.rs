//! An invitation as a new laptop reads it: from a QR on the manager's screen, or pasted as text.

use serde::{Deserialize, Serialize};

use crate::limits::TEXT_CHARS;

/// Tells an invitation from every other JSON that a camera may see.
const MARK: &str = "enlazar";

/// What a new laptop needs to join a hub. Its text is JSON: `{"portero":"enlazar","hub":…,"codigo":…,"nombre":…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Invitacion"))]
pub struct InvitationLink {
    /// The hub's address.
    pub hub: String,
    /// The code, good once and for minutes.
    #[serde(rename = "codigo")]
    pub code: String,
    /// The name that the manager gave the laptop.
    #[serde(rename = "nombre", default)]
    pub name: String,
}

#[derive(Serialize, Deserialize)]
struct Marked<T> {
    portero: String,
    #[serde(flatten)]
    link: T,
}

impl InvitationLink {
    /// The text of its QR.
    #[must_use]
    pub fn text(&self) -> String {
        let marked = Marked {
            portero: MARK.to_owned(),
            link: self,
        };
        // Three strings cannot fail to be JSON; an empty text is no invitation to anybody.
        serde_json::to_string(&marked).unwrap_or_default()
    }

    /// Reads a QR or a pasted text; `None`: it is no invitation.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let marked: Marked<Self> = serde_json::from_str(text.trim()).ok()?;
        let link = marked.link;
        let plain = |text: &str| text.chars().count() <= TEXT_CHARS && !text.chars().any(char::is_control);
        let known = marked.portero == MARK
            && (link.hub.starts_with("http://") || link.hub.starts_with("https://"))
            && !link.code.trim().is_empty();
        (known && plain(&link.hub) && plain(&link.code) && plain(&link.name)).then_some(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let link = InvitationLink {
            hub: "http://192.168.1.20:8787".to_owned(),
            code: "ABCD-EFGH-JKLM".to_owned(),
            name: "Puerta \"2\" ñ".to_owned(),
        };
        assert_eq!(InvitationLink::read(&format!("  {}\n", link.text())), Some(link));
    }

    #[test]
    fn everything_else_is_none() {
        for text in [
            "",
            "P1ABC",
            r#"{"hub":"http://a","codigo":"A"}"#,
            r#"{"portero":"enlazar","hub":"ftp://a","codigo":"A"}"#,
            r#"{"portero":"enlazar","hub":"http://a","codigo":" "}"#,
            r#"{"portero":"otra","hub":"http://a","codigo":"A"}"#,
            r#"{"reservaId":"res-1","token":"t"}"#,
        ] {
            assert_eq!(InvitationLink::read(text), None, "{text}");
        }
    }
}
