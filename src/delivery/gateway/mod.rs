//! An HTTP gateway: one request a message.

mod fault;
mod link;
mod send;
mod unsaid;

pub use fault::GatewayFault;
pub use link::Way;
pub use send::Gateway;
