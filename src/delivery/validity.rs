//! Until when a certificate is good: as much of X.509 (RFC 5280, 4.1) as that takes.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The moment after which it is not valid; nothing where the bytes are no certificate.
pub(super) fn not_after(der: &[u8]) -> Option<Timestamp> {
    let (_, certificate, _) = value(der, SEQUENCE)?;
    let (_, mut rest, _) = value(certificate, SEQUENCE)?;
    if rest.first() == Some(&VERSION) {
        (_, _, rest) = value(rest, VERSION)?;
    }
    // Serial number, algorithm and issuer stand before it.
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        (_, _, rest) = value(rest, tag)?;
    }
    let (_, validity, _) = value(rest, SEQUENCE)?;
    let (_, _, after) = any(validity)?;
    let (tag, text, _) = any(after)?;
    let text = std::str::from_utf8(text).ok()?;
    let digits = match tag {
        // Two digits of the year: 50 and more are of the last century (4.1.2.5.1).
        UTC_TIME => {
            let century = if text.get(..2)?.parse::<u8>().ok()? < 50 { "20" } else { "19" };
            format!("{century}{text}")
        }
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let at = DateTime::strptime("%Y%m%d%H%M%SZ", digits).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A value of that tag, and what follows it.
fn value(bytes: &[u8], tag: u8) -> Option<(u8, &[u8], &[u8])> {
    any(bytes).filter(|(found, _, _)| *found == tag)
}

fn any(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (octets.iter().fold(0, |length, octet| length << 8 | usize::from(*octet)), rest)
        }
        _ => return None,
    };
    let (inner, rest) = rest.split_at_checked(length)?;
    Some((*tag, inner, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_has_no_end() {
        for bytes in [
            &b""[..],
            b"\x30",
            b"\x30\x80",
            b"\x30\x05\x30\x03\x02\x01\x01",
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        ] {
            assert_eq!(not_after(bytes), None);
        }
    }
}
