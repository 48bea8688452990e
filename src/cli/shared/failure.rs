//! Every error → exit code, reason, hints: the one place.

use crate::config::ConfigError;
use crate::domain::chain::Break;
use crate::domain::shell;
use crate::flow::bulk::{LeavesUnknown, Tally};
use crate::flow::{Denial, FlowError, Refusal};
use crate::guidance::{self, lines, notes, store};
use crate::hasher::HashError;
use crate::keyring::KeyringError;
use crate::os::{FileError, IdentityError, SurroundingsError};
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
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// A question that the option would have answered.
    #[error("this needs an answer, and there is no terminal to ask at")]
    NoTerminal { option: &'static str },
    /// A code was sent that has to be given in a second call; before this call, where `kept` says why no new one was.
    #[error("a code {} to {to}, and is needed to go on", if .kept.is_some() { "was sent" } else { "is on its way" })]
    CodeSent { to: String, verifier: bool, kept: Option<Refusal> },
    #[error(transparent)]
    Ask(AskError),
    /// Left at a prompt, with the command that goes on from there.
    #[error("{by}")]
    Left { by: AskError, resume: String },
    /// Arguments that each parse and together make no sense, or a value that cannot be.
    #[error("{message}")]
    Usage { message: String, hint: Option<String> },
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

impl LeavesUnknown for Failure {
    fn leaves_unknown(&self) -> bool {
        matches!(self, Self::Flow(error) if error.leaves_unknown())
    }
}

impl Failure {
    pub(in crate::cli) fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: None }
    }

    pub(in crate::cli) fn usage_with(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: Some(hint.into()) }
    }

    /// Whoever leaves at a prompt is told, after the error, how to go on.
    pub(in crate::cli) fn or_resume(self, resume: impl FnOnce() -> String) -> Self {
        match self {
            Self::Ask(by @ (AskError::Cancelled | AskError::Mismatch)) => Self::Left { by, resume: resume() },
            other => other,
        }
    }

    pub(in crate::cli) fn exit(&self) -> Exit {
        match self {
            Self::Flow(error) => of_flow(error),
            Self::Config(_) | Self::Keyring(_) | Self::Identity(_) | Self::Surroundings(_) => Exit::Config,
            Self::File(error) if error.is_in_the_way() => Exit::Refused,
            Self::Sink(SinkError::Exists(_)) => Exit::Refused,
            Self::File(_) | Self::Input(_) | Self::Usage { .. } | Self::Form { .. } => Exit::Usage,
            Self::Output(_) | Self::OutputAfterChange(_) | Self::Internal(_) => Exit::Internal,
            Self::Sink(
                SinkError::Write { .. }
                | SinkError::Unnamed { .. }
                | SinkError::Show(_)
                | SinkError::Encode(_),
            ) => Exit::Delivery,
            Self::Sink(_) => Exit::Usage,
            Self::Records { .. } | Self::Unsound { .. } | Self::StoreFile(_) => Exit::Store,
            Self::NoTerminal { .. } | Self::CodeSent { .. } | Self::Ask(AskError::NoTerminal) => {
                Exit::NoTerminal
            }
            Self::Ask(AskError::Cancelled | AskError::Mismatch) | Self::Left { .. } | Self::Declined => {
                Exit::Cancelled
            }
            Self::Ask(AskError::TooLong) => Exit::Usage,
            Self::Ask(AskError::Io(_)) => Exit::Internal,
            Self::Partial(_) => Exit::Partial,
            Self::MustChange { .. } => Exit::MustChange,
            Self::Silent(exit) => *exit,
        }
    }

    /// A stable code for programs.
    pub(in crate::cli) fn reason(&self) -> String {
        match self {
            Self::Flow(FlowError::Refused(refusal)) => refusal.code().to_owned(),
            Self::Flow(FlowError::Missing(missing)) => missing.code().to_owned(),
            Self::Flow(FlowError::Denied(denial)) => denial.code().to_owned(),
            Self::Flow(FlowError::Store(error)) => told(error).0.to_owned(),
            Self::Flow(FlowError::Hash(HashError::Memory { .. })) => "out_of_memory".to_owned(),
            Self::Flow(FlowError::Hash(HashError::Entropy(_)) | FlowError::Entropy(_)) => {
                "no_entropy".to_owned()
            }
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
            Self::Records { .. } => "records_broken".to_owned(),
            Self::Unsound { .. } => "store_unsound".to_owned(),
            other => other.exit().name().replace('-', "_"),
        }
    }

    /// What to do about it, the first thing first.
    pub(in crate::cli) fn hints(&self) -> Vec<String> {
        let hints: &[&str] = match self {
            Self::Flow(error) => return flow_hints(error),
            Self::MustChange { user } => return vec![notes::change_password(user)],
            Self::Config(error) => return error.hint().into_iter().collect(),
            Self::Keyring(error) => return error.hint().map(str::to_owned).into_iter().collect(),
            Self::Identity(error) => &[error.hint()],
            Self::Surroundings(error) => return error.hints(),
            Self::File(error) | Self::StoreFile(error) => return error.hint().into_iter().collect(),
            Self::NoTerminal { option } => return vec![format!("{option} would have answered")],
            Self::CodeSent { verifier, kept, .. } => {
                let who = "somebody else gets it, and gives it to you if they agree with the change";
                let again = "call it again with --code-stdin, and the code in a line";
                let mut hints = Vec::from_iter(verifier.then(|| who.to_owned()));
                hints.push(again.to_owned());
                hints.extend(kept.as_ref().map(|why| format!("no new one was sent: {why}")));
                return hints;
            }
            Self::Left { resume, .. } => return vec![notes::go_on(resume)],
            Self::Usage { hint, .. } => return hint.clone().into_iter().collect(),
            Self::Form { .. } => &[notes::APPEAL_FILE],
            Self::Records { what: Break::UnknownKey(_), .. } => {
                &["put the key file back that the store was written with"]
            }
            Self::Records { .. } => &[
                "somebody wrote to the store without regain: keep it as evidence, and compare it with a backup",
            ],
            Self::Unsound { .. } => &[store::RESTORE],
            Self::Partial(Tally { unknown: 1.., .. }) => &store::IN_DOUBT,
            Self::Internal(_) => &["please report it, with what you did"],
            Self::Output(OutputError::Write(_)) => &["look whether the disk is full"],
            Self::OutputAfterChange(_) => {
                &["look whether the disk is full; look at what was changed before you change it again"]
            }
            Self::Input(SecretInputError::Exposed(path)) => {
                return vec![format!("chmod 600 {}", shell::word(&path.display().to_string()))];
            }
            Self::Input(SecretInputError::More) => {
                &["give one secret a line on standard input, and nothing after the last"]
            }
            Self::Input(SecretInputError::Missing) => &["give one secret a line on standard input"],
            Self::Sink(SinkError::Nowhere) => &["name a new file with --secrets-to FILE"],
            Self::Sink(SinkError::Exists(_)) => &["name a file that does not exist yet"],
            Self::Sink(SinkError::Unnamed { .. }) => &["they count: move that file to where you want it"],
            Self::Partial { .. }
            | Self::Output(OutputError::Encode(_))
            | Self::Input(_)
            | Self::Sink(_)
            | Self::Ask(_)
            | Self::Declined
            | Self::Silent(_) => &[],
        };
        lines(hints)
    }

    /// As shown.
    pub(in crate::cli) fn report(&self) -> ErrorReport {
        let mut causes = Vec::new();
        let mut cause = std::error::Error::source(self);
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
        }
    }
}

