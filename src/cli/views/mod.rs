//! Plain data as it is shown: the fields of cli.md's JSON, and the cells of tables.

mod account;
mod appeal;
mod challenge;
mod channel;
mod code;
mod contact;
mod device;
mod diagnosis;
mod event;
mod explanation;
mod mfa;
mod moment;
mod outcome;
mod policy;
mod readiness;
mod request;
mod sign_in;
mod user;

pub(super) use account::AccountView;
pub(super) use appeal::{ComparisonRow, ExaminedView, ListedView, named_appeal};
pub(super) use challenge::ChallengeView;
pub(super) use channel::ChannelView;
pub(super) use code::CodeView;
pub(super) use contact::ContactView;
pub(super) use device::DeviceView;
pub(super) use diagnosis::DiagnosisView;
pub(super) use event::EventView;
pub(super) use explanation::ExplanationView;
pub(super) use mfa::MfaView;
pub(super) use moment::moment;
pub(super) use outcome::{ChangeView, Outcome, OutcomeView};
pub(super) use policy::{FieldView, Flat};
pub(super) use readiness::ReadinessView;
pub(super) use sign_in::SignInView;
pub(super) use user::{UserDetail, UserView};
