//! Setup tokens, and what is listed of them beside codes.

use std::collections::HashSet;

use jiff::Timestamp;

use super::error::Result;
use crate::domain::Channel;
use crate::domain::code::{EndReason, State as CodeState};
use crate::domain::issued::Use;
use crate::domain::token::SetupToken;

/// Which codes and setup tokens to list, the newest first. Those of nobody are never listed.
#[derive(Debug, Clone, Default)]
pub struct IssuedFilter<'a> {
    pub user_id: Option<&'a str>,
    pub state: Option<CodeState>,
    pub purpose: Option<Use>,
    pub channel: Option<Channel>,
    /// Not before then.
    pub since: Option<Timestamp>,
    /// After the one that was made then and has this id.
    pub after: Option<(Timestamp, String)>,
}

/// Which setup tokens are meant.
#[derive(Debug, Clone, Copy)]
pub enum TokensOf<'a> {
    Everyone,
    User(&'a str),
    Contact(&'a str),
    One(&'a str),
}

pub trait Tokens {
    fn insert_token(&mut self, token: &SetupToken) -> Result<()>;
    /// By hash, whatever its state.
    fn token_by_hash(&mut self, hash: &[u8]) -> Result<Option<SetupToken>>;
    fn token(&mut self, id: &str) -> Result<Option<SetupToken>>;
    /// The live token of a person, of whom there is one at most.
    fn live_token(&mut self, user_id: &str) -> Result<Option<SetupToken>>;
    /// Those of these people who have a live token that is not over.
    fn with_live_tokens(&mut self, user_ids: &[&str], now: Timestamp) -> Result<HashSet<String>>;
    /// Takes a live token that is not over for good, and says whether it was one.
    fn use_token(&mut self, id: &str, now: Timestamp) -> Result<bool>;
    /// Ends every live one of these; how many.
    fn end_tokens(&mut self, of: TokensOf<'_>, reason: EndReason) -> Result<u64>;
    /// Writes down what became of the message with a token, while that is live.
    fn set_token_delivery(
        &mut self,
        message_id: &str,
        state: CodeState,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<()>;
    /// Ends every live token whose time is over.
    fn expire_tokens(&mut self, now: Timestamp) -> Result<u64>;
}
