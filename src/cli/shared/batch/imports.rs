//! An import of people, a row each.

use std::cell::RefCell;
use std::io::Write;

use serde::{Serialize, Serializer};

use super::effects::Effects;
use super::failed::{Failed, Unwritten};
use super::issuing::Issuing;
use super::source::{Source, unread};
use super::steps::{Done, Each, Group, Steps};
use crate::cli::shared::Failure;
use crate::cli::shared::views::{ChangeView, Outcome, OutcomeView};
use crate::domain::batch::{Counts, Row};
use crate::domain::import::{self, ImportOptions};
use crate::domain::record::Record;
use crate::domain::time::counted;
use crate::exchange::{FailedWriter, Reader, RowError};
use crate::flow::batch::{AtOnce, ImportedRows, Journal, Judged, Named, Unplanned};
use crate::flow::{AboutUser, Env, FlowError, ImportUser, IssueCredential, PreparedSecret, Promise, Refusal};
use crate::os::Rows;
use crate::ui::{self, Column, column, prose};

/// A row as it was read.
type ReadRow = Result<Record, RowError>;

/// How the rows of a file are imported.
pub(super) struct Imports<'i> {
    source: &'i Source,
    options: &'i ImportOptions,
    issuing: Issuing<'i>,
    preview: RefCell<Preview>,
    /// Where the rows are that come next.
    reader: RefCell<Option<Reader<'i>>>,
}

/// What was seen of the rows.
#[derive(Default)]
struct Preview {
    made: u64,
    changed: u64,
    left: u64,
    /// Whoever is there and gets another password.
    passwords: u64,
    /// Whoever could sign in, and cannot after it.
    disabled: u64,
    hands_out: bool,
    effects: Effects,
}

impl<'i> Imports<'i> {
    pub(super) fn new(source: &'i Source, options: &'i ImportOptions, issuing: Issuing<'i>) -> Self {
        Self { source, options, issuing, preview: RefCell::default(), reader: RefCell::default() }
    }

    fn plan(&self, env: &Env<'_>, read: ReadRow, plan: Planner) -> Result<ImportUser, Unplanned> {
        let record = read.map_err(|error| Unplanned::Failed(Refusal::Unread(error.to_string()).into()))?;
        plan(env, &record, self.options).map_err(Unplanned::Failed)
    }
}

