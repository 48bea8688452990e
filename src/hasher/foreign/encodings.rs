//! The alphabets in which salts and hashes are written.

use std::sync::LazyLock;

use data_encoding::{
    BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, BitOrder, Encoding, HEXLOWER_PERMISSIVE, Specification,
};

/// That of `crypt`, the low bits first.
pub(super) static CRYPT: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut of = Specification::new();
    of.symbols.push_str("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    of.bit_order = BitOrder::LeastSignificantFirst;
    of.check_trailing_bits = false;
    of.encoding().ok()
});

pub(super) fn crypt(text: &str) -> Option<Vec<u8>> {
    CRYPT.as_ref()?.decode(text.as_bytes()).ok()
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
