//! `regain login`: signing in as a person would.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::mfa;
use crate::cli::shared::ask_who::ask_name;
use crate::cli::shared::kind::Kind;
use crate::cli::shared::stdin::{Line, Lines, PasswordSource, StdinOptions};
use crate::cli::shared::views::moment;
use crate::cli::shared::{
    Context, Exit, Failure, Session, input, new_password, reset_conversation, second_factor, step_up,
};
use crate::domain::time::{for_people, in_seconds, span_for_people};
use crate::domain::{Principal, Secret};
use crate::flow::reset::{self, RequestView};
use crate::flow::{self, Asks, Denial, FlowError, Owing, PasswordChange, Presented, SignIn, SignedIn};
use crate::guidance::notes;
use crate::ui::{AskError, Column, Format, Row, column, escape};

/// Sign in as a user
///
/// Asks for the password, then for the code of your authenticator if one is bound, then for what login protection
/// requires: a code by SMS or email, or binding an authenticator. It then shows who you are and, if the account's login
/// policy enables `show_recent_login_info`, when you signed in before. If your password must be changed, you change it
/// during the sign-in. After a wrong password, everyone is offered a reset. Without a terminal, the code is sent after
/// the right password, and you continue with a second call with --code-stdin.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain login\n  regain login acme/alice")]
pub(in crate::cli) struct Login {
    #[command(flatten)]
    stdin: StdinOptions<true, true>,
    /// The user, such as acme/alice, acme, acme/alice@example.com, alice@example.com or +4915112345678
    #[arg(value_name = "USER")]
    user: Option<String>,
    #[command(flatten)]
    password: PasswordSource,
    /// Set the client's IP address, for portals that the config trusts
    #[arg(long, value_name = "ADDRESS")]
    source: Option<String>,
}

/// A sign-in as shown to programs; people are told in sentences.
#[derive(Debug, Serialize)]
struct SignInView {
    /// `acme/alice`, or `acme` for the root user.
    user: String,
    account: String,
    name: String,
    root: bool,
    /// *Enterprise administrator* or *IAM user*.
    title: &'static str,
    /// The sign-in before this one, if the account's login policy shows it.
    #[serde(serialize_with = "in_seconds")]
    last_login_at: Option<Timestamp>,
    /// Wrong passwords that were counted before this right one, if it does.
    failures_before: Option<u32>,
    must_change: bool,
    #[serde(serialize_with = "in_seconds")]
    password_expires_at: Option<Timestamp>,
    /// Moves with every change of the credential, so that a session can see that it is out of date.
    epoch: u64,
    /// Minutes without activity after which a session should end, by the account's login policy.
    session_timeout: u32,
    /// What the account's login policy says at sign-in.
    info: Option<String>,
}

impl SignInView {
    fn of(signed_in: &SignedIn) -> Self {
        let user = &signed_in.user;
        let info = &signed_in.policy.custom_info_for_login;
        let shows = signed_in.policy.show_recent_login_info;
        Self {
            user: user.path(),
            account: user.account.clone(),
            name: user.name.clone(),
            root: user.root,
            title: user.title(),
            last_login_at: signed_in.previous_login.filter(|_| shows),
            failures_before: shows.then_some(signed_in.failures_before),
            must_change: false,
            password_expires_at: signed_in.expires_at,
            epoch: user.credential.epoch,
            session_timeout: signed_in.policy.session_timeout,
            info: (!info.is_empty()).then(|| info.clone()),
        }
    }
}

impl Row for SignInView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", |row| row.user.clone()),
        column("title", |row| row.title.to_owned()),
        column("last sign-in", |row| moment(row.last_login_at)),
    ];
}

pub(in crate::cli) fn run(arguments: &Login, context: &Context<'_>) -> Result<(), Failure> {
    context.no_dry_run()?;
    let mut session = context.open()?;
    session.trust_source(arguments.source.as_deref())?;
    let mut who = named(arguments, &session)?;
    context.printer.speak_to(who.named_as());
    let mut lines = arguments.stdin.lines(context);
    let (password, totp) = (arguments.password.read(&mut lines)?, lines.take(Line::Totp)?);
    let ask = || context.ask_password("Password");
    let password = match password {
        Some(password) => password,
        None if arguments.user.is_some() => ask()?,
        // Esc goes back to the names.
        None => loop {
            if let Some(password) = context.or_back(ask)? {
                break password;
            }
            who = named(arguments, &session)?;
            context.printer.speak_to(who.named_as());
        },
    };
    with(&session, &who, &password, totp.as_ref(), lines)
}

/// Who signs in: as given, or asked for as a reset asks.
fn named(arguments: &Login, session: &Session<'_>) -> Result<Principal, Failure> {
    let (env, context) = (session.oneself(), session.context);
    match &arguments.user {
        Some(user) => input::who(&env, user),
        None if context.prompts().are_possible() => Ok(ask_name(context, env.reader())?.1),
        None => Err(Failure::usage_with(
            notes::LOGIN_NAMES_SOMEBODY,
            "write it as acme/alice, acme, alice@example.com or +4915112345678",
        )
        .of("<USER>")),
    }
}

