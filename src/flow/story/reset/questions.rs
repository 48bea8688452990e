//! What the conversation of a reset asks and tells. Whoever talks to the person implements it: the terminal, or
//! the demonstration that answers itself.

use crate::domain::captcha::Bitmap;
use crate::domain::request::{Method, Proof, Purpose};
use crate::domain::{Address, Channel, Name, Secret};
use crate::flow::foundation::{Denial, FlowError, Refusal};
use crate::flow::story::request::{CaptchaView, RequestView};

/// An answer to a CAPTCHA.
pub enum CaptchaAnswer {
    Typed(String),
    /// Show another picture.
    Another,
    /// Let the machine work instead.
    Work,
}

/// An answer to the question how somebody proves who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MethodAnswer {
    By(Method),
    /// A code that was asked for before is at hand.
    HaveCode,
}

/// An answer to the question for the code.
pub enum CodeAnswer {
    Digits(Secret),
    /// Send a new one the same way.
    Again,
    /// Choose another method, or type another address.
    OtherMethod,
}

/// What is told between questions.
pub enum Tale<'a> {
    /// A request was opened or taken up again.
    Open(&'a RequestView),
    /// Something that was typed was not accepted, and is asked again.
    Denied(&'a Denial),
    Refused(&'a Refusal),
    /// The name of a new identity is taken; another one is asked for.
    NameTaken,
    /// A code is on its way, if there is anybody for it to go to.
    Sent {
        method: Method,
        view: &'a RequestView,
    },
    /// The code was right, and one more proof is needed: one of these.
    Second(&'a [Proof]),
    /// The new password counts.
    Done(Purpose),
}

/// Judges a new password before it is typed again.
pub type LookAt<'a> = dyn Fn(&Secret) -> Result<(), FlowError> + 'a;

/// The person's side of the conversation.
pub trait Questions {
    /// Why there may be no answer; a flow's own failure can be one of them.
    type Error: From<FlowError>;

    /// Asks within this what can be gone back from to a question before it; `None` where somebody does.
    fn or_back<T>(&self, ask: impl FnOnce() -> Result<T, Self::Error>) -> Result<Option<T>, Self::Error>;
    /// Whether a picture could be read here; else the machine works instead.
    fn shows_pictures(&self) -> bool;
    fn captcha(&self, view: &CaptchaView, picture: Option<&Bitmap>) -> Result<CaptchaAnswer, Self::Error>;
    /// In the state `code`, a code that was asked for before can be entered instead.
    fn method(&self, view: &RequestView) -> Result<MethodAnswer, Self::Error>;
    fn address(&self, channel: Channel) -> Result<Address, Self::Error>;
    /// Where another code should go, that proves once more who it is. `waiting` tells whether one was sent already.
    fn other_method(&self, methods: &[Method], waiting: bool) -> Result<MethodAnswer, Self::Error>;
    /// `choice` tells whether there is another method or address to choose.
    fn code(&self, view: &RequestView, length: usize, choice: bool) -> Result<CodeAnswer, Self::Error>;
    /// Another name for a new identity, in place of one that is taken.
    fn name(&self) -> Result<Name, Self::Error>;
    /// The code that the person's authenticator shows.
    fn totp(&self) -> Result<Secret, Self::Error>;
    /// `rule` tells in a line what it must be; what `look_at` refuses after the first typing is asked for again.
    fn new_password(&self, rule: &str, look_at: &LookAt<'_>) -> Result<Secret, Self::Error>;
    fn tell(&self, tale: &Tale<'_>);
}
