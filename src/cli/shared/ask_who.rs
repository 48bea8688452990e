//! Who somebody is, asked as the sign-in page does: first what they are, then by which names.

use std::fmt::Display;

use super::kind::Kind;
use super::{Context, Failure};
use crate::domain::{Name, Principal, Reader};
use crate::flow::reset::RequestView;
use crate::guidance::notes;
use crate::ui::{AskError, Prompts};

/// What would have answered.
const OPTION: &str = "<USER>";

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

/// Who it is.
pub(in crate::cli) enum Who {
    /// What they are, and by which name.
    Named(Kind, Principal),
    /// Whoever began this here, and has a code now.
    GoesOn(RequestView),
}

/// What stands last in the menu for whoever comes back.
const HAVE_CODE: &str = "I have a code: continue the reset that was started here";

/// What they are, and who; or that they go on with what was `begun`. Esc goes back to the question before.
pub(in crate::cli) fn ask_who(
    context: &Context<'_>,
    reader: Reader,
    begun: Option<RequestView>,
) -> Result<Who, Failure> {
    context.printer.tell(notes::ABOUT_KINDS);
    loop {
        let Some(kind) = ask_kind(context, begun.is_some())? else {
            // Only where it is offered.
            if let Some(view) = begun {
                return Ok(Who::GoesOn(view));
            }
            continue;
        };
        if let Some((kind, who)) = ask_names(context, reader, kind)? {
            return Ok(Who::Named(kind, who));
        }
    }
}

/// What they are, and who.
pub(in crate::cli) fn ask_name(context: &Context<'_>, reader: Reader) -> Result<(Kind, Principal), Failure> {
    context.printer.tell(notes::ABOUT_KINDS);
    loop {
        let Some(kind) = ask_kind(context, false)? else { continue };
        if let Some(named) = ask_names(context, reader, kind)? {
            return Ok(named);
        }
    }
}

/// Who one of this kind is; nothing where they go back.
fn ask_names(
    context: &Context<'_>,
    reader: Reader,
    kind: Kind,
) -> Result<Option<(Kind, Principal)>, Failure> {
    match if kind == Kind::IamUser { ask_member(context, reader) } else { ask_owner(context, reader) } {
        Err(Failure::Ask(AskError::Back)) => Ok(None),
        who => {
            let who = who?;
            // The name may tell more than the answer did: acme/alice is an IAM user.
            let kind = if Kind::of(&who) == Kind::IamUser { Kind::IamUser } else { kind };
            Ok(Some((kind, who)))
        }
    }
}

/// `None`: with a code at hand.
fn ask_kind(context: &Context<'_>, begun: bool) -> Result<Option<Kind>, Failure> {
    let mut items: Vec<&str> = KINDS.iter().map(|(item, _)| *item).collect();
    items.extend(begun.then_some(HAVE_CODE));
    loop {
        let select = |prompts: &Prompts<'_>| prompts.select("IAM user, account, or unified ID?", &items);
        let kind = match KINDS.get(context.ask(OPTION, select)?) {
            None => return Ok(None),
            Some((_, Some(kind))) => Ok(Some(*kind)),
            Some((_, None)) => lead(context),
        };
        match kind {
            Err(Failure::Ask(AskError::Back)) | Ok(None) => {}
            kind => return kind,
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
    let first = "Account name, or your email address or mobile number";
    loop {
        match ask_until(context, first, |typed| reader.who(typed))? {
            Principal::Account(account) => {
                let member = |typed: &str| member(reader, &account, typed);
                match ask_until(context, "IAM user name or email address", member) {
                    Err(Failure::Ask(AskError::Back)) => {}
                    who => return who,
                }
            }
            complete => return Ok(complete),
        }
    }
}

/// The account stands already; whoever types it once more means the same.
fn member(reader: Reader, account: &Name, typed: &str) -> Result<Principal, String> {
    let typed = match typed.split_once('/') {
        Some((before, name)) if before.trim().eq_ignore_ascii_case(&account.to_string()) => name,
        Some(_) => return Err(format!("the account is {account}; type the name of the IAM user alone")),
        None => typed,
    };
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
