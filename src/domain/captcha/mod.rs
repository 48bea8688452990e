//! The picture a person reads before a request goes on (security S2).

pub mod bitmap;
