//! Addresses that stand in a letter otherwise than people write them.

use std::borrow::Cow;

/// An address whose name has dots where RFC 5321 allows none but in quotes; the mailbox is the same.
pub(super) fn quoted(address: &str) -> Cow<'_, str> {
    let Some((local, domain)) = address.rsplit_once('@') else { return address.into() };
    let stray = local.split('.').any(str::is_empty) && local.contains(|c| c != '.');
    if stray && !local.starts_with('"') { format!("\"{local}\"@{domain}").into() } else { address.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_at_odd_places_are_quoted_and_nothing_else_is() {
        for (written, travels) in [
            ("bob..x@example.com", "\"bob..x\"@example.com"),
            ("bob.@example.com", "\"bob.\"@example.com"),
            (".bob@example.com", "\".bob\"@example.com"),
            ("bob.x@example.com", "bob.x@example.com"),
            ("\"bob..x\"@example.com", "\"bob..x\"@example.com"),
            ("+4915112345678", "+4915112345678"),
            ("@example.com", "@example.com"),
            ("..@example.com", "..@example.com"),
        ] {
            assert_eq!(quoted(written), travels);
        }
    }
}
