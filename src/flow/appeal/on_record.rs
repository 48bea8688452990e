//! What is on record about a person, beside what was claimed.

use crate::domain::account::{Account, Kind};
use crate::domain::address::{Address, Channel};
use crate::domain::event::Event;
use crate::domain::name::key_of;
use crate::domain::time::for_people;
use crate::domain::user::User;
use crate::store::{EventFilter, StoreError, Tx, UserPlace};

/// How many IAM users, sign-ins and changes are told: enough to compare with.
const SOME: u32 = 5;
/// How far back the records are looked through for them.
const RECENT: u32 = 100;

/// Everything there is to compare with, read in one transaction.
pub(super) struct OnRecord {
    user: Option<User>,
    account: Option<Account>,
    members: Vec<String>,
    sign_ins: Vec<Event>,
    changes: Vec<Event>,
    mobile: Holder,
    email: Option<Holder>,
}

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
        Ok(if bound.is_some_and(|bound| bound.key == address.key()) { Self::Same } else { Self::Nobody })
    }

    fn told(&self) -> String {
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
        user: Option<&User>,
        mobile: &Address,
        email: Option<&Address>,
    ) -> Result<Self, StoreError> {
        let mobile = Holder::of(tx, mobile, user)?;
        let email = match email {
            Some(address) => Some(Holder::of(tx, address, user)?),
            None => None,
        };
        let mut found = Self {
            user: user.cloned(),
            account: None,
            members: Vec::new(),
            sign_ins: Vec::new(),
            changes: Vec::new(),
            mobile,
            email,
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
        let of = EventFilter { target: Some(user.id.clone()), ..EventFilter::default() };
        for event in tx.events(&of, RECENT)? {
            let kept = if event.action == "login" { &mut found.sign_ins } else { &mut found.changes };
            if event.outcome == "success" && kept.len() < SOME as usize && is_telling(&event) {
                kept.push(event);
            }
        }
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
            "new_mobile" => return Some(self.mobile.told()),
            "new_email" => return self.email.as_ref().map(Holder::told),
            "who" if self.user.is_none() => return Some("nobody here has that name".to_owned()),
            _ => {}
        }
        let user = self.user.as_ref()?;
        let joined = |list: Vec<String>| (!list.is_empty()).then(|| list.join("; "));
        match key {
            "who" => Some(format!("{} ({}, {})", user.path(), user.title(), self.kind())),
            "phone.number" => Some(bound(user, Channel::Mobile)),
            "security.email" => Some(bound(user, Channel::Email)),
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

    fn kind(&self) -> &'static str {
        match self.account.as_ref().map(|account| account.kind) {
            Some(Kind::Unified) => "unified ID",
            _ => "cloud account",
        }
    }
}

/// Whether an event is something the person may remember: not what operators looked up, nor the steps of this appeal.
fn is_telling(event: &Event) -> bool {
    const SILENT: [&str; 3] = ["lookup", "diagnose", "appeal"];
    !SILENT.iter().any(|word| event.action.starts_with(word))
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
