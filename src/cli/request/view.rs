//! A request to reset a password.

use crate::flow::reset::RequestView;
use crate::ui::Row;

impl Row for RequestView {
    fn columns() -> &'static [&'static str] {
        &["request", "state", "next", "methods", "expires"]
    }

    fn prose() -> &'static [&'static str] {
        &["next", "methods"]
    }

    fn cells(&self) -> Vec<String> {
        let methods: Vec<&str> = self.methods.iter().map(|method| method.as_str()).collect();
        vec![
            self.id.clone(),
            self.state.to_string(),
            self.state.next_step().to_owned(),
            methods.join(", "),
            crate::cli::shared::views::moment(Some(self.expires_at)),
        ]
    }

    fn fields() -> &'static [&'static str] {
        &[
            "id",
            "purpose",
            "state",
            "methods",
            "address_known",
            "proofs",
            "expires_at",
            "captcha",
            "resend_from",
        ]
    }
}
