//! What is certain of a password without zxcvbn: a lower bound of its estimate.
//!
//! zxcvbn covers a password with pieces: words, walks over a keyboard, dates, sequences, repeats, and symbols that are guessed
//! one by one. It takes the cover that is guessed soonest. Here everything that it could possibly take for such a
//! piece is taken for one (a text that may be a word: [`super::word_filter()`]), and at the least price that zxcvbn has
//! for any. The best cover of these is never dearer than zxcvbn's own: so a password that withstands it withstands
//! zxcvbn, and is not put to it. The reverse is not said: zxcvbn judges what is not certain here.

use zeroize::Zeroizing;

use super::estimate;
use super::look_alikes::representative;
use super::word_filter::{LONGEST, SHORTEST, Spelling};

/// The least guesses for a piece of several symbols beside others, by zxcvbn's scoring.
const LEAST_FOR_A_PIECE: f64 = 50.0;

/// Guesses for each symbol that belongs to no piece, by zxcvbn's scoring.
const FOR_A_SYMBOL: f64 = 10.0;

/// zxcvbn rates a cover of n pieces at 10^(4(n-1)) or more, whatever they are.
const LOG10_FOR_ANOTHER_PIECE: usize = 4;

/// The longest step of a sequence that zxcvbn looks for.
const LONGEST_STEP: i64 = 5;

/// More than this many pieces are beyond what any policy asks: 10^16.
const MOST_PIECES: usize = 4;

/// Whether zxcvbn would certainly say 10^`least` or more, given the same words of the person's context.
pub(super) fn withstands(password: &str, words: &[String], least: u32) -> bool {
    let symbols: Zeroizing<Vec<char>> = Zeroizing::new(password.chars().collect());
    let beyond = MOST_PIECES * LOG10_FOR_ANOTHER_PIECE;
    let Ok(power) = i32::try_from(least) else { return false };
    least as usize <= beyond
        && is_read_alike(&symbols)
        && estimate::windows(&symbols).any(|window| cheapest_cover(window, words) >= 10_f64.powi(power))
}

/// Whether the password is certainly no common word or pattern, its repeats, or one with digits and signs around or
/// between: whether no piece could take in all its letters.
pub(super) fn is_no_word(password: &str) -> bool {
    let symbols: Zeroizing<Vec<char>> = Zeroizing::new(password.chars().collect());
    is_read_alike(&symbols)
        && estimate::reductions(password).iter().all(|form| {
            let form: Zeroizing<Vec<char>> = Zeroizing::new(form.chars().collect());
            form.len() > estimate::LONGEST_WORD || !one_piece_has_all_letters(&form)
        })
}

/// Whether lower case has as many symbols: zxcvbn looks words up there, but counts symbols in the original.
fn is_read_alike(symbols: &[char]) -> bool {
    symbols.iter().all(|symbol| symbol.to_lowercase().count() == 1)
}

fn one_piece_has_all_letters(form: &[char]) -> bool {
    let first = form.iter().position(|symbol| symbol.is_alphabetic()).unwrap_or(0);
    let last = form.iter().rposition(|symbol| symbol.is_alphabetic()).unwrap_or(form.len().saturating_sub(1));
    let pieces = Pieces::of(form, &[]);
    (0..=first).any(|start| (last + 1..=form.len()).any(|end| pieces.may_be(start, end)))
}

/// The guesses of the cheapest cover of up to [`MOST_PIECES`], or 10^16 for more.
fn cheapest_cover(window: &[char], words: &[String]) -> f64 {
    let length = window.len();
    let pieces = Pieces::of(window, words);
    // The least product of guesses for the first symbols, up to each place, in so many pieces as there are rounds.
    let mut products = vec![f64::INFINITY; length + 1];
    if let Some(start) = products.first_mut() {
        *start = 1.0;
    }
    let mut cheapest = 10_f64.powi(16);
    let mut orders = 1.0;
    let mut for_the_number = 1.0;
    for number in 1..=MOST_PIECES {
        let mut longer = vec![f64::INFINITY; length + 1];
        for (end, product) in longer.iter_mut().enumerate() {
            for (start, before) in products.iter().enumerate().take(end) {
                *product = product.min(before * pieces.least_guesses(start, end));
            }
        }
        products = longer;
        #[allow(clippy::cast_precision_loss)] // 4 at most
        let factor = number as f64;
        orders *= factor;
        let whole = products.last().copied().unwrap_or(0.0);
        cheapest = cheapest.min(orders * whole + for_the_number);
        for_the_number *= 10_000.0;
    }
    cheapest
}

/// Which stretches of a text zxcvbn could take for a known piece.
struct Pieces {
    length: usize,
    /// By start and end.
    known: Zeroizing<Vec<bool>>,
}

impl Pieces {
    fn of(text: &[char], words: &[String]) -> Self {
        let length = text.len();
        let mut pieces = Self { length, known: Zeroizing::new(vec![false; (length + 1) * (length + 1)]) };
        for start in 0..length {
            pieces.add_runs(text, start);
            pieces.add_repeats(text, start);
            pieces.add_words(text.iter().skip(start), |letters| (start, start + letters));
            let backwards = text.iter().take(length - start).rev();
            pieces.add_words(backwards, |letters| (length - start - letters, length - start));
        }
        for word in words {
            pieces.add_named(text, word.chars());
            pieces.add_named(text, word.chars().rev());
        }
        pieces
    }

