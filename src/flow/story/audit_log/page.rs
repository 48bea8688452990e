//! How much is read at once.

/// Records read at once: memory for a page, however many there are.
pub(super) const PAGE: u32 = 500;
