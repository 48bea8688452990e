//! From the name of a server to a connection.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::super::error::DeliveryError;
use super::super::fault::Fault;
use super::super::stage::Stage;
use crate::domain::mail::{MailServer, Tls};

/// The addresses of a server that may be spoken to.
pub fn resolve(server: &MailServer, limit: Duration) -> Result<Vec<SocketAddr>, DeliveryError> {
    let mut found = look_up(&server.host, server.port(), limit)?;
    if server.tls == Tls::None {
        // The name may lead elsewhere than it says; nothing goes there in the clear.
        found.retain(|address| address.ip().is_loopback());
        if found.is_empty() {
            return Err(DeliveryError::temporary(Stage::Resolve, Fault::InTheClear));
        }
    }
    Ok(found)
}

/// The addresses of a name, at least one. The system's resolver cannot be told how long to wait, so it is asked
/// beside, and left alone when its time is over.
pub fn look_up(host: &str, port: u16, limit: Duration) -> Result<Vec<SocketAddr>, DeliveryError> {
    let failed = |fault| DeliveryError::temporary(Stage::Resolve, fault);
    let name = ascii_host(host).ok_or_else(|| failed(Fault::NoAddress))?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let found = (name.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        // Nobody listens any more if it took too long.
        let _ = tell.send(found);
    });
    let found = told.recv_timeout(limit).map_err(|_| failed(Fault::Timeout { seconds: limit.as_secs() }))?;
    let found = found.map_err(|error| failed(Fault::Unresolved(error)))?;
    if found.is_empty() { Err(failed(Fault::NoAddress)) } else { Ok(found) }
}

/// A connection to the first address that takes one.
pub(super) fn connect(
    addresses: &[SocketAddr],
    timeout: Duration,
    until: Instant,
) -> Result<(TcpStream, SocketAddr), DeliveryError> {
    // Of no address that was tried: the names took all the time.
    let mut fault = Fault::Timeout { seconds: timeout.as_secs() };
    for address in addresses {
        let limit = timeout.min(until.saturating_duration_since(Instant::now()));
        if limit.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(address, limit) {
            Ok(tcp) => {
                // A command is one write, and waits for nothing.
                let _ = tcp.set_nodelay(true);
                return Ok((tcp, *address));
            }
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                fault = Fault::Timeout { seconds: limit.as_secs() };
            }
            Err(error) => fault = Fault::Unreachable { address: *address, source: error },
        }
    }
    Err(DeliveryError::temporary(Stage::Connect, fault))
}

/// A host as the resolver and certificates know it: without capitals, other scripts, and the dot at the end.
pub(super) fn ascii_host(host: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_cow(host.as_bytes(), idna::AsciiDenyList::EMPTY).ok()?;
    Some(ascii.trim_end_matches('.').to_owned())
}
