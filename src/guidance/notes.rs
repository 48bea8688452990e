//! What is said beside a result or a question: where to go on, and which page tells more.

use std::path::Path;

use jiff::Timestamp;

use super::words::resume;
use crate::domain::shell::word;
use crate::domain::time::{counted, for_people};
use crate::domain::{Address, Channel};

/// Pages of help.
pub const WHY_NO_CODE: &str = "Why a code may not come: `regain faq codes`.";
pub const WHO_SEES_CODES: &str = "Ask {helper} what happened to it. More about it: `regain faq codes`.";
pub const ABOUT_AUTHENTICATORS: &str = "More about it: `regain faq mfa`.";
pub const ABOUT_KINDS: &str = "Not sure which one you are? `regain faq kinds` explains the differences.";
pub const NOT_SUPPORTED: &str = "Then your account may be invalid or not supported here: ask the person who told you \
                                 to sign in, or read `regain faq kinds`.";
pub const READ_A_PAGE: &str = "read one: `regain faq forgot`";

/// Lists that are empty, or hold what was asked for.
pub const NO_USERS: &str = "There is no user to show; `regain user create ACCOUNT/NAME` makes one.";
pub const WHICH_ACCOUNT: &str = "check the name, or create one; `regain account list` shows all";
pub const NO_ACCOUNTS: &str = "There is no account yet; `regain account create NAME` makes one.";
pub const ALL_USERS: &str = "`regain user list` lists everybody";
pub const DEVICE_IDS: &str = "`regain device list USER` shows the ids";
pub const TEXT_NAMES: &str = "`regain texts list` lists the names";
pub const TEXT_FAULTS: &str = "some of your own texts are not used; `regain config check` shows why";
pub const RECORDS_AS_TABLE: &str = "`regain audit list -o csv` makes a table of the newest records";
pub const NAME_AN_ANCHOR: &str = "name a file that `regain audit export` wrote, or its --anchor file";
pub const SESSIONS: &str = "Note: other systems keep the sessions and record who signs out. What ends sessions \
                            raises the epoch in `regain user show`: `--action revokeUser`, `changePassword`, \
                            `fpwdResetSuccess` and others.";
pub const APPEAL_FILE: &str = "`regain appeal submit --help` shows a file; nothing was submitted";
pub const ALL_SETTINGS: &str = "`regain config show` lists the settings; config.example.toml documents each";
pub const VERIFY_ASKS_NOBODY: &str = "`regain verify` never asks for the password";

/// Batches.
pub const KEPT: &str = "what was done is kept, and the report lists it";
pub const ALL_OR_NONE: &str = "with --atomic, nothing is done where a row fails";
pub const TOO_MANY_FAIL: &str = "nothing is done: too many rows would fail";

/// How to go on with a batch that is not finished.
pub fn resume_batch(id: &str, of_file: bool, secrets_to: Option<&str>) -> String {
    let secrets = secrets_to.map_or_else(String::new, |file| format!(" --secrets-to {}", word(file)));
    format!("go on with the rest: `{}{secrets}`", resume(id, of_file))
}

/// What became of a row before.
pub fn failed_before(reason: &str) -> String {
    format!("it failed before the batch was interrupted: {}", reason.replace('_', " "))
}

/// Whose lines in a file of secrets are of no change.
pub fn dead_lines(users: &[String]) -> String {
    let (named, more) = users.split_at(users.len().min(10));
    let more = if more.is_empty() { String::new() } else { format!(", and {} more", more.len()) };
    format!(
        "The file has lines for changes that were not made; they are not valid, and a new line follows for each of: \
         {}{more}.",
        named.join(", ")
    )
}

/// That a file of secrets is not all there is.
pub fn secrets_elsewhere(people: u64) -> String {
    format!(
        "The secrets of {} who were done before are not in this file. Look for the file that the batch wrote before, \
         or reset them again.",
        counted(people, "user")
    )
}

