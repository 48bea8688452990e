//! What to do about a message that was not handed over.

use super::error::DeliveryError;
use super::fault::{CertificateFault, Fault, GatewayFault};
use super::stage::Stage;
use crate::domain::mail_answer::Matter;
use crate::guidance::mail_answer;
use crate::guidance::store::TRANSPORT_SETTINGS;

impl DeliveryError {
    /// A sentence without its full stop. It names keys of the channel's table in the config.
    pub fn remedy(&self) -> String {
        if let Some(text) = self.of_fault() {
            return text;
        }
        if let Some(text) = self.of_answer().or_else(|| self.of_connection()) {
            return text.to_owned();
        }
        let text = match self.stage {
            Stage::Prepare => TRANSPORT_SETTINGS,
            Stage::Start => "name a program in argv that the user regain runs as may run",
            Stage::Resolve => "correct host or url, or this machine's name servers (/etc/resolv.conf)",
            Stage::Connect => {
                "check that the server runs, that host, port or url is right, and that firewalls let the connection \
                through"
            }
            Stage::Tls => "compare port and tls with what the server's provider says",
            Stage::Greet => {
                "ask the server's administrator why it rejects this machine; hello is the name it is given"
            }
            Stage::Authenticate => {
                "correct username and password_file; some providers require an app password"
            }
            Stage::Sender => {
                "set from, and bounces, to addresses that this server lets the user name send from"
            }
            Stage::Recipient => {
                "check the address; if it is right, the server must be told to relay for this machine or user name"
            }
            Stage::Accept => "read the answer: the other side received the whole message and refused it",
        };
        text.to_owned()
    }

    /// What a mail server's answer is about, whatever it was asked.
    fn of_answer(&self) -> Option<&'static str> {
        let matter = self.matter?;
        let of_stage = match self.stage {
            Stage::Authenticate => matches!(matter, Matter::Login | Matter::Policy),
            Stage::Greet | Stage::Tls => matter == Matter::Policy,
            _ => false,
        };
        (!of_stage).then(|| mail_answer::remedy(matter))
    }

    /// Where the conversation broke off, the connection is to blame, and not what was said last.
    fn of_connection(&self) -> Option<&'static str> {
        let broken = matches!(self.fault, Fault::Timeout { .. } | Fault::Broken(_) | Fault::Closed);
        Some(match self.stage {
            _ if !broken => return None,
            Stage::Greet => {
                "check host, port and tls; if they are right, the server's log shows why it rejects this machine"
            }
            Stage::Authenticate | Stage::Sender | Stage::Recipient => {
                "check the server's log for why it stopped answering, and the network between; a slow server needs a \
                 longer timeout"
            }
            Stage::Accept => {
                "check the other side's log for why it stopped answering; a message without an answer may still have \
                been accepted"
            }
            // No conversation had begun.
            Stage::Prepare | Stage::Start | Stage::Resolve | Stage::Connect | Stage::Tls => return None,
        })
    }

    fn of_fault(&self) -> Option<String> {
        let text = match &self.fault {
            Fault::File(error) if self.stage == Stage::Accept => {
                return error.hint().or_else(|| {
                    Some(
                        "check that the folder exists, that regain may write into it, and that its disk has \
                        space"
                            .to_owned(),
                    )
                });
            }
            Fault::File(error) => return error.hint(),
            Fault::Secret(error) => return error.hint(),
            Fault::Control { .. } | Fault::Address { .. } => "correct the address",
            Fault::Certificate(CertificateFault::UnknownIssuer) => {
                "if the server is yours, name its authority's certificate in ca_file; otherwise somebody may be \
                intercepting the connection"
            }
            Fault::Certificate(CertificateFault::Expired) => {
                "the server's administrator must renew it; check that this machine's clock is right"
            }
            Fault::Certificate(CertificateFault::NotYetValid) => "check that this machine's clock is right",
            Fault::Certificate(CertificateFault::WrongName) => "set host to the name in the certificate",
            Fault::Certificate(CertificateFault::OfAuthority) => {
                "make one for the server: `openssl req -x509` takes -addext basicConstraints=critical,CA:FALSE and -addext \
                 subjectAltName=DNS:HOST; then name it in ca_file"
            }
            Fault::Certificate(CertificateFault::OldVersion) => {
                "the server's administrator must make a new one of version 3, with subjectAltName=DNS:HOST"
            }
            Fault::NoTlsAfterAll => {
                "ask the server's administrator, or check what is in between; tls = \"implicit\" and its port may \
                work meanwhile"
            }
            Fault::NoStartTls => {
                "set tls = \"implicit\" and its port if the server has one; a server without TLS cannot be used"
            }
            Fault::Injected => {
                "do not continue: somebody may be intercepting the connection; ask the server's administrator"
            }
            Fault::NotTls => {
                "set tls = \"starttls\", or the port on which the server speaks TLS from the first byte"
            }
            Fault::NotSmtp => {
                "check that host and port are those of a mail server; on port 465 it is tls = \"implicit\""
            }
            Fault::NoAuthorities => "install the package ca-certificates, or name a ca_file",
            Fault::NotPem { .. } => "write the authority's certificate in PEM into ca_file",
            Fault::NoMechanism => {
                "remove username and password_file if the server needs no login, or use a port for submission"
            }
            Fault::NoSmtpUtf8 => "use an address in Latin letters, or a server that offers SMTPUTF8",
            Fault::InTheClear => "set tls to \"starttls\" or \"implicit\"",
            // RFC 8314: a server that waits for TLS says nothing until it comes.
            Fault::Timeout { .. } if self.stage == Stage::Greet => {
                "check port: on port 465 it is tls = \"implicit\"; otherwise the server is slow, and timeout too short"
            }
            Fault::Timeout { .. } if self.stage == Stage::Accept => {
                "raise timeout; a message without an answer may still have been accepted"
            }
            Fault::NotANumber => "name a mobile number",
            Fault::Gateway(fault) => return of_gateway(fault, self.stage).map(str::to_owned),
            Fault::Unread => "name a program in argv that reads the message from its standard input",
            Fault::Exit { .. } | Fault::Signal { .. } => "read the program's output and its log",
            _ => return None,
        };
        Some(text.to_owned())
    }
}

fn of_gateway(fault: &GatewayFault, stage: Stage) -> Option<&'static str> {
    Some(match fault {
        GatewayFault::Template(_) | GatewayFault::Request => "correct url, headers and body",
        GatewayFault::Proxy => "correct proxy, or ask its administrator whether it may connect there",
        GatewayFault::Unreachable(_) => return None,
        GatewayFault::Status { .. } if stage == Stage::Authenticate => {
            "correct username and token_file, and the header or field that has {{token}}"
        }
        GatewayFault::Status { status: 408 | 425 | 429 | 500..=599 } => {
            "the gateway failed, or gets too many requests: test again later; waiting messages are retried \
             automatically"
        }
        GatewayFault::Status { .. } | GatewayFault::Answer { .. } => {
            "read the gateway's answer, and compare url, headers, body and accept with its documentation"
        }
        GatewayFault::Redirect { .. } => "set url to where the gateway really is",
        GatewayFault::Protocol => "check that url is a gateway's; with TLS it begins with https://",
    })
}
