//! Denying, and the SMS that tells how it ended.

use jiff::{SignedDuration, Timestamp};

use super::claims;
use super::examine::{person, require, target};
use super::view::AppealView;
use crate::domain::appeal::{Appeal, State, Statement};
use crate::domain::eligibility::By;
use crate::domain::event::Detail;
use crate::domain::time::after;
use crate::domain::{Action, Address, Channel, Fact, Name, NewEvent, Task, User};
use crate::flow::foundation::eligibility::Charge;
use crate::flow::foundation::{
    Change, Confirmed, Env, FlowError, Missing, Refusal, Stop, Transaction, counted,
};
use crate::flow::messages::budgets;
use crate::flow::messages::notices;
use crate::texts::Text;

/// How long it is tried to tell of a denial.
const TOLD_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// The planned denial of an appeal.
pub struct Deny {
    appeal: Appeal,
    statement: Option<Statement>,
    user: Option<User>,
}

impl Deny {
    pub fn plan(env: &Env<'_>, typed: &str) -> Result<Self, FlowError> {
        env.authorize(Task::DecideAppeals, None)?;
        env.write(|tx| {
            let appeal = require(tx, typed)?;
            let user = person(tx.store, &appeal)?;
            if appeal.state != State::Submitted {
                let target = target(&appeal, user.as_ref());
                return tx.refuse(Action::AppealDenied, target, Refusal::AppealOver(appeal.state));
            }
            let statement = claims::statement(env, &appeal)?;
            Ok(Self { appeal, statement, user })
        })
    }
}

impl Deny {
    /// The appeal as it would be, but for the time.
    pub fn after(&self) -> AppealView {
        AppealView::of(&Appeal { state: State::Denied, ..self.appeal.clone() })
    }
}

impl Change for Deny {
    type Done = AppealView;

    fn effects(&self) -> Vec<String> {
        let whom = self.user.as_ref().map_or_else(|| "somebody unknown here".to_owned(), User::path);
        vec![
            format!("the appeal {} for {whom} is denied, for good", self.appeal.serial),
            match self.statement.as_ref().and_then(|statement| statement.who.account_of_member()) {
                Some(account) => {
                    format!("an SMS tells the new number, and to ask the administrator of {account}")
                }
                None => {
                    "an SMS tells the new number, and to use another account or register a new ID".to_owned()
                }
            },
            "nothing about the identity changes".to_owned(),
        ]
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<AppealView, FlowError> {
        let serial = self.appeal.serial.as_str();
        env.write_and_send(|tx| {
            let appeal = tx.store.appeal(serial)?.ok_or_else(|| Stop::keep(Missing::Appeal))?;
            let target = target(&appeal, self.user.as_ref());
            if !tx.store.decide_appeal(serial, State::Denied, tx.now, appeal.expires_at)? {
                return tx.refuse(Action::AppealDenied, target, Refusal::AppealOver(appeal.state));
            }
            tx.store.set_decision_reason(serial, env.occasion.reason.as_deref())?;
            if let Some(statement) = &self.statement {
                let until = after(tx.now, TOLD_WITHIN);
                let account = statement.who.account_of_member().map(Name::as_str);
                let text = Text::AppealDenied { serial, account };
                post_result(tx, &appeal, &statement.new_mobile, &text, until)?;
            }
            NewEvent::success(Action::AppealDenied, target)
                .with(Detail::Serial, Fact::Id(serial.to_owned()))
                .with("own", Fact::Flag(appeal.uid == env.actor.uid))
                .append(tx)?;
            let appeal = Appeal { state: State::Denied, decided_at: Some(tx.now), ..appeal };
            Ok(AppealView::of(&appeal))
        })
    }
}

/// Queues the SMS with the result. It goes to the number that was given, whoever the person turned out to be, and
/// counts towards the budgets of that number and of all SMS.
pub(super) fn post_result(
    tx: &mut Transaction<'_>,
    appeal: &Appeal,
    to: &Address,
    text: &Text<'_>,
    expires_at: Timestamp,
) -> Result<(), FlowError> {
    let charge = Charge {
        contact: counted::text(tx.env, to.channel().as_str(), to.key()),
        person: appeal.subject.clone(),
        by: By::Operator,
        channel: Channel::Mobile,
    };
    budgets::spend(tx, &charge)?;
    let message = tx.env.texts.write(text, Channel::Mobile, to.as_str())?;
    notices::queue_notice(tx, Channel::Mobile, &message, appeal.user_id.as_deref(), expires_at)
}
