//! Settings that are valid and may still not be what is wanted.

use std::path::{Path, PathBuf};

use super::Finding;
use super::finding::or_ok;
use crate::config::{CaptchaMode, Locations, Settings};
use crate::domain::sms::{foreign, segments};
use crate::guidance::doctor as remedies;
use crate::guidance::sms::why_long;
use crate::os::{self, BreachedList, Constraint, Identity};
use crate::texts::{Fault, Texts};

/// Whether programs can run through the forms.
pub fn captcha(settings: &Settings) -> Vec<Finding> {
    if settings.captcha.mode == CaptchaMode::Off {
        vec![Finding::warning(
            "captcha",
            "No CAPTCHA is used: programs can start requests as fast as their budgets allow.",
            "set [captcha] mode to \"picture\", unless a portal in front asks its own",
        )]
    } else {
        vec![Finding::ok("captcha", "Requests begin with a CAPTCHA.")]
    }
}

/// Whether the owner of an account, whom no administrator helps, can be told where to ask.
pub fn customer_service(settings: &Settings) -> Vec<Finding> {
    const CHECK: &str = "customer_service";
    let help = &settings.help;
    if help.customer_service.is_empty() && help.service_url.is_none() {
        return vec![Finding::note(
            CHECK,
            "Customer service is not configured: the owners of accounts are not told where to ask.",
            "set [help] customer_service or service_url",
        )];
    }
    vec![Finding::ok(CHECK, "The owners of accounts are told where customer service is.")]
}

/// The lists of refused passwords. While one cannot be asked, no password can be set.
pub fn extra_list(settings: &Settings) -> Vec<Finding> {
    settings.password.extra_list.iter().map(|path| words(path)).collect()
}

fn words(path: &Path) -> Finding {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let words = text.lines().filter(|line| !line.is_empty()).count();
            Finding::ok("extra_list", format!("{} refuses {words} passwords.", path.display()))
        }
        Err(error) => Finding::error(
            "extra_list",
            format!("{} cannot be read, so no password can be set: {error}.", path.display()),
            "correct [password] extra_list, or the file's modes",
        ),
    }
}

/// The list of breached passwords: whether it can be read, and is one, as far as a few places in it tell.
pub fn breached_list(settings: &Settings) -> Vec<Finding> {
    const CHECK: &str = "breached_list";
    let checked = |path: &PathBuf| match BreachedList::open(path).and_then(|list| list.check()) {
        Ok(()) => Finding::ok(CHECK, format!("Passwords in {} are refused.", path.display())),
        Err(error) => {
            let cause =
                std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            Finding::error(
                CHECK,
                format!("No password can be set: regain cannot {error}{cause}."),
                "correct [password] breached_list, or download the list again, sorted by hash",
            )
        }
    };
    settings.password.breached_list.iter().map(checked).collect()
}

/// The words of messages. A text with a fault is not used: the message goes out as regain brings it.
pub fn texts(texts: &Texts) -> Vec<Finding> {
    const CHECK: &str = "texts";
    let faults = texts.check();
    let told = |fault: &Fault| Finding::warning(CHECK, format!("{fault}."), remedies::TEXTS);
    let mut findings: Vec<Finding> = faults.iter().map(told).collect();
    findings.extend(texts.longer_sms().into_iter().map(|(name, text)| {
        let size = segments(&text);
        let why = why_long(&size, &foreign(&text)).map(|why| format!(": {why}")).unwrap_or_default();
        let told = format!("The SMS of {name} takes {} parts, each of which is paid for{why}.", size.count);
        Finding::note(CHECK, told, remedies::LONG_SMS)
    }));
    let missing = texts.untranslated();
    if let Some(first) = missing.first() {
        let message = format!("{} messages go out in English, such as {first}.", missing.len());
        let remedy = format!("put their texts into [texts] folder, under {}", texts.language());
        findings.push(Finding::note(CHECK, message, remedy));
    }
    or_ok(findings, CHECK, format!("Every message has its words in {}.", texts.language()))
}

/// Whether the users and groups that the config names exist.
pub fn operators(settings: &Settings, service: bool) -> Vec<Finding> {
    const CHECK: &str = "operators";
    let lists = [
        ("operators", "admin", &settings.operators.admin),
        ("operators", "support", &settings.operators.support),
        ("sources", "trusted", &settings.sources.trusted),
        ("delivery", "receipts", &settings.delivery.receipts),
    ];
    let mut findings = Vec::new();
    for (table, key, names) in lists {
        for name in names {
            let known = match name.strip_prefix('%') {
                Some(group) => os::group_exists(group),
                None => os::user_exists(name),
            };
            if !known {
                // Whether somebody is in a group that is not there cannot be known (security O2).
                let helpless = table == "operators" && name.starts_with('%');
                let then =
                    if helpless { " So everybody may be an operator, and support helps nobody." } else { "" };
                findings.push(Finding::warning(
                    CHECK,
                    format!("[{table}] {key} names {name}, which this machine does not know.{then}"),
                    "correct the name, or make the user or group",
                ));
            }
        }
    }
    let mut findings = or_ok(findings, CHECK, "Every user and group that the config names exists.");
    let named = settings.operators.admin.iter().chain(&settings.operators.support);
    let unasked: Vec<&str> = named.map(String::as_str).filter(|name| !OF_SUDO.contains(name)).collect();
    if service && !unasked.is_empty() {
        findings.push(Finding::note(
            CHECK,
            format!(
                "The rules of docs/service ask no password of {} before they act on others as people do for themselves.",
                unasked.join(", ")
            ),
            "name operators by the groups %regain-admin and %regain-support",
        ));
    }
    findings
}

/// The groups that the rules of sudo know.
const OF_SUDO: [&str; 2] = ["%regain-admin", "%regain-support"];

/// How it is installed, and how well it can tell who acts (security O0, O1).
pub fn installation(identity: &Identity, locations: &Locations, owner: Option<u32>) -> Vec<Finding> {
    const CHECK: &str = "installation";
    let service = locations.config.starts_with("/etc");
    let mut findings = vec![if service {
        Finding::ok(CHECK, format!("A service: {} owns the store.", identity.user_name()))
    } else {
        Finding::ok(CHECK, "Personal: the store's owner is its admin.")
    }];
    if owner.is_some_and(|owner| owner != identity.uid && identity.uid != 0) {
        findings.push(Finding::warning(
            CHECK,
            "The store belongs to another user than the one regain runs as.",
            "run regain as the store's owner, through the rules of docs/service.md",
        ));
    }
    if service && !os::login_uid_is_set() {
        findings.push(Finding::note(
            CHECK,
            "The kernel keeps no login uid here, so records name the caller of sudo.",
            "log in through PAM with pam_loginuid, where people log in to this machine",
        ));
    }
    if service && !Path::new("/proc/1/status").exists() {
        findings.push(Finding::note(
            CHECK,
            "/proc hides the processes of others (hidepid), so the caller of sudo cannot be told.",
            "mount /proc with a gid= that the user regain is in",
        ));
    }
    findings
}

/// What is limited or ignored where regain was started. The service works only without; whoever has a store of their own
/// is told (security T10).
pub fn surroundings() -> Vec<Finding> {
    const CHECK: &str = "surroundings";
    let told = |one: Constraint| {
        let message = format!("Where regain was started, {one}: that may make a command fail half-way.");
        Finding::warning(CHECK, message, one.remedy())
    };
    os::constraints().map_or_else(
        |error| {
            let message = format!("What regain was started with cannot be told: {error}.");
            vec![Finding::warning(CHECK, message, "mount /proc")]
        },
        |found| found.into_iter().map(told).collect(),
    )
}
