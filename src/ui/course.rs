//! Where a conversation stands: what Esc does at the question that is being asked.

use std::cell::{Cell, RefCell};

/// Shared by all questions of a command.
#[derive(Default)]
pub(super) struct Course {
    /// How many of the questions before can be gone back to.
    steps: Cell<usize>,
    /// Whether something was answered already, or the screen told what Esc does.
    under_way: Cell<bool>,
    /// Whether the last question was left with Esc.
    left_last: Cell<bool>,
    /// The command that goes on with it later.
    resume: RefCell<Option<String>>,
}

/// What Esc does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Esc {
    Leaves,
    GoesBack,
    /// Nothing yet: this is told, and the question asked again.
    Warns(String),
}

impl Course {
    /// From now on Esc leaves at the second time only. `resume` goes on later.
    pub(super) fn begin(&self, resume: Option<String>) {
        self.under_way.set(true);
        self.resume.replace(resume);
    }

    /// Within this, Esc goes back to a question before it.
    pub(super) fn with_step_back<T>(&self, ask: impl FnOnce() -> T) -> T {
        self.steps.set(self.steps.get() + 1);
        let answer = ask();
        self.steps.set(self.steps.get() - 1);
        answer
    }

    pub(super) fn answered(&self) {
        self.left_last.set(false);
        self.under_way.set(true);
    }

    /// Esc at a question; at one that it `declines`, it never warns.
    pub(super) fn escape(&self, declines: bool) -> Esc {
        // Whoever leaves two questions in a row wants to leave.
        if self.left_last.replace(true) {
            return Esc::Leaves;
        }
        match (self.steps.get(), self.under_way.get() && !declines) {
            (1.., _) => Esc::GoesBack,
            (0, false) => Esc::Leaves,
            (0, true) => Esc::Warns(self.warning()),
        }
    }

    fn warning(&self) -> String {
        let resume = self.resume.borrow();
        let later =
            resume.as_ref().map(|command| format!(" To continue later: `{command}`")).unwrap_or_default();
        format!("There is no step to go back to. Press Esc once more to leave.{later}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn esc_goes_back_where_it_can_warns_where_something_would_be_lost_and_leaves_at_the_second_time() {
        let course = Course::default();
        assert_eq!(course.escape(false), Esc::Leaves, "nothing was answered yet");
        course.answered();
        assert_eq!(
            course.escape(false),
            Esc::Warns("There is no step to go back to. Press Esc once more to leave.".to_owned())
        );
        assert_eq!(course.escape(false), Esc::Leaves);
        course.answered();
        assert_eq!(course.escape(true), Esc::Leaves, "a question that Esc declines");
        course.answered();
        course.with_step_back(|| assert_eq!(course.escape(false), Esc::GoesBack));
        course.with_step_back(|| assert_eq!(course.escape(false), Esc::Leaves, "twice in a row"));
    }

    #[test]
    fn the_warning_tells_how_to_continue_later_once_that_is_known() {
        let course = Course::default();
        course.begin(Some("regain password reset --resume req_1".to_owned()));
        assert_eq!(
            course.escape(false),
            Esc::Warns(
                "There is no step to go back to. Press Esc once more to leave. To continue later: `regain password reset \
                 --resume req_1`"
                    .to_owned()
            )
        );
    }
}
