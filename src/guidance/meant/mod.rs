//! What somebody meant who wrote the name of no command or option of ours: names that other tools have, and the words
//! that people use. Nothing that was typed is repeated: it may be a secret (security T1).

mod command;
mod named;
mod of_people;
mod of_the_rest;
mod option;

pub use command::command;
pub use named::Meant;
pub use option::option;
