//! Settings: where they are, what they mean, where each came from.
//!
//! To add a setting: a field in `settings`, and a row in `schema`. The row reads, checks, documents and shows it;
//! `config.example.toml` is generated from the same rows.

mod channels;
mod document;
mod environment;
mod error;
mod example;
mod fault;
mod gateway;
mod load;
mod paths;
mod read;
mod read_channels;
mod read_gateway;
mod schema;
mod schema_channels;
mod schema_gateway;
mod settings;

pub use channels::{Bounces, Channel, Delivery, Transport};
pub use environment::Environment;
pub use error::ConfigError;
pub use example::{initial_text, text as example_text, toml_list, toml_text};
pub use fault::{Fault, Problem};
pub use gateway::HttpGateway;
pub use load::{Config, Origin, Shown, load, read_key};
pub use paths::{Intent, Locations, Request, Source, locate};
pub use settings::{
    Appeals, Budgets, Captcha, CaptchaMode, Codes, Contacts, Hash, Help, Operators, Password, Phone, Reset,
    Settings, Setup, Sources, Store, Texts, VerifiedCaller,
};
