//! Plain data and pure judgements. This room imports nothing of ours, asks nobody the time and draws no
//! random bytes by itself.

pub mod captcha;
pub mod entropy;
pub mod id;
pub mod secret;
pub mod time;
