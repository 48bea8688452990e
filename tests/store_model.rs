//! Resets in any order that people, thieves and clocks can bring about, beside a model of what must come of each
//! step. The model is small enough to be believed; the flows must agree with it after every step.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop right there"
)]

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use regain::config::{CaptchaMode, Settings};
use regain::domain::account::{Account, Kind, Status};
use regain::domain::address::{Address, Channel};
use regain::domain::captcha::work;
use regain::domain::contact::Contact;
use regain::domain::entropy::{Entropy, EntropyError};
use regain::domain::message::Message;
use regain::domain::name::Name;
use regain::domain::operator::Role;
use regain::domain::password::NoList;
use regain::domain::policy::{PasswordPolicy, Preset};
use regain::domain::request::{Method, State};
use regain::domain::secret::Secret;
use regain::domain::time::Clock;
use regain::domain::user::{AccessMode, Credential, Failures, LoginProtection, User};
use regain::domain::who::Who;
use regain::flow::reset;
use regain::flow::{
    Actor, BindContact, Change, Confirmed, Courier, Denial, Env, FlowError, Occasion, Refusal, RevokeCodes,
    verify_chain,
};
use regain::hasher::{Cost, Hasher};
use regain::keyring::{KeyRing, Sealed};
use regain::store::sqlite::Sqlite;
use regain::store::{Engine, StoreError, Transactions, Tx};

// ── what is handed to the flows ─────────────────────────────────────────────────────────────────────────────────

/// A clock that is set by hand, to whole seconds.
struct HandClock(Cell<i64>);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        at(self.0.get())
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// The same bytes in every run, so that a failure comes again (SplitMix64).
struct Repeatable(AtomicU64);

impl Entropy for Repeatable {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for byte in bytes {
            const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
            let mut mixed = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (mixed >> 56) as u8;
        }
        Ok(())
    }
}

struct Nobody;

impl Courier for Nobody {
    fn wake(&self) {}
}

/// Whom requests name: two people with contacts, one without, and nobody.
const PEOPLE: [&str; 4] = ["acme/alice", "acme/bob", "acme/carol", "acme/nobody"];

