//! One message, one request, one answer.

use std::io::Read;

use data_encoding::BASE64;
use ureq::Body;
use ureq::http::{self, HeaderValue, header};
use zeroize::Zeroizing;

use super::connection::{Connection, GatewayOptions};
use super::failed::failed;
use crate::delivery::encoded::Needles;
use crate::delivery::error::DeliveryError;
use crate::delivery::fault::{Fault, GatewayFault};
use crate::delivery::smtp::reach;
use crate::delivery::stage::{Stage, Step};
use crate::delivery::transport::{Accepted, OutboundMessage, Transport};
use crate::domain::Secret;
use crate::domain::gateway::{Fields, Method, Outcome, Request, Response, ResponseRules, pause_asked_for};
use crate::domain::mail::{MailServer, Tls};

/// As much of an answer as is read.
const LONGEST_ANSWER: u64 = 64 * 1024;
/// No gateway's name of a message is longer.
const LONGEST_NAME: usize = 200;

const IN_THE_CLEAR: &[Stage] =
    &[Stage::Prepare, Stage::Resolve, Stage::Connect, Stage::Authenticate, Stage::Accept];
const OVER_TLS: &[Stage] =
    &[Stage::Prepare, Stage::Resolve, Stage::Connect, Stage::Tls, Stage::Authenticate, Stage::Accept];

/// Sends each message as a request of its own, over a connection that is kept.
pub struct Gateway {
    request: Request,
    rules: ResponseRules,
    from: String,
    options: GatewayOptions,
    connection: Option<Connection>,
    trail: Vec<Step>,
}

impl Gateway {
    /// `from` is the sender, for templates that name it.
    pub fn new(request: Request, rules: ResponseRules, from: String, options: GatewayOptions) -> Self {
        Self { request, rules, from, options, connection: None, trail: Vec::new() }
    }

    /// What the gateway calls it, and what it said.
    fn send(&mut self, outbound: &OutboundMessage<'_>) -> Result<(Accepted, String), DeliveryError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.open()?,
        };
        let sent = self.exchange(&connection, outbound);
        // A secret that was refused is read again for the next message.
        if !matches!(&sent, Err(error) if error.stage == Stage::Authenticate) {
            self.connection = Some(connection);
        }
        sent
    }

    /// What cannot be read here is put right by somebody.
    fn open(&self) -> Result<Connection, DeliveryError> {
        let secure = self.request.endpoint.secure;
        self.options.open(secure).map_err(|fault| DeliveryError::temporary(Stage::Prepare, fault))
    }

    fn exchange(
        &self,
        connection: &Connection,
        outbound: &OutboundMessage<'_>,
    ) -> Result<(Accepted, String), DeliveryError> {
        let (head, body) = self
            .written(outbound, connection)
            .map_err(|fault| DeliveryError::permanent(Stage::Prepare, fault))?;
        let answer = self.run(connection, head, body.as_deref().map(String::as_str))?;
        let status = answer.status().as_u16();
        let pause = pause(&answer);
        let body = match read(answer.into_body()) {
            Ok(body) => body,
            // Whatever else it was about to say, it has taken the message: another try would send a second one.
            Err(_) if self.rules.accept.contains(&status) && self.rules.accept_body.is_empty() => {
                Zeroizing::default()
            }
            Err(error) => return Err(failed(error, self.options.timeout)),
        };
        let text = Zeroizing::new(String::from_utf8_lossy(&body).into_owned());
        // What it repeats of the request must not come back. What belongs to the message itself is hidden where the words
        // are told.
        let unsaid = connection.secret.iter().map(Secret::expose).chain([outbound.message.to.as_str()]);
        let unsaid = Needles { texts: unsaid.collect(), numbers: Vec::new() };
        let clean = |words: &str| unsaid.hidden_in(words);
        match self.rules.judge(&Response::new(status, &text)) {
            Outcome::Accepted { reference } => {
                let reference = reference.filter(|name| is_a_name(name)).unwrap_or_default();
                Ok((Accepted { reference }, format!("{status} {}", clean(&text))))
            }
            Outcome::Refused { words, temporary } => {
                let (stage, fault) = refused(status, &self.rules);
                // A wrong login is no message's fault, and may be mended while they live.
                let temporary = temporary || stage == Stage::Authenticate;
                let error = if temporary {
                    DeliveryError::temporary(stage, fault)
                } else {
                    DeliveryError::permanent(stage, fault)
                };
                let error = error.said(clean(&words));
                Err(match pause.filter(|_| temporary) {
                    Some(pause) => error.not_before(pause),
                    None => error,
                })
            }
        }
    }

    fn run(
        &self,
        connection: &Connection,
        head: http::request::Builder,
        body: Option<&str>,
    ) -> Result<http::Response<Body>, DeliveryError> {
        let none = |_| DeliveryError::permanent(Stage::Prepare, GatewayFault::Request);
        let answer = match body {
            Some(body) => connection.agent.run(head.body(body).map_err(none)?),
            None if self.request.method == Method::Get => connection.agent.run(head.body(()).map_err(none)?),
            // One that says how long it is, as some servers ask for.
            None => connection.agent.run(head.body("").map_err(none)?),
        };
        answer.map_err(|error| failed(error, self.options.timeout))
    }

    fn written(
        &self,
        outbound: &OutboundMessage<'_>,
        connection: &Connection,
    ) -> Result<(http::request::Builder, Option<Zeroizing<String>>), GatewayFault> {
        let message = outbound.message;
        let fields = Fields {
            to: &message.to,
            // The end of a letter's last line is none of a short message's.
            text: message.body.trim_end(),
            subject: &message.subject,
            id: outbound.id,
            from: &self.from,
            token: connection.secret.as_ref(),
        };
        let url = self.request.endpoint.template.fill(&fields)?;
        let mut head = http::Request::builder().method(self.request.method.as_str()).uri(url.as_str());
        if let (Some(username), Some(secret)) = (&self.options.username, &connection.secret) {
            // RFC 7617.
            let pair = Zeroizing::new(format!("{username}:{}", secret.expose()));
            let value = Zeroizing::new(format!("Basic {}", *Zeroizing::new(BASE64.encode(pair.as_bytes()))));
            head = head.header(header::AUTHORIZATION, hidden(&value)?);
        }
        for (name, template) in &self.request.headers {
            head = head.header(name.as_str(), hidden(&template.fill(&fields)?)?);
        }
        let Some((template, content_type)) = &self.request.body else { return Ok((head, None)) };
        if let Some(content_type) = content_type {
            head = head.header(header::CONTENT_TYPE, *content_type);
        }
        Ok((head, Some(template.fill(&fields)?)))
    }
}

