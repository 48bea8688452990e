//! How the program is called where its sentences are read.

use crate::domain::principal::NamedAs;
use crate::domain::shell;

/// What stands before a subcommand, and who reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    command: String,
    reader: Option<NamedAs>,
}

/// Stands in a sentence for whoever helps its reader; the second one for what the help desk cannot do.
const HELPER: &str = "{helper}";
const ADMINISTRATOR: &str = "{administrator}";

impl Default for Program {
    fn default() -> Self {
        Self::called("regain")
    }
}

impl Program {
    /// Of a service that runs as another user than the one who calls it.
    pub fn through_sudo(service_user: &str) -> Self {
        Self::called(&format!("sudo -u {} regain", shell::word(service_user)))
    }

    /// As the config has it.
    pub fn called(command: &str) -> Self {
        Self { command: command.trim().to_owned(), reader: None }
    }

    /// For whoever reads what that one names.
    #[must_use]
    pub fn read_as(self, other: &Self) -> Self {
        Self { reader: other.reader, ..self }
    }

    /// By whom its sentences are read from now on.
    pub fn is_read_by(&mut self, named: NamedAs) {
        self.reader = Some(named);
    }

    /// Who helps the reader: nobody administers whoever owns an account.
    fn helper(&self) -> &'static str {
        match self.reader {
            None | Some(NamedAs::Member) => "your administrator or the help desk",
            Some(NamedAs::LoginId | NamedAs::Address) => self.administrator(),
        }
    }

    /// Who changes what only an administrator may, for the reader.
    fn administrator(&self) -> &'static str {
        match self.reader {
            None | Some(NamedAs::Member) => "your administrator",
            Some(NamedAs::LoginId) => "customer service",
            Some(NamedAs::Address) => "your administrator (the owner of an account: customer service)",
        }
    }

    pub fn as_str(&self) -> &str {
        &self.command
    }

    /// The text, with who helps its reader, and its commands as they work here: those between backticks, or the one that is alone in its line.
    pub fn name_in(&self, text: &str) -> String {
        let mut named = text.to_owned();
        // Most texts have nothing of these, and there may be a million of them.
        if named.contains("`regain ") {
            named = named.replace("`regain ", &format!("`{} ", self.command));
        }
        for (role, whom) in [(HELPER, self.helper()), (ADMINISTRATOR, self.administrator())] {
            if named.contains(role) {
                named = named.replace(role, whom);
            }
        }
        match named.strip_prefix("  regain ") {
            Some(rest) => format!("  {} {rest}", self.command),
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
        let asks = |named: NamedAs| {
            let mut program = Program::default();
            program.is_read_by(named);
            Program::called("recover")
                .read_as(&program)
                .name_in("ask {helper} to take it away: `regain faq mfa`")
        };
        assert_eq!(
            NamedAs::ALL.iter().map(|named| asks(*named)).collect::<Vec<_>>(),
            [
                "ask your administrator or the help desk to take it away: `recover faq mfa`",
                "ask customer service to take it away: `recover faq mfa`",
                "ask your administrator (the owner of an account: customer service) to take it away: `recover faq mfa`",
            ]
        );
        assert_eq!(
            Program::default().name_in("ask {administrator} to remove it"),
            "ask your administrator to remove it"
        );
        assert_eq!(Program::through_sudo("o'brien").as_str(), r"sudo -u 'o'\''brien' regain");
    }
}
