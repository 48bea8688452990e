//! An HTTP gateway: one request a message.

mod connection;
mod failed;
mod send;

pub use connection::GatewayOptions;
pub use send::Gateway;
