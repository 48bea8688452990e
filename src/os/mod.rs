//! What the kernel is asked: who acts, safe files, a hardened process and its surroundings, a worker of its own.

mod age;
mod breached_list;
mod detach;
mod files;
mod first_rows;
mod harden;
mod identity;
mod lines_file;
mod new_file;
mod processes;
mod rows;
mod secret_file;
mod stops;
mod surroundings;
mod time_zone;
mod unfinished;

pub use age::{AgeError, seal};
pub use breached_list::BreachedList;
pub use detach::{DetachError, Place as WorkersPlace, leave_session, spawn_detached};
pub use files::{
    Exposure, FileError, can_write_beneath, can_write_into, can_write_to, check_folder, check_is_folder,
    check_trusted, create_folder, free_space, is_read_only, lock_folder, move_into, open_trusted, owner_of,
    read_trusted, remove_leavings, share_with_group, write_unnamed,
};
pub use first_rows::FirstRows;
pub use harden::{HardenError, harden};
pub use identity::{
    Claims, Identity, IdentityError, NOBODY_LOGGED_IN, group_exists, host_name, is_in_group,
    login_uid_is_set, machine_id, uids_of, user_exists,
};
pub use lines_file::LinesFile;
pub use new_file::{NewFile, replace, write_new, write_public};
pub use processes::{is_alive, this_process};
pub use rows::{Reading, Rows};
pub use secret_file::{SecretFileError, read_secret};
pub use stops::{Screen, Unstoppable, unstoppable, watch_stops};
pub use surroundings::{Constraint, SurroundingsError, constraints, enter_service};
pub use time_zone::time_zone;
pub use unfinished::{Leavings, UNFINISHED, Unfinished, was_begun};
