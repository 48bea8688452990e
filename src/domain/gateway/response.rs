//! What a gateway's answer means.

use jiff::SignedDuration;
use serde_json::Value;

/// No gateway is obeyed that asks for a longer pause: a code would be over by then.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// Why a text is no rule for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    #[error(
        "must be a place in a JSON answer and its value, such as \"/status=ok\", or how a text answer begins"
    )]
    Condition,
    #[error(
        "must be a place in a JSON answer, such as \"/message/id\", or the words before it in a text answer"
    )]
    Locator,
}

/// Where a value stands in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Locator {
    /// A JSON pointer (RFC 6901).
    Pointer(String),
    /// The word after this text.
    After(String),
}

impl Locator {
    pub fn parse(text: &str) -> Result<Self, RuleFault> {
        match text {
            "" => Err(RuleFault::Locator),
            _ if text.starts_with('/') => Ok(Self::Pointer(text.to_owned())),
            _ => Ok(Self::After(text.to_owned())),
        }
    }

    fn find(&self, response: &Response<'_>) -> Option<String> {
        let found = match self {
            Self::Pointer(pointer) => at(response.json.as_ref()?, pointer)?,
            Self::After(words) => {
                let (_, rest) = response.body.split_once(words)?;
                rest.split_whitespace().next().unwrap_or_default().to_owned()
            }
        };
        Some(found).filter(|found| !found.is_empty())
    }
}

/// Something an answer must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    Holds { pointer: String, value: String },
    Begins(String),
}

impl Condition {
    /// `/messages/0/status=0`, or `0:`.
    pub fn parse(text: &str) -> Result<Self, RuleFault> {
        match text {
            "" => Err(RuleFault::Condition),
            _ if text.starts_with('/') => {
                let (pointer, value) = text.split_once('=').ok_or(RuleFault::Condition)?;
                Ok(Self::Holds { pointer: pointer.to_owned(), value: value.to_owned() })
            }
            _ => Ok(Self::Begins(text.to_owned())),
        }
    }

    fn met(&self, response: &Response<'_>) -> bool {
        match self {
            Self::Holds { pointer, value } => {
                response.json.as_ref().and_then(|json| at(json, pointer)).is_some_and(|found| found == *value)
            }
            Self::Begins(words) => response.body.trim_start().starts_with(words.as_str()),
        }
    }
}

fn at(json: &Value, pointer: &str) -> Option<String> {
    match json.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        plain => Some(plain.to_string()),
    }
}

/// How a gateway's answers are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseRules {
    /// Statuses that mean that it took the message…
    pub accept: Vec<u16>,
    /// …if the body meets one of these, or there are none.
    pub accept_body: Vec<Condition>,
    /// Bodies that mean "not now", whatever the status.
    pub retry_body: Vec<Condition>,
    pub message_id: Option<Locator>,
    pub refusal: Option<Locator>,
}

impl Default for ResponseRules {
    fn default() -> Self {
        Self {
            accept: vec![200, 201, 202],
            accept_body: Vec::new(),
            retry_body: Vec::new(),
            message_id: None,
            refusal: None,
        }
    }
}

/// An answer as it came.
pub struct Response<'b> {
    status: u16,
    body: &'b str,
    json: Option<Value>,
}

/// What it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// With the gateway's own name of the message, where it gave one.
    Accepted { reference: Option<String> },
    /// Not taken, in the gateway's words; a `temporary` no may be a yes later.
    Refused { words: String, temporary: bool },
}

impl<'b> Response<'b> {
    pub fn new(status: u16, body: &'b str) -> Self {
        Self { status, body, json: serde_json::from_str(body).ok() }
    }
}

impl ResponseRules {
    pub fn judge(&self, response: &Response<'_>) -> Outcome {
        let any = |conditions: &[Condition]| conditions.iter().any(|condition| condition.met(response));
        let wanted = self.accept_body.is_empty() || any(&self.accept_body);
        if self.accept.contains(&response.status) && wanted {
            return Outcome::Accepted {
                reference: self.message_id.as_ref().and_then(|locator| locator.find(response)),
            };
        }
        let words = self
            .refusal
            .as_ref()
            .and_then(|locator| locator.find(response))
            .unwrap_or_else(|| plain(response.body));
        let temporary = is_temporary(response.status) || any(&self.retry_body);
        Outcome::Refused { words, temporary }
    }
}

