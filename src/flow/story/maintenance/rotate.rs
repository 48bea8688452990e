//! A new key in front of the old ones.

use std::path::PathBuf;

use serde::Serialize;
use zeroize::Zeroizing;

use crate::domain::{Action, Fact, NewEvent, Target, Task};
use crate::flow::foundation::{Change, Confirmed, Env, FlowError, Transaction};
use crate::flow::story::appeal;
use crate::keyring::{KeyRing, Sealed};
use crate::os::{self, Exposure};
use crate::store::Tx;

/// Puts a new key into the key file. The old ones stay: what they made still verifies and opens.
#[derive(Debug)]
pub struct RotateKey {
    file: PathBuf,
    process_uid: u32,
}

/// What the rotation did.
#[derive(Debug, Clone, Serialize)]
pub struct Rotated {
    pub key_id: String,
    /// How many keys the file holds now.
    pub keys: u64,
    /// Waiting messages, and forms of appeals, that are sealed with the new key now.
    pub resealed: u64,
}

impl RotateKey {
    pub fn plan(env: &Env<'_>, file: PathBuf, process_uid: u32) -> Result<Self, FlowError> {
        env.authorize(Task::ManageStore, None)?;
        Ok(Self { file, process_uid })
    }

    /// The ring as it stands in the file now: another process may have rotated since this one started.
    fn read(&self) -> Result<KeyRing, FlowError> {
        let bytes = os::read_trusted(&self.file, Exposure::Private, self.process_uid)?;
        let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
        Ok(KeyRing::parse(&text)?)
    }
}

impl Change for RotateKey {
    type Done = Rotated;

    fn effects(&self) -> Vec<String> {
        vec![
            format!("{} gets a new key, which is used for everything new", self.file.display()),
            "the old keys stay in it: records, codes, authenticators and former passwords keep the key they were made with"
                .to_owned(),
            "waiting messages and what appeals claim are sealed again with it".to_owned(),
            "your copy of the key file is out of date: make a new one".to_owned(),
        ]
    }

    /// Within the store's lock, so that no two rotations lose each other's key; and the file before the
    /// commit, so that nothing in the store ever needs a key that the file does not hold. Killed between the
    /// two, there is a key that made nothing yet.
    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<Rotated, FlowError> {
        let rotated = env.write(|tx| {
            let mut keys = self.read()?;
            let key_id = keys.rotate(env.entropy, env.clock)?.to_string();
            os::replace(&self.file, keys.to_text().as_bytes())?;
            let resealed = reseal(env, tx.store, &keys)? + appeal::reseal(env, tx.store, &keys)?;
            let event = NewEvent::success(Action::RotateKey, Target::None)
                .with("key", Fact::Id(key_id.clone()))
                .with("resealed", Fact::Count(resealed));
            let env = env.with_keys(&keys);
            event.append(&mut Transaction { env: &env, store: tx.store, now: tx.now, unrecorded: None })?;
            Ok(Rotated { key_id, keys: keys.list().count() as u64, resealed })
        })?;
        // What is sealed anew stands in the log as it was before, too.
        env.store.compact()?;
        Ok(rotated)
    }
}

/// Seals every waiting message with the newest key. One that no key opens stays as it is: its own hand-over
/// tells of it.
fn reseal(env: &Env<'_>, tx: &mut dyn Tx, keys: &KeyRing) -> Result<u64, FlowError> {
    let mut resealed = 0;
    for (id, key_id, bytes) in tx.sealed_messages()? {
        let Ok(key_id) = key_id.parse() else { continue };
        let Ok(plain) = keys.open(&Sealed { key_id, bytes }, id.as_bytes()) else { continue };
        let sealed = keys.seal(&plain, id.as_bytes(), env.entropy)?;
        tx.reseal(&id, &sealed.key_id.to_string(), &sealed.bytes)?;
        resealed += 1;
    }
    Ok(resealed)
}
