//! What people, thieves, operators and clocks do, and what they are told.

use proptest::prelude::*;
use regain::domain::address::Channel;
use regain::domain::request::{Method, State};
use regain::flow::reset;
use regain::flow::{Denial, FlowError, Refusal};

use crate::world::PEOPLE;

/// What is typed as a code.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Guess {
    /// The digits that the newest code of this very request has, a decoy's too.
    Newest,
    Wrong,
    /// The digits of any code there ever was, of whatever request.
    Any(prop::sample::Index),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Start(usize),
    Captcha { of: prop::sample::Index, right: bool },
    Send { of: prop::sample::Index, method: Method, right_address: bool },
    Verify { of: prop::sample::Index, guess: Guess },
    SetPassword { of: prop::sample::Index, strong: bool },
    Cancel(prop::sample::Index),
    Pass(i64),
    GoBack(i64),
    RevokeCodes(usize),
    ChangeContact { person: usize, channel: Channel },
    Enable { person: usize, enabled: bool },
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let of = any::<prop::sample::Index>;
    let person = 0..PEOPLE.len();
    let known = 0..2_usize;
    let method = prop_oneof![Just(Method::Email), Just(Method::Mobile), Just(Method::Account)];
    let channel = prop_oneof![Just(Channel::Email), Just(Channel::Mobile)];
    let guess = prop_oneof![
        4 => Just(Guess::Newest),
        3 => Just(Guess::Wrong),
        2 => of().prop_map(Guess::Any),
    ];
    prop_oneof![
        4 => person.prop_map(Step::Start),
        5 => (of(), prop::bool::weighted(0.85)).prop_map(|(of, right)| Step::Captcha { of, right }),
        6 => (of(), method, prop::bool::weighted(0.85))
            .prop_map(|(of, method, right_address)| Step::Send { of, method, right_address }),
        9 => (of(), guess).prop_map(|(of, guess)| Step::Verify { of, guess }),
        6 => (of(), prop::bool::weighted(0.7)).prop_map(|(of, strong)| Step::SetPassword { of, strong }),
        1 => of().prop_map(Step::Cancel),
        4 => prop_oneof![Just(1_i64), Just(59), Just(60), Just(61), Just(599), Just(600), Just(901)].prop_map(Step::Pass),
        1 => prop_oneof![Just(1_i64), Just(60), Just(61), Just(3_600)].prop_map(Step::GoBack),
        2 => known.clone().prop_map(Step::RevokeCodes),
        4 => (known.clone(), channel).prop_map(|(person, channel)| Step::ChangeContact { person, channel }),
        2 => (known, any::<bool>()).prop_map(|(person, enabled)| Step::Enable { person, enabled }),
    ]
}

/// What a step comes to, as far as anybody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Now(State),
    Gone,
    WrongStep,
    WrongCaptcha,
    TooSoon,
    TooMany,
    WrongCode { tries_left: u32 },
    CodeSpent,
    Weak,
}

pub(crate) fn said(result: Result<reset::RequestView, FlowError>) -> Said {
    match result {
        Ok(view) => Said::Now(view.state),
        Err(FlowError::Denied(Denial::Captcha)) => Said::WrongCaptcha,
        Err(FlowError::Denied(Denial::Code { tries_left })) => Said::WrongCode { tries_left },
        Err(FlowError::Refused(refusal)) => match refusal {
            Refusal::RequestGone => Said::Gone,
            Refusal::WrongStep { .. } => Said::WrongStep,
            Refusal::TooSoon { .. } => Said::TooSoon,
            Refusal::TooManyRequests => Said::TooMany,
            Refusal::CodeSpent => Said::CodeSpent,
            Refusal::WeakPassword(_) => Said::Weak,
            other => panic!("{other}"),
        },
        Err(other) => panic!("{other}"),
    }
}
