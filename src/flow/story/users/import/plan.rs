//! What a row will do: whom it is about, and what becomes of them.

use jiff::Timestamp;

use super::super::changes::UserChanges;
use super::super::newcomer::Newcomer;
use super::super::update::UpdateUser;
use super::password::{self, GivenPassword, Source};
use crate::domain::account::{Account, Status};
use crate::domain::import::{
    Bearer, Entry, First, ImportOptions, Key, OnConflict, Outcome, RecordError, Skipped,
};
use crate::domain::name::key_of;
use crate::domain::record::{Given, Record};
use crate::domain::{AccessMode, Action, Address, Channel, Name, PasswordPolicy, Secret, Target, Task, User};
use crate::flow::foundation::authorization::may_be_operator;
use crate::flow::foundation::{AboutUser, Change, Env, FlowError, Missing, Refusal, audit, people};
use crate::flow::messages::notices;
use crate::flow::proofs::issuance::IssueMode;
use crate::flow::story::contacts::{BindContact, BindOptions, Bound, UnbindContact};
use crate::flow::story::setup;
use crate::guidance::effects::{no_setup_token, stays_disabled};
use crate::store::{StoreError, Tx};

/// The planned import of one person.
pub struct ImportUser {
    /// As found, or as they will be made.
    pub(super) user: User,
    /// As the row leaves them.
    pub(super) after: User,
    pub(super) step: Step,
    pub(super) password: Option<GivenPassword>,
    /// How they get a password who have none after it.
    pub(super) first: Option<IssueMode>,
    /// By what they are known in the input, besides their name.
    pub(super) key: Option<String>,
    /// What stays as it is although somebody may expect otherwise, and how numbers were read.
    pub(super) remarks: Vec<String>,
    /// Who hears of a new password.
    pub(super) notified: Option<String>,
}

/// What is done.
pub(super) enum Step {
    Create(Box<Newcomer>),
    Change(Box<Changes>),
    Leave(Skipped),
}

/// What changes of somebody who is there, besides the password.
pub(super) struct Changes {
    pub(super) update: UpdateUser,
    pub(super) bind: Vec<BindContact>,
    pub(super) unbind: Vec<UnbindContact>,
}

impl ImportUser {
    pub fn plan(env: &Env<'_>, record: &Record, options: &ImportOptions) -> Result<Self, FlowError> {
        Self::planned(env, record, options, Newcomer::judge_now)
    }

    /// [`Self::plan`] of a row that was judged before, and is about to be committed: there, somebody new is judged once more.
    pub fn plan_again(env: &Env<'_>, record: &Record, options: &ImportOptions) -> Result<Self, FlowError> {
        Self::planned(env, record, options, |_, _| Ok(None))
    }

