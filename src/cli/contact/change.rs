//! `regain contact change`: a person's own contact.

use clap::Args;

use crate::cli::shared::code_dialogue::{CodeDialogue, OnEnter, resent};
use crate::cli::shared::input::OneAddress;
use crate::cli::shared::stdin::{Line, Lines, PasswordSource, StdinOptions};
use crate::cli::shared::views::ContactView;
use crate::cli::shared::{Failure, Planned, Session, input, runner, second_factor, step_up};
use crate::domain::time::{for_people, span_for_people};
use crate::domain::{Address, Contact, User};
use crate::flow::{ContactChange, Env, Presented, Way};

/// Change your own email address or mobile number
///
/// You need your password (and the code of your authenticator, if one is bound), then a code sent to the contact you
/// have now, then a code sent to the new one. Nothing changes until both codes are right.
///
/// If you cannot read the code sent to the old contact, press Enter when asked for it. Operation protection then sends
/// a code to another contact of yours; if it does not apply, your password is enough. In both cases, the new contact
/// receives no reset codes for a while. If a designated person must agree to such changes, they get a code before you
/// do.
///
/// With --code-stdin, the codes follow the password on standard input, one per line, in the order in which they are
/// sent. An empty line means that you cannot read the old contact.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain contact change acme/alice --email alice@new.example")]
pub(in crate::cli) struct Change {
    #[command(flatten)]
    stdin: StdinOptions<true, false>,
    /// The user, such as acme/alice
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    address: OneAddress,
    #[command(flatten)]
    password: PasswordSource,
    /// Read the codes from standard input, one per line: from the designated person or the old contact, if asked for,
    /// then from the new contact
    #[arg(long)]
    code_stdin: bool,
}

pub(in crate::cli) fn run(arguments: &Change, session: &Session<'_>) -> Result<(), Failure> {
    let context = session.context;
    let env = session.oneself();
    let (who, address) = (input::who(&env, &arguments.user)?, arguments.address.read(&env)?);
    context.printer.speak_to(who.named_as());
    input::strict(&address, "an administrator can bind it, if they vouch for it")?;
    if context.globals.dry_run {
        // Nothing is proven, so nothing about the person is said.
        let effects = vec![
            format!(
                "if the password and the codes are right, {address} becomes the {} of {who}",
                noun(&address)
            ),
            "a contact that it replaces is notified, and codes sent there end".to_owned(),
        ];
        let new = Contact::pending(String::new(), "", &address, env.clock.now());
        let planned = Planned::of(ContactView::of(&new, false)).with("verified", true).but(&[
            "verified_at",
            "usable_from",
            "security",
        ]);
        return runner::preview(context, planned, &effects, true);
    }
    // Known before a code is on its way that nobody could enter.
    if !arguments.code_stdin && arguments.password.is_given() && !context.prompts().are_possible() {
        return Err(Failure::NoTerminal { option: "--code-stdin" });
    }
    let mut lines = arguments.stdin.lines(context).with_codes_last();
    let (password, totp) = (arguments.password.read(&mut lines)?, lines.take(Line::Totp)?);
    let password = match password {
        Some(password) => password,
        None => context.ask_password("Password")?,
    };
    let mut change = second_factor::with(context, totp.as_ref(), |totp| {
        ContactChange::begin(&env, &who, &Presented { password: &password, totp }, address.clone())
    })?;
    satisfy_protection(session, &env, &mut change, &mut lines)?;
    if change.cools_down() {
        context.printer.note(&format!(
            "Without confirmation from the old contact, {address} will receive no reset codes for {}.",
            span_for_people(session.config.settings.contacts.cooldown)
        ));
    }
    change.ask_new(&env)?;
    context.printer.note(&format!("A code is on its way to {address}."));
    let dialogue = CodeDialogue {
        prompt: format!("Code sent to {address} (Enter: send again, ?: no code came)"),
        on_enter: OnEnter::Resend(&|| change.ask_new(&env)),
        help: true,
        ..CodeDialogue::default()
    };
    let user = dialogue.until_right(session, lines.last_code()?, |digits| change.finish(&env, digits))?;
    told(session, &user, &address)
}

/// Satisfies what operation protection asks, and asks the old contact, where it can be asked: one code serves both.
fn satisfy_protection(
    session: &Session<'_>,
    env: &Env<'_>,
    change: &mut ContactChange,
    lines: &mut Lines<'_>,
) -> Result<(), Failure> {
    let ways = change.guard().ways(env)?;
    if ways.iter().any(Way::is_verifier) {
        step_up::satisfy_by(session, env, change.guard(), ways, lines)?;
    }
    let mut ways = change.guard().ways(env)?;
    if let Some(old) = change.old().cloned().filter(|_| !change.has_agreed()) {
        let others = ways.iter().any(|way| !way.is(&old));
        // What there is for somebody who cannot read what is sent to the old contact.
        let without = match (ways.is_empty(), others) {
            (true, _) => format!(
                "Continue with the password alone: no reset codes to the new contact for {}",
                span_for_people(session.config.settings.contacts.cooldown)
            ),
            (false, true) => "Prove it with another contact of yours".to_owned(),
            (false, false) => "Give up: operation protection asks for a code, and there is no other \
                               contact; ask {helper}"
                .to_owned(),
        };
        ask_old(session, env, change, &old, lines, &without)?;
        ways = change.guard().ways(env)?;
    }
    if ways.is_empty() {
        return Ok(());
    }
    if let Some(old) = change.old() {
        ways.retain(|way| !way.is(old));
    }
    step_up::satisfy_by(session, env, change.guard(), ways, lines)
}

/// The old contact agrees by a code, or is done without.
fn ask_old(
    session: &Session<'_>,
    env: &Env<'_>,
    change: &mut ContactChange,
    old: &Contact,
    lines: &mut Lines<'_>,
    without: &str,
) -> Result<(), Failure> {
    let (printer, old) = (&session.context.printer, old.masked());
    change.ask_old(env)?;
    printer.note(&format!("A code is on its way to {old}, the contact you have now."));
    let dialogue = CodeDialogue {
        prompt: format!("Code sent to {old} (Enter: cannot read it, ?: no code came)"),
        on_enter: OnEnter::Leave,
        help: true,
        ..CodeDialogue::default()
    };
    loop {
        let agreed = dialogue.run(session, lines.code()?, |digits| change.agree(env, digits))?;
        if agreed.is_some() || lines.have_code() {
            return Ok(());
        }
        let items = ["Enter the code", "Send a new code", without];
        match session.context.prompts().select("What now?", &items).map_err(Failure::Ask)? {
            0 => {}
            1 => resent(printer, change.ask_old(env))?,
            _ => return Ok(()),
        }
    }
}

fn told(session: &Session<'_>, user: &User, address: &Address) -> Result<(), Failure> {
    let printer = &session.context.printer;
    printer.done(&format!("The {} of {} is now {address}.", noun(address), user.path()));
    let Some(contact) = user.contact(address.channel()) else { return Ok(()) };
    if contact.usable_from > contact.bound_at {
        printer.note(&format!("It receives reset codes from {} on.", for_people(contact.usable_from)));
    }
    Ok(printer.written(&ContactView::of(contact, false), true)?)
}

fn noun(address: &Address) -> &'static str {
    address.channel().noun()
}
