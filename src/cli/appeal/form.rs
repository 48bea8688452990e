//! The form at a terminal: question by question, kept after each answer, to be left and taken up again.

use crate::cli::shared::{Context, Failure, Session, input};
use crate::domain::Channel;
use crate::domain::appeal::{Form, Group, Kind, NEW_EMAIL, NEW_MOBILE, Statement, WHO, judge, questions};
use crate::domain::time::for_people;
use crate::domain::typed;
use crate::flow::appeal::{self, DraftView, Passed};
use crate::flow::{FlowError, Refusal};
use crate::guidance::notes;
use crate::ui::{AskError, Prompts};

/// What is asked before the groups.
const FIRST: [(&str, &str); 3] = [
    (WHO, "Account or unified ID (name, email address or mobile number)"),
    (NEW_MOBILE, "New mobile number, which the result goes to (such as +4915112345678)"),
    (NEW_EMAIL, "New email address (Enter alone: none)"),
];
const FIRST_TITLE: &str = "Who you are, and where you can be reached now";

/// Fills in a form, a new one or the one with this id. `None` is one that was left for later at its end.
pub(super) fn fill(
    session: &Session<'_>,
    passed: &Passed,
    resume: Option<&str>,
) -> Result<Option<(String, Statement)>, Failure> {
    let env = session.oneself();
    let printer = &session.context.printer;
    let (kept, form) = match resume {
        Some(id) => {
            let (kept, form) = appeal::take_up(&env, passed, id)?;
            printer.tell("The form as you left it: what you answered is kept.");
            (kept, form)
        }
        None => {
            let form = Form::new(kind(session.context)?);
            (appeal::begin(&env, passed, &form)?, form)
        }
    };
    printer.note(&format!(
        "Each answer is saved, encrypted, until {}. Press Esc to go back one question, twice to leave. To continue \
        later, run:",
        for_people(kept.expires_at)
    ));
    printer.command(&notes::resume_form(&kept.id));
    let mut sheet = Sheet { session, kept: &kept, form };
    match sheet.ask_open().and_then(|()| sheet.finish()) {
        Ok(Some(statement)) => Ok(Some((kept.id, statement))),
        Ok(None) => {
            printer.hint(&notes::go_on(&notes::resume_form(&kept.id)));
            Ok(None)
        }
        Err(left) => Err(left.or_resume(|| notes::resume_form(&kept.id))),
    }
}

fn kind(context: &Context<'_>) -> Result<Kind, Failure> {
    const KINDS: [&str; 2] = [
        "Appeal (five groups of information about the identity)",
        "Service ticket (certificate, transactions, card, letter of authorisation)",
    ];
    let chosen = context.ask(OPTION, |prompts| prompts.select("What do you want to submit?", &KINDS))?;
    Ok(if chosen == 0 { Kind::Appeal } else { Kind::Ticket })
}

/// What `?` tells.
fn help(key: &str) -> &'static str {
    match key {
        WHO => {
            "The name of the account, the login ID of a unified ID, or the email address or mobile number bound to it."
        }
        NEW_MOBILE => {
            "A number that you can be reached at now: +, country code and number. The result goes there by SMS."
        }
        NEW_EMAIL => {
            "An address that you can read now. Enter alone: the identity will have no email address."
        }
        _ => "Answer in your own words, as far as you remember. Enter alone leaves the answer out.",
    }
}

/// What would have answered.
const OPTION: &str = "--from";

/// Whoever leaves a correction is back at the whole.
fn or_back(corrected: Result<(), Failure>) -> Result<(), Failure> {
    match corrected {
        Err(Failure::Ask(AskError::Back)) => Ok(()),
        other => other,
    }
}

struct Sheet<'s> {
    session: &'s Session<'s>,
    kept: &'s DraftView,
    form: Form,
}

