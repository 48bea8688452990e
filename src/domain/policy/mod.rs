//! The settings of an account: one table of fields a policy, so that reading, changing, checking and listing
//! them is written once.

mod field;
mod login;
mod password;
mod protection;

pub use field::{Field, FieldRow, FieldTable, Kind, PolicyError};
pub use login::LoginPolicy;
pub use password::{MINIMUM_WITH_MFA, NIST_MINIMUM, PasswordPolicy, Preset};
pub use protection::ProtectionPolicy;
