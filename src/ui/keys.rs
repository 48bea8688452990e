//! Keys from the terminal, one at a time.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::stdio::stdin;

/// How long after an ESC the rest of an arrow key's sequence may take. Longer than a local terminal needs, for
/// the sake of slow lines; a person hardly notices it on a lone Esc.
const SEQUENCE: Duration = Duration::from_millis(100);

/// What a source of bytes has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    Byte(u8),
    /// Nothing within the time given.
    Quiet,
    /// The terminal hung up.
    End,
}

/// Where the bytes come from: the terminal, or a test.
pub(super) trait Keyboard {
    /// Waits for a byte, for ever without a `patience`.
    fn input(&mut self, patience: Option<Duration>) -> io::Result<Input>;
}

/// A key that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// A byte of the text, or a control character without a meaning here.
    Byte(u8),
    Enter,
    /// Backspace.
    Erase,
    /// Ctrl-W.
    EraseWord,
    /// Ctrl-U.
    EraseLine,
    Up,
    Down,
    Escape,
    /// Esc twice at once.
    Leave,
    CtrlD,
    /// The terminal is gone.
    HungUp,
    /// A function key, or Alt and another: nothing to us.
    Other,
}

/// Reads the next key. An escape sequence is one key, so that an arrow does not cancel.
pub(super) fn next_key(keyboard: &mut dyn Keyboard) -> io::Result<Key> {
    let byte = match keyboard.input(None)? {
        Input::Byte(byte) => byte,
        Input::Quiet | Input::End => return Ok(Key::HungUp),
    };
    Ok(match byte {
        b'\n' | b'\r' => Key::Enter,
        0x04 => Key::CtrlD,
        0x08 | 0x7f => Key::Erase,
        0x15 => Key::EraseLine,
        0x17 => Key::EraseWord,
        0x1b => escape(keyboard)?,
        other => Key::Byte(other),
    })
}

fn escape(keyboard: &mut dyn Keyboard) -> io::Result<Key> {
    match keyboard.input(Some(SEQUENCE))? {
        Input::Quiet | Input::End => Ok(Key::Escape),
        Input::Byte(0x1b) => Ok(Key::Leave),
        // CSI (ECMA-48 5.4): parameters, then one final byte. SS3 is an `O` and one byte.
        Input::Byte(b'[') => loop {
            match keyboard.input(Some(SEQUENCE))? {
                Input::Byte(last @ 0x40..=0x7e) => return Ok(arrow(last)),
                Input::Byte(_) => {}
                Input::Quiet | Input::End => return Ok(Key::Other),
            }
        },
        Input::Byte(b'O') => match keyboard.input(Some(SEQUENCE))? {
            Input::Byte(last) => Ok(arrow(last)),
            Input::Quiet | Input::End => Ok(Key::Other),
        },
        Input::Byte(_) => Ok(Key::Other),
    }
}

fn arrow(last: u8) -> Key {
    match last {
        b'A' => Key::Up,
        b'B' => Key::Down,
        _ => Key::Other,
    }
}

/// Standard input, which must be a terminal. Bytes are taken one by one, so that what was typed for the next
/// prompt stays with the kernel, and no buffer keeps a secret.
pub(super) struct Terminal;

impl Keyboard for Terminal {
    fn input(&mut self, patience: Option<Duration>) -> io::Result<Input> {
        if let Some(patience) = patience {
            let timeout = Timespec::try_from(patience).ok();
            let mut waiting = [PollFd::from_borrowed_fd(stdin(), PollFlags::IN)];
            if rustix::io::retry_on_intr(|| poll(&mut waiting, timeout.as_ref()))? == 0 {
                return Ok(Input::Quiet);
            }
        }
        let mut byte = zeroize::Zeroizing::new([0_u8]);
        match rustix::io::retry_on_intr(|| rustix::io::read(stdin(), &mut byte[..]))? {
            0 => Ok(Input::End),
            _ => Ok(Input::Byte(byte[0])),
        }
    }
}

/// A keyboard at which Enter presses itself when no key comes in time. After the first key it has all the
/// time in the world.
pub(super) struct Impatient<'k> {
    pub(super) keyboard: &'k mut dyn Keyboard,
    pub(super) wait: Option<Duration>,
}

impl Keyboard for Impatient<'_> {
    fn input(&mut self, patience: Option<Duration>) -> io::Result<Input> {
        match self.wait.take() {
            None => self.keyboard.input(patience),
            Some(wait) => Ok(match self.keyboard.input(Some(wait))? {
                Input::Quiet => Input::Byte(b'\r'),
                other => other,
            }),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Bytes as typed; `None` is a pause.
    pub(in super::super) struct Typed(std::vec::IntoIter<Option<u8>>);

    impl Typed {
        pub(in super::super) fn new(text: &[u8]) -> Self {
            Self(text.iter().copied().map(Some).collect::<Vec<_>>().into_iter())
        }

        pub(in super::super) fn then_pause(text: &[u8]) -> Self {
            Self(text.iter().copied().map(Some).chain([None]).collect::<Vec<_>>().into_iter())
        }
    }

    impl Keyboard for Typed {
        fn input(&mut self, _: Option<Duration>) -> io::Result<Input> {
            Ok(match self.0.next() {
                Some(Some(byte)) => Input::Byte(byte),
                Some(None) => Input::Quiet,
                None => Input::End,
            })
        }
    }

    fn keys(mut keyboard: Typed) -> Vec<Key> {
        std::iter::from_fn(|| Some(next_key(&mut keyboard).unwrap()).filter(|key| *key != Key::HungUp))
            .collect()
    }

    #[test]
    fn an_arrow_is_not_an_escape() {
        assert_eq!(keys(Typed::then_pause(b"\x1b")), [Key::Escape]);
        assert_eq!(keys(Typed::new(b"\x1b[A\x1b[B\x1bOA\x1bOP")), [Key::Up, Key::Down, Key::Up, Key::Other]);
        assert_eq!(keys(Typed::new(b"\x1b\x1b")), [Key::Leave]);
        assert_eq!(keys(Typed::new(b"\x1b[1;5Cx")), [Key::Other, Key::Byte(b'x')]);
        assert_eq!(keys(Typed::new(b"\x1b[200~x")), [Key::Other, Key::Byte(b'x')]);
        assert_eq!(keys(Typed::new(b"\x1bx\r")), [Key::Other, Key::Enter]);
    }
}
