//! What to do about a failure: the one place.

use crate::domain::batch::Tally;
use crate::domain::chain::Break;
use crate::domain::shell;
use crate::flow::FlowError;
use crate::guidance::{self, lines, looks, notes, store};
use crate::hasher::HashError;
use crate::os::AgeError;
use crate::ui::{OutputError, SecretInputError, SinkError};

use super::failure::Failure;
use super::store_failure::told;

impl Failure {
    /// What to do about it, the first thing first.
    pub(in crate::cli) fn hints(&self) -> Vec<String> {
        let hints: &[&str] = match self {
            Self::Of { by, .. } => return by.hints(),
            Self::Flow(error) => return flow_hints(error),
            Self::MustChange { user } => return vec![notes::change_password(user)],
            Self::Config(error) => return error.hint().into_iter().collect(),
            Self::Keyring(error) => return error.hint().map(str::to_owned).into_iter().collect(),
            Self::Identity(error) => &[error.hint()],
            Self::Surroundings(error) => return error.hints(),
            Self::File(error) | Self::StoreFile(error) => return error.hint().into_iter().collect(),
            Self::NoTerminal { option } => return vec![format!("give {option} to answer")],
            Self::NotYours { file, .. } => {
                return vec![format!(
                    "its owner can add the lines above to {file}, for example with `sudoedit {file}`"
                )];
            }
            Self::NoSource { .. } => {
                &["say where it comes from: --password-stdin, --password-file or --password-fd"]
            }
            Self::CodeSent { verifier, kept, .. } => {
                let who = "somebody else gets it, and gives it to you if they agree with the change";
                let again = "call it again with --code-stdin, and give the code on one line";
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
            Self::Interrupted { resume, .. } | Self::Stopped { resume, .. } => {
                return vec![notes::KEPT.to_owned(), resume.clone()];
            }
            Self::Broken { by, resume } => {
                return by.hints().into_iter().chain([resume.clone()]).collect();
            }
            Self::Internal(_) => &["please report it, with what you did"],
            Self::Output(OutputError::Write(_)) => &["check whether the disk is full"],
            Self::OutputAfterChange(_) => {
                &["check whether the disk is full; look at what was changed before you change it again"]
            }
            Self::Input(error) | Self::Secret { error, .. } => return secret_hints(error),
            Self::Age(AgeError::Missing) => {
                &["install it, for example `apt install age`; or leave --secrets-for out"]
            }
            Self::Age(_) => &["run age by hand to see what is wrong with it"],
            Self::Sink(SinkError::Nowhere) => &["name a new file with --secrets-to FILE"],
            Self::Sink(SinkError::Exists(_)) => &["name a file that does not exist yet"],
            Self::Sink(SinkError::Unnamed { .. }) => &["they are valid: move that file to where you want it"],
            Self::Partial { .. }
            | Self::Output(OutputError::Encode(_))
            | Self::Found { .. }
            | Self::Sink(_)
            | Self::Ask(_)
            | Self::Declined
            | Self::NothingDone { .. }
            | Self::Silent(_) => &[],
        };
        lines(hints)
    }
}

fn secret_hints(error: &SecretInputError) -> Vec<String> {
    let hints: &[&str] = match error {
        SecretInputError::Exposed(path) => {
            return vec![format!("chmod 600 {}", shell::word(&path.display().to_string()))];
        }
        SecretInputError::More => &["give one secret a line on standard input, and nothing after the last"],
        SecretInputError::Missing => &["give one secret a line on standard input"],
        _ => &[],
    };
    lines(hints)
}

fn flow_hints(error: &FlowError) -> Vec<String> {
    let one = |text: &str| vec![text.to_owned()];
    match error {
        FlowError::Refused(refusal) => guidance::refusal(refusal),
        FlowError::Missing(missing) => vec![guidance::missing(missing)],
        FlowError::Denied(denial) => lines(guidance::denial(denial)),
        FlowError::MustChange => vec![notes::change_password("USER")],
        FlowError::File(error) => error.hint().into_iter().collect(),
        FlowError::Keyring(error) => error.hint().map(str::to_owned).into_iter().collect(),
        FlowError::Hash(error) => hash_hints(error),
        FlowError::List(_) => one(store::REFUSED_LISTS),
        FlowError::Entropy(_) => one(NO_ENTROPY),
        FlowError::Untested { remedy, .. } => one(remedy),
        FlowError::LeftBehind { hint } => one(hint),
        FlowError::Delivery(_) => one(store::OUTBOX),
        FlowError::Store(error) => lines(told(error).1),
        FlowError::Unrecorded { why, admins_may } => {
            let first = if *admins_may { looks::ADMINS_MAY } else { looks::NEEDS_A_RECORD };
            [first.to_owned()].into_iter().chain(lines(told(&(*why).into()).1)).collect()
        }
        FlowError::Text(_) => Vec::new(),
    }
}

const NO_ENTROPY: &str = "check that the system allows regain to call getrandom";

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