struct Site {
    // Removed when dropped, after everything in it.
    store: Sqlite,
    /// Looks at what no flow gives away.
    eye: rusqlite::Connection,
    keys: KeyRing,
    clock: HandClock,
    entropy: Repeatable,
    settings: Settings,
    _folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("regain.db");
        let store = Sqlite::create(&path).unwrap();
        let (clock, entropy) = (HandClock(Cell::new(0)), Repeatable(AtomicU64::new(7)));
        let mut settings = Settings::default();
        settings.captcha.mode = CaptchaMode::Work;
        settings.captcha.bits = 4;
        // Budgets have tests of their own; here they would hide everything else.
        settings.budgets.contact_per_hour = 10_000;
        settings.budgets.contact_per_day = 10_000;
        settings.budgets.source_per_hour = 10_000;
        let site = Self {
            eye: rusqlite::Connection::open(&path).unwrap(),
            keys: KeyRing::generate(&entropy, &clock).unwrap(),
            store,
            clock,
            entropy,
            settings,
            _folder: folder,
        };
        site.settle();
        site
    }

    fn settle(&self) {
        let acme = Account {
            id: "acc".to_owned(),
            name: "acme".to_owned(),
            kind: Kind::Cloud,
            status: Status::Enabled,
            user_quota: None,
            users: 0,
            created_at: at(0),
        };
        let simple = PasswordPolicy {
            blocklist: false,
            minimum_guesses_log10: 0,
            ..PasswordPolicy::preset(Preset::Nist)
        };
        let policy = serde_json::to_string(&simple).unwrap();
        self.write(|tx| {
            tx.insert_account(&acme, "acme", "acme")?;
            tx.set_policy("acc", "password", &policy)?;
            for (person, name) in ["alice", "bob", "carol"].into_iter().enumerate() {
                tx.insert_user(&user(person, name), name, &Name::parse(name).unwrap().look())?;
            }
            for person in 0..2 {
                for channel in Channel::ALL.iter().copied() {
                    let address = address_of(person, channel, 0);
                    let contact = Contact {
                        id: format!("con_{person}_{channel}"),
                        user_id: format!("usr_{person}"),
                        channel,
                        address: address.as_str().to_owned(),
                        key: address.key().to_owned(),
                        verified_at: Some(at(0)),
                        usable_from: at(0),
                        bound_at: at(0),
                    };
                    tx.insert_contact(&contact, &address.look(), address.is_ascii())?;
                }
            }
            Ok(())
        });
    }

    fn write<T>(&self, body: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> T {
        let store: &dyn Engine = &self.store;
        store.write(body).unwrap()
    }

    fn env(&self) -> Env<'_> {
        Env {
            store: &self.store,
            keys: &self.keys,
            // The lowest that is allowed at all (RFC 9106 for the shape, the hasher's bounds for the numbers).
            hasher: Hasher::new(Cost { memory_kib: 4096, iterations: 1, parallelism: 1 }),
            clock: &self.clock,
            entropy: &self.entropy,
            settings: &self.settings,
            actor: Actor {
                uid: 1000,
                name: "tester".to_owned(),
                role: Role::Admin,
                owner: true,
                host: "here".to_owned(),
                process: 1,
                source: "uid:1000".to_owned(),
            },
            occasion: Occasion::default(),
            courier: &Nobody,
            extra_list: &NoList,
        }
    }

    fn user(&self, person: usize) -> Option<User> {
        let store: &dyn Engine = &self.store;
        store.read(|tx| tx.user_by_id(&format!("usr_{person}"))).unwrap()
    }

    /// The newest code of a request: its id, its digits and to whom it goes; `None` inside is nobody.
    fn newest_code(&self, request: &str) -> (String, String, Option<String>) {
        let (code, message, key, bytes): (String, String, String, Vec<u8>) = self
            .eye
            .query_row(
                "SELECT c.id, m.id, m.key_id, m.sealed FROM codes c JOIN outbox m ON m.code_id = c.id \
                 WHERE c.request_id = ?1 ORDER BY c.rowid DESC LIMIT 1",
                [request],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .unwrap();
        let sealed = Sealed { key_id: key.parse().unwrap(), bytes };
        let message = Message::from_bytes(&self.keys.open(&sealed, message.as_bytes()).unwrap()).unwrap();
        let digits =
            message.body.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).unwrap().to_owned();
        (code, digits, Some(message.to.clone()).filter(|to| !to.is_empty()))
    }

    fn tries_left(&self, code: &str) -> u32 {
        self.eye.query_row("SELECT tries_left FROM codes WHERE id = ?1", [code], |row| row.get(0)).unwrap()
    }
}

fn user(person: usize, name: &str) -> User {
    User {
        id: format!("usr_{person}"),
        account_id: "acc".to_owned(),
        account: "acme".to_owned(),
        account_status: Status::Enabled,
        name: name.to_owned(),
        root: false,
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
        last_login_at: None,
        created_at: at(0),
        mfa: false,
        contacts: Vec::new(),
    }
}

/// The address that a person has after so many changes.
fn address_of(person: usize, channel: Channel, changes: u32) -> Address {
    match channel {
        Channel::Email => Address::email(&format!("person{person}-{changes}@acme.example")).unwrap(),
        Channel::Mobile => {
            Address::mobile(&format!("+49151{:08}", 100_000 * (person + 1) + changes as usize)).unwrap()
        }
    }
}

// ── steps ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// What is typed as a code.
#[derive(Debug, Clone, Copy)]
enum Guess {
    /// The digits that the newest code of this very request has, a decoy's too.
    Newest,
    Wrong,
    /// The digits of any code there ever was, of whatever request.
    Any(prop::sample::Index),
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Start(usize),
    Captcha { of: prop::sample::Index, right: bool },
    Send { of: prop::sample::Index, method: Method, right_address: bool },
    Verify { of: prop::sample::Index, guess: Guess },
    SetPassword { of: prop::sample::Index, strong: bool },
    Cancel(prop::sample::Index),
    Pass(i64),
    GoBack(i64),
    RevokeCodes(usize),
    ChangeContact { person: usize, channel: Channel },
    Enable { person: usize, enabled: bool },
}

