//! What a row will do, in sentences.

use super::super::newcomer::Newcomer;
use super::password::{GivenPassword, Source};
use super::plan::{Changes, ImportUser, Step};
use crate::domain::account::Status;
use crate::domain::time::span_for_people;
use crate::flow::foundation::Change;
use crate::flow::proofs::credentials::TEMPORARY;
use crate::flow::proofs::issuance::IssueMode;
use crate::flow::story::contacts::Bound;
use crate::guidance::effects::{no_password, unmet_protection};

impl ImportUser {
    /// A sentence each, the heaviest first.
    pub(super) fn sentences(&self) -> Vec<String> {
        let path = self.user.path();
        let mut effects = match &self.step {
            Step::Create(newcomer) => made(newcomer),
            Step::Change(changes) => changes.sentences(),
            Step::Leave(_) => Vec::new(),
        };
        effects.extend(self.about_password());
        effects.extend(self.remarks.iter().cloned());
        if let Step::Create(_) = self.step {
            effects.extend(unmet_protection(&self.after));
        }
        if effects.is_empty() {
            effects.push(format!("{path} stays as it is"));
        }
        let mut told = Vec::with_capacity(effects.len());
        for effect in effects {
            if !told.contains(&effect) {
                told.push(effect);
            }
        }
        told
    }

    fn about_password(&self) -> Vec<String> {
        let path = self.user.path();
        let had = self.user.credential.hash.is_some();
        let mut effects = match (&self.password, self.first) {
            (Some(given), _) => given.sentences(&path),
            (None, Some(IssueMode::Generate)) => {
                vec![format!("{path} gets a generated password"), temporary()]
            }
            (None, Some(IssueMode::Setup | IssueMode::Given)) => {
                let to = self.after.email().unwrap_or_default();
                return vec![format!("a setup token for {path} goes to {to}")];
            }
            (None, None) if matches!(self.step, Step::Create(_)) => return vec![no_password(&path)],
            (None, None) => return Vec::new(),
        };
        if had {
            effects.push(format!("the old password of {path} stops working; sessions elsewhere can end"));
        }
        if let Step::Change(_) = self.step {
            effects.push(format!("every live code, setup token and request of {path} ends"));
            effects.extend(self.notified.clone());
        }
        effects
    }
}

impl Changes {
    fn sentences(&self) -> Vec<String> {
        let update = Some(&self.update).filter(|update| update.changes());
        let update = update.into_iter().flat_map(Change::effects);
        let bind = self.bind.iter().flat_map(Change::effects);
        update.chain(bind).chain(self.unbind.iter().flat_map(Change::effects)).collect()
    }
}

impl GivenPassword {
    fn sentences(&self, path: &str) -> Vec<String> {
        let given = match &self.source {
            Source::Clear(..) | Source::Hashed(_) => format!("{path} gets the password in the file"),
            Source::Foreign(_) => {
                format!("{path} gets the password hash in the file, and signs in with its password")
            }
        };
        let ends = match (self.life, self.must_change) {
            (Some(_), _) => Some(temporary()),
            (None, true) => Some("the password must be changed at the next sign-in".to_owned()),
            (None, false) => None,
        };
        std::iter::once(given).chain(ends).collect()
    }
}

/// How long a password works that somebody else chose.
fn temporary() -> String {
    format!("it works for {} and must be changed at the next sign-in", span_for_people(TEMPORARY))
}

fn made(newcomer: &Newcomer) -> Vec<String> {
    let path = newcomer.user.path();
    let mut effects = vec![match newcomer.user.status {
        Status::Enabled => format!("the IAM user {path} is made"),
        Status::Disabled => format!("the IAM user {path} is made, disabled"),
    }];
    effects.extend(newcomer.contacts.iter().map(|(address, bound)| match bound {
        Bound::Unverified(_) => format!("{address} is bound to it, not verified"),
        _ => format!("{address} is bound to it, as verified by you"),
    }));
    effects
}
