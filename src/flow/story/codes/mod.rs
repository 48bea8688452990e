//! What operators can do with codes: see their fates, send one again, end them.

mod explain;
mod manage;

pub use explain::{Explanation, explain};
pub(crate) use explain::{stuck, stuck_token};
pub use manage::{Resend, RevokeCodes, list};
