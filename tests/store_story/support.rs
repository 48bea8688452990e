//! Rows to put in, and transactions that must go well.

use jiff::Timestamp;
use regain::domain::account::{Account, Kind as AccountKind, Status};
use regain::domain::address::{Address, Channel};
use regain::domain::code::{Code, CodeMac, Purpose, State as CodeState};
use regain::domain::contact::{Confirmation, Contact};
use regain::domain::event::Event;
use regain::domain::name::Name;
use regain::domain::outbox::{Kind, Outgoing, State as OutboxState};
use regain::domain::principal::NamedAs;
use regain::domain::request::{Purpose as Aim, Request, State};
use regain::domain::user::{AccessMode, Credential, Failures, LoginProtection, User};
use regain::store::{Duplicate, Engine, StoreError, Transactions, Tx};

/// What a transaction without a result comes to.
pub(crate) type Step = Result<(), StoreError>;

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

#[track_caller]
pub(crate) fn write<T>(store: &dyn Engine, body: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> T {
    store.write(body).unwrap()
}

#[track_caller]
pub(crate) fn read<T>(store: &dyn Engine, body: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> T {
    store.read(body).unwrap()
}

pub(crate) fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub(crate) fn account(id: &str, text: &str) -> Account {
    Account {
        id: id.to_owned(),
        name: text.to_owned(),
        kind: AccountKind::Cloud,
        status: Status::Enabled,
        user_quota: None,
        users: 0,
        created_at: at(0),
    }
}

pub(crate) fn user(id: &str, account: &Account, text: &str) -> User {
    User {
        id: id.to_owned(),
        account_id: account.id.clone(),
        account: account.name.clone(),
        account_status: account.status,
        account_kind: account.kind,
        // The root user is called like its account.
        name: if text.is_empty() { account.name.clone() } else { text.to_owned() },
        root: text.is_empty(),
        status: Status::Enabled,
        description: None,
        access_mode: AccessMode::Default,
        login_protection: LoginProtection::None,
        credential: Credential {
            hash: None,
            must_change: false,
            changed_at: None,
            expires_at: None,
            leans_on_mfa: false,
            epoch: 0,
        },
        failures: Failures::default(),
        disowned: None,
        last_login_at: None,
        created_at: at(0),
        external_id: None,
        mfa: false,
        contacts: Vec::new(),
        pending: Vec::new(),
    }
}

pub(crate) fn insert(tx: &mut dyn Tx, user: &User) -> Step {
    if user.root {
        return tx.insert_user(user, "", "");
    }
    let name = name(&user.name);
    tx.insert_user(user, &name.key(), &name.skeleton())
}

pub(crate) fn contact(id: &str, user_id: &str, address: &Address) -> Contact {
    Contact {
        id: id.to_owned(),
        user_id: user_id.to_owned(),
        channel: address.channel(),
        address: address.as_str().to_owned(),
        key: address.key().to_owned(),
        verified_at: None,
        usable_from: at(0),
        bound_at: at(0),
        security: false,
        confirmation: Confirmation::Owner,
    }
}

pub(crate) fn bind(tx: &mut dyn Tx, id: &str, user_id: &str, address: &Address) -> Step {
    tx.insert_contact(&contact(id, user_id, address), &address.skeleton(), address.is_ascii())
}

pub(crate) fn request(id: &str, user_id: Option<&str>) -> Request {
    Request {
        id: id.to_owned(),
        purpose: Aim::Reset,
        user_id: user_id.map(str::to_owned),
        subject: b"subject".to_vec(),
        source: "uid:1000".to_owned(),
        uid: 1000,
        state: State::Captcha,
        ineligible: None,
        challenge: Some("00".to_owned()),
        captcha: None,
        captcha_left: 2,
        method: None,
        entered: None,
        created_at: at(0),
        expires_at: at(900),
        last_sent_at: None,
        asked: None,
        corrected_in: None,
        named: NamedAs::LoginId,
        appeal: None,
    }
}

/// A record of a sign-in, a second later than the one before it.
pub(crate) fn record(seq: u64) -> Event {
    Event {
        seq,
        at: at(i64::try_from(seq).unwrap()),
        action: "login".to_owned(),
        rating: "normal".to_owned(),
        outcome: "success".to_owned(),
        reason: None,
        code: None,
        actor: "alice".to_owned(),
        operator: None,
        host: "here".to_owned(),
        process: 7,
        target: None,
        target_id: None,
        detail: serde_json::Map::new(),
        ticket: None,
        key_id: "abcdefgh".to_owned(),
        hash: format!("{seq:064}"),
    }
}

pub(crate) fn code(id: &str, user_id: Option<&str>, request_id: Option<&str>) -> Code {
    Code {
        id: id.to_owned(),
        user_id: user_id.map(str::to_owned),
        user: None,
        request_id: request_id.map(str::to_owned),
        contact_id: user_id.map(|_| "con_mail".to_owned()),
        purpose: Purpose::Reset,
        channel: Channel::Email,
        destination: user_id.map(|_| "a***@e***.example".to_owned()),
        state: if user_id.is_some() { CodeState::Queued } else { CodeState::Failed },
        state_reason: None,
        tries_left: 2,
        created_at: at(0),
        expires_at: at(600),
        delivered_at: None,
        maybe_twice: false,
        mac: CodeMac { key_id: "abcdefgh".to_owned(), tag: vec![7; 32] },
    }
}

pub(crate) fn message(id: &str, kind: Kind, code_id: Option<&str>, due: i64) -> Outgoing {
    Outgoing {
        id: id.to_owned(),
        kind,
        channel: Channel::Email,
        code_id: code_id.map(str::to_owned),
        user_id: Some("usr_root".to_owned()),
        key_id: "abcdefgh".to_owned(),
        sealed: b"sealed".to_vec(),
        state: OutboxState::Queued,
        attempts: 0,
        created_at: at(due),
        due_at: at(due),
        expires_at: at(due + 600),
        maybe_twice: false,
    }
}

pub(crate) fn duplicate(result: Result<(), StoreError>) -> Option<Duplicate> {
    match result {
        Err(StoreError::Duplicate(what)) => Some(what),
        Err(other) => panic!("{other}"),
        Ok(()) => None,
    }
}
