//! What may be wrong here, and what to do about it: one finding a line. Each check stands on what it is given
//! alone, so that one broken thing keeps no other from being looked at.

mod files;
mod finding;
mod settings;
mod store;
mod transports;

pub use files::{judge_store, key, leftovers, store_files, writable};
pub use finding::{Finding, Level};
pub use settings::{
    breached_list, captcha, customer_service, extra_list, installation, operators, surroundings, texts,
};
pub use store::{batches, ceilings, clock, integrity, purging, queue, records};
pub use transports::{Eyes, half_written, probe, transports};
