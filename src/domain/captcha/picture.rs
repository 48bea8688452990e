//! The distorted picture and its answer (security S2).

use super::bitmap::Bitmap;
use super::glyphs;
use crate::domain::entropy::{Entropy, EntropyError, symbols};
use crate::domain::typed;

/// Symbols of an answer: 22^5 are five million.
pub const LENGTH: usize = 5;

/// Pixels, which are also columns of a terminal.
pub const WIDTH: usize = 76;

/// Pixels: two a row of half-blocks, so 16 rows.
pub const HEIGHT: usize = 32;

/// Pixels from one glyph to the next.
const STEP: f32 = 14.6;

/// Specks of one pixel.
const SPECKS: usize = 16;

/// From this much ink on a place is drawn: less makes strokes bolder, more breaks the slanting ones.
const STROKE: f32 = 0.42;

/// No picture, so no: nothing may pass for want of one (security S2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error("draw a picture of an answer that has other symbols or another length")]
    Answer,
}

/// A random answer in its canonical form.
pub fn answer(entropy: &dyn Entropy) -> Result<String, EntropyError> {
    symbols(entropy, glyphs::ALPHABET, LENGTH)
}

/// What was typed as it is compared: upper case, without blanks. What is compared are keyed hashes of it.
pub fn canonical(answer: &str) -> String {
    typed::ungrouped(answer).to_uppercase()
}

/// The answer as a picture of 76 by 32 pixels: every glyph moved, sized, leaned, turned and waved on its own,
/// then a thin line and some specks. No two draws are alike.
pub fn draw(answer: &str, entropy: &dyn Entropy) -> Result<Bitmap, PictureError> {
    let drawable = answer.len() == LENGTH && answer.bytes().all(|symbol| glyphs::ALPHABET.contains(&symbol));
    if !drawable {
        return Err(PictureError::Answer);
    }
    let mut bitmap = Bitmap::new(WIDTH, HEIGHT);
    let mut middle = STEP / 2.0 + 1.5;
    for symbol in answer.bytes() {
        Pose::random(entropy, middle)?.stamp(symbol, &mut bitmap);
        middle += STEP;
    }
    line(&mut bitmap, entropy)?;
    for _ in 0..SPECKS {
        let (x, y) = (within(entropy, 0.0, 76.0)?, within(entropy, 0.0, 32.0)?);
        speck(&mut bitmap, x, y);
    }
    Ok(bitmap)
}

/// How one glyph stands in the picture.
struct Pose {
    middle: (f32, f32),
    /// Pixels of the picture for one of the glyph.
    scale: (f32, f32),
    lean: f32,
    /// Radians.
    turn: f32,
    /// Pixels of a glyph, and where the wave starts.
    wave: (f32, f32),
}

impl Pose {
    fn random(entropy: &dyn Entropy, middle: f32) -> Result<Self, EntropyError> {
        Ok(Self {
            middle: (middle + within(entropy, -0.7, 0.7)?, 16.0 + within(entropy, -3.5, 3.5)?),
            scale: (within(entropy, 1.5, 1.65)?, within(entropy, 2.1, 2.4)?),
            lean: within(entropy, -0.16, 0.16)?,
            turn: within(entropy, -0.1, 0.1)?,
            wave: (within(entropy, 0.1, 0.3)?, within(entropy, 0.0, std::f32::consts::TAU)?),
        })
    }

    /// Inks every pixel whose origin in the glyph has ink: drawing backwards leaves no holes.
    fn stamp(&self, symbol: u8, bitmap: &mut Bitmap) {
        let (sine, cosine) = self.turn.sin_cos();
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let (right, down) = (centre(x) - self.middle.0, centre(y) - self.middle.1);
                // No glyph reaches so far from its middle; looking closer would cost most of the time for nothing.
                if right.abs() > STEP {
                    continue;
                }
                let (right, down) = (right * cosine + down * sine, down * cosine - right * sine);
                let row = down / self.scale.1;
                let column = right / self.scale.0 + self.lean * row + self.wave.0 * (row + self.wave.1).sin();
                if strength(symbol, column, row) >= STROKE {
                    bitmap.set(x, y, true);
                }
            }
        }
    }
}