impl Sheet<'_> {
    /// Asks whatever was not asked yet. Esc goes back to the question before.
    fn ask_open(&mut self) -> Result<(), Failure> {
        let open = |key: &str| self.form.get(key).is_none();
        let first = FIRST.iter().filter(|(key, _)| open(key));
        let mut asked: Vec<(String, &str, Option<Group>)> =
            first.map(|(key, text)| ((*key).to_owned(), *text, None)).collect();
        let groups = questions(self.form.kind).filter(|question| open(&question.key()));
        asked.extend(groups.map(|question| (question.key(), question.text, Some(question.group))));
        let (mut at, mut told) = (0, None);
        while let Some((key, text, group)) = asked.get(at) {
            if told.replace(*group) != Some(*group) {
                self.head(*group);
            }
            match self.ask(key, text) {
                Err(Failure::Ask(AskError::Back)) if at > 0 => at -= 1,
                answer => {
                    answer?;
                    at += 1;
                }
            }
        }
        Ok(())
    }

    fn head(&self, group: Option<Group>) {
        let printer = &self.session.context.printer;
        match group {
            None => printer.tell(FIRST_TITLE),
            Some(group) => {
                printer.tell("");
                printer.tell(&format!("{} (press Enter alone to skip an answer)", group.title()));
            }
        }
    }

    /// Asks until the answer can be used, and keeps it. What was answered before stands there to be changed.
    fn ask(&mut self, key: &str, text: &str) -> Result<(), Failure> {
        let (context, env) = (self.session.context, self.session.oneself());
        let kept = self.form.get(key).unwrap_or_default();
        let typed = loop {
            let typed = context.ask(OPTION, |prompts| prompts.ask_line(text, Some(kept)))?;
            if typed::tidied(&typed).as_str() == "?" {
                context.printer.tell(help(key));
                continue;
            }
            match judge(env.reader(), key, &typed) {
                Ok(()) => break typed,
                Err(fault) => context.printer.tell(&format!("Not accepted: {}.", fault.of_the_answer())),
            }
        };
        if key == NEW_MOBILE
            && let Ok(number) = env.reader().bound(Channel::Mobile, &typed)
        {
            input::doubts(&context.printer, &[number]);
        }
        let before = self.form.clone();
        self.form.set(key, &typed);
        match appeal::keep(&env, &self.kept.id, &self.form) {
            Err(FlowError::Refused(refusal @ Refusal::Form(_))) => {
                context.printer.tell(&format!("Not kept: {refusal}; say it in fewer words."));
                self.form = before;
                self.ask(key, text)
            }
            other => Ok(other?),
        }
    }

    /// Shows the whole, lets it be corrected, and hands it over to be sent.
    fn finish(&mut self) -> Result<Option<Statement>, Failure> {
        let groups: Vec<Group> = Group::ALL
            .iter()
            .copied()
            .filter(|group| questions(self.form.kind).any(|question| question.group == *group))
            .collect();
        loop {
            self.summary(&groups);
            let corrections = std::iter::once(FIRST_TITLE)
                .chain(groups.iter().map(|group| group.title()))
                .map(|title| format!("Correct: {title}"));
            let items: Vec<String> = std::iter::once("Submit it".to_owned())
                .chain(corrections)
                .chain(std::iter::once("Leave it for later".to_owned()))
                .collect();
            let items: Vec<&str> = items.iter().map(String::as_str).collect();
            let select = |prompts: &Prompts<'_>| prompts.select("Is everything right?", &items);
            match self.session.context.ask(OPTION, select)? {
                0 => match self.form.clone().check(self.session.oneself().reader()) {
                    Ok(statement) => return Ok(Some(statement)),
                    Err(faults) => {
                        for (key, fault) in faults {
                            self.session.context.printer.tell(&format!("Not accepted: `{key}` {fault}."));
                        }
                    }
                },
                1 => or_back(FIRST.iter().try_for_each(|(key, text)| self.ask(key, text)))?,
                chosen => match groups.get(chosen - 2) {
                    Some(group) => or_back(self.correct(*group))?,
                    None => return Ok(None),
                },
            }
        }
    }

    fn correct(&mut self, group: Group) -> Result<(), Failure> {
        for question in questions(self.form.kind).filter(|question| question.group == group) {
            self.ask(&question.key(), question.text)?;
        }
        Ok(())
    }

    fn summary(&self, groups: &[Group]) {
        let printer = &self.session.context.printer;
        let line = |text: &str, key: &str| {
            let answer = self.form.get(key).filter(|answer| !answer.is_empty()).unwrap_or("-");
            printer.tell(&format!("  {text}: {answer}"));
        };
        printer.tell("");
        printer.tell("What you are about to submit:");
        for group in groups {
            printer.tell(group.title());
            for question in questions(self.form.kind).filter(|question| question.group == *group) {
                line(question.text, &question.key());
            }
        }
        // Last: what matters most stands right above the menu, and scrolls off no screen.
        printer.tell(FIRST_TITLE);
        line("Account or unified ID", WHO);
        line("New mobile number", NEW_MOBILE);
        line("New email address", NEW_EMAIL);
    }
}
