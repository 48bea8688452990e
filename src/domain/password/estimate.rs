//! How many guesses a password withstands, and whether it is a common word, by zxcvbn.
//!
//! zxcvbn's first call builds its dictionaries: about 13 ms of CPU and 8 MiB, once a process (release build,
//! measured 2026). So only passwords that are to be set come here; and [`warm_up`] moves the cost into time in
//! which a person types. It keeps copies of what it looks at on the heap, which nobody can wipe.

use zeroize::Zeroizing;
use zxcvbn::{Match, matching::patterns::MatchPattern};

/// Code points that zxcvbn is given at once. It reads 100 of any length; its search for look-alike letters
/// takes up to 700 ms for those, but a few ms for 32, which hold more than any limit asks (10^14).
const WINDOW: usize = 32;

/// The longest text that is asked for as a word: the longest in its dictionaries have 23 letters.
const LONGEST_WORD: usize = 40;

/// The shortest core that counts as a word with something around it: random passwords often hold shorter ones.
const SHORTEST_CORE: usize = 4;

/// Builds zxcvbn's dictionaries ahead of the first judgement. Worth a thread of its own while a person types.
pub fn warm_up() {
    let _ = zxcvbn::zxcvbn("warm", &[]);
}

/// Whether the whole password is one common word or pattern, its repeats, or one with digits and signs around
/// or between.
pub(super) fn is_common(password: &str) -> bool {
    reductions(password).iter().any(|form| is_common_word(form))
}

/// The power of ten of the guesses it takes, as far as `enough`: more is not looked for.
pub(super) fn guesses_log10(password: &str, words: &[String], enough: f64) -> f64 {
    let symbols: Zeroizing<Vec<char>> = Zeroizing::new(password.chars().collect());
    let block = shortest_block(&symbols);
    // Whoever guesses the block guesses its repeats by trying each number of them.
    let repeats = symbols.len().checked_div(block.len()).unwrap_or(1).max(1);
    let repeats = f64::from(u32::try_from(repeats).unwrap_or(u32::MAX)).log10();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut most = 0.0_f64;
    for window in block.chunks(WINDOW) {
        let window: Zeroizing<String> = Zeroizing::new(window.iter().collect());
        // The whole is no easier than any part of it.
        most = most.max(zxcvbn::zxcvbn(&window, &words).guesses_log10() + repeats);
        if most >= enough {
            break;
        }
    }
    most
}

/// The password in lower case, and what is left of it without repeats, paddings and separators.
pub(super) fn reductions(password: &str) -> Vec<Zeroizing<String>> {
    let whole = Zeroizing::new(password.to_lowercase());
    let mut forms = vec![whole];
    let mut at = 0;
    // Each form is shorter than the one it came from, so this ends; the limit is for safety only.
    while let Some(form) = forms.get(at).cloned() {
        let symbols: Zeroizing<Vec<char>> = Zeroizing::new(form.chars().collect());
        let block: String = shortest_block(&symbols).iter().collect();
        let core = form.trim_matches(|symbol: char| !symbol.is_alphabetic()).to_owned();
        let parts = same_parts(&form, |symbol| !symbol.is_alphabetic());
        let separated = same_parts(&form, |symbol| " -_.,:;/+*|".contains(symbol));
        for less in [Some(block), Some(core), parts, separated].into_iter().flatten() {
            let less = Zeroizing::new(less);
            if !less.is_empty() && less.len() < form.len() && !forms.contains(&less) && forms.len() < 16 {
                forms.push(less);
            }
        }
        at += 1;
    }
    forms
}

/// The one text that is left between separators, if all are the same.
fn same_parts(text: &str, separator: impl Fn(char) -> bool) -> Option<String> {
    let mut parts = text.split(separator).filter(|part| !part.is_empty());
    let first = parts.next()?;
    parts.all(|part| part == first).then(|| first.to_owned())
}

/// The shortest start whose repeats, the last perhaps cut, make the whole; the whole if none is repeated twice.
fn shortest_block(symbols: &[char]) -> &[char] {
    // Borders by Knuth, Morris and Pratt: the longest proper start of each prefix that is also its end.
    let mut borders = vec![0_usize; symbols.len()];
    let mut border = 0;
    for at in 1..symbols.len() {
        while border > 0 && symbols.get(at) != symbols.get(border) {
            border = borders.get(border - 1).copied().unwrap_or(0);
        }
        if symbols.get(at) == symbols.get(border) {
            border += 1;
        }
        if let Some(place) = borders.get_mut(at) {
            *place = border;
        }
    }
    let period = symbols.len() - borders.last().copied().unwrap_or(0);
    if period.saturating_mul(2) <= symbols.len() { symbols.get(..period).unwrap_or(symbols) } else { symbols }
}

/// Whether zxcvbn takes all letters for one known piece of a sensible length, or the whole for one pattern.
fn is_common_word(form: &str) -> bool {
    let length = form.chars().count();
    if !(2..=LONGEST_WORD).contains(&length) {
        return false;
    }
    let estimate = zxcvbn::zxcvbn(form, &[]);
    let pieces = estimate.sequence();
    let known = |piece: &Match| piece.pattern != MatchPattern::BruteForce;
    if let [only] = pieces {
        return known(only);
    }
    let mut lettered = pieces.iter().filter(|piece| piece.token.chars().any(char::is_alphabetic));
    let first = lettered.next();
    let single = lettered.next().is_none();
    single && first.is_some_and(|piece| known(piece) && piece.token.chars().count() >= SHORTEST_CORE)
}
