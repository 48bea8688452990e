//! Appeals, and the forms that are not sent yet.

use regain::domain::appeal::{Appeal, Approval, Draft, Kind, State};
use regain::store::Engine;

use super::support::{at, read, write};

fn appeal(serial: &str, user_id: Option<&str>) -> Appeal {
    Appeal {
        serial: serial.to_owned(),
        kind: Kind::Ticket,
        user_id: user_id.map(str::to_owned),
        subject: vec![1; 32],
        source: "uid:1".to_owned(),
        uid: 1,
        state: State::Submitted,
        crowded: true,
        key_id: "aaaaaaaa".to_owned(),
        sealed: Some(vec![7; 40]),
        created_at: at(0),
        expires_at: at(1000),
        decided_at: None,
        decision_reason: None,
    }
}

pub(crate) fn appeals_are_decided_once(store: &dyn Engine) {
    let state = |serial: &str| read(store, |tx| tx.appeal(serial)).unwrap().state;
    let submit = |serial: &str, user| write(store, |tx| tx.insert_appeal(&appeal(serial, user)));
    submit("apl-1", Some("usr_root"));
    submit("apl-2", Some("usr_root"));
    submit("apl-3", None);
    let kept = read(store, |tx| tx.appeal("apl-1")).unwrap();
    assert_eq!(
        (kept.kind, kept.crowded, kept.sealed, kept.decided_at),
        (Kind::Ticket, true, Some(vec![7; 40]), None)
    );
    assert!(read(store, |tx| tx.appeal("apl-9")).is_none());
    let serials = |found: Vec<Appeal>| found.into_iter().map(|of| of.serial).collect::<Vec<_>>();
    assert_eq!(serials(read(store, |tx| tx.appeals(None, 2))), ["apl-3", "apl-2"]);
    assert_eq!(serials(read(store, |tx| tx.appeals_of("usr_root", 9))), ["apl-2", "apl-1"]);

    let yes = |uid| Approval { uid, operator: format!("op{uid}"), at: at(5) };
    assert!(write(store, |tx| tx.add_approval("apl-1", &yes(1))));
    assert!(!write(store, |tx| tx.add_approval("apl-1", &yes(1))), "one operator, one yes");
    assert!(write(store, |tx| tx.add_approval("apl-1", &yes(2))));
    assert_eq!(read(store, |tx| tx.approvals("apl-1")), [yes(1), yes(2)]);

    let decide = |serial: &str, to| write(store, |tx| tx.decide_appeal(serial, to, at(10), at(20)));
    assert!(decide("apl-1", State::Approved));
    assert!(!decide("apl-1", State::Denied) && !decide("apl-9", State::Denied));
    let approved = read(store, |tx| tx.appeal("apl-1")).unwrap();
    assert_eq!(
        (approved.opens(at(9)), approved.opens(at(10)), approved.opens(at(19)), approved.opens(at(20))),
        (false, true, true, false),
        "K5"
    );
    assert_eq!(write(store, |tx| tx.end_appeals("usr_root", State::Expired, Some("apl-1"))), 1);
    assert_eq!(
        (state("apl-1"), state("apl-2"), state("apl-3")),
        (State::Approved, State::Expired, State::Submitted)
    );
    assert_eq!(write(store, |tx| tx.expire_appeals(at(19))), 0);
    assert_eq!(write(store, |tx| tx.use_appeals("usr_root")), ["apl-1"]);
    assert_eq!(write(store, |tx| tx.use_appeals("usr_root")), Vec::<String>::new());
    assert_eq!(state("apl-1"), State::Used);

    for serial in ["apl-4", "apl-5"] {
        submit(serial, Some("usr_root"));
        assert!(decide(serial, State::Approved));
        write(store, |tx| tx.set_decision_reason(serial, Some("certificate seen")));
        assert_eq!(
            read(store, |tx| tx.appeal(serial)).unwrap().decision_reason.as_deref(),
            Some("certificate seen")
        );
        assert_eq!(write(store, |tx| tx.expire_appeals(at(20))), 1, "at the very moment");
        assert_eq!(state(serial), State::Expired);
    }
    assert_eq!(serials(read(store, |tx| tx.appeals(Some(State::Expired), 9))), ["apl-5", "apl-4", "apl-2"]);
    assert_eq!(write(store, |tx| tx.expire_undecided(at(999))), 0);
    assert_eq!(write(store, |tx| tx.purge_claims(at(0), at(1))), 4, "not of the one that waits");
    assert_eq!(write(store, |tx| tx.expire_undecided(at(1000))), 1);
    assert_eq!(state("apl-3"), State::Expired);
    assert_eq!(write(store, |tx| tx.purge_claims(at(-1), at(1))), 0);
    let sealed = read(store, |tx| tx.sealed_claims());
    assert_eq!(sealed, [("apl-3".to_owned(), "aaaaaaaa".to_owned(), vec![7; 40])]);
    write(store, |tx| tx.reseal_claims("apl-3", "bbbbbbbb", &[8; 40]));
    let resealed = read(store, |tx| tx.appeal("apl-3")).unwrap();
    assert_eq!((resealed.key_id.as_str(), resealed.sealed), ("bbbbbbbb", Some(vec![8; 40])));
}

pub(crate) fn forms_are_kept(store: &dyn Engine) {
    let draft = |sealed: u8| Draft {
        id: "dft_1".to_owned(),
        uid: 1,
        source: "uid:1".to_owned(),
        key_id: "aaaaaaaa".to_owned(),
        sealed: vec![sealed; 40],
        created_at: at(0),
        expires_at: at(100),
    };
    write(store, |tx| tx.keep_draft(&draft(1)));
    write(store, |tx| tx.keep_draft(&draft(2)));
    assert_eq!(read(store, |tx| tx.draft("dft_1")).unwrap().sealed, [2; 40]);
    assert_eq!(read(store, |tx| tx.drafts_from("uid:1")), 1);
    write(store, |tx| tx.reseal_claims("dft_1", "bbbbbbbb", &[3; 40]));
    assert_eq!(read(store, |tx| tx.draft("dft_1")).unwrap().key_id, "bbbbbbbb");
    assert_eq!(write(store, |tx| tx.expire_undecided(at(99))), 0);
    assert!(write(store, |tx| tx.delete_draft("dft_1")) && !write(store, |tx| tx.delete_draft("dft_1")));
    write(store, |tx| tx.keep_draft(&draft(1)));
    assert_eq!(write(store, |tx| tx.expire_undecided(at(100))), 1);
    assert!(read(store, |tx| tx.draft("dft_1")).is_none());
}
