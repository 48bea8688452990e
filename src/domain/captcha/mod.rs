//! A slow-down for programs before a code may be sent (security S2): a distorted picture, or a proof of work for
//! those who cannot see one and for programs. Keeping, counting and comparing answers is done elsewhere.

mod bitmap;
mod glyphs;
mod picture;
mod png;
pub mod proof_of_work;

pub use self::png::{PngError, png};
pub use bitmap::Bitmap;
pub use picture::{HEIGHT, LENGTH, PictureError, WIDTH, answer, canonical, draw};
