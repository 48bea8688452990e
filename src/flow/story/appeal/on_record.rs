//! What is on record about a person, beside what was claimed.

use crate::domain::account::{Account, Kind};
use crate::domain::appeal::{Appeal, Statement};
use crate::domain::event::{Detail, Event, Outcome};
use crate::domain::name::key_of;
use crate::domain::time::for_people;
use crate::domain::{Action, Address, Channel, User};
use crate::store::{EventFilter, StoreError, Tx, UserPlace};

/// How many IAM users, sign-ins and changes are told: enough to compare with.
const SOME: u32 = 5;
/// More than one person's appeals are ever approved.
const EVER: u32 = 1_000;

/// Everything there is to compare with, read in one transaction.
pub(super) struct OnRecord {
    user: Option<User>,
    account: Option<Account>,
    members: Vec<String>,
    sign_ins: Vec<Event>,
    changes: Vec<Event>,
    mobile: Holder,
    email: Option<Holder>,
    /// What was bound when the appeal was approved, which put others in its place: masked, in the order of [`BEFORE`].
    before: Option<[Option<String>; 2]>,
}

/// The names of it in the record of the approval.
pub(super) const BEFORE: [(Channel, Detail); 2] =
    [(Channel::Mobile, Detail::MobileBefore), (Channel::Email, Detail::EmailBefore)];

/// Whose a new contact is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    Nobody,
    /// The person's own already.
    Same,
    /// Somebody else's, or one that looks like somebody else's.
    Another(Option<String>),
}

impl Holder {
    fn of(tx: &mut dyn Tx, address: &Address, user: Option<&User>) -> Result<Self, StoreError> {
        let id = user.map_or("", |user| user.id.as_str());
        if tx.contact_taken(address, id)? {
            let holder = tx.user_by_contact(address.channel(), address.key(), None)?;
            return Ok(Self::Another(holder.map(|holder| holder.path())));
        }
        let bound = user.and_then(|user| user.contact(address.channel()));
        Ok(if bound.is_some_and(|bound| address.names(&bound.key)) { Self::Same } else { Self::Nobody })
    }

    fn describe(&self) -> String {
        match self {
            Self::Nobody => "bound to nobody".to_owned(),
            Self::Same => "bound to this person".to_owned(),
            Self::Another(Some(path)) => format!("BELONGS TO {path}"),
            Self::Another(None) => "BELONGS TO SOMEBODY ELSE".to_owned(),
        }
    }
}

impl OnRecord {
    pub(super) fn read(
        tx: &mut dyn Tx,
        appeal: &Appeal,
        user: Option<&User>,
        statement: &Statement,
    ) -> Result<Self, StoreError> {
        let mobile = Holder::of(tx, &statement.new_mobile, user)?;
        let email = statement.new_email.as_ref();
        let email = email.map(|address| Holder::of(tx, address, user)).transpose()?;
        let mut found = Self {
            user: user.cloned(),
            account: None,
            members: Vec::new(),
            sign_ins: Vec::new(),
            changes: Vec::new(),
            mobile,
            email,
            before: None,
        };
        let Some(user) = user else { return Ok(found) };
        found.account = tx.account_by_key(&key_of(&user.account))?;
        let root = UserPlace {
            account_id: user.account_id.clone(),
            account_key: key_of(&user.account),
            key: String::new(),
        };
        let members = tx.users_page(Some(&user.account_id), Some(&root), SOME)?;
        found.members = members.into_iter().map(|member| member.name).collect();
        // Asked for by their names: whatever strangers try in between pushes none of them out.
        found.sign_ins = done(tx, user, Action::Login, SOME)?;
        for action in Action::OF_A_PERSON {
            found.changes.extend(done(tx, user, action, SOME)?);
        }
        found.changes.sort_by_key(|event| std::cmp::Reverse(event.seq));
        found.changes.truncate(SOME as usize);
        let approvals = done(tx, user, Action::AppealApproved, EVER)?;
        let approval = approvals.iter().find(|event| event.text(Detail::Serial) == Some(&appeal.serial));
        found.before = approval.map(|event| BEFORE.map(|(_, key)| event.text(key).map(str::to_owned)));
        Ok(found)
    }

    /// Whether somebody else has one of the new contacts.
    pub(super) fn is_taken(&self) -> bool {
        let taken = |holder: &Holder| matches!(holder, Holder::Another(_));
        taken(&self.mobile) || self.email.as_ref().is_some_and(taken)
    }

    /// What stands beside an answer; `None` where nothing is on record.
    pub(super) fn beside(&self, key: &str) -> Option<String> {
        match key {
            "new_mobile" => return Some(self.mobile.describe()),
            "new_email" => return self.email.as_ref().map(Holder::describe),
            "who" if self.user.is_none() => return Some("nobody here has that name".to_owned()),
            _ => {}
        }
        let user = self.user.as_ref()?;
        let joined = |list: Vec<String>| (!list.is_empty()).then(|| list.join("; "));
        match key {
            "who" => Some(format!("{} ({}, {})", user.path(), user.title(), self.kind())),
            "phone.number" => Some(self.bound(user, Channel::Mobile)),
            "security.email" => Some(self.bound(user, Channel::Email)),
            "security.authenticator" => {
                Some(if user.mfa { "one is bound" } else { "none is bound" }.to_owned())
            }
            "security.password_changed" => Some(moment(user.credential.changed_at)),
            "basic.name" => Some(match &user.description {
                Some(description) => format!("{} ({description})", user.account),
                None => user.account.clone(),
            }),
            "basic.users" => {
                Some(if self.members.is_empty() { "none".to_owned() } else { self.members.join(", ") })
            }
            "history.created" => Some(for_people(user.created_at)),
            "history.last_login" => Some(moment(user.last_login_at)),
            "history.changes" => joined(
                self.changes
                    .iter()
                    .map(|event| format!("{} {}", for_people(event.at), event.action))
                    .collect(),
            ),
            "device.usual" => joined(
                self.sign_ins
                    .iter()
                    .map(|event| format!("{} on {} as {}", for_people(event.at), event.host, event.actor))
                    .collect(),
            ),
            _ => None,
        }
    }

    /// The contact that there is; for an approved appeal the one that it was decided against, too.
    fn bound(&self, user: &User, channel: Channel) -> String {
        let now = bound(user, channel);
        let Some([mobile, email]) = &self.before else { return now };
        let before = if channel == Channel::Mobile { mobile } else { email };
        format!("{} at the decision; now {now}", before.as_deref().unwrap_or("none was bound"))
    }

    fn kind(&self) -> &'static str {
        match self.account.as_ref().map(|account| account.kind) {
            Some(Kind::Unified) => "unified ID",
            _ => "cloud account",
        }
    }
}

/// The latest records of something that was done to a person, the newest first.
fn done(tx: &mut dyn Tx, user: &User, action: Action, most: u32) -> Result<Vec<Event>, StoreError> {
    let of = EventFilter {
        target: Some(user.id.clone()),
        action: Some(action.as_str().to_owned()),
        outcome: Some(Outcome::Success.as_str().to_owned()),
        ..EventFilter::default()
    };
    tx.events(&of, most)
}

fn bound(user: &User, channel: Channel) -> String {
    match user.contact(channel) {
        Some(contact) if contact.verified_at.is_some() => contact.address.clone(),
        Some(contact) => format!("{} (unverified)", contact.address),
        None => "none is bound".to_owned(),
    }
}

fn moment(at: Option<jiff::Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), for_people)
}
