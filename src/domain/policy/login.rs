//! The login policy of an account, by the names and ranges of the cloud's own API.

use serde::{Deserialize, Serialize};

use super::field::{Field, FieldTable, flag, number, text};

/// How sign-in behaves. A field that an older version did not store is read as the default has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoginPolicy {
    /// So many failures within the period lock the user.
    pub login_failed_times: u32,
    /// Minutes.
    pub period_with_login_failures: u32,
    /// Minutes.
    pub lockout_duration: u32,
    /// Days without sign-in before a user is disabled, never the root user; 0 = off.
    pub account_validity_period: u32,
    /// Minutes.
    pub session_timeout: u32,
    pub show_recent_login_info: bool,
    /// Shown at sign-in; at most 64 characters.
    pub custom_info_for_login: String,
}

impl Default for LoginPolicy {
    fn default() -> Self {
        Self {
            login_failed_times: 5,
            period_with_login_failures: 15,
            lockout_duration: 15,
            account_validity_period: 0,
            session_timeout: 60,
            show_recent_login_info: false,
            custom_info_for_login: String::new(),
        }
    }
}

static TABLE: &[Field<LoginPolicy>] = &[
    number!(login_failed_times, 3, 10, "failures", "failures within the period that lock the user"),
    number!(period_with_login_failures, 15, 60, "minutes", "period in which failures are counted"),
    number!(lockout_duration, 15, 1440, "minutes", "a locked user waits for"),
    number!(account_validity_period, 0, 240, "days", "a user unused for so long is disabled; 0 = off"),
    number!(session_timeout, 15, 1440, "minutes", "a session without activity ends after"),
    flag!(show_recent_login_info, "shows the last sign-in at the next one"),
    text!(custom_info_for_login, 64, "a line that is shown at sign-in"),
];

impl FieldTable for LoginPolicy {
    fn table() -> &'static [Field<Self>] {
        TABLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_keep_within_the_ranges_and_every_field_can_be_set() {
        let policy = LoginPolicy::default();
        policy.check().unwrap();
        let changed = policy
            .with_fields(&[
                ("login_failed_times", "3"),
                ("period_with_login_failures", "60"),
                ("lockout_duration", "1440"),
                ("account_validity_period", "240"),
                ("session_timeout", "15"),
                ("show_recent_login_info", "on"),
                ("custom_info_for_login", "Staff only"),
            ])
            .unwrap();
        for (before, after) in policy.fields().iter().zip(changed.fields()) {
            assert_ne!(before.value, after.value, "{}", before.name);
        }
        let again: LoginPolicy = serde_json::from_str(&serde_json::to_string(&changed).unwrap()).unwrap();
        assert_eq!(again, changed);
    }

    #[test]
    fn text_is_short_and_without_controls() {
        let mut policy = LoginPolicy::default();
        policy.set_field("custom_info_for_login", &"ü".repeat(64)).unwrap();
        assert_eq!(
            policy.set_field("custom_info_for_login", &"ü".repeat(65)).unwrap_err().to_string(),
            "custom_info_for_login must be at most 64 characters long"
        );
        assert_eq!(
            policy.set_field("custom_info_for_login", "a\u{1b}[2J").unwrap_err().to_string(),
            "custom_info_for_login must not hold control characters"
        );
    }
}
