//! Choosing people by what they have in common: the options, and what they choose.

use clap::Args;
use jiff::Timestamp;

use super::context::Context;
use super::failure::Failure;
use super::session::Session;
use super::{input, runner};
use crate::domain::Name;
use crate::domain::selection::{Filter, Reach, Selection};
use crate::domain::time::counted;
use crate::flow::batch::Named;
use crate::flow::{self, Confirmed, Group, Inclusion, LeftOut};
use crate::guidance::effects::people;

// Options that a list and a change of many share. No doc comment: clap would say it in the place of a command's own.
#[derive(Debug, Args)]
pub(in crate::cli) struct Conditions {
    /// Narrow the selection to users who have this in common; repeatable, all must hold:
    /// status=enabled|disabled|locked|blocked, signed-in=never, inactive-since=WHEN, created-before=WHEN,
    /// password-set-before=WHEN, password=none|temporary|expired|must-change|imported, contact=none, verified-email=no,
    /// verified-mobile=no, mfa=yes|no, setup=pending, match=TEXT (a part of the name). WHEN is a date, a time, or an age
    /// such as 90d
    #[arg(long = "where", value_name = "KEY=VALUE")]
    filters: Vec<String>,
    /// Do nothing unless there are N users
    #[arg(long, value_name = "N")]
    pub(super) expect: Option<u64>,
}

impl Conditions {
    pub(super) fn are_given(&self) -> bool {
        !self.filters.is_empty()
    }

    /// What tells a selection from others, as it was written: an age is one at whatever time.
    pub(super) fn described(&self, reach: &Reach, included: Inclusion) -> String {
        format!("{reach:?} {:?} {included:?}", self.filters)
    }

    fn read(&self, now: Timestamp) -> Result<Vec<Filter>, Failure> {
        let wrong = |error| Failure::usage(format!("--where: {error}")).of("--where");
        self.filters.iter().map(|text| Filter::parse(text, now).map_err(wrong)).collect()
    }

    /// Those of these accounts, or of all where none is named.
    pub(super) fn select(&self, reach: Reach, now: Timestamp) -> Result<Selection, Failure> {
        Ok(Selection { reach, filters: self.read(now)? })
    }
}

/// Names of accounts from `--account`.
pub(super) fn accounts(texts: &[String]) -> Result<Vec<Name>, Failure> {
    texts.iter().map(|text| input::account_of(text, "--account")).collect()
}

/// Whom a list is about.
#[derive(Debug, Args)]
pub(in crate::cli) struct Shown {
    /// Show only users of this account
    #[arg(value_name = "ACCOUNT")]
    group: Option<String>,
    /// Show only users of this account; repeatable
    #[arg(long = "account", value_name = "ACCOUNT", conflicts_with = "everyone")]
    accounts: Vec<String>,
    /// Show the users of all accounts, as without ACCOUNT
    #[arg(long, conflicts_with = "group")]
    everyone: bool,
    #[command(flatten)]
    conditions: Conditions,
}

impl Shown {
    /// The selection, of as many as are expected.
    pub(in crate::cli) fn read(&self, session: &Session<'_>) -> Result<Selection, Failure> {
        let env = session.operating();
        let mut named: Vec<Name> =
            self.group.iter().map(|text| input::account(text)).collect::<Result<_, _>>()?;
        named.extend(accounts(&self.accounts)?);
        let reach = if named.is_empty() { Reach::Everywhere } else { Reach::Accounts(named) };
        let selection = self.conditions.select(reach, env.clock.now())?;
        if let Some(expected) = self.conditions.expect {
            let found = flow::count_users(&env, &selection)?;
            expect(session, expected, found)?;
        }
        Ok(selection)
    }
}

/// Refuses where there are not as many as are expected.
pub(super) fn expect(session: &Session<'_>, expected: u64, found: u64) -> Result<(), Failure> {
    flow::require_count(&session.operating(), expected, found)
        .map_err(|error| Failure::from(error).of("--expect"))
}

/// People who were chosen for a change, each by their id, in the order of listing.
#[derive(Debug)]
pub(in crate::cli) struct Selected {
    pub(in crate::cli) people: Vec<Named>,
    left_out: LeftOut,
    /// How they were chosen.
    pub(super) described: String,
}

impl Selected {
    /// Chooses them, and says whom, and who is left out.
    pub(super) fn choose(
        session: &Session<'_>,
        selection: &Selection,
        included: Inclusion,
        described: String,
    ) -> Result<Self, Failure> {
        let mut people = Vec::new();
        let left_out = flow::select(&session.operating(), selection, included, |user| {
            let row = people.len() as u64 + 1;
            people.push(Named { row, text: user.id.clone(), user: Some(user.path()) });
        })?;
        Ok(Self { people, left_out, described })
    }

    /// Those of a batch that was begun with this selection.
    pub(super) fn of_batch(described: String) -> Self {
        Self { people: Vec::new(), left_out: LeftOut::default(), described }
    }

    /// Tells whom it is about. Whoever is asked next cannot silence that.
    pub(super) fn tell(&self, context: &Context<'_>) {
        let asks = !context.globals.yes && !context.globals.dry_run;
        for line in self.described() {
            if asks { context.printer.tell(&line) } else { context.printer.note(&line) }
        }
    }

    fn described(&self) -> Vec<String> {
        let name = |named: &Named| named.user.clone().unwrap_or_default();
        let (count, first, last) =
            (people(self.people.len() as u64), self.people.first().map(name), self.people.last().map(name));
        let mut lines = vec![match (first, last) {
            (Some(only), _) if self.people.len() == 1 => format!("Selected: {count}, {only}."),
            (Some(first), Some(last)) => format!("Selected: {count}, from {first} to {last}."),
            _ => "Nobody is selected.".to_owned(),
        }];
        let LeftOut { roots, operators, programmatic } = &self.left_out;
        lines.extend(left_out(roots, "root user", "--include-root selects them, too"));
        lines.extend(left_out(operators, "possible operator", "name each as USER to include them"));
        lines.extend(left_out(programmatic, "programmatic user", "--include-programmatic selects them, too"));
        lines
    }

    /// Shows the effects and asks for the number of people, which nobody types by habit.
    pub(super) fn confirm(&self, context: &Context<'_>, effects: &[String]) -> Result<Confirmed, Failure> {
        runner::confirm_by(context, effects, Some(&self.people.len().to_string()))
    }
}

/// Who is left out, how many and by name, and how they come in.
fn left_out(group: &Group, noun: &str, way_in: &str) -> Option<String> {
    let names = group.names.join(", ");
    let names = match group.count - group.names.len() as u64 {
        0 => names,
        more => format!("{names} and {more} more"),
    };
    (group.count > 0).then(|| format!("Left out: {} ({names}); {way_in}.", counted(group.count, noun)))
}
