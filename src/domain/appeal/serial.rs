//! The number by which somebody asks about an appeal.

use crate::domain::entropy::{Entropy, EntropyError};
use crate::domain::{id, typed};

const PREFIX: &str = "apl";

/// `apl-bdfgh-jkmnp-qrstv`: 15 letters (66 bits), more than anybody guesses. It shows progress and proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serial(String);

impl Serial {
    pub fn new(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        Ok(Self(format!("{PREFIX}-{}", id::reference(entropy)?)))
    }

    /// As it was read out or copied: case, spaces and hyphens do not matter, nor does the prefix. `None` is no serial.
    pub fn parse(text: &str) -> Option<Self> {
        let kept = typed::ungrouped(text).to_ascii_lowercase();
        let letters = if kept.len() == 18 { kept.strip_prefix(PREFIX)? } else { &kept };
        Some(Self(format!("{PREFIX}-{}", id::parse_reference(letters).ok()?)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Serial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SystemEntropy;

    #[test]
    fn a_serial_is_read_back_however_it_was_read_out() {
        let serial = Serial::new(&SystemEntropy).unwrap();
        assert_eq!(serial.as_str().len(), 21);
        assert!(!serial.as_str().contains(|c: char| c.is_ascii_digit()));
        let spoken = serial.as_str().to_uppercase().replace('-', " ");
        assert_eq!(Serial::parse(&spoken), Some(serial.clone()));
        let pasted = format!("\u{202a}{}\u{a0}", serial.as_str().replace('-', "\u{2013}"));
        assert_eq!(Serial::parse(&pasted), Some(serial.clone()));
        assert_eq!(Serial::parse(&serial.as_str()[4..]), Some(serial.clone()));
        for bad in ["", "apl", "apl-bdfgh-jkmnp", "apl-bdfgh-jkmnp-qrst1", "xpl-bdfgh-jkmnp-qrstv"] {
            assert_eq!(Serial::parse(bad), None, "{bad:?}");
        }
        assert_eq!(Serial::parse(&format!("{serial}é")), None);
    }
}
