//! `regain account create`

use clap::Args;

use super::change::commit;
use crate::cli::shared::input::Addresses;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::account::Kind;
use crate::flow::{CreateAccount, NewAccount};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain account create acme --email owner@example.com")]
pub(in crate::cli) struct Create {
    /// 1 to 64 letters, digits, spaces, dots, hyphens and underscores
    #[arg(value_name = "NAME")]
    name: String,
    /// Whether it is a cloud account or a unified ID
    #[arg(long, value_name = "KIND", default_value = "cloud", value_parser = input::words::<Kind>(Kind::WORDS))]
    kind: Kind,
    #[command(flatten)]
    addresses: Addresses,
    /// The most IAM users it may have
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    user_quota: Option<u32>,
}

pub(super) fn run(arguments: &Create, session: &Session<'_>) -> Result<(), Failure> {
    let env = session.operating();
    let new = NewAccount {
        name: input::account(&arguments.name)?,
        kind: arguments.kind,
        contacts: arguments.addresses.read(&env)?,
        user_quota: arguments.user_quota,
    };
    input::doubts(session.context, &new.contacts);
    commit(session, CreateAccount::plan(&env, new)?, "Made the account")
}
