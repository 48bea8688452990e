//! What a batch does, in few lines.

use jiff::SignedDuration;

use crate::domain::time::span_for_people;
use crate::flow::{AboutUser, AdminReset, IssueCredential, IssueMode, ResetOptions};
use crate::guidance::effects::people;

/// How many people are named before the rest is only counted.
const NAMED: usize = 10;
/// How many remarks are shown before the rest is only counted.
const REMARKED: usize = 10;

/// The effects to confirm: all of one person's, or those of several together.
pub(super) fn effects(
    plans: &[&AdminReset],
    options: &ResetOptions,
    token_life: SignedDuration,
    failed: usize,
) -> Vec<String> {
    let mut effects = match plans {
        [only] => only.effects(),
        several => together(several, options, token_life),
    };
    if failed > 0 {
        effects.push(format!("{} cannot be reset; the report gives the reasons", people(failed)));
    }
    effects
}

fn together(plans: &[&AdminReset], options: &ResetOptions, token_life: SignedDuration) -> Vec<String> {
    let count = people(plans.len());
    let names = named(plans);
    let mut effects = match options.mode {
        IssueMode::Setup => {
            let life = span_for_people(options.expires.unwrap_or(token_life));
            vec![format!("{count} get a setup token, good for {life}: {names}")]
        }
        IssueMode::Generate | IssueMode::Given => vec![
            format!("{count} get a generated password each: {names}"),
            "their old passwords stop working; their live codes, setup tokens and requests end".to_owned(),
            "their verified contacts are told".to_owned(),
        ],
    };
    if options.mode != IssueMode::Setup {
        let must = if options.must_change { "must" } else { "need not" };
        effects.push(format!("the passwords {must} be changed at the next sign-in"));
    }
    let remarks: Vec<String> = plans.iter().flat_map(|plan| plan.remarks()).collect();
    let more = remarks.len().saturating_sub(REMARKED);
    effects.extend(remarks.into_iter().take(REMARKED));
    if more > 0 {
        effects.push(format!("and {more} more remarks of that kind; --dry-run lists them all"));
    }
    effects
}

fn named(plans: &[&AdminReset]) -> String {
    let mut names: Vec<String> = plans.iter().take(NAMED).map(|plan| plan.user().path()).collect();
    let more = plans.len().saturating_sub(NAMED);
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    names.join(", ")
}
