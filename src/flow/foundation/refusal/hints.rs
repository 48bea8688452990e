//! What a person can do about a refusal.

use super::Refusal;
use crate::domain::shell;

impl Refusal {
    /// What the person can do about it.
    pub fn hints(&self) -> Vec<String> {
        let one = |text: &str| vec![text.to_owned()];
        match self {
            Self::CallerNotVerified(who) => vec![
                format!(
                    "send them a code that they read out: `regain support challenge {}`",
                    shell::word(who)
                ),
                "then give its ID with --verified-caller; it counts once, within 15 minutes, for you alone"
                    .to_owned(),
            ],
            Self::ReferenceSpent => one("look at the person: `regain user diagnose USER`"),
            Self::ProofTooOld => one("nothing was changed; begin again"),
            Self::Unprotected
            | Self::NoSuchWay { .. }
            | Self::SelfManagementOff
            | Self::ProtectionUnmet { .. }
            | Self::AuthenticatorNeeded(_) => self.hints_of_protection(),
            Self::ReusedPassword => one("choose one that you have not had here"),
            Self::MethodNeeded
            | Self::AddressNeeded
            | Self::NoAddressNeeded
            | Self::SameProof
            | Self::NoOtherProof
            | Self::RegistrationOff
            | Self::NameTaken
            | Self::NamesSpent
            | Self::CodeSpent
            | Self::OutcomeTooLate
            | Self::CaptchaSpent
            | Self::TooManyRequests
            | Self::SecondSpent
            | Self::MethodOff
            | Self::RequestGone => self.hints_of_steps(),
            Self::MfaBound(who) => vec![format!("take it away first: `regain mfa remove {who}`")],
            Self::AccountExists | Self::UserExists => one("choose another name, or look at what is there"),
            Self::LooksAlike(_) => one("choose a name that nobody can take for another"),
            Self::NoneFits { account } => {
                vec![format!("look at it: `regain policy show {} password`", shell::word(account))]
            }
            Self::TooManyLookups { .. } => vec![
                "wait, or let an administrator look; the records tell of it as an incident".to_owned(),
                "[budgets] lookups_per_hour sets how many there may be".to_owned(),
            ],
            Self::TooLong(_) => one("give a shorter time with --expires, such as 24h"),
            Self::Quota { account, .. } => {
                vec![format!("raise it: `regain account update {} --user-quota N`", shell::word(account))]
            }
            Self::ContactTaken => one("a contact belongs to one identity only; unbind it there first"),
            Self::NotDisabled { noun, who } => {
                vec![format!("disable it first: `regain {noun} disable {}`", shell::word(who))]
            }
            Self::RootUser(_) => one("use the `regain account` commands"),
            Self::RootPassword { account } => vec![
                format!(
                    "the owner of the account resets it: `regain password reset {}`",
                    shell::word(account)
                ),
                "the owner of the store may say --override in `regain admin-reset`".to_owned(),
            ],
            Self::ChangedMeanwhile(_) => one("look again, and repeat the command"),
            Self::InTheWay(_) => {
                one("look at it: `regain doctor`; or name other places with --config and --store")
            }
            Self::NoEmail(_) => {
                one("an administrator can hand one out with --secrets-to FILE, or use --generate")
            }
            Self::NothingToResend { who, reset: true } => {
                vec![format!("have them ask for a new code: `regain password reset {}`", shell::word(who))]
            }
            Self::NothingToResend { .. } => one("have them begin again what it was for"),
            Self::BackupDamaged(_)
            | Self::BackupRecordsBroken { .. }
            | Self::BackupIsStore(_)
            | Self::StoreGone(_)
            | Self::KeyGone(_)
            | Self::BackupOfOtherKey(_)
            | Self::AnchorForged => self.hints_of_copies(),
            Self::AppealGone
            | Self::AppealUnusable
            | Self::AppealOver(_)
            | Self::AppealOfNobody
            | Self::AppealOfMember(_)
            | Self::ApprovedAlready
            | Self::TooManyAppeals
            | Self::TooManyForms
            | Self::FormGone
            | Self::Form(_) => self.hints_of_appeals(),
            Self::TooYoungToPurge => one("name a span of 1d or more"),
            Self::WeakPassword(_)
            | Self::Unusable(_)
            | Self::TooYoung(_)
            | Self::WrongStep { .. }
            | Self::TooSoon { .. }
            | Self::NamedLikeAccount
            | Self::Ineligible(..)
            | Self::VerifiedAlready
            | Self::MfaInUse => Vec::new(),
        }
    }

