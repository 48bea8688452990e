//! A bitmap as text: two rows of pixels a line, by half blocks.

use std::fmt::Write as _;

use crate::domain::captcha::Bitmap;

/// The picture, each line ending in a line feed. Without UTF-8 a pixel is a `#`, so it is twice as tall.
pub fn render(bitmap: &Bitmap, utf8: bool) -> String {
    let mut text = String::new();
    for y in (0..bitmap.height).step_by(if utf8 { 2 } else { 1 }) {
        let line: String = (0..bitmap.width)
            .map(|x| match (bitmap.get(x, y), bitmap.get(x, y + 1)) {
                (upper, lower) if utf8 => half_block(upper, lower),
                (true, _) => '#',
                (false, _) => ' ',
            })
            .collect();
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Two pixels, one above the other.
pub(super) fn half_block(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rows: &[&str]) -> Bitmap {
        Bitmap {
            width: rows[0].len(),
            height: rows.len(),
            pixels: rows.iter().flat_map(|row| row.chars().map(|c| c == '#')).collect(),
        }
    }

    #[test]
    fn two_rows_share_a_line() {
        let bitmap = drawn(&["## .", "#.# ", "  ##"]);
        assert_eq!(render(&bitmap, true), "█▀▄\n  ▀▀\n");
        assert_eq!(render(&bitmap, false), "##\n# #\n  ##\n");
    }

    #[test]
    fn a_bitmap_shorter_than_it_says_is_blank_there() {
        let bitmap = Bitmap { width: 2, height: 2, pixels: vec![true] };
        assert_eq!(render(&bitmap, true), "▀\n");
    }
}
