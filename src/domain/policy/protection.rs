//! The protection policy of an account: what is asked before people change what is their own, and what they may
//! change by themselves.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::field::{Field, FieldTable, Kind, PolicyError, flag};
use crate::domain::address::{Address, Channel};
use crate::domain::principal::Reader;
use crate::domain::typed;

/// How one's own changes are protected. A field that an older version did not store is read as the default has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProtectionPolicy {
    /// Whether a code is asked before somebody changes their own password, contacts or authenticator.
    pub operation_protection: bool,
    /// Whether the designated person is asked instead.
    #[serde(serialize_with = "write_switch", deserialize_with = "read_switch")]
    pub admin_check: bool,
    /// By which channel the designated person is reached.
    #[serde(deserialize_with = "read_channel")]
    pub scene: Option<Channel>,
    /// Where.
    pub address: Option<String>,
    #[serde(rename = "allow_user.manage_password")]
    pub manage_password: bool,
    #[serde(rename = "allow_user.manage_email")]
    pub manage_email: bool,
    #[serde(rename = "allow_user.manage_mobile")]
    pub manage_mobile: bool,
}

impl Default for ProtectionPolicy {
    fn default() -> Self {
        Self {
            operation_protection: true,
            admin_check: false,
            scene: None,
            address: None,
            manage_password: true,
            manage_email: true,
            manage_mobile: true,
        }
    }
}

impl ProtectionPolicy {
    /// The designated person's address, where they are asked.
    pub fn verifier(&self) -> Option<Address> {
        let (scene, address) = (self.scene?, self.address.as_deref()?);
        // It was judged when it was set; what no longer reads reaches nobody.
        self.admin_check.then(|| Address::as_stored(scene, address)).flatten()
    }

    /// Whether people may change their own contact of this channel.
    pub fn manages(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email => self.manage_email,
            Channel::Mobile => self.manage_mobile,
        }
    }
}

/// The cloud writes this one setting `on` and `off`.
const SWITCH: [&str; 2] = ["on", "off"];

fn switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn write_switch<S: Serializer>(on: &bool, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(switch(*on))
}

fn read_switch<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    match String::deserialize(from)?.as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(D::Error::custom("know the word")),
    }
}

fn read_channel<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Channel>, D::Error> {
    let word = Option::<String>::deserialize(from)?;
    word.map(|word| word.parse().map_err(D::Error::custom)).transpose()
}

/// Any address: what has an `@` is one for email.
fn parsed(text: &str) -> Option<Address> {
    let channel = if typed::tidied(text).contains('@') { Channel::Email } else { Channel::Mobile };
    Reader::default().address(channel, text).ok()
}

static TABLE: &[Field<ProtectionPolicy>] = &[
    flag!(operation_protection, "asks for a code before somebody changes what is their own"),
    Field::new(
        "admin_check",
        Kind::Choice {
            words: &SWITCH,
            optional: false,
            get: |policy| switch(policy.admin_check),
            set: |policy, word| policy.admin_check = matches!(word, "on" | "true" | "yes"),
        },
        "asks a designated person for that code instead",
    ),
    Field::new(
        "scene",
        Kind::Choice {
            words: &["mobile", "email"],
            optional: true,
            get: |policy| policy.scene.map_or("", Channel::as_str),
            set: |policy, word| policy.scene = word.parse().ok(),
        },
        "how the designated person is reached",
    ),
    Field::new(
        "address",
        Kind::Address {
            get: |policy| policy.address.as_deref().unwrap_or_default(),
            set: |policy, text| match (text, parsed(text)) {
                ("", _) => {
                    policy.address = None;
                    true
                }
                (_, Some(address)) => {
                    policy.address = Some(address.as_str().to_owned());
                    true
                }
                (_, None) => false,
            },
        },
        "where the designated person is reached",
    ),
    Field {
        name: "allow_user.manage_password",
        aliases: &["manage_password", "allow_user.password"],
        ..flag!(manage_password, "IAM users may change their own password")
    },
    Field {
        name: "allow_user.manage_email",
        aliases: &["manage_email", "allow_user.email"],
        ..flag!(manage_email, "IAM users may change their own email address")
    },
    Field {
        name: "allow_user.manage_mobile",
        aliases: &["manage_mobile", "allow_user.mobile"],
        ..flag!(manage_mobile, "IAM users may change their own mobile number")
    },
];

impl FieldTable for ProtectionPolicy {
    fn table() -> &'static [Field<Self>] {
        TABLE
    }

    fn check_together(&self) -> Result<(), PolicyError> {
        if self.admin_check && (self.scene.is_none() || self.address.is_none()) {
            return Err(PolicyError::NobodyDesignated);
        }
        match (self.scene, self.address.as_deref()) {
            (Some(scene), Some(address)) if Address::as_stored(scene, address).is_none() => {
                Err(PolicyError::AddressOfOtherScene { scene: scene.as_str(), noun: scene.noun() })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(changes: &[(&str, &str)]) -> String {
        ProtectionPolicy::default().with_fields(changes).unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_are_those_of_the_cloud_and_every_field_can_be_set() {
        let policy = ProtectionPolicy::default();
        policy.check().unwrap();
        let changed = policy
            .with_fields(&[
                ("operation_protection", "false"),
                ("admin_check", "on"),
                ("scene", "mobile"),
                ("address", "0049 151 12345678"),
                ("allow_user.manage_password", "false"),
                ("manage_email", "off"),
                ("allow_user.mobile", "no"),
            ])
            .unwrap();
        for (before, after) in policy.fields().iter().zip(changed.fields()) {
            assert_ne!(before.value, after.value, "{}", before.name);
        }
        assert_eq!(changed.verifier(), Address::mobile("+4915112345678").ok());
        let json = serde_json::to_string(&changed).unwrap();
        assert_eq!(
            json,
            r#"{"operation_protection":false,"admin_check":"on","scene":"mobile","address":"+4915112345678","allow_user.manage_password":false,"allow_user.manage_email":false,"allow_user.manage_mobile":false}"#
        );
        assert_eq!(serde_json::from_str::<ProtectionPolicy>(&json).unwrap(), changed);
        let cleared = changed.with_fields(&[("admin_check", "off"), ("scene", ""), ("address", "")]).unwrap();
        assert_eq!((cleared.scene, cleared.address, cleared.admin_check), (None, None, false));
    }

    #[test]
    fn refusals_tell_what_goes_together() {
        let nobody = "admin_check=on needs somebody to ask: give scene (mobile or email) and address, too";
        assert_eq!(error(&[("admin_check", "on")]), nobody);
        assert_eq!(error(&[("admin_check", "on"), ("scene", "email")]), nobody);
        assert_eq!(
            error(&[("scene", "mobile"), ("address", "boss@example.com")]),
            "scene=mobile needs the address of a mobile number"
        );
        assert_eq!(error(&[("scene", "pigeon")]), "scene must be mobile or email, or nothing");
        assert_eq!(error(&[("admin_check", "perhaps")]), "admin_check must be on or off");
        assert_eq!(
            error(&[("address", "nowhere")]),
            "address must be an email address, or a mobile number such as +4915112345678"
        );
        assert_eq!(error(&[("scenes", "email")]), "there is no such field; did you mean scene?");
    }

    #[test]
    fn nobody_is_asked_while_the_check_is_off() {
        let kept = ProtectionPolicy::default()
            .with_fields(&[("scene", "email"), ("address", "boss@example.com")])
            .unwrap();
        assert_eq!(kept.verifier(), None);
    }
}
