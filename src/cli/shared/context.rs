//! The composition root: the only place that names concrete stores, transports and clocks.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Context as _;
use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::extra_list::FileList;
use super::failure::Failure;
use super::input::NoNotify;
use super::spawner::Detached;
use super::warnings::Warnings;
use crate::cli::globals::Globals;
use crate::config::{self, Config, ConfigError, Environment, Intent, Locations};
use crate::domain::entropy::SystemEntropy;
use crate::domain::time::SystemClock;
use crate::domain::{Entropy, Task};
use crate::flow::batch::{Order, Work};
use crate::flow::{self, Actor, Env, FlowError, Occasion, doctor};
use crate::guidance::Program;
use crate::hasher::{Cost, Hasher};
use crate::keyring::KeyRing;
use crate::os::{self, Claims, Exposure, FileError, Identity, IdentityError, Screen};
use crate::store::{self, Engine, SCHEMA};
use crate::texts::Texts;
use crate::ui::{self, Format, Printer};

/// What every command has: options, terminal, and who acts.
pub(in crate::cli) struct Context<'g> {
    pub(in crate::cli) globals: &'g Globals,
    pub(in crate::cli) printer: Printer,
    pub(in crate::cli) environment: Environment,
    pub(in crate::cli) identity: Identity,
    /// Of each store that was opened, whether anything was committed to it.
    committed: RefCell<Vec<Rc<Cell<bool>>>>,
}

/// The part of the environment that decides how things are shown.
pub(in crate::cli) fn ui_environment(environment: &Environment) -> ui::Environment {
    ui::Environment {
        no_color: environment.no_color.clone(),
        clicolor: environment.clicolor.clone(),
        clicolor_force: environment.clicolor_force.clone(),
        term: environment.term.clone(),
        accessible: environment.accessible.clone(),
        lc_all: environment.lc_all.clone(),
        lc_ctype: environment.lc_ctype.clone(),
        lang: environment.lang.clone(),
    }
}

/// How results are shown: as the option says, else the variable, else as a table. `None` where the variable says
/// nothing that can be: whoever set it is a program.
pub(in crate::cli) fn output_format(option: Option<Format>, environment: &Environment) -> Option<Format> {
    match (option, &environment.output) {
        (Some(format), _) => Some(format),
        (None, Some(word)) => Format::from_str(word.to_str()?, false).ok(),
        (None, None) => Some(Format::default()),
    }
}

