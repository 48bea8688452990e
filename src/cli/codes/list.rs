//! `regain codes list`

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::shared::views::IssuedView;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::code::{Purpose, State};
use crate::domain::issued::Use;
use crate::domain::{Channel, Role};
use crate::flow::{CODES_SEEN_BY_SUPPORT, CodesQuery, list_codes};
use crate::guidance::notes;

/// List codes and setup tokens of one user or of all, newest first
///
/// A code must match all filters. Without --limit, the newest 200 are shown. Requests for names that do not exist are
/// not listed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain codes list acme/alice\n  \
                        regain codes list --purpose setup --state queued\n  \
                        regain codes list --channel mobile --since 7d -o csv\n  \
                        regain codes list --limit 50 --after cod_…")]
pub(in crate::cli) struct List {
    /// The user, such as acme/alice
    #[arg(value_name = "USER")]
    user: Option<String>,
    /// Show only codes in this state
    #[arg(long, value_name = "STATE", value_parser = input::words::<State>(State::WORDS))]
    state: Option<State>,
    /// Show only codes for this purpose
    #[arg(long, value_name = "PURPOSE", value_parser = purposes())]
    purpose: Option<Use>,
    /// Show only codes sent by this channel
    #[arg(long, value_name = "CHANNEL", value_parser = input::words::<Channel>(Channel::WORDS))]
    channel: Option<Channel>,
    /// Show only codes requested since a date (2026-11-30), a time (2026-11-30T18:00:00Z) or an age (7d)
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Show at most N rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Show only codes older than the one with this ID
    #[arg(long, value_name = "ID", value_parser = input::id())]
    after: Option<String>,
}

fn purposes() -> impl TypedValueParser<Value = Use> {
    let words = Purpose::WORDS.iter().copied().chain([Use::SETUP]);
    PossibleValuesParser::new(words).try_map(|word| word.parse::<Use>())
}

impl List {
    fn is_filtered(&self) -> bool {
        self.state.is_some() || self.purpose.is_some() || self.channel.is_some() || self.since.is_some()
    }

    /// The command that goes on after the last one shown.
    fn next(&self, last: &str) -> String {
        let mut words = Vec::new();
        words.extend(self.user.clone());
        for (option, value) in [
            ("--state", self.state.map(State::as_str)),
            ("--purpose", self.purpose.map(Use::as_str)),
            ("--channel", self.channel.map(Channel::as_str)),
            ("--since", self.since.as_deref()),
        ] {
            words.extend(value.into_iter().flat_map(|value| [option.to_owned(), value.to_owned()]));
        }
        words.extend(self.limit.into_iter().flat_map(|limit| ["--limit".to_owned(), limit.to_string()]));
        notes::codes_go_on(&words, last)
    }
}

pub(super) fn run(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let (env, printer) = (session.operating(), &session.context.printer);
    let who = arguments.user.as_deref().map(|text| input::who(&env, text)).transpose()?;
    let since = arguments.since.as_deref();
    let since = since.map(|text| input::moment(text, "--since", env.clock.now())).transpose()?;
    let query = CodesQuery {
        who: who.as_ref(),
        state: arguments.state,
        purpose: arguments.purpose,
        channel: arguments.channel,
        since,
        after: arguments.after.as_deref(),
        limit: arguments.limit,
    };
    let program = printer.program();
    let mut rows = printer.begin_list::<IssuedView>();
    let left = list_codes(&env, &query, |issued| -> Result<_, Failure> {
        Ok(rows.row(&IssuedView::of(issued, &program))?)
    })?;
    rows.finish(match (arguments.after.is_some(), arguments.is_filtered()) {
        (true, _) => "There is nothing older.",
        (false, true) => "No code or setup token fits.",
        (false, false) => "No code was asked for, and no setup token was made.",
    })?;
    if let Some(last) = left {
        let capped = session.actor.role == Role::Support
            && arguments.limit.is_none_or(|limit| limit > CODES_SEEN_BY_SUPPORT);
        let ceiling = if capped { "support sees 50 at once" } else { "older ones" };
        printer.note(&format!("There are more: {ceiling}; continue with `{}`.", arguments.next(&last)));
    }
    Ok(())
}
