//! `regain contact change`: a person's own contact.

use clap::Args;

use crate::cli::shared::carry_out::preview;
use crate::cli::shared::input::{Lines, OneAddress, PasswordSource, TotpSource};
use crate::cli::shared::proofs::Codes as Proofs;
use crate::cli::shared::views::ContactView;
use crate::cli::shared::{Failure, Session, input, protect, second_factor};
use crate::domain::address::Address;
use crate::domain::code::parse_typed;
use crate::domain::secret::Secret;
use crate::domain::time::{for_people, span_for_people};
use crate::domain::user::User;
use crate::flow::{ContactChange, Denial, Env, FlowError, Presented, Way};

/// Change your own email address or mobile number
///
/// It takes your password (and the code of your authenticator, if one is bound), then a code that goes to the contact you have now, then one that goes to the new
/// one. Nothing changes before both are right. If you cannot read what is sent to the old contact, press Enter at its
/// code: operation protection then asks by another contact of yours, or, where it asks nothing, the password alone is
/// enough; but the new contact receives no reset codes for a while. Where a designated person agrees to such changes,
/// they get a code before you do. With --code-stdin the codes are the lines after the password's, in the order in which
/// they are sent, and an empty line means that the old contact cannot be read.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain contact change acme/alice --email alice@new.example")]
pub(in crate::cli) struct Change {
    #[command(flatten)]
    totp: TotpSource,
    /// The person
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    address: OneAddress,
    #[command(flatten)]
    password: PasswordSource,
    /// Read the codes from standard input, a line each: the designated person's or the old contact's, if it is asked,
    /// then the new one's
    #[arg(long)]
    code_stdin: bool,
}

/// What there is for somebody who cannot read what is sent to the old contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Without {
    /// The password alone is enough, and the new contact waits.
    PasswordAlone,
    /// Another contact is asked.
    Another,
    /// Nothing: operation protection asks, and there is no other.
    Nothing,
}

/// What the person does at the code of the old contact.
enum Answer {
    Digits(Secret),
    Again,
    WithoutOld,
}

pub(in crate::cli) fn run(arguments: &Change, session: &Session<'_>) -> Result<(), Failure> {
    let context = session.context;
    let (who, address) = (input::who(&arguments.user)?, arguments.address.read()?);
    if context.globals.dry_run {
        // Nothing is proven, so nothing about the person is said.
        let effects = vec![
            format!(
                "if the password and the codes are right, {address} becomes the {} of {who}",
                noun(&address)
            ),
            "a contact that it replaces is told, and codes sent to that end".to_owned(),
        ];
        return preview(context, effects);
    }
    // Known before a code is on its way that nobody could enter.
    if !arguments.code_stdin && arguments.password.is_given() && !context.prompts().are_possible() {
        return Err(Failure::NoTerminal { option: "--code-stdin" });
    }
    let mut lines = Lines::of(context);
    let (password, totp) = arguments.totp.beside(&mut lines, |lines| arguments.password.read(lines))?;
    let password = match password {
        Some(password) => password,
        None => context
            .prompts()
            .ask_secret("Password")
            .map_err(|error| Failure::unanswered(error, "--password-stdin"))?,
    };
    if !arguments.code_stdin {
        lines.end()?;
    }
    let env = session.oneself();
    let mut change = second_factor::with(context, totp.as_ref(), |totp| {
        ContactChange::begin(&env, &who, &Presented { password: &password, totp }, address.clone())
    })?;
    let lines = protection(session, &env, &mut change, lines, arguments.code_stdin)?;
    let mut codes = Codes { session, lines: arguments.code_stdin.then_some(lines) };
    if change.cools_down() {
        context.printer.note(&format!(
            "Without the word of the old contact, {address} will receive no reset codes for {}.",
            span_for_people(session.config.settings.contacts.cooldown)
        ));
    }
    let user = codes.ask_new(&env, &change, &address)?;
    told(session, &user, &address)
}

/// Settles what operation protection asks, and asks the old contact, where it can be asked: one code serves both.
fn protection<'c>(
    session: &'c Session<'c>,
    env: &Env<'_>,
    change: &mut ContactChange,
    lines: Lines<'c>,
    given: bool,
) -> Result<Lines<'c>, Failure> {
    let mut lines = lines;
    let ways = change.guard().ways(env)?;
    if ways.iter().any(Way::is_verifier) {
        let mut proofs = Proofs::among(lines, given);
        protect::settle_by(session, env, change.guard(), ways, &mut proofs)?;
        lines = proofs.into_lines();
    }
    let ways = change.guard().ways(env)?;
    if let Some(old) = change.old().cloned().filter(|_| !change.has_agreed()) {
        let others = ways.iter().any(|way| !way.is(&old));
        let without = match (ways.is_empty(), others) {
            (true, _) => Without::PasswordAlone,
            (false, true) => Without::Another,
            (false, false) => Without::Nothing,
        };
        let mut codes = Codes { session, lines: given.then_some(lines) };
        codes.ask_old(env, change, without)?;
        lines = codes.lines.unwrap_or_else(|| Lines::of(session.context));
    }
    let mut ways = change.guard().ways(env)?;
    if !ways.is_empty() {
        if let Some(old) = change.old() {
            ways.retain(|way| !way.is(old));
        }
        let mut proofs = Proofs::among(lines, given);
        protect::settle_by(session, env, change.guard(), ways, &mut proofs)?;
        lines = proofs.into_lines();
    }
    Ok(lines)
}

