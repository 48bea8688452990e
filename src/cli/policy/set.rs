//! `regain policy set`

use clap::{Args, ValueEnum};

use super::show::{Flat, Group};
use crate::cli::shared::{Context, Failure, Planned, Session, input, runner};
use crate::domain::policy::Preset;
use crate::domain::{Address, LoginPolicy, Name, PasswordPolicy, ProtectionPolicy, Task};
use crate::flow::{self, PolicyChanges, PolicyGroup, SetPolicy};
use crate::guidance::notes;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain policy set acme password --preset cloud\n  \
                        regain policy set acme password minimum_password_length=20 password_validity_period=90\n  \
                        regain policy set acme login login_failed_times=3\n  \
                        regain policy set acme protection admin_check=on scene=email address=boss@example.com")]
pub(in crate::cli) struct Set {
    /// The account
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// The group of settings
    #[arg(value_name = "POLICY")]
    group: Group,
    /// Start from a preset; the fields that you also give override it
    #[arg(long, value_name = "NAME")]
    preset: Option<PresetArgument>,
    /// Settings and their new values, with the names from `regain policy show`
    #[arg(value_name = "FIELD=VALUE")]
    fields: Vec<String>,
}

/// What is at fault where a field or its value is.
const FIELD: &str = "<FIELD=VALUE>";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PresetArgument {
    /// Long passwords, no composition rules, checked against common passwords
    Nist,
    /// The defaults of the cloud
    Cloud,
}

impl From<PresetArgument> for Preset {
    fn from(preset: PresetArgument) -> Self {
        match preset {
            PresetArgument::Nist => Self::Nist,
            PresetArgument::Cloud => Self::Cloud,
        }
    }
}

pub(super) fn run(arguments: &Set, context: &Context<'_>) -> Result<(), Failure> {
    let session = &context.open_for(Task::ManagePolicy)?;
    let account = input::account(&arguments.account)?;
    let fields = assignments(&arguments.fields)?;
    if fields.is_empty() && arguments.preset.is_none() {
        return Err(Failure::usage_with(
            "there is nothing to set",
            format!("give FIELD=VALUE; `{}` lists the fields", notes::show_policy(account.as_str())),
        ));
    }
    match arguments.group {
        Group::Password => {
            let preset = arguments.preset.map(|preset| PasswordPolicy::preset(preset.into()));
            commit(session, &account, preset, &fields)
        }
        Group::Login | Group::Protection if arguments.preset.is_some() => {
            Err(Failure::usage("the presets are those of the password policy").of("--preset"))
        }
        Group::Login => commit::<LoginPolicy>(session, &account, None, &fields),
        Group::Protection => {
            let numbers = numbers(session, &fields)?;
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .zip(&numbers)
                .map(|((name, value), number)| (*name, number.as_ref().map_or(*value, Address::as_str)))
                .collect();
            commit::<ProtectionPolicy>(session, &account, None, &fields)
        }
    }
}

fn commit<P: PolicyGroup>(
    session: &Session<'_>,
    account: &Name,
    preset: Option<P>,
    fields: &[(&str, &str)],
) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let changes = PolicyChanges { preset, fields };
    // Tried out first: what cannot be is a slip of whoever typed it.
    let after = changes.applied(&flow::policy_of(&env, account)?).map_err(|error| {
        Failure::usage_with(
            error.to_string(),
            format!("`{}` lists the fields", notes::show_policy(account.as_str())),
        )
        .of(FIELD)
    })?;
    let change = SetPolicy::plan(&env, account, changes)?;
    let Some((policy, changed)) = runner::run(session, Planned::of(Flat(after)), change)? else {
        return Ok(());
    };
    if changed {
        context.printer.done(&format!("Set the {} policy of {account}.", P::NAME));
    }
    Ok(context.printer.written(&Flat(policy), changed)?)
}

/// The mobile numbers among the addresses, as they are read here.
fn numbers(session: &Session<'_>, fields: &[(&str, &str)]) -> Result<Vec<Option<Address>>, Failure> {
    let reader = session.operating().reader();
    let number = |(name, value): &(&str, &str)| {
        let is_number = *name == "address" && !value.is_empty() && !value.contains(['@', '\u{ff20}']);
        let read =
            || reader.mobile(value).map_err(|error| Failure::usage(format!("address: {error}")).of(FIELD));
        is_number.then(read).transpose()
    };
    fields.iter().map(number).collect()
}

/// `FIELD=VALUE`, each. What was typed is not repeated: it may have been meant for elsewhere.
fn assignments(typed: &[String]) -> Result<Vec<(&str, &str)>, Failure> {
    let fields: Vec<(&str, &str)> = typed
        .iter()
        .map(|text| {
            text.split_once('=').ok_or_else(|| {
                Failure::usage("a setting is written FIELD=VALUE, without spaces around =").of(FIELD)
            })
        })
        .collect::<Result<_, _>>()?;
    let twice =
        |(at, (name, _)): (usize, &(&str, &str))| fields.iter().take(at).any(|(before, _)| before == name);
    if fields.iter().enumerate().any(twice) {
        return Err(Failure::usage("a field is given twice; give each once").of(FIELD));
    }
    Ok(fields)
}
