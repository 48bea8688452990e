//! Resets in any order that people, thieves and clocks can bring about, beside a model of what must come of each
//! step. The model is small enough to be believed; the flows must agree with it after every step.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop right there"
)]

mod model;
#[path = "../store_story/support.rs"]
#[allow(dead_code, reason = "shared: each test binary uses its part")]
mod rows;
mod side_by_side;
#[allow(dead_code, unreachable_pub, unused_imports, reason = "shared: each test binary uses its part")]
#[path = "../site/mod.rs"]
mod site;
mod steps;
mod world;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use regain::domain::address::Channel;
use regain::domain::request::{Method, State};
use regain::flow::verify_chain;
use regain::store::Transactions;

use crate::model::*;
use crate::side_by_side::*;
use crate::steps::*;
use crate::world::*;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        max_shrink_iters: 400,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    /// S1, S3, S4, S5, S7, K4, K5 and K6 together: no order of steps leads anywhere it should not.
    #[test]
    fn s1_no_order_of_steps_leads_past_one(steps in prop::collection::vec(step(), 1..70)) {
        let site = World::new();
        let mut model = Model::new();
        for (number, step) in steps.into_iter().enumerate() {
            let before = model.password;
            if let Some((real, expected)) = take(step, &site, &mut model) {
                prop_assert_eq!(real, expected, "step {}: {:?}", number, step);
            }
            if before != model.password {
                prop_assert!(matches!(step, Step::SetPassword { .. }), "step {}: {:?}", number, step);
            }
            compare(&site, &model);
        }
        let store = site.store.as_ref();
        let chain = store.read(|tx| verify_chain(&site.keys, tx)).unwrap();
        prop_assert_eq!(chain.first_bad, None);
    }
}

/// The control: the steps that lead to a new password do lead there, in both worlds.
#[test]
fn the_straight_way_leads_to_a_new_password() {
    let site = World::new();
    let mut model = Model::new();
    let of = any_index();
    let steps = [
        Step::Start(0),
        Step::Captcha { of, right: true },
        Step::Send { of, method: Method::Mobile, right_address: true },
        Step::Verify { of, guess: Guess::Wrong },
        Step::Verify { of, guess: Guess::Newest },
        Step::SetPassword { of, strong: false },
        Step::SetPassword { of, strong: true },
    ];
    for step in steps {
        let (real, expected) = take(step, &site, &mut model).unwrap();
        assert_eq!(real, expected, "{step:?}");
        compare(&site, &model);
    }
    assert_eq!(model.password, [Some(1), None]);
    assert_eq!(model.requests[0].state, State::Done);
}

/// S5: what was sent to a contact that is gone is worth nothing, and neither is what an operator revoked.
#[test]
fn s5_a_code_ends_with_its_contact() {
    for end in [Step::ChangeContact { person: 0, channel: Channel::Email }, Step::RevokeCodes(0)] {
        let site = World::new();
        let mut model = Model::new();
        let of = any_index();
        let steps = [
            Step::Start(0),
            Step::Captcha { of, right: true },
            Step::Send { of, method: Method::Email, right_address: true },
            // Another channel's contact ends nothing of this one.
            Step::ChangeContact { person: 0, channel: Channel::Mobile },
            end,
            Step::Verify { of, guess: Guess::Newest },
        ];
        let said: Vec<_> = steps.into_iter().filter_map(|step| take(step, &site, &mut model)).collect();
        assert_eq!(said.last(), Some(&(Said::CodeSpent, Said::CodeSpent)), "{end:?}");
    }
}

/// An index into a list of one.
fn any_index() -> prop::sample::Index {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    any::<prop::sample::Index>().new_tree(&mut runner).unwrap().current()
}
