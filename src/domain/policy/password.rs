//! The password policy of an account, by the names and ranges of the cloud's own API.

use serde::{Deserialize, Serialize};

use super::field::{Field, FieldTable, PolicyError, flag, number};

/// The fewest code points where the password is the only proof (security P1, NIST SP 800-63B-4 3.1.1.2).
pub const NIST_MINIMUM: u32 = 15;

/// The fewest code points for someone whom MFA protects besides (security P1).
pub const MINIMUM_WITH_MFA: u32 = 8;

/// What a new password must be. A field that an older version did not store is read as the `nist` preset has
/// it, and one that a newer version added is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordPolicy {
    /// Code points. At [`NIST_MINIMUM`] someone with MFA needs [`MINIMUM_WITH_MFA`] only.
    pub minimum_password_length: u32,
    /// Code points.
    pub maximum_password_length: u32,
    /// How many of upper case, lower case, digits and others there must be.
    pub password_char_combination: u32,
    /// At most so many of the same character in a row; 0 = any number.
    pub maximum_consecutive_identical_chars: u32,
    /// How many recent passwords, the present one included, cannot come back.
    pub number_of_recent_passwords_disallowed: u32,
    /// Days; 0 = for ever.
    pub password_validity_period: u32,
    /// Minutes before the person may change it again.
    pub minimum_password_age: u32,
    pub password_not_username_or_invert: bool,
    /// Refuses common and context words, their repeats and paddings.
    pub blocklist: bool,
    /// Ten to the power of this many guesses at least, by estimate; 0 = not estimated.
    pub minimum_guesses_log10: u32,
}

/// A set of values that goes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preset {
    /// After NIST SP 800-63B-4: long, nothing composed, judged against what people guess.
    #[default]
    Nist,
    /// As the cloud has it out of the box.
    Cloud,
}

impl PasswordPolicy {
    pub fn preset(preset: Preset) -> Self {
        let nist = Self {
            minimum_password_length: NIST_MINIMUM,
            maximum_password_length: 128,
            password_char_combination: 0,
            maximum_consecutive_identical_chars: 0,
            number_of_recent_passwords_disallowed: 1,
            password_validity_period: 0,
            minimum_password_age: 0,
            password_not_username_or_invert: true,
            blocklist: true,
            minimum_guesses_log10: 8,
        };
        match preset {
            Preset::Nist => nist,
            Preset::Cloud => Self {
                minimum_password_length: 8,
                maximum_password_length: 64,
                password_char_combination: 2,
                blocklist: false,
                minimum_guesses_log10: 0,
                ..nist
            },
        }
    }

    /// What a new password must be, in one line before it is typed; what only few passwords meet is told by a refusal.
    pub fn rule(&self, has_mfa: bool) -> String {
        let length = self.minimum_length_for(has_mfa);
        let kinds = match self.password_char_combination {
            0 | 1 => String::new(),
            kinds => format!(", {kinds} kinds of them or more (upper case, lower case, digits, others)"),
        };
        // Words with blanks between them are of two kinds.
        let advice = if self.password_char_combination <= 2 {
            "; four or more random words are easy to type and hard to guess"
        } else {
            ""
        };
        format!("At least {length} characters{kinds}{advice}.")
    }

    /// The fewest code points for one person: 8 instead of the preset's 15 with MFA (security P1). A minimum
    /// that somebody chose otherwise holds for everyone.
    pub fn minimum_length_for(&self, has_mfa: bool) -> u32 {
        if has_mfa && self.minimum_password_length == NIST_MINIMUM {
            MINIMUM_WITH_MFA
        } else {
            self.minimum_password_length
        }
    }
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self::preset(Preset::default())
    }
}

static TABLE: &[Field<PasswordPolicy>] = &[
    number!(
        minimum_password_length,
        6,
        128,
        "characters",
        "shortest password; 15 becomes 8 for a user with MFA"
    ),
    number!(maximum_password_length, 64, 1024, "characters", "longest password"),
    number!(
        password_char_combination,
        0,
        4,
        "kinds",
        "kinds of upper case, lower case, digits and others needed"
    ),
    number!(
        maximum_consecutive_identical_chars,
        0,
        32,
        "characters",
        "the same character in a row at most; 0 = any number"
    ),
    number!(
        number_of_recent_passwords_disallowed,
        0,
        24,
        "passwords",
        "recent passwords that cannot come back"
    ),
    number!(password_validity_period, 0, 180, "days", "a password expires after; 0 = never"),
    number!(minimum_password_age, 0, 1440, "minutes", "wait before one's own next change; 0 = none"),
    flag!(password_not_username_or_invert, "refuses the user name and its reverse"),
    flag!(blocklist, "refuses common words, names of the user's own, their repeats and paddings"),
    number!(minimum_guesses_log10, 0, 14, "powers of ten", "guesses it must withstand by estimate; 0 = off"),
];