/// Where the secrets of an interrupted batch are so far.
pub fn secrets_so_far(file: &Path) -> String {
    format!(
        "The secrets so far are in {}.unfinished; whoever goes on with the batch adds to them.",
        file.display()
    )
}

/// Where the sealed secrets of a batch are.
pub fn sealed_secrets(id: &str) -> String {
    format!(
        "The sealed secrets are kept with the batch: `regain batch secrets {id}` writes them until they are purged."
    )
}

/// How whoever has the key opens so many sealed messages.
pub fn how_to_open(path: &Path, count: u64) -> String {
    let path = path.display().to_string();
    let file = word(&path);
    if count == 1 {
        return format!("Open them with the private key: age -d -i KEY {file}");
    }
    format!(
        "Open them, {count} messages, with the private key: awk '{{print | c}} /^-----END/ {{close(c)}}' c='age -d -i KEY' {file}"
    )
}

/// What comes next.
pub const FIRST_ACCOUNT: &str = "next: `regain account create NAME`";
pub const INIT_YOUR_OWN: &str = "The demo store is deleted now. Create your own: `regain init`.";
pub const STEP_BY_STEP: &str = "`regain request start USER` and the steps after it, which never ask,";
pub const REGISTER_STEP_BY_STEP: &str =
    "`regain request register NAME --mobile NUMBER` and the steps after it, which never ask,";
pub const FORGOT_THAT_ONE: &str = "Forgot the password of that ID? `regain password reset` sets a new one.";
pub const NUMBER_HAS_ID: &str =
    "If the number has an ID already, its holder was told: reset that password, `regain password reset`.";
pub const NO_REGISTRATION_CODE: &str = "If no code comes, the number may have an ID already: then reset its password, \
                                        `regain password reset`. `?` shows more.";

/// Ways for whoever can be reached by no contact any more.
pub const REGISTER: &str = "`regain account register`";
pub const NO_OTHER_CONTACT: &str = "You can reach no other contact? Press Esc twice to leave, and fill in the form, `regain appeal submit`; or \
                                    try again on a device that you often sign in from.";
pub const APPEALED_NUMBER_GONE: &str = "The code goes to the mobile number that your appeal granted. If you can no longer reach it, ask {administrator}.";
/// As [`go_on`] takes them.
pub const REGISTERED_NUMBER_WRONG: &str =
    "the number was typed wrong: start again with `regain account register`";
pub const LOGIN_NAMES_SOMEBODY: &str = "`regain login` needs an argument that is missing: <USER>";
pub const REGISTER_AGAIN: &str = "regain account register";
pub const RESET: &str = "regain password reset";
pub const TICKET: &str =
    "  - the owner of an account submits a service ticket: `regain appeal submit`, kind \"ticket\"";
pub const APPEAL: &str = "`regain appeal submit`";
pub const UNIFIED_ID: &str = "  - with a unified ID, fill in the form, `regain appeal submit`; once it is approved, you reset the \
                              password with your new number";

/// The command that goes on with a reset.
pub fn resume_reset(request: &str) -> String {
    format!("regain password reset --resume {}", word(request))
}

/// The command that goes on with a form.
pub fn resume_form(form: &str) -> String {
    format!("regain appeal submit --resume {}", word(form))
}

/// The command that enters a code that went to a contact.
pub fn verify_contact(user: &str, address: &Address) -> String {
    let typed = address.to_string();
    format!("regain contact verify {} --{} {}", word(user), address.channel(), word(&typed))
}

/// The command by which somebody confirms a contact that was bound to them.
pub fn confirm_contact(user: &str, channel: Channel) -> String {
    format!("regain contact verify {} --{channel}", word(user))
}

/// How somebody confirms a contact that was bound to them.
pub fn owner_confirms(user: &str, channel: Channel) -> String {
    format!("{user} confirms it with their password: `{}`", confirm_contact(user, channel))
}

