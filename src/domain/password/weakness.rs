//! Why a password is refused, for people and for programs.

/// One reason. The text reads by itself: what is wrong, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    #[error(
        "the password is too short: use at least {minimum} characters; four or more random words are easy to \
         type and hard to guess"
    )]
    TooShort { minimum: u32 },
    #[error("the password is too long: use at most {maximum} characters, because nothing is ever cut off")]
    TooLong { maximum: u32 },
    #[error(
        "the password has too few kinds of character: use at least {needed} of upper case, lower case, digits \
         and others"
    )]
    TooFewKinds { needed: u32 },
    #[error("the password repeats a character too often: use the same one at most {} in a row", times(*.allowed))]
    TooManyIdentical { allowed: u32 },
    #[error(
        "the password is the user name or its reverse: use something that others do not know of this user"
    )]
    ContainsUserName,
    #[error(
        "the password is a common word or pattern, or one that is repeated or has digits and signs around it, which \
         attackers try first: use four or more random words"
    )]
    Common,
    #[error("the password is on the list of passwords that may not be used here: choose another one")]
    Listed,
    #[error(
        "the password is known from a data breach, so attackers try it: choose one that you use nowhere else"
    )]
    Breached,
    #[error(
        "the password is made of names that belong to this account: use words that have nothing to do with the \
         user, the account or their addresses"
    )]
    ContextWord,
    #[error(
        "the password is easy to guess: use four or more random words, or let a password manager generate it"
    )]
    Guessable,
}

fn times(allowed: u32) -> String {
    if allowed == 1 { "once".to_owned() } else { format!("{allowed} times") }
}
