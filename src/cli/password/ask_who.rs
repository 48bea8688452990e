//! Who somebody is, asked as the sign-in page does: first what they are, then by which names.

use std::fmt::Display;

use crate::cli::shared::kind::Kind;
use crate::cli::shared::{Context, Failure, Session};
use crate::domain::{Name, Principal, Reader};
use crate::guidance::notes;
use crate::ui::Prompts;

/// What would have answered.
const OPTION: &str = "USER";

const KINDS: [(&str, Option<Kind>); 4] = [
    ("IAM user: signs in with account name, user name and password", Some(Kind::IamUser)),
    ("Account: registered with the cloud, owns the resources and pays", Some(Kind::Account)),
    ("Unified ID: one sign-in for all services of the vendor", Some(Kind::UnifiedId)),
    ("I do not know", None),
];

/// Questions that lead whoever does not know, and what a yes means.
const LEADING: [(&str, &str, Kind); 3] = [
    (
        "Were you given three things: an account name, a user name and a password?",
        "Then you are an IAM user.",
        Kind::IamUser,
    ),
    (
        "Do you sign in the same way to the vendor's phones, mail or shop?",
        "Then you have a unified ID.",
        Kind::UnifiedId,
    ),
    ("Did you register with the cloud yourself?", "Then you are an account.", Kind::Account),
];

/// What they are, and who.
pub(super) fn ask_who(session: &Session<'_>) -> Result<(Kind, Principal), Failure> {
    let (context, reader) = (session.context, session.oneself().reader());
    context.printer.tell(notes::ABOUT_KINDS);
    let kind = ask_kind(context)?;
    let who = if kind == Kind::IamUser { ask_member(context, reader)? } else { ask_owner(context, reader)? };
    // The name may tell more than the answer did: acme/alice is an IAM user.
    let kind = if Kind::of(&who) == Kind::IamUser { Kind::IamUser } else { kind };
    Ok((kind, who))
}

fn ask_kind(context: &Context<'_>) -> Result<Kind, Failure> {
    let items = KINDS.map(|(item, _)| item);
    loop {
        let select = |prompts: &Prompts<'_>| prompts.select("IAM user, account, or unified ID?", &items);
        let chosen = context.ask(OPTION, select)?;
        match KINDS.get(chosen) {
            Some((_, Some(kind))) => return Ok(*kind),
            _ => {
                if let Some(kind) = lead(context)? {
                    return Ok(kind);
                }
            }
        }
    }
}

fn lead(context: &Context<'_>) -> Result<Option<Kind>, Failure> {
    for (question, answer, kind) in LEADING {
        if context.ask(OPTION, |prompts| prompts.confirm(question, None))? {
            context.printer.tell(answer);
            return Ok(Some(kind));
        }
    }
    context.printer.tell(notes::NOT_SUPPORTED);
    Ok(None)
}

/// Account, then user name or email address.
fn ask_member(context: &Context<'_>, reader: Reader) -> Result<Principal, Failure> {
    match ask_until(context, "Account name, or your email address or mobile number", |typed| {
        reader.who(typed)
    })? {
        Principal::Account(account) => {
            ask_until(context, "IAM user name or email address", |typed| member(reader, &account, typed))
        }
        complete => Ok(complete),
    }
}

fn member(reader: Reader, account: &Name, typed: &str) -> Result<Principal, String> {
    match reader.who(&format!("{account}/{typed}")) {
        Ok(Principal::Account(_)) => {
            Err("an IAM user has a name, or an email address, besides the account's".to_owned())
        }
        Ok(who) => Ok(who),
        Err(error) => Err(error.to_string()),
    }
}

/// An account or a unified ID: each of its names tells who it is.
fn ask_owner(context: &Context<'_>, reader: Reader) -> Result<Principal, Failure> {
    ask_until(context, "Login ID, mobile number or email address", |typed| reader.who(typed))
}

fn ask_until<T, E: Display>(
    context: &Context<'_>,
    prompt: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, Failure> {
    context.ask(OPTION, |prompts| prompts.ask_until(prompt, &parse))
}
