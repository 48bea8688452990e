//! Mobile numbers as people write them, read into E.164.
//!
//! The library has libphonenumber's data: which numbers a country can have, and how they are written within it. It reads
//! past full stops, letters and extensions, so that a spreadsheet's `+4915112345678.0` would become somebody else's
//! number; what it gets has therefore passed `gate`.

use std::str::FromStr;

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, ParseError, PhoneNumberFormat, PhoneNumberType, ValidationError,
};

use super::typed::{self, Stray};

/// Why a text is nobody's mobile number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MobileError {
    #[error("write a mobile number as +, country code and number, such as +4915112345678")]
    Form,
    #[error(
        "without its country code this can be more than one number: write it with + and country code, such as \
         +4915112345678"
    )]
    Ambiguous,
    #[error("leave out the (0): a number with its country code has none, as in +4915112345678")]
    TrunkZero,
    #[error("a number has no decimals: a spreadsheet added them, so write the digits before them")]
    Decimals,
    #[error("a number in scientific notation has lost digits in a spreadsheet: write it whole")]
    Rounded,
    #[error("a mobile number has no letters: write its digits")]
    Letters,
    #[error("leave out the extension: a message cannot be sent to one")]
    Extension,
    #[error("give one mobile number, not several")]
    Several,
    #[error("a mobile number cannot hold {0}")]
    Stray(Stray),
    #[error("no country has this code: check the digits after the +")]
    Country,
    #[error("this number is too short for its country: a digit is missing")]
    TooShort,
    #[error("this number is too long for its country: check its digits")]
    TooLong,
    #[error("no number of this country has this many digits: check them")]
    Length,
}

impl MobileError {
    /// Whether it is a number by its form, only none that can exist: data change, and one that was stored before may be
    /// asked for.
    pub fn is_impossible_number(self) -> bool {
        matches!(self, Self::Country | Self::TooShort | Self::TooLong | Self::Length)
    }
}

/// A country by whose rules numbers without a country code are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region(rlibphonenumber::Region);

/// The countries of the data, which to load for this alone would cost every command 5 ms.
const REGIONS: &str = "\
    AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY \
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ \
    FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR \
    IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH \
    MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK \
    PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA \
    TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

impl FromStr for Region {
    type Err = ();

    /// Two letters of ISO 3166-1, in any case.
    fn from_str(text: &str) -> Result<Self, ()> {
        let known = REGIONS.split(' ').find(|region| region.eq_ignore_ascii_case(text)).ok_or(())?;
        known.parse().map(Self).map_err(|_| ())
    }
}

/// A number that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Number {
    /// As the country's rules have it.
    pub e164: String,
    /// With its country code and the very digits that were written, where the rules make another of it.
    pub written: Option<String>,
}

/// Reads a number; one without a country code by the rules of `region`.
pub fn read(text: &str, region: Option<Region>) -> Result<Number, MobileError> {
    let Gated { digits, trunk_zero } = gate(text)?;
    let international = digits.starts_with('+');
    let region = match region {
        _ if international => None,
        Some(Region(region)) => Some(region),
        None => return Err(MobileError::Form),
    };
    let e164 = possible(&digits, region)?;
    if region.is_some() && is_ambiguous(&digits, &e164) {
        return Err(MobileError::Ambiguous);
    }
    if let Some(without) = trunk_zero {
        // Where the zero is a digit of the number, as in Italy, its brackets say what nobody can know.
        if possible(&without, None)? != e164 {
            return Err(MobileError::TrunkZero);
        }
    }
    let written = Some(digits).filter(|digits| international && *digits != e164);
    Ok(Number { e164, written })
}

/// A number that was stored, as it stands: what was a number once is one, whatever the data say today.
pub fn as_stored(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+')?;
    let well_formed = (1..=E164_DIGITS).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    (well_formed && !digits.starts_with('0')).then(|| text.to_owned())
}

