//! `regain delivery status`

use super::view::ChannelView;
use crate::cli::shared::{Failure, Session};
use crate::flow;

pub(super) fn run(session: &Session<'_>) -> Result<(), Failure> {
    let utf8 = session.context.printer.is_utf8();
    let rows = flow::delivery_status(&session.operating())?;
    let rows = rows.into_iter().map(|channel| ChannelView::new(channel, utf8));
    Ok(session.context.printer.list(rows, "")?)
}