fn bad_output() -> Failure {
    let formats: Vec<_> = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
    let formats: Vec<_> = formats.iter().map(PossibleValue::get_name).collect();
    let message = format!("the value of REGAIN_OUTPUT is not valid (it takes one of {})", formats.join(", "));
    Failure::usage_with(message, "unset it, or set it to one of these")
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

impl<'g> Context<'g> {
    /// Hardens the process, asks the kernel who acts, and sees to it that nothing of their surroundings decides how a
    /// command ends, before anything is read.
    pub(in crate::cli) fn new(globals: &'g Globals, detached: bool) -> Result<Self, Box<(Printer, Failure)>> {
        let hardened = os::harden();
        let environment = Environment::of_this_process();
        let format = output_format(globals.output, &environment);
        let settings = ui::Settings {
            format: format.unwrap_or(Format::Json),
            quiet: globals.quiet,
            verbose: globals.verbose > 0,
            color: globals.color,
        };
        let printer = Printer::new(settings, &ui_environment(&environment));
        let hardened = hardened.context("the process could not be hardened").map_err(Failure::from);
        let known = if format.is_some() { Ok(()) } else { Err(bad_output()) };
        let identity = match hardened.and(known).and_then(|()| Ok(observe(&environment)?)) {
            Ok(identity) => identity,
            Err(failure) => return Err(Box::new((printer, failure))),
        };
        printer.name_commands(program(&environment, &identity));
        let context = Self { globals, printer, environment, identity, committed: RefCell::default() };
        match context.settle(detached) {
            Ok(()) => Ok(context),
            Err(failure) => Err(Box::new((context.printer, failure))),
        }
    }

    /// Refuses surroundings that nobody can work in, and sets what can be set (security T10).
    fn settle(&self, detached: bool) -> Result<(), Failure> {
        if detached {
            // Before anything is opened: it closes what is.
            os::leave_session().context("the session of its starter could not be left")?;
        }
        if self.acts_for_another() {
            os::enter_service()?;
        }
        // Without randomness the standard library's maps panic, wherever the first of them is.
        SystemEntropy.fill(&mut [0]).map_err(FlowError::from)?;
        let screen = Screen { leave: ui::terminal::leave, resume: ui::terminal::resume };
        os::watch_stops(screen).context("the signals of the terminal could not be watched")?;
        self.printer.detail(|| self.who_acts());
        Ok(())
    }

    /// Where config, key and store are looked for.
    pub(in crate::cli) fn places(&self, intent: Intent) -> config::Request<'_> {
        config::Request {
            config_flag: self.globals.config.as_deref(),
            store_flag: self.globals.store.as_deref(),
            environment: &self.environment,
            process_uid: self.identity.uid,
            actor_uid: self.identity.actor_uid,
            intent,
        }
    }

    /// Files are opened with the rights of the process. Whoever acts through the service would reach with them
    /// what the service alone may read or write, its key first of all: so they name none (security O0).
    /// `instead` tells the way that goes.
    pub(in crate::cli) fn own_file(&self, instead: &'static str) -> Result<(), Failure> {
        if self.acts_for_another() {
            return Err(Failure::usage_with("the service opens no file for you", instead));
        }
        Ok(())
    }

    /// Whether the one who types is not the one whose rights the process has, as through the service.
    pub(in crate::cli) fn acts_for_another(&self) -> bool {
        self.places(Intent::Use).is_foreign()
    }

    /// The folder that systemd hands the service its credentials in. It comes from the environment, so it does
    /// not count where somebody acts through another user (security T7).
    pub(in crate::cli) fn credentials(&self) -> Option<PathBuf> {
        let folder = self.environment.credentials_directory.clone();
        folder.filter(|_| !self.places(Intent::Use).is_foreign())
    }

    /// A step that cannot be tried without being done takes no `--dry-run`: nobody may think it was not.
    pub(in crate::cli) fn no_dry_run(&self) -> Result<(), Failure> {
        if self.globals.dry_run {
            return Err(Failure::usage("this cannot be tried without being done; leave --dry-run out"));
        }
        Ok(())
    }

    /// The config, with commands named from then on as it says.
    pub(in crate::cli) fn load(&self, intent: Intent) -> Result<Config, ConfigError> {
        let config = config::load(&self.places(intent))?;
        let Locations { config: path, config_source, .. } = &config.locations;
        self.printer.detail(|| format!("read: the config {} ({config_source})", path.display()));
        if let Some(command) = &config.settings.help.command {
            self.printer.name_commands(Program::called(command));
        }
        Ok(config)
    }

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

    /// Refuses a store that others can write (security T4): what they put there would count as what regain wrote.
    pub(in crate::cli) fn trust_store(&self, path: &Path) -> Result<(), Failure> {
        let others = |error: &FileError| {
            matches!(error, FileError::WritableByOthers { .. } | FileError::ForeignOwner { .. })
        };
        let found = doctor::judge_store(path, Exposure::Readable, self.identity.uid);
        found.into_iter().find(others).map_or(Ok(()), |error| Err(Failure::StoreFile(error)))
    }

    /// Whether anything was committed to a store or made elsewhere, so that it stands whatever else fails.
    pub(in crate::cli) fn has_changed(&self) -> bool {
        self.printer.has_changed() || self.committed.borrow().iter().any(|committed| committed.get())
    }

    /// The keys beside the config.
    pub(in crate::cli) fn keys(&self, config: &Config) -> Result<KeyRing, Failure> {
        let keys = KeyRing::parse(&config::read_key(&config.locations, self.identity.uid)?)?;
        let path = config.locations.key.display();
        self.printer.detail(|| format!("read: the key file {path}, keys: {}", keys.list().count()));
        Ok(keys)
    }

    /// A session over parts that are at hand already.
    pub(in crate::cli) fn session(
        &self,
        config: Config,
        keys: KeyRing,
        store: Box<dyn Engine>,
    ) -> Session<'_> {
        let actor = self.actor(&config);
        let spawner = Detached::new(&config, &self.environment, &self.printer);
        let texts = self.texts(&config);
        self.committed.borrow_mut().push(store.committed());
        let extra_list = FileList::new(&config.settings.password, &self.printer);
        let remarks = Warnings::new(&self.printer);
        let (store, silent) = (ManuallyDrop::new(store), false);
        let (reason, ticket) = (self.globals.reason.clone(), self.globals.ticket.clone());
        Session {
            context: self,
            config,
            keys,
            store,
            actor,
            spawner,
            remarks,
            texts,
            extra_list,
            silent,
            reason,
            ticket,
        }
    }

    /// The words of messages, with those of the site's own that its folder has.
    pub(in crate::cli) fn texts(&self, config: &Config) -> Texts {
        let config::Texts { language, folder, sms_domain, time_zone } = &config.settings.texts;
        if let Some(folder) = folder {
            self.printer.detail(|| format!("read: texts of messages below {}", folder.display()));
        }
        let texts = Texts::load(language, folder.as_deref(), sms_domain, self.identity.uid);
        let texts = texts.with_program(self.printer.program().as_str());
        match time_zone {
            Some(name) => texts.in_zone(name),
            None => texts,
        }
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

impl Session<'_> {
    /// What is asked for by this command, as a journal keeps it.
    pub(in crate::cli) fn order(&self, work: Work) -> Order {
        let (reason, ticket) = (self.reason.clone(), self.ticket.clone());
        Order { work, no_notify: self.silent, reason, ticket, secrets_to: None }
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
