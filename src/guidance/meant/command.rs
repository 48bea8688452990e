//! Names of commands that there are not, and the commands that they mean.

use super::named::{Meant, known, plain};
use super::{of_people, of_the_rest};

/// Whether a noun has that subcommand; the noun of a command without one is empty.
type Has<'h> = &'h dyn Fn(&str, &str) -> bool;

/// Words of other tools, each with the subcommands of ours that it means, the likeliest first.
const SAME: &[(&[&str], &[&str])] = &[
    (&["ls", "all", "index"], &["list", "status"]),
    (
        &[
            "get", "view", "info", "display", "cat", "inspect", "print", "describe", "details", "state",
            "status", "read",
        ],
        &["show", "status", "list"],
    ),
    (&["show", "list"], &["status", "list", "show"]),
    (&["add", "new", "make", "mk", "insert"], &["create", "submit", "start"]),
    (&["begin", "open", "file", "create", "start"], &["start", "submit"]),
    (&["search", "lookup", "query", "grep", "seek"], &["find", "list"]),
    (&["activate", "reactivate", "on", "resume"], &["enable"]),
    (&["off", "deactivate"], &["disable"]),
    (&["set", "change", "edit", "modify", "alter", "update"], &["set", "update", "change"]),
    (&["confirm", "check", "validate", "verify"], &["verify", "confirm", "check"]),
    (&["rm", "remove", "del", "destroy", "erase", "drop"], &["delete", "remove", "forget", "unbind"]),
];

/// Other names of nouns.
const NOUNS: &[(&[&str], &str)] = &[
    (&["users", "member", "members", "iam", "people", "person", "iam-user"], "user"),
    (&["accounts", "tenant", "org", "organisation", "organization", "customer"], "account"),
    (&["contacts"], "contact"),
    (&["passwords"], "password"),
    (&["requests"], "request"),
    (&["appeals", "ticket", "tickets"], "appeal"),
    (&["devices"], "device"),
    (&["code", "otps", "setup-token", "setup-tokens"], "codes"),
    (&["policies"], "policy"),
    (&["audits", "record"], "audit"),
    (&["mfas", "authenticators"], "mfa"),
    (&["text"], "texts"),
];

/// What was most likely meant by this name under this noun, before that next word.
pub fn command(noun: &str, typed: &str, next: Option<&str>, has: Has<'_>) -> Option<Meant> {
    let typed = plain(typed);
    let next = next.map(plain);
    if noun.is_empty() {
        if let Some(noun) = known_noun(&typed, has) {
            let verb = next.as_deref();
            let right = verb.filter(|verb| has(noun, verb)).map(|verb| may_mean(None, &[noun, verb]));
            // The name of the noun is what is wrong.
            let other =
                || verb.and_then(|verb| meant(noun, verb, has)).map(|meant| Meant { name: None, ..meant });
            return right.or_else(other).or_else(|| Some(may_mean(None, &[noun, "--help"])));
        }
        // The verb before its noun.
        if let Some(noun) = next.as_deref().and_then(|next| known_noun(next, has)) {
            let right = has(noun, &typed).then(|| may_mean(None, &[noun, &typed]));
            if let Some(meant) = right.or_else(|| meant(noun, &typed, has)) {
                return Some(meant);
            }
        }
    }
    meant(noun, &typed, has)
}

fn meant(noun: &str, typed: &str, has: Has<'_>) -> Option<Meant> {
    let rows = of_people::ROWS.iter().chain(of_the_rest::ROWS);
    let mut rows = rows.filter(|(under, _, _)| *under == noun);
    let row = rows.find_map(|(_, names, sentence)| Some((known(names, typed)?, *sentence)));
    if let Some((name, sentence)) = row {
        return Some(Meant { name: Some(name), sentence: sentence.to_owned() });
    }
    let same = SAME.iter().filter_map(|(words, verbs)| Some((known(words, typed)?, *verbs)));
    let mut verbs = same.flat_map(|(name, verbs)| verbs.iter().map(move |verb| (name, *verb)));
    let (name, verb) = verbs.find(|(_, verb)| has(noun, verb))?;
    Some(may_mean(Some(name), &[noun, verb]))
}

/// The noun of ours that this word is or means.
fn known_noun<'w>(word: &'w str, has: Has<'_>) -> Option<&'w str> {
    let other = NOUNS.iter().find(|(names, _)| names.contains(&word)).map(|(_, noun)| *noun);
    other.or_else(|| has("", word).then_some(word))
}

fn may_mean(name: Option<&'static str>, words: &[&str]) -> Meant {
    let words: Vec<&str> = ["regain"].iter().chain(words).copied().filter(|word| !word.is_empty()).collect();
    Meant { name, sentence: format!("you may mean `{}`", words.join(" ")) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_name_stands_once_under_a_noun_and_each_sentence_names_a_command() {
        let mut seen = HashSet::new();
        for (noun, names, sentence) in of_people::ROWS.iter().chain(of_the_rest::ROWS) {
            assert!(sentence.contains("`regain "), "{noun} {names:?}");
            for name in *names {
                assert_eq!(plain(name), *name);
                assert!(seen.insert((noun, name)), "{noun} {name} stands twice");
            }
        }
    }

    #[test]
    fn nouns_in_the_plural_and_verbs_before_their_nouns_are_understood() {
        let has = |noun: &str, verb: &str| {
            matches!(
                (noun, verb),
                ("", "user" | "account") | ("user" | "account", "create" | "list" | "show")
            )
        };
        let of = |noun: &str, typed: &str, next: Option<&str>| {
            command(noun, typed, next, &has).map(|meant| meant.sentence)
        };
        let may = |command: &str| Some(format!("you may mean `regain {command}`"));
        assert_eq!(of("", "USERS", Some("list")), may("user list"));
        assert_eq!(of("", "users", Some("ls")), may("user list"));
        assert_eq!(of("", "users", Some("nonsense")), may("user --help"));
        assert_eq!(of("", "users", None), may("user --help"));
        assert_eq!(of("", "create", Some("account")), may("account create"));
        assert_eq!(of("", "reset", Some("user")).as_deref(), Some(of_people::RESETS));
        assert_eq!(of("", "create", Some("acme/alice")).as_deref(), Some(of_people::MAKES_USER));
        assert_eq!(of("user", "get", None), may("user show"));
        assert_eq!(of("user", "nonsense", Some("list")), None);
    }
}
