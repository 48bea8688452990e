//! A picture in two colours.

/// `width` times `height` pixels, row by row; `true` is ink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<bool>,
}

impl Bitmap {
    /// Blank.
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![false; width.saturating_mul(height)] }
    }

    /// Whether there is ink; outside the picture there is none.
    pub fn get(&self, x: usize, y: usize) -> bool {
        self.place(x, y).and_then(|at| self.pixels.get(at)).copied().unwrap_or(false)
    }

    /// Sets or takes ink; outside the picture nothing happens.
    pub fn set(&mut self, x: usize, y: usize, ink: bool) {
        if let Some(pixel) = self.place(x, y).and_then(|at| self.pixels.get_mut(at)) {
            *pixel = ink;
        }
    }

    fn place(&self, x: usize, y: usize) -> Option<usize> {
        (x < self.width && y < self.height).then(|| y * self.width + x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_the_picture_there_is_nothing() {
        let mut bitmap = Bitmap::new(3, 2);
        bitmap.set(2, 1, true);
        bitmap.set(3, 0, true);
        bitmap.set(0, 2, true);
        assert_eq!(bitmap.pixels, [false, false, false, false, false, true]);
        assert!(bitmap.get(2, 1) && !bitmap.get(3, 0) && !bitmap.get(0, 2));
    }
}
