//! `regain device list`

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::person::Person;
use crate::cli::shared::stdin::StdinOptions;
use crate::cli::shared::views::moment;
use crate::cli::shared::{Failure, Session};
use crate::domain::device::Device;
use crate::domain::time::in_seconds;
use crate::domain::{Action, Task};
use crate::flow::devices::list;
use crate::ui::{Column, Row, column, prose};

/// List the devices that a user signed in from
///
/// A device becomes known after complete sign-ins on two different days (UTC), and is forgotten after 90 days without
/// one. On any other device, resetting the password of a unified ID requires one more proof. An operator can list
/// devices, or the user with their password.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain device list acme\n  regain device list acme -o json")]
pub(in crate::cli) struct List {
    #[command(flatten)]
    stdin: StdinOptions<true, false>,
    #[command(flatten)]
    person: Person,
}

/// A device as shown.
#[derive(Debug, Serialize)]
pub(super) struct DeviceView {
    id: String,
    user: String,
    label: String,
    known: bool,
    #[serde(serialize_with = "in_seconds")]
    first_seen: Timestamp,
    #[serde(serialize_with = "in_seconds")]
    last_seen: Timestamp,
    #[serde(serialize_with = "in_seconds")]
    forgotten_from: Timestamp,
}

impl DeviceView {
    pub(super) fn of(user: &str, device: Device, now: Timestamp) -> Self {
        Self {
            user: user.to_owned(),
            known: device.known(now),
            first_seen: device.first_seen,
            last_seen: device.last_seen,
            forgotten_from: device.forgotten_from(),
            id: device.id,
            label: device.label,
        }
    }
}

impl Row for DeviceView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("id", |row| row.id.clone()),
        prose("device", |row| row.label.clone()),
        column("known", |row| if row.known { "yes" } else { "no" }.to_owned()),
        column("first sign-in", |row| moment(Some(row.first_seen))),
        column("last sign-in", |row| moment(Some(row.last_seen))),
    ];
    const FIELDS: &'static [&'static str] =
        &["id", "user", "label", "known", "first_seen", "last_seen", "forgotten_from"];
}

pub(super) fn run(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let (person, task) = (&arguments.person, Task::ReadPeople);
    let mut lines = arguments.stdin.lines(session.context);
    let action = Action::LookupDevices;
    let authority = person.authority(session, &mut lines, action, task)?;
    let env = person.env(session, task);
    let who = authority.user().path();
    let now = env.clock.now();
    let views = list(&env, &authority)?.into_iter().map(|device| DeviceView::of(&who, device, now));
    Ok(session.context.printer.list(views, "No device is remembered.")?)
}
