//! Passwords and setup tokens of many: handed out, or sealed into the journal, before the changes that they are for stand.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::path::Path;

use super::asked::Asked;
use super::steps::{Done, Group, done_of};
use crate::cli::shared::views::OutcomeView;
use crate::cli::shared::{Context, Failure, issuance, secret_output};
use crate::flow::batch::{AtOnce, Journal, Parts, Recorded, Turn, Unplanned};
use crate::flow::{Confirmed, Env, FlowError, IssueCredential, PreparedSecret, Promise, prepare_ahead};
use crate::guidance::notes;
use crate::os;
use crate::ui::{Handed, SecretSink, lines_of};

/// Where secrets go.
enum Way {
    /// There are none.
    Nowhere,
    Clear(SecretSink),
    /// Into the journal, for whoever has one of the keys.
    Sealed,
}

/// The secrets of a batch on their way out.
pub(super) struct Issuing<'i> {
    context: &'i Context<'i>,
    file: Option<&'i Path>,
    /// Public keys of those who can open what is sealed.
    recipients: &'i [String],
    jobs: Option<NonZeroUsize>,
    way: RefCell<Way>,
}

/// Somebody whose turn it is, and what of theirs failed before.
struct Ready<P> {
    place: u64,
    row: u64,
    user: String,
    plan: Result<(P, PreparedSecret), OutcomeView>,
}

impl<'i> Issuing<'i> {
    pub(super) fn new(context: &'i Context<'i>, asked: &'i Asked<'_>, file: Option<&'i Path>) -> Self {
        let (recipients, jobs) = (asked.recipients.as_slice(), asked.run.jobs());
        Self { context, file, recipients, jobs, way: RefCell::new(Way::Nowhere) }
    }

    /// Whether nothing is changed.
    pub(super) fn is_tried(&self) -> bool {
        self.context.globals.dry_run
    }

    /// How many people are done at a time.
    pub(super) fn at_once(&self) -> AtOnce {
        match &*self.way.borrow() {
            // Each secret is shown beside what became of its change.
            Way::Clear(sink) if sink.is_terminal() => AtOnce::ONE,
            // What is sealed together is one message.
            Way::Sealed => AtOnce::MANY,
            Way::Clear(_) | Way::Nowhere => AtOnce::READY,
        }
    }

    /// Makes ready for secrets, if there will be some. Whoever goes on with a batch that was killed is told which lines of
    /// the file are of no change.
    pub(super) fn open(&self, env: &Env<'_>, needed: bool, resumed: Option<&Journal>) -> Result<(), Failure> {
        let resumed = resumed.map(|journal| (env, journal));
        let way = match (needed, self.recipients) {
            (false, _) => Way::Nowhere,
            (true, []) if self.is_tried() => {
                return secret_output::check(self.file, self.context);
            }
            (true, []) => Way::Clear(secret_output::open_for_batch(self.file, self.context, resumed)?),
            (true, _) => Way::Sealed,
        };
        self.way.replace(way);
        Ok(())
    }

    /// Gives the file its name, or writes what was sealed, however the batch ended.
    pub(super) fn close(
        &self,
        env: &Env<'_>,
        journal: &Journal,
        ended: Result<(), Failure>,
    ) -> Result<(), Failure> {
        match self.way.replace(Way::Nowhere) {
            Way::Nowhere => ended,
            Way::Clear(sink) if journal.counts().left() > 0 => {
                // Whoever goes on with the batch adds to the file.
                if let Some(file) = self.file.filter(|_| sink.has_lines()) {
                    self.context.printer.note(&notes::secrets_so_far(file));
                }
                sink.pause();
                ended
            }
            Way::Clear(sink) => secret_output::close(Some(sink), &self.context.printer, ended),
            Way::Sealed => {
                match (secret_output::write_sealed(self.context, env, journal.id(), self.file), ended) {
                    (Ok(()), ended) => ended,
                    (Err(failure), Ok(())) => Err(failure),
                    (Err(failure), Err(ended)) => {
                        self.context.printer.warn(&format!("{}.", failure.report().in_a_line()));
                        Err(ended)
                    }
                }
            }
        }
    }

