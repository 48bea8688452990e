//! Telling a device from others, and remembering it.

use crate::domain::device::{Device, KEPT, Place};
use crate::domain::{Action, Fact, NewEvent, User, id};
use crate::flow::foundation::{Env, FlowError, Transaction, audit};
use crate::keyring::Purpose;
use crate::store::Tx;

/// Whether what a request comes from is familiar to its person. `source` is the request's: an address that a portal
/// gave at the start counts for all of it.
pub(crate) fn known(tx: &mut Transaction<'_>, user: &User, source: &str) -> Result<bool, FlowError> {
    let place = match source.split_once('/') {
        Some((_, address)) => address.parse().ok().map(Place::Address),
        None => tx.env.actor.place.clone(),
    };
    let Some(place) = place else { return Ok(false) };
    Ok(find(tx.env, tx.store, user, &place)?.is_some_and(|device| device.known(tx.now)))
}

/// Remembers what somebody signed in from, with everything asked. Where a portal does not tell, there is nothing to
/// remember: what is behind it may be anybody's.
pub fn remember(env: &Env<'_>, user: &User) -> Result<(), FlowError> {
    let Some(place) = &env.actor.place else { return Ok(()) };
    env.write(|tx| {
        // Deleted since they were let in.
        let Some(user) = tx.store.user_by_id(&user.id)? else { return Ok(()) };
        let (seen, news) = match find(env, tx.store, &user, place)? {
            Some(device) => {
                let was_known = device.known(tx.now);
                let seen = device.seen(tx.now);
                tx.store.update_device(&seen)?;
                let news = !was_known && seen.known(tx.now);
                (seen, news)
            }
            None => (insert(tx, &user, place)?, true),
        };
        if news {
            NewEvent::success(Action::RememberDevice, audit::target(&user))
                .with("device", Fact::Id(seen.id.clone()))
                .with("known", Fact::Flag(seen.known(tx.now)))
                .append(tx)?;
        }
        Ok(())
    })
}

/// The person's device that this is. Tags of all keys are tried, as a rotation leaves them as they were.
fn find(env: &Env<'_>, tx: &mut dyn Tx, user: &User, place: &Place) -> Result<Option<Device>, FlowError> {
    let parts = parts(user, place);
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    let mut devices = tx.devices(&user.id)?.into_iter();
    Ok(devices.find(|device| env.tag_matches(&device.key_id, Purpose::Device, &parts, &device.tag)))
}

/// Bound to the person, so that nobody sees from the store that two people share a machine.
fn parts(user: &User, place: &Place) -> [String; 3] {
    let [kind, which] = place.parts();
    [user.id.clone(), kind, which]
}

fn insert(tx: &mut Transaction<'_>, user: &User, place: &Place) -> Result<Device, FlowError> {
    for one_too_many in tx.store.devices(&user.id)?.iter().skip(KEPT - 1) {
        tx.store.forget_device(&user.id, &one_too_many.id)?;
    }
    let parts = parts(user, place);
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    let (key_id, tag) = tx.env.keys.mac(Purpose::Device, &parts);
    let device = Device {
        id: id::new(tx.env.entropy, "dev")?,
        user_id: user.id.clone(),
        key_id: key_id.to_string(),
        tag: tag.to_vec(),
        label: place.label(),
        first_seen: tx.now,
        last_seen: tx.now,
    };
    tx.store.insert_device(&device)?;
    Ok(device)
}
