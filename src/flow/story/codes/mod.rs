//! What operators can do with codes and setup tokens: see their fates, send one again, end them.

mod explain;
mod list;
mod resend;
mod resend_setup;
mod revoke;

pub use explain::{Explanation, explain};
pub(crate) use explain::{stuck, stuck_token};
pub use list::{CodesQuery, SEEN_BY_SUPPORT, list};
pub use resend::Resend;
pub use resend_setup::ResendSetup;
pub use revoke::{Ended, RevokeCodes, RevokeCodesOf, Revoked};
