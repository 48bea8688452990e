//! What another system calls a user: a text that is kept as it is written there, and compared so.

use super::typed::{self, Stray};

/// The longest one, in characters.
const LENGTH: usize = 255;

/// Why a text cannot be an external ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExternalIdError {
    #[error("an external ID has at most 255 characters")]
    TooLong,
    #[error("an external ID has only characters that are seen, not {0}")]
    Stray(Stray),
}

/// An external ID, as it was written but for blanks at its ends. Nothing is `None`.
pub fn parse(text: &str) -> Result<Option<String>, ExternalIdError> {
    let text = text.trim_matches(' ');
    let unseen = |symbol: char| {
        symbol.is_control() || typed::is_unseen(symbol) || (symbol != ' ' && symbol.is_whitespace())
    };
    if let Some(stray) = typed::stray(text, unseen) {
        return Err(ExternalIdError::Stray(stray));
    }
    if text.chars().count() > LENGTH {
        return Err(ExternalIdError::TooLong);
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_external_id_stays_as_it_is_written() {
        for text in ["42", "uid=Bob,ou=people", "Zoë", "auth0|5f7c", "ＡＢ"] {
            assert_eq!(parse(text), Ok(Some(text.to_owned())));
        }
        assert_eq!(parse(" 42 "), Ok(Some("42".to_owned())));
        assert_eq!(parse(" "), Ok(None));
    }

    #[test]
    fn an_external_id_has_nothing_that_is_not_seen() {
        assert_eq!(parse(&"é".repeat(255)).map(|id| id.is_some()), Ok(true));
        assert_eq!(parse(&"é".repeat(256)), Err(ExternalIdError::TooLong));
        let told = |text| parse(text).err().map(|error| error.to_string());
        for (text, stray) in [("a\tb", "U+0009 as character 2"), ("a\u{200b}", "U+200B at the end")] {
            let told = told(text);
            assert_eq!(told, Some(format!("an external ID has only characters that are seen, not {stray}")));
        }
        assert!(told("a\nb").is_some() && told("\u{1b}[31m").is_some() && told("a\u{a0}b").is_some());
    }
}
