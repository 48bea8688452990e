//! Settings: where they are, what they mean, where each came from.
//!
//! To add a setting: its documentation and default in `config.example.toml`, and a field with its limits in `settings`,
//! or in `channel_keys` for one of a transport. Serde reads, checks and names it; the rest is found from there.

mod channel_keys;
mod channels;
mod defaults;
mod document;
mod edit;
mod environment;
mod error;
mod fields;
mod load;
mod paths;
mod settings;
mod source;
mod value;

pub use channels::{Channel, HttpGateway, Transport};
pub use defaults::{initial_text, keys, toml_list, toml_text};
pub use edit::{EditError, Edited, Set, With, set};
pub use environment::Environment;
pub use error::{ConfigError, Problem};
pub use load::{Config, Origin, Shown, load, load_text, read_key};
pub use paths::{Intent, Locations, Request, locate};
pub use settings::{
    Appeals, Budgets, Captcha, CaptchaMode, Codes, Contacts, Delivery, Hash, Help, Operators, Password,
    Phone, Reset, Settings, Setup, Sources, Store, Texts, VerifiedCaller,
};
pub use source::Source;