fn step() -> impl Strategy<Value = Step> {
    let of = any::<prop::sample::Index>;
    let person = 0..PEOPLE.len();
    let known = 0..2_usize;
    let method = prop_oneof![Just(Method::Email), Just(Method::Mobile), Just(Method::Account)];
    let channel = prop_oneof![Just(Channel::Email), Just(Channel::Mobile)];
    let guess = prop_oneof![
        4 => Just(Guess::Newest),
        3 => Just(Guess::Wrong),
        2 => of().prop_map(Guess::Any),
    ];
    prop_oneof![
        4 => person.prop_map(Step::Start),
        5 => (of(), prop::bool::weighted(0.85)).prop_map(|(of, right)| Step::Captcha { of, right }),
        6 => (of(), method, prop::bool::weighted(0.85))
            .prop_map(|(of, method, right_address)| Step::Send { of, method, right_address }),
        9 => (of(), guess).prop_map(|(of, guess)| Step::Verify { of, guess }),
        6 => (of(), prop::bool::weighted(0.7)).prop_map(|(of, strong)| Step::SetPassword { of, strong }),
        1 => of().prop_map(Step::Cancel),
        4 => prop_oneof![Just(1_i64), Just(59), Just(60), Just(61), Just(599), Just(600), Just(901)].prop_map(Step::Pass),
        1 => prop_oneof![Just(1_i64), Just(60), Just(61), Just(3_600)].prop_map(Step::GoBack),
        1 => known.clone().prop_map(Step::RevokeCodes),
        1 => (known.clone(), channel).prop_map(|(person, channel)| Step::ChangeContact { person, channel }),
        1 => (known, any::<bool>()).prop_map(|(person, enabled)| Step::Enable { person, enabled }),
    ]
}

/// What a step comes to, as far as anybody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Now(State),
    Gone,
    WrongStep,
    WrongCaptcha,
    TooSoon,
    TooMany,
    WrongCode { tries_left: u32 },
    CodeSpent,
    Weak,
}

fn said(result: Result<reset::RequestView, FlowError>) -> Said {
    match result {
        Ok(view) => Said::Now(view.state),
        Err(FlowError::Denied(Denial::Captcha)) => Said::WrongCaptcha,
        Err(FlowError::Denied(Denial::Code { tries_left })) => Said::WrongCode { tries_left },
        Err(FlowError::Refused(refusal)) => match refusal {
            Refusal::RequestGone => Said::Gone,
            Refusal::WrongStep { .. } => Said::WrongStep,
            Refusal::TooSoon { .. } => Said::TooSoon,
            Refusal::TooManyRequests => Said::TooMany,
            Refusal::CodeSpent => Said::CodeSpent,
            Refusal::WeakPassword(_) => Said::Weak,
            other => panic!("{other}"),
        },
        Err(other) => panic!("{other}"),
    }
}

// ── the model ───────────────────────────────────────────────────────────────────────────────────────────────────

struct ModelCode {
    id: String,
    digits: String,
    /// Whether anybody was sent it.
    real: bool,
    /// The address it went to.
    channel: Option<Channel>,
    live: bool,
    tries_left: u32,
    created: i64,
    redeemed: u32,
}

struct ModelRequest {
    id: String,
    person: usize,
    state: State,
    created: i64,
    last_sent: Option<i64>,
    /// One too many of its person: it looks like any other, and nothing is ever sent.
    muted: bool,
    codes: Vec<ModelCode>,
}

const LIFETIME: i64 = 15 * 60;
const CODE_LIFETIME: i64 = 10 * 60;
const RESEND_AFTER: i64 = 60;
/// A step back of so much is the network setting the clock.
const SLEW: i64 = 60;

struct Model {
    /// The latest moment any writer has seen.
    seen: i64,
    requests: Vec<ModelRequest>,
    enabled: [bool; 2],
    changes: [[u32; 2]; 2],
    passwords: u32,
    /// The password that counts, by the number it was given.
    password: [Option<u32>; 2],
}

impl Model {
    fn new() -> Self {
        Self {
            seen: 0,
            requests: Vec::new(),
            enabled: [true; 2],
            changes: [[0; 2]; 2],
            passwords: 0,
            password: [None; 2],
        }
    }

    /// What a writer does first: nothing that is over, or from a future that was taken back, is alive (K5).
    fn tick(&mut self, clock: i64) -> i64 {
        if clock < self.seen && self.seen - clock <= SLEW {
            return self.seen;
        }
        let went_back = clock < self.seen;
        self.seen = clock;
        for request in &mut self.requests {
            if request.state.live() && (went_back || request.created + LIFETIME <= clock) {
                request.state = State::Expired;
            }
            for code in &mut request.codes {
                code.live &= !went_back && code.created + CODE_LIFETIME > clock;
            }
        }
        clock
    }

