//! The composition root: the store is opened here, and the surroundings of a flow are put together.

use std::mem::ManuallyDrop;
use std::net::IpAddr;

use super::context::Context;
use super::extra_list::FileList;
use super::failure::Failure;
use super::input::NoNotify;
use super::spawner::Detached;
use super::warnings::Warnings;
use crate::config::{Config, Intent, Locations};
use crate::domain::Task;
use crate::domain::entropy::SystemEntropy;
use crate::domain::time::SystemClock;
use crate::flow::batch::{Order, Work};
use crate::flow::{self, Actor, Env, Occasion};
use crate::hasher::{Cost, Hasher};
use crate::keyring::KeyRing;
use crate::store::{self, Engine, SCHEMA};
use crate::texts::Texts;

impl Context<'_> {
    /// Loads config and key and opens the store, if the key is the store's.
    pub(in crate::cli) fn open(&self) -> Result<Session<'_>, Failure> {
        let session = self.open_to_judge()?;
        if flow::require_key(&session.keys, session.store.as_ref()).is_ok() {
            return Ok(session);
        }
        // A new key may have been put in after the file was read.
        let session = self.open_to_judge()?;
        flow::require_key(&session.keys, session.store.as_ref())?;
        Ok(session)
    }

    /// [`Context::open`], for what this role may do: whoever may not is told so before anything else is looked at, asked
    /// or read.
    pub(in crate::cli) fn open_for(&self, task: Task) -> Result<Session<'_>, Failure> {
        let session = self.open()?;
        session.operating().authorize(task, None)?;
        Ok(session)
    }

    /// Opens the store whichever keys its records were made with: for whoever tells of that.
    pub(in crate::cli) fn open_to_judge(&self) -> Result<Session<'_>, Failure> {
        let config = self.load(Intent::Use)?;
        let keys = self.keys(&config)?;
        self.trust_store(config.locations.store.file())?;
        let store = store::open(&config.locations.store)?;
        let Locations { store: url, store_source, .. } = &config.locations;
        self.printer.detail(|| {
            format!("opened: the store {} ({store_source}), schema {SCHEMA}", url.file().display())
        });
        let session = self.session(config, keys, store);
        self.printer.detail(|| session.acts_as());
        Ok(session)
    }

    /// A session over parts that are at hand already.
    pub(in crate::cli) fn session(
        &self,
        config: Config,
        keys: KeyRing,
        store: Box<dyn Engine>,
    ) -> Session<'_> {
        self.watch(store.as_ref());
        Session::new(self, config, keys, store)
    }
}

/// An open store with everything a flow needs.
pub(in crate::cli) struct Session<'c> {
    pub(in crate::cli) context: &'c Context<'c>,
    pub(in crate::cli) config: Config,
    pub(in crate::cli) keys: KeyRing,
    /// Never closed: all that would be given back one by one, the end of the process gives back at once.
    pub(in crate::cli) store: ManuallyDrop<Box<dyn Engine>>,
    pub(in crate::cli) actor: Actor,
    spawner: Detached<'c>,
    remarks: Warnings<'c>,
    pub(in crate::cli) texts: Texts,
    extra_list: FileList<'c>,
    silent: bool,
    /// Why an operator acts, and in whose words it is asked for: as the command says, or as the batch it goes on with.
    reason: Option<String>,
    ticket: Option<String>,
}

impl<'c> Session<'c> {
    /// Over parts that are at hand already.
    pub(super) fn new(
        context: &'c Context<'c>,
        config: Config,
        keys: KeyRing,
        store: Box<dyn Engine>,
    ) -> Self {
        let globals = context.globals;
        Self {
            actor: context.actor(&config),
            spawner: Detached::new(&config, &context.environment, &context.printer),
            remarks: Warnings::new(&context.printer),
            texts: context.texts(&config),
            extra_list: FileList::new(&config.settings.password, &context.printer),
            silent: false,
            reason: globals.reason.clone(),
            ticket: globals.ticket.clone(),
            store: ManuallyDrop::new(store),
            context,
            config,
            keys,
        }
    }
}

impl Session<'_> {
    /// What is asked for by this command, as a journal keeps it.
    pub(in crate::cli) fn order(&self, work: Work, atomic: bool) -> Order {
        let (reason, ticket) = (self.reason.clone(), self.ticket.clone());
        Order { work, atomic, no_notify: self.silent, reason, ticket, secrets_to: None }
    }

    /// Acts from now on as it was asked for, but for what this command says otherwise.
    pub(in crate::cli) fn take_up(&mut self, order: &Order) {
        self.silent = order.no_notify;
        self.reason = self.reason.take().or_else(|| order.reason.clone());
        self.ticket = self.ticket.take().or_else(|| order.ticket.clone());
    }

    /// For an operator's act: reason and ticket are recorded with it.
    pub(in crate::cli) fn operating(&self) -> Env<'_> {
        self.env(true)
    }

    /// Keeps what an operator changes from those it is about, if that is wanted and there is a reason.
    pub(in crate::cli) fn suppress_notices(&mut self, no_notify: &NoNotify) -> Result<(), Failure> {
        self.silent = no_notify.suppresses(self.context.globals.reason.as_deref())?;
        Ok(())
    }

    /// For what people do for themselves.
    pub(in crate::cli) fn oneself(&self) -> Env<'_> {
        self.env(false)
    }

    /// Trusts an address that a portal says its caller has.
    pub(in crate::cli) fn trust_source(&mut self, said: Option<&str>) -> Result<(), Failure> {
        let Some(said) = said else { return Ok(()) };
        if !self.context.is_portal(&self.config) {
            return Err(Failure::usage_with(
                "--source is for portals and kiosks that the config names",
                "list your user name in [sources] trusted",
            )
            .of("--source"));
        }
        let Ok(said) = said.trim().parse::<IpAddr>() else {
            return Err(Failure::usage_with(
                "--source is an IP address",
                "such as 203.0.113.9, or 2001:db8::1, without a port",
            )
            .of("--source"));
        };
        self.actor.source = self.context.source(&self.config, Some(said.to_canonical()));
        self.actor.place = self.context.place(&self.config, Some(said.to_canonical()));
        Ok(())
    }

    fn env(&self, operating: bool) -> Env<'_> {
        let hash = &self.config.settings.hash;
        let globals = self.context.globals;
        Env {
            store: self.store.as_ref(),
            keys: &self.keys,
            hasher: Hasher::new(
                Cost {
                    memory_kib: hash.memory_kib,
                    iterations: hash.iterations,
                    parallelism: hash.parallelism,
                },
                hash.pepper,
                &self.keys,
            ),
            clock: &SystemClock,
            entropy: &SystemEntropy,
            settings: &self.config.settings,
            actor: self.actor.clone(),
            occasion: Occasion {
                operating,
                reason: self.reason.clone().filter(|_| operating),
                ticket: self.ticket.clone().filter(|_| operating),
                silent: self.silent && operating,
                importing: false,
                dry_run: globals.dry_run,
                batch: None,
                revisits: false,
            },
            spawner: &self.spawner,
            remarks: &self.remarks,
            texts: &self.texts,
            extra_list: &self.extra_list,
            conclude_overdue: flow::conclude_overdue_attempts,
            in_a_row: false,
        }
    }
}
