//! Devices of people, and the identities that are being registered.

use jiff::Timestamp;

use super::error::StoreError;
use crate::domain::device::Device;

pub trait Devices {
    /// The one used last comes first.
    fn devices(&mut self, user_id: &str) -> Result<Vec<Device>, StoreError>;
    fn insert_device(&mut self, device: &Device) -> Result<(), StoreError>;
    /// Writes when it was seen.
    fn update_device(&mut self, device: &Device) -> Result<(), StoreError>;
    /// Whether it was one of that person's.
    fn forget_device(&mut self, user_id: &str, id: &str) -> Result<bool, StoreError>;
    /// All of a person's; the number of them.
    fn forget_devices(&mut self, user_id: &str) -> Result<u64, StoreError>;
    /// All of everybody in an account.
    fn forget_devices_of_account(&mut self, account_id: &str) -> Result<u64, StoreError>;
    /// All that were not used since then.
    fn forget_unused_devices(&mut self, since: Timestamp) -> Result<u64, StoreError>;
}

/// What an identity that is being registered will have; sealed for its request.
#[derive(Clone)]
pub struct Registration {
    pub request_id: String,
    pub key_id: String,
    pub sealed: Vec<u8>,
}

pub trait Registrations {
    fn insert_registration(&mut self, registration: &Registration) -> Result<(), StoreError>;
    fn registration(&mut self, request_id: &str) -> Result<Option<Registration>, StoreError>;
    /// It is of no use any more.
    fn delete_registration(&mut self, request_id: &str) -> Result<(), StoreError>;
}
