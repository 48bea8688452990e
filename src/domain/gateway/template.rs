//! Templates of requests: text with `{{fields}}`, each escaped for where the template stands (security T8).

use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, HtmlEscape, Output, UndefinedBehavior, Value};
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::sms::{Alphabet, segments};
use crate::domain::text::{percent_encoded, text_enum};

/// Where a template stands, and so what could break out of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// The content of a JSON string (RFC 8259); its quotes belong to the template.
    Json,
    /// A part of a URL or of a form: everything but the unreserved characters of RFC 3986 as `%XX`.
    Percent,
    /// Text or an attribute of XML.
    Xml,
    /// A header: nothing can be escaped there, so control characters are refused.
    Header,
    /// Plain text, in which nothing has a meaning.
    Plain,
}

text_enum! {
    /// What can stand between `{{` and `}}`.
    Field {
        /// The address: E.164 with its `+`, or an email address.
        To => "to",
        /// The address without a leading `+`.
        Number => "number",
        Text => "text",
        Subject => "subject",
        /// The row of the outbox, the same at every try.
        Id => "id",
        /// The sender of the config.
        From => "from",
        /// The secret of `token_file`.
        Token => "token",
        /// True if the text does not fit the 7-bit alphabet of telephones.
        Unicode => "unicode",
    }
}

/// The values of the fields.
pub struct Fields<'f> {
    pub to: &'f str,
    pub text: &'f str,
    pub subject: &'f str,
    pub id: &'f str,
    pub from: &'f str,
    pub token: Option<&'f Secret>,
}

/// Why a text is no template, or could not be filled. What was written is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    #[error("is not a valid template: {kind} in its line {line}")]
    Broken { kind: String, line: usize },
    #[error("has an unknown field; the fields are: {}", listed(known))]
    UnknownField { known: Vec<&'static str> },
    #[error("must not have {{{{{field}}}}} here")]
    Misplaced { field: &'static str },
    #[error("is not JSON once its fields are filled in: put quotation marks around each field")]
    NotJson,
    #[error("would hold a control character")]
    Control,
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("{{{{{name}}}}}")).collect::<Vec<_>>().join(" ")
}

/// A template that was tried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    source: String,
    escape: Escape,
    uses: Vec<Field>,
}

/// What breaks out of anything that is not escaped.
const AWKWARD: &str = "+4 5\"'\\<&>{}é验/?#%";

impl Template {
    /// Reads a template and fills it in once, so that nothing about it can fail later but a value.
    pub fn parse(source: &str, escape: Escape) -> Result<Self, TemplateFault> {
        let environment = environment(escape);
        let parsed = environment.template_from_str(source).map_err(|error| broken(&error))?;
        let mut uses = Vec::new();
        for name in parsed.undeclared_variables(false) {
            let field = name.parse::<Field>().map_err(|_| TemplateFault::UnknownField {
                known: Field::ALL.iter().map(|field| field.as_str()).collect(),
            })?;
            uses.push(field);
        }
        // A set has no order of its own.
        uses.sort_unstable_by_key(|field| field.as_str());
        let template = Self { source: source.to_owned(), escape, uses };
        let token = Secret::from(AWKWARD);
        let fields = Fields {
            to: AWKWARD,
            text: AWKWARD,
            subject: AWKWARD,
            id: "msg_0",
            from: AWKWARD,
            token: Some(&token),
        };
        let filled = template.fill(&fields)?;
        if escape == Escape::Json && serde_json::from_str::<serde::de::IgnoredAny>(&filled).is_err() {
            return Err(TemplateFault::NotJson);
        }
        Ok(template)
    }

    pub fn uses(&self, field: Field) -> bool {
        self.uses.contains(&field)
    }

    /// As it is written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text with its fields filled in.
    pub fn fill(&self, fields: &Fields<'_>) -> Result<Zeroizing<String>, TemplateFault> {
        let environment = environment(self.escape);
        let template = environment.template_from_str(&self.source).map_err(|error| broken(&error))?;
        let values = minijinja::context! {
            to => fields.to,
            number => fields.to.strip_prefix('+').unwrap_or(fields.to),
            text => fields.text,
            subject => fields.subject,
            id => fields.id,
            from => fields.from,
            token => fields.token.map_or("", Secret::expose),
            unicode => segments(fields.text).alphabet != Alphabet::Gsm7,
        };
        let filled = Zeroizing::new(template.render(values).map_err(|error| broken(&error))?);
        if self.escape == Escape::Header && filled.chars().any(char::is_control) {
            return Err(TemplateFault::Control);
        }
        Ok(filled)
    }
}

fn broken(error: &Error) -> TemplateFault {
    let kind = match error.detail() {
        Some(detail) => format!("{}, {detail},", error.kind()),
        None => error.kind().to_string(),
    };
    TemplateFault::Broken { kind, line: error.line().unwrap_or(1) }
}

/// Without filters, functions and loaders: fields, and a choice between them.
fn environment(escape: Escape) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(move |out, _, value| put(out, escape, value));
    environment
}

