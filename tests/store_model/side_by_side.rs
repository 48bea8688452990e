//! Each step in both worlds.

use proptest::prelude::*;
use regain::domain::account::Status;
use regain::domain::address::Channel;
use regain::domain::captcha::proof_of_work;
use regain::domain::name::Name;
use regain::domain::principal::Principal;
use regain::domain::request::{Method, State};
use regain::domain::secret::Secret;
use regain::flow::reset;
use regain::flow::{BindContact, BindOptions, Change, Confirmed, RevokeCodes, Revoked};
use regain::store::Transactions;

use crate::model::*;
use crate::steps::*;
use crate::world::*;

/// The words of the password with a number.
pub(crate) fn password(number: u32) -> String {
    format!("vivid anchor {number} mellow tundra")
}

/// Takes a step in both worlds; what each says.
pub(crate) fn take(step: Step, site: &World, model: &mut Model) -> Option<(Said, Said)> {
    let env = site.env();
    let clock = site.clock.0.get();
    let pick = |of: prop::sample::Index, model: &Model| {
        (!model.requests.is_empty()).then(|| of.index(model.requests.len()))
    };
    match step {
        Step::Pass(seconds) => site.clock.0.set(clock + seconds),
        Step::GoBack(seconds) => site.clock.0.set(clock - seconds),
        Step::Start(person) => {
            let result = reset::start(&env, &Principal::parse(PEOPLE[person]).unwrap());
            let id = result.as_ref().map_or(String::new(), |view| view.id.clone());
            let now = model.tick(clock);
            return Some((said(result), model.started(person, now, || id)));
        }
        Step::Captcha { of, right } => {
            let request = pick(of, model)?;
            let id = model.requests[request].id.clone();
            let challenge =
                reset::show(&env, &id).unwrap().captcha.map_or_else(String::new, |view| view.challenge);
            model.tick(clock);
            let number =
                if right { proof_of_work::solve(&challenge, 4).to_string() } else { "no number".to_owned() };
            let real = said(reset::answer_captcha(&env, &id, &number));
            let expected = match model.out_of_order(request, &[State::Captcha]) {
                Some(refused) => refused,
                None if right => {
                    model.requests[request].state = State::Method;
                    Said::Now(State::Method)
                }
                None => Said::WrongCaptcha,
            };
            return Some((real, expected));
        }
        Step::Send { of, method, right_address } => {
            let request = pick(of, model)?;
            return Some(send(request, method, right_address, site, model));
        }
        Step::Verify { of, guess } => {
            let request = pick(of, model)?;
            let digits = guessed(guess, request, model);
            let real = said(reset::verify(&env, &model.requests[request].id, &Secret::new(digits.clone())));
            model.tick(clock);
            return Some((real, model.verified(request, &digits)));
        }
        Step::SetPassword { of, strong } => {
            let request = pick(of, model)?;
            let text = if strong { password(model.passwords + 1) } else { "too short".to_owned() };
            let real = said(reset::set_password(&env, &model.requests[request].id, &Secret::new(text)));
            model.tick(clock);
            return Some((real, model.password_set(request, strong)));
        }
        Step::Cancel(of) => {
            let request = pick(of, model)?;
            let real = said(reset::cancel(&env, &model.requests[request].id));
            model.tick(clock);
            let expected = model.out_of_order(request, State::ALL).unwrap_or(Said::Now(State::Cancelled));
            if expected != Said::Gone {
                model.requests[request].state = State::Cancelled;
                model.requests[request].codes.iter_mut().for_each(|code| code.live = false);
            }
            return Some((real, expected));
        }
        Step::RevokeCodes(person) => {
            let who = Principal::parse(PEOPLE[person]).unwrap();
            let plan = RevokeCodes::plan(&env, Revoked::Of(&who)).unwrap();
            // Where there is nothing to end, nothing is written.
            if plan.changes() {
                plan.commit(&env, Confirmed::by(true).unwrap()).unwrap();
                model.tick(clock);
                model.end_codes(person, |_| true);
            }
        }
        Step::ChangeContact { person, channel } => {
            model.changes[person][index(channel)] += 1;
            let who = Principal::parse(PEOPLE[person]).unwrap();
            let vouched = BindOptions { verified: true, ..BindOptions::default() };
            let change = BindContact::plan(&env, &who, model.address(person, channel), &vouched).unwrap();
            change.commit(&env, Confirmed::by(true).unwrap()).unwrap();
            model.usable_from[person][index(channel)] = model.tick(clock);
            // S5: what was sent to the old contact is worth nothing any more.
            model.end_codes(person, |code| code.channel == Some(channel));
            // And what was proved already, by whatever contact.
            for request in &mut model.requests {
                if request.person == person && request.state == State::Password {
                    request.state = State::Cancelled;
                }
            }
        }
        Step::Enable { person, enabled } => {
            let mut user = site.user(person).unwrap();
            user.status = if enabled { Status::Enabled } else { Status::Disabled };
            let look = Name::parse(&user.name).unwrap().skeleton();
            site.write(|tx| tx.update_user(&user, &user.name, &look));
            model.enabled[person] = enabled;
        }
    }
    None
}