/// How much ink there is at a place between the pixels of a glyph, 0 to 1, counted from its middle: bilinear,
/// which rounds corners and keeps slanting strokes whole.
fn strength(symbol: u8, column: f32, row: f32) -> f32 {
    // One more than the place, so that the neighbours to the left and above of the first pixel can be told.
    let (column, row) = (column + centre(glyphs::WIDTH / 2) + 0.5, row + centre(glyphs::HEIGHT / 2) + 0.5);
    let (Some(right), Some(below)) = (pixel(column), pixel(row)) else { return 0.0 };
    let (across, along) = (column.fract(), row.fract());
    let ink = |column: Option<usize>, row: Option<usize>| match (column, row) {
        (Some(column), Some(row)) if glyphs::ink(symbol, column, row) => 1.0,
        _ => 0.0,
    };
    let (left, above) = (right.checked_sub(1), below.checked_sub(1));
    let (right, below) = (Some(right), Some(below));
    let upper = ink(left, above) * (1.0 - across) + ink(right, above) * across;
    let lower = ink(left, below) * (1.0 - across) + ink(right, below) * across;
    upper * (1.0 - along) + lower * along
}

/// A thin wavy line from edge to edge.
fn line(bitmap: &mut Bitmap, entropy: &dyn Entropy) -> Result<(), EntropyError> {
    let (left, right) = (within(entropy, 6.0, 26.0)?, within(entropy, 6.0, 26.0)?);
    let (swing, start) = (within(entropy, 1.0, 3.0)?, within(entropy, 0.0, std::f32::consts::TAU)?);
    for x in 0..WIDTH {
        let along = centre(x) / 76.0;
        let y = left + (right - left) * along + swing * (along * 9.0 + start).sin();
        speck(bitmap, centre(x), y);
    }
    Ok(())
}

fn speck(bitmap: &mut Bitmap, x: f32, y: f32) {
    if let (Some(x), Some(y)) = (pixel(x), pixel(y)) {
        bitmap.set(x, y, true);
    }
}

/// The middle of a pixel.
fn centre(pixel: usize) -> f32 {
    f32::from(u16::try_from(pixel).unwrap_or(u16::MAX)) + 0.5
}

/// The pixel that a place lies in.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "judged to be within a picture")]
fn pixel(place: f32) -> Option<usize> {
    (0.0..1024.0).contains(&place).then_some(place as usize)
}

/// A number between both, drawn evenly from 65,536 steps.
fn within(entropy: &dyn Entropy, low: f32, high: f32) -> Result<f32, EntropyError> {
    let mut bytes = [0_u8; 2];
    entropy.fill(&mut bytes)?;
    Ok(low + (high - low) * f32::from(u16::from_le_bytes(bytes)) / 65_536.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy::SystemEntropy;

    #[test]
    fn s2_answers_are_compared_without_case_and_spaces() {
        assert_eq!(canonical("\u{200e} a c\u{a0}\u{ff17}k\u{ff38}\t"), "AC7KX");
        assert_eq!(canonical("ac7kx"), canonical("AC7KX"));
    }

    #[test]
    fn s2_answers_and_pictures_are_random() {
        let answers: std::collections::HashSet<_> =
            (0..50).map(|_| answer(&SystemEntropy).unwrap()).collect();
        assert!(answers.len() > 45);
        let (one, other) = (draw("AC7KX", &SystemEntropy).unwrap(), draw("AC7KX", &SystemEntropy).unwrap());
        assert_eq!((one.width, one.height, one.pixels.len()), (76, 32, 76 * 32));
        assert_ne!(one.pixels, other.pixels);
    }

    #[test]
    fn s2_without_entropy_there_is_no_picture() {
        struct Broken;
        impl Entropy for Broken {
            fn fill(&self, _bytes: &mut [u8]) -> Result<(), EntropyError> {
                Err(EntropyError)
            }
        }
        assert_eq!(draw("AC7KX", &Broken), Err(PictureError::Entropy(EntropyError)));
        assert_eq!(draw("AC7K", &SystemEntropy), Err(PictureError::Answer));
        assert_eq!(draw("AC7KO", &SystemEntropy), Err(PictureError::Answer));
    }

    /// Every glyph stays within the picture in its most outward pose, and none runs into the next but one.
    #[test]
    fn s2_nothing_is_cut_off() {
        for extreme in [0x00_u8, 0xff] {
            struct Fixed(u8);
            impl Entropy for Fixed {
                fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
                    bytes.fill(self.0);
                    Ok(())
                }
            }
            let mut bitmap = Bitmap::new(WIDTH, HEIGHT);
            for (at, middle) in [STEP / 2.0 + 1.5, STEP * 4.5 + 1.5].into_iter().enumerate() {
                Pose::random(&Fixed(extreme), middle).unwrap().stamp(b"HM"[at], &mut bitmap);
            }
            let edge = |x: usize, y: usize| x == 0 || y == 0 || x + 1 == WIDTH || y + 1 == HEIGHT;
            let cut = (0..HEIGHT).any(|y| (0..WIDTH).any(|x| edge(x, y) && bitmap.get(x, y)));
            assert!(!cut, "{extreme}");
        }
    }
}