fn put(out: &mut Output<'_>, escape: Escape, value: &Value) -> Result<(), Error> {
    // As JSON and gateways write it, and not as Python does.
    let text = Zeroizing::new(match value.kind() {
        ValueKind::Bool if value.is_true() => "true".to_owned(),
        ValueKind::Bool => "false".to_owned(),
        _ => value.to_string(),
    });
    let failed = |_| Error::from(ErrorKind::WriteFailure);
    let mut write = |part: &str| out.write_str(part).map_err(failed);
    match escape {
        Escape::Header | Escape::Plain => write(&text),
        Escape::Json => {
            let quoted = Zeroizing::new(
                serde_json::to_string(text.as_str()).map_err(|_| Error::from(ErrorKind::BadSerialization))?,
            );
            write(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default())
        }
        Escape::Percent => write(&Zeroizing::new(percent_encoded(&text))),
        Escape::Xml => write!(out, "{}", HtmlEscape(&text)).map_err(failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(source: &str, escape: Escape) -> String {
        let token = Secret::from("t&k=\"n");
        let fields = Fields {
            to: "+4915112345678",
            text: "012345 is it, \"Zoë\"\\ & <co>\n",
            subject: "s",
            id: "msg_1",
            from: "ACME",
            token: Some(&token),
        };
        Template::parse(source, escape).unwrap().fill(&fields).unwrap().to_string()
    }

    fn refused(source: &str, escape: Escape) -> String {
        Template::parse(source, escape).unwrap_err().to_string()
    }

    #[test]
    fn t8_each_field_is_escaped_for_where_it_stands() {
        let json = filled(r#"{"to":"{{to}}","body":"{{text}}","key":"{{token}}"}"#, Escape::Json);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["body"], "012345 is it, \"Zoë\"\\ & <co>\n");
        assert_eq!(value["key"], "t&k=\"n");
        assert_eq!(
            filled("to={{to}}&n={{number}}&text={{ text }}&k={{token}}", Escape::Percent),
            "to=%2B4915112345678&n=4915112345678&text=012345%20is%20it%2C%20%22Zo%C3%AB%22%5C%20%26%20%3Cco%3E%0A\
             &k=t%26k%3D%22n"
        );
        assert_eq!(
            filled("<m to='{{to}}'>{{text}}</m>", Escape::Xml),
            "<m to='+4915112345678'>012345 is it, &quot;Zoë&quot;\\ &amp; &lt;co&gt;\n</m>"
        );
        assert_eq!(filled("Bearer {{token}}", Escape::Header), "Bearer t&k=\"n");
    }

    #[test]
    fn t8_a_header_takes_no_control_character() {
        let template = Template::parse("{{text}}", Escape::Header).unwrap();
        let fields = Fields { to: "", text: "a\r\nX: y", subject: "", id: "", from: "", token: None };
        assert_eq!(template.fill(&fields).unwrap_err(), TemplateFault::Control);
    }

    #[test]
    fn a_choice_by_alphabet() {
        let coding = "{{ 2 if unicode else 0 }}";
        assert_eq!(filled(coding, Escape::Percent), "2");
        let template = Template::parse(coding, Escape::Percent).unwrap();
        let fields = Fields { to: "", text: "plain", subject: "", id: "", from: "", token: None };
        assert_eq!(template.fill(&fields).unwrap().as_str(), "0");
    }

    #[test]
    fn the_alphabet_is_a_boolean_of_json() {
        let body = r#"{"to": "{{to}}", "text": "{{text}}", "unicode": {{unicode}}, "same": "{{unicode}}"}"#;
        let template = Template::parse(body, Escape::Json).unwrap();
        for (text, unicode) in [("plain", false), ("验证码", true)] {
            let fields = Fields { to: "+1", text, subject: "", id: "", from: "", token: None };
            let filled: serde_json::Value = serde_json::from_str(&template.fill(&fields).unwrap()).unwrap();
            assert_eq!((&filled["unicode"], &filled["same"]), (&unicode.into(), &unicode.to_string().into()));
        }
        assert_eq!(filled("unicode={{unicode}}", Escape::Percent), "unicode=true");
    }

    #[test]
    fn what_cannot_work_is_found_before_anything_is_sent() {
        let known = "has an unknown field; the fields are: {{to}} {{number}} {{text}} {{subject}} {{id}} \
                     {{from}} {{token}} {{unicode}}";
        assert_eq!(refused("{{code}}", Escape::Plain), known);
        assert_eq!(refused("{{secret_password}}", Escape::Plain), known);
        assert_eq!(
            refused("x\n{{to", Escape::Plain),
            "is not a valid template: syntax error, unexpected end of input, expected end of variable block, in its \
            line 2"
        );
        assert!(
            refused("{{to|shout}}", Escape::Plain).starts_with("is not a valid template: unknown filter"),
            "{}",
            refused("{{to|shout}}", Escape::Plain)
        );
        assert_eq!(
            refused(r#"{"to": {{to}}}"#, Escape::Json),
            "is not JSON once its fields are filled in: put quotation marks around each field"
        );
        assert!(!refused("hunter2 {{to", Escape::Plain).contains("hunter2"));
    }
}