fn partial(Tally { all, failed, unknown }: Tally) -> String {
    let failed_of = format!("{failed} of {all} {} not done", if failed == 1 { "was" } else { "were" });
    match (failed, unknown) {
        (_, 0) => failed_of,
        (0, _) => format!("of {unknown} of {all} nobody knows whether it was done"),
        _ => format!("{failed_of}, and of {unknown} nobody knows whether it was done"),
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
        | Failure::StoreFile(_) => format!("failed to {failure}"),
        other => other.to_string(),
    }
}

fn of_flow(error: &FlowError) -> Exit {
    match error {
        // An option was missing; which one, only the request could tell.
        FlowError::Refused(Refusal::MethodNeeded | Refusal::AddressNeeded | Refusal::NoAddressNeeded) => {
            Exit::Usage
        }
        FlowError::Store(StoreError::Duplicate(_) | StoreError::Exists(_)) | FlowError::Refused(_) => {
            Exit::Refused
        }
        // The costs of the settings are within bounds: what is not stands in the store.
        FlowError::Hash(HashError::Unreadable | HashError::Cost | HashError::NoKey(_)) => Exit::Store,
        FlowError::Store(StoreError::Rows { .. })
        | FlowError::Hash(HashError::Entropy(_) | HashError::Memory { .. })
        | FlowError::Entropy(_)
        | FlowError::Text(_) => Exit::Internal,
        FlowError::Store(_) => Exit::Store,
        FlowError::Keyring(_) | FlowError::File(_) => Exit::Config,
        FlowError::Missing(_) => Exit::NotFound,
        FlowError::Denied(Denial::Role { .. }) => Exit::Refused,
        FlowError::Denied(_) => Exit::Denied,
        FlowError::MustChange => Exit::MustChange,
        FlowError::Delivery(_) | FlowError::LeftBehind { .. } | FlowError::Untested { .. } => Exit::Delivery,
    }
}

fn flow_hints(error: &FlowError) -> Vec<String> {
    let one = |text: &str| vec![text.to_owned()];
    match error {
        FlowError::Refused(refusal) => guidance::refusal(refusal),
        FlowError::Missing(missing) => one(guidance::missing(missing)),
        FlowError::Denied(denial) => lines(guidance::denial(denial)),
        FlowError::MustChange => vec![notes::change_password("USER")],
        FlowError::File(error) => error.hint().into_iter().collect(),
        FlowError::Keyring(error) => error.hint().map(str::to_owned).into_iter().collect(),
        FlowError::Hash(error) => hash_hints(error),
        FlowError::Entropy(_) => one(NO_ENTROPY),
        FlowError::Untested { remedy, .. } => one(remedy),
        FlowError::LeftBehind { hint } => one(hint),
        FlowError::Delivery(_) => one(store::OUTBOX),
        FlowError::Store(error) => lines(told(error).1),
        FlowError::Text(_) => Vec::new(),
    }
}

const NO_ENTROPY: &str = "see that the system lets regain call getrandom";

fn hash_hints(error: &HashError) -> Vec<String> {
    let hints: &[&str] = match error {
        HashError::Unreadable | HashError::Cost => &[store::UNREADABLE_HASH],
        HashError::Memory { .. } => &[
            "end other programs, or raise the limit on this one (`ulimit -v`, MemoryMax= of a unit); then try again",
            "[hash] memory_kib says how much each new hash takes",
        ],
        HashError::Entropy(_) => &[NO_ENTROPY],
        HashError::NoKey(_) => &[store::KEY_GONE],
    };
    lines(hints)
}
