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
        ReadPeople => "read_people": "look at people",
        SearchPeople => "search_people": "search for people",
        /// By what they have in common, which tells whether it holds of somebody.
        SelectPeople => "select_people": "select people by what they have in common",
        CountHashes => "count_hashes": "see how passwords are hashed",
        UnmaskContacts => "unmask_contacts": "see contacts in full",
        ReadCodes => "read_codes": "see what happened to codes",
        ResendCode => "resend_code": "send a code again",
        RevokeCode => "revoke_code": "revoke codes",
        /// Say what became of a message that was handed over.
        NoteReceipts => "note_receipts": "hand in delivery receipts",
        /// Of root users and operators, too.
        RevokeAllCodes => "revoke_all_codes": "revoke the codes of everybody",
        SendSetupLink => "send_setup_link": "send a setup token",
        VerifyCaller => "verify_caller": "verify a caller",
        /// For somebody who says that a change was not theirs.
        Disown => "disown": "disown a change",
        /// End a lock after wrong passwords, and nothing else.
        EndLock => "end_lock": "end locks",
        BlockPeople => "block_people": "block people",
        SetPassword => "set_password": "set passwords",
        ManagePeople => "manage_people": "change accounts and users",
        ManageContacts => "manage_contacts": "bind or unbind contacts",
        ManageMfa => "manage_mfa": "enrol or remove authenticators",
        ManageDevices => "manage_devices": "forget devices",
        ManagePolicy => "manage_policy": "change policies",
        /// How appeals ended; who claims what is for those who decide.
        ReadAppeals => "read_appeals": "see what happened to appeals",
        DecideAppeals => "decide_appeals": "decide appeals",
        ReadRecords => "read_records": "read the operation records",
        TestDelivery => "test_delivery": "send test messages",
        ManageBatches => "manage_batches": "look at batches, or resume or cancel them",
        ManageStore => "manage_store": "manage the store",
    }
    /// For the sentence "support may not …".
    fn verb;
}

text_enum! {
    /// What support may do for a caller who was verified, by setting.
    CallerMay {
        /// Get a setup token.
        Setup => "setup",
        /// Have a lock ended.
        Unlock => "unlock",
        /// Be blocked.
        Block => "block",
    }
}

impl CallerMay {
    /// What allows this to support, where something does.
    pub fn of(task: Task) -> Option<Self> {
        match task {
            Task::SendSetupLink => Some(Self::Setup),
            Task::EndLock => Some(Self::Unlock),
            Task::BlockPeople => Some(Self::Block),
            _ => None,
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

/// Whether an actor of this role may do this, to this person if it is about one. `callers_may` is what the settings let
/// support do for callers.
pub fn judge(role: Role, task: Task, subject: Option<Subject>, callers_may: &[CallerMay]) -> Verdict {
    let by_setting = CallerMay::of(task).is_some_and(|needed| callers_may.contains(&needed));
    let within_support = by_setting
        || matches!(
            task,
            Task::ReadPeople
                | Task::SearchPeople
                | Task::ReadCodes
                | Task::ReadAppeals
                | Task::ResendCode
                | Task::RevokeCode
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

    /// The default.
    const SETUP: &[CallerMay] = &[CallerMay::Setup];

    #[test]
    fn o2_what_callers_may_is_a_setting_and_never_of_the_privileged() {
        for (task, needed) in [
            (Task::SendSetupLink, CallerMay::Setup),
            (Task::EndLock, CallerMay::Unlock),
            (Task::BlockPeople, CallerMay::Block),
        ] {
            assert_eq!(judge(Role::Support, task, PLAIN, &[]), Verdict::BeyondSupport, "{task}");
            for given in CallerMay::ALL {
                let wanted = if *given == needed { Verdict::Allowed } else { Verdict::BeyondSupport };
                assert_eq!(judge(Role::Support, task, PLAIN, &[*given]), wanted, "{task} {given}");
            }
            assert_eq!(judge(Role::Support, task, ROOT, CallerMay::ALL), Verdict::Privileged, "{task}");
            assert_eq!(judge(Role::Support, task, STAFF, CallerMay::ALL), Verdict::Privileged, "{task}");
            assert_eq!(judge(Role::Admin, task, ROOT, &[]), Verdict::Allowed, "{task}");
        }
    }

    #[test]
    fn o2_support_has_a_ceiling() {
        for task in [
            Task::SelectPeople,
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
            Task::ManageBatches,
            Task::ManageStore,
        ] {
            assert_eq!(judge(Role::Support, task, PLAIN, SETUP), Verdict::BeyondSupport, "{task}");
            assert_eq!(judge(Role::Admin, task, ROOT, SETUP), Verdict::Allowed, "{task}");
        }
        for task in
            [Task::ResendCode, Task::RevokeCode, Task::SendSetupLink, Task::VerifyCaller, Task::Disown]
        {
            assert_eq!(judge(Role::Support, task, PLAIN, SETUP), Verdict::Allowed, "{task}");
            assert_eq!(judge(Role::Support, task, ROOT, SETUP), Verdict::Privileged, "{task}");
            assert_eq!(judge(Role::Support, task, STAFF, SETUP), Verdict::Privileged, "{task}");
        }
        assert_eq!(judge(Role::Support, Task::ReadPeople, ROOT, &[]), Verdict::Allowed);
    }

    #[test]
    fn strangers_are_no_operators() {
        for task in Task::ALL {
            assert_eq!(judge(Role::Stranger, *task, PLAIN, CallerMay::ALL), Verdict::NotAnOperator, "{task}");
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
                assert_eq!(judge(Role::Support, *task, subject, SETUP), verdict, "{task} {subject:?}");
                assert_eq!(judge(Role::Admin, *task, subject, &[]), Verdict::Allowed, "{task} {subject:?}");
            }
        }
    }
}
