//! `regain codes list`

use clap::Args;

use crate::cli::shared::views::CodeView;
use crate::cli::shared::{Failure, Session, input};
use crate::flow::list_codes;

#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// The person
    #[arg(value_name = "USER")]
    user: Option<String>,
}

pub(super) fn run(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let who = arguments.user.as_deref().map(|text| input::who(&session.operating(), text)).transpose()?;
    let codes = list_codes(&session.operating(), who.as_ref())?;
    let printer = &session.context.printer;
    let program = printer.program();
    let rows = codes.into_iter().map(|code| CodeView::of(code, &program));
    Ok(printer.list(rows, "No code was asked for.")?)
}
