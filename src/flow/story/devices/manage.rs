//! What operators and people do with devices: look at them, and forget them.

use crate::domain::device::Device;
use crate::domain::{Action, Fact, NewEvent};
use crate::flow::foundation::{Change, Confirmed, Env, FlowError, Missing, audit};
use crate::flow::proofs::authority::Authority;

/// The devices of a person, the one used last first.
pub fn list(env: &Env<'_>, authority: &Authority) -> Result<Vec<Device>, FlowError> {
    env.read(|tx| tx.devices(&authority.user().id))
}

/// Which of a person's devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    One(String),
    All,
}

/// The planned forgetting of devices.
pub struct ForgetDevices<'a> {
    authority: &'a Authority,
    which: Which,
    /// What they are called.
    labels: Vec<String>,
    /// Those that stay.
    left: Vec<Device>,
}

impl<'a> ForgetDevices<'a> {
    pub fn plan(env: &Env<'_>, authority: &'a Authority, which: Which) -> Result<Self, FlowError> {
        let devices = list(env, authority)?;
        let goes = |device: &Device| match &which {
            Which::All => true,
            Which::One(id) => device.id == *id,
        };
        let (going, left): (Vec<Device>, Vec<Device>) = devices.into_iter().partition(goes);
        let labels: Vec<String> = going.into_iter().map(|device| device.label).collect();
        if labels.is_empty()
            && let Which::One(id) = &which
        {
            return Err(Missing::Device(authority.user().path(), id.clone()).into());
        }
        Ok(Self { authority, which, labels, left })
    }

    /// How many are forgotten.
    pub fn going(&self) -> u64 {
        self.labels.len() as u64
    }

    /// Those that stay known.
    pub fn left(&self) -> &[Device] {
        &self.left
    }
}

impl Change for ForgetDevices<'_> {
    /// How many are forgotten.
    type Done = u64;

    fn effects(&self) -> Vec<String> {
        let who = self.authority.user().path();
        if self.labels.is_empty() {
            return vec![format!("no device of {who} is known")];
        }
        let mut effects: Vec<String> =
            self.labels.iter().map(|label| format!("{label} is no longer a known device of {who}")).collect();
        effects.push("resetting a unified ID there takes one more proof until it is known again".to_owned());
        effects
    }

    fn changes(&self) -> bool {
        !self.labels.is_empty()
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<u64, FlowError> {
        if self.labels.is_empty() {
            return Ok(0);
        }
        env.write(|tx| {
            let user = self.authority.unchanged(tx)?;
            let forgotten = match &self.which {
                Which::All => tx.store.forget_devices(&user.id)?,
                Which::One(id) => u64::from(tx.store.forget_device(&user.id, id)?),
            };
            NewEvent::success(Action::ForgetDevices, audit::target(&user))
                .with("devices", Fact::Count(forgotten))
                .append(tx)?;
            Ok(forgotten)
        })
    }
}
