//! The picture for portals, which show it in a page.

use super::bitmap::Bitmap;

/// Screen pixels a side for each of ours.
const SCALE: usize = 4;

const INK: u8 = 0x20;
const PAPER: u8 = 0xff;

/// The picture could not be encoded. A CAPTCHA that cannot be made means no (security S2).
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    #[error("the picture is empty or too large")]
    Size,
    #[error("encode the picture as PNG")]
    Encode(#[from] png::EncodingError),
}

/// The bytes of a PNG file, eight-bit greyscale, each pixel four by four.
pub fn png(bitmap: &Bitmap) -> Result<Vec<u8>, PngError> {
    let side = |pixels: usize| -> Result<u32, PngError> {
        let scaled = pixels.checked_mul(SCALE).and_then(|scaled| u32::try_from(scaled).ok());
        scaled.filter(|scaled| *scaled > 0).ok_or(PngError::Size)
    };
    let (width, height) = (side(bitmap.width)?, side(bitmap.height)?);
    let mut grey = Vec::with_capacity(bitmap.pixels.len().saturating_mul(SCALE * SCALE));
    for row in bitmap.pixels.chunks(bitmap.width) {
        for _ in 0..SCALE {
            for ink in row {
                grey.extend([if *ink { INK } else { PAPER }; SCALE]);
            }
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&grey)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_comes_back_four_by_four() {
        let mut bitmap = Bitmap::new(3, 2);
        bitmap.set(1, 0, true);
        let bytes = png(&bitmap).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut grey = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut grey).unwrap();
        assert_eq!((info.width, info.height), (12, 8));
        for (at, shade) in grey.iter().enumerate() {
            let ink = (4..8).contains(&(at % 12)) && at / 12 < 4;
            assert_eq!(*shade, if ink { INK } else { PAPER }, "pixel {at}");
        }
    }

    #[test]
    fn an_empty_picture_is_refused() {
        assert!(matches!(png(&Bitmap::new(0, 4)), Err(PngError::Size)));
    }
}
