//! `regain completions SHELL`

use anyhow::Context as _;
use clap::Args;
use clap_complete::env::Shells;

use crate::cli::shared::{Context, Failure};

/// The variable by which a shell says that it wants candidates, and for which shell.
pub(in crate::cli) const VARIABLE: &str = "REGAIN_COMPLETE";

/// Print a completion script for a shell
///
/// The shell asks regain itself for completions, so options and names always match the version that it would run.
/// Account and user names complete for administrators who can open the store.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    regain completions bash > ~/.local/share/bash-completion/completions/regain\n  \
    regain completions zsh > ~/.zfunc/_regain   # with fpath+=~/.zfunc before compinit\n  \
    regain completions fish > ~/.config/fish/completions/regain.fish\n  \
    regain completions elvish >> ~/.config/elvish/rc.elv\n  \
    regain completions powershell >> \"$PROFILE\"")]
pub(in crate::cli) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = ["bash", "zsh", "fish", "elvish", "powershell"])]
    shell: String,
}

pub(in crate::cli) fn run(arguments: &Completions, context: &Context<'_>) -> Result<(), Failure> {
    let name = arguments.shell.as_str();
    let shells = Shells::builtins();
    let shell = shells.completer(name).with_context(|| format!("the shell {name} is not supported"))?;
    let mut script = Vec::new();
    shell
        .write_registration(VARIABLE, "regain", "regain", "regain", &mut script)
        .context("the script could not be made")?;
    let script = String::from_utf8(script).context("the script is not UTF-8")?;
    let script = if name == "zsh" { at_the_first_tab(&script) } else { script };
    Ok(context.printer.text(&format!("{}\n", script.trim_end()))?)
}

/// zsh loads a file from `fpath` by running it in the place of the completion that was asked for: it must answer
/// then, not only register what answers the next time.
fn at_the_first_tab(script: &str) -> String {
    let register = "compdef _clap_dynamic_completer_regain regain";
    script.replace(
        register,
        &format!(
            "if [[ $funcstack[1] == _regain ]]; then\n    _clap_dynamic_completer_regain \"$@\"\nelse\n    \
             {register}\nfi"
        ),
    )
}
