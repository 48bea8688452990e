//! A QR code on a terminal: two rows of modules a line, like [`super::picture`].

use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

use super::picture::half_block;
use crate::domain::Secret;

/// Light modules around the code (ISO/IEC 18004, 5.3.8); where there is no room for them, as many as scanners need.
const QUIET: [usize; 2] = [4, 2];

/// Black on bright white, whatever the terminal's own colours are (SGR numbers of ECMA-48 and aixterm).
const BLACK_ON_WHITE: &str = "\u{1b}[30;107m";
const RESET: &str = "\u{1b}[0m";

/// The code of a text, unless it is too long for one, or does not fit into so many columns and lines. Without colours the light modules are
/// drawn, which is right on a dark terminal, and read by most scanners on a light one.
pub(super) fn draw(text: &Secret, color: bool, columns: usize, lines: usize) -> Option<Zeroizing<String>> {
    let code = QrCode::with_error_correction_level(text.expose(), EcLevel::L).ok()?;
    let inner = code.width();
    let fits = |quiet: &usize| {
        let width = inner + 2 * quiet;
        width <= columns && width.div_ceil(2) <= lines
    };
    let quiet = QUIET.into_iter().find(fits)?;
    let width = inner + 2 * quiet;
    let modules =
        Zeroizing::new(code.to_colors().into_iter().map(|module| module == Color::Dark).collect::<Vec<_>>());
    let dark = |x: usize, y: usize| {
        let (x, y) = (x.wrapping_sub(quiet), y.wrapping_sub(quiet));
        x < inner && y < inner && modules.get(y * inner + x) == Some(&true)
    };
    let ink = |x: usize, y: usize| dark(x, y) == color;
    let mut drawn = Zeroizing::new(String::with_capacity(width * (width + 16) * 2));
    for y in (0..width).step_by(2) {
        if color {
            drawn.push_str(BLACK_ON_WHITE);
        }
        drawn.extend((0..width).map(|x| half_block(ink(x, y), y + 1 < width && ink(x, y + 1))));
        drawn.push_str(if color { RESET } else { "" });
        drawn.push('\n');
    }
    Some(drawn)
}

/// How many lines [`draw`] takes at least, if the text can be drawn at all; a code is twice as wide.
pub(super) fn lines_needed(text: &Secret) -> Option<usize> {
    let code = QrCode::with_error_correction_level(text.expose(), EcLevel::L).ok()?;
    Some((code.width() + 2 * QUIET.last()?).div_ceil(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_quiet_zone_and_its_corners_in_either_colour() {
        let text = Secret::from("otpauth://totp/acme:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let plain = draw(&text, false, 80, 24).unwrap();
        let lines: Vec<&str> = plain.lines().collect();
        // Version 4 has 33 modules; with the quiet zone 41, two a line.
        assert_eq!((lines.len(), lines[0].chars().count()), (21, 41));
        assert!(lines[..2].iter().all(|line| *line == "█".repeat(41)));
        assert!(lines[2].starts_with("████ ▄▄▄▄▄ █"), "{}", lines[2]);
        let colored = draw(&text, true, 80, 24).unwrap();
        let first = colored.lines().nth(2).unwrap();
        assert!(first.starts_with("\u{1b}[30;107m    █▀▀▀▀▀█ ") && first.ends_with("\u{1b}[0m"), "{first:?}");
        let narrow = draw(&text, false, 40, 19).unwrap();
        assert_eq!(
            (narrow.lines().count(), narrow.lines().next().map(|line| line.chars().count())),
            (19, Some(37))
        );
        assert!(draw(&text, true, 36, 24).is_none() && draw(&text, true, 80, 18).is_none());
        assert_eq!(lines_needed(&text), Some(19));
        assert!(draw(&Secret::new("x".repeat(3_000)), true, 500, 500).is_none());
    }
}
