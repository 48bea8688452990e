//! What people leave behind who reset their passwords: requests, codes, notices, tokens, messages, and what is counted.

use jiff::SignedDuration;
use regain::domain::Channel;
use regain::domain::appeal::{Appeal, Kind as AppealKind, Serial, State as AppealState};
use regain::domain::challenge::{Challenge, State as ChallengeState};
use regain::domain::code::{Code, CodeMac, Purpose as CodePurpose, State as CodeState};
use regain::domain::entropy::SystemEntropy;
use regain::domain::message::Message;
use regain::domain::notice::{Notice, State as NoticeState};
use regain::domain::outbox::{Kind, Outcome, Outgoing, State as OutboxState};
use regain::domain::principal::NamedAs;
use regain::domain::request::{Method, Purpose, Request, State as RequestState};
use regain::domain::time::after;
use regain::domain::token::{Occasion, SetupToken, State as TokenState};
use regain::store::{Disposition, ReferenceMac, Tally, Tx};

use super::{Fill, LIFE, Step, id};

impl Fill<'_> {
    /// Requests that ended, of one source; codes, setup tokens and challenges, every other one live; notices that can
    /// all be disowned; messages that were handed over.
    pub(super) fn traffic(&self) {
        self.each(self.count, |tx, at| {
            self.request(tx, at)?;
            self.code(tx, at)?;
            let due = self.message(id("msg", at), at, Kind::Code);
            tx.enqueue(&due)?;
            let ended = Disposition {
                to: OutboxState::Done,
                due_at: self.at(at),
                now: self.at(at),
                outcome: Outcome::HandedOver,
                stage: None,
                words: None,
                matter: None,
            };
            self.tried(tx, &ended)?;
            let key_id = self.keys.newest().to_string();
            tx.set_reference(&due.id, &ReferenceMac { key_id, tag: self.tag("reference", at) })?;
            self.notice(tx, at)?;
            self.token(tx, at)?;
            self.challenge(tx, at)?;
            for scope in ["sent_to_contact", "sent_to_person", "guesses"] {
                tx.spend(scope, &self.tag(scope, at), self.at(at))?;
            }
            tx.spend("sent_by_channel", b"email", self.at(at))?;
            tx.set_tally("surplus", &self.tag("tally", at), Tally { since: self.at(at), count: 2 })?;
            if at.is_multiple_of(10) {
                self.appeal(tx, at)?;
            }
            Ok(())
        });
    }

    fn request(&self, tx: &mut dyn Tx, at: u64) -> Step {
        tx.insert_request(&Request {
            id: id("req", at),
            purpose: Purpose::Reset,
            user_id: Some(id("usr", at)),
            subject: self.tag("subject", at),
            source: "uid:0".to_owned(),
            uid: 0,
            state: RequestState::Done,
            ineligible: None,
            challenge: None,
            captcha: None,
            captcha_left: 9,
            method: Some(Method::Email),
            entered: None,
            created_at: self.at(at),
            expires_at: after(self.at(at), SignedDuration::from_mins(15)),
            last_sent_at: Some(self.at(at)),
            asked: Some(self.tag("asked", at)),
            corrected_in: None,
            named: NamedAs::Member,
            appeal: None,
        })
    }

    fn code(&self, tx: &mut dyn Tx, at: u64) -> Step {
        let live = at % 2 == 1;
        tx.insert_code(&Code {
            id: id("cod", at),
            user_id: Some(id("usr", at)),
            user: None,
            request_id: Some(id("req", at)),
            contact_id: Some(format!("con_0{at:023}")),
            purpose: CodePurpose::Reset,
            channel: Channel::Email,
            destination: Some("u*****@e*****.com".to_owned()),
            state: if live { CodeState::Sent } else { CodeState::Used },
            state_reason: None,
            tries_left: 5,
            created_at: self.at(at),
            expires_at: after(self.now, LIFE),
            delivered_at: Some(self.at(at)),
            maybe_twice: false,
            mac: CodeMac { key_id: self.keys.newest().to_string(), tag: self.tag("code", at) },
        })
    }

    /// Messages that were tried in vain and wait for their next try.
    pub(super) fn backlog(&self) {
        self.each(self.count, |tx, at| {
            tx.enqueue(&self.message(format!("msg_1{at:023}"), at, Kind::Notice))?;
            let put_off = Disposition {
                to: OutboxState::Queued,
                due_at: after(self.now, LIFE),
                now: self.now,
                outcome: Outcome::Postponed,
                stage: Some("connect"),
                words: Some("connection refused"),
                matter: None,
            };
            self.tried(tx, &put_off)
        });
    }

    /// One that is due.
    fn message(&self, message_id: String, at: u64, kind: Kind) -> Outgoing {
        let to = format!("user{at:07}@example.com");
        let message = Message { to, subject: "Your verification code".to_owned(), body: "012345".to_owned() };
        let (key_id, sealed) = self.sealed(&message.to_bytes(), &message_id);
        Outgoing {
            id: message_id,
            kind,
            channel: Channel::Email,
            code_id: (kind == Kind::Code).then(|| id("cod", at)),
            user_id: Some(id("usr", at)),
            key_id,
            sealed,
            state: OutboxState::Queued,
            attempts: 0,
            created_at: self.at(at),
            due_at: self.now,
            expires_at: after(self.now, LIFE),
            maybe_twice: false,
        }
    }

    /// A try at the one message that is due.
    fn tried(&self, tx: &mut dyn Tx, ended: &Disposition<'_>) -> Step {
        let leased = tx.lease(self.now, after(self.now, LIFE), "wrk_bench", &[])?.unwrap();
        assert!(tx.record_outcome(&leased.id, "wrk_bench", ended)?);
        Ok(())
    }

    fn notice(&self, tx: &mut dyn Tx, at: u64) -> Step {
        tx.insert_notice(&Notice {
            id: id("ntc", at),
            user_id: Some(id("usr", at)),
            code_id: Some(id("cod", at)),
            about: "code_asked_for".to_owned(),
            key_id: self.keys.newest().to_string(),
            tag: self.tag("notice", at),
            state: NoticeState::Live,
            created_at: self.at(at),
            expires_at: after(self.now, LIFE),
        })
    }

    fn token(&self, tx: &mut dyn Tx, at: u64) -> Step {
        tx.insert_token(&SetupToken {
            id: id("tok", at),
            user_id: id("usr", at),
            hash: self.tag("token", at),
            occasion: Occasion::Reset,
            state: if at % 2 == 1 { TokenState::Live } else { TokenState::Used },
            contact_id: Some(format!("con_0{at:023}")),
            channel: Some(Channel::Email),
            destination: Some("u*****@e*****.com".to_owned()),
            message_id: None,
            removes_mfa: None,
            created_at: self.at(at),
            expires_at: after(self.now, LIFE),
        })
    }

    fn challenge(&self, tx: &mut dyn Tx, at: u64) -> Step {
        tx.insert_challenge(&Challenge {
            id: id("chl", at),
            user_id: id("usr", at),
            code_id: id("cod", at),
            uid: 1000,
            operator: "desk".to_owned(),
            state: if at % 2 == 1 { ChallengeState::Confirmed } else { ChallengeState::Used },
            created_at: self.at(at),
            expires_at: after(self.now, LIFE),
        })
    }

    /// One whose claims were taken away: those are 16 KiB each.
    fn appeal(&self, tx: &mut dyn Tx, at: u64) -> Step {
        tx.insert_appeal(&Appeal {
            serial: Serial::new(&SystemEntropy).unwrap().to_string(),
            kind: AppealKind::Appeal,
            user_id: Some(id("usr", at)),
            subject: self.tag("subject", at),
            source: "uid:0".to_owned(),
            uid: 0,
            state: if at % 20 == 10 { AppealState::Submitted } else { AppealState::Denied },
            crowded: false,
            key_id: self.keys.newest().to_string(),
            sealed: None,
            created_at: self.at(at),
            expires_at: after(self.now, LIFE),
            decided_at: None,
            decision_reason: None,
        })
    }
}
