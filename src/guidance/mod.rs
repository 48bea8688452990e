//! Every sentence that names a command: what to do about a refusal, a finding, a code that does not come; what comes
//! next. Keyed by typed reasons, of which a match leaves none out.
//!
//! A command is written between backticks as `regain …`, names in it as words for a shell. [`Program`] puts in its place
//! what works where it is read.

pub mod codes;
mod denial;
mod diagnosis;
pub mod doctor;
pub mod effects;
pub mod looks;
pub mod mail_answer;
pub mod meant;
mod missing;
pub mod notes;
mod program;
mod refusal;
pub mod sms;
pub mod store;
pub mod timeline;
mod words;

pub use denial::{denial, page};
pub use diagnosis::advice;
pub use missing::missing;
pub use program::Program;
pub use refusal::refusal;
pub use words::{capitalised, lines};
