//! The schemes in which stored passwords are hashed.

use super::text::text_enum;

text_enum! {
    /// A family of password hashes, by the name that its users know.
    Scheme {
        /// Ours: argon2id of 32 bytes within our bounds.
        Argon2id => "argon2id",
        /// argon2i, argon2d, and argon2id as others make it.
        Argon2 => "argon2",
        Bcrypt => "bcrypt",
        /// bcrypt over SHA-256, for passwords of more than 72 bytes.
        BcryptSha256 => "bcrypt_sha256",
        Scrypt => "scrypt",
        Pbkdf2 => "pbkdf2",
        Yescrypt => "yescrypt",
        Sha256Crypt => "sha256-crypt",
        Sha512Crypt => "sha512-crypt",
        /// `{SSHA}` and its longer kin, of directories.
        SaltedSha => "salted-sha",
        /// The portable hash of forums and blogs.
        Phpass => "phpass",
        /// `$1$` and `$apr1$`.
        Md5Crypt => "md5-crypt",
    }
}

impl Scheme {
    /// Whether guessing is so cheap that it is taken only where that is asked for.
    pub fn is_legacy(self) -> bool {
        matches!(self, Self::SaltedSha | Self::Phpass | Self::Md5Crypt)
    }
}
