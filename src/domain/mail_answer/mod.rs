//! What a mail server's refusal is about. Servers answer to one command for what is wrong with another: stock ones
//! refuse the name of this machine, its login, the sender and its quota only when the recipient is named.

mod judge;
mod matter;
mod phrases;

pub use judge::{Asked, judge};
pub use matter::{About, Matter};
