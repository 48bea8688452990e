//! Words that anybody who knows the person tries first (security P4).

use zeroize::Zeroizing;

use super::look_alikes::stands_for;

/// What is known of the person whose password it shall be.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// Empty for nobody in particular.
    pub user_name: &'a str,
    pub account_name: &'a str,
    pub email: Option<&'a str>,
    /// Lowers the minimum of the `nist` preset from 15 to 8 (security P1).
    pub has_mfa: bool,
    /// Words of the site: its name, its products.
    pub extra_words: &'a [&'a str],
}

/// The product's own name: NIST SP 800-63B-4 counts the service among the context.
const PRODUCT: &str = "regain";

/// Shorter words count only as parts of an address or name beside longer ones: two letters are in everything.
const SHORTEST: usize = 3;

/// The words of one person's context, folded, each once.
pub(super) fn words(context: &Context<'_>) -> Vec<String> {
    let mut words = Vec::new();
    let names = [context.user_name, context.account_name, PRODUCT];
    let more = context.email.into_iter().chain(context.extra_words.iter().copied());
    for text in names.into_iter().chain(more) {
        let folded = text.to_lowercase();
        // The parts of a name or an address, and the whole without what separates them.
        words.extend(folded.split(|symbol: char| !symbol.is_alphanumeric()).map(str::to_owned));
        let local = folded.split('@').next().unwrap_or_default();
        words.push(local.chars().filter(|symbol| symbol.is_alphanumeric()).collect());
    }
    words.retain(|word: &String| word.chars().any(char::is_alphabetic));
    words.sort_unstable();
    words.dedup();
    words
}

/// Whether every letter of the password belongs to a context word or the reverse of one: so also the word
/// itself, several of them, their repeats, and any digits and signs around and between. Look-alike digits and
/// signs count as the letters that they stand for.
pub(super) fn is_made_of(password: &str, words: &[String]) -> bool {
    let text: Zeroizing<Vec<char>> = Zeroizing::new(password.chars().flat_map(char::to_lowercase).collect());
    let mut patterns: Vec<Vec<char>> = Vec::with_capacity(words.len().saturating_mul(2));
    for word in words {
        let forward: Vec<char> = word.chars().collect();
        patterns.push(forward.iter().rev().copied().collect());
        patterns.push(forward);
    }
    // How far the text can be read from its start: `None` not at all, else the letters of the longest word met.
    let mut reached: Vec<Option<usize>> = vec![None; text.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = Some(0);
    }
    for at in 0..text.len() {
        let Some(longest) = reached.get(at).copied().flatten() else { continue };
        let rest = text.get(at..).unwrap_or_default();
        if rest.first().is_some_and(|symbol| !symbol.is_alphabetic()) {
            mark(&mut reached, at + 1, longest);
        }
        for pattern in &patterns {
            let fits = rest.len() >= pattern.len()
                && rest
                    .iter()
                    .zip(pattern)
                    .all(|(symbol, letter)| symbol == letter || stands_for(*symbol, *letter));
            if fits {
                mark(&mut reached, at + pattern.len(), longest.max(pattern.len()));
            }
        }
    }
    reached.last().copied().flatten().is_some_and(|longest| longest >= SHORTEST)
}

/// Whether the password is the name or its reverse, without regard to case: the cloud's own rule.
pub(super) fn is_name_or_reverse(password: &str, name: &str) -> bool {
    let password: Zeroizing<Vec<char>> =
        Zeroizing::new(password.chars().flat_map(char::to_lowercase).collect());
    let name: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    !name.is_empty() && (*password == name || password.iter().eq(name.iter().rev()))
}

fn mark(reached: &mut [Option<usize>], at: usize, longest: usize) {
    if let Some(place) = reached.get_mut(at) {
        *place = Some(place.unwrap_or(0).max(longest));
    }
}
