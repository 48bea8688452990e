//! Every error → exit code and reason: the one place.

use std::path::PathBuf;

use crate::config::{ConfigError, Source};
use crate::domain::batch::Tally;
use crate::domain::chain::Break;
use crate::domain::time::counted;
use crate::flow::{Denial, FlowError, Refusal};
use crate::hasher::HashError;
use crate::keyring::KeyringError;
use crate::os::{AgeError, FileError, IdentityError, SurroundingsError};
use crate::store::StoreError;
use crate::ui::{AskError, DialogError, ErrorReport, OutputError, SecretInputError, SinkError};

use super::exit::Exit;
use super::store_failure::{OUTCOME_UNKNOWN, told};

/// Anything that ends a command badly.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum Failure {
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// The password is right, and this person must change it.
    #[error("{}", FlowError::MustChange)]
    MustChange { user: String },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Surroundings(#[from] SurroundingsError),
    #[error(transparent)]
    File(#[from] FileError),
    /// A file of the store's that others can write.
    #[error(transparent)]
    StoreFile(FileError),
    #[error(transparent)]
    Output(#[from] OutputError),
    /// What a change made could not be told.
    #[error("the output could not be written; what was recorded or changed before it stands")]
    OutputAfterChange(#[source] OutputError),
    #[error(transparent)]
    Input(#[from] SecretInputError),
    /// A secret that cannot be used, by the option that says where it is.
    #[error("{option}: {error}")]
    Secret { option: &'static str, error: SecretInputError },
    #[error(transparent)]
    Sink(#[from] SinkError),
    #[error(transparent)]
    Age(#[from] AgeError),
    /// A question that would have been answered by what is named: an option, or another way.
    #[error("this needs an answer, and there is no terminal to ask at")]
    NoTerminal { option: &'static str },
    /// A failure with what an option or argument names.
    #[error("{by}")]
    Of { option: &'static str, by: Box<Failure> },
    /// A secret that is never asked for.
    #[error("{message}")]
    NoSource { message: &'static str },
    /// A code was sent that has to be given in a second call; before this call, where `kept` says why no new one was.
    #[error("a code {} to {to}, and is needed to continue", if .kept.is_some() { "was sent" } else { "is on its way" })]
    CodeSent { to: String, verifier: bool, kept: Option<Refusal> },
    #[error(transparent)]
    Ask(AskError),
    /// Left at a prompt, with the command that goes on from there.
    #[error("{by}{}", if *.unchanged { "; nothing was changed" } else { "" })]
    Left { by: AskError, resume: String, unchanged: bool },
    /// The config belongs to somebody else, who was shown what to put in.
    #[error("you cannot write to the config {}; nothing was changed", path.display())]
    NotYours { path: PathBuf, file: String },
    /// Arguments that each parse and together make no sense, or a value that cannot be.
    #[error("{message}")]
    Usage { message: String, hint: Option<String>, option: Option<&'static str> },
    /// A file of answers with faults in it, each of which is told.
    #[error("the form cannot be used: {}", faults(all.len()))]
    Form { all: Vec<String> },
    /// The chain of the operation records does not hold.
    #[error("the operation records are broken at number {at}: {what}")]
    Records { at: u64, what: Break },
    /// The store is not as it should be; the findings have been shown.
    #[error("the store is not in order: {findings} found")]
    Unsound { findings: usize },
    #[error("nothing was changed")]
    Declined,
    /// Some of several; the report has been shown.
    #[error("{}", partial(*.0))]
    Partial(Tally),
    /// A signal ended it between two people of a batch: the process dies by it once that is told.
    #[error("interrupted: {}{left} left", gone_through(*.done, *.failed))]
    Interrupted { signal: i32, resume: String, done: u64, failed: u64, left: u64 },
    /// More of a batch failed than may.
    #[error("stopped after {}: {left} left", counted(*.failed, "failure"))]
    Stopped { resume: String, failed: u64, left: u64 },
    /// More of a batch would fail than may.
    #[error("nothing was done: {} would fail", partly(*.failed, *.all))]
    NothingDone { failed: u64, all: u64 },
    /// What would have failed for all the others, too, ended a batch on its way.
    #[error("{by}")]
    Broken { by: Box<Failure>, resume: String },
    /// What is wrong was shown where results go; programs get an error besides.
    #[error("{message}")]
    Found { exit: Exit, reason: &'static str, message: String },
    /// The exit code is the whole answer (`verify`).
    #[error("")]
    Silent(Exit),
    /// A bug, or something that the machine should have: told with all its causes.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

impl From<DialogError> for Failure {
    fn from(error: DialogError) -> Self {
        match error {
            DialogError::Flow(error) => Self::Flow(error),
            DialogError::Ask(error) => Self::Ask(error),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Flow(error.into())
    }
}

impl Failure {
    /// Whether nobody knows what became of the change.
    pub(in crate::cli) fn leaves_unknown(&self) -> bool {
        matches!(self, Self::Flow(error) if error.leaves_unknown())
    }

    pub(in crate::cli) fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: None, option: None }
    }

    pub(in crate::cli) fn usage_with(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: Some(hint.into()), option: None }
    }

    /// The failure is one of this option or argument, or of what it names.
    pub(in crate::cli) fn of(self, option: &'static str) -> Self {
        match self {
            Self::Usage { message, hint, .. } => Self::Usage { message, hint, option: Some(option) },
            other => Self::Of { option, by: Box::new(other) },
        }
    }

    /// Like [`Self::or_resume`], where nothing was changed yet.
    pub(in crate::cli) fn or_begin_again(self, resume: impl FnOnce() -> String) -> Self {
        match self.or_resume(resume) {
            Self::Left { by, resume, .. } => Self::Left { by, resume, unchanged: true },
            other => other,
        }
    }

    /// Whoever leaves at a prompt is told, after the error, how to go on.
    pub(in crate::cli) fn or_resume(self, resume: impl FnOnce() -> String) -> Self {
        match self {
            Self::Ask(by @ (AskError::Cancelled | AskError::Back | AskError::Mismatch)) => {
                Self::Left { by, resume: resume(), unchanged: false }
            }
            other => other,
        }
    }

    pub(in crate::cli) fn exit(&self) -> Exit {
        match self {
            Self::Of { by, .. } | Self::Broken { by, .. } => by.exit(),
            Self::Flow(error) => of_flow(error),
            Self::Config(ConfigError::StoreUrl { from: Source::Flag(_), .. }) => Exit::Usage,
            Self::Config(_) | Self::Keyring(_) | Self::Identity(_) | Self::Surroundings(_) => Exit::Config,
            Self::NotYours { .. } => Exit::Refused,
            Self::File(error) if error.is_in_the_way() => Exit::Refused,
            Self::Sink(SinkError::Exists(_)) => Exit::Refused,
            Self::File(_) | Self::Input(_) | Self::Secret { .. } | Self::Usage { .. } | Self::Form { .. } => {
                Exit::Usage
            }
            Self::Output(_) | Self::OutputAfterChange(_) | Self::Internal(_) => Exit::Internal,
            Self::Sink(
                SinkError::Write { .. }
                | SinkError::Unnamed { .. }
                | SinkError::Show(_)
                | SinkError::Encode(_),
            ) => Exit::Delivery,
            Self::Age(AgeError::Missing) => Exit::Config,
            Self::Age(_) => Exit::Internal,
            Self::Sink(_) => Exit::Usage,
            Self::Records { .. } | Self::Unsound { .. } | Self::StoreFile(_) => Exit::Store,
            Self::NoTerminal { .. }
            | Self::NoSource { .. }
            | Self::CodeSent { .. }
            | Self::Ask(AskError::NoTerminal) => Exit::NoTerminal,
            Self::Ask(AskError::Cancelled | AskError::Back | AskError::Mismatch)
            | Self::Left { .. }
            | Self::Declined
            | Self::Interrupted { .. } => Exit::Cancelled,
            Self::Ask(AskError::TooLong) => Exit::Usage,
            Self::Ask(AskError::Io(_)) => Exit::Internal,
            Self::Partial(_) | Self::Stopped { .. } | Self::NothingDone { .. } => Exit::Partial,
            Self::MustChange { .. } => Exit::MustChange,
            Self::Silent(exit) | Self::Found { exit, .. } => *exit,
        }
    }

    /// A stable code for programs.
    pub(in crate::cli) fn reason(&self) -> String {
        match self {
            Self::Of { by, .. } | Self::Broken { by, .. } => by.reason(),
            Self::Flow(FlowError::Refused(refusal)) => refusal.code().to_owned(),
            Self::Flow(FlowError::Missing(missing)) => missing.code().to_owned(),
            Self::Flow(FlowError::Denied(denial)) => denial.code().to_owned(),
            Self::Flow(FlowError::Store(error)) => told(error).0.to_owned(),
            Self::Flow(FlowError::Hash(HashError::Memory { .. })) => "out_of_memory".to_owned(),
            Self::Flow(FlowError::Hash(HashError::Entropy(_)) | FlowError::Entropy(_)) => {
                "no_entropy".to_owned()
            }
            Self::Flow(FlowError::Unrecorded { .. }) => "not_recorded".to_owned(),
            Self::Surroundings(_) => "surroundings".to_owned(),
            Self::CodeSent { .. } => "code_sent".to_owned(),
            Self::Sink(SinkError::Nowhere) => "nowhere_for_secrets".to_owned(),
            Self::Sink(SinkError::Exists(_)) => "exists".to_owned(),
            Self::File(error) if error.is_in_the_way() => "exists".to_owned(),
            Self::Output(_) => "output".to_owned(),
            Self::OutputAfterChange(_) => "output_after_change".to_owned(),
            Self::Sink(SinkError::Unnamed { .. }) => "secrets_unnamed".to_owned(),
            Self::StoreFile(_) => "store_unsafe".to_owned(),
            Self::Partial(Tally { unknown: 1.., .. }) => OUTCOME_UNKNOWN.to_owned(),
            Self::Interrupted { .. } => "interrupted".to_owned(),
            Self::Stopped { .. } | Self::NothingDone { .. } => "too_many_failures".to_owned(),
            Self::Records { .. } => "records_broken".to_owned(),
            Self::NotYours { .. } => "config_not_yours".to_owned(),
            Self::Found { reason, .. } => (*reason).to_owned(),
            Self::Unsound { .. } => "store_unsound".to_owned(),
            other => other.exit().name().replace('-', "_"),
        }
    }

    /// As shown.
    pub(in crate::cli) fn report(&self) -> ErrorReport {
        if let Self::Of { by, .. } = self {
            return ErrorReport { option: self.option(), ..by.report() };
        }
        if let Self::Broken { by, .. } = self {
            return ErrorReport { hints: self.hints(), ..by.report() };
        }
        let mut causes = Vec::new();
        let mut cause = match self {
            Self::Secret { error, .. } => std::error::Error::source(error),
            other => std::error::Error::source(other),
        };
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        let mut message = sentence(self);
        if let Self::Flow(FlowError::Refused(Refusal::WeakPassword(all))) = self
            && all.len() > 1
        {
            // Several reasons are a list, not a sentence.
            "the password is too weak".clone_into(&mut message);
            causes.extend(all.iter().map(ToString::to_string));
        }
        if let Self::Form { all } = self {
            causes.extend(all.iter().cloned());
        }
        ErrorReport {
            kind: self.exit().name().to_owned(),
            message,
            reason: self.reason(),
            causes,
            hints: self.hints(),
            option: self.option(),
            tries_left: match self {
                Self::Flow(FlowError::Denied(Denial::Code { tries_left })) => Some(*tries_left),
                _ => None,
            },
            retry_after_seconds: match self {
                Self::Flow(FlowError::Refused(Refusal::TooSoon { seconds })) => Some(*seconds),
                _ => None,
            },
        }
    }
}

/// How far a list was gone through.
fn gone_through(done: u64, failed: u64) -> String {
    if failed == 0 { format!("{done} done, ") } else { format!("{done} done, {failed} failed, ") }
}

fn partly(failed: u64, all: u64) -> String {
    format!("{failed} of {}", counted(all, "row"))
}

fn partial(Tally { all, failed, unknown }: Tally) -> String {
    let failed_of = format!("{failed} of {all} {} not done", if failed == 1 { "was" } else { "were" });
    match (failed, unknown) {
        (_, 0) => failed_of,
        (0, _) => format!("of {unknown} of {all} it is not known whether it was done"),
        _ => format!("{failed_of}, and of {unknown} it is not known whether it was done"),
    }
}

fn faults(count: usize) -> String {
    if count == 1 { "it has a fault".to_owned() } else { format!("it has {count} faults") }
}

/// Errors of the layers below read after "failed to"; what is said to people stands by itself.
fn sentence(failure: &Failure) -> String {
    match failure {
        Failure::Flow(
            FlowError::Store(_)
            | FlowError::Hash(_)
            | FlowError::Entropy(_)
            | FlowError::Keyring(_)
            | FlowError::File(_)
            | FlowError::Text(_)
            | FlowError::Delivery(_)
            | FlowError::LeftBehind { .. }
            | FlowError::Untested { .. },
        )
        | Failure::Keyring(_)
        | Failure::Config(_)
        | Failure::Surroundings(_)
        | Failure::File(_)
        | Failure::Age(_)
        | Failure::StoreFile(_) => format!("failed to {failure}"),
        other => other.to_string(),
    }
}

fn of_flow(error: &FlowError) -> Exit {
    match error {
        // An option was missing; which one, only the request could tell.
        FlowError::Refused(
            Refusal::MethodNeeded
            | Refusal::AddressNeeded
            | Refusal::NoAddressNeeded
            | Refusal::TooYoungToPurge,
        )
        | FlowError::Store(StoreError::NoFolder(_)) => Exit::Usage,
        FlowError::Refused(Refusal::BackupDamaged(_) | Refusal::BackupRecordsBroken { .. }) => Exit::Store,
        FlowError::Refused(Refusal::BackupOfOtherKey(_)) => Exit::Config,
        FlowError::Store(StoreError::Duplicate(_) | StoreError::Exists(_)) | FlowError::Refused(_) => {
            Exit::Refused
        }
        // The costs of the settings are within bounds: what is not stands in the store.
        FlowError::Hash(HashError::Unreadable | HashError::Cost | HashError::NoKey(_)) => Exit::Store,
        FlowError::Store(StoreError::Rows { .. })
        | FlowError::Hash(HashError::Entropy(_) | HashError::Memory { .. })
        | FlowError::Entropy(_)
        | FlowError::Text(_) => Exit::Internal,
        FlowError::Store(_) | FlowError::Unrecorded { .. } => Exit::Store,
        FlowError::Keyring(_) | FlowError::File(_) | FlowError::List(_) => Exit::Config,
        FlowError::Missing(_) => Exit::NotFound,
        FlowError::Denied(Denial::Role { .. }) => Exit::Refused,
        FlowError::Denied(_) => Exit::Denied,
        FlowError::MustChange => Exit::MustChange,
        FlowError::Delivery(_) | FlowError::LeftBehind { .. } | FlowError::Untested { .. } => Exit::Delivery,
    }
}
