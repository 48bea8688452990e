//! Secrets that the config names by a file.

use std::path::{Path, PathBuf};

use super::files::{Exposure, FileError, read_trusted};
use crate::domain::Secret;
use crate::domain::mail::SecretFile;
use crate::domain::secret::{self, SecretError};

/// Why there is no secret. What the file holds is never told.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("find the credential {name}: $CREDENTIALS_DIRECTORY is not set")]
    NoCredentials { name: String },
    #[error("use {}: it is empty", path.display())]
    Empty { path: PathBuf },
    #[error("use {}", path.display())]
    Content { path: PathBuf, source: SecretError },
}

impl SecretFileError {
    /// The command or act that puts it right.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::NoCredentials { .. } => {
                Some("systemd sets it for a service with LoadCredential=; elsewhere, name a file".to_owned())
            }
            Self::Empty { .. } => Some("write the secret into it, on one line".to_owned()),
            Self::Content { .. } => Some("write one line of plain text in UTF-8 into it".to_owned()),
        }
    }
}

/// The secret in such a file: one line, whose end does not count. `credentials` is the folder of systemd's.
///
/// A file of the config's own is judged as the key file is (security T4). systemd hands a credential over as a
/// file of root's that an access list opens for the service, and the mask of that list stands where the group's
/// bits do: so the group may read such a file.
pub fn read_secret(
    file: &SecretFile,
    credentials: Option<&Path>,
    process_uid: u32,
) -> Result<Secret, SecretFileError> {
    let (path, exposure) = match file {
        SecretFile::Path(path) => (path.clone(), Exposure::Private),
        SecretFile::Credential(name) => {
            let folder = credentials.ok_or_else(|| SecretFileError::NoCredentials { name: name.clone() })?;
            (folder.join(name), Exposure::Credential)
        }
    };
    let bytes = read_trusted(&path, exposure, process_uid)?;
    let bytes = bytes.strip_prefix(secret::BYTE_ORDER_MARK).unwrap_or(&bytes);
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        return Err(SecretFileError::Empty { path });
    }
    secret::from_bytes(line.to_vec()).map_err(|source| SecretFileError::Content { path, source })
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn uid() -> u32 {
        rustix::process::getuid().as_raw()
    }

    fn file(text: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    fn told(result: Result<Secret, SecretFileError>) -> Result<String, String> {
        result.map(|secret| secret.expose().to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_secret_is_a_line_of_a_private_file() {
        for (text, secret) in [
            ("\u{feff}horse\r\n", "horse"),
            ("horse\n", "horse"),
            ("horse\r\n", "horse"),
            ("  h \n", "  h "),
            ("h", "h"),
        ] {
            let (_folder, path) = file(text, 0o600);
            assert_eq!(told(read_secret(&SecretFile::Path(path), None, uid())), Ok(secret.to_owned()));
        }
    }

    #[test]
    fn t4_others_may_read_no_secret() {
        let (_folder, path) = file("horse\n", 0o640);
        let refused = told(read_secret(&SecretFile::Path(path.clone()), None, uid())).unwrap_err();
        assert_eq!(refused, format!("trust {}: others may read it (mode 0640)", path.display()));
    }

    #[test]
    fn what_is_no_line_of_text_is_refused_without_being_told() {
        for (text, what) in [("", "it is empty"), ("\n", "it is empty"), ("hor\nse\n", "")] {
            let (_folder, path) = file(text, 0o600);
            let refused = told(read_secret(&SecretFile::Path(path.clone()), None, uid())).unwrap_err();
            let what = if what.is_empty() { String::new() } else { format!(": {what}") };
            assert_eq!(refused, format!("use {}{what}", path.display()));
        }
    }

    #[test]
    fn a_credential_is_a_name_in_the_folder_of_systemd() {
        let (folder, _) = file("horse\n", 0o440);
        let named = SecretFile::Credential("password".to_owned());
        assert_eq!(told(read_secret(&named, Some(folder.path()), uid())), Ok("horse".to_owned()));
        assert_eq!(
            told(read_secret(&named, None, uid())).unwrap_err(),
            "find the credential password: $CREDENTIALS_DIRECTORY is not set"
        );
        let (folder, path) = file("horse\n", 0o444);
        assert_eq!(
            told(read_secret(&named, Some(folder.path()), uid())).unwrap_err(),
            format!("trust {}: others may read it (mode 0444)", path.display())
        );
    }
}