/// What somebody types as the code of this request.
fn guessed(guess: Guess, request: usize, model: &Model) -> String {
    let newest = model.requests[request].codes.last().map(|code| code.digits.clone());
    match guess {
        Guess::Newest => newest.unwrap_or_else(|| "123456".to_owned()),
        Guess::Wrong if newest.as_deref() == Some("000000") => "111111".to_owned(),
        Guess::Wrong => "000000".to_owned(),
        Guess::Any(which) => {
            let all: Vec<&ModelCode> = model.requests.iter().flat_map(|request| &request.codes).collect();
            if all.is_empty() { "123456".to_owned() } else { which.get(&all).digits.clone() }
        }
    }
}

pub(crate) fn send(
    request: usize,
    method: Method,
    right_address: bool,
    site: &World,
    model: &mut Model,
) -> (Said, Said) {
    let env = site.env();
    let person = model.requests[request].person;
    let channel = match method {
        Method::Email => Some(Channel::Email),
        Method::Mobile => Some(Channel::Mobile),
        Method::Account => None,
    };
    let typed = channel.map(|channel| {
        if right_address && person < 2 { model.address(person, channel) } else { address_of(7, channel, 7) }
    });
    let id = model.requests[request].id.clone();
    let real = said(reset::send(&env, &id, method, typed.as_ref()));
    let now = model.tick(site.clock.0.get());
    if let Some(refused) = model.out_of_order(request, &[State::Method, State::Code]) {
        return (real, refused);
    }
    let typed = typed.map(|address| address.key().to_owned());
    if model.requests[request].last_sent.is_some_and(|sent| now < sent + RESEND_AFTER) {
        let before = &mut model.requests[request];
        let other = before.typed.is_some() && typed.is_some() && before.typed != typed;
        if !other || before.corrected {
            return (real, Said::TooSoon);
        }
        before.corrected = true;
    }
    let to = model.destination(request, method, right_address, now);
    let expected = Said::Now(State::Code);
    if real == expected {
        let (code, digits, went_to) = site.newest_code(&id);
        // S4: to the stored contact, or to nobody.
        assert_eq!(went_to, to.as_ref().map(|(_, address)| address.clone()), "to whom the code goes");
        let request = &mut model.requests[request];
        request.codes.iter_mut().for_each(|code| code.live = false);
        request.codes.push(ModelCode {
            id: code,
            digits,
            real: to.is_some(),
            channel: to.map(|(channel, _)| channel),
            live: true,
            tries_left: 5,
            created: now,
            redeemed: 0,
        });
        request.state = State::Code;
        request.last_sent = Some(now);
        request.typed = typed;
    }
    (real, expected)
}

/// What must be true after every step, whatever was said.
pub(crate) fn compare(site: &World, model: &Model) {
    let store = site.store.as_ref();
    let lives = site.lives();
    for request in &model.requests {
        let real = store.read(|tx| tx.request(&request.id)).unwrap().unwrap();
        assert_eq!(real.state, request.state, "{} of {}", request.id, PEOPLE[request.person]);
        if request.person >= 2 || request.muted {
            assert!(!matches!(real.state, State::Password | State::Done), "a decoy came to {}", real.state);
        }
        for code in &request.codes {
            let life = (code.tries_left.into(), code.live, code.redeemed == 1);
            assert_eq!(lives[&code.id], life, "tries left, can be tried, was used: {}", code.id);
            assert!(code.redeemed <= 1, "{} was redeemed {} times", code.id, code.redeemed);
        }
    }
    // S3: a password is what the last success made it, and nothing else moves the credential.
    let hasher = site.env().hasher;
    for (person, number) in model.password.iter().enumerate() {
        let credential = site.user(person).unwrap().credential;
        let Some(number) = number else {
            assert!(credential.hash.is_none() && credential.epoch == 0, "a password came from nowhere");
            continue;
        };
        // Hashing after every step would take most of the time; the epoch tells of every change.
        if model.passwords == *number {
            let hash = credential.hash.unwrap();
            let right = hasher.verify(&Secret::new(password(*number)), &hash).unwrap();
            assert!(
                matches!(right, regain::hasher::Checked::Right),
                "another password than the last one set"
            );
        }
    }
}