    fn started(&mut self, person: usize, now: i64, id: impl FnOnce() -> String) -> Said {
        let live = self.requests.iter().filter(|request| request.state.live());
        if live.clone().count() >= 10 {
            return Said::TooMany;
        }
        let muted = live.filter(|request| request.person == person).count() >= 5;
        self.requests.push(ModelRequest {
            id: id(),
            person,
            state: State::Captcha,
            created: now,
            last_sent: None,
            muted,
            codes: Vec::new(),
        });
        Said::Now(State::Captcha)
    }

    /// Whom a code of this request goes to now.
    fn destination(&self, request: usize, method: Method, right_address: bool) -> Option<(Channel, String)> {
        let request = &self.requests[request];
        let reachable = request.person < 2 && !request.muted && self.enabled[request.person];
        let channel = match method {
            Method::Email | Method::Account => Channel::Email,
            Method::Mobile => Channel::Mobile,
        };
        let matches = right_address || method == Method::Account;
        (reachable && matches).then(|| (channel, self.address(request.person, channel).as_str().to_owned()))
    }

    fn address(&self, person: usize, channel: Channel) -> Address {
        address_of(person, channel, self.changes[person][usize::from(channel == Channel::Mobile)])
    }

    fn end_codes(&mut self, person: usize, which: impl Fn(&ModelCode) -> bool) {
        for request in self.requests.iter_mut().filter(|request| request.person == person) {
            for code in request.codes.iter_mut().filter(|code| which(code)) {
                code.live = false;
            }
        }
    }

    /// Refuses a step out of order (S1).
    fn out_of_order(&self, request: usize, allowed: &[State]) -> Option<Said> {
        let state = self.requests[request].state;
        if !state.live() {
            return Some(Said::Gone);
        }
        (!allowed.contains(&state)).then_some(Said::WrongStep)
    }

    fn verified(&mut self, request: usize, digits: &str) -> Said {
        if let Some(refused) = self.out_of_order(request, &[State::Code]) {
            return refused;
        }
        let request = &mut self.requests[request];
        let Some(code) = request.codes.last_mut().filter(|code| code.live) else { return Said::CodeSpent };
        code.tries_left -= 1;
        if code.real && code.digits == digits {
            code.live = false;
            code.redeemed += 1;
            request.state = State::Password;
            return Said::Now(State::Password);
        }
        code.live = code.tries_left > 0;
        Said::WrongCode { tries_left: code.tries_left }
    }

    fn password_set(&mut self, request: usize, strong: bool) -> Said {
        if let Some(refused) = self.out_of_order(request, &[State::Password]) {
            return refused;
        }
        if !strong {
            return Said::Weak;
        }
        let person = self.requests[request].person;
        if !self.enabled[person] {
            return Said::Gone;
        }
        self.passwords += 1;
        self.password[person] = Some(self.passwords);
        // S7: everything else of the person ends.
        self.end_codes(person, |_| true);
        for other in self.requests.iter_mut().filter(|other| other.person == person && other.state.live()) {
            other.state = State::Cancelled;
        }
        self.requests[request].state = State::Done;
        Said::Now(State::Done)
    }
}

// ── side by side ────────────────────────────────────────────────────────────────────────────────────────────────

/// The words of the password with a number.
fn password(number: u32) -> String {
    format!("vivid anchor {number} mellow tundra")
}

