//! Devices of people, and the identities that are being registered.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::columns::{Connected, get, ms, time};
use crate::domain::device::Device;
use crate::store::{Devices, Registration, Registrations, Result};

pub(super) const SELECT: &str = "SELECT id, user_id, key_id, tag, label, first_seen, last_seen FROM devices";

/// One a request, so the request's id is the row's.
pub(super) const SELECT_REGISTRATIONS: &str =
    "SELECT request_id, request_id AS id, key_id, sealed FROM registrations";

pub(super) fn device(row: &Row<'_>) -> Result<Device> {
    Ok(Device {
        id: get(row, "id")?,
        user_id: get(row, "user_id")?,
        key_id: get(row, "key_id")?,
        tag: get(row, "tag")?,
        label: get(row, "label")?,
        first_seen: time(row, "first_seen")?,
        last_seen: time(row, "last_seen")?,
    })
}

pub(super) fn registration(row: &Row<'_>) -> Result<Registration> {
    Ok(Registration {
        request_id: get(row, "request_id")?,
        key_id: get(row, "key_id")?,
        sealed: get(row, "sealed")?,
    })
}

impl Devices for Connected<'_> {
    fn devices(&mut self, user_id: &str) -> Result<Vec<Device>> {
        self.many(&format!("{SELECT} WHERE user_id = ?1 ORDER BY last_seen DESC, id"), [user_id], device)
    }

    fn insert_device(&mut self, device: &Device) -> Result<()> {
        self.insert(
            "devices",
            &[
                ("id", &device.id),
                ("user_id", &device.user_id),
                ("key_id", &device.key_id),
                ("tag", &device.tag),
                ("label", &device.label),
                ("first_seen", &ms(device.first_seen)),
                ("last_seen", &ms(device.last_seen)),
            ],
        )
    }

    fn update_device(&mut self, device: &Device) -> Result<()> {
        self.change_one(
            "UPDATE devices SET first_seen = ?2, last_seen = ?3 WHERE id = ?1",
            params![device.id, ms(device.first_seen), ms(device.last_seen)],
        )
    }

    fn forget_device(&mut self, user_id: &str, id: &str) -> Result<bool> {
        self.change_if("DELETE FROM devices WHERE user_id = ?1 AND id = ?2", [user_id, id])
    }

    fn forget_devices(&mut self, user_id: &str) -> Result<u64> {
        self.change("DELETE FROM devices WHERE user_id = ?1", [user_id])
    }

    fn forget_devices_of_account(&mut self, account_id: &str) -> Result<u64> {
        self.change(
            "DELETE FROM devices WHERE user_id IN (SELECT id FROM users WHERE account_id = ?1)",
            [account_id],
        )
    }

    fn forget_unused_devices(&mut self, since: Timestamp) -> Result<u64> {
        self.change("DELETE FROM devices WHERE last_seen <= ?1", [ms(since)])
    }
}

impl Registrations for Connected<'_> {
    fn insert_registration(&mut self, registration: &Registration) -> Result<()> {
        self.insert(
            "registrations",
            &[
                ("request_id", &registration.request_id),
                ("key_id", &registration.key_id),
                ("sealed", &registration.sealed),
            ],
        )
    }

    fn registration(&mut self, request_id: &str) -> Result<Option<Registration>> {
        self.one(&format!("{SELECT_REGISTRATIONS} WHERE request_id = ?1"), [request_id], registration)
    }

    fn delete_registration(&mut self, request_id: &str) -> Result<()> {
        self.apply("DELETE FROM registrations WHERE request_id = ?1", [request_id])
    }
}
