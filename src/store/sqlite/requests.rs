//! Requests to reset a password.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Columns, Connected, ms, padding};
use crate::domain::request::{Captcha, Entered, Method, Request, State};
use crate::domain::{Channel, Ineligible};
use crate::store::{LiveRequests, Requests, Result};

pub(super) const SELECT: &str = "SELECT id, purpose, user_id, subject, source, uid, state, withheld, challenge, captcha_key, \
     captcha_tag, captcha_expires, captcha_left, method, entered_channel, entered_tag, created_at, expires_at, \
     last_sent_at, asked_tag, corrected_in, named, appeal FROM requests";

/// The states of a request that can still go on.
const LIVE: &str = "state IN ('captcha', 'method', 'code', 'second', 'password')";

pub(super) fn request(row: &mut Columns<'_>) -> Result<Request> {
    Ok(Request {
        id: row.get("id")?,
        purpose: row.word("purpose")?,
        user_id: row.get("user_id")?,
        subject: row.get("subject")?,
        source: row.get("source")?,
        uid: row.small("uid")?,
        state: row.word("state")?,
        ineligible: row.word_maybe("withheld")?,
        challenge: row.get("challenge")?,
        captcha: captcha(row)?,
        captcha_left: row.small("captcha_left")?,
        method: row.word_maybe("method")?,
        entered: entered(row)?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        last_sent_at: row.time_maybe("last_sent_at")?,
        asked: row.get("asked_tag")?,
        corrected_in: row.word_maybe("corrected_in")?,
        named: row.word("named")?,
        appeal: row.get("appeal")?,
    })
}

fn entered(row: &mut Columns<'_>) -> Result<Option<Entered>> {
    let channel: Option<Channel> = row.word_maybe("entered_channel")?;
    let tag: Option<Vec<u8>> = row.get("entered_tag")?;
    Ok(channel.zip(tag).map(|(channel, tag)| Entered { channel, tag }))
}

fn captcha(row: &mut Columns<'_>) -> Result<Option<Captcha>> {
    let (key_id, tag, expires_at) =
        (row.get("captcha_key")?, row.get("captcha_tag")?, row.time_maybe("captcha_expires")?);
    let (Some(key_id), Some(tag), Some(expires_at)) = (key_id, tag, expires_at) else { return Ok(None) };
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
        let shown = self.one(
            "SELECT captcha_key, captcha_tag, captcha_expires FROM requests WHERE id = ?1",
            [id],
            captcha,
        )?;
        self.change(
            "UPDATE requests SET captcha_key = NULL, captcha_tag = NULL, captcha_expires = NULL WHERE id = ?1",
            [id],
        )?;
        Ok(shown.flatten())
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
