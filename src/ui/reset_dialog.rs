//! The conversation of a forgotten password, in the words of the sign-in page; and of a new identity.

use std::cell::Cell;

use super::ask_error::AskError;
use super::printer::Printer;
use super::prompt::{AUTHENTICATOR_HELP, CodePrompt, Prompts};
use crate::domain::captcha::{Bitmap, LENGTH};
use crate::domain::request::{Method, Proof, Purpose, State};
use crate::domain::{Address, Channel, Name, Reader, Secret, typed};
use crate::flow::reset::{
    CaptchaAnswer, CaptchaView, CodeAnswer, MethodAnswer, Questions, RequestView, Tale,
};
use crate::flow::{FlowError, Refusal};
use crate::guidance::{self, notes};

/// Asks at the terminal.
pub struct ResetDialog<'p> {
    pub printer: &'p Printer,
    pub prompts: Prompts<'p>,
    pub help: ContactHelp,
    pub reader: Reader,
    pub heard: Heard,
}

/// What was answered so far, as far as it decides what helps.
#[derive(Default)]
pub struct Heard {
    /// Whether the request stands on an approved appeal.
    appealed: Cell<bool>,
    /// Whether an address was typed for the last code; unknown of a request that is taken up again.
    typed: Cell<Option<bool>>,
}

/// Where else people are pointed to. It depends on what they say they are, never on who they are.
pub struct ContactHelp {
    /// After "check the name, or".
    pub create: String,
    /// Whom to ask where nothing is bound: for everyone, because nobody is told that nothing is. What an IAM user does, and
    /// what the owner of an account does.
    pub administrator: Option<String>,
    pub owner: Option<String>,
    /// What helps when no contact can be reached any more, a line each.
    pub unavailable: Vec<String>,
}

/// Why a conversation ended early.
#[derive(Debug, thiserror::Error)]
pub enum DialogError {
    #[error(transparent)]
    Flow(#[from] FlowError),
    #[error(transparent)]
    Ask(#[from] AskError),
}

/// Why a code may not come, in the order of how often it is so (domain.md, "Why am I not getting the code?").
const WRONG_ADDRESS: &str = "the address was typed wrong, or is not the one that is bound: `m` corrects it";
const WRONG_ENTERED: &str = "the address was typed wrong, or is not the one that is bound: begin again";
const NO_CONTACT: &str = "no contact is bound, or it was changed recently";

/// Of these, what becomes of a code on its way.
pub const ON_THE_WAY: [&str; 5] = [
    "it is in the junk folder, or was blocked as spam by the phone",
    "the phone has no network, or its number is suspended",
    "a newer code replaced it: only the last one counts",
    "it came too late: a code is good for a few minutes",
    "too many codes were asked for: wait an hour",
];

const UNAVAILABLE: &str = "None of these can be reached any more";
const HAVE_CODE: &str = "I have a code: enter it";

impl ResetDialog<'_> {
    fn contact_help(&self) {
        for line in self.help.administrator.iter().chain(&self.help.owner) {
            self.printer.tell(line);
        }
        self.printer.tell(notes::WHY_NO_CODE);
    }

    fn unavailable_help(&self) {
        if self.heard.appealed.get() {
            self.printer.tell(notes::APPEALED_NUMBER_GONE);
            return;
        }
        for line in &self.help.unavailable {
            self.printer.tell(line);
        }
    }

    /// Only what works here: whoever registers has no other method and no contact yet; and for one more proof the
    /// contacts are known.
    fn missing_code_help(&self, view: &RequestView, choice: bool) {
        let printer = self.printer;
        printer.tell("Why a code may not come:");
        let typed = self.heard.typed.get().unwrap_or(!view.appealed);
        let first = match (view.purpose, choice) {
            (Purpose::Register, _) => Some(notes::REGISTERED_NUMBER_WRONG),
            (Purpose::Reset, false) => Some(WRONG_ENTERED),
            (Purpose::Reset, true) => typed.then_some(WRONG_ADDRESS),
        };
        let granted = view.appealed && !typed;
        let bound = view.purpose == Purpose::Reset && view.state != State::Second && !granted;
        let last = bound.then_some(NO_CONTACT);
        let mut on_the_way = ON_THE_WAY;
        if view.purpose == Purpose::Register || granted {
            // It is by SMS alone.
            on_the_way[0] = "it was blocked as spam by the phone";
        }
        for cause in first.into_iter().chain(on_the_way).chain(last) {
            printer.tell(&format!("  - {cause}"));
        }
        if view.state == State::Second {
            printer.tell(notes::NO_OTHER_CONTACT);
            printer.tell(notes::WHY_NO_CODE);
            return;
        }
        self.unavailable_help();
        if let Some(text) = &self.help.administrator {
            printer.tell(text);
        }
        printer.tell(notes::WHY_NO_CODE);
    }

    /// One of the methods, a code that is at hand already, or help for who can use none of them.
    fn choose(&self, question: &str, methods: &[Method], waiting: bool) -> Result<MethodAnswer, DialogError> {
        let mut items: Vec<&str> = methods.iter().map(|method| described(*method)).collect();
        items.extend(waiting.then_some(HAVE_CODE));
        items.push(UNAVAILABLE);
        loop {
            let chosen = self.prompts.select(question, &items)?;
            match methods.get(chosen) {
                Some(method) => return Ok(self.by(*method)),
                None if waiting && chosen == methods.len() => return Ok(MethodAnswer::HaveCode),
                None => self.unavailable_help(),
            }
        }
    }

    fn by(&self, method: Method) -> MethodAnswer {
        if method == Method::Account {
            self.heard.typed.set(Some(false));
        }
        MethodAnswer::By(method)
    }

    fn sent(&self, method: Method, view: &RequestView) {
        let printer = self.printer;
        let (first, then) = match (view.purpose, view.state, view.address_known, method) {
            (Purpose::Register, ..) => (
                "A code is on its way, if this number can have a new ID.",
                Some(notes::NO_REGISTRATION_CODE.to_owned()),
            ),
            (_, State::Second, _, Method::Account) => ("A code is on its way to your other contact.", None),
            (_, State::Second, ..) => ("A code is on its way, if that is the contact that is bound.", None),
            _ if view.appealed && view.address_known && method == Method::Mobile => {
                ("A code is on its way to the mobile number that your appeal granted.", None)
            }
            (_, _, true, Method::Mobile) => {
                ("A code is on its way, if this number is bound.", Some(self.no_such_account()))
            }
            (_, _, true, _) => {
                ("A code is on its way, if this address is bound.", Some(self.no_such_account()))
            }
            (_, _, _, Method::Account) => {
                ("A code is on its way to the contact that is bound.", Some(self.no_such_account()))
            }
            _ => {
                ("A code is on its way, if that is the contact that is bound.", Some(self.no_such_account()))
            }
        };
        printer.tell(first);
        let Some(then) = then else { return };
        printer.tell(&then);
        if view.purpose == Purpose::Reset && !view.appealed {
            self.contact_help();
        }
    }

    /// The answer to a name that is none, for everyone alike (domain.md, "Who there is").
    fn no_such_account(&self) -> String {
        format!(
            "If no code comes, the account may be invalid or not supported: check the name, or {}. `?` shows more.",
            self.help.create
        )
    }

    fn one_more_proof(&self, proofs: &[Proof]) {
        let printer = self.printer;
        if proofs.contains(&Proof::Totp) {
            printer.tell("The code is right. An authenticator is bound, so its code is needed, too.");
            return;
        }
        printer.tell(
            "The code is right. This is not a device you often sign in from, so one more proof is needed.",
        );
        if !proofs.is_empty() {
            printer.tell("A code that is sent to another contact of yours is enough.");
        }
    }
}

impl Questions for ResetDialog<'_> {
    type Error = DialogError;

