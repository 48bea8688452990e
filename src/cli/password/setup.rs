//! `regain password setup`: the first or next password, with a one-time token.

use clap::Args;

use crate::cli::shared::stdin::{Line, PasswordSource, StdinOptions};
use crate::cli::shared::views::UserView;
use crate::cli::shared::{Context, Failure, Session, new_password, second_factor};
use crate::domain::{Secret, token, typed};
use crate::flow;
use crate::guidance::notes;
use crate::ui::AskError;

/// Set your password with a setup token from your administrator
///
/// Asks for the token, then for the new password, twice. The token is used up only when the password is accepted. If an
/// authenticator is bound, its code is required, too. In a script, the token and the password are two lines of standard
/// input.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain password setup\n  \
                        printf '%s\\n' \"$token\" \"$password\" | regain password setup --token-stdin --password-stdin")]
pub(in crate::cli) struct Setup {
    #[command(flatten)]
    stdin: StdinOptions<true, false>,
    /// Read the setup token from standard input (one line)
    #[arg(long)]
    token_stdin: bool,
    #[command(flatten)]
    password: PasswordSource,
}

/// Of what is no token by its form; nothing that may be a part of one is shown.
fn malformed(text: &Secret) -> String {
    match typed::foreign(text.expose()) {
        Some(stray) => format!("this is no setup token: {stray} does not belong there"),
        None => "this is no setup token: a character of it is wrong or missing".to_owned(),
    }
}

pub(in crate::cli) fn run(arguments: &Setup, context: &Context<'_>) -> Result<(), Failure> {
    context.no_dry_run()?;
    let session = context.open()?;
    let env = session.oneself();
    let mut lines = arguments.stdin.lines(context);
    let token = if arguments.token_stdin { lines.take(Line::SetupToken)? } else { None };
    let (password, mut totp) = (arguments.password.read(&mut lines)?, lines.take(Line::Totp)?);
    let typed = token.is_none();
    let mut token = match token.as_ref().map(trimmed) {
        Some(token) if token::well_formed(token.expose()) => token,
        Some(text) => {
            return Err(Failure::usage_with(malformed(&text), "copy the whole line, from rgn_setup_ on"));
        }
        None => asked(&session)?,
    };
    let user = match password {
        Some(password) => second_factor::with(context, totp.as_ref(), |totp| {
            flow::redeem_setup_token(&env, &token, &password, totp)
        })?,
        None => loop {
            // Whoever has no good token need not think of a password.
            let user = flow::look_at_setup_token(&env, &token)?;
            context.printer.speak_to(user.named_as());
            context.printer.tell(&format!("This sets the password of {}.", user.path()));
            let rule = flow::password_rule(&env, &user)?;
            let look_at = |typed: &Secret| flow::look_at_first_password(&env, &user, typed);
            let set = new_password::ask(context, &rule, look_at, |typed, ()| {
                second_factor::with(context, totp.take().as_ref(), |totp| {
                    flow::redeem_setup_token(&env, &token, typed, totp)
                })
            });
            match set {
                // Esc goes back to the token.
                Err(Failure::Ask(AskError::Back)) if typed => token = asked(&session)?,
                set => break set?,
            }
        },
    };
    context.printer.done(&format!("The password of {} is set.", user.path()));
    context.printer.hint(&notes::log_in(&user.path()));
    Ok(context.printer.written(&UserView::of(&user, env.clock.now()), true)?)
}

/// Asks until it is a token by its form; a slip costs nothing.
fn asked(session: &Session<'_>) -> Result<Secret, Failure> {
    let context = session.context;
    loop {
        let typed = context.ask("--token-stdin", |prompts| prompts.ask_token("Setup token (not shown)"))?;
        let token = trimmed(&typed);
        if token::well_formed(token.expose()) {
            return Ok(token);
        }
        let why = malformed(&token);
        context.printer.tell(&format!("Not accepted: {why}. Copy the whole line, from rgn_setup_ on."));
    }
}

/// Without what copying brings.
fn trimmed(token: &Secret) -> Secret {
    Secret::from(typed::unbroken(token.expose()).as_str())
}