    /// Lets `work` have the secret of each made and hashed ahead.
    pub(super) fn prepared<P: IssueCredential, T>(
        &self,
        env: &Env<'_>,
        work: impl FnOnce(&dyn Fn(&P) -> Promise<Result<PreparedSecret, FlowError>>) -> T,
    ) -> T {
        prepare_ahead(env, self.jobs, work)
    }

    /// Does a group: all of it together, and where one of them fails, each alone, unless it is all or none.
    pub(super) fn commit<P: IssueCredential>(
        &self,
        env: &Env<'_>,
        journal: &Journal,
        group: Group<'_, P, PreparedSecret>,
        view: &impl Fn(&P, &P::Done) -> OutcomeView,
    ) -> Result<Vec<Done>, Failure> {
        let Group { turns, yes, atomic, enough } = group;
        let mut ready: Vec<Ready<P>> = turns.into_iter().map(Ready::of).collect::<Result<_, _>>()?;
        // Nobody is done after too many of whom it is known already that they fail.
        let mut failed = Vec::new();
        let last = ready.iter().position(|one| {
            failed.extend(one.plan.as_ref().err().map(|view| one.done(view.clone())));
            enough(&failed)
        });
        ready.truncate(last.map_or(ready.len(), |last| last + 1));
        if ready.len() > 1 || atomic {
            match self.together(env, journal, &ready, (yes, atomic), view)? {
                Ok(done) => return Ok(done),
                Err(failed) if atomic => {
                    return Ok(ready.iter().map(|one| failed.of(one)).collect());
                }
                Err(_) => {}
            }
        }
        let mut done: Vec<Done> = Vec::with_capacity(ready.len());
        for one in ready {
            if enough(&done) {
                break;
            }
            let ended = self.alone(env, journal, one, yes, view)?;
            done.push(ended);
        }
        Ok(done)
    }

    /// How it ended for each, or why nothing was changed and nothing is handed out.
    fn together<P: IssueCredential>(
        &self,
        env: &Env<'_>,
        journal: &Journal,
        ready: &[Ready<P>],
        (yes, atomic): (Confirmed, bool),
        view: &impl Fn(&P, &P::Done) -> OutcomeView,
    ) -> Result<Result<Vec<Done>, Failed>, Failure> {
        let secrets: Vec<_> = ready.iter().filter_map(Ready::handed).collect();
        let mut sealed = self.hand_out(&secrets)?;
        let (mut done, mut failed, mut broken) = (Vec::with_capacity(ready.len()), None, None);
        let kept = journal.together(env, Parts::AllOrNone, &mut |env| {
            for one in ready {
                let ended = match &one.plan {
                    Ok((plan, prepared)) => match plan.commit(env, prepared, yes) {
                        Ok(ended) => view(plan, &ended),
                        Err(error) if error.is_of_everybody() => {
                            broken = Some(error);
                            return None;
                        }
                        Err(error) => {
                            let view = OutcomeView::failed(&error.into());
                            failed = Some(Failed { place: one.place, view });
                            return None;
                        }
                    },
                    Err(view) if atomic && view.is_failure() => {
                        failed = Some(Failed { place: one.place, view: view.clone() });
                        return None;
                    }
                    Err(view) => view.clone(),
                };
                done.push(one.done(ended));
            }
            Some(Recorded { ended: done_of(&done), sealed: sealed.take() })
        });
        match kept {
            Ok(true) => Ok(Ok(done)),
            Err(error) if error.leaves_unknown() => {
                self.leave()?;
                let view = OutcomeView::failed(&error.into());
                Ok(Ok(ready.iter().map(|one| one.done(view.clone())).collect()))
            }
            Err(error) => {
                self.take_back(!secrets.is_empty())?;
                Err(error.into())
            }
            Ok(false) => {
                self.take_back(!secrets.is_empty())?;
                match (broken, failed) {
                    (Some(error), _) => Err(error.into()),
                    (None, Some(failed)) => Ok(Err(failed)),
                    (None, None) => Err(Failure::Internal(anyhow::anyhow!("a group of a batch was undone"))),
                }
            }
        }
    }

