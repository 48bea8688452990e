//! Digits and signs that are typed in place of letters.

/// The one symbol that stands for a symbol and everything that is taken for it: `4`, `@` and `A` become `a`. Signs
/// for several letters join these: `1` is i or l and `7` is l or t, so all of them become `i`.
/// It joins whatever zxcvbn substitutes, and what else people are used to.
fn representative(symbol: char) -> char {
    match symbol {
        'A' | '4' | '@' => 'a',
        'B' | '8' => 'b',
        'C' | '(' | '{' | '[' | '<' => 'c',
        'E' | '3' => 'e',
        'G' | '6' | '9' => 'g',
        'I' | '1' | '!' | '|' | 'L' | 'l' | '7' | 'T' | 't' | '+' => 'i',
        'O' | '0' => 'o',
        'S' | '$' | '5' => 's',
        'X' | '%' => 'x',
        'Z' | '2' => 'z',
        // Where lower case is more than one symbol, the caller has to look at more than one.
        other => other.to_lowercase().next().unwrap_or(other),
    }
}

/// Whether a digit or sign is typed in place of a lower-case letter.
pub(super) fn stands_for(symbol: char, letter: char) -> bool {
    !symbol.is_alphabetic() && representative(symbol) == representative(letter)
}
