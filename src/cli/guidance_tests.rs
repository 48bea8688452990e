//! Every command that a sentence names is one that the command tree takes, with names as words of a shell.

use std::path::{Path, PathBuf};

use clap::Parser;
use clap::error::ErrorKind;
use regex::Regex;

use super::tree::Cli;
use crate::domain::account::{Account, Kind, Status};
use crate::domain::diagnosis::{Attempts, Diagnosis};
use crate::domain::notice::Disowned;
use crate::domain::operator::CallerMay;
use crate::domain::readiness::{Cause, PasswordState};
use crate::domain::refusal::Refusal;
use crate::domain::timeline::{Entry, What};
use crate::domain::{Ineligible, LoginProtection, User};
use crate::guidance::{self, codes, effects, notes, timeline};

/// What a person, an account or an id may look like to a shell.
const ODD: [&str; 4] = ["acme/o'brien $(x)", "a b/c d", "$HOME;ls", "*"];

/// The words that a POSIX shell makes of a line with nothing but quotes in it.
fn shell_words(line: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let (mut quoted, mut escaped) = (false, false);
    for symbol in line.chars() {
        match symbol {
            _ if escaped => {
                escaped = false;
                word.get_or_insert_default().push(symbol);
            }
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if !quoted => escaped = true,
            ' ' if !quoted => words.extend(word.take()),
            _ => {
                assert!(
                    quoted || !"$`\"*?;&|<>()#~[]{}".contains(symbol),
                    "{symbol} is no plain text: {line}"
                );
                word.get_or_insert_default().push(symbol);
            }
        }
    }
    assert!(!quoted && !escaped, "{line}");
    words.extend(word);
    words
}

/// Whether there is such a command with such options. A sentence may leave out what the command asks for.
fn parses(words: &[String]) {
    // A placeholder for a number, and one name for a thing that is to be made.
    let filled = words.iter().map(|word| match word.as_str() {
        "N" => "7",
        "ADDRESS" => "a@example.com",
        "NUMBER" => "+4915112345678",
        other => other,
    });
    let incomplete = [
        ErrorKind::MissingRequiredArgument,
        ErrorKind::MissingSubcommand,
        ErrorKind::DisplayHelp,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
    ];
    if let Err(error) = Cli::try_parse_from(filled) {
        assert!(incomplete.contains(&error.kind()), "{words:?}: {error}");
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// A command as it is written, with something in the place of what is put in.
fn filled(written: &str) -> Vec<String> {
    let put_in = Regex::new(r"\{\{[^}]*\}\}|\{[^}]*\}").unwrap();
    let text = written.replace("--{}", "--email").replace("--{channel}", "--email").replace("{noun}", "user");
    shell_words(&put_in.replace_all(&text, "email"))
}

#[test]
fn every_command_that_is_written_in_a_sentence_is_one_of_the_tree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&root, &mut all);
    let continued = Regex::new(r"\\\n\s*").unwrap();
    let written = [
        // In a sentence, alone, and in a message.
        Regex::new(r"`(regain [a-z][^`]*)`").unwrap(),
        Regex::new("\"(regain [a-z-]+ [^\"]*\\{[^\"]*)\"").unwrap(),
        Regex::new(r"\n    \{\{ program \}\} ([^\n]+)").unwrap(),
    ];
    let mut count = 0;
    for path in all {
        let named = path.strip_prefix(&root).unwrap();
        if !(named.starts_with("guidance") || path.extension().is_some_and(|kind| kind == "txt")) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>();
        let text = continued.replace_all(&code.join("\n"), "").into_owned();
        for (at, pattern) in written.iter().enumerate() {
            for found in pattern.captures_iter(&text) {
                let mut words = filled(&found[1]);
                if at == 2 {
                    words.insert(0, "regain".to_owned());
                }
                parses(&words);
                count += 1;
            }
        }
    }
    assert!(count > 150, "only {count} were found");
}

/// The commands between backticks, of which each that names somebody has the name as a word.
fn check(sentences: &[String], names: &[&str]) {
    let mut named = false;
    for sentence in sentences {
        let parts: Vec<&str> = sentence.split('`').collect();
        for command in parts.iter().skip(1).step_by(2).filter(|part| part.starts_with("regain ")) {
            let words = shell_words(command);
            named |= words.iter().any(|word| names.contains(&word.as_str()));
            parses(&words);
        }
    }
    assert!(named, "{names:?} is in no command of {sentences:?}");
}

