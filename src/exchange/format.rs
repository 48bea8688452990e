//! The formats of other programs, and ours.

use std::path::Path;

use crate::domain::text::text_enum;

text_enum! {
    /// How a file of people is written.
    Format {
        Csv => "csv",
        Jsonl => "jsonl",
        Htpasswd => "htpasswd",
        Shadow => "shadow",
        Ldif => "ldif",
        Keycloak => "keycloak",
        Kratos => "kratos",
        Django => "django",
        Auth0 => "auth0",
        Scim => "scim",
    }
}

/// What a format does with password hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hashes {
    /// It can carry them.
    Optional,
    /// Without them it is nothing.
    Required,
    /// It has no place for them.
    Never,
}

impl Format {
    /// Whether it says which account somebody is in; in the others, a name is a name within one.
    pub fn has_accounts(self) -> bool {
        matches!(self, Self::Csv | Self::Jsonl)
    }

    pub fn hashes(self) -> Hashes {
        match self {
            Self::Htpasswd => Hashes::Required,
            Self::Scim => Hashes::Never,
            _ => Hashes::Optional,
        }
    }

    /// What a sentence calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Jsonl => "JSON lines",
            Self::Htpasswd => "htpasswd",
            Self::Shadow => "passwd or shadow",
            Self::Ldif => "LDIF",
            Self::Keycloak => "Keycloak",
            Self::Kratos => "Ory Kratos",
            Self::Django => "Django",
            Self::Auth0 => "Auth0",
            Self::Scim => "SCIM",
        }
    }

    /// The format that a file's name tells. `None` where several have this ending.
    pub fn of_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        match ending {
            "json" => None,
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "ldif" | "ldf" => Some(Self::Ldif),
            "htpasswd" => Some(Self::Htpasswd),
            "shadow" => Some(Self::Shadow),
            _ if name == "htpasswd" => Some(Self::Htpasswd),
            _ if name == "shadow" => Some(Self::Shadow),
            _ => Some(Self::Csv),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_tells_its_format() {
        for (name, format) in [
            ("people.csv", Some(Format::Csv)),
            ("people", Some(Format::Csv)),
            ("People.JSONL", Some(Format::Jsonl)),
            ("x/people.ldif", Some(Format::Ldif)),
            ("/etc/shadow", Some(Format::Shadow)),
            (".htpasswd", Some(Format::Htpasswd)),
            ("realm.json", None),
        ] {
            assert_eq!(Format::of_path(Path::new(name)), format, "{name}");
        }
    }
}
