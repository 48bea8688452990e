use jiff::SignedDuration;

use crate::domain::Secret;
use crate::flow::foundation::world_tests::{PASSWORD, World, who};
use crate::flow::proofs::password::Presented;
use crate::flow::proofs::sign_in::sign_in;

/// How long a sign-in of somebody waited before it was judged.
fn waited(world: &mut World, source: &str, name: &str, password: &str) -> SignedDuration {
    source.clone_into(&mut world.source);
    let env = world.env();
    let before = env.clock.now();
    let password = Secret::from(password);
    drop(sign_in(&env, &who(name), &Presented { password: &password, totp: None }).unwrap());
    env.clock.now().duration_since(before)
}

fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

#[test]
fn k12_a_source_whose_sign_ins_fail_waits_longer_each_time_and_no_other_does() {
    for name in ["acme/alice", "acme/nobody"] {
        let mut world = World::new();
        world.settings.sources.slow_most = seconds(4);
        for _ in 0..10 {
            assert_eq!(waited(&mut world, "bad", name, "wrong"), SignedDuration::ZERO, "{name}");
        }
        for expected in [1, 2, 3, 4, 4] {
            assert_eq!(waited(&mut world, "bad", name, "wrong"), seconds(expected), "{name}");
        }
        assert_eq!(waited(&mut world, "good", name, "wrong"), SignedDuration::ZERO);
        world.wait(61);
        assert_eq!(waited(&mut world, "bad", name, "wrong"), SignedDuration::ZERO, "an hour later");
    }
}

#[test]
fn k12_a_right_sign_in_gives_a_source_nothing_back() {
    let mut world = World::new();
    world.settings.sources.slow_most = seconds(30);
    let failed: Vec<_> = (0..12).map(|_| waited(&mut world, "bad", "acme/nobody", "wrong")).collect();
    assert_eq!(failed.last(), Some(&seconds(2)));
    assert_eq!(waited(&mut world, "bad", "acme/alice", PASSWORD), seconds(3));
    assert_eq!(waited(&mut world, "bad", "acme/alice", PASSWORD), seconds(3));
}

#[test]
fn k12_slowing_down_can_be_switched_off_and_begins_where_it_is_set() {
    let mut world = World::new();
    world.settings.sources.slow_most = SignedDuration::ZERO;
    (0..15).for_each(|_| assert!(waited(&mut world, "bad", "acme/nobody", "wrong").is_zero()));
    world.settings.sources.slow_most = seconds(30);
    world.settings.sources.slow_after = 15;
    assert_eq!(waited(&mut world, "bad", "acme/nobody", "wrong"), seconds(1));
}