/// A contact that was bound to somebody without a code.
pub fn verify_later(user: &str, channel: Channel) -> String {
    format!(
        "it is not verified, and no codes go there; `regain contact bind {} --{channel} {}` sends it a code",
        word(user),
        channel.placeholder()
    )
}

/// For an operator who has a code and no password.
pub fn owner_confirms_or_reads_out(user: &str) -> String {
    format!(
        "{user} confirms it, with their password; `regain contact bind {} --email ADDRESS --read-out`, or with --mobile, \
         has them read a code out to you",
        word(user)
    )
}

/// The command that shows an account's policies.
pub fn show_policy(account: &str) -> String {
    format!("regain policy show {}", word(account))
}

pub fn go_on(command: &str) -> String {
    format!("continue: `{command}`")
}

pub fn change_password(user: &str) -> String {
    format!("change it: `regain password change {}`", word(user))
}

pub fn password_expires(user: &str, end: Timestamp) -> String {
    format!("your password expires on {}; {}", for_people(end), change_password(user))
}

pub fn set_password(user: &str) -> String {
    format!("it has no password yet: `regain admin-reset {}` sets one", word(user))
}

pub fn enrol(user: &str) -> String {
    format!("an authenticator makes the next reset safer: `regain mfa enrol {}`", word(user))
}

pub fn confirm_authenticator(user: &str) -> String {
    format!("bind it with two codes in a row: `regain mfa confirm {}`", word(user))
}

pub fn reset_by_appeal(serial: &str) -> String {
    format!("the SMS tells them how: `regain password reset --appeal {}`, then `regain login`", word(serial))
}

/// The command that signs in, and goes on with whatever that asks for.
pub fn sign_in(user: &str) -> String {
    format!("regain login {}", word(user))
}

pub fn log_in(user: &str) -> String {
    format!("log in with the new password: `regain login {}`", word(user))
}

pub fn still_locked(user: &str, until: Timestamp) -> String {
    format!(
        "Note: it is locked until {}; `regain user enable {} --unlock` ends the lock, and `regain faq locked` \
        explains more.",
        for_people(until),
        word(user)
    )
}

pub fn end_block(user: &str) -> String {
    format!(
        "when it is clear what happened, an administrator ends it: `regain user enable {} --unlock`",
        word(user)
    )
}

pub fn confirm_caller(challenge: &str) -> String {
    format!("enter the code that they read out: `regain support confirm {}`", word(challenge))
}

pub fn send_setup_token(user: &str, challenge: &str) -> String {
    format!(
        "send a setup token: `regain admin-reset {} --setup --verified-caller {}`",
        word(user),
        word(challenge)
    )
}

pub fn unlock_for_caller(user: &str, challenge: &str) -> String {
    format!("end a lock: `regain user enable {} --unlock --verified-caller {}`", word(user), word(challenge))
}

pub fn block_for_caller(user: &str, challenge: &str) -> String {
    format!("block them: `regain user revoke {} --verified-caller {}`", word(user), word(challenge))
}

pub fn appeal_state(serial: &str) -> String {
    format!("keep the serial number; to see the status: `regain appeal show {}`", word(serial))
}

/// The command that goes on with a list of codes after the one with this id.
pub fn codes_go_on(options: &[String], last: &str) -> String {
    let mut words = vec!["regain codes list".to_owned()];
    words.extend(options.iter().map(|option| word(option).into_owned()));
    words.extend(["--after".to_owned(), word(last).into_owned()]);
    words.join(" ")
}

/// One more proof, by another method than the first.
pub fn second_method(request: &str, method: &str) -> String {
    format!("`regain request send {} --method {method} --address ADDRESS`, then verify again", word(request))
}

/// Settings that are to be given in one command, as a shell takes them.
pub fn set_together(pairs: &str) -> String {
    format!("give what belongs together in one command: `regain config set {pairs}`")
}

/// Messages wait, and when they are tried again.
pub fn waiting(messages: &str, wait: &str) -> String {
    format!("{messages}; the next try is in {wait}: `regain delivery status` shows why")
}
