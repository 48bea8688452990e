//! Arguments on their way in: parsing with messages that tell the way out.

use std::io;
use std::path::Path;
use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValuesParser, StringValueParser, TypedValueParser};
use jiff::Timestamp;

use super::failure::Failure;
use crate::domain::address::AddressError;
use crate::domain::code::parse_typed;
use crate::domain::name::NameError;
use crate::domain::text::UnknownWord;
use crate::domain::typed::Stray;
use crate::domain::{Address, Channel, Name, Principal, Secret, external_id, typed, when};
use crate::flow::Env;
use crate::guidance::notes;
use crate::ui::Printer;

/// Reads one of these words, which the help lists.
pub(in crate::cli) fn words<T>(known: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = UnknownWord> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(known).try_map(|word| word.parse())
}

/// A USER argument, as whoever acts in `env` may write it.
pub(in crate::cli) fn who(env: &Env<'_>, text: &str) -> Result<Principal, Failure> {
    env.reader().who(text).map_err(|error| {
        Failure::usage_with(
            format!("the account is invalid or not supported: {error}"),
            "check the name, or create one; write acme/alice, acme, alice@example.com or +4915112345678",
        )
        .of("<USER>")
    })
}

/// An account's name, with or without its slash.
pub(in crate::cli) fn account(text: &str) -> Result<Name, Failure> {
    account_of(text, "<ACCOUNT>")
}

/// The name of an account that there is not yet.
pub(in crate::cli) fn new_account(text: &str) -> Result<Name, Failure> {
    account_name(text).map_err(|error| Failure::usage(error.to_string()).of("<NAME>"))
}

/// [`account`], from this option or argument.
pub(in crate::cli) fn account_of(text: &str, option: &'static str) -> Result<Name, Failure> {
    account_name(text).map_err(|error| {
        Failure::usage_with(format!("the account is invalid or not supported: {error}"), notes::WHICH_ACCOUNT)
            .of(option)
    })
}

fn account_name(text: &str) -> Result<Name, NameError> {
    let text = typed::plain(text);
    Name::parse(text.strip_suffix('/').unwrap_or(&text))
}

/// That the file of an option cannot be read; `-` is standard input, and has no name.
pub(in crate::cli) fn unreadable(what: &str, path: &Path, error: &io::Error) -> String {
    if path.as_os_str() == "-" {
        return format!("{what} cannot be read: {error}");
    }
    format!("{what} cannot be read: {}: {error}", path.display())
}

/// An id of ours, for clap.
pub(in crate::cli) fn id() -> impl TypedValueParser<Value = String> {
    StringValueParser::new().try_map(|text| match typed::foreign(&text) {
        Some(stray) => Err(ForeignCharacter(stray)),
        None => Ok(typed::id(&text)),
    })
}

/// An id holds what none of ours does, and nothing of it may be shown but this.
#[derive(Debug, thiserror::Error)]
#[error("an id cannot hold {0}")]
pub(in crate::cli) struct ForeignCharacter(Stray);

/// A USER argument that must name an IAM user by name.
pub(in crate::cli) fn member(env: &Env<'_>, text: &str) -> Result<(Name, Name), Failure> {
    match who(env, text)? {
        Principal::Member(account, user) => Ok((account, user)),
        _ => {
            Err(Failure::usage_with("this needs the name of an IAM user", "write it as acme/alice")
                .of("<USER>"))
        }
    }
}

/// A moment: a date, a time, or an age, which is so long before `now`.
pub(in crate::cli) fn moment(text: &str, option: &'static str, now: Timestamp) -> Result<Timestamp, Failure> {
    when::parse(text, now).map_err(|_| {
        Failure::usage_with(
            format!("{option} is not a valid time{}", typed::Aside(typed::foreign(text))),
            format!("write {}", when::WhenError::FORM),
        )
        .of(option)
    })
}

/// What another system calls a user; blank is nothing.
pub(in crate::cli) fn external_id(text: &str) -> Result<Option<String>, Failure> {
    external_id::parse(text).map_err(|error| Failure::usage(error.to_string()).of("--external-id"))
}

/// A code that was not typed at a prompt, which would ask again.
pub(in crate::cli) fn digits(typed: &Secret, length: usize) -> Result<Secret, Failure> {
    parse_typed(typed.expose(), length).map_err(|malformed| {
        Failure::usage_with(malformed.to_string(), "it does not count as a try").of("--code-stdin")
    })
}