    fn planned(
        env: &Env<'_>,
        record: &Record,
        options: &ImportOptions,
        judge: impl FnOnce(&Newcomer, &Env<'_>) -> Result<Option<Refusal>, FlowError>,
    ) -> Result<Self, FlowError> {
        env.authorize(Task::ManagePeople, None)?;
        let now = env.clock.now();
        let entry = Entry::read(record, options, env.reader(), now).map_err(Refusal::from)?;
        let found = env.read(|tx| find(tx, &entry, options.key))?;
        let (account, user) = found.ok_or_else(|| Missing::Account(entry.bearer.account().to_string()))?;
        let mut plan = match user {
            None => Self::newcomer(env, account, &entry, options, judge)?,
            Some(user) => Self::existing(env, user, &entry, options)?,
        };
        plan.key = key_text(&entry, options.key).map(|key| format!("{} {key}", plan.user.account_id));
        Ok(plan)
    }

    fn newcomer(
        env: &Env<'_>,
        account: Account,
        entry: &Entry<'_>,
        options: &ImportOptions,
        judge: impl FnOnce(&Newcomer, &Env<'_>) -> Result<Option<Refusal>, FlowError>,
    ) -> Result<Self, FlowError> {
        // Each account has its root user: whoever is not there is an IAM user.
        let Bearer::Member(_, Some(name)) = &entry.bearer else {
            return Err(Refusal::Record(RecordError::Nobody).into());
        };
        let recorded_as = (Action::CreateUser, audit::of_account(&account));
        let mut newcomer = Newcomer::new(env, account, name.clone())?;
        newcomer.user = User {
            status: entry.status.unwrap_or(Status::Enabled),
            description: entry.description.set().cloned(),
            access_mode: entry.access_mode.unwrap_or(AccessMode::Default),
            login_protection: entry.login_protection.unwrap_or(newcomer.user.login_protection),
            external_id: entry.external_id.set().cloned(),
            ..newcomer.user
        };
        newcomer.made_at = entry.created_at;
        let has_password = entry.password.is_some() || entry.password_hash.is_some();
        let waits = Bound::Unverified(BindOptions::default().confirmation(has_password));
        let given = Channel::ALL.iter().filter_map(|channel| entry.contact(*channel).set());
        let bound = |address: &Address| {
            if entry.verified.contains(&address.channel()) { Bound::ByAdmin } else { waits }
        };
        newcomer.contacts = given.map(|address| (address.clone(), bound(address))).collect();
        if let Some(refusal) = judge(&newcomer, env)? {
            let (action, target) = recorded_as;
            return env.turn_down(action, target, refusal);
        }
        let after = newcomer.after();
        let (password, said) = password::of_newcomer(env, &after, entry, options, recorded_as)?;
        let mut plan = Self {
            user: newcomer.user.clone(),
            after,
            step: Step::Create(Box::new(newcomer)),
            password,
            first: None,
            key: None,
            remarks: said.into_iter().chain(as_read(entry)).collect(),
            notified: None,
        };
        plan.invite(options, false);
        Ok(plan)
    }

    fn existing(
        env: &Env<'_>,
        user: User,
        entry: &Entry<'_>,
        options: &ImportOptions,
    ) -> Result<Self, FlowError> {
        let skipped = if user.root {
            Some(Skipped::RootUser)
        } else if may_be_operator(env, &user) {
            Some(Skipped::Operator)
        } else {
            (options.on_conflict == OnConflict::Skip).then_some(Skipped::Exists)
        };
        if let Some(reason) = skipped {
            return Ok(Self::left(user, reason));
        }
        if options.on_conflict == OnConflict::Fail {
            return Err(Refusal::Imported(user.path()).into());
        }
        env.authorize(Task::ManagePeople, Some(&user))?;
        let recorded_as = (Action::SetPasswordByAdmin, audit::target(&user));
        let (bind, unbind) = contacts(env, &user, entry)?;
        let renamed = new_name(&user, entry, options);
        let judged = User {
            name: renamed.as_ref().map_or_else(|| user.name.clone(), Name::to_string),
            ..with_contacts(&user, &bind, &unbind, env.clock.now())
        };
        let (password, said) = password::of_existing(env, &judged, entry, options, recorded_as)?;
        // What is said of the password that they have.
        let must_change = entry.must_change.filter(|_| password.is_none() && user.credential.hash.is_some());
        let changes = UserChanges { name: renamed, must_change, ..user_changes(entry) };
        let update = UpdateUser::of(env, user.clone(), changes)?;
        let after = with_contacts(&update.after(), &bind, &unbind, env.clock.now());
        let changes = Changes { update, bind, unbind };
        let enable = entry.status == Some(Status::Enabled) && user.status == Status::Disabled;
        let remarks = enable.then(|| stays_disabled(&user)).into_iter().chain(said).chain(as_read(entry));
        let live = env.read(|tx| tx.live_token(&user.id))?;
        let mut plan = Self {
            notified: notices::effect(env, &user.contacts),
            after,
            step: Step::Change(Box::new(changes)),
            password,
            first: None,
            key: None,
            remarks: remarks.collect(),
            user,
        };
        plan.invite(options, live.is_some_and(|token| setup::has_its_contact(&token, &plan.after)));
        Ok(plan)
    }

    fn left(user: User, reason: Skipped) -> Self {
        Self {
            after: user.clone(),
            user,
            step: Step::Leave(reason),
            password: None,
            first: None,
            key: None,
            remarks: Vec::new(),
            notified: None,
        }
    }

    /// Sees to it that whoever could sign in and has no password gets one. `invited`: who has a token for it has it still.
    fn invite(&mut self, options: &ImportOptions, invited: bool) {
        let after = &self.after;
        let lacks = self.password.is_none() && after.credential.hash.is_none();
        let could_sign_in =
            after.enabled() && after.disowned.is_none() && after.access_mode != AccessMode::Programmatic;
        self.first = match options.first.filter(|_| lacks && could_sign_in) {
            Some(First::Generate) => Some(IssueMode::Generate),
            Some(First::Setup) if after.email().is_none() => {
                self.remarks.push(no_setup_token(&after.path()));
                None
            }
            Some(First::Setup) => (!invited).then_some(IssueMode::Setup),
            None => None,
        };
    }

    /// Whether anything is done.
    pub fn changes(&self) -> bool {
        match &self.step {
            Step::Create(_) => true,
            Step::Change(changes) => changes.any() || self.password.is_some() || self.first.is_some(),
            Step::Leave(_) => false,
        }
    }

    /// Whether they get a password, whoever chose it.
    pub fn sets_password(&self) -> bool {
        self.password.is_some() || self.first == Some(IssueMode::Generate)
    }

    /// What becomes of them.
    pub fn outcome(&self) -> Outcome {
        match &self.step {
            Step::Create(_) => Outcome::Created,
            Step::Change(_) if self.changes() => Outcome::Updated,
            Step::Change(_) => Outcome::Unchanged,
            Step::Leave(reason) => Outcome::Skipped(*reason),
        }
    }

    /// A password in the clear that is to be hashed.
    pub(super) fn clear(&self) -> Option<(&Secret, &PasswordPolicy)> {
        match self.password.as_ref()?.source {
            Source::Clear(ref password, ref policy) => Some((password, policy)),
            Source::Hashed(_) | Source::Foreign(_) => None,
        }
    }

    /// As what a refusal is recorded.
    pub(super) fn recorded(&self) -> (Action, Target) {
        match &self.step {
            Step::Create(newcomer) => (Action::CreateUser, audit::of_account(&newcomer.account)),
            Step::Change(_) | Step::Leave(_) => (Action::SetPasswordByAdmin, audit::target(&self.user)),
        }
    }
}

impl AboutUser for ImportUser {
    fn user(&self) -> &User {
        &self.user
    }

    fn after(&self) -> User {
        self.after.clone()
    }
}

impl Changes {
    fn any(&self) -> bool {
        self.update.changes() || !self.bind.is_empty() || !self.unbind.is_empty()
    }
}

/// The contacts that the row binds, and those that it takes away.
fn contacts(
    env: &Env<'_>,
    user: &User,
    entry: &Entry<'_>,
) -> Result<(Vec<BindContact>, Vec<UnbindContact>), FlowError> {
    let (mut bind, mut unbind) = (Vec::new(), Vec::new());
    for channel in Channel::ALL {
        match entry.contact(*channel) {
            Given::Nothing => {}
            Given::Removed => unbind.push(UnbindContact::of(env, user.clone(), *channel, false)),
            Given::Set(address) => {
                let verified = entry.verified.contains(channel);
                let how = BindOptions { verified, without_code: true, ..BindOptions::default() };
                bind.push(BindContact::of(env, user.clone(), address.clone(), &how)?);
            }
        }
    }
    bind.retain(Change::changes);
    unbind.retain(Change::changes);
    Ok((bind, unbind))
}

/// The person with other contacts, as the row leaves them.
fn with_contacts(user: &User, bind: &[BindContact], unbind: &[UnbindContact], now: Timestamp) -> User {
    let mut user = user.clone();
    for unbind in unbind {
        let left = unbind.after();
        user.contacts.retain(|contact| left.contacts.contains(contact));
        user.pending.retain(|contact| left.pending.contains(contact));
    }
    for bind in bind {
        let (contact, _) = bind.contact(now);
        let stays = user.contact(contact.channel).is_some_and(|old| old.verified_at.is_some());
        if contact.verified_at.is_some() || !stays {
            user.contacts.retain(|old| old.channel != contact.channel);
            user.contacts.push(contact);
        }
    }
    user
}

/// Another name for somebody who is known by something else.
fn new_name(user: &User, entry: &Entry<'_>, options: &ImportOptions) -> Option<Name> {
    match &entry.bearer {
        Bearer::Member(_, Some(name)) if options.key != Key::Name => {
            Some(name.clone()).filter(|name| name.as_str() != user.name)
        }
        Bearer::Member(..) | Bearer::Root(_) => None,
    }
}

/// What else the row says of somebody who is there. It never lets anybody in: who is disabled stays so.
fn user_changes(entry: &Entry<'_>) -> UserChanges {
    let optional = |given: &Given<String>| match given {
        Given::Nothing => None,
        Given::Removed => Some(None),
        Given::Set(text) => Some(Some(text.clone())),
    };
    UserChanges {
        description: optional(&entry.description),
        external_id: optional(&entry.external_id),
        access_mode: entry.access_mode,
        login_protection: entry.login_protection,
        status: entry.status.filter(|status| *status == Status::Disabled),
        ..UserChanges::default()
    }
}

/// The account of a row, and whoever is there already; `None` where there is no such account.
fn find(tx: &mut dyn Tx, entry: &Entry<'_>, key: Key) -> Result<Option<(Account, Option<User>)>, StoreError> {
    let Some(account) = people::account_of(tx, entry.bearer.account())? else { return Ok(None) };
    let user = match (&entry.bearer, key) {
        (Bearer::Root(_), _) => tx.user_by_key(&key_of(&account.name), "")?,
        (Bearer::Member(_, Some(name)), Key::Name) => tx.user_by_key(&key_of(&account.name), &name.key())?,
        (Bearer::Member(_, None), Key::Name) => None,
        (Bearer::Member(..), Key::Email) => holder(tx, &account, entry.email.set())?,
        (Bearer::Member(..), Key::Mobile) => holder(tx, &account, entry.mobile.set())?,
        (Bearer::Member(..), Key::ExternalId) => match entry.external_id.set() {
            Some(id) => tx.user_by_external_id(&account.id, id)?,
            None => None,
        },
    };
    Ok(Some((account, user)))
}

fn holder(tx: &mut dyn Tx, account: &Account, address: Option<&Address>) -> Result<Option<User>, StoreError> {
    let Some(address) = address else { return Ok(None) };
    let found = |key| tx.user_by_address(&account.id, address.channel(), key);
    let found: Vec<Option<User>> = address.keys().map(found).collect::<Result<_, _>>()?;
    Ok(found.into_iter().flatten().next())
}

/// By what else than their name they are known in the input.
fn key_text(entry: &Entry<'_>, key: Key) -> Option<String> {
    let of = |address: &Address| address.key().to_owned();
    match key {
        Key::Name => None,
        Key::Email => entry.email.set().map(of),
        Key::Mobile => entry.mobile.set().map(of),
        Key::ExternalId => entry.external_id.set().cloned(),
    }
}

/// What is to be checked about the number of a row.
fn as_read(entry: &Entry<'_>) -> impl Iterator<Item = String> {
    let number = entry.mobile.set();
    let read = entry.rewritten.zip(number).map(|(written, number)| format!("{written} is read as {number}"));
    read.into_iter().chain(number.and_then(Address::doubt))
}
