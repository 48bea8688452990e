//! The words of messages to people: a template a message and language, overridable from a folder.
//!
//! To add a message:
//! 1. write `en/NAME.txt` and `zh-CN/NAME.txt`. Most extend a frame: `{% extends "code" %}` for what carries a
//!    code, `{% extends "notice" %}` for what tells of a change; others define the blocks `subject`, `email` and
//!    `sms` themselves. All of a text stands in these blocks;
//! 2. add a line to `catalogue.rs`: the variant, the name, and the fields with their kinds.
//!
//! Then `env.texts.write(&Text::Variant { … }, channel, to)` makes the [`Message`](crate::domain::message::Message),
//! and the tests hold the new text to the rules of all others. A new [`Purpose`](crate::domain::code::Purpose) of a
//! code and a new [`Change`](crate::domain::message::Change) have their line in `purpose.rs`.
//!
//! A secret never enters a template: a mark stands in for it, and the finished text gets the secret in its
//! place. So no filter can change it, no error can repeat it, and only the message has to be wiped.
//!
//! There is one language for the whole store. One of each account's would show in the length of a decoy's message
//! whether the account exists (security E1).

mod catalogue;
mod check;
mod fault;
mod purpose;
mod render;
mod sample;
mod set;
mod writer;

pub use catalogue::{CATALOGUE, Entry, Kind, Text};
pub use fault::{Fault, What};
pub use purpose::{About, Carried};
pub use set::SHIPPED_LANGUAGES;
pub use writer::{TextError, Texts};