    /// Anything of two symbols is known.
    fn may_be(&self, start: usize, end: usize) -> bool {
        let known = || self.known.get(start * (self.length + 1) + end).copied().unwrap_or(false);
        end - start == 2 || known()
    }

    fn least_guesses(&self, start: usize, end: usize) -> f64 {
        let symbols = end - start;
        // The whole as one piece has no least price.
        if symbols == self.length && (symbols == 1 || self.may_be(start, end)) {
            return 1.0;
        }
        if symbols > 1 && self.may_be(start, end) {
            return LEAST_FOR_A_PIECE;
        }
        FOR_A_SYMBOL.powi(i32::try_from(symbols).unwrap_or(i32::MAX))
    }

    fn add(&mut self, start: usize, end: usize) {
        if let Some(place) = self.known.get_mut(start * (self.length + 1) + end) {
            *place = true;
        }
    }

    /// Numbers of any kind (years, dates, a keypad), sequences with one step, and walks over a keyboard.
    fn add_runs(&mut self, text: &[char], start: usize) {
        let rest = text.get(start..).unwrap_or_default();
        let mut run = |goes_on: &mut dyn FnMut(&[char]) -> bool| {
            let steps = rest.windows(2).take_while(|pair| goes_on(pair)).count();
            for end in start + 1..=start + steps {
                self.add(start, end + 1);
            }
        };
        run(&mut |pair| pair.iter().all(|symbol| is_of_numbers(*symbol)));
        run(&mut |pair| is_near(&QWERTY, pair));
        run(&mut |pair| is_near(&DVORAK, pair));
        // zxcvbn counts the same symbol several times at the start of a sequence as part of it.
        let mut step = 0;
        run(&mut |pair| {
            let next = difference(pair);
            let goes_on = next.abs() <= LONGEST_STEP && (step == 0 || next == step);
            step = next;
            goes_on
        });
    }

    fn add_repeats(&mut self, text: &[char], start: usize) {
        let rest = text.get(start..).unwrap_or_default();
        for period in 1..=rest.len() / 2 {
            let again =
                rest.iter().zip(rest.iter().skip(period)).take_while(|(one, other)| one == other).count();
            for times in 1..=again / period {
                self.add(start, start + (times + 1) * period);
            }
        }
    }

    /// What may be a word, from the first of `symbols` on. Words are of printing ASCII.
    fn add_words<'a>(
        &mut self,
        symbols: impl Iterator<Item = &'a char>,
        place: impl Fn(usize) -> (usize, usize),
    ) {
        let mut spelling = Spelling::new();
        let within = symbols
            .take(LONGEST)
            .take_while(|symbol| symbol.to_lowercase().all(|one| one.is_ascii_graphic()));
        for (before, symbol) in within.enumerate() {
            spelling.push(*symbol);
            if before + 1 >= SHORTEST && spelling.may_be_a_word() {
                let (start, end) = place(before + 1);
                self.add(start, end);
            }
        }
    }

    /// Every place where a word of the context stands, as zxcvbn is told them.
    fn add_named(&mut self, text: &[char], word: impl Iterator<Item = char>) {
        let word: Vec<char> = word.map(alike).collect();
        if word.is_empty() {
            return;
        }
        for (start, place) in text.windows(word.len()).enumerate() {
            if place.iter().map(|symbol| alike(*symbol)).eq(word.iter().copied()) {
                self.add(start, start + word.len());
            }
        }
    }
}

/// As [`representative`]; the Greek sigma has two lower cases, by its place in a word.
fn alike(symbol: char) -> char {
    match representative(symbol) {
        'ς' => 'σ',
        other => other,
    }
}

/// What years, dates and the keys of a keypad are made of.
fn is_of_numbers(symbol: char) -> bool {
    symbol.is_ascii_digit() || symbol.is_whitespace() || "/\\_.-*+=".contains(symbol)
}

fn difference(pair: &[char]) -> i64 {
    let [one, other] = pair else { return i64::MAX };
    i64::from(u32::from(*other)) - i64::from(u32::from(*one))
}

/// The rows of a keyboard, each key with its shifted symbol behind it; all but the first begin one key further right.
type Keyboard = [&'static str; 4];

const QWERTY: Keyboard = [
    "`~1!2@3#4$5%6^7&8*9(0)-_=+",
    "qQwWeErRtTyYuUiIoOpP[{]}\\|",
    "aAsSdDfFgGhHjJkKlL;:'\"",
    "zZxXcCvVbBnNmM,<.>/?",
];

const DVORAK: Keyboard = [
    "`~1!2@3#4$5%6^7&8*9(0)[{]}",
    "'\",<.>pPyYfFgGcCrRlL/?=+\\|",
    "aAoOeEuUiIdDhHtTnNsS-_",
    ";:qQjJkKxXbBmMwWvVzZ",
];

/// Whether the keys of two symbols touch, or are the same.
fn is_near(keyboard: &Keyboard, pair: &[char]) -> bool {
    let place = |symbol: &char| {
        keyboard.iter().enumerate().find_map(|(row, keys)| {
            let column = keys.chars().position(|key| key == *symbol)? / 2 + usize::from(row > 0);
            Some((row, column))
        })
    };
    let places: Vec<(usize, usize)> = pair.iter().filter_map(place).collect();
    matches!(places.as_slice(), [one, other] if one.0.abs_diff(other.0) <= 1 && one.1.abs_diff(other.1) <= 1)
}

#[cfg(test)]
#[path = "certainty_tests.rs"]
mod tests;
