//! Who acts: in which role, from which place, and counted by what.

use std::net::{IpAddr, Ipv6Addr};
use std::path::Path;

use super::context::Context;
use super::session::Session;
use crate::config::Config;
use crate::domain::Role;
use crate::domain::device::Place;
use crate::flow::Actor;
use crate::os::{self, Identity};

/// What an address is counted by: whoever has one of version 6 has all of its /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// Whom a store belongs to: one that is gone, to the owner of its folder, or of where that would be made.
fn owner(store: &Path) -> Option<u32> {
    store.ancestors().find_map(os::owner_of)
}

impl Context<'_> {
    /// Who acts on the store of this config.
    pub(super) fn actor(&self, config: &Config) -> Actor {
        let file = config.locations.store.file();
        Actor {
            uid: self.identity.actor_uid,
            name: self.identity.actor_name().to_owned(),
            role: self.role(config),
            owner: self.owns(file),
            store_owner: owner(file),
            host: self.identity.host().to_owned(),
            process: self.identity.pid,
            source: self.source(config, None),
            place: self.place(config, None),
        }
    }

    /// Who acts, and with whose rights, as `-v` tells it.
    pub(super) fn who_acts(&self) -> String {
        let Identity { uid, actor_uid, .. } = &self.identity;
        let own = format!(
            "acting: {} (user id {actor_uid}) on {}",
            self.identity.actor_name(),
            self.identity.host()
        );
        if uid == actor_uid { own } else { format!("{own}, with the rights of user id {uid}") }
    }

    /// What the actor is to this store (security O2): its owner and root are admins, others as the config says.
    pub(in crate::cli) fn role(&self, config: &Config) -> Role {
        if self.identity.actor_uid == 0 || self.owns(config.locations.store.file()) {
            return Role::Admin;
        }
        let operators = &config.settings.operators;
        if self.is_listed(&operators.admin) {
            Role::Admin
        } else if self.is_listed(&operators.support) {
            Role::Support
        } else {
            Role::Stranger
        }
    }

    fn owns(&self, store: &Path) -> bool {
        owner(store) == Some(self.identity.actor_uid)
    }

    fn is_listed(&self, names: &[String]) -> bool {
        names.iter().any(|name| match name.strip_prefix('%') {
            Some(group) => self.identity.actor_groups().iter().any(|of| of == group),
            None => name == self.identity.actor_name(),
        })
    }

    /// The place that budgets are counted by: the uid, and an address from a portal or kiosk that the config
    /// trusts (security K6).
    pub(super) fn source(&self, config: &Config, said: Option<IpAddr>) -> String {
        let uid = format!("uid:{}", self.identity.actor_uid);
        match said.or(self.identity.ssh_peer).filter(|_| self.is_portal(config)) {
            Some(address) => format!("{uid}/{}", network(address)),
            None => uid,
        }
    }

    /// What the actor sits at: this machine; behind a portal or kiosk, the other end of its line and nothing else.
    pub(super) fn place(&self, config: &Config, said: Option<IpAddr>) -> Option<Place> {
        if self.is_portal(config) {
            return said.or(self.identity.ssh_peer).map(Place::Address);
        }
        Some(Place::Machine {
            machine: os::machine_id(),
            host: self.identity.host().to_owned(),
            uid: self.identity.actor_uid,
            user: self.identity.actor_name().to_owned(),
        })
    }

    /// Whether the actor stands for others, who are somewhere else.
    pub(super) fn is_portal(&self, config: &Config) -> bool {
        config.settings.sources.trusted.iter().any(|name| name == self.identity.actor_name())
    }
}

impl Session<'_> {
    /// In which role, and counted as what, as `-v` tells it.
    pub(super) fn acts_as(&self) -> String {
        let Actor { role, uid, place, .. } = &self.actor;
        let behind = if matches!(place, Some(Place::Address(_))) { " and its caller's network" } else { "" };
        format!("acting: in the role {role}, counted by the user id {uid}{behind}")
    }
}
