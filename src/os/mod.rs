//! What the kernel is asked: who acts, safe files, a hardened process, a worker of its own.

mod detach;
mod files;
mod harden;
mod identity;
mod new_file;
mod secret_file;

pub use detach::{DetachError, Place as WorkersPlace, leave_session, spawn_detached};
pub use files::{
    Exposure, FileError, can_write_beneath, can_write_into, can_write_to, check_folder, check_is_folder,
    check_trusted, create_folder, create_private, free_space, lock_folder, move_into, open_trusted,
    read_trusted, replace, share_with_group, write_new, write_public,
};
pub use harden::{HardenError, harden};
pub use identity::{
    Claims, Identity, IdentityError, NOBODY_LOGGED_IN, group_exists, host_name, is_in_group,
    login_uid_is_set, machine_id, uids_of, user_exists,
};
pub use new_file::NewFile;
pub use secret_file::{SecretFileError, read_secret};