    fn alone<P: IssueCredential>(
        &self,
        env: &Env<'_>,
        journal: &Journal,
        one: Ready<P>,
        yes: Confirmed,
        view: &impl Fn(&P, &P::Done) -> OutcomeView,
    ) -> Result<Done, Failure> {
        let one = [one];
        let done = match self.together(env, journal, &one, (yes, false), view)? {
            Ok(mut done) => done.pop(),
            Err(failed) => {
                let done = one.first().map(|one| failed.of(one));
                let ended = done.as_slice();
                let noted = journal.together(env, Parts::Apart, &mut |_| {
                    Some(Recorded { ended: done_of(ended), sealed: None })
                });
                noted?;
                done
            }
        };
        done.ok_or_else(|| Failure::Internal(anyhow::anyhow!("a row of a batch has not ended")))
    }

    /// Hands them out in the clear, or returns them sealed.
    fn hand_out(&self, secrets: &[Handed<'_>]) -> Result<Option<Vec<u8>>, Failure> {
        if secrets.is_empty() {
            return Ok(None);
        }
        match &mut *self.way.borrow_mut() {
            Way::Clear(sink) => {
                sink.hand_out(secrets)?;
                Ok(None)
            }
            Way::Sealed => Ok(Some(os::seal(self.recipients, &lines_of(secrets)?)?)),
            Way::Nowhere => Ok(None),
        }
    }

    fn take_back(&self, handed_out: bool) -> Result<(), Failure> {
        match &mut *self.way.borrow_mut() {
            Way::Clear(sink) if handed_out => Ok(sink.take_back()?),
            Way::Clear(_) | Way::Sealed | Way::Nowhere => Ok(()),
        }
    }

    fn leave(&self) -> Result<(), Failure> {
        match &mut *self.way.borrow_mut() {
            Way::Clear(sink) => Ok(sink.leave()?),
            Way::Sealed | Way::Nowhere => Ok(()),
        }
    }
}

/// Whose change failed, and why.
struct Failed {
    place: u64,
    view: OutcomeView,
}

impl Failed {
    /// How it ended for one of those who were undone with it.
    fn of<P>(&self, one: &Ready<P>) -> Done {
        let concerns = self.place == one.place;
        let view = match &one.plan {
            Err(view) => view.clone(),
            Ok(_) if concerns => self.view.clone(),
            Ok(_) => OutcomeView::left_alone(notes::ALL_OR_NONE),
        };
        one.done(view)
    }
}

impl<P: IssueCredential> Ready<P> {
    /// What befalls everybody is an error.
    fn of(turn: Turn<P, PreparedSecret>) -> Result<Self, Failure> {
        let Turn { place, row, user, plan } = turn;
        let plan = match plan {
            Ok(plan) => Ok(plan),
            Err(Unplanned::Failed(error)) if error.is_of_everybody() => return Err(error.into()),
            Err(why) => Err(OutcomeView::unplanned(why, &user)),
        };
        Ok(Self { place, row, user, plan })
    }

    fn handed(&self) -> Option<Handed<'_>> {
        let (plan, prepared) = self.plan.as_ref().ok()?;
        issuance::handed(plan, prepared)
    }
}

impl<P> Ready<P> {
    fn done(&self, view: OutcomeView) -> Done {
        let user = view.user.or_else(|| Some(self.user.clone()));
        let view = OutcomeView { row: self.row, user, ..view };
        Done { place: self.place, view }
    }
}
