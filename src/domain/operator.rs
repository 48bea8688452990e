//! Operators: who may do what to whom, judged by one pure function (security O2).

use super::text::text_enum;

text_enum! {
    /// What an actor is to this store.
    Role {
        /// May do everything; the store's owner, root, and those the config names.
        Admin => "admin",
        /// The help desk: sees masked contacts and the fates of codes, and helps with them.
        Support => "support",
        /// Everyone else: self-service only.
        Stranger => "stranger",
    }
}

text_enum! {
    /// What operators do.
    Task {
        ReadPeople => "read_people",
        SearchPeople => "search_people",
        UnmaskContacts => "unmask_contacts",
        ReadCodes => "read_codes",
        ResendCode => "resend_code",
        RevokeCode => "revoke_code",
        /// Say what became of a message that was handed over.
        NoteReceipts => "note_receipts",
        /// Of root users and operators, too.
        RevokeAllCodes => "revoke_all_codes",
        SendSetupLink => "send_setup_link",
        VerifyCaller => "verify_caller",
        /// For somebody who says that a change was not theirs.
        Disown => "disown",
        SetPassword => "set_password",
        ManagePeople => "manage_people",
        ManageContacts => "manage_contacts",
        ManageMfa => "manage_mfa",
        ManageDevices => "manage_devices",
        ManagePolicy => "manage_policy",
        /// How appeals ended; who claims what is for those who decide.
        ReadAppeals => "read_appeals",
        DecideAppeals => "decide_appeals",
        ReadRecords => "read_records",
        TestDelivery => "test_delivery",
        ManageStore => "manage_store",
    }
}

impl Task {
    /// For the sentence "support may not …".
    pub fn verb(self) -> &'static str {
        match self {
            Self::ReadPeople => "look at people",
            Self::SearchPeople => "search for people",
            Self::UnmaskContacts => "see contacts in full",
            Self::ReadCodes => "see what became of codes",
            Self::ResendCode => "send a code again",
            Self::RevokeCode => "revoke codes",
            Self::NoteReceipts => "hand in delivery receipts",
            Self::RevokeAllCodes => "revoke the codes of everybody",
            Self::SendSetupLink => "send a setup token",
            Self::VerifyCaller => "verify a caller",
            Self::Disown => "disown a change",
            Self::SetPassword => "set passwords",
            Self::ManagePeople => "change accounts and users",
            Self::ManageContacts => "bind or unbind contacts",
            Self::ManageMfa => "enrol or remove authenticators",
            Self::ManageDevices => "forget devices",
            Self::ManagePolicy => "change policies",
            Self::ReadAppeals => "see what became of appeals",
            Self::DecideAppeals => "decide appeals",
            Self::ReadRecords => "read the operation records",
            Self::TestDelivery => "send test messages",
            Self::ManageStore => "manage the store",
        }
    }
}

/// What matters about the person an operator acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    pub root: bool,
    /// Whether they may be an operator of this store themselves, by name or by group.
    pub operator: bool,
}

/// The judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    Allowed,
    /// The actor is no operator of this store.
    NotAnOperator,
    /// Support never does this.
    BeyondSupport,
    /// Support never does this to root users and operators.
    Privileged,
}

/// Whether an actor of this role may do this, to this person if it is about one.
pub fn judge(role: Role, task: Task, subject: Option<Subject>) -> Verdict {
    let within_support = matches!(
        task,
        Task::ReadPeople
            | Task::SearchPeople
            | Task::ReadCodes
            | Task::ReadAppeals
            | Task::ResendCode
            | Task::RevokeCode
            | Task::SendSetupLink
            | Task::VerifyCaller
            | Task::Disown
    );
    let looking = matches!(task, Task::ReadPeople | Task::SearchPeople | Task::ReadCodes | Task::ReadAppeals);
    let privileged = subject.is_some_and(|s| s.root || s.operator);
    match role {
        Role::Stranger => Verdict::NotAnOperator,
        Role::Support if !within_support => Verdict::BeyondSupport,
        Role::Support if privileged && !looking => Verdict::Privileged,
        Role::Admin | Role::Support => Verdict::Allowed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Option<Subject> = Some(Subject { root: false, operator: false });
    const ROOT: Option<Subject> = Some(Subject { root: true, operator: false });
    const STAFF: Option<Subject> = Some(Subject { root: false, operator: true });

    #[test]
    fn o2_support_has_a_ceiling() {
        for task in [
            Task::RevokeAllCodes,
            Task::NoteReceipts,
            Task::UnmaskContacts,
            Task::SetPassword,
            Task::ManagePeople,
            Task::ManageContacts,
            Task::ManageMfa,
            Task::ManageDevices,
            Task::ManagePolicy,
            Task::DecideAppeals,
            Task::ReadRecords,
            Task::TestDelivery,
            Task::ManageStore,
        ] {
            assert_eq!(judge(Role::Support, task, PLAIN), Verdict::BeyondSupport, "{task}");
            assert_eq!(judge(Role::Admin, task, ROOT), Verdict::Allowed, "{task}");
        }
        for task in
            [Task::ResendCode, Task::RevokeCode, Task::SendSetupLink, Task::VerifyCaller, Task::Disown]
        {
            assert_eq!(judge(Role::Support, task, PLAIN), Verdict::Allowed, "{task}");
            assert_eq!(judge(Role::Support, task, ROOT), Verdict::Privileged, "{task}");
            assert_eq!(judge(Role::Support, task, STAFF), Verdict::Privileged, "{task}");
        }
        assert_eq!(judge(Role::Support, Task::ReadPeople, ROOT), Verdict::Allowed);
    }

    #[test]
    fn strangers_are_no_operators() {
        for task in Task::ALL {
            assert_eq!(judge(Role::Stranger, *task, PLAIN), Verdict::NotAnOperator, "{task}");
        }
    }

    #[test]
    fn o2_each_task_is_looking_helping_or_beyond_support() {
        let looking = [Task::ReadPeople, Task::SearchPeople, Task::ReadCodes, Task::ReadAppeals];
        let helping =
            [Task::ResendCode, Task::RevokeCode, Task::SendSetupLink, Task::VerifyCaller, Task::Disown];
        for task in Task::ALL {
            let (plain, privileged) = if looking.contains(task) {
                (Verdict::Allowed, Verdict::Allowed)
            } else if helping.contains(task) {
                (Verdict::Allowed, Verdict::Privileged)
            } else {
                (Verdict::BeyondSupport, Verdict::BeyondSupport)
            };
            for (subject, verdict) in [(None, plain), (PLAIN, plain), (ROOT, privileged), (STAFF, privileged)]
            {
                assert_eq!(judge(Role::Support, *task, subject), verdict, "{task} {subject:?}");
                assert_eq!(judge(Role::Admin, *task, subject), Verdict::Allowed, "{task} {subject:?}");
            }
        }
    }
}
