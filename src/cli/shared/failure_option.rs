//! Which option or argument a failure is of: the one place.

use crate::flow::{FlowError, Refusal};
use crate::store::StoreError;

use super::failure::Failure;

impl Failure {
    /// [`Self::of`], if it is a failure of the file that this option or argument names, and not one of who calls.
    pub(in crate::cli) fn of_file(self, option: &'static str) -> Self {
        let of_file = match &self {
            Self::File(_) => true,
            Self::Flow(FlowError::Store(error)) => !matches!(
                error,
                StoreError::Busy { .. }
                    | StoreError::ReadOnly
                    | StoreError::Full
                    | StoreError::Moved
                    | StoreError::Unknown(_)
                    | StoreError::Restoring
            ),
            Self::Flow(FlowError::Refused(refusal)) => matches!(
                refusal,
                Refusal::BackupDamaged(_)
                    | Refusal::BackupRecordsBroken { .. }
                    | Refusal::BackupIsStore(_)
                    | Refusal::BackupOfOtherKey(_)
            ),
            _ => false,
        };
        if of_file { self.of(option) } else { self }
    }

    /// The option or argument that is at fault: its bare name.
    pub(super) fn option(&self) -> Option<String> {
        match self {
            Self::Usage { option: Some(option), .. }
            | Self::Secret { option, .. }
            | Self::Of { option, .. } => named(option),
            Self::NoTerminal { option } => named(option),
            Self::NoSource { .. } => Some("--password-stdin".to_owned()),
            Self::Sink(_) => Some("--secrets-to".to_owned()),
            Self::Form { .. } => Some("--from".to_owned()),
            Self::Usage { .. } | Self::Flow(FlowError::Refused(_)) | Self::Config(_) => {
                named(&self.to_string())
            }
            _ => None,
        }
    }
}

/// The first option or argument that a text names; commands between backticks are none of it.
fn named(text: &str) -> Option<String> {
    let outside = text.split('`').step_by(2);
    let mut words = outside.flat_map(|part| part.split([' ', ',', ';', ':', '(', ')']));
    words.find(|word| is_bare(word)).map(str::to_owned)
}

/// Whether this is the name of an option or argument, and nothing else.
fn is_bare(word: &str) -> bool {
    let symbols = |name: &str, first: fn(&u8) -> bool| {
        name.as_bytes().first().is_some_and(first)
            && name.bytes().all(|symbol| symbol.is_ascii_alphanumeric() || b"-_|=".contains(&symbol))
    };
    let argument = word.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    word.strip_prefix("--").is_some_and(|name| symbols(name, u8::is_ascii_lowercase))
        || argument.is_some_and(|name| symbols(name, u8::is_ascii_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guidance::notes;

    #[test]
    fn an_option_is_a_bare_name_or_none() {
        let told = |option: &'static str| Failure::NoTerminal { option }.option();
        for (option, name) in [
            ("--yes", "--yes"),
            ("<USER>", "<USER>"),
            ("<FIELD=VALUE>", "<FIELD=VALUE>"),
            ("--from FILE", "--from"),
            ("--setup, --generate or --ask", "--setup"),
        ] {
            assert_eq!(told(option).as_deref(), Some(name));
            assert_eq!(Failure::usage("").of(option).option().as_deref(), Some(name));
        }
        for way in
            [notes::STEP_BY_STEP, notes::REGISTER_STEP_BY_STEP, "USER", "REGAIN_OUTPUT", "-y", "--", "<>"]
        {
            assert_eq!(told(way), None, "{way}");
        }
    }
}
