//! Care for the store itself: copies and putting one back, purging, new keys, checks.

mod backup;
mod check;
mod purge;
mod restore;
mod rotate;
mod upkeep;

pub use backup::{BackupStore, copy_store, record_creation};
pub use check::{check_store, describe_damage};
pub(crate) use purge::{INTERVAL, purged_at};
pub use purge::{PurgeStore, Purged, purge_due};
pub use restore::{Chain, RestoreStore};
pub use rotate::{RotateKey, Rotated};
pub(crate) use upkeep::upkeep_due;
