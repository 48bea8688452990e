//! An HTTP gateway as the config describes it.

use std::path::PathBuf;

use crate::domain::gateway::{ReplyRules, Request};
use crate::domain::mail::SecretFile;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpGateway {
    pub request: Request,
    pub rules: ReplyRules,
    /// For HTTP's own log-in, with the secret as the password.
    pub username: Option<String>,
    pub token_file: Option<SecretFile>,
    /// Certificates in PEM; the system's where there is none.
    pub ca_file: Option<PathBuf>,
    pub proxy: Option<String>,
}

impl HttpGateway {
    /// With nothing in it.
    pub(super) fn unfilled() -> Self {
        Self {
            request: Request::unfilled(),
            rules: ReplyRules::default(),
            username: None,
            token_file: None,
            ca_file: None,
            proxy: None,
        }
    }
}
