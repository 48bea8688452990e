//! How the program is called where its sentences are read.

use crate::domain::shell;

/// What stands before a subcommand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program(String);

impl Default for Program {
    fn default() -> Self {
        Self("regain".to_owned())
    }
}

impl Program {
    /// Of a service that runs as another user than the one who calls it.
    pub fn through_sudo(service_user: &str) -> Self {
        Self(format!("sudo -u {} regain", shell::word(service_user)))
    }

    /// As the config has it.
    pub fn called(command: &str) -> Self {
        Self(command.trim().to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, with its commands as they work here: those between backticks, or the one that is alone in its line.
    pub fn name_in(&self, text: &str) -> String {
        let named = text.replace("`regain ", &format!("`{} ", self.0));
        match named.strip_prefix("  regain ") {
            Some(rest) => format!("  {} {rest}", self.0),
            None => named,
        }
    }

    pub fn name_in_all(&self, texts: &[String]) -> Vec<String> {
        texts.iter().map(|text| self.name_in(text)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_named_as_they_work_here_and_nothing_else_is_touched() {
        let text = "`regain doctor` tells; the user regain runs as, or `regain user enable USER --unlock`";
        assert_eq!(Program::default().name_in(text), text);
        assert_eq!(
            Program::through_sudo("regain").name_in(text),
            "`sudo -u regain regain doctor` tells; the user regain runs as, or `sudo -u regain regain user enable USER \
             --unlock`"
        );
        assert_eq!(Program::called("recover").name_in("  regain doctor"), "  recover doctor");
        assert_eq!(Program::called("recover").name_in("`regain faq mfa`"), "`recover faq mfa`");
        assert_eq!(Program::through_sudo("o'brien").as_str(), r"sudo -u 'o'\''brien' regain");
    }
}