    fn or_back<T>(&self, ask: impl FnOnce() -> Result<T, DialogError>) -> Result<Option<T>, DialogError> {
        match self.printer.with_step_back(ask) {
            Err(DialogError::Ask(AskError::Back)) => Ok(None),
            answer => answer.map(Some),
        }
    }

    fn shows_pictures(&self) -> bool {
        self.printer.shows_pictures()
    }

    fn captcha(&self, view: &CaptchaView, picture: Option<&Bitmap>) -> Result<CaptchaAnswer, DialogError> {
        let Some(picture) = picture else {
            self.printer.tell(&format!(
                "This machine does a proof of work ({} bits) instead of a CAPTCHA.",
                view.bits
            ));
            return Ok(CaptchaAnswer::Work);
        };
        self.printer.picture(picture);
        self.printer.tell("Press Enter for another picture, or type `work` for a proof of work.");
        self.printer.tell(&format!("There are {LENGTH} characters; upper or lower case does not matter."));
        let answer = self.prompts.ask_line("Characters in the picture", None)?;
        Ok(match typed::tidied(&answer).as_str() {
            "" => CaptchaAnswer::Another,
            word if word.eq_ignore_ascii_case("work") => CaptchaAnswer::Work,
            text => CaptchaAnswer::Typed(text.to_owned()),
        })
    }

    fn method(&self, view: &RequestView) -> Result<MethodAnswer, DialogError> {
        let waiting = view.state == State::Code;
        if !waiting {
            self.contact_help();
        }
        match view.methods.as_slice() {
            [only] if !waiting => Ok(self.by(*only)),
            several => self.choose("How do you want to prove who you are?", several, waiting),
        }
    }

    fn other_method(&self, methods: &[Method], waiting: bool) -> Result<MethodAnswer, DialogError> {
        self.choose("Where should the other code go?", methods, waiting)
    }

