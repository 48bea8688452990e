//! Care for the store itself.

use super::env::Env;
use super::error::FlowError;
use crate::domain::event::{Action, NewEvent, Target};

/// The first operation record of a new store.
pub fn record_creation(env: &Env<'_>) -> Result<(), FlowError> {
    env.record(&NewEvent::success(Action::CreateStore, Target::None))
}
