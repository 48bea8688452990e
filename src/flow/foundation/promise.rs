//! What is made ahead of its use, perhaps by another thread.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// A value that is there, or is still being made.
pub enum Promise<T> {
    Kept(T),
    Open(Receiver<T>),
}

impl<T> Promise<T> {
    /// An open one, and what keeps it.
    pub(crate) fn open() -> (Self, SyncSender<T>) {
        let (keep, kept) = sync_channel(1);
        (Self::Open(kept), keep)
    }

    /// Whether there is nothing to wait for.
    pub(crate) fn is_kept(&mut self) -> bool {
        if let Self::Open(kept) = self {
            match kept.try_recv() {
                Ok(value) => *self = Self::Kept(value),
                Err(_) => return false,
            }
        }
        true
    }

    /// The value, when it is there.
    pub(crate) fn wait(self) -> T {
        match self {
            Self::Kept(value) => value,
            // Nobody can keep it any more: a thread panicked and told of it, and a panic of ours goes on where it is seen.
            Self::Open(kept) => kept.recv().unwrap_or_else(|gone| std::panic::resume_unwind(Box::new(gone))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_kept_once_and_a_broken_one_goes_on_as_a_panic() {
        assert_eq!(Promise::Kept(1).wait(), 1);
        let (mut promise, keep) = Promise::open();
        assert!(!promise.is_kept());
        keep.send(2).unwrap();
        assert!(promise.is_kept() && promise.is_kept());
        assert_eq!(promise.wait(), 2);
        let (broken, keep) = Promise::<u8>::open();
        drop(keep);
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| broken.wait())).is_err());
    }
}
