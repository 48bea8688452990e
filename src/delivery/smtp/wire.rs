//! The connection as bytes, each within its time.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustls::{ClientConnection, StreamOwned};

/// A TCP connection that is given up at a moment, however often a byte comes before it.
pub(super) struct Timed {
    tcp: TcpStream,
    until: Instant,
}

impl Timed {
    pub(super) fn new(tcp: TcpStream, until: Instant) -> Self {
        Self { tcp, until }
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

/// The kernel calls it `EAGAIN`.
fn timed_out(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock { io::ErrorKind::TimedOut.into() } else { error }
}

impl Read for Timed {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.tcp.set_read_timeout(Some(self.left()?))?;
        self.tcp.read(bytes).map_err(timed_out)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tcp.set_write_timeout(Some(self.left()?))?;
        self.tcp.write(bytes).map_err(timed_out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}

/// In the clear, or under TLS.
pub(super) enum Wire {
    Clear(Timed),
    Secure(Box<StreamOwned<ClientConnection, Timed>>),
}

impl Wire {
    /// What follows ends at this moment at the latest.
    pub(super) fn until(&mut self, moment: Instant) {
        self.timed().until = moment;
    }

    /// The address of this machine on it.
    pub(super) fn local(&mut self) -> io::Result<SocketAddr> {
        self.timed().tcp.local_addr()
    }

    fn timed(&mut self) -> &mut Timed {
        match self {
            Self::Clear(timed) => timed,
            Self::Secure(secure) => &mut secure.sock,
        }
    }
}

impl Read for Wire {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Clear(timed) => timed.read(bytes),
            Self::Secure(secure) => secure.read(bytes),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Clear(timed) => timed.write(bytes),
            Self::Secure(secure) => secure.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Clear(timed) => timed.flush(),
            Self::Secure(secure) => secure.flush(),
        }
    }
}
