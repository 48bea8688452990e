//! What a message becomes on its way to an HTTP gateway, and what the gateway's answer means: templates with named
//! fields, each escaped for where it stands, and rules for reading an answer. Nothing here talks to anybody.

mod request;
mod response;
mod template;

pub use request::{Endpoint, Method, Request, UrlFault, content_kind, header_name};
pub use response::{Condition, Locator, Outcome, Response, ResponseRules, RuleFault, pause_asked_for};
pub use template::{Escape, Field, Fields, Template, TemplateFault};
