//! What a test asks of a site that no command shows, or not to everybody.

use std::collections::BTreeMap;

use serde_json::json;

use super::{RawStore, Row, Site, engine};

impl Site {
    /// The records of this action (`""`: of any), the oldest first.
    pub fn events(&self, action: &str) -> Vec<Row> {
        let mut events = self.rows("audit");
        events.retain(|event| action.is_empty() || event["action"] == action);
        for event in &mut events {
            event["detail"] = serde_json::from_str(event.text("detail")).unwrap();
        }
        events
    }

    /// How many records of this action ended so (`""`: in any way).
    pub fn recorded(&self, action: &str, outcome: &str) -> usize {
        let events = self.events(action);
        events.iter().filter(|event| outcome.is_empty() || event["outcome"] == outcome).count()
    }

    /// The newest record of this action (`""`: of any).
    #[track_caller]
    pub fn event(&self, action: &str) -> Row {
        self.events(action).pop().unwrap_or_else(|| panic!("nothing was recorded as {action}"))
    }

    /// The store without the program.
    pub fn raw(&self) -> RawStore {
        RawStore::open(&self.store())
    }

    pub fn rows(&self, table: &str) -> Vec<Row> {
        self.raw().rows(table)
    }

    /// How many rows of a table are so.
    pub fn count(&self, table: &str, which: impl Fn(&Row) -> bool) -> usize {
        self.rows(table).iter().filter(|row| which(row)).count()
    }

    /// The only row of a table.
    #[track_caller]
    pub fn only(&self, table: &str) -> Row {
        let mut rows = self.rows(table);
        assert_eq!(rows.len(), 1, "{table}: {rows:?}");
        rows.remove(0)
    }

    /// The newest row of a table.
    #[track_caller]
    pub fn newest(&self, table: &str) -> Row {
        self.rows(table).pop().unwrap_or_else(|| panic!("{table} is empty"))
    }

    /// The only row of a table that has this value in this column.
    #[track_caller]
    pub fn row(&self, table: &str, column: &str, value: &str) -> Row {
        let mut rows = self.rows(table);
        rows.retain(|row| row[column] == value);
        assert_eq!(rows.len(), 1, "{table} with {column} {value}: {rows:?}");
        rows.remove(0)
    }

    /// How many rows each table has.
    pub fn counts(&self) -> BTreeMap<String, i64> {
        let store = self.raw();
        store.tables().into_iter().map(|name| (name.clone(), store.count(&name))).collect()
    }

    /// How long each sealed message is.
    pub fn sizes_in_outbox(&self) -> Vec<usize> {
        let messages = self.rows("outbox");
        messages.iter().filter(|row| row.has("sealed")).map(|row| row.size("sealed")).collect()
    }

    /// How many people's last change was disowned.
    pub fn blocked(&self) -> usize {
        self.count("users", |user| user.has("disowned_at"))
    }

    /// Changes rows behind the program's back, for what no command and no time brings about.
    pub fn edit(&self, table: &str, change: impl Fn(&mut Row)) {
        self.raw().edit(table, change);
    }

    /// Changes the row of the user of this name.
    pub fn edit_user(&self, name: &str, change: impl Fn(&mut Row)) {
        self.edit("users", |user| {
            if user["name"] == name {
                change(user);
            }
        });
    }

    /// Locks a user for years.
    pub fn lock(&self, name: &str) {
        let user = self.row("users", "name", name)["id"].clone();
        let row = json!({"subject": user, "failures": 0, "locked_until": 4_102_444_800_000_i64});
        self.raw().add("sign_in_failures", &row);
    }

    /// More users, like this one but for their names: `many0`, `many1`, …
    pub fn many_like(&self, name: &str, number: usize) {
        self.raw().copy("users", &self.row("users", "name", name), number, |at, user| {
            user["id"] = format!("usr_{at}").into();
            user["external_id"] = json!(null);
            for column in ["name", "name_key", "look"] {
                user[column] = format!("many{at}").into();
            }
        });
    }

    /// Lets the contacts of this channel (`""`: all) receive nothing for a day more.
    pub fn cool_down(&self, channel: &str) {
        self.edit("contacts", |contact| {
            if channel.is_empty() || contact["channel"] == channel {
                contact.shift("usable_from", 86_400_000);
            }
        });
    }

    /// Changes a note that the store keeps for itself, such as when it was purged.
    pub fn set_note(&self, key: &str, value: &str) {
        self.edit("meta", |note| {
            if note["key"] == key {
                note["value"] = value.into();
            }
        });
    }

    /// Does to the records what their guards forbid.
    pub fn tamper(&self, act: impl FnOnce(&RawStore)) {
        self.raw().tamper(act);
    }

    /// A digest of everything the store holds.
    pub fn digest(&self) -> Vec<u8> {
        engine::digest(&self.store())
    }
}
