//! Files of people in the formats of other programs, and in ours: read row by row into [`crate::domain::record::Record`],
//! and written from it.

mod auth0;
mod django;
mod elements;
mod error;
mod failed;
mod field;
mod format;
mod htpasswd;
mod input;
mod json;
mod jsonl;
mod keycloak;
mod kratos;
mod ldif;
mod lines;
mod mapping;
mod notation;
mod ours;
mod reader;
mod recognise;
mod row;
mod scim;
mod shadow;
mod table;
mod writer;
mod written;

pub use error::{ExchangeError, RowError, RowFault};
pub use failed::{FailedWriter, Shape};
pub use field::{Field, PRINTED};
pub use format::{Format, Hashes};
pub use mapping::{Mapping, MappingError};
pub use reader::{Options, Reader, read};
pub use recognise::recognise;
pub use writer::{Writer, Written};
