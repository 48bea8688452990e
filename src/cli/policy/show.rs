//! `regain policy show`

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::cli::shared::{Context, Failure, input};
use crate::domain::policy::{FieldRow, FieldTable};
use crate::domain::{LoginPolicy, Name, PasswordPolicy, ProtectionPolicy};
use crate::flow::{self, Env, PolicyGroup};
use crate::ui::{Column, Format, Printer, Row, column, prose};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain policy show acme\n  regain policy show acme password\n  regain policy show acme -o json"
)]
pub(in crate::cli) struct Show {
    /// The account
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// The group of settings; all by default
    #[arg(value_name = "POLICY")]
    group: Option<Group>,
}

/// The settings that belong together.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Group {
    Password,
    Login,
    Protection,
}

/// `policy show` without a group, for programs: flat, because no field is in two groups (cli.md, "JSON").
#[derive(Debug, Serialize)]
struct All {
    #[serde(flatten)]
    password: PasswordPolicy,
    #[serde(flatten)]
    login: LoginPolicy,
    #[serde(flatten)]
    protection: ProtectionPolicy,
}

/// One field of a policy, for tables and CSV.
#[derive(Debug, Serialize)]
struct FieldView {
    policy: &'static str,
    #[serde(flatten)]
    row: FieldRow,
}

impl FieldView {
    fn all<P: FieldTable>(group: &'static str, policy: &P) -> Vec<Self> {
        policy.fields().into_iter().map(|row| Self { policy: group, row }).collect()
    }
}

impl Row for FieldView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("field", |view| view.row.name.to_owned()),
        column("value", |view| view.row.value.clone()),
        prose("range", |view| view.row.range.clone()),
        prose("what it is", |view| view.row.help.to_owned()),
    ];
}

/// Policies as one JSON object, with the fields of domain.md.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Flat<P>(pub(super) P);

impl<P: Serialize + 'static> Row for Flat<P> {
    const COLUMNS: &'static [Column<Self>] = &[];
}

pub(super) fn run(arguments: &Show, context: &Context<'_>) -> Result<(), Failure> {
    let account = input::account(&arguments.account)?;
    let session = context.open()?;
    let env = session.operating();
    let printer = &context.printer;
    show(arguments.group, &env, &account, printer)?;
    if matches!(arguments.group, None | Some(Group::Password))
        && env.settings.password.breached_list.is_some()
    {
        printer.note("Besides, passwords known from a data breach are refused ([password] breached_list).");
    }
    Ok(())
}

fn show(group: Option<Group>, env: &Env<'_>, account: &Name, printer: &Printer) -> Result<(), Failure> {
    match group {
        Some(Group::Password) => show_one(printer, flow::policy_of::<PasswordPolicy>(env, account)?),
        Some(Group::Login) => show_one(printer, flow::policy_of::<LoginPolicy>(env, account)?),
        Some(Group::Protection) => show_one(printer, flow::policy_of::<ProtectionPolicy>(env, account)?),
        None => {
            let all = All {
                password: flow::policy_of(env, account)?,
                login: flow::policy_of(env, account)?,
                protection: flow::policy_of(env, account)?,
            };
            if matches!(printer.format(), Format::Json | Format::Jsonl) {
                return Ok(printer.one(&Flat(all))?);
            }
            let password = FieldView::all(PasswordPolicy::NAME, &all.password);
            let login = FieldView::all(LoginPolicy::NAME, &all.login);
            let protection = FieldView::all(ProtectionPolicy::NAME, &all.protection);
            Ok(printer.list(password.into_iter().chain(login).chain(protection), "")?)
        }
    }
}

/// Prints one policy: flat for programs, a field a line for people.
fn show_one<P: PolicyGroup>(printer: &Printer, policy: P) -> Result<(), Failure> {
    match printer.format() {
        Format::Json | Format::Jsonl => Ok(printer.one(&Flat(policy))?),
        Format::Table | Format::Csv => Ok(printer.list(FieldView::all(P::NAME, &policy), "")?),
    }
}