/// Takes a step in both worlds; what each says.
fn take(step: Step, site: &Site, model: &mut Model) -> Option<(Said, Said)> {
    let env = site.env();
    let clock = site.clock.0.get();
    let pick = |of: prop::sample::Index, model: &Model| {
        (!model.requests.is_empty()).then(|| of.index(model.requests.len()))
    };
    match step {
        Step::Pass(seconds) => site.clock.0.set(clock + seconds),
        Step::GoBack(seconds) => site.clock.0.set(clock - seconds),
        Step::Start(person) => {
            let result = reset::start(&env, &Who::parse(PEOPLE[person]).unwrap());
            let id = result.as_ref().map_or(String::new(), |view| view.id.clone());
            let now = model.tick(clock);
            return Some((said(result), model.started(person, now, || id)));
        }
        Step::Captcha { of, right } => {
            let request = pick(of, model)?;
            let id = model.requests[request].id.clone();
            let challenge =
                reset::show(&env, &id).unwrap().captcha.map_or_else(String::new, |view| view.challenge);
            model.tick(clock);
            let number = if right { work::solve(&challenge, 4).to_string() } else { "no number".to_owned() };
            let real = said(reset::answer_captcha(&env, &id, &number));
            let expected = match model.out_of_order(request, &[State::Captcha]) {
                Some(refused) => refused,
                None if right => {
                    model.requests[request].state = State::Method;
                    Said::Now(State::Method)
                }
                None => Said::WrongCaptcha,
            };
            return Some((real, expected));
        }
        Step::Send { of, method, right_address } => {
            let request = pick(of, model)?;
            return Some(send(request, method, right_address, site, model));
        }
        Step::Verify { of, guess } => {
            let request = pick(of, model)?;
            let newest = model.requests[request].codes.last().map(|code| code.digits.clone());
            let digits = match guess {
                Guess::Newest => newest.unwrap_or_else(|| "123456".to_owned()),
                Guess::Wrong if newest.as_deref() == Some("000000") => "111111".to_owned(),
                Guess::Wrong => "000000".to_owned(),
                Guess::Any(which) => {
                    let all: Vec<&ModelCode> =
                        model.requests.iter().flat_map(|request| &request.codes).collect();
                    if all.is_empty() { "123456".to_owned() } else { which.get(&all).digits.clone() }
                }
            };
            let real = said(reset::verify(&env, &model.requests[request].id, &Secret::new(digits.clone())));
            model.tick(clock);
            return Some((real, model.verified(request, &digits)));
        }
        Step::SetPassword { of, strong } => {
            let request = pick(of, model)?;
            let text = if strong { password(model.passwords + 1) } else { "too short".to_owned() };
            let real = said(reset::set_password(&env, &model.requests[request].id, &Secret::new(text)));
            model.tick(clock);
            return Some((real, model.password_set(request, strong)));
        }
        Step::Cancel(of) => {
            let request = pick(of, model)?;
            let real = said(reset::cancel(&env, &model.requests[request].id));
            model.tick(clock);
            let expected = model.out_of_order(request, State::ALL).unwrap_or(Said::Now(State::Cancelled));
            if expected != Said::Gone {
                model.requests[request].state = State::Cancelled;
                model.requests[request].codes.iter_mut().for_each(|code| code.live = false);
            }
            return Some((real, expected));
        }
        Step::RevokeCodes(person) => {
            let who = Who::parse(PEOPLE[person]).unwrap();
            RevokeCodes::plan(&env, Some(&who)).unwrap().commit(&env, Confirmed::by(true).unwrap()).unwrap();
            model.tick(clock);
            model.end_codes(person, |_| true);
        }
        Step::ChangeContact { person, channel } => {
            model.changes[person][usize::from(channel == Channel::Mobile)] += 1;
            let who = Who::parse(PEOPLE[person]).unwrap();
            let change = BindContact::plan(&env, &who, model.address(person, channel), true).unwrap();
            change.commit(&env, Confirmed::by(true).unwrap()).unwrap();
            model.tick(clock);
            // S5: what was sent to the old contact is worth nothing any more.
            model.end_codes(person, |code| code.channel == Some(channel));
        }
        Step::Enable { person, enabled } => {
            let mut user = site.user(person).unwrap();
            user.status = if enabled { Status::Enabled } else { Status::Disabled };
            let look = Name::parse(&user.name).unwrap().look();
            site.write(|tx| tx.update_user(&user, &user.name, &look));
            model.enabled[person] = enabled;
        }
    }
    None
}

