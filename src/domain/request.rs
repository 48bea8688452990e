//! A person's request to reset a password: its states and their order (security S1).

use std::net::IpAddr;

use jiff::Timestamp;

use super::address::Channel;
use super::code;
use super::contact::Contact;
use super::eligibility::Ineligible;
use super::principal::NamedAs;
use super::text::text_enum;
use super::user::User;

/// How long a request lives (domain.md, "Codes").
pub const LIFETIME_MINUTES: i64 = 15;
/// Live requests a person may have (cli.md, "Small decisions").
pub const LIVE_PER_PERSON: u64 = 5;
/// Live requests a source may have.
pub const LIVE_PER_SOURCE: u64 = 10;
/// How often a CAPTCHA may be shown, and answered, within one request.
pub const CAPTCHA_SHOWINGS: u32 = 10;
/// How long one shown CAPTCHA can be answered.
pub const CAPTCHA_MINUTES: i64 = 5;

text_enum! {
    /// What a request leads to.
    Purpose {
        /// A new password for somebody.
        Reset => "reset",
        /// A new unified ID.
        Register => "register",
    }
}

impl Purpose {
    /// What its codes prove.
    pub fn of_codes(self) -> code::Purpose {
        match self {
            Self::Reset => code::Purpose::Reset,
            Self::Register => code::Purpose::Register,
        }
    }
}

text_enum! {
    /// Where a request stands.
    State {
        Captcha => "captcha": "answer the CAPTCHA",
        Method => "method": "choose a method",
        Code => "code": "enter the code",
        Second => "second": "give one more proof",
        Password => "password": "set the new password",
        Done => "done": "sign in with the new password",
        Expired => "expired": "start again",
        Cancelled => "cancelled": "start again",
    }
    /// The step that comes next, for messages.
    fn next_step;
}

impl State {
    /// The states in which a request can go on.
    pub const LIVE: [Self; 5] = [Self::Captcha, Self::Method, Self::Code, Self::Second, Self::Password];

    pub fn live(self) -> bool {
        Self::LIVE.contains(&self)
    }
}

text_enum! {
    /// How a person proves who they are (cli.md, `[reset] methods`).
    Method {
        Email => "email",
        Mobile => "mobile",
        /// Nothing more is typed: the code goes to the bound email, else to the mobile.
        Account => "account",
    }
}

impl Method {
    /// The way of an address of this channel.
    pub fn by(channel: Channel) -> Self {
        match channel {
            Channel::Email => Self::Email,
            Channel::Mobile => Self::Mobile,
        }
    }
}

text_enum! {
    /// One more proof, besides the code that was entered.
    Proof {
        /// The code of a bound authenticator.
        Totp => "totp",
        /// A code to another bound contact.
        Email => "email",
        Mobile => "mobile",
    }
}

impl Proof {
    /// A code to a contact of this channel.
    pub fn by(channel: Channel) -> Self {
        match channel {
            Channel::Email => Self::Email,
            Channel::Mobile => Self::Mobile,
        }
    }

    /// How that code is asked for; an authenticator needs none.
    pub fn method(self) -> Option<Method> {
        match self {
            Self::Totp => None,
            Self::Email => Some(Method::Email),
            Self::Mobile => Some(Method::Mobile),
        }
    }
}

/// An address that was entered in place of a login ID: the code goes there, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    pub channel: Channel,
    /// Keyed hash of the address: what it is counted and compared by.
    pub tag: Vec<u8>,
}

/// A CAPTCHA as stored: the keyed hash of its answer.
#[derive(Clone)]
pub struct Captcha {
    pub key_id: String,
    pub tag: Vec<u8>,
    pub expires_at: Timestamp,
}

/// A request as stored. A decoy is one without a user, or one whose every code goes to nobody; nobody outside
/// can tell it from a real one (security E1).
#[derive(Clone)]
pub struct Request {
    pub id: String,
    pub purpose: Purpose,
    pub user_id: Option<String>,
    /// Keyed hash of the name as typed: what budgets of unknown people are counted by.
    pub subject: Vec<u8>,
    /// Where it came from: the kernel's uid, and an address where the config trusts it (security K6).
    pub source: String,
    /// The uid that may go on with it.
    pub uid: u32,
    pub state: State,
    /// Set at the start when nothing will be sent whatever is typed later.
    pub ineligible: Option<Ineligible>,
    /// The proof-of-work challenge; no secret.
    pub challenge: Option<String>,
    pub captcha: Option<Captcha>,
    pub captcha_left: u32,
    pub method: Option<Method>,
    /// Where somebody named themself by an address.
    pub entered: Option<Entered>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub last_sent_at: Option<Timestamp>,
    /// Keyed hash of how the last code was asked for.
    pub asked: Option<Vec<u8>>,
    /// The step in which a code was asked for in another way at once: once in each.
    pub corrected_in: Option<State>,
    pub named: NamedAs,
    /// The serial of the approved appeal it stands on: its person has proved who they are to an operator.
    pub appeal: Option<String>,
}

impl Request {
    /// The contact that a method means, whether or not a code may go there now; `except` has proved something already.
    /// By account name it is the email address, else the mobile number: the first that can receive. On the strength of
    /// an appeal the new mobile number comes first: it is what was decided on.
    pub fn receiver<'u>(
        &self,
        method: Method,
        user: &'u User,
        except: Option<&str>,
        now: Timestamp,
    ) -> Option<&'u Contact> {
        let other = |contact: &&Contact| except != Some(contact.id.as_str());
        let order = match (method, &self.appeal) {
            (Method::Email, _) => &[Channel::Email][..],
            (Method::Mobile, _) => &[Channel::Mobile],
            (Method::Account, Some(_)) => &[Channel::Mobile, Channel::Email],
            (Method::Account, None) => &[Channel::Email, Channel::Mobile],
        };
        let bound = || order.iter().filter_map(|channel| user.contact(*channel)).filter(other);
        bound().find(|contact| contact.receives(now)).or_else(|| bound().next())
    }

    /// The address that a portal or kiosk told at its start.
    pub fn address(&self) -> Option<IpAddr> {
        self.source.split_once('/')?.1.parse().ok()
    }
}

/// Why no code of one more request goes to anybody, where so many are live. Told to nobody: a stranger must not learn that
/// somebody is busy resetting. However many others opened in a person's name, one from another source is as good as
/// any (security K12).
pub fn crowded(live_of_person: u64, from_the_same_source: u64) -> Option<Ineligible> {
    let crowded = live_of_person >= LIVE_PER_PERSON && from_the_same_source > 0;
    crowded.then_some(Ineligible::TooManyRequests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_has_its_method_and_its_proof() {
        for channel in Channel::ALL {
            assert_eq!(Method::by(*channel).as_str(), channel.as_str());
            assert_eq!(Proof::by(*channel).as_str(), channel.as_str());
            assert_eq!(Proof::by(*channel).method(), Some(Method::by(*channel)));
        }
        assert_eq!(Proof::Totp.method(), None);
        for purpose in Purpose::ALL {
            assert_eq!(
                purpose.of_codes().as_str(),
                purpose.as_str(),
                "K3: its codes prove that and no other"
            );
        }
        let over: Vec<&State> = State::ALL.iter().filter(|state| !state.live()).collect();
        assert_eq!(over, [&State::Done, &State::Expired, &State::Cancelled]);
    }
}