/// How a row is planned that could be read.
type Planner = fn(&Env<'_>, &Record, &ImportOptions) -> Result<ImportUser, FlowError>;

/// The line of a row, and whom it is about as far as it can be read.
fn named(read: &ReadRow) -> Named {
    let (row, user) = match read {
        Ok(record) => (record.row, &record.user),
        Err(error) => (error.row, &error.user),
    };
    Named { row, text: user.clone().unwrap_or_default(), user: None }
}

impl Steps for Imports<'_> {
    type Plan = ImportUser;
    type Made = PreparedSecret;
    type View = ImportView;

    const LABEL: &'static str = "Importing";

    fn judge(&self, env: &Env<'_>, each: &mut Each<'_, ImportUser>) -> Result<(), Failure> {
        let (mut reader, mut beside) = (self.source.read()?, ImportedRows::default());
        let mut places = 1..;
        env.step_by_step(|| {
            let read = reader.next_row().map_err(|error| unread(&error))?;
            let Some((place, read)) = places.next().zip(read) else { return Ok(false) };
            let named = named(&read);
            let plan = self.plan(env, read, ImportUser::plan);
            let refused = plan.as_ref().map_or(Ok(None), |plan| beside.add(named.row, plan))?;
            let plan = refused.map_or(plan, Err);
            each(Judged { place, named: &named, plan }).map(|()| true)
        })
    }

    fn again(&self, env: &Env<'_>, row: &Row) -> Result<ImportUser, Unplanned> {
        let gone = |why: String| Unplanned::Failed(Refusal::Unread(why).into());
        // What is only tried has no commit that judges it.
        let planner = if self.issuing.is_tried() { ImportUser::plan } else { ImportUser::plan_again };
        let mut reader = self.reader.borrow_mut();
        let reader = match &mut *reader {
            Some(reader) => reader,
            none => none.insert(self.source.read().map_err(|failure| gone(failure.to_string()))?),
        };
        loop {
            // Rows come in their order, and those between were done before.
            match reader.next_row().map_err(|error| gone(error.to_string()))? {
                Some(read) if named(&read).row < row.row => {}
                Some(read) if named(&read).row == row.row => return self.plan(env, read, planner),
                _ => return Err(gone("the row is no longer in the file".to_owned())),
            }
        }
    }

    fn version(&self, plan: &ImportUser) -> Vec<u8> {
        // Whoever is new is as nobody has changed them.
        if plan.outcome() == import::Outcome::Created { Vec::new() } else { plan.user().version() }
    }

    fn changes(&self, plan: &ImportUser) -> bool {
        plan.changes()
    }

    fn would(&self, plan: &ImportUser) -> OutcomeView {
        view(plan, true)
    }

    fn see(&self, plan: &ImportUser) {
        let mut preview = self.preview.borrow_mut();
        match plan.outcome() {
            import::Outcome::Created => preview.made += 1,
            import::Outcome::Updated => preview.changed += 1,
            import::Outcome::Unchanged | import::Outcome::Skipped(_) => preview.left += 1,
        }
        let (before, after) = (plan.user(), plan.after());
        let is_there = plan.outcome() == import::Outcome::Updated;
        preview.passwords += u64::from(is_there && plan.sets_password());
        preview.disabled += u64::from(is_there && before.enabled() && !after.enabled());
        preview.hands_out |= plan.hands_out();
        if plan.changes() {
            preview.effects.see(plan, plan.effects());
        }
    }

    fn effects(&self, Counts { failed, skipped, .. }: Counts) -> Vec<String> {
        let preview = self.preview.borrow();
        let sentence = |count: u64, one: &str, many: &str| {
            let what = if count == 1 { one } else { many };
            (count > 0).then(|| format!("{} {what}", counted(count, "row")))
        };
        let counts = [
            sentence(preview.made, "makes a user", "make a user"),
            sentence(preview.changed, "changes a user", "change a user"),
            sentence(
                preview.passwords,
                "gives one of them another password",
                "give one of them another password",
            ),
            sentence(preview.disabled, "disables one of them", "disable one of them"),
            sentence(preview.left, "leaves a user as they are", "leave a user as they are"),
            sentence(skipped, "is about somebody of an earlier row", "are about somebody of an earlier row"),
            sentence(
                failed,
                "cannot be imported: the report says why",
                "cannot be imported: the report says why",
            ),
        ];
        counts.into_iter().flatten().chain(preview.effects.all()).collect()
    }

    fn open(&self, env: &Env<'_>, resumed: Option<&Journal>) -> Result<(), Failure> {
        let needed = match resumed {
            Some(_) => self.options.first == Some(import::First::Generate),
            None => self.preview.borrow().hands_out,
        };
        self.issuing.open(env, needed, resumed)
    }

    fn close(&self, env: &Env<'_>, journal: &Journal, ended: Result<(), Failure>) -> Result<(), Failure> {
        self.issuing.close(env, journal, ended)
    }

    fn write_failed(&self, failed: &mut Rows<Failed>, out: &mut dyn Write) -> Result<bool, Unwritten> {
        let (mut reader, mut failed) = (self.source.read()?, failed.read().map_err(FlowError::from)?);
        let mut next = failed.next().transpose().map_err(FlowError::from)?;
        let mut writer = FailedWriter::new(reader.shape(), &mut *out);
        while let Some(read) = reader.next_row().map_err(|error| unread(&error))? {
            let Some(of) = next.take_if(|of| of.row == named(&read).row) else { continue };
            next = failed.next().transpose().map_err(FlowError::from)?;
            if let Some(raw) = reader.raw() {
                writer.write(raw, &of.why).map_err(Unwritten::Io)?;
            }
        }
        writer.finish().map_err(Unwritten::Io)?;
        Ok(true)
    }

    fn at_once(&self) -> AtOnce {
        self.issuing.at_once()
    }

    fn prepared<T>(
        &self,
        env: &Env<'_>,
        work: impl FnOnce(&dyn Fn(&ImportUser) -> Promise<Result<PreparedSecret, FlowError>>) -> T,
    ) -> T {
        self.issuing.prepared(env, work)
    }

    fn commit(
        &self,
        env: &Env<'_>,
        journal: &Journal,
        group: Group<'_, ImportUser, PreparedSecret>,
    ) -> Result<Vec<Done>, Failure> {
        self.issuing.commit(env, journal, group, &|plan: &ImportUser, ()| view(plan, false))
    }
}

/// A row that was judged, or done.
fn view(plan: &ImportUser, dry_run: bool) -> OutcomeView {
    let effects = plan.effects();
    let outcome = match (plan.outcome(), dry_run) {
        (import::Outcome::Created, false) => Outcome::Created,
        (import::Outcome::Created, true) => Outcome::WouldCreate,
        (import::Outcome::Updated, false) => Outcome::Updated,
        (import::Outcome::Updated, true) => Outcome::WouldUpdate,
        (import::Outcome::Unchanged, _) => return OutcomeView::unchanged(effects),
        (import::Outcome::Skipped(reason), _) => {
            return OutcomeView::skipped(reason.as_str(), reason.describe());
        }
    };
    let user = Some(plan.after().path());
    OutcomeView { user, remarks: effects.clone(), effects, ..OutcomeView::new(outcome) }
}

/// A row of the report; a row that failed says what to do about it.
#[derive(Debug)]
pub(super) struct ImportView(ChangeView);

impl From<OutcomeView> for ImportView {
    fn from(view: OutcomeView) -> Self {
        Self(view.with_hint().into())
    }
}

impl Serialize for ImportView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl ui::Row for ImportView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("row", |row| row.0.row()),
        column("user", |row| row.0.person()),
        column("outcome", |row| row.0.outcome()),
        prose("remarks", |row| row.0.remark()),
    ];
    const FIELDS: &'static [&'static str] = ChangeView::FIELDS;
}