/// A header that no log of a library shows.
fn hidden(value: &str) -> Result<HeaderValue, GatewayFault> {
    let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| GatewayFault::Request)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Which stage a status speaks of, and how that is told.
fn refused(status: u16, rules: &ResponseRules) -> (Stage, Fault) {
    match status {
        401 | 403 | 407 => (Stage::Authenticate, GatewayFault::Status { status }.into()),
        300..=399 => (Stage::Accept, GatewayFault::Redirect { status }.into()),
        _ if rules.accept.contains(&status) => (Stage::Accept, GatewayFault::Answer { status }.into()),
        _ => (Stage::Accept, GatewayFault::Status { status }.into()),
    }
}

fn pause(answer: &http::Response<Body>) -> Option<jiff::SignedDuration> {
    let text = |name| answer.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    pause_asked_for(text(header::RETRY_AFTER)?, text(header::DATE))
}

fn read(body: Body) -> Result<Zeroizing<Vec<u8>>, ureq::Error> {
    let mut bytes = Zeroizing::new(Vec::new());
    body.into_reader().take(LONGEST_ANSWER).read_to_end(&mut bytes).map_err(ureq::Error::from)?;
    Ok(bytes)
}

fn is_a_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_NAME && !text.chars().any(char::is_control)
}

impl Transport for Gateway {
    fn stages(&self) -> &'static [Stage] {
        if self.request.endpoint.secure { OVER_TLS } else { IN_THE_CLEAR }
    }

    fn hand_over(&mut self, outbound: &OutboundMessage<'_>) -> Result<Accepted, DeliveryError> {
        self.trail.clear();
        let sent = self.send(outbound);
        let (reached, words) = match &sent {
            Ok((_, said)) => (None, said.clone()),
            Err(error) => (Some(error.stage), String::new()),
        };
        let passed = self.stages().iter().take_while(|stage| Some(**stage) != reached);
        let last = *self.stages().last().unwrap_or(&Stage::Accept);
        let step = |stage: &Stage| Step {
            stage: *stage,
            words: if *stage == last { words.clone() } else { String::new() },
        };
        self.trail = passed.map(step).collect();
        sent.map(|(receipt, _)| receipt)
    }

    fn trail(&self) -> &[Step] {
        &self.trail
    }

    fn probe(&mut self) -> Result<(), DeliveryError> {
        self.connection = Some(self.open()?);
        // Through a proxy, nothing short of a request tells more.
        if self.options.proxy.is_some() {
            return Ok(());
        }
        let endpoint = &self.request.endpoint;
        let server = MailServer {
            port: Some(endpoint.port),
            tls: if endpoint.secure { Tls::Implicit } else { Tls::None },
            ca_file: self.options.ca_file.clone(),
            ..MailServer::at(&endpoint.host)
        };
        reach(&server, self.options.process_uid, self.options.timeout)
    }
}
