//! A test message through the very transports that codes go through, told stage by stage.

use serde::Serialize;

use crate::delivery::{DeliveryError, OutboundMessage, Stage, Transport, Transports, redacted};
use crate::domain::address::masked;
use crate::domain::event::Detail;
use crate::domain::message::Message;
use crate::domain::{Action, Address, Channel, Fact, NewEvent, Target, Task, id};
use crate::flow::foundation::{Env, FlowError};
use crate::store::Search;
use crate::texts::Text;

/// How far a test message came, and what was said at each stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestedStage {
    pub channel: Channel,
    pub stage: Stage,
    /// `None`: the message did not come that far.
    #[serde(rename = "ok")]
    pub passed: Option<bool>,
    /// What the other side said, redacted (security T9), or what was wrong.
    pub words: Option<String>,
    /// What to do, where it failed.
    pub remedy: Option<String>,
}

/// Users looked at for one of the operator's name.
const NAMESAKES: u32 = 50;

/// Whether the actor may send test messages; asked before anything else.
pub fn authorize_test(env: &Env<'_>) -> Result<(), FlowError> {
    env.authorize(Task::TestDelivery, None)
}

/// The operator's own addresses: the verified contacts of the one user who is called as the operator's login is;
/// without such a user, the mailbox of that login on this machine.
pub fn own_addresses(env: &Env<'_>) -> Result<Vec<Address>, FlowError> {
    let name = env.actor.name.as_str();
    let search = Search { text: name, address_key: None, parts_of_addresses: false };
    let users = env.read(|tx| tx.find_users(&search, NAMESAKES))?;
    let mut namesakes = users.iter().filter(|user| !user.root && user.name.eq_ignore_ascii_case(name));
    let contacts: Vec<Address> = match (namesakes.next(), namesakes.next()) {
        (Some(user), None) => user
            .contacts
            .iter()
            .filter(|contact| contact.verified_at.is_some())
            .filter_map(|contact| Address::as_stored(contact.channel, &contact.address))
            .collect(),
        _ => Vec::new(),
    };
    if !contacts.is_empty() {
        return Ok(contacts);
    }
    // A login or host that makes no address leaves none, which the caller tells.
    Ok(Address::email(&format!("{name}@{}", env.actor.host)).into_iter().collect())
}

/// The stages a message of that channel would go through.
pub fn stages_of(transports: &mut Transports, channel: Channel) -> &'static [Stage] {
    transports.of(channel).stages()
}

/// Sends one message and tells how far it came; the try is recorded, whatever came of it.
pub fn send_test(
    env: &Env<'_>,
    transports: &mut Transports,
    to: &Address,
) -> Result<Vec<TestedStage>, FlowError> {
    authorize_test(env)?;
    let channel = to.channel();
    let at = env.clock.now();
    let message = env.texts.write(&Text::DeliveryTest { host: &env.actor.host, at }, channel, to.as_str())?;
    let id = id::new(env.entropy, "msg")?;
    let transport = transports.of(channel);
    let outbound = OutboundMessage { id: &id, at, message: &message, again: false };
    let ended = transport.hand_over(&outbound);
    let tested = told(channel, transport, ended.as_ref().err(), &message);
    let event = match &ended {
        Ok(_) => NewEvent::success(Action::DeliveryTested, Target::None),
        Err(error) => NewEvent::failure(Action::DeliveryTested, Target::None, "undeliverable")
            .with("stage", Fact::Word(error.stage.as_str())),
    };
    let event = event
        .with(Detail::Message, Fact::Id(id.clone()))
        .with("channel", Fact::Word(channel.as_str()))
        .with("destination", Fact::Masked(masked(channel, to.as_str())));
    env.record(&event)?;
    Ok(tested)
}

fn told(
    channel: Channel,
    transport: &dyn Transport,
    failed: Option<&DeliveryError>,
    message: &Message,
) -> Vec<TestedStage> {
    let mut before = true;
    let tested = transport.stages().iter().map(|stage| {
        let mut tested = TestedStage { channel, stage: *stage, passed: None, words: None, remedy: None };
        if let Some(error) = failed.filter(|error| error.stage == *stage) {
            before = false;
            tested.passed = Some(false);
            tested.words = Some(error.redacted_fault(message));
            tested.remedy = Some(error.remedy());
        } else if before {
            tested.passed = Some(true);
            let said = transport.trail().iter().rev().find(|step| step.stage == *stage);
            // Up to here it is the network's word, in which no message was.
            let ours = matches!(stage, Stage::Resolve | Stage::Connect | Stage::Tls);
            let words = |words: &str| if ours { words.to_owned() } else { redacted(words, message) };
            tested.words = said.map(|step| words(&step.words)).filter(|words| !words.is_empty());
        }
        tested
    });
    tested.collect()
}
