//! Plain data and pure judgements. This room imports nothing of ours, asks nobody the time and draws no
//! random bytes by itself.

pub mod account;
pub mod address;
pub mod anchor;
pub mod appeal;
pub mod captcha;
pub mod challenge;
pub mod code;
pub mod contact;
pub mod entropy;
pub mod event;
pub mod id;
pub mod lock;
pub mod mail;
pub mod message;
pub mod mfa;
pub mod name;
pub mod notice;
pub mod operator;
pub mod outbox;
pub mod password;
pub mod policy;
pub mod protection;
pub mod readiness;
pub mod request;
pub mod secret;
pub mod shell;
pub mod sign_in;
pub mod span;
pub mod text;
pub mod time;
pub mod timeline;
pub mod token;
pub mod user;
pub mod who;