    /// The same for backups, keys and anchors.
    fn hints_of_copies(&self) -> Vec<String> {
        let one = |text: &str| vec![text.to_owned()];
        match self {
            Self::BackupDamaged(_) => one("take another backup; nothing was changed"),
            Self::BackupRecordsBroken { .. } => vec![
                "take another backup; nothing was changed".to_owned(),
                "to put it back all the same, and have that recorded: --accept-broken-records".to_owned(),
            ],
            Self::BackupIsStore(_) => one("name a backup; `regain store backup FILE` makes one"),
            Self::StoreGone(_) => vec![
                "`regain store restore FILE` brings a backup back".to_owned(),
                "`regain init --new-store` begins with an empty one".to_owned(),
            ],
            Self::KeyGone(_) => vec![
                "put your copy of the key file back there".to_owned(),
                "where there is none, move the store away, and `regain init` begins anew".to_owned(),
            ],
            Self::BackupOfOtherKey(_) => {
                one("put the key file of that store beside the config first; nothing was changed")
            }
            Self::AnchorForged => {
                one("take the anchor from where it was kept; the records were not looked at")
            }
            _ => Vec::new(),
        }
    }

    /// The same for appeals.
    fn hints_of_appeals(&self) -> Vec<String> {
        let one = |text: &str| vec![text.to_owned()];
        match self {
            Self::AppealGone => one("check the serial number; it looks like apl-bdfgh-jkmnp-qrstv"),
            Self::AppealUnusable => one("ask how it stands: `regain appeal show SERIAL`"),
            Self::AppealOver(_) => one("`regain appeal show SERIAL` tells how it stands"),
            Self::AppealOfNobody | Self::AppealOfMember(_) => one("deny it: `regain appeal deny SERIAL`"),
            Self::ApprovedAlready => {
                one("ask another operator; `[appeals] approvals` says how many it takes")
            }
            Self::TooManyAppeals => one("wait a day; or ask customer service to submit it for you"),
            Self::TooManyForms => one("go on with one of them: `regain appeal submit --resume ID`"),
            Self::FormGone => one("begin a new one: `regain appeal submit`"),
            Self::Form(_) => one("say it in fewer words"),
            _ => Vec::new(),
        }
    }

    /// The same for the steps of a reset or a registration.
    fn hints_of_steps(&self) -> Vec<String> {
        let one = |text: &str| vec![text.to_owned()];
        match self {
            Self::MethodOff => {
                one("choose another method; `regain config show` lists those in [reset] methods")
            }
            Self::RequestGone => vec![
                "how it ended, if it is yours: `regain request show ID`".to_owned(),
                "or start again: `regain password reset`".to_owned(),
            ],
            Self::CodeSpent => one("ask for a new code"),
            Self::OutcomeTooLate => one("try again"),
            Self::CaptchaSpent => one("start a new request"),
            Self::TooManyRequests => one(
                "`regain request list` shows them: finish one, or cancel it, `regain request cancel ID`; each ends by itself \
                 a quarter of an hour after it began",
            ),
            Self::SecondSpent => one(
                "start again; phone lost? your administrator or the help desk can have it taken away: `regain faq mfa`",
            ),
            Self::MethodNeeded => one("give it with --method"),
            Self::AddressNeeded => one("give it with --address; only the one that is bound receives a code"),
            Self::NoAddressNeeded => one("leave --address out"),
            Self::SameProof => one("choose another method"),
            Self::NoOtherProof => vec![
                "fill in the form, `regain appeal submit`: somebody decides, and you reset the password then"
                    .to_owned(),
                "or try again where you often sign in".to_owned(),
            ],
            Self::RegistrationOff => one("ask whoever manages the accounts here for one"),
            Self::NameTaken => {
                one("choose another; step by step, `regain request set-password ID --name NAME`")
            }
            Self::NamesSpent => one("begin again later: `regain account register`"),
            _ => Vec::new(),
        }
    }

    /// The same for what protects changes of one's own.
    fn hints_of_protection(&self) -> Vec<String> {
        let one = |text: &str| vec![text.to_owned()];
        match self {
            Self::Unprotected => vec![
                "nothing was changed; begin again, and enter the code that is sent".to_owned(),
                "cannot read what is sent to your contacts? ask your administrator or the help desk"
                    .to_owned(),
                "`regain faq protection` tells how such changes are protected".to_owned(),
            ],
            Self::NoSuchWay { there, masked, .. } => {
                vec![format!("--code-to {there} has it sent to {masked}")]
            }
            Self::SelfManagementOff => {
                one("ask your administrator; `regain faq protection` tells what else they decide")
            }
            Self::ProtectionUnmet { .. } => one(
                "ask your administrator or the help desk to have one bound, or your login protection changed",
            ),
            Self::AuthenticatorNeeded(who) => vec![
                format!("bind one first: `regain mfa enrol {}`", shell::word(who)),
                "or ask your administrator or the help desk to have your login protection changed".to_owned(),
            ],
            _ => Vec::new(),
        }
    }
}
