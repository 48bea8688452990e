//! What may be wrong with a template of the site's own.

use std::path::PathBuf;

/// One fault, and where it is. The shipped text goes out instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {what}", path.display(), line.map(|line| format!(" line {line}")).unwrap_or_default())]
pub struct Fault {
    pub path: PathBuf,
    /// Counted from 1.
    pub line: Option<usize>,
    pub what: What,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// What the system says about the file.
    #[error("regain cannot {detail}")]
    Unreadable { detail: String },
    #[error("it is not valid UTF-8")]
    NotUtf8,
    #[error("there is no message of that name{}", meant(suggestion.as_deref()))]
    NoSuchMessage { suggestion: Option<String> },
    #[error("there is nothing for the language \"{language}\", and regain brings none")]
    NoSuchLanguage { language: String },
    #[error("it is not a folder, so none of your own texts is sent")]
    NoFolder,
    #[error(
        "this machine does not know the time zone {name}, so messages say UTC alone; install the package tzdata, or correct \
         the name"
    )]
    NoSuchZone { name: String },
    #[error("{detail}")]
    Template { detail: String },
    #[error("`{field}` is not a field of it{}; there are {allowed}", meant(suggestion.as_deref()))]
    UnknownField { field: String, suggestion: Option<String>, allowed: String },
    #[error("the block `{block}` is empty")]
    Empty { block: &'static str },
    #[error("the block `{block}` lacks {{{{ {field} }}}}")]
    Missing { block: &'static str, field: &'static str },
    #[error("the block `{block}` has {{{{ {field} }}}} more than once")]
    Twice { block: &'static str, field: &'static str },
    #[error("the subject shows {{{{ {field} }}}}, which belongs in the body")]
    InSubject { field: &'static str },
    #[error("the block `{block}` has other digits that could be taken for the code")]
    OtherDigits { block: &'static str },
    #[error("the block `{block}` holds a control character")]
    Control { block: &'static str },
}

fn meant(suggestion: Option<&str>) -> String {
    suggestion.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}
