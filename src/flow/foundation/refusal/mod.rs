//! When policy says no: the reason, its stable code, and the way out.

mod hints;
mod kinds;

pub use kinds::Refusal;
pub(crate) use kinds::users;