fn user(account: &str, name: &str, root: bool) -> User {
    let at = jiff::Timestamp::UNIX_EPOCH;
    let account = Account {
        id: "acc_1".to_owned(),
        name: account.to_owned(),
        kind: Kind::Cloud,
        status: Status::Enabled,
        user_quota: None,
        users: 1,
        created_at: at,
    };
    let user = User::newborn("usr_1".to_owned(), &account, name.to_owned(), root, at);
    let about = "password_reset".to_owned();
    let disowned = Some(Disowned { at, notice_id: "ntc_1".to_owned(), about, former: None });
    User { login_protection: LoginProtection::Email, disowned, ..user }
}

#[test]
fn names_in_commands_are_words_of_a_shell() {
    for odd in ODD {
        let who = || odd.to_owned();
        let refusals = [
            Refusal::CallerNotVerified(who()),
            Refusal::TokenIsOver(who(), "used"),
            Refusal::TokenHandedOut(who()),
            Refusal::TokenWentElsewhere(who()),
            Refusal::NoneFits { account: who() },
            Refusal::RootUser(who()),
            Refusal::NoPassword(who()),
            Refusal::LeansOnMfa(who()),
            Refusal::Quota { account: who(), most: 1 },
            Refusal::NotDisabled { noun: "user", who: who() },
            Refusal::NotDisabled { noun: "account", who: who() },
            Refusal::RootPassword { account: who() },
            Refusal::NothingToResend { who: who(), reset: true },
            Refusal::MfaBound(who()),
            Refusal::AuthenticatorNeeded(who()),
        ];
        for refusal in refusals {
            check(&guidance::refusal(&refusal), &[odd]);
        }
        for sentence in [
            effects::root_without_contact(odd),
            effects::account_stays_disabled(odd),
            effects::by_program_only(odd),
            effects::no_password(odd),
            notes::still_locked(odd, jiff::Timestamp::UNIX_EPOCH),
            notes::go_on(&notes::resume_reset(odd)),
            notes::go_on(&notes::resume_form(odd)),
            notes::go_on(&notes::show_policy(odd)),
            notes::change_password(odd),
            notes::password_expires(odd, jiff::Timestamp::UNIX_EPOCH),
            notes::set_password(odd),
            notes::enrol(odd),
            notes::confirm_authenticator(odd),
            notes::log_in(odd),
            notes::end_block(odd),
            notes::confirm_caller(odd),
            notes::send_setup_token(odd, "chl_1"),
            notes::unlock_for_caller(odd, "chl_1"),
            notes::block_for_caller(odd, "chl_1"),
            notes::appeal_state(odd),
            notes::second_method(odd, "email"),
            codes::remedy(Ineligible::TooManyFailures, Some(odd)),
            codes::remedy(Ineligible::TooManyFailuresHere, Some(odd)),
            codes::remedy(Ineligible::Disowned, Some(odd)),
            codes::remedy(Ineligible::Unused, Some(odd)),
        ] {
            check(&[sentence], &[odd]);
        }
        let failed = Entry {
            cause: Some("wrong_password".to_owned()),
            ..Entry::new(jiff::Timestamp::UNIX_EPOCH, What::SignInFailed)
        };
        check(&[timeline::next(&failed, odd).unwrap()], &[odd]);
    }
}

#[test]
fn a_diagnosis_names_people_and_accounts_as_words_of_a_shell() {
    for root in [false, true] {
        let user = user("a b", "o'brien $(x)", root);
        let path = user.path();
        check(&[effects::stays_disabled(&user)], &[&path]);
        check(&[effects::stays_blocked(&user).unwrap()], &[&path]);
        check(&[effects::unmet_protection(&user).unwrap()], &[&path]);
        for password in [PasswordState::Set, PasswordState::MustChange, PasswordState::None] {
            let at = jiff::Timestamp::UNIX_EPOCH;
            let found = Diagnosis {
                user: User { status: Status::Disabled, account_status: Status::Disabled, ..user.clone() },
                at,
                password,
                password_expires: Some((at, true)),
                causes: Cause::ALL.to_vec(),
                contacts: Vec::new(),
                requests: Vec::new(),
                codes: Vec::new(),
                stuck: None,
                token: None,
                stuck_token: None,
                challenge: None,
                asked_by: 0,
                attempts: vec![Attempts { from: "alice".to_owned(), sign_ins: 9, codes: 0, last_at: at }],
                sign_ins: Vec::new(),
                appeals: Vec::new(),
                callers_may: CallerMay::ALL.to_vec(),
            };
            check(&guidance::advice(&found), &[&path, "a b"]);
        }
    }
}
