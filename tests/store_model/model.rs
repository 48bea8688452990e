//! The model: what must come of each step.

use regain::domain::address::{Address, Channel};
use regain::domain::request::{Method, State};

use crate::steps::*;
use crate::world::*;

pub(crate) struct ModelCode {
    pub(crate) id: String,
    pub(crate) digits: String,
    /// Whether anybody was sent it.
    pub(crate) real: bool,
    /// The address it went to.
    pub(crate) channel: Option<Channel>,
    pub(crate) live: bool,
    pub(crate) tries_left: u32,
    pub(crate) created: i64,
    pub(crate) redeemed: u32,
}

pub(crate) struct ModelRequest {
    pub(crate) id: String,
    pub(crate) person: usize,
    pub(crate) state: State,
    pub(crate) created: i64,
    pub(crate) last_sent: Option<i64>,
    /// The address that was typed for the last code, where one was.
    pub(crate) typed: Option<String>,
    /// Another address was sent to at once, which is so once (S4).
    pub(crate) corrected: bool,
    /// One too many of its person: it looks like any other, and nothing is ever sent.
    pub(crate) muted: bool,
    pub(crate) codes: Vec<ModelCode>,
}

pub(crate) const LIFETIME: i64 = 15 * 60;
pub(crate) const CODE_LIFETIME: i64 = 10 * 60;
pub(crate) const RESEND_AFTER: i64 = 60;
/// A step back of so much is the network setting the clock.
pub(crate) const SLEW: i64 = 60;

pub(crate) struct Model {
    /// The latest moment any writer has seen.
    pub(crate) seen: i64,
    pub(crate) requests: Vec<ModelRequest>,
    pub(crate) enabled: [bool; 2],
    pub(crate) changes: [[u32; 2]; 2],
    pub(crate) usable_from: [[i64; 2]; 2],
    pub(crate) passwords: u32,
    /// The password that counts, by the number it was given.
    pub(crate) password: [Option<u32>; 2],
}

pub(crate) fn index(channel: Channel) -> usize {
    usize::from(channel == Channel::Mobile)
}

impl Model {
    pub(crate) fn new() -> Self {
        Self {
            seen: 0,
            requests: Vec::new(),
            enabled: [true; 2],
            changes: [[0; 2]; 2],
            usable_from: [[0; 2]; 2],
            passwords: 0,
            password: [None; 2],
        }
    }

    /// What a writer does first: nothing that is over, or from a future that was taken back, is alive (K5).
    pub(crate) fn tick(&mut self, clock: i64) -> i64 {
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

    pub(crate) fn started(&mut self, person: usize, now: i64, id: impl FnOnce() -> String) -> Said {
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
            typed: None,
            corrected: false,
            muted,
            codes: Vec::new(),
        });
        Said::Now(State::Captcha)
    }

    /// Whom a code of this request goes to now.
    pub(crate) fn destination(
        &self,
        request: usize,
        method: Method,
        right_address: bool,
        now: i64,
    ) -> Option<(Channel, String)> {
        let ModelRequest { person, muted, .. } = self.requests[request];
        if person >= 2 || muted || !self.enabled[person] {
            return None;
        }
        // After a clock that went back, a contact from the future that was is not to be relied on.
        let ready = |channel: &Channel| self.usable_from[person][index(*channel)] <= now;
        let channel = match method {
            Method::Account => [Channel::Email, Channel::Mobile].into_iter().find(ready),
            Method::Email => Some(Channel::Email).filter(ready).filter(|_| right_address),
            Method::Mobile => Some(Channel::Mobile).filter(ready).filter(|_| right_address),
        };
        channel.map(|channel| (channel, self.address(person, channel).as_str().to_owned()))
    }

    pub(crate) fn address(&self, person: usize, channel: Channel) -> Address {
        address_of(person, channel, self.changes[person][index(channel)])
    }

    pub(crate) fn end_codes(&mut self, person: usize, which: impl Fn(&ModelCode) -> bool) {
        for request in self.requests.iter_mut().filter(|request| request.person == person) {
            for code in request.codes.iter_mut().filter(|code| which(code)) {
                code.live = false;
            }
        }
    }

    /// Refuses a step out of order (S1).
    pub(crate) fn out_of_order(&self, request: usize, allowed: &[State]) -> Option<Said> {
        let state = self.requests[request].state;
        if !state.live() {
            return Some(Said::Gone);
        }
        (!allowed.contains(&state)).then_some(Said::WrongStep)
    }

    pub(crate) fn verified(&mut self, request: usize, digits: &str) -> Said {
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

    pub(crate) fn password_set(&mut self, request: usize, strong: bool) -> Said {
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
