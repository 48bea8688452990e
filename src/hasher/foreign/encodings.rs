//! The alphabets in which salts and hashes are written.

use std::sync::LazyLock;

use data_encoding::{
    BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, BitOrder, Encoding, HEXLOWER_PERMISSIVE, Specification,
};

/// The digits of `crypt`.
const CRYPT_DIGITS: &str = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// That of `crypt`, the low bits first.
static CRYPT: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut of = Specification::new();
    of.symbols.push_str(CRYPT_DIGITS);
    of.bit_order = BitOrder::LeastSignificantFirst;
    of.encoding().ok()
});

/// Bytes in the characters of `crypt`; none where bits are left over that stand for nothing.
pub(super) fn crypt(text: &str) -> Option<Vec<u8>> {
    CRYPT.as_ref()?.decode(text.as_bytes()).ok()
}

/// Bytes as the characters of `crypt`.
pub(super) fn to_crypt(bytes: &[u8]) -> Option<String> {
    Some(CRYPT.as_ref()?.encode(bytes))
}

/// Whether these are characters of `crypt`, so many.
pub(super) fn is_crypt(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.chars().all(|symbol| CRYPT_DIGITS.contains(symbol))
}

/// What one character of `crypt` stands for.
pub(super) fn digit(symbol: char) -> Option<u32> {
    u32::try_from(CRYPT_DIGITS.find(symbol)?).ok()
}

/// A number in the characters of `crypt`, the lowest first.
pub(super) fn number(text: &str) -> Option<u32> {
    text.chars().rev().try_fold(0, |number, symbol| Some(number << 6 | digit(symbol)?))
}

/// Base64 with or without its padding, and with `.` for `+` as passlib writes it.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.replace('.', "+");
    let encoding = if text.ends_with('=') { BASE64 } else { BASE64_NOPAD };
    encoding.decode(text.as_bytes()).ok()
}

/// Base64 for addresses, with or without its padding.
pub(super) fn base64url(text: &str) -> Option<Vec<u8>> {
    let encoding = if text.ends_with('=') { BASE64URL } else { BASE64URL_NOPAD };
    encoding.decode(text.as_bytes()).ok()
}

/// Hexadecimal digits in either case.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()
}

/// The parts of a text between separators: as many as are asked for, and no more.
pub(super) fn parts<const N: usize>(text: &str, separator: char) -> Option<[&str; N]> {
    text.split(separator).collect::<Vec<_>>().try_into().ok()
}

/// The number behind `name=` in a cost, where settings stand between commas.
pub(super) fn setting<T: std::str::FromStr>(cost: &str, name: &str) -> Option<T> {
    cost.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}
