//! `regain user import`

use std::path::PathBuf;

use clap::Args;

use crate::cli::shared::batch::{Asked, BatchArgs, Begins, Source, carry_out};
use crate::cli::shared::input::NoNotify;
use crate::cli::shared::recipients::recipients;
use crate::cli::shared::stdin::is_stdin;
use crate::cli::shared::{Failure, Session, input, secret_output};
use crate::domain::batch::IMPORT;
use crate::domain::import::{First, ImportOptions, Key, OnConflict};
use crate::exchange::Format;
use crate::flow::batch::Work;
use crate::ui;

/// Import users from a file, or bring existing users in line with it
///
/// Each row names a user, and the account must exist. New users are created. For existing users, --on-conflict says what
/// happens: by default their row fails; with update, a field with a value sets it, an empty or missing field leaves it, and
/// null in JSON removes it. So you can repeat the command, also for one user. An import never enables, unlocks or
/// unblocks anybody, and leaves out existing root users and operators.
///
/// The fields are `user` (or `account` and `name`), and `email mobile email_verified mobile_verified description status
/// access_mode login_protection must_change password password_hash external_id created_at`.
///
/// A password in plain text is valid for a day and must be changed at the first sign-in, unless the row says otherwise.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain user import people.csv --account acme --setup\n  \
                        regain user import people.csv --account acme --on-conflict update --dry-run\n  \
                        echo '{\"user\":\"acme/bob\",\"email\":\"bob@x.example\"}' | regain user import - --on-conflict update -y")]
pub(in crate::cli) struct Import {
    /// The file; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Read the file in this format; by default, the format is recognised
    #[arg(long, value_name = "FORMAT", value_parser = input::words::<Format>(Format::WORDS))]
    format: Option<Format>,
    /// Put users whose row names no account into this one
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Read a field from the column with this name; =COLUMN ignores a column
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// Recognise existing users by this field, within the account of the row; a different name renames them
    #[arg(long, value_name = "KEY", value_parser = input::words::<Key>(Key::WORDS), default_value = Key::Name.as_str())]
    key: Key,
    /// What to do with existing users
    #[arg(long, value_name = "ACTION", value_parser = input::words::<OnConflict>(OnConflict::WORDS),
          default_value = OnConflict::Fail.as_str())]
    on_conflict: OnConflict,
    /// Also set the passwords of existing users
    #[arg(long)]
    passwords: bool,
    /// Bind contacts as verified if the file says so
    #[arg(long)]
    trust_verified: bool,
    /// Also accept password hashes that are cheap to guess; the next sign-in replaces them
    #[arg(long)]
    allow_legacy: bool,
    /// Send a one-time setup token to users without a password
    #[arg(long, conflicts_with = "generate")]
    setup: bool,
    /// Generate a password for users without one
    #[arg(long)]
    generate: bool,
    #[command(flatten)]
    no_notify: NoNotify,
    /// Write generated passwords to a new file that only you can read; with --secrets-for, - is standard output
    #[arg(long, value_name = "FILE")]
    secrets_to: Option<PathBuf>,
    /// Seal generated passwords for this age public key, or for the keys in a file; repeatable
    #[arg(long, value_name = "RECIPIENT")]
    secrets_for: Vec<String>,
    #[command(flatten)]
    batch: BatchArgs,
}

impl Import {
    fn options(&self) -> Result<ImportOptions, Failure> {
        let account = self.account.as_deref().map(|text| input::account_of(text, "--account")).transpose()?;
        let generate = self.generate.then_some(First::Generate);
        Ok(ImportOptions {
            account,
            key: self.key,
            on_conflict: self.on_conflict,
            passwords: self.passwords,
            trust_verified: self.trust_verified,
            allow_legacy: self.allow_legacy,
            first: self.setup.then_some(First::Setup).or(generate),
        })
    }
}

pub(super) fn run(arguments: &Import, session: &mut Session<'_>) -> Result<(), Failure> {
    let (context, file) = (session.context, arguments.secrets_to.as_deref());
    let recipients = recipients(&arguments.secrets_for, context)?;
    if recipients.is_empty() {
        secret_output::no_pipe(file)?;
    } else if file.is_some_and(is_stdin) {
        context.printer.results_aside();
    }
    session.suppress_notices(&arguments.no_notify)?;
    let options = arguments.options()?;
    let source = Source::open(context, &arguments.file, arguments.format, &arguments.map)?;
    let format = source.read()?.format();
    // To a program, an error is all that stands there.
    if arguments.format.is_none() && context.printer.format() == ui::Format::Table {
        context.printer.note(&format!("Read as {}; --format says otherwise.", format.title()));
    }
    if !format.has_accounts() && options.account.is_none() {
        return Err(Failure::usage_with(
            format!("the format {} names no accounts", format.title()),
            "say with --account which account the users are in",
        )
        .of("--account"));
    }
    let work = Work::ImportUsers { options, format: format.as_str().to_owned(), map: arguments.map.clone() };
    let asked = Asked {
        command: IMPORT,
        order: session.order(work, arguments.batch.atomic).with_secrets_to(file),
        begins: Begins::Anew { args: &arguments.batch, whom: None },
        input: Some(source.digest()?),
        list: None,
        source: Some(&source),
        run: &arguments.batch.run,
        recipients,
    };
    carry_out(session, &asked, file)
}
