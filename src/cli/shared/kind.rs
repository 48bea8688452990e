//! What somebody says they are, and what follows from it: where they are pointed to. It never depends on the store.

use crate::config::{Help, Settings};
use crate::domain::Principal;
use crate::domain::principal::NamedAs;
use crate::guidance::notes;
use crate::ui::ContactHelp;

/// What somebody says they are, in words or by how they write their name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Kind {
    IamUser,
    Account,
    UnifiedId,
    /// A login ID is an account's or a unified ID's.
    LoginId,
    /// An address may be anybody's.
    Anyone,
    /// Somebody who registers.
    Newcomer,
}

impl Kind {
    /// As far as the words tell.
    pub(in crate::cli) fn of(who: &Principal) -> Self {
        Self::of_named(who.named_as())
    }

    /// As the words of a request told.
    pub(in crate::cli) fn of_named(named: NamedAs) -> Self {
        match named {
            NamedAs::Member => Self::IamUser,
            NamedAs::LoginId => Self::LoginId,
            NamedAs::Address => Self::Anyone,
        }
    }

    /// As far as it decides who helps.
    pub(in crate::cli) fn named_as(self) -> NamedAs {
        match self {
            Self::IamUser => NamedAs::Member,
            Self::Account | Self::UnifiedId | Self::LoginId | Self::Newcomer => NamedAs::LoginId,
            Self::Anyone => NamedAs::Address,
        }
    }

    /// Where people of this kind are pointed to.
    pub(in crate::cli) fn help(self, settings: &Settings) -> ContactHelp {
        ContactHelp {
            create: self.create(settings),
            administrator: self.administrator(settings),
            owner: self.owner(settings),
            unavailable: self.unavailable(settings),
        }
    }

    /// What an IAM user does to whom no contact is bound.
    fn administrator(self, settings: &Settings) -> Option<String> {
        matches!(self, Self::IamUser | Self::Anyone).then(|| settings.help.administrator_text.clone())
    }

    /// What the owner of an account does, whom nobody administers.
    fn owner(self, settings: &Settings) -> Option<String> {
        let ask = format!("ask customer service{}, or submit a form: {}.", at(&settings.help), notes::APPEAL);
        match self {
            Self::IamUser | Self::Newcomer => None,
            Self::Anyone => Some(format!("As the owner of an account, {ask}")),
            Self::Account | Self::UnifiedId | Self::LoginId => Some(format!(
                "If no email address or mobile number that is bound to you can be reached, {ask}"
            )),
        }
    }

    /// After "check the name, or".
    pub(in crate::cli) fn create(self, settings: &Settings) -> String {
        const ASK: &str = "ask the person who manages it to create one";
        // An address, or a request that is gone on with, may be an IAM user's.
        let ask = if self == Self::Anyone { format!("; for an IAM user, {ASK}") } else { String::new() };
        match (&settings.help.register_url, settings.register.enabled) {
            (Some(url), _) if self != Self::IamUser => format!("create one at {url}{ask}"),
            (None, true) if self != Self::IamUser => format!("create one: {}{ask}", notes::REGISTER),
            _ => ASK.to_owned(),
        }
    }

    /// What helps when no contact can be reached any more, a line each.
    fn unavailable(self, settings: &Settings) -> Vec<String> {
        if self == Self::Newcomer {
            return vec![notes::NUMBER_HAS_ID.to_owned()];
        }
        let mut lines = vec!["If you can no longer reach your email address and mobile number:".to_owned()];
        if matches!(self, Self::IamUser | Self::Anyone) {
            lines.push(
                "  - an IAM user asks the administrator of the account, who resets the password or binds another \
                 contact"
                    .to_owned(),
            );
        }
        if matches!(self, Self::Account | Self::LoginId | Self::Anyone) {
            lines.extend(of_account(&settings.help));
        }
        if matches!(self, Self::UnifiedId | Self::LoginId | Self::Anyone) {
            lines.extend(of_unified_id(settings));
        }
        lines
    }
}

fn of_account(help: &Help) -> Vec<String> {
    let mut lines = vec!["  - the owner of an account asks customer service".to_owned()];
    lines.extend(customer_service(help).iter().map(|line| format!("      {line}")));
    let at = help.ticket_url.as_ref().map(|url| format!(", or at {url}")).unwrap_or_default();
    lines.push(format!("{}{at}", notes::TICKET));
    lines
}

fn of_unified_id(settings: &Settings) -> Vec<String> {
    let mut lines = vec![notes::UNIFIED_ID.to_owned()];
    let here = settings.register.enabled.then_some(notes::REGISTER);
    let place = settings.help.register_url.as_deref().or(here);
    if let Some(place) = place {
        lines.push(format!(
            "  - or register a new unified ID, {place}. Caution: it cannot use what the original ID owns"
        ));
    }
    lines.extend(settings.help.unified_id_url.iter().map(|url| format!("  More about unified IDs: {url}")));
    lines
}

/// Where customer service is reached, behind its name.
fn at(help: &Help) -> String {
    let phones = help.customer_service.iter().map(|of| format!("{}: {}", of.region, of.phone));
    let places: Vec<String> = help.service_url.iter().cloned().chain(phones).collect();
    if places.is_empty() { String::new() } else { format!(" ({})", places.join("; ")) }
}

/// Customer service as the config has it, a line each.
pub(in crate::cli) fn customer_service(help: &Help) -> Vec<String> {
    let service = help.service_url.iter().map(|url| format!("Customer service: {url}"));
    let phones =
        help.customer_service.iter().map(|of| format!("Customer service, {}: {}", of.region, of.phone));
    service.chain(phones).collect()
}
