//! What a message becomes on its way to an HTTP gateway, and what the gateway's answer means: templates with named
//! fields, each escaped for where it stands, and rules for reading an answer. Nothing here talks to anybody.

mod answer;
mod request;
mod template;

pub use answer::{Answer, Condition, Reply, ReplyRules, RuleFault, Spot, pause_asked_for};
pub use request::{Endpoint, Method, Request, UrlFault, content_kind, header_name};
pub use template::{Escape, Field, Fields, Template, TemplateFault};
