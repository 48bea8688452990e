//! S7: after every change of password, contact or MFA every bound contact is told, and `--no-notify` needs a reason.

use regain::domain::event::Action;
use regain::domain::mfa::{Seed, step};
use regain::domain::time::{Clock, SystemClock};
use serde_json::Value;

use crate::site::Site;

const ALICE: &str = "alice@example.com";
const MOBILE: &str = "+4915112345678";
const PASSWORD: &str = "correct horse battery staple 9";
const NEW: &str = "vivid anchor 42 mellow tundra";

/// Alice has a password and both contacts.
fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    site.unprotected("acme");
    site.run(&["contact", "bind", "acme/alice", "--mobile", MOBILE, "--verified", "-y", "-q"]).succeeded();
    site
}

/// What people must hear of when it is recorded as a success. A new action does not compile before it stands here.
fn is_told(action: Action) -> bool {
    match action {
        Action::ChangePassword
        | Action::ResetSuccess
        | Action::UpdateUserPwd
        | Action::UpdateUserPwdByEmail
        | Action::SetPasswordByAdmin
        | Action::ModifyUserEmail
        | Action::ModifyUserMobile
        | Action::ModifyLoginProtect
        | Action::RevokeUser
        | Action::DisownChange
        | Action::BindMfa
        | Action::UnbindMfa => true,
        // Nothing that somebody proves who they are by, or no change at all.
        Action::Login
        | Action::LoginFailed
        | Action::Logout
        | Action::ResetRequested
        | Action::CaptchaShown
        | Action::CaptchaPassed
        | Action::CaptchaFailed
        | Action::ResetFailed
        | Action::ResetCancelled
        | Action::VerifyCodeSent
        | Action::VerifyCodePassed
        | Action::VerifyCodeFailed
        | Action::VerifyCodeRevoked
        | Action::DeliveryFailed
        | Action::DeliveryReceipt
        | Action::DeliveryTested
        | Action::NoticeQueued
        | Action::ChallengeSent
        | Action::ChallengeConfirmed
        | Action::ChallengeFailed
        | Action::DisownCode
        | Action::CreateAccount
        | Action::UpdateAccount
        | Action::DeleteAccount
        | Action::CreateUser
        | Action::UpdateUser
        | Action::DeleteUser
        | Action::UnlockUser
        | Action::ModifySecurityPolicy
        | Action::LookupContact
        | Action::LookupUser
        | Action::LookupCodes
        | Action::ExplainCodes
        | Action::DiagnoseUser
        | Action::LookupRecords
        | Action::ExportUsers
        | Action::OperatorRefused
        | Action::RotateKey
        | Action::BackupStore
        | Action::RestoreStore
        | Action::PurgeStore
        | Action::BatchBegun
        | Action::BatchResumed
        | Action::BatchCancelled
        | Action::LookupSecrets
        | Action::CreateStore
        | Action::ClockWentBack
        | Action::LookupsExceeded
        | Action::AppealBegun
        | Action::AppealSubmitted
        | Action::AppealSeconded
        | Action::AppealDenied
        | Action::AppealUsed
        | Action::LookupAppeal
        | Action::LoginAttempted
        | Action::VerifyCodeAttempted
        | Action::CaptchaAttempted
        | Action::SetupTokenAttempted
        | Action::ChallengeAttempted
        | Action::DisownAttempted
        | Action::AppealAttempted
        | Action::RememberDevice
        | Action::ForgetDevices
        | Action::LookupDevices
        | Action::RegisterRequested
        | Action::RegisterFailed => false,
        // The contacts that go are told as such, and the new ones by the result.
        Action::AppealApproved => false,
        // The token tells by itself, and the password that is set with it is told. Until it is bound, an
        // authenticator is asked by nobody, and until then taking it away changes nothing.
        Action::SetupTokenSent | Action::CreateMfa | Action::DeleteMfa => false,
    }
}

/// The digits that an authenticator with this secret shows, so many steps from now.
fn totp(site: &Site, file: &str, off: i64) -> String {
    let [_, _, uri] = site.secrets(file).remove(0);
    let bytes = data_encoding::BASE32_NOPAD.decode(uri.split(['=', '&']).nth(1).unwrap().as_bytes()).unwrap();
    let now = step(SystemClock.now()).checked_add_signed(off).unwrap();
    Seed::from_bytes(&bytes).unwrap().code(now).expose().to_owned()
}