/// Where codes come from: a person at the terminal, or lines.
struct Codes<'a, 'c> {
    session: &'a Session<'c>,
    lines: Option<Lines<'a>>,
}

impl Codes<'_, '_> {
    /// The old contact agrees by a code, or is done without.
    fn ask_old(
        &mut self,
        env: &Env<'_>,
        change: &mut ContactChange,
        without: Without,
    ) -> Result<(), Failure> {
        let printer = &self.session.context.printer;
        let Some(old) = change.old().map(crate::domain::contact::Contact::masked) else { return Ok(()) };
        change.ask_old(env)?;
        printer.note(&format!("A code is on its way to {old}, the contact you have now."));
        loop {
            let prompt = format!("Code sent to {old} (Enter: cannot read it, ?: no code came)");
            match self.answer(&prompt, Some(without))? {
                Answer::WithoutOld => return Ok(()),
                Answer::Again => protect::resent(printer, change.ask_old(env))?,
                Answer::Digits(digits) => match change.agree(env, &digits) {
                    Err(error) => self.tell_or_fail(error)?,
                    Ok(()) => return Ok(()),
                },
            }
        }
    }

    fn ask_new(&mut self, env: &Env<'_>, change: &ContactChange, address: &Address) -> Result<User, Failure> {
        let printer = &self.session.context.printer;
        change.ask_new(env)?;
        printer.note(&format!("A code is on its way to {address}."));
        loop {
            match self
                .answer(&format!("Code sent to {address} (Enter: send again, ?: no code came)"), None)?
            {
                Answer::Again | Answer::WithoutOld => protect::resent(printer, change.ask_new(env))?,
                Answer::Digits(digits) => match change.finish(env, &digits) {
                    Err(error) => self.tell_or_fail(error)?,
                    Ok(user) => return Ok(user),
                },
            }
        }
    }

    /// A wrong code may be typed again at the terminal, while tries are left.
    fn tell_or_fail(&self, error: FlowError) -> Result<(), Failure> {
        match error {
            FlowError::Denied(denial @ Denial::Code { tries_left: 1.. }) if self.lines.is_none() => {
                self.session.context.printer.tell(&format!("Not accepted: {denial}."));
                Ok(())
            }
            other => Err(other.into()),
        }
    }

    /// One answer at a code: digits, or what an empty line stands for.
    fn answer(&mut self, prompt: &str, old: Option<Without>) -> Result<Answer, Failure> {
        let context = self.session.context;
        let length = self.session.config.settings.codes.length;
        if let Some(lines) = &mut self.lines {
            let typed = lines.next("code")?;
            if old.is_some() && typed.expose().is_empty() {
                return Ok(Answer::WithoutOld);
            }
            if old.is_none() {
                lines.end()?;
            }
            return Ok(Answer::Digits(input::digits(&typed, length)?));
        }
        let prompts = context.prompts();
        loop {
            let typed = prompts.ask_line(prompt, None).map_err(|e| Failure::unanswered(e, "--code-stdin"))?;
            if typed.trim() == "?" {
                protect::no_code_came(self.session);
                continue;
            }
            if !typed.trim().is_empty() {
                match parse_typed(&typed, length) {
                    Ok(digits) => return Ok(Answer::Digits(digits)),
                    Err(malformed) => {
                        context.printer.tell(&format!("Not accepted: {malformed}. It costs no try."));
                    }
                }
                continue;
            }
            let Some(without) = old else { return Ok(Answer::Again) };
            let alone = match without {
                Without::PasswordAlone => format!(
                    "Go on with the password alone: no reset codes to the new contact for {}",
                    span_for_people(self.session.config.settings.contacts.cooldown)
                ),
                Without::Another => "Prove by another contact of yours".to_owned(),
                Without::Nothing => "Give up: operation protection asks for a code, and there is no other \
                                     contact; an administrator can change it"
                    .to_owned(),
            };
            let items = ["Enter the code", "Send a new code", alone.as_str()];
            match prompts.select("What now?", &items).map_err(Failure::Ask)? {
                0 => {}
                1 => return Ok(Answer::Again),
                _ => return Ok(Answer::WithoutOld),
            }
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
    Ok(printer.one_if_data(&ContactView::of(contact, false))?)
}

fn noun(address: &Address) -> &'static str {
    address.channel().noun()
}
