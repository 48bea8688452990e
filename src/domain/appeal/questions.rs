//! What an appeal asks for: the five groups of information of the sign-in pages, and the materials of a ticket.

use super::stored::Kind;
use crate::domain::text::text_enum;

text_enum! {
    /// A group of the form, and a table of its file.
    Group {
        Phone => "phone": "Phone number real-name information",
        Security => "security": "Security information",
        Basic => "basic": "Basic information",
        History => "history": "Historical information",
        Device => "device": "Device information",
        Materials => "materials": "Materials of the ticket",
    }
    /// As the sign-in pages call it.
    fn title;
}

/// A question of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    pub group: Group,
    /// The field of its table in a file. Others may stand there, too.
    pub field: &'static str,
    pub text: &'static str,
    /// What stands before the answer where it is shown.
    pub label: &'static str,
}

impl Question {
    /// The name of its answer.
    pub fn key(&self) -> String {
        format!("{}.{}", self.group, self.field)
    }
}

const fn ask(group: Group, field: &'static str, label: &'static str, text: &'static str) -> Question {
    Question { group, field, text, label }
}

/// All questions, in the order they are asked.
pub const QUESTIONS: [Question; 17] = [
    ask(Group::Phone, "real_name", "Registered to", "In whose name the lost number is registered"),
    ask(Group::Phone, "number", "Lost number", "The lost mobile number"),
    ask(Group::Phone, "carrier", "Carrier, since", "Its carrier, and since when you have had it"),
    ask(Group::Security, "email", "Bound email", "The email address that was bound"),
    ask(
        Group::Security,
        "authenticator",
        "Authenticator",
        "Whether an authenticator (virtual MFA) was bound, and on what",
    ),
    ask(
        Group::Security,
        "password_changed",
        "Password changed",
        "When you last changed the password (never type a password here)",
    ),
    ask(Group::Basic, "name", "Name", "Your name, or the company's"),
    ask(Group::Basic, "users", "IAM users", "Names of some IAM users in the account"),
    ask(Group::History, "created", "Created", "When the account was created"),
    ask(Group::History, "last_login", "Last sign-in", "When and where you last signed in"),
    ask(Group::History, "changes", "Recent changes", "What was changed lately"),
    ask(Group::Device, "usual", "Devices", "The devices you usually sign in from"),
    ask(Group::Device, "place", "Places", "The places or networks you usually sign in from"),
    ask(Group::Materials, "certificate", "Certificate", "Real-name certificate: its kind, number and issuer"),
    ask(
        Group::Materials,
        "transactions",
        "Transactions",
        "The last three transactions: date, amount, what for",
    ),
    ask(
        Group::Materials,
        "card",
        "Card on file",
        "Card on file, if there is one: bank, last four digits, expiry (never the whole number)",
    ),
    ask(
        Group::Materials,
        "authorisation",
        "Letter of authorisation",
        "For an enterprise, the letter of authorisation: who signed it, for whom, when",
    ),
];

/// Those of a kind.
pub fn questions(kind: Kind) -> impl Iterator<Item = &'static Question> {
    QUESTIONS.iter().filter(move |question| (question.group == Group::Materials) == (kind == Kind::Ticket))
}