/// A change, who hears of it (each exactly one notice), and what does it.
type Case = (&'static str, &'static [&'static str], fn(&Site));

const CASES: [Case; 14] = [
    ("changePassword", &[ALICE, MOBILE], |site| {
        let change = ["password", "change", "acme/alice", "--password-stdin"];
        site.pipe(&change, &format!("{PASSWORD}\n{NEW}\n")).succeeded();
    }),
    ("fpwdResetSuccess", &[ALICE, MOBILE], |site| {
        let id = site.sent("acme/alice", ALICE);
        site.verify(&id, &site.code_to(ALICE)).succeeded();
        site.set_password(&id, NEW).succeeded();
    }),
    ("setPasswordByAdmin", &[ALICE, MOBILE], |site| {
        site.pipe(&["admin-reset", "acme/alice", "--password-stdin", "-y"], NEW).succeeded();
    }),
    ("setPasswordByAdmin", &[ALICE, MOBILE], |site| {
        site.run(&["admin-reset", "acme/alice", "--generate", "--secrets-to", "new", "-y"]).succeeded();
    }),
    ("updateUserPwdByEmail", &[ALICE, MOBILE], |site| {
        site.run(&["admin-reset", "acme/alice", "--setup", "--secrets-to", "new", "-y"]).succeeded();
        let [_, _, token] = site.secrets("new").remove(0);
        let redeem = ["password", "setup", "--token-stdin", "--password-stdin"];
        site.pipe(&redeem, &format!("{token}\n{NEW}\n")).succeeded();
    }),
    ("revokeUser", &[ALICE, MOBILE], |site| {
        site.run(&["user", "revoke", "acme/alice", "-y"]).succeeded();
    }),
    ("modifyUserEmail", &[ALICE, "new@example.com", MOBILE], |site| {
        let bind = ["contact", "bind", "acme/alice", "--email", "new@example.com", "--verified", "-y"];
        site.run(&bind).succeeded();
    }),
    ("modifyUserEmail", &[ALICE, "new@example.com", MOBILE], |site| {
        site.run(&["contact", "bind", "acme/alice", "--email", "new@example.com", "-y"]).succeeded();
        // All hear of it once it is verified.
        let verify = ["contact", "verify", "acme/alice", "--email", "--password-stdin", "--code-stdin"];
        site.pipe(&verify, &format!("{PASSWORD}\n{}\n", site.code_to("new@example.com"))).succeeded();
    }),
    ("modifyUserMobile", &[ALICE, MOBILE], |site| {
        site.run(&["contact", "unbind", "acme/alice", "--mobile", "-y"]).succeeded();
    }),
    ("modifyUserEmail", &[ALICE, "new@example.com", MOBILE], |site| {
        let change = [
            "contact",
            "change",
            "acme/alice",
            "--email",
            "new@example.com",
            "--password-stdin",
            "--code-stdin",
        ];
        let mut child = site.command(&change).stdin(std::process::Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut say = |text: &str| std::io::Write::write_all(&mut stdin, text.as_bytes()).unwrap();
        say(&format!("{PASSWORD}\n"));
        let code = |to: &str| {
            while site.mails_to(to).iter().all(|mail| !mail.contains("Subject: Your verification code\n")) {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            site.code_to(to)
        };
        say(&format!("{}\n", code(ALICE)));
        say(&format!("{}\n", code("new@example.com")));
        drop(stdin);
        crate::site::ended(child, "").succeeded();
    }),
    ("modifyLoginProtect", &[ALICE, MOBILE], |site| {
        site.run(&["user", "update", "acme/alice", "--login-protection", "email", "-y"]).succeeded();
    }),
    ("BindMFA", &[ALICE, MOBILE], bind_mfa),
    ("UnBindMFA", &[ALICE, MOBILE], |site| {
        bind_mfa(site);
        site.raw().remove("notices", |_| true);
        site.deliver();
        site.run(&["mfa", "remove", "acme/alice", "-y"]).succeeded();
    }),
    ("disownChange", &[ALICE, MOBILE], |site| {
        let change = ["password", "change", "acme/alice", "--password-stdin"];
        site.pipe(&change, &format!("{PASSWORD}\n{NEW}\n")).succeeded();
        let reference = super::disown::reference(site, ALICE);
        site.raw().remove("notices", |notice| notice["state"] != "live");
        site.run(&["request", "disown", &reference]).succeeded();
    }),
];

fn bind_mfa(site: &Site) {
    site.run(&["mfa", "enrol", "acme/alice", "--secrets-to", "mfa", "-y"]).succeeded();
    let pair = || format!("{}\n{}\n", totp(site, "mfa", -1), totp(site, "mfa", 0));
    let confirm = ["mfa", "confirm", "acme/alice", "--totp-stdin"];
    if site.pipe(&confirm, &pair()).code != 0 {
        // Half a minute ended in between.
        site.pipe(&confirm, &pair()).succeeded();
    }
}

/// Every message to an address that is no code.
fn notices(site: &Site, to: &str) -> Vec<String> {
    let told = |mail: &String| {
        ["request disown", "was blocked", "is blocked"].iter().any(|words| mail.contains(words))
    };
    let code =
        |mail: &String| mail.contains("Subject: Your verification code\n") || mail.contains("Tell us: ");
    site.mails_to(to).into_iter().filter(|mail| told(mail) && !code(mail)).collect()
}

#[test]
fn s7_no_change_is_silent() {
    let mut seen: Vec<&str> = Vec::new();
    for (action, told, change) in CASES {
        let site = site();
        let everybody = [ALICE, MOBILE, "new@example.com"];
        let before = everybody.map(|to| notices(&site, to).len());
        change(&site);
        assert!(site.recorded(action, "success") > 0, "{action}");
        for (to, before) in everybody.into_iter().zip(before) {
            let new = notices(&site, to).split_off(before);
            assert_eq!(!new.is_empty(), told.contains(&to), "{action}: {to}");
            for notice in new.iter().filter(|notice| !notice.contains(" blocked")) {
                assert!(notice.contains(" UTC on ") && notice.contains("regain request disown "), "{notice}");
            }
        }
        seen.push(action);
    }
    let must: Vec<&str> = Action::ALL.iter().filter(|action| is_told(**action)).map(|a| a.as_str()).collect();
    // Nothing is recorded as updateUserPwd yet.
    let missing: Vec<&&str> = must.iter().filter(|a| !seen.contains(a) && **a != "updateUserPwd").collect();
    assert_eq!(missing, Vec::<&&str>::new(), "a change that no case makes");
}

#[test]
fn nobody_is_told_only_for_a_reason_and_that_is_recorded() {
    let commands: [&[&str]; 7] = [
        &["admin-reset", "acme/alice", "--generate", "--secrets-to", "a"],
        &["user", "update", "acme/alice", "--login-protection", "sms"],
        &["user", "revoke", "acme/alice"],
        &["contact", "bind", "acme/alice", "--email", "new@example.com", "--verified"],
        &["contact", "unbind", "acme/alice", "--mobile"],
        &["mfa", "remove", "acme/alice"],
        &["contact", "verify", "acme/alice", "--email", "new@example.com", "--code-stdin"],
    ];
    let site = site();
    bind_mfa(&site);
    site.deliver();
    let sent = site.rows("notices").len();
    for command in commands {
        let without = site.run(&[command, &["--no-notify", "-y"]].concat());
        assert_eq!(without.code, 2, "{command:?}");
        assert!(without.stderr.starts_with("error: --no-notify needs a reason\n"), "{without:?}");
        if command[1] == "verify" {
            continue;
        }
        let dry = site.run(&[command, &["--no-notify", "--reason", "under cover", "--dry-run"]].concat());
        assert!(format!("{dry:?}").contains("not told: --no-notify"), "{dry:?}");
        site.run(&[command, &["--no-notify", "--reason", "under cover", "-y", "-q"]].concat()).succeeded();
    }
    assert_eq!(site.rows("notices").len(), sent);
    assert_eq!(site.count("outbox", |message| message["state"] == "queued"), 0);
    let recorded: Value = site.run(&["audit", "list", "-o", "json"]).succeeded().json();
    let silent: Vec<&str> = recorded
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["detail"]["no_notify"] == true && event["outcome"] == "success")
        .inspect(|event| assert_eq!(event["reason"], "under cover"))
        .map(|event| event["action"].as_str().unwrap())
        .collect();
    for action in [
        "setPasswordByAdmin",
        "modifyLoginProtect",
        "revokeUser",
        "modifyUserEmail",
        "modifyUserMobile",
        "UnBindMFA",
    ] {
        assert!(silent.contains(&action), "{action}: {silent:?}");
    }
    let own = ["mfa", "remove", "acme/alice", "--password-stdin", "--no-notify", "--reason", "x"];
    assert_eq!(site.pipe(&own, "x\n").code, 2, "one's own changes are always told");
}
