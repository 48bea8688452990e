//! The acts. Each really happens, by the flows that the commands use; one that does not work ends the play with its
//! failure.

use anyhow::anyhow;

use super::questions::Player;
use super::stage::Stage;
use crate::cli::login;
use crate::cli::shared::{Failure, issuance, kind, reset_conversation, runner, secret_output};
use crate::domain::account::{Kind, Status};
use crate::domain::request::{Method, State};
use crate::domain::{AccessMode, Address, LoginProtection, Name, Principal, Secret};
use crate::flow::{
    self, AdminReset, Change, Confirmed, CreateAccount, CreateUser, Denial, FlowError, IssueCredential,
    IssueMode, NewAccount, NewUser, PasswordChange, Presented, ResetOptions, SecretDestination, SignIn,
    reset,
};
use crate::guidance::notes;

const ADDRESS: &str = "alice@example.com";
const FORGOTTEN: &str = "violin harbour pepper dusk";
const NEW: &str = "orbit lantern velvet cactus";
const BOBS: &str = "meadow copper thistle raft";

/// How often a person may mistype a password on the stage.
const TRIES: usize = 3;

fn person(path: &str) -> Result<Principal, Failure> {
    Principal::parse(path).map_err(|error| Failure::usage(error.to_string()))
}

/// From the first act to the last.
pub(super) fn tell(stage: &Stage<'_>) -> Result<(), Failure> {
    let (alice, bob) = (person("acme/alice")?, person("acme/bob")?);
    stage.say("regain, from beginning to end, on a store that is deleted afterwards.\n")?;
    stage.say(
        "1. The company acme has an account. Alice has a bound email address; Bob has no contact at all.",
    )?;
    people(stage)?;
    stage.say("\n2. Alice comes back from a long holiday and cannot remember her password.")?;
    refused(stage, &alice, "orbit lantern")?;
    stage.say("   The sign-in is denied. She chooses \"Forgot password?\".\n")?;
    let chosen = forgotten(stage, &alice)?;
    stage.say("\n3. Alice signs in with the new password.")?;
    signs_in(stage, &alice, chosen.as_ref())?;
    if stage.auto {
        refused(stage, &alice, FORGOTTEN)?;
        stage.say("   The old one no longer works.")?;
    }
    let notices = stage.mail()?;
    expect(!notices.is_empty(), "no notice of the reset arrived")?;
    stage.say("   A notice of the change is in her mailbox, with the way to say \"this was not me\".")?;
    stage.say("\n4. Bob has forgotten his, too. He asks for a code, as anybody can.")?;
    contactless(stage, &bob)?;
    stage.say(
        "\n5. So Bob asks the administrator, who has a password generated for him, without choosing it.",
    )?;
    let temporary = helped(stage, &bob)?;
    stage.say("\n6. Bob signs in with it, and must choose his own first.")?;
    must_change(stage, &bob, &temporary)?;
    let records = flow::verify_records(&stage.session.operating(), None)?;
    expect(records.first_bad.is_none(), "the operation records are not intact")?;
    stage.say(&format!(
        "\nAll of it is in the operation records: {} events, chained and verified.",
        records.events
    ))?;
    stage.say(notes::INIT_YOUR_OWN)
}

fn expect(holds: bool, otherwise: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(anyhow!("{otherwise}").into()) }
}

/// On this stage everything may be committed; the audience is asked where the administrator would be.
fn yes() -> Result<Confirmed, Failure> {
    Confirmed::by(true).ok_or(Failure::Declined)
}

fn people(stage: &Stage<'_>) -> Result<(), Failure> {
    let env = stage.session.operating();
    let name = |text: &str| Name::parse(text).map_err(|error| Failure::usage(error.to_string()));
    let account = NewAccount {
        name: name("acme")?,
        kind: Kind::Cloud,
        contacts: Vec::new(),
        user_quota: None,
        if_missing: false,
    };
    CreateAccount::plan(&env, account)?.commit(&env, yes()?)?;
    let address = Address::email(ADDRESS).map_err(|error| Failure::usage(error.to_string()))?;
    for (user, contacts) in [("alice", vec![address]), ("bob", Vec::new())] {
        let new = NewUser {
            account: name("acme")?,
            name: name(user)?,
            contacts,
            description: None,
            access_mode: AccessMode::Default,
            login_protection: LoginProtection::None,
            status: Status::Enabled,
            first: None,
            expires: None,
            external_id: None,
            if_missing: false,
            destination: SecretDestination::Nowhere,
        };
        let plan = CreateUser::plan(&env, new)?;
        plan.commit(&env, &plan.prepare(&env)?, yes()?)?;
    }
    let alice = person("acme/alice")?;
    let plan = AdminReset::plan(&env, &alice, options(IssueMode::Given, false))?;
    let given = plan.given(&env, &Secret::from(FORGOTTEN))?;
    plan.commit(&env, &given, yes()?)?;
    stage.mail().map(|_| ())
}

fn options(mode: IssueMode, must_change: bool) -> ResetOptions {
    ResetOptions {
        mode,
        must_change,
        expires: None,
        unlock: false,
        remove_mfa: false,
        over_root: false,
        destination: SecretDestination::Terminal,
        otherwise: None,
        verified_caller: None,
    }
}

