//! What a person can do about a refusal.

use super::words::{go_on_with, leave_the_rest, lines, new_password, own_password, setup_token};
use super::{codes, store};
use crate::domain::refusal::Refusal;
use crate::domain::shell::word;

/// The hints, the first thing first.
#[expect(clippy::too_many_lines, reason = "a table: one arm a reason")]
pub fn refusal(refusal: &Refusal) -> Vec<String> {
    let hints: &[&str] = match refusal {
        Refusal::WeakPassword(_)
        | Refusal::Unusable(_)
        | Refusal::TooYoung(_)
        | Refusal::WrongStep { .. }
        | Refusal::TooSoon { .. }
        | Refusal::NamedLikeAccount
        | Refusal::NamedLikeId
        | Refusal::VerifiedAlready
        | Refusal::MfaInUse => &[],
        Refusal::ReusedPassword => &["choose one that you have not had here"],
        Refusal::AccountExists | Refusal::UserExists => &["choose another name, or look at what is there"],
        Refusal::Imported(_) => &["--on-conflict update changes it, --on-conflict skip leaves it as it is"],
        Refusal::LooksAlike(_) => &["choose a name that cannot be mistaken for another"],
        Refusal::NoneFits { account } => {
            return vec![format!("look at it: `regain policy show {} password`", word(account))];
        }
        Refusal::Quota { account, .. } => {
            return vec![format!("raise it: `regain account update {} --user-quota N`", word(account))];
        }
        Refusal::ExternalIdTaken(who) => {
            return vec![format!(
                "remove it there first: `regain user update {} --no-external-id`",
                word(who)
            )];
        }
        Refusal::LooksLikeRow(_) => &["choose another name in one of the two rows"],
        Refusal::ExternalIdOfRow(_) => {
            &["an external ID is of one person of an account: look which row is right"]
        }
        Refusal::ContactOfRow(_) => &["a contact belongs to one identity only: look which row is right"],
        Refusal::ContactTaken => &["a contact belongs to one identity only; unbind it there first"],
        Refusal::ContactLooksAlike(_) => &["check the address; to bind this one, unbind the other first"],
        Refusal::NotDisabled { noun, who } => {
            return vec![format!("disable it first: `regain {noun} disable {}`", word(who))];
        }
        Refusal::NoPassword(who) => {
            return vec![format!("let them set one: {}", own_password(who))];
        }
        Refusal::LeansOnMfa(who) => {
            return vec![
                format!("let them bind an authenticator: `regain mfa enrol {}`", word(who)),
                format!("or set a longer password: {}", new_password(who)),
            ];
        }
        Refusal::RootUser(account) => {
            return vec![format!(
                "manage its account instead: `regain account disable {}` and others, which \
                 `regain account --help` lists",
                word(account)
            )];
        }
        Refusal::RootPassword { account } => {
            return vec![
                format!("the owner of the account resets it: `regain password reset {}`", word(account)),
                "the owner of the store may give --override to `regain admin-reset`".to_owned(),
            ];
        }
        Refusal::ChangedMeanwhile(_) => &["look again, and repeat the command"],
        Refusal::ChangedSince(_) => {
            &["look at what was changed, and repeat the command for this person if it is still wanted"]
        }
        Refusal::BatchDiffers { name, over } => {
            let name = word(name);
            return vec![if *over {
                format!(
                    "`regain batch show {name} --rows` says how it ended for each; to do it again, use another name"
                )
            } else {
                format!("`regain batch show {name}` says what it is; a name is for one batch")
            }];
        }
        Refusal::BatchForged { id } => {
            return vec![
                "somebody wrote to the store: keep it as evidence, and compare it with a backup".to_owned(),
                format!("then {}", leave_the_rest(id)),
            ];
        }
        Refusal::BatchGone { .. } => &[
            "what was reported as done may be undone: `regain audit list` and `regain user list` show what counts",
        ],
        Refusal::BatchUnfinished { id, of_file, .. } => {
            return vec![
                format!("{}, or this command again with --resume", go_on_with(id, *of_file)),
                format!("or {}", leave_the_rest(id)),
            ];
        }
        Refusal::BatchRunning { id } => {
            return vec![format!("wait for it; `regain batch show {id}` says how far it is")];
        }
        Refusal::BatchOfOtherVersion { id } => {
            return vec![format!("go on with it by that version, or {}", leave_the_rest(id))];
        }
        Refusal::BatchOver { id, .. } => {
            return vec![format!("`regain batch show {id}` says how it ended for each")];
        }
        Refusal::NothingToVerify(_) => {
            &["change it yourself: `regain contact change USER`; or ask your administrator"]
        }
        Refusal::OwnerConfirms(who) => {
            return vec![
                format!("they run it themselves: `regain contact verify {} --email`, or --mobile", word(who)),
                "on the phone: `regain contact bind` again, with --read-out; if you vouch for it, with --verified".to_owned(),
            ];
        }
        Refusal::NoEmail(_) => {
            &["an administrator can hand one out with --secrets-to FILE, or use --generate"]
        }
        Refusal::InTheWay(_) => {
            &["look at it: `regain doctor`; or name other places with --config and --store"]
        }
        Refusal::TooYoungToPurge => &["give a longer time, such as 7d"],
        Refusal::UnexpectedCount { .. } => {
            &["look whom it is about with --dry-run, then give the right number"]
        }
        Refusal::TooManyLookups { .. } => &[
            "wait, or ask an administrator to look; this is recorded as an incident",
            "[budgets] lookups_per_hour sets how many there may be",
        ],

        // Codes and callers.
        Refusal::Ineligible(reason) => return vec![codes::remedy(*reason, None)],
        Refusal::NothingToResend { who, reset: true } => {
            return vec![format!("have them ask for a new code: `regain password reset {}`", word(who))];
        }
        Refusal::NothingToResend { .. } => &["have them start over"],
        Refusal::TokenIsOver(who, _) | Refusal::TokenHandedOut(who) | Refusal::TokenWentElsewhere(who) => {
            return vec![format!("make a new one: {}", setup_token(who))];
        }
        Refusal::CallerNotVerified(who) => {
            return vec![
                format!("send them a code that they read out: `regain support challenge {}`", word(who)),
                "then give its ID with --verified-caller; only you can use it, once, within 15 minutes"
                    .to_owned(),
            ];
        }
        Refusal::ReferenceSpent => &["look at the person: `regain user diagnose USER`"],

        // Steps of a reset or a registration.
        Refusal::RequestGone => &[
            "if it is yours, see how it ended: `regain request show ID`",
            "or start again: `regain password reset`",
        ],
        Refusal::MethodNeeded => &["give it with --method"],
        Refusal::AddressNeeded => &["give it with --address; only the one that is bound receives a code"],
        Refusal::NoAddressNeeded => &["leave --address out"],
        Refusal::MethodOff => &["choose another method; `regain config show` lists those in [reset] methods"],
        Refusal::CodeSpent => &["ask for a new code"],
        Refusal::OutcomeTooLate => &["try again"],
        Refusal::CaptchaSpent => &["start a new request"],
        Refusal::TooManyRequests => &[
            "`regain request list` shows them: finish one, or cancel it, `regain request cancel ID`; each expires 15 \
             minutes after it began",
        ],
        Refusal::SecondSpent => {
            &["start again; phone lost? ask {administrator} to remove the authenticator: `regain faq mfa`"]
        }
        Refusal::SameProof => &["choose another method"],
        Refusal::NoOtherProof => &[
            "fill in the form, `regain appeal submit`: somebody decides, and you reset the password then",
            "or try again where you often sign in",
        ],
        Refusal::RegistrationOff => &["ask the person who manages the accounts here for one"],
        Refusal::NameTaken => &["choose another; step by step, `regain request set-password ID --name NAME`"],
        Refusal::NamesSpent => &["begin again later: `regain account register`"],

        // What protects changes of one's own.
        Refusal::ProofTooOld => &["nothing was changed; begin again"],
        Refusal::Unprotected => &[
            "nothing was changed; begin again, and enter the code that is sent",
            "cannot read what is sent to your contacts? ask {administrator}",
            "`regain faq protection` explains how such changes are protected",
        ],
        Refusal::NoSuchWay { there, masked, .. } => {
            return vec![format!("--code-to {there} has it sent to {masked}")];
        }
        Refusal::SelfManagementOff => {
            &["ask {administrator}; `regain faq protection` explains what else an administrator decides"]
        }
        Refusal::ProtectionUnmet { .. } => {
            &["ask {administrator} to bind one, or to change your login protection"]
        }
        Refusal::AuthenticatorNeeded(who) => {
            return vec![
                format!("bind one first: `regain mfa enrol {}`", word(who)),
                "or ask {administrator} to change your login protection".to_owned(),
            ];
        }
        Refusal::MfaBound(who) => {
            return vec![format!("remove it first: `regain mfa remove {}`", word(who))];
        }

        // Backups, keys and anchors.
        Refusal::BackupDamaged(_) => &["use another backup; nothing was changed"],
        Refusal::BackupRecordsBroken { .. } => &[
            "use another backup; nothing was changed",
            "to restore it anyway, which is recorded: --accept-broken-records",
        ],
        Refusal::BackupIsStore(_) => &["name a backup; `regain store backup FILE` makes one"],
        Refusal::StoreGone(_) => &["`regain store restore FILE` restores a backup", store::BEGIN_EMPTY],
        Refusal::KeyGone(_) => &[
            "put your copy of the key file back there",
            "if you have none, move the store away, and start over with `regain init`",
        ],
        Refusal::BackupOfOtherKey(_) => {
            &["put the key file of that store beside the config first; nothing was changed"]
        }
        Refusal::AnchorForged => &["use the anchor from where you keep it; the records were not checked"],

        // Appeals.
        Refusal::AppealGone => &["check the serial number; it looks like apl-bdfgh-jkmnp-qrstv"],
        Refusal::AppealUnusable => &["check its status: `regain appeal show SERIAL`"],
        Refusal::AppealOver(_) => &["`regain appeal show SERIAL` shows its status"],
        Refusal::AppealOfNobody | Refusal::AppealOfMember(_) => &["deny it: `regain appeal deny SERIAL`"],
        Refusal::ApprovedAlready => &["ask another operator; `[appeals] approvals` sets how many are needed"],
        Refusal::TooManyAppeals => &["wait a day; or ask customer service to submit it for you"],
        Refusal::TooManyForms => &["continue one of them: `regain appeal submit --resume ID`"],
        Refusal::FormGone => &["begin a new one: `regain appeal submit`"],
        // One of many.
        Refusal::Unread(_) | Refusal::Record(_) => &["mend the row, and import it again"],
        Refusal::LegacyHash(_) => &[
            "--allow-legacy takes it; it becomes a strong one when they sign in",
            "or leave it out, and use --setup",
        ],
        Refusal::HashTooDear(_) | Refusal::UnknownHash => {
            &["leave the hash out, and let them set one: --setup"]
        }
        Refusal::Form(_) => &["say it in fewer words"],
    };
    lines(hints)
}
