//! `regain request verify`

use clap::Args;

use super::show::Named;
use crate::cli::shared::stdin::{Line, StdinOptions};
use crate::cli::shared::{Failure, Session, input, second_factor};
use crate::domain::Secret;
use crate::domain::request::Proof;
use crate::flow::Refusal;
use crate::flow::reset::{self, RequestView};
use crate::guidance::{self, notes};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  echo 123456 | regain request verify req_… --code-stdin")]
pub(in crate::cli) struct Verify {
    #[command(flatten)]
    stdin: StdinOptions<true, false>,
    #[command(flatten)]
    named: Named,
    /// Read the code from standard input (one line)
    #[arg(long)]
    code_stdin: bool,
}

/// The code that was sent, then the one of an authenticator where it is asked. Both can come at once; the second
/// is not looked at where it is not asked.
pub(super) fn run(arguments: &Verify, session: &Session<'_>) -> Result<(), Failure> {
    Ok(session.context.printer.written_and_shown(&verify(arguments, session)?, true)?)
}

fn verify(arguments: &Verify, session: &Session<'_>) -> Result<RequestView, Failure> {
    let (id, env) = (&arguments.named.id, session.oneself());
    let mut lines = arguments.stdin.lines(session.context);
    let typed = if arguments.code_stdin { lines.code()? } else { None };
    let totp = lines.take(Line::Totp)?.as_ref().map(second_factor::well_formed).transpose()?;
    if let (None, Some(totp)) = (&typed, &totp) {
        return Ok(reset::second(&env, id, totp)?);
    }
    if typed.is_none() && asks_for_totp(&reset::show(&env, id)?) {
        return Ok(reset::second(&env, id, &second_factor::ask_bound(session.context)?)?);
    }
    let typed = match typed {
        Some(typed) => typed,
        None => Secret::new(session.context.ask("--code-stdin", |prompts| prompts.ask_line("Code", None))?),
    };
    let length = session.config.settings.codes.length;
    let digits = input::digits(&typed, length)?;
    let view = reset::verify(&env, id, &digits)?;
    match totp {
        Some(totp) if asks_for_totp(&view) => Ok(reset::second(&env, id, &totp)?),
        _ => {
            one_more_proof(session, &view);
            Ok(view)
        }
    }
}

fn asks_for_totp(view: &RequestView) -> bool {
    view.proofs.as_ref().is_some_and(|proofs| proofs.contains(&Proof::Totp))
}

/// What to do next on a device that is not known. Only whoever entered a right code gets to hear it.
fn one_more_proof(session: &Session<'_>, view: &RequestView) {
    let printer = &session.context.printer;
    match view.proofs.as_deref() {
        None | Some([Proof::Totp, ..]) => {}
        Some([]) => {
            printer.note(&format!("{}.", guidance::capitalised(&Refusal::NoOtherProof.to_string())));
            for hint in guidance::refusal(&Refusal::NoOtherProof) {
                printer.hint(&hint);
            }
        }
        Some([proof, ..]) => {
            printer.note("This is not a device you often sign in from, so one more proof is needed.");
            printer.hint(&notes::second_method(&view.id, proof.as_str()));
        }
    }
}
