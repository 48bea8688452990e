//! Requests to reset a password.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::columns::{Connected, get, ms, padding, small, time, time_maybe, word, word_maybe};
use crate::domain::Ineligible;
use crate::domain::request::{Captcha, Entered, Method, Request, State};
use crate::store::{LiveRequests, Requests, Result};

pub(super) const SELECT: &str = "SELECT id, user_id, subject, source, uid, state, withheld, challenge, captcha_key, \
     captcha_tag, captcha_expires, captcha_left, method, created_at, expires_at, last_sent_at, purpose, \
     entered_channel, entered_tag, appeal, asked_tag, corrected_in, named FROM requests";

/// The states of a request that can still go on.
const LIVE: &str = "state IN ('captcha', 'method', 'code', 'second', 'password')";

pub(super) fn request(row: &Row<'_>) -> Result<Request> {
    Ok(Request {
        id: get(row, "id")?,
        purpose: word(row, "purpose")?,
        user_id: get(row, "user_id")?,
        subject: get(row, "subject")?,
        source: get(row, "source")?,
        uid: small(row, "uid")?,
        state: word(row, "state")?,
        ineligible: word_maybe(row, "withheld")?,
        challenge: get(row, "challenge")?,
        captcha: captcha(row)?,
        captcha_left: small(row, "captcha_left")?,
        method: word_maybe(row, "method")?,
        entered: entered(row)?,
        created_at: time(row, "created_at")?,
        expires_at: time(row, "expires_at")?,
        last_sent_at: time_maybe(row, "last_sent_at")?,
        asked: get(row, "asked_tag")?,
        corrected_in: word_maybe(row, "corrected_in")?,
        named: word(row, "named")?,
        appeal: get(row, "appeal")?,
    })
}

fn entered(row: &Row<'_>) -> Result<Option<Entered>> {
    let (Some(channel), Some(tag)) =
        (word_maybe(row, "entered_channel")?, get::<Option<Vec<u8>>>(row, "entered_tag")?)
    else {
        return Ok(None);
    };
    Ok(Some(Entered { channel, tag }))
}

fn captcha(row: &Row<'_>) -> Result<Option<Captcha>> {
    let (Some(key_id), Some(tag), Some(expires_at)) = (
        get::<Option<String>>(row, "captcha_key")?,
        get::<Option<Vec<u8>>>(row, "captcha_tag")?,
        time_maybe(row, "captcha_expires")?,
    ) else {
        return Ok(None);
    };
    Ok(Some(Captcha { key_id, tag, expires_at }))
}

