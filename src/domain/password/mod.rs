//! New passwords: how typed text becomes one, what a policy says to it, and how one is generated. Every way
//! in goes through this room (security P6). Whether one was used before is judged where the hashes are.

mod context;
mod estimate;
mod generate;
mod judge;
mod look_alikes;
mod normalise;
mod weakness;
mod word_list;

pub use context::Context;
pub use estimate::warm_up;
pub use generate::{GenerateError, generate};
pub use judge::judge;
pub use normalise::{INPUT_CEILING, NewPassword, NormaliseError, normalise};
pub use weakness::Weakness;
pub use word_list::{ExtraList, ListError, NoList, WordList};
