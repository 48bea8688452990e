//! What every command has before a store is open: its options, its config, its terminal, and who acts.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Context as _;
use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::failure::Failure;
use crate::cli::globals::Globals;
use crate::config::{self, Config, ConfigError, Environment, Intent, Locations};
use crate::domain::Entropy;
use crate::domain::entropy::SystemEntropy;
use crate::flow::{FlowError, doctor};
use crate::guidance::Program;
use crate::keyring::KeyRing;
use crate::os::{self, Claims, Exposure, FileError, Identity, IdentityError, Screen};
use crate::store::Engine;
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

    /// Takes note of what a store commits.
    pub(super) fn watch(&self, store: &dyn Engine) {
        self.committed.borrow_mut().push(store.committed());
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
