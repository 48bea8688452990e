//! Contacts: binding, verifying, unbinding. Binding one is as strong as setting a password, so only an admin,
//! or the person with their password, does it (security S9).

mod bind;
mod binding;
mod unbind;
mod verify;

pub use bind::{BindContact, BindOptions, BoundContact, Outcome};
pub use unbind::UnbindContact;
pub use verify::{Awaited, Standing, VerifyContact, Wanted, awaited, record_unmasking};

pub(crate) use binding::{Bound, action, event, insert, remove, withdraw};
