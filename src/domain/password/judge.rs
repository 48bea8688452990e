//! The one judgement of a new password (security P1, P4, P6).

use super::context::{self, Context};
use super::estimate;
use super::normalise::NewPassword;
use super::weakness::Weakness;
use super::word_list::{ExtraList, ListError};
use crate::domain::policy::PasswordPolicy;

/// Judges a new password: everything that speaks against it, at once; nothing, if it is good. Costs up to 20 ms of CPU in a process that had none judged before (see
/// [`super::warm_up`]). Reuse of a recent password is judged elsewhere, since it takes their hashes.
pub fn judge(
    password: &NewPassword,
    policy: &PasswordPolicy,
    context: &Context<'_>,
    extra: &dyn ExtraList,
) -> Result<Vec<Weakness>, ListError> {
    let text = password.secret().expose();
    let mut found = rules(text, policy, context);
    let words = context::words(context);
    let mut blocked = false;
    if policy.blocklist {
        if context::is_made_of(text, &words) {
            found.push(Weakness::ContextWord);
            blocked = true;
        } else if estimate::is_common(text) {
            found.push(Weakness::Common);
            blocked = true;
        }
    }
    // A site that configured a list means it, whatever the account's policy says of the built-in one.
    for form in estimate::reductions(text) {
        if extra.contains(&form)? {
            found.push(Weakness::Listed);
            blocked = true;
            break;
        }
    }
    if !blocked && extra.is_breached(password.secret())? {
        found.push(Weakness::Breached);
        blocked = true;
    }
    let least = policy.minimum_guesses_log10;
    // That a blocked password is also easy to guess would say the same twice.
    if least > 0 && !blocked {
        let least = f64::from(least);
        if estimate::guesses_log10(text, &words, least) < least {
            found.push(Weakness::Guessable);
        }
    }
    Ok(found)
}

/// What can be said by looking at the characters alone.
pub(super) fn rules(text: &str, policy: &PasswordPolicy, context: &Context<'_>) -> Vec<Weakness> {
    let mut found = Vec::new();
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let minimum = policy.minimum_length_for(context.has_mfa);
    if length < minimum {
        found.push(Weakness::TooShort { minimum });
    }
    if length > policy.maximum_password_length {
        found.push(Weakness::TooLong { maximum: policy.maximum_password_length });
    }
    if kinds(text) < policy.password_char_combination {
        found.push(Weakness::TooFewKinds { needed: policy.password_char_combination });
    }
    let allowed = policy.maximum_consecutive_identical_chars;
    if allowed > 0 && longest_run(text) > allowed {
        found.push(Weakness::TooManyIdentical { allowed });
    }
    if policy.password_not_username_or_invert && context::is_name_or_reverse(text, context.user_name) {
        found.push(Weakness::ContainsUserName);
    }
    found
}

/// How many of upper case, lower case, digits and others there are. Letters without case count as others.
fn kinds(text: &str) -> u32 {
    let is_other = |symbol: char| !symbol.is_uppercase() && !symbol.is_lowercase() && !symbol.is_numeric();
    let tests: [&dyn Fn(char) -> bool; 4] = [
        &|symbol| symbol.is_uppercase(),
        &|symbol| symbol.is_lowercase(),
        &|symbol| symbol.is_numeric(),
        &is_other,
    ];
    tests.iter().map(|test| u32::from(text.chars().any(test))).sum()
}

fn longest_run(text: &str) -> u32 {
    let mut longest = 0_u32;
    let mut run = 0_u32;
    let mut last = None;
    for symbol in text.chars() {
        run = if last == Some(symbol) { run.saturating_add(1) } else { 1 };
        last = Some(symbol);
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
