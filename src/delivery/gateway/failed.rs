//! From the errors of the HTTP client to the stage at which a request stopped.

use std::io;
use std::time::Duration;

use crate::delivery::error::DeliveryError;
use crate::delivery::fault::{Fault, GatewayFault};
use crate::delivery::smtp::of_tls;
use crate::delivery::stage::Stage;

/// Where a request stopped, and whether it may come through later: all of these may.
pub(super) fn failed(error: ureq::Error, limit: Duration) -> DeliveryError {
    use ureq::{Error, Timeout};
    let timeout = Fault::Timeout { seconds: limit.as_secs() };
    match error {
        Error::HostNotFound => DeliveryError::temporary(Stage::Resolve, Fault::NoAddress),
        Error::Timeout(Timeout::Resolve) => DeliveryError::temporary(Stage::Resolve, timeout),
        Error::Timeout(Timeout::Connect) => {
            DeliveryError::temporary(Stage::Connect, Fault::Timeout { seconds: connecting(limit).as_secs() })
        }
        Error::Timeout(_) => DeliveryError::temporary(Stage::Accept, timeout),
        Error::Rustls(error) => DeliveryError::temporary(Stage::Tls, of_tls(&error)),
        Error::Tls(_) | Error::TlsRequired => DeliveryError::temporary(Stage::Tls, Fault::NotTls),
        Error::ConnectProxyFailed(_) | Error::InvalidProxyUrl => at(Stage::Connect, GatewayFault::Proxy),
        Error::Io(error) => broken(error),
        Error::ConnectionFailed => {
            at(Stage::Connect, GatewayFault::Unreachable(io::Error::from(io::ErrorKind::NotConnected)))
        }
        _ => at(Stage::Accept, GatewayFault::Protocol),
    }
}

/// As much of the time as getting a connection may take.
pub(super) fn connecting(limit: Duration) -> Duration {
    limit.min(Duration::from_secs(10))
}

/// TLS reports through the socket; and a socket that never was connected says why.
fn broken(error: io::Error) -> DeliveryError {
    use io::ErrorKind::{
        AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable, PermissionDenied,
    };
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return DeliveryError::temporary(Stage::Tls, of_tls(error));
    }
    match error.kind() {
        ConnectionRefused | HostUnreachable | NetworkUnreachable | AddrNotAvailable | PermissionDenied => {
            at(Stage::Connect, GatewayFault::Unreachable(error))
        }
        _ => DeliveryError::temporary(Stage::Accept, Fault::Broken(error)),
    }
}

fn at(stage: Stage, fault: GatewayFault) -> DeliveryError {
    DeliveryError::temporary(stage, fault)
}