fn with(
    session: &Session<'_>,
    who: &Principal,
    password: &Secret,
    totp: Option<&Secret>,
    mut lines: Lines<'_>,
) -> Result<(), Failure> {
    let env = session.oneself();
    let attempt = |totp: Option<&Secret>| flow::log_in(&env, who, &Presented { password, totp });
    let mut judged = second_factor::with(session.context, totp, attempt)?;
    loop {
        judged = match judged {
            SignIn::Right(signed_in) => return welcome(session, &signed_in),
            SignIn::MustChange(owing) => return change_first(session, who, owing, password),
            SignIn::Denied => return denied(session, who),
            SignIn::Protected(protected) => match protected.asks() {
                Asks::Code(_) => step_up::code_at_login(session, &env, &protected, &mut lines)?,
                Asks::Authenticator => mfa::bind_to_sign_in(session, &env, protected, &mut lines)?,
            },
        };
    }
}

/// Who they are, when they were here before, and what they should know.
pub(in crate::cli) fn welcome(session: &Session<'_>, signed_in: &SignedIn) -> Result<(), Failure> {
    // Everything was asked: only this makes a device familiar.
    flow::devices::remember(&session.oneself(), &signed_in.user)?;
    let printer = &session.context.printer;
    let user = &signed_in.user;
    if printer.format() == Format::Table {
        let mut lines = vec![format!("Signed in as {} ({}).", user.path(), user.title())];
        if signed_in.policy.show_recent_login_info {
            lines.push(match signed_in.previous_login {
                Some(at) => format!("Last sign-in: {}.", for_people(at)),
                None => "Last sign-in: never before.".to_owned(),
            });
            lines.push(format!("Wrong passwords just before this one: {}.", signed_in.failures_before));
        }
        if !signed_in.policy.custom_info_for_login.is_empty() {
            lines.push(signed_in.policy.custom_info_for_login.clone());
        }
        for line in lines {
            printer.text(&format!("{}\n", escape::visible(&line)))?;
        }
        printer.flush()?;
    } else {
        printer.one(&SignInView::of(signed_in))?;
    }
    if let Some(end) = signed_in.expires_at.filter(|_| signed_in.expires_soon) {
        printer.warn(&notes::password_expires(&user.path(), end));
    }
    Ok(())
}

/// On to the forced change, if there is somebody to ask; then in with the new password.
pub(in crate::cli) fn change_first(
    session: &Session<'_>,
    who: &Principal,
    owing: Owing,
    old: &Secret,
) -> Result<(), Failure> {
    let context = session.context;
    if !context.prompts().are_possible() {
        return Err(Failure::MustChange { user: who.to_string() });
    }
    context.printer.tell("The password is right, but it must be changed before you can go on.");
    let (env, later) = (session.oneself(), notes::sign_in(&who.to_string()));
    context.printer.begin_conversation(Some(later.clone()));
    let changed = new_password::of_change(session, &PasswordChange::owed(owing, old)?);
    let changed = changed.map_err(|left| left.or_resume(|| later))?;
    context.printer.begin_conversation(None);
    context.printer.done(&format!("Changed the password of {}.", changed.user().path()));
    welcome(session, &changed.sign_in(&env)?)
}

/// The one answer to whoever is not let in, known or not; at a terminal with the way out.
fn denied(session: &Session<'_>, who: &Principal) -> Result<(), Failure> {
    let context = session.context;
    let failure = Failure::from(FlowError::from(Denial::Credentials));
    if !context.prompts().are_possible() {
        return Err(failure);
    }
    context.printer.error(&failure.report());
    match context.prompts().confirm("Forgot your password? Reset it now?", Some(false)) {
        // Nobody is looked up: strangers are led the same way.
        Ok(true) => after_conversation(session, Kind::of(who), reset::start(&session.oneself(), who)?),
        // Whoever leaves the question has their answer already: they are not signed in.
        Ok(false) | Err(_) => Err(Failure::Silent(Exit::Denied)),
    }
}

/// Goes through the conversation of a reset, and on to the sign-in.
pub(in crate::cli) fn after_conversation(
    session: &Session<'_>,
    kind: Kind,
    view: RequestView,
) -> Result<(), Failure> {
    let id = view.id.clone();
    reset_conversation::go_on(session, kind, view)?;
    after_reset(session, &id)
}

/// "Log in, or wait to be redirected" (domain.md): for whoever has just proved who they are.
pub(in crate::cli) fn after_reset(session: &Session<'_>, id: &str) -> Result<(), Failure> {
    let Some(finisher) = reset::finished_by(&session.oneself(), id)? else { return Ok(()) };
    reset_conversation::suggest_authenticator(session, &finisher);
    let (context, who) = (session.context, &finisher.who);
    let redirect_wait = session.config.settings.reset.redirect_wait;
    let question = format!("Log in now? (continues automatically in {})", span_for_people(redirect_wait));
    let wait = Duration::try_from(redirect_wait).unwrap_or(Duration::ZERO);
    if let Ok(true) = context.prompts().confirm_or_wait(&question, wait) {
        match context.or_back(|| context.ask_password(&format!("Password of {who}"))) {
            Ok(Some(password)) => return with(session, who, &password, None, Lines::none(context)),
            Ok(None) | Err(Failure::Ask(AskError::Cancelled)) => {}
            Err(other) => return Err(other),
        }
    }
    // The reset is done, whatever is said to this.
    context.printer.hint(&notes::log_in(&who.to_string()));
    Ok(())
}