fn send(request: usize, method: Method, right_address: bool, site: &Site, model: &mut Model) -> (Said, Said) {
    let env = site.env();
    let person = model.requests[request].person;
    let channel = match method {
        Method::Email => Some(Channel::Email),
        Method::Mobile => Some(Channel::Mobile),
        Method::Account => None,
    };
    let typed = channel.map(|channel| match right_address && person < 2 {
        true => model.address(person, channel),
        false => address_of(7, channel, 7),
    });
    let id = model.requests[request].id.clone();
    let real = said(reset::send(&env, &id, method, typed.as_ref()));
    let now = model.tick(site.clock.0.get());
    if let Some(refused) = model.out_of_order(request, &[State::Method, State::Code]) {
        return (real, refused);
    }
    if model.requests[request].last_sent.is_some_and(|sent| now < sent + RESEND_AFTER) {
        return (real, Said::TooSoon);
    }
    let to = model.destination(request, method, right_address);
    let expected = Said::Now(State::Code);
    if real == expected {
        let (code, digits, went_to) = site.newest_code(&id);
        // S4: to the stored contact, or to nobody.
        assert_eq!(went_to, to.as_ref().map(|(_, address)| address.clone()), "to whom the code goes");
        let request = &mut model.requests[request];
        request.codes.iter_mut().for_each(|code| code.live = false);
        request.codes.push(ModelCode {
            id: code,
            digits,
            real: to.is_some(),
            channel: to.map(|(channel, _)| channel),
            live: true,
            tries_left: 5,
            created: now,
            redeemed: 0,
        });
        request.state = State::Code;
        request.last_sent = Some(now);
    }
    (real, expected)
}

/// What must be true after every step, whatever was said.
fn compare(site: &Site, model: &Model) {
    let store: &dyn Engine = &site.store;
    for request in &model.requests {
        let real = store.read(|tx| tx.request(&request.id)).unwrap().unwrap();
        assert_eq!(real.state, request.state, "{} of {}", request.id, PEOPLE[request.person]);
        if request.person >= 2 || request.muted {
            assert!(!matches!(real.state, State::Password | State::Done), "a decoy came to {}", real.state);
        }
        for code in &request.codes {
            assert_eq!(site.tries_left(&code.id), code.tries_left, "tries of {}", code.id);
            assert!(code.redeemed <= 1, "{} was redeemed {} times", code.id, code.redeemed);
        }
    }
    // S3: a password is what the last success made it, and nothing else moves the credential.
    let hasher = site.env().hasher;
    for (person, number) in model.password.iter().enumerate() {
        let credential = site.user(person).unwrap().credential;
        let Some(number) = number else {
            assert!(credential.hash.is_none() && credential.epoch == 0, "a password came from nowhere");
            continue;
        };
        // Hashing after every step would take most of the time; the epoch tells of every change.
        if model.passwords == *number {
            let hash = credential.hash.unwrap();
            let right = hasher.verify(&Secret::new(password(*number)), Some(&hash)).unwrap();
            assert!(
                matches!(right, regain::hasher::Checked::Right),
                "another password than the last one set"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        max_shrink_iters: 400,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    /// S1, S3, S4, S5, S7, K4, K5 and K6 together: no order of steps leads anywhere it should not.
    #[test]
    fn s1_no_order_of_steps_leads_past_one(steps in prop::collection::vec(step(), 1..70)) {
        let site = Site::new();
        let mut model = Model::new();
        for (number, step) in steps.into_iter().enumerate() {
            let before = model.password;
            if let Some((real, expected)) = take(step, &site, &mut model) {
                prop_assert_eq!(real, expected, "step {}: {:?}", number, step);
            }
            if before != model.password {
                prop_assert!(matches!(step, Step::SetPassword { .. }), "step {}: {:?}", number, step);
            }
            compare(&site, &model);
        }
        let store: &dyn Engine = &site.store;
        let chain = store.read(|tx| verify_chain(&site.keys, tx)).unwrap();
        prop_assert_eq!(chain.first_bad, None);
    }
}

/// The control: the steps that lead to a new password do lead there, in both worlds.
#[test]
fn the_straight_way_leads_to_a_new_password() {
    let site = Site::new();
    let mut model = Model::new();
    let of = any_index();
    let steps = [
        Step::Start(0),
        Step::Captcha { of, right: true },
        Step::Send { of, method: Method::Mobile, right_address: true },
        Step::Verify { of, guess: Guess::Wrong },
        Step::Verify { of, guess: Guess::Newest },
        Step::SetPassword { of, strong: false },
        Step::SetPassword { of, strong: true },
    ];
    for step in steps {
        let (real, expected) = take(step, &site, &mut model).unwrap();
        assert_eq!(real, expected, "{step:?}");
        compare(&site, &model);
    }
    assert_eq!(model.password, [Some(1), None]);
    assert_eq!(model.requests[0].state, State::Done);
}

/// An index into a list of one.
fn any_index() -> prop::sample::Index {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    any::<prop::sample::Index>().new_tree(&mut runner).unwrap().current()
}