/// An address of a channel, to be bound or written to.
pub(in crate::cli) fn address(env: &Env<'_>, channel: Channel, text: &str) -> Result<Address, Failure> {
    env.reader().address(channel, text).map_err(|error| not_read(channel, error))
}

/// An address that is bound already: also one that could not be bound today.
pub(in crate::cli) fn bound(env: &Env<'_>, channel: Channel, text: &str) -> Result<Address, Failure> {
    env.reader().bound(channel, text).map_err(|error| not_read(channel, error))
}

fn not_read(channel: Channel, error: AddressError) -> Failure {
    let option = match channel {
        Channel::Email => "--email",
        Channel::Mobile => "--mobile",
    };
    Failure::usage(error.to_string()).of(option)
}

/// Whether an address keeps to RFC 5321 in its dots: only an admin who vouches for one binds another.
pub(in crate::cli) fn strict(address: &Address, way_out: &str) -> Result<(), Failure> {
    if address.has_stray_dots() {
        return Err(Failure::usage_with(AddressError::StrayDots.to_string(), way_out).of("--email"));
    }
    Ok(())
}

/// A remark of `--reason` or `--ticket` is a line: one of several could pass for several records (security U4),
/// and it stands in every record of a run over many people.
pub(in crate::cli) fn remark(option: &str, text: Option<&str>) -> Result<(), Failure> {
    const LENGTH: usize = 500;
    let Some(text) = text else { return Ok(()) };
    if text.chars().any(breaks_the_line) {
        return Err(Failure::usage(format!("{option} takes one line, without control characters")));
    }
    if text.chars().count() > LENGTH {
        return Err(Failure::usage(format!("{option} takes at most {LENGTH} characters")));
    }
    Ok(())
}

fn breaks_the_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Tells an operator what is to be checked about addresses that are about to be bound.
pub(in crate::cli) fn doubts(printer: &Printer, addresses: &[Address]) {
    for doubt in addresses.iter().filter_map(Address::doubt) {
        printer.warn(&doubt);
    }
}

// `--email E` or `--mobile M`, exactly one. No doc comment: clap would say it in the place of a command's own.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(in crate::cli) struct OneAddress {
    /// The email address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// The mobile number, such as +4915112345678
    #[arg(long, value_name = "NUMBER")]
    mobile: Option<String>,
}

impl OneAddress {
    /// An address to bind.
    pub(in crate::cli) fn read(&self, env: &Env<'_>) -> Result<Address, Failure> {
        let (channel, text) = self.given()?;
        address(env, channel, text)
    }

    fn given(&self) -> Result<(Channel, &str), Failure> {
        match (&self.email, &self.mobile) {
            (Some(email), _) => Ok((Channel::Email, email)),
            (None, Some(mobile)) => Ok((Channel::Mobile, mobile)),
            (None, None) => Err(Failure::usage("give --email or --mobile")),
        }
    }
}

/// `--email E` and `--mobile M`, any of them.
#[derive(Debug, Args)]
pub(in crate::cli) struct Addresses {
    /// Bind this email address as verified, without sending a code
    #[arg(long, value_name = "ADDRESS")]
    pub(in crate::cli) email: Option<String>,
    /// Bind this mobile number, such as +4915112345678, as verified, without sending a code
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) mobile: Option<String>,
}

impl Addresses {
    pub(in crate::cli) fn read(&self, env: &Env<'_>) -> Result<Vec<Address>, Failure> {
        let email = self.email.as_deref().map(|text| address(env, Channel::Email, text));
        let mobile = self.mobile.as_deref().map(|text| address(env, Channel::Mobile, text));
        email.into_iter().chain(mobile).collect()
    }
}

// Whether the person hears of the change. No doc comment: clap would say it in the place of a command's own.
#[derive(Debug, Args)]
pub(in crate::cli) struct NoNotify {
    /// Do not notify anyone of the change; requires --reason and is recorded
    #[arg(long)]
    no_notify: bool,
}

impl NoNotify {
    /// Whether nobody is told, for which there must be a reason.
    pub(in crate::cli) fn suppresses(&self, reason: Option<&str>) -> Result<bool, Failure> {
        if self.no_notify && reason.is_none_or(|reason| reason.trim().is_empty()) {
            return Err(Failure::usage_with(
                "--no-notify needs a reason",
                "give the reason with --reason TEXT; it is recorded",
            ));
        }
        Ok(self.no_notify)
    }
}