    fn address(&self, channel: Channel) -> Result<Address, DialogError> {
        let noun = channel.noun();
        self.printer.tell(&format!(
            "Ensure that the {noun} you enter is correct and complete, or the password cannot be reset."
        ));
        let label = match channel {
            Channel::Email => "Email address",
            Channel::Mobile => "Mobile number",
        };
        let help = || {
            self.printer.tell(match channel {
                Channel::Email => "Type the whole email address that is bound, such as name@example.com.",
                Channel::Mobile => "Type the whole mobile number that is bound, such as +4915112345678.",
            });
            self.unavailable_help();
            self.printer.tell(notes::WHY_NO_CODE);
        };
        let address = self.prompts.ask_address(label, self.reader, channel, Some(&help))?;
        self.heard.typed.set(Some(true));
        Ok(address)
    }

    fn code(&self, view: &RequestView, length: usize, choice: bool) -> Result<CodeAnswer, DialogError> {
        let others = view.proofs.iter().flatten().filter(|proof| proof.method().is_some()).count();
        let text = match (choice, view.state) {
            (false, _) => "Code (Enter: send again, ?: no code came)",
            (true, State::Second) if others < 2 => {
                "Code (Enter: send again, m: correct the address, ?: no code came)"
            }
            (true, _) => "Code (Enter: send again, m: other method, ?: no code came)",
        };
        let help = || self.missing_code_help(view, choice);
        let prompt = CodePrompt { text, again: true, other: choice, help: Some(&help) };
        Ok(self.prompts.ask_code(&prompt, length)?)
    }

    fn totp(&self) -> Result<Secret, DialogError> {
        Ok(self.prompts.ask_totp("Code of your authenticator", &AUTHENTICATOR_HELP)?)
    }

    fn name(&self) -> Result<Name, DialogError> {
        Ok(self.prompts.ask_until("Login ID", Name::parse)?)
    }

    fn new_password(
        &self,
        rule: &str,
        look_at: &dyn Fn(&Secret) -> Result<(), FlowError>,
    ) -> Result<Secret, DialogError> {
        self.printer.tell(rule);
        loop {
            match self.prompts.ask_new_password(look_at)? {
                Ok((password, ())) => return Ok(password),
                Err(FlowError::Refused(refusal)) if is_of_password(&refusal) => {
                    not_accepted(self.printer, &refusal);
                }
                Err(other) => return Err(other.into()),
            }
        }
    }

    fn tell(&self, tale: &Tale<'_>) {
        let printer = self.printer;
        match tale {
            Tale::Open(RequestView { id, appealed, .. }) => {
                self.heard.appealed.set(*appealed);
                let resume = notes::resume_reset(id);
                printer.note("Press Esc to go back one step, twice to leave. To continue later, run:");
                printer.command(&resume);
                printer.begin_conversation(Some(resume));
            }
            Tale::Denied(denial) => {
                printer.tell(&format!("Not accepted: {denial}."));
                if let Some(page) = guidance::page(denial) {
                    printer.tell(&format!("  {page}"));
                }
            }
            Tale::Refused(refusal) => not_accepted(printer, refusal),
            Tale::NameTaken => {
                printer.tell(&format!("Not accepted: {}. Choose another.", Refusal::NameTaken));
            }
            Tale::Sent { method, view } => self.sent(*method, view),
            Tale::Second(proofs) => self.one_more_proof(proofs),
            Tale::Done(purpose) => {
                printer.begin_conversation(None);
                printer.done(match purpose {
                    Purpose::Reset => {
                        "The password was reset. Every other code, setup token and request for this password has ended."
                    }
                    Purpose::Register => "The ID is registered, and your number is its security phone number.",
                });
            }
        }
    }
}

/// Whether another password can be the way out.
pub fn is_of_password(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::WeakPassword(_) | Refusal::ReusedPassword | Refusal::Unusable(_))
}

/// Tells why something that was typed is asked for again, and the way out. Several weaknesses of a password are a
/// list, not a sentence.
pub fn not_accepted(printer: &Printer, refusal: &Refusal) {
    match refusal {
        Refusal::WeakPassword(all) => {
            printer.tell("Not accepted:");
            for weakness in all {
                printer.tell(&format!("  - {weakness}"));
            }
        }
        other => printer.tell(&format!("Not accepted: {other}.")),
    }
    if matches!(refusal, Refusal::TooSoon { .. }) {
        printer.tell("  Your choice is kept: press Enter when the time is over.");
    }
    for hint in guidance::refusal(refusal) {
        printer.tell(&format!("  {hint}"));
    }
}

fn described(method: Method) -> &'static str {
    match method {
        Method::Email => "Email address",
        Method::Mobile => "Mobile number (an SMS can be intercepted; prefer email where you can)",
        Method::Account => "Account name (the code goes to the contact that is bound)",
    }
}
