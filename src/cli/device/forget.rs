//! `regain device forget`

use clap::Args;
use serde::Serialize;

use super::list::DeviceView;
use crate::cli::shared::person::Person;
use crate::cli::shared::runner::{self, Consent};
use crate::cli::shared::stdin::StdinOptions;
use crate::cli::shared::{Failure, Planned, Session, input};
use crate::domain::device::Device;
use crate::domain::time::counted;
use crate::domain::{Action, Task};
use crate::flow::devices::{ForgetDevices, Which, list};
use crate::guidance::notes;
use crate::ui::{Column, Row, column};

/// Forget one device of a user, or all
///
/// Use it for a device that was lost or sold, or that never belonged to the user. An administrator can do this, or the
/// user with their password.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain device forget acme dev_… --reason 'laptop stolen'\n  regain device forget acme --all"
)]
pub(in crate::cli) struct Forget {
    #[command(flatten)]
    stdin: StdinOptions<true, false>,
    #[command(flatten)]
    person: Person,
    /// The ID of the device, from `regain device list`
    #[arg(value_name = "ID", conflicts_with = "all", value_parser = input::id())]
    id: Option<String>,
    /// Forget all devices of the user
    #[arg(long)]
    all: bool,
}

/// What is left, for programs.
#[derive(Debug, Serialize)]
struct Forgotten {
    user: String,
    /// How many are no longer remembered.
    forgotten: u64,
    /// Those that still are.
    devices: Vec<DeviceView>,
}

impl Row for Forgotten {
    const COLUMNS: &'static [Column<Self>] = &[column("forgotten", |row| row.forgotten.to_string())];
    const FIELDS: &'static [&'static str] = &["user", "forgotten", "devices"];
}

pub(super) fn run(arguments: &Forget, session: &Session<'_>) -> Result<(), Failure> {
    let (person, task) = (&arguments.person, Task::ManageDevices);
    person.judge_role(session, task)?;
    let which = match (&arguments.id, arguments.all) {
        (Some(id), _) => Which::One(id.clone()),
        (None, true) => Which::All,
        (None, false) => {
            return Err(Failure::usage_with("name the device by its id, or say --all", notes::DEVICE_IDS));
        }
    };
    if person.preview::<Forgotten>(
        session,
        "if the password is right, the device is no longer known",
        task,
    )? {
        return Ok(());
    }
    let mut lines = arguments.stdin.lines(session.context);
    let action = Action::ForgetDevices;
    // Operation protection does not ask: it only makes things stricter, and whoever lost a device is in a hurry.
    let authority = person.authority(session, &mut lines, action, task)?;
    let env = person.env(session, task);
    let (printer, who, now) = (&session.context.printer, authority.user().path(), env.clock.now());
    let view = |forgotten, devices: Vec<Device>| {
        let devices = devices.into_iter().map(|device| DeviceView::of(&who, device, now)).collect();
        Forgotten { user: who.clone(), forgotten, devices }
    };
    let (consent, plan) = (Consent::of(&authority), ForgetDevices::plan(&env, &authority, which)?);
    let planned = Planned::of(view(plan.going(), plan.left().to_vec()));
    let Some((forgotten, changed)) = runner::run_by(session.context, &env, consent, planned, plan)? else {
        return Ok(());
    };
    if changed {
        printer.done(&format!("Forgot {} of {who}.", counted(forgotten, "device")));
    }
    Ok(printer.written(&view(forgotten, list(&env, &authority)?), changed)?)
}