/// Whether the same request may be taken later: the server is at fault, or there were too many (RFC 9110, 15;
/// RFC 6585, 4; RFC 8470, 5.2). Any other refusal would be the same again.
fn is_temporary(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// An answer as a sentence: no page of HTML, on one line.
fn plain(body: &str) -> String {
    if body.trim_start().starts_with('<') {
        return String::new();
    }
    body.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How long the gateway asks to be left alone (`Retry-After`): seconds, or a date, which counts from the date of
/// the answer itself, so that no clock here matters.
pub fn pause_asked_for(retry_after: &str, date: Option<&str>) -> Option<SignedDuration> {
    let moment = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|at| at.timestamp());
    let asked = match retry_after.trim().parse::<u32>() {
        Ok(seconds) => SignedDuration::from_secs(i64::from(seconds)),
        Err(_) => moment(retry_after)?.duration_since(moment(date?)?),
    };
    Some(asked.clamp(SignedDuration::ZERO, LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> ResponseRules {
        ResponseRules {
            accept: vec![200, 202],
            accept_body: vec![
                Condition::parse("/messages/0/status=0").unwrap(),
                Condition::parse("0:").unwrap(),
            ],
            retry_body: vec![Condition::parse("/messages/0/status=1").unwrap()],
            message_id: Some(Locator::parse("/messages/0/message-id").unwrap()),
            refusal: Some(Locator::parse("/messages/0/error-text").unwrap()),
        }
    }

    fn judged(status: u16, body: &str) -> Outcome {
        rules().judge(&Response::new(status, body))
    }

    #[test]
    fn status_and_body_both_must_say_yes() {
        let accepted = |id: Option<&str>| Outcome::Accepted { reference: id.map(str::to_owned) };
        let refused = |words: &str, temporary| Outcome::Refused { words: words.to_owned(), temporary };
        assert_eq!(judged(200, r#"{"messages":[{"status":"0","message-id":"A1"}]}"#), accepted(Some("A1")));
        assert_eq!(judged(200, r#"{"messages":[{"status":0,"message-id":7}]}"#), accepted(Some("7")));
        assert_eq!(judged(202, "0: Accepted for delivery"), accepted(None));
        assert_eq!(
            judged(200, r#"{"messages":[{"status":"4","error-text":"Bad Credentials"}]}"#),
            refused("Bad Credentials", false)
        );
        assert_eq!(
            judged(200, r#"{"messages":[{"status":"1","error-text":"Throttled"}]}"#),
            refused("Throttled", true)
        );
        assert_eq!(judged(201, "0: yes"), refused("0: yes", false));
        assert_eq!(judged(503, "later,\r\n please"), refused("later, please", true));
        assert_eq!(judged(502, "<html>Bad Gateway</html>"), refused("", true));
    }

    #[test]
    fn a_text_answer_has_its_id_after_some_words() {
        let rules = ResponseRules {
            message_id: Some(Locator::parse("ID:").unwrap()),
            accept_body: vec![],
            ..rules()
        };
        let answer = rules.judge(&Response::new(200, "OK\nID: 4711 x"));
        assert_eq!(answer, Outcome::Accepted { reference: Some("4711".to_owned()) });
    }

    #[test]
    fn a_rule_that_is_none_is_told() {
        assert_eq!(Condition::parse("/status"), Err(RuleFault::Condition));
        assert_eq!(Condition::parse(""), Err(RuleFault::Condition));
        assert_eq!(Locator::parse(""), Err(RuleFault::Locator));
    }

    #[test]
    fn a_pause_is_a_number_or_a_date_and_never_long() {
        let date = Some("Wed, 21 Oct 2015 07:28:00 GMT");
        let seconds = |text, date| pause_asked_for(text, date).map(|pause| pause.as_secs());
        assert_eq!(seconds("7", None), Some(7));
        assert_eq!(seconds("86400", None), Some(600));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:28:30 GMT", date), Some(30));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:27:00 GMT", date), Some(0));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:28:30 GMT", None), None);
        assert_eq!(seconds("soon", date), None);
    }
}
