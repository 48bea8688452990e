//! Events.

use regain::domain::event::{Detail, Event, Outcome};
use regain::domain::{Action, Fact, NewEvent, Target};
use regain::keyring::Purpose;
use regain::store::Transactions;

use super::{Fill, id};

impl Fill<'_> {
    /// Events of people and operators, chained as the program chains them.
    pub(super) fn records(&self) {
        let last = self.store.read(|tx| tx.last_event()).unwrap().unwrap();
        let first = last.seq + 1;
        let mut hash = last.hash;
        self.each(self.count, |tx, at| {
            let event = self.event(first + at, at, &hash);
            tx.append_event(&event)?;
            tx.set_meta("records_head", &format!("{} {}", event.seq, event.hash))?;
            hash = event.hash;
            Ok(())
        });
    }

    fn event(&self, seq: u64, at: u64, before: &str) -> Event {
        let target = Target::Known { id: id("usr", at), name: format!("acme/user{at:07}") };
        let new = match at % 4 {
            0 => NewEvent::success(Action::Login, target.clone()),
            1 => NewEvent::failure(Action::LoginFailed, target.clone(), "wrong_password"),
            2 => NewEvent::success(Action::SetPasswordByAdmin, target.clone())
                .with("must_change", Fact::Flag(true)),
            _ => NewEvent::success(Action::VerifyCodeSent, target.clone())
                .with(Detail::Purpose, Fact::Word("reset"))
                .with(Detail::To, Fact::Masked("u*****@e*****.com".to_owned())),
        };
        let mut event = Event {
            seq,
            at: self.now,
            action: new.action.as_str().to_owned(),
            rating: new.action.rating(new.outcome).as_str().to_owned(),
            outcome: new.outcome.as_str().to_owned(),
            reason: new.code.map(str::to_owned),
            code: new.code.map(str::to_owned),
            actor: "root".to_owned(),
            operator: (new.outcome == Outcome::Success && at % 4 == 2).then(|| "root".to_owned()),
            host: "bench".to_owned(),
            process: 1,
            target: Some(format!("acme/user{at:07}")),
            target_id: Some(id("usr", at)),
            detail: new.detail_json(),
            ticket: None,
            key_id: self.keys.newest().to_string(),
            hash: String::new(),
        };
        let detail = event.detail_text();
        let parts = event.chained_parts(&detail);
        let parts: Vec<&[u8]> =
            std::iter::once(before.as_bytes()).chain(parts.iter().map(AsRef::as_ref)).collect();
        let (_, tag) = self.keys.mac(Purpose::Audit, &parts);
        event.hash = data_encoding::HEXLOWER.encode(&tag);
        event
    }
}
