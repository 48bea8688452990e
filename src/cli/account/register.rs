//! `regain account register`: a new unified ID, by the person themself.

use clap::Args;

use crate::cli::login;
use crate::cli::shared::kind::Kind;
use crate::cli::shared::{Context, Failure, input, reset_conversation};
use crate::domain::request::State;
use crate::domain::{Address, Channel, Name, Reader};
use crate::flow::{FlowError, Refusal, register, reset};
use crate::guidance::notes;
use crate::ui::AskError;

/// Register a new unified ID with a security phone number
///
/// Registers an ID for yourself. It asks for a login ID, your mobile number, a CAPTCHA, the code sent to that number,
/// and a password, twice. The number becomes the security phone number of the ID and receives the codes for a forgotten
/// password. A new ID cannot use what another ID of yours owns.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain account register alice --mobile +4915112345678")]
pub(in crate::cli) struct Register {
    /// The login ID: 1 to 64 letters, digits, spaces, dots, hyphens and underscores
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Your mobile number, such as +4915112345678
    #[arg(long, value_name = "NUMBER")]
    mobile: Option<String>,
}

/// Said before anything is asked (domain.md, "Unified ID").
const CAUTION: &str = "Caution: a new ID cannot use the resources of your original ID.";

pub(in crate::cli) fn run(arguments: &Register, context: &Context<'_>) -> Result<(), Failure> {
    context.no_dry_run()?;
    let name = arguments.name.as_deref().map(input::new_account).transpose()?;
    let session = context.open()?;
    let env = session.oneself();
    let mobile =
        arguments.mobile.as_deref().map(|text| input::address(&env, Channel::Mobile, text)).transpose()?;
    if !session.config.settings.register.enabled {
        // Before anybody types for nothing.
        return Err(FlowError::from(Refusal::RegistrationOff).into());
    }
    if !context.prompts().are_possible() {
        return Err(Failure::NoTerminal { option: notes::REGISTER_STEP_BY_STEP });
    }
    let name_is_asked = name.is_none();
    let asks = name_is_asked || mobile.is_none();
    context.printer.tell(CAUTION);
    context.printer.tell(notes::FORGOT_THAT_ONE);
    // Esc goes back to what was asked before the request began.
    loop {
        let again = |left: Failure| left.or_begin_again(|| notes::REGISTER_AGAIN.to_owned());
        let name = name.clone().map_or_else(|| ask_name(context), Ok).map_err(again)?;
        let mobile = match mobile.clone().map_or_else(|| ask_mobile(context, env.reader()), Ok) {
            Err(Failure::Ask(AskError::Back)) if name_is_asked => continue,
            mobile => mobile.map_err(again)?,
        };
        let view = register::start(&env, &name, &mobile)?;
        let id = view.id.clone();
        if reset_conversation::go_on_or_back(&session, Kind::Newcomer, view)? {
            return login::after_reset(&session, &id);
        }
        if !asks || reset::show(&env, &id)?.state == State::Password {
            return Err(Failure::Ask(AskError::Back).or_begin_again(|| notes::resume_reset(&id)));
        }
        reset::cancel(&env, &id)?;
    }
}

fn ask_name(context: &Context<'_>) -> Result<Name, Failure> {
    context.ask("<NAME>", |prompts| prompts.ask_until("Login ID for the new ID", Name::parse))
}

fn ask_mobile(context: &Context<'_>, reader: Reader) -> Result<Address, Failure> {
    context.printer.tell("Your mobile number becomes the security phone number of the ID.");
    context.ask("--mobile", |prompts| prompts.ask_address("Mobile number", reader, Channel::Mobile, None))
}
