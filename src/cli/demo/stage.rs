//! A site of its own in a temporary folder: config, key, store and mailbox, gone at the end.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;

use crate::cli::shared::{Context, Failure, Session};
use crate::config::{Config, Locations, Source};
use crate::domain::Role;
use crate::domain::entropy::SystemEntropy;
use crate::domain::store_url::StoreUrl;
use crate::domain::time::SystemClock;
use crate::flow::{self, Delivered, Stay, Terms};
use crate::keyring::KeyRing;
use crate::store;
use crate::ui::Scratch;

/// Handing over is done between the acts, where the audience can see it.
const CONFIG: &str = "[delivery]\nbackground = false\n";

/// Where the story plays.
pub(super) struct Stage<'c> {
    pub(super) context: &'c Context<'c>,
    pub(super) session: Session<'c>,
    /// Whether the questions answer themselves.
    pub(super) auto: bool,
    folder: Scratch,
}

impl<'c> Stage<'c> {
    pub(super) fn set(context: &'c Context<'c>, auto: bool) -> Result<Self, Failure> {
        let folder = Scratch::make("regain-demo-").context("the stage could not be set")?;
        let store = StoreUrl::from(folder.path().join("regain.db"));
        let locations = Locations {
            config: folder.path().join("config.toml"),
            config_source: Source::Home,
            key: folder.path().join("regain.key"),
            store: store.clone(),
            store_source: Source::Home,
            outbox_dir: folder.path().join("outbox"),
            foreign: false,
        };
        let config = Config::from_text(CONFIG, locations)?;
        let keys = KeyRing::generate(&SystemEntropy, &SystemClock)?;
        let mut session = context.session(config, keys, store::create(&store)?);
        // Whoever watches plays every part, the administrator's too.
        session.actor.role = Role::Admin;
        flow::record_creation(&session.operating())?;
        Ok(Self { context, session, auto, folder })
    }

    /// A file in the folder of the play.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Says something to the audience. It is what the command is for, and so goes to stdout.
    pub(super) fn say(&self, text: &str) -> Result<(), Failure> {
        let printer = &self.context.printer;
        printer.prose(&printer.program().name_in(text))?;
        Ok(printer.flush()?)
    }

    /// Hands over what waits, as the worker does, and returns what came into the mailbox by it.
    pub(super) fn mail(&self) -> Result<Vec<String>, Failure> {
        let before = self.mailbox();
        let (stop, mut done) = (AtomicBool::new(false), Delivered::default());
        let terms = Terms { stay: Stay::Once, stop: &stop, leave: &stop, lost: &[] };
        flow::deliver(&self.session.oneself(), &mut self.session.transports(), &terms, &mut done)?;
        let fresh = self.mailbox().into_iter().filter(|path| !before.contains(path));
        Ok(fresh.filter_map(|path| fs::read_to_string(path).ok()).collect())
    }

    fn mailbox(&self) -> Vec<PathBuf> {
        let folder = self.folder.path().join("outbox/email/new");
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }
}
