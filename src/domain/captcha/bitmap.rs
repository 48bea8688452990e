//! A picture of two tones, as drawn for a CAPTCHA and shown by a terminal or a PNG.

/// Rows from top to bottom, each from left to right: the pixel at (x, y) is `pixels[y * width + x]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    pub width: usize,
    pub height: usize,
    /// True where there is ink.
    pub pixels: Vec<bool>,
}
