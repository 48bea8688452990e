//! Who acts, with which role, and from where.

use std::net::{IpAddr, Ipv6Addr};
use std::path::Path;

use crate::config::{Config, Environment};
use crate::domain::device::Place;
use crate::domain::operator::Role;
use crate::guidance::Program;
use crate::os::{self, Claims, Identity, IdentityError};

/// What an address is counted by: whoever has one of version 6 has all of its /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// Whom a store belongs to: one that is gone, to the owner of its folder, or of where that would be made.
pub(super) fn owner(store: &Path) -> Option<u32> {
    store.ancestors().find_map(os::owner_of)
}

/// Who acts, as the kernel tells it.
pub(in crate::cli) fn observe(environment: &Environment) -> Result<Identity, IdentityError> {
    Identity::observe(Claims {
        sudo_uid: environment.sudo_uid.as_deref(),
        ssh_connection: environment.ssh_connection.as_deref(),
    })
}

/// How commands are named where the config does not say: as this one was started.
pub(in crate::cli) fn program(environment: &Environment, identity: &Identity) -> Program {
    let another = identity.actor_uid != identity.uid && identity.actor_uid != 0;
    if another && environment.sudo_uid.is_some() {
        Program::through_sudo(identity.user_name())
    } else {
        Program::default()
    }
}

/// What the actor is to this store (security O2): its owner and root are admins, others as the config says.
pub(super) fn role(identity: &Identity, config: &Config) -> Role {
    if identity.actor_uid == 0 || owns(identity, config.locations.store.file()) {
        return Role::Admin;
    }
    let operators = &config.settings.operators;
    if is_listed(identity, &operators.admin) {
        Role::Admin
    } else if is_listed(identity, &operators.support) {
        Role::Support
    } else {
        Role::Stranger
    }
}

pub(super) fn owns(identity: &Identity, store: &Path) -> bool {
    owner(store) == Some(identity.actor_uid)
}

fn is_listed(identity: &Identity, names: &[String]) -> bool {
    names.iter().any(|name| match name.strip_prefix('%') {
        Some(group) => identity.actor_groups().iter().any(|of| of == group),
        None => name == identity.actor_name(),
    })
}

/// The place that budgets are counted by: the uid, and an address from a portal or kiosk that the config
/// trusts (security K6).
pub(super) fn source(identity: &Identity, config: &Config, said: Option<IpAddr>) -> String {
    let uid = format!("uid:{}", identity.actor_uid);
    match said.or(identity.ssh_peer).filter(|_| is_portal(identity, config)) {
        Some(address) => format!("{uid}/{}", network(address)),
        None => uid,
    }
}

/// What the actor sits at: this machine; behind a portal or kiosk, the other end of its line and nothing else.
pub(super) fn place(identity: &Identity, config: &Config, said: Option<IpAddr>) -> Option<Place> {
    if is_portal(identity, config) {
        return said.or(identity.ssh_peer).map(Place::Address);
    }
    Some(Place::Machine {
        machine: os::machine_id(),
        host: identity.host().to_owned(),
        uid: identity.actor_uid,
        user: identity.actor_name().to_owned(),
    })
}

/// Whether the actor stands for others, who are somewhere else.
pub(super) fn is_portal(identity: &Identity, config: &Config) -> bool {
    config.settings.sources.trusted.iter().any(|name| name == identity.actor_name())
}
