//! The form at a terminal: question by question, kept after each answer, to be left and taken up again.

use crate::cli::shared::{Context, Failure, Session, input};
use crate::domain::Channel;
use crate::domain::appeal::{Form, Group, Kind, NEW_EMAIL, NEW_MOBILE, Statement, WHO, judge, questions};
use crate::domain::time::for_people;
use crate::domain::typed;
use crate::flow::appeal::{self, DraftView, Passed};
use crate::flow::{FlowError, Refusal};
use crate::guidance::notes;
use crate::ui::Prompts;

/// What is asked before the groups.
const FIRST: [(&str, &str); 3] = [
    (WHO, "Account or unified ID (name, email address or mobile number)"),
    (NEW_MOBILE, "New mobile number, which the result goes to (such as +4915112345678)"),
    (NEW_EMAIL, "New email address (Enter alone: none)"),
];
const FIRST_LABELS: [(&str, &str); 3] =
    [(WHO, "Account or unified ID"), (NEW_MOBILE, "New mobile number"), (NEW_EMAIL, "New email address")];
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
    printer.begin_conversation(Some(notes::resume_form(&kept.id)));
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
            match self.ask_or_back(at > 0, |sheet| sheet.ask(key, text))? {
                Some(()) => at += 1,
                None => at -= 1,
            }
        }
        Ok(())
    }

    fn ask_or_back(
        &mut self,
        has_step_back: bool,
        ask: impl FnOnce(&mut Self) -> Result<(), Failure>,
    ) -> Result<Option<()>, Failure> {
        let context = self.session.context;
        if has_step_back { context.or_back(|| ask(self)) } else { ask(self).map(Some) }
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

    /// Shows the whole, lets it be corrected, and hands it over to be sent. Esc goes back to the last question, and from
    /// a correction to the whole.
    fn finish(&mut self) -> Result<Option<Statement>, Failure> {
        let groups: Vec<Group> = Group::ALL
            .iter()
            .copied()
            .filter(|group| questions(self.form.kind).any(|question| question.group == *group))
            .collect();
        loop {
            let corrections = std::iter::once(FIRST_TITLE)
                .chain(groups.iter().map(|group| group.title()))
                .map(|title| format!("Correct: {title}"));
            let items: Vec<String> = std::iter::once("Submit it".to_owned())
                .chain(corrections)
                .chain(std::iter::once("Leave it for later".to_owned()))
                .collect();
            let items: Vec<&str> = items.iter().map(String::as_str).collect();
            let context = self.session.context;
            let given = self.given(&groups);
            let asked = FIRST.len() + questions(self.form.kind).count();
            let title = match asked - given.iter().map(Vec::len).sum::<usize>() {
                0 => "What you are about to submit:".to_owned(),
                1 => "What you are about to submit (1 answer is left out):".to_owned(),
                some => format!("What you are about to submit ({some} answers are left out):"),
            };
            context.printer.tell("");
            let preview =
                |prompts: &Prompts<'_>| prompts.preview(&title, &given, "Is everything right?", &items);
            let Some(chosen) = context.or_back(|| context.ask(OPTION, preview))? else {
                if let Some(last) = questions(self.form.kind).last() {
                    self.ask_or_back(true, |sheet| sheet.ask(&last.key(), last.text))?;
                }
                continue;
            };
            match chosen {
                0 => match self.form.clone().check(self.session.oneself().reader()) {
                    Ok(statement) => return Ok(Some(statement)),
                    Err(faults) => {
                        for (key, fault) in faults {
                            context.printer.tell(&format!("Not accepted: `{key}` {fault}."));
                        }
                    }
                },
                1 => {
                    let first =
                        |sheet: &mut Self| FIRST.iter().try_for_each(|(key, text)| sheet.ask(key, text));
                    self.ask_or_back(true, first)?;
                }
                chosen => match groups.get(chosen - 2) {
                    Some(group) => drop(self.ask_or_back(true, |sheet| sheet.correct(*group))?),
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

    /// What was answered, by its label; the identity and its new contacts last, right above the menu.
    fn given(&self, groups: &[Group]) -> Vec<Vec<(&'static str, &str)>> {
        let of_group = |group: Group| {
            let asked = questions(self.form.kind).filter(move |question| question.group == group);
            asked.map(|question| (question.label, question.key())).collect::<Vec<_>>()
        };
        let first = FIRST_LABELS.iter().map(|(key, label)| (*label, (*key).to_owned())).collect();
        let labels = groups.iter().map(|group| of_group(*group)).chain([first]);
        let answer = |(label, key): (&'static str, String)| match self.form.get(&key) {
            // That there is none is an answer.
            None | Some("") if key == NEW_EMAIL => Some((label, "none")),
            answer => answer.filter(|answer| !answer.is_empty()).map(|answer| (label, answer)),
        };
        labels.map(|group: Vec<_>| group.into_iter().filter_map(answer).collect()).collect()
    }
}