fn refused(stage: &Stage<'_>, who: &Principal, wrong: &str) -> Result<(), Failure> {
    let password = Secret::from(wrong);
    let judged = flow::sign_in(&stage.session.oneself(), who, &Presented::password(&password))?;
    expect(matches!(judged, SignIn::Denied), "a wrong password was let in")
}

/// The reset itself. The new password, if the play chose it.
fn forgotten(stage: &Stage<'_>, alice: &Principal) -> Result<Option<Secret>, Failure> {
    let env = stage.session.oneself();
    let player = Player {
        stage,
        dialog: reset_conversation::dialog(&stage.session, kind::Kind::IamUser),
        address: ADDRESS,
        new_password: NEW,
    };
    let view = reset::walk(&env, reset::start(&env, alice)?, &player)?;
    expect(view.state == State::Done, "the reset did not come to its end")?;
    if stage.auto {
        stage.say("   The code is right, and the new password is set.")?;
    }
    Ok(stage.auto.then(|| Secret::from(NEW)))
}

fn signs_in(stage: &Stage<'_>, who: &Principal, known: Option<&Secret>) -> Result<(), Failure> {
    let Some(password) = known else { return asked(stage, who) };
    match flow::sign_in(&stage.session.oneself(), who, &Presented::password(password))? {
        SignIn::Right(signed_in) => {
            stage.say(&format!("   Signed in as {} ({}).", signed_in.user.path(), signed_in.user.title()))
        }
        SignIn::MustChange(_) | SignIn::Protected(_) | SignIn::Denied => {
            expect(false, "the new password was not let in")
        }
    }
}

/// The sign-in at the prompt, with more than one try: a slip of the hand should not end the play.
fn asked(stage: &Stage<'_>, who: &Principal) -> Result<(), Failure> {
    let session = &stage.session;
    for _ in 0..TRIES {
        let prompt = format!("Password of {who}");
        let password = stage.context.ask("--auto", |prompts| prompts.ask_secret(&prompt))?;
        match flow::sign_in(&session.oneself(), who, &Presented::password(&password))? {
            SignIn::Right(signed_in) => return login::welcome(session, &signed_in),
            SignIn::MustChange(owing) => return login::change_first(session, who, owing, &password),
            SignIn::Protected(_) | SignIn::Denied => {
                stage.say("   The sign-in is denied: that is not the password. Once more.")?;
            }
        }
    }
    Err(Failure::from(FlowError::from(Denial::Credentials)))
}

/// Nothing is told, and nothing comes.
fn contactless(stage: &Stage<'_>, bob: &Principal) -> Result<(), Failure> {
    let env = stage.session.oneself();
    let view = reset::start(&env, bob)?;
    let captcha = view.captcha.as_ref().ok_or(Failure::Declined)?;
    let solution = crate::domain::captcha::proof_of_work::solve(&captcha.challenge, captcha.bits);
    reset::answer_captcha(&env, &view.id, &solution.to_string())?;
    let view = reset::send(&env, &view.id, Method::Account, None)?;
    expect(view.state == State::Code, "somebody without a contact is told so")?;
    expect(stage.mail()?.is_empty(), "a code went out for somebody without a contact")?;
    stage.say("   He is told what everybody is told; no code comes, because there is nowhere to send it.")?;
    stage.say(&format!("   \"{}\"", stage.session.config.settings.help.administrator_text))
}

/// The administrator's reset; the temporary password.
fn helped(stage: &Stage<'_>, bob: &Principal) -> Result<Secret, Failure> {
    let env = stage.session.operating();
    let context = stage.context;
    let plan = AdminReset::plan(&env, bob, options(IssueMode::Generate, true))?;
    let file = stage.auto.then(|| stage.file("secrets.jsonl"));
    let mut sink = secret_output::create(file.as_deref(), &context.printer)?;
    let confirmed = if stage.auto {
        for effect in plan.effects() {
            stage.say(&format!("   - {effect}"))?;
        }
        yes()?
    } else {
        runner::confirm(context, &plan.effects())?
    };
    let prepared = plan.prepare(&env)?;
    let committed = issuance::commit(&env, &plan, &prepared, Some(&mut sink), confirmed);
    secret_output::close(Some(sink), &context.printer, committed)?;
    let secret = prepared.secret().ok_or(Failure::Declined)?;
    Ok(Secret::from(secret.expose()))
}

fn must_change(stage: &Stage<'_>, bob: &Principal, temporary: &Secret) -> Result<(), Failure> {
    if !stage.auto {
        return asked(stage, bob);
    }
    let env = stage.session.oneself();
    let SignIn::MustChange(owing) = flow::sign_in(&env, bob, &Presented::password(temporary))? else {
        return expect(false, "a temporary password was good for more");
    };
    let changed = PasswordChange::owed(owing, temporary)?.finish(&env, &Secret::from(BOBS))?;
    stage.say(&format!("   Changed the password of {}.", changed.user().path()))?;
    signs_in(stage, bob, Some(&Secret::from(BOBS)))
}
