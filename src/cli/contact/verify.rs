//! `regain contact verify`

use clap::{ArgAction, Args};

use crate::cli::shared::code_dialogue::{CodeDialogue, OnEnter};
use crate::cli::shared::input::NoNotify;
use crate::cli::shared::stdin::{Line, Lines, PasswordSource, StdinOptions};
use crate::cli::shared::views::ContactView;
use crate::cli::shared::{Failure, Session, input, person, second_factor};
use crate::domain::time::for_people;
use crate::domain::{Address, Channel, Contact, Principal, Secret, Task, User};
use crate::flow::contacts::{self, Awaited, Standing, VerifyContact, Wanted};
use crate::flow::{Env, Presented};
use crate::guidance::notes;

/// Confirm a contact with the code that was sent to it
///
/// Use it to confirm a contact that an administrator bound to you. You need your password (and the code of your
/// authenticator, if one is bound), then the code. Without an address, the command confirms the contact that waits for
/// its code. An administrator needs only the code if the user reads it out to them (`regain contact bind --read-out`)
/// or has no password yet.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    regain contact verify acme/alice --email\n  \
    regain contact verify acme/alice --email alice@example.com --password-stdin --code-stdin < LINES")]
pub(in crate::cli) struct Verify {
    #[command(flatten)]
    stdin: StdinOptions<true, false>,
    /// The user, such as acme/alice
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    contact: WhichContact,
    #[command(flatten)]
    password: PasswordSource,
    /// Read the code from standard input (one line)
    #[arg(long)]
    code_stdin: bool,
    #[command(flatten)]
    no_notify: NoNotify,
}

/// `--email [E]` or `--mobile [M]`, exactly one, with one address or none.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct WhichContact {
    /// The email address
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, action = ArgAction::Set)]
    email: Option<Vec<String>>,
    /// The mobile number, such as +4915112345678
    #[arg(long, value_name = "NUMBER", num_args = 0..=1, action = ArgAction::Set)]
    mobile: Option<Vec<String>>,
}

impl WhichContact {
    fn read(&self, env: &Env<'_>) -> Result<Wanted, Failure> {
        let (channel, text) = match (&self.email, &self.mobile) {
            (Some(text), _) => (Channel::Email, text),
            (None, Some(text)) => (Channel::Mobile, text),
            (None, None) => return Err(Failure::usage("give --email or --mobile")),
        };
        let address = text.first().map(|text| input::bound(env, channel, text)).transpose()?;
        Ok(Wanted { channel, address })
    }
}

pub(super) fn run(arguments: &Verify, session: &mut Session<'_>) -> Result<(), Failure> {
    person::judge_role(session, Task::ManageContacts, &arguments.password)?;
    let operates = person::role_allows(session, Task::ManageContacts) && !arguments.password.is_given();
    if arguments.no_notify.suppresses(session.context.globals.reason.as_deref())? && !operates {
        return Err(Failure::usage("--no-notify is for administrators; leave out your own password with it"));
    }
    session.suppress_notices(&arguments.no_notify)?;
    let context = session.context;
    context.no_dry_run()?;
    let env = if operates { session.operating() } else { session.oneself() };
    let (who, wanted) = (input::who(&env, &arguments.user)?, arguments.contact.read(&env)?);
    let mut lines = arguments.stdin.lines(context);
    if operates {
        match contacts::awaited(&session.operating(), &who, &wanted)? {
            Standing::Verified(who, contact) => return already(session, &who, &contact),
            Standing::Waits(awaited) if awaited.by_operator => {
                let user = ask_for_code(session, &awaited, lines.take(Line::Code)?)?;
                return tell(session, &awaited.user, &user, (&awaited.contact, wanted.address.as_ref()));
            }
            // Beside an operator at a terminal, they may be sitting there.
            Standing::Waits(awaited) => {
                if !context.prompts().are_possible() {
                    context
                        .printer
                        .note(&format!("{}.", notes::owner_confirms_or_reads_out(&awaited.user.path())));
                }
            }
        }
    }
    by_owner(session, arguments, &who, &wanted, &mut lines)
}

/// The person confirms it, and proves who they are first.
fn by_owner(
    session: &Session<'_>,
    arguments: &Verify,
    who: &Principal,
    wanted: &Wanted,
    lines: &mut Lines<'_>,
) -> Result<(), Failure> {
    let (context, env) = (session.context, session.oneself());
    let (password, totp) = (arguments.password.read(lines)?, lines.take(Line::Totp)?);
    let password = match password {
        Some(password) => password,
        None => context.ask_password(&format!("Password of {who}"))?,
    };
    let standing = second_factor::with(context, totp.as_ref(), |totp| {
        VerifyContact::begin(&env, who, &Presented { password: &password, totp }, wanted)
    })?;
    let change = match standing {
        Standing::Verified(who, contact) => return already(session, &who, &contact),
        Standing::Waits(change) => change,
    };
    let dialogue = CodeDialogue {
        prompt: format!("Code sent to {} (Enter: send again, ?: no code came)", change.contact().masked()),
        on_enter: OnEnter::Resend(&|| change.send(&env)),
        help: true,
        ..CodeDialogue::default()
    };
    let given = lines.take(Line::Code)?;
    let user = dialogue
        .until_right(session, given, |digits| change.enter(&env, digits))
        .map_err(|left| left.or_resume(|| notes::confirm_contact(&change.user().path(), wanted.channel)))?;
    tell(session, change.user(), &user, (change.contact(), wanted.address.as_ref()))
}

/// Has the code that was read out judged, or asks until it is right, or nothing is left to try.
pub(super) fn ask_for_code(
    session: &Session<'_>,
    awaited: &Awaited,
    given: Option<Secret>,
) -> Result<User, Failure> {
    let env = session.operating();
    let dialogue = CodeDialogue {
        prompt: "Code (Enter alone sends a new one)".to_owned(),
        on_enter: OnEnter::Resend(&|| awaited.send(&env)),
        ..CodeDialogue::default()
    };
    dialogue.until_right(session, given, |digits| awaited.enter(&env, digits))
}

fn already(session: &Session<'_>, who: &str, contact: &Contact) -> Result<(), Failure> {
    let told = format!("{} of {who} is verified already: nothing was changed.", contact.masked());
    session.context.printer.done(&told);
    show(session, contact, false)
}

/// What came of it: `before` it was verified, and after.
pub(super) fn tell(
    session: &Session<'_>,
    before: &User,
    after: &User,
    (verified, address): (&Contact, Option<&Address>),
) -> Result<(), Failure> {
    let printer = &session.context.printer;
    // Whoever typed it has it before their eyes.
    let shown = address.map_or_else(|| verified.masked(), Address::to_string);
    printer.done(&format!("Verified {shown}, the {} of {}.", verified.channel.noun(), after.path()));
    let Some(contact) = after.contact(verified.channel) else { return Ok(()) };
    if let Some(old) = before.contact(contact.channel).filter(|old| old.id != contact.id) {
        printer.note(&format!("It replaced {}.", old.masked()));
    }
    if contact.usable_from > contact.verified_at.unwrap_or(contact.bound_at) {
        printer.note(&format!("It receives reset codes from {} on.", for_people(contact.usable_from)));
    }
    show(session, contact, true)
}

/// Prints a contact, for programs.
pub(super) fn show(session: &Session<'_>, contact: &Contact, changed: bool) -> Result<(), Failure> {
    Ok(session.context.printer.written(&ContactView::of(contact, false), changed)?)
}
