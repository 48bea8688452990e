//! What commands share. Nothing here knows a noun or the command tree.

mod actor;
pub(super) mod ask_who;
mod asking;
pub(super) mod batch;
pub(super) mod code_dialogue;
mod context;
pub(super) mod existing;
mod exit;
mod extra_list;
mod failure;
mod failure_hints;
mod failure_option;
pub(super) mod input;
pub(super) mod issuance;
pub(super) mod kind;
pub(super) mod new_password;
pub(super) mod people;
pub(super) mod person;
mod planned;
pub(super) mod recipients;
pub(super) mod reset_conversation;
pub(super) mod runner;
pub(super) mod second_factor;
pub(super) mod secret_output;
pub(super) mod selection;
pub(super) mod spawner;
pub(super) mod stdin;
pub(super) mod step_up;
mod store_failure;
pub(super) mod transports;
pub(super) mod views;
mod warnings;

pub(super) use context::{Context, Session, observe, program, ui_environment};
pub(super) use exit::Exit;
pub(super) use failure::Failure;
pub(super) use planned::Planned;