impl Requests for Connected<'_> {
    fn insert_request(&mut self, request: &Request) -> Result<()> {
        let why = request.ineligible.map(Ineligible::as_str);
        self.insert(
            "requests",
            &[
                ("id", &request.id),
                ("user_id", &request.user_id),
                ("subject", &request.subject),
                ("source", &request.source),
                ("uid", &request.uid),
                ("state", &request.state.as_str()),
                ("withheld", &why),
                ("challenge", &request.challenge),
                ("captcha_left", &request.captcha_left),
                ("created_at", &ms(request.created_at)),
                ("expires_at", &ms(request.expires_at)),
                ("purpose", &request.purpose.as_str()),
                ("entered_channel", &request.entered.as_ref().map(|entered| entered.channel.as_str())),
                ("entered_tag", &request.entered.as_ref().map(|entered| entered.tag.as_slice())),
                ("appeal", &request.appeal),
                ("named", &request.named.as_str()),
                ("padding", &padding(64 - why.map_or(0, str::len), &[&request.user_id])),
            ],
        )
    }

    fn request(&mut self, id: &str) -> Result<Option<Request>> {
        self.one(&format!("{SELECT} WHERE id = ?1"), [id], request)
    }

    fn requests_of(&mut self, user_id: &str, limit: u32) -> Result<Vec<Request>> {
        self.many(
            &format!("{SELECT} WHERE user_id = ?1 ORDER BY created_at DESC, rowid DESC LIMIT ?2"),
            params![user_id, limit],
            request,
        )
    }

    fn open_requests(&mut self, uid: u32, source: &str, now: Timestamp) -> Result<Vec<Request>> {
        self.many(
            &format!(
                "{SELECT} WHERE source = ?1 AND uid = ?2 AND {LIVE} AND expires_at > ?3 \
                 ORDER BY created_at DESC, rowid DESC"
            ),
            params![source, uid, ms(now)],
            request,
        )
    }

    fn live_requests(&mut self, subject: &[u8], source: &str, now: Timestamp) -> Result<LiveRequests> {
        let live = |which: &str| {
            format!("SELECT count(*) FROM requests WHERE {which} AND {LIVE} AND expires_at > ?2")
        };
        let proven = "subject = ?1 AND state <> 'captcha'";
        Ok(LiveRequests {
            of_source: self.number(&live("source = ?1"), params![source, ms(now)])?,
            of_person: self.number(&live(proven), params![subject, ms(now)])?,
            of_both: self
                .number(&live(&format!("{proven} AND source = ?3")), params![subject, ms(now), source])?,
        })
    }

    fn set_request_ineligible(&mut self, id: &str, why: Option<Ineligible>) -> Result<()> {
        self.change_one(
            "UPDATE requests SET withheld = ?2 WHERE id = ?1",
            params![id, why.map(Ineligible::as_str)],
        )
    }

    fn show_captcha(&mut self, id: &str, captcha: &Captcha) -> Result<bool> {
        self.change_if(
            "UPDATE requests SET captcha_key = ?2, captcha_tag = ?3, captcha_expires = ?4, \
             captcha_left = captcha_left - 1 WHERE id = ?1 AND state = 'captcha' AND captcha_left > 0",
            params![id, captcha.key_id, captcha.tag, ms(captcha.expires_at)],
        )
    }

    fn take_captcha(&mut self, id: &str) -> Result<Option<Captcha>> {
        let shown = self.one(&format!("{SELECT} WHERE id = ?1"), [id], captcha)?.flatten();
        self.change(
            "UPDATE requests SET captcha_key = NULL, captcha_tag = NULL, captcha_expires = NULL WHERE id = ?1",
            [id],
        )?;
        Ok(shown)
    }

    fn set_challenge(&mut self, id: &str, challenge: Option<&str>) -> Result<()> {
        self.change_one("UPDATE requests SET challenge = ?2 WHERE id = ?1", params![id, challenge])
    }

    fn advance_request(&mut self, id: &str, from: &[State], to: State) -> Result<bool> {
        // At most five states: the guard stays one statement without building SQL from data.
        let mut allowed = [""; 5];
        for (slot, state) in allowed.iter_mut().zip(from) {
            *slot = state.as_str();
        }
        let [first, second, third, fourth, fifth] = allowed;
        self.change_if(
            "UPDATE requests SET state = ?2 WHERE id = ?1 AND state IN (?3, ?4, ?5, ?6, ?7)",
            params![id, to.as_str(), first, second, third, fourth, fifth],
        )
    }

    fn set_request_user(&mut self, id: &str, user_id: &str) -> Result<()> {
        self.change_one("UPDATE requests SET user_id = ?2 WHERE id = ?1", params![id, user_id])
    }

    fn set_request_sent(&mut self, request: &Request) -> Result<()> {
        self.change_one(
            "UPDATE requests SET method = ?2, last_sent_at = ?3, asked_tag = ?4, corrected_in = ?5 WHERE id = ?1",
            params![
                request.id,
                request.method.map(Method::as_str),
                request.last_sent_at.map(ms),
                request.asked,
                request.corrected_in.map(State::as_str),
            ],
        )
    }

    fn end_requests(&mut self, user_id: &str, to: State, except: Option<&str>) -> Result<u64> {
        self.change(
            &format!("UPDATE requests SET state = ?2 WHERE user_id = ?1 AND id IS NOT ?3 AND {LIVE}"),
            params![user_id, to.as_str(), except],
        )
    }

    fn expire_requests(&mut self, now: Timestamp) -> Result<u64> {
        self.change(
            &format!("UPDATE requests SET state = 'expired' WHERE {LIVE} AND expires_at <= ?1"),
            [ms(now)],
        )
    }
}