impl FieldTable for PasswordPolicy {
    fn table() -> &'static [Field<Self>] {
        TABLE
    }

    fn check_together(&self) -> Result<(), PolicyError> {
        let (minimum, maximum) = (self.minimum_password_length, self.maximum_password_length);
        if minimum > maximum { Err(PolicyError::MinimumAboveMaximum { minimum, maximum }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(changes: &[(&str, &str)]) -> String {
        PasswordPolicy::default().with_fields(changes).unwrap_err().to_string()
    }

    #[test]
    fn presets_keep_within_the_ranges() {
        for preset in [Preset::Nist, Preset::Cloud] {
            PasswordPolicy::preset(preset).check().unwrap();
        }
    }

    #[test]
    fn refusals_name_the_field_the_range_and_the_nearest_name() {
        assert_eq!(
            error(&[("minimum_password_length", "5")]),
            "minimum_password_length must be a whole number from 6 to 128 (characters)"
        );
        for odd in ["", "-1", "+9", "8.0", "eight", "99999999999"] {
            assert_eq!(
                error(&[("minimum_password_age", odd)]),
                "minimum_password_age must be a whole number from 0 to 1440 (minutes)"
            );
        }
        assert_eq!(error(&[("blocklist", "maybe")]), "blocklist must be true or false");
        assert_eq!(
            error(&[("min_password_length", "20")]),
            "there is no such field; did you mean minimum_password_length?"
        );
        assert!(
            error(&[("zz", "1")]).starts_with("there is no such field; the fields are minimum_password_l")
        );
        assert_eq!(
            error(&[("minimum_password_length", "100"), ("maximum_password_length", "64")]),
            "minimum_password_length (100) is above maximum_password_length (64), so no password would do"
        );
    }

    #[test]
    fn fields_that_must_agree_are_judged_after_all_changes() {
        let policy = PasswordPolicy::preset(Preset::Cloud)
            .with_fields(&[("minimum_password_length", "100"), ("maximum_password_length", "200")])
            .unwrap();
        assert_eq!((policy.minimum_password_length, policy.maximum_password_length), (100, 200));
    }

    #[test]
    fn what_other_versions_stored_is_read() {
        let policy: PasswordPolicy =
            serde_json::from_str(r#"{"minimum_password_length":20,"something_newer":[1]}"#).unwrap();
        assert_eq!(policy, PasswordPolicy { minimum_password_length: 20, ..PasswordPolicy::default() });
        let cloud = PasswordPolicy::preset(Preset::Cloud);
        let again: PasswordPolicy = serde_json::from_str(&serde_json::to_string(&cloud).unwrap()).unwrap();
        assert_eq!(again, cloud);
    }

    #[test]
    fn the_table_has_every_stored_field_under_its_own_name() {
        let policy = PasswordPolicy::default();
        let stored = serde_json::to_value(&policy).unwrap();
        let stored = stored.as_object().unwrap();
        let rows = policy.fields();
        assert_eq!(rows.len(), stored.len());
        for row in rows {
            assert_eq!(stored.get(row.name).map(ToString::to_string), Some(row.value), "{}", row.name);
        }
    }

    #[test]
    fn p1_mfa_lowers_the_minimum_of_the_preset_only() {
        let nist = PasswordPolicy::default();
        assert_eq!((nist.minimum_length_for(false), nist.minimum_length_for(true)), (15, 8));
        let chosen = PasswordPolicy { minimum_password_length: 20, ..nist };
        assert_eq!(chosen.minimum_length_for(true), 20);
    }

    #[test]
    fn the_rule_is_told_in_a_line() {
        let [nist, cloud] = [Preset::Nist, Preset::Cloud].map(PasswordPolicy::preset);
        let words = "four or more random words are easy to type and hard to guess";
        assert_eq!(nist.rule(false), format!("At least 15 characters; {words}."));
        assert_eq!(nist.rule(true), format!("At least 8 characters; {words}."));
        let kinds = "kinds of them or more (upper case, lower case, digits, others)";
        assert_eq!(cloud.rule(false), format!("At least 8 characters, 2 {kinds}; {words}."));
        let strict = PasswordPolicy { password_char_combination: 4, ..cloud };
        assert_eq!(strict.rule(false), format!("At least 8 characters, 4 {kinds}."));
    }
}