/// The digits of an international number as written, for looking up one that was stored before the data changed.
pub fn as_written(text: &str) -> Option<String> {
    as_stored(&gate(text).ok()?.digits)
}

/// Whether a number is in a range that the data know. One that is in none may be new, or mistyped.
pub fn is_known(e164: &str) -> bool {
    PHONE_NUMBER_UTIL.parse(e164, None).is_ok_and(|number| number.is_valid())
}

/// Whether a text is meant as a number, and not as a name, which begins with no digit.
pub fn is_meant(text: &str) -> bool {
    let text = typed::plain(text);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let begins = |symbols: &[char]| text.trim_start_matches('(').starts_with(symbols);
    begins(&['+'])
        || text.starts_with("00")
        || (begins(&['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) && (digits >= 6 || is_rounded(&text)))
}

/// What a spreadsheet made of a number, which must not be taken for another one; more than one full stop is something else.
pub fn mangled(text: &str) -> Option<MobileError> {
    let error = (is_meant(text) && text.matches('.').count() < 2).then(|| gate(text).err())??;
    matches!(error, MobileError::Decimals | MobileError::Rounded).then_some(error)
}

/// The longest number (ITU-T E.164).
const E164_DIGITS: usize = 15;

fn possible(digits: &str, region: Option<rlibphonenumber::Region>) -> Result<String, MobileError> {
    let number = PHONE_NUMBER_UTIL.parse(digits, region).map_err(|error| match error {
        ParseError::InvalidCountryCode if digits.starts_with('+') => MobileError::Country,
        ParseError::TooShortNsn | ParseError::TooShortAfterIdd => MobileError::TooShort,
        ParseError::TooLongNsn => MobileError::TooLong,
        _ => MobileError::Form,
    })?;
    match PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number) {
        Ok(NumberLengthType::IsPossible) => {}
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(ValidationError::TooShort) => {
            return Err(MobileError::TooShort);
        }
        Err(ValidationError::TooLong) => return Err(MobileError::TooLong),
        Err(ValidationError::InvalidCountryCode) => return Err(MobileError::Country),
        Err(_) => return Err(MobileError::Length),
    }
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    if e164.len() > E164_DIGITS + 1 { Err(MobileError::TooLong) } else { Ok(e164) }
}

/// Whether digits without a country code may mean another number than the one that a country's rules make of them: a
/// spreadsheet takes the plus away, and a person may type what is dialled first in another country.
fn is_ambiguous(digits: &str, e164: &str) -> bool {
    let Ok(number) = PHONE_NUMBER_UTIL.parse(e164, None) else { return true };
    let (code, significant) = (number.country_code.to_string(), number.get_national_significant_number());
    match digits.strip_suffix(significant.as_str()) {
        Some(before) if before.is_empty() || before == code => {}
        // With what is dialled first in this country, or on the way out of it.
        _ => return false,
    }
    let within = only_digits(&number.format_as(PhoneNumberFormat::National));
    // Without what is dialled first, a mobile number is still known by its range. A landline's is anybody's guess.
    let is_mobile =
        || matches!(number.get_type(), PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile);
    if !number.is_valid() || !(within == significant || is_mobile()) {
        return true;
    }
    let with_plus = possible(&format!("+{digits}"), None);
    digits.starts_with(&code) && with_plus.is_ok_and(|other| other != e164 && is_known(&other))
}

/// What may be shown to the library.
struct Gated {
    /// Digits, with a `+` in front where a country code was written.
    digits: String,
    /// What they would be without a `(0)` behind the country code.
    trunk_zero: Option<String>,
}

/// Lets digits and what stands between them pass, and says why anything else does not.
fn gate(text: &str) -> Result<Gated, MobileError> {
    let text = typed::plain(text);
    let text = text.trim_end_matches(['.', ' ']);
    if is_rounded(text) {
        return Err(MobileError::Rounded);
    }
    if has_decimals(text) {
        return Err(MobileError::Decimals);
    }
    if text.contains([',', ';']) {
        return Err(MobileError::Several);
    }
    if text.chars().any(char::is_alphabetic) && !text.contains(LONG_SOUND) {
        return Err(match count(text) {
            // A word, and no number.
            0..4 => MobileError::Form,
            _ if is_extended(text) => MobileError::Extension,
            _ => MobileError::Letters,
        });
    }
    if text.contains('#') {
        return Err(MobileError::Extension);
    }
    let separates = |symbol| matches!(symbol, ' ' | '\t' | '-' | '.' | '/' | '(' | ')' | LONG_SOUND);
    if let Some(stray) = typed::stray(text, |symbol| {
        !(symbol.is_ascii() || separates(symbol)) || (symbol.is_control() && symbol != '\t')
    }) {
        return Err(MobileError::Stray(stray));
    }
    if text.rsplit_once('/').is_some_and(|(_, last)| count(last) < 3) {
        // `…678/9` is two numbers that end differently.
        return Err(MobileError::Several);
    }
    let start = text.trim_start_matches([' ', '(']);
    let rest = start.strip_prefix('+').unwrap_or(start);
    if rest.contains('+') {
        return Err(if count(rest.split('+').next().unwrap_or_default()) > 6 {
            MobileError::Several
        } else {
            MobileError::Form
        });
    }
    if !rest.chars().all(|symbol| symbol.is_ascii_digit() || separates(symbol)) {
        return Err(MobileError::Form);
    }
    let plus = if start.starts_with('+') { "+" } else { "" };
    let international = |digits: String| match digits.strip_prefix("00") {
        Some(rest) => format!("+{rest}"),
        None => format!("{plus}{digits}"),
    };
    let digits = international(only_digits(rest));
    if digits.starts_with("+0") || count(&digits) == 0 {
        return Err(MobileError::Form);
    }
    let compact: String = rest.chars().filter(|symbol| !matches!(symbol, ' ' | '\t')).collect();
    let trunk_zero = match compact.split_once("(0)") {
        None => None,
        // Behind a country code it is the zero of numbers within the country, elsewhere it is anybody's guess.
        Some((code, number)) if digits.starts_with('+') && count(code) <= 5 && !number.contains("(0)") => {
            Some(international(only_digits(code) + &only_digits(number)))
        }
        Some(_) => return Err(MobileError::TrunkZero),
    };
    Ok(Gated { digits, trunk_zero })
}

/// The mark of a long vowel, which Japanese keyboards type for a dash.
const LONG_SOUND: char = '\u{30fc}';

fn only_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn count(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// `4.9E+12`
fn is_rounded(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let exponent = exponent.trim_start_matches(['+', '-']);
    let number = |text: &str, also: &[char]| {
        count(text) > 0 && text.chars().all(|symbol| symbol.is_ascii_digit() || also.contains(&symbol))
    };
    number(mantissa, &['.', ',', '+', '-', ' ']) && number(exponent, &[])
}

/// A full stop before one last digit, or nothing but zeros behind the only one, or behind a comma.
fn has_decimals(text: &str) -> bool {
    let Some(at) = text.rfind(['.', ',']) else { return false };
    let (before, tail) = text.split_at(at);
    let (stop, tail) = (tail.starts_with('.'), tail[1..].trim());
    let number = before.chars().all(|symbol| !symbol.is_alphabetic());
    if !number || tail.is_empty() || !tail.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let zeros = tail.bytes().all(|byte| byte == b'0');
    (stop && tail.len() == 1) || (zeros && !before.contains('.'))
}

/// Digits behind a word such as `ext.` or `x`, behind a number.
fn is_extended(text: &str) -> bool {
    let letters = text.find(char::is_alphabetic).unwrap_or(text.len());
    let (number, rest) = text.split_at(letters);
    count(number) > 6 && count(rest) > 0 && !rest.trim_end().ends_with(char::is_alphabetic)
}

#[cfg(test)]
#[path = "mobile_tests.rs"]
mod tests;
