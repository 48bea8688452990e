//! A request to reset a password.

use crate::cli::shared::views::moment;
use crate::flow::reset::RequestView;
use crate::ui::{Column, Row, column, prose};

impl Row for RequestView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("request", |row| row.id.clone()),
        column("state", |row| row.state.to_string()),
        prose("next", |row| row.state.next_step().to_owned()),
        prose("methods", |row| {
            row.methods.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(", ")
        }),
        column("expires", |row| moment(Some(row.expires_at))),
    ];
    const FIELDS: &'static [&'static str] = &[
        "id",
        "purpose",
        "state",
        "methods",
        "address_known",
        "proofs",
        "expires_at",
        "captcha",
        "resend_from",
    ];
}
