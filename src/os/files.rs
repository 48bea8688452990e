//! Files and folders that nobody else may touch (security T4).

use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, Mode, OFlags};
use zeroize::Zeroizing;

use crate::domain::shell;

/// Modes of what is made here, under any umask.
const PRIVATE_FILE: u32 = 0o600;
const PRIVATE_FOLDER: u32 = 0o700;

/// No config or key is longer; more is a mistake, and memory is not spent on it.
const MAX_BYTES: u64 = 1 << 20;

/// Who but the owner may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// Anyone: a config.
    Readable,
    /// Nobody: a key.
    Private,
    /// The owner's group at most: a credential of systemd's.
    Credential,
}

/// The uid that owns a file, if it is there.
pub fn owner_of(path: &Path) -> Option<u32> {
    path.metadata().ok().map(|found| found.uid())
}

/// Why a file or folder was not read or made.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("open {}", path.display())]
    Open { path: PathBuf, source: io::Error },
    #[error("read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("keep rows in {}, the folder for temporary files", path.display())]
    Temporary { path: PathBuf, source: io::Error },
    #[error("write {}: another regain is writing it", path.display())]
    InUse { path: PathBuf },
    #[error("make the folder {}", path.display())]
    MakeFolder { path: PathBuf, source: io::Error },
    #[error("trust {}: it is not a regular file", path.display())]
    NotAFile { path: PathBuf },
    #[error("trust {}: it is not a folder", path.display())]
    NotAFolder { path: PathBuf },
    #[error("read {}: it is longer than 1 MiB", path.display())]
    TooLong { path: PathBuf },
    #[error("trust {}: it belongs to user id {owner}, neither to root nor to you (user id {process_uid})", path.display())]
    ForeignOwner { path: PathBuf, owner: u32, process_uid: u32 },
    #[error("trust {}: others may write to it (mode {mode:04o})", path.display())]
    WritableByOthers { path: PathBuf, mode: u32 },
    #[error("trust {}: others may read it (mode {mode:04o})", path.display())]
    ReadableByOthers { path: PathBuf, mode: u32 },
}

impl FileError {
    /// The command or act that puts it right.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::WritableByOthers { path, .. } => Some(format!("chmod go-w {}", quoted(path))),
            Self::ReadableByOthers { path, .. } => Some(format!("chmod 600 {}", quoted(path))),
            Self::ForeignOwner { path, process_uid, .. } => {
                Some(format!("chown {process_uid} {}, or run regain as the user it belongs to", quoted(path)))
            }
            Self::Open { source, .. } | Self::Write { source, .. }
                if source.kind() == io::ErrorKind::PermissionDenied =>
            {
                Some("run regain as the user the file belongs to".to_owned())
            }
            Self::Temporary { .. } => Some("name a folder with room for it in TMPDIR".to_owned()),
            Self::InUse { .. } => Some("wait for it, or name another file".to_owned()),
            _ if self.is_in_the_way() => Some("name a file that does not exist yet".to_owned()),
            _ => None,
        }
    }

    /// Whether the file is simply not there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Open { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// Whether something stands already where a new file was to be made, or is being made there.
    pub fn is_in_the_way(&self) -> bool {
        match self {
            Self::Open { source, .. } => source.kind() == io::ErrorKind::AlreadyExists,
            other => matches!(other, Self::InUse { .. }),
        }
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    shell::word(&path.to_string_lossy()).into_owned()
}

/// Opens a file that belongs to root or to `process_uid`, in a folder that does too, both writable by nobody
/// else (security O0); a private one must not be readable by others either.
///
/// What was opened is what was judged: the checks look at the open file, not at its name.
pub fn open_trusted(path: &Path, exposure: Exposure, process_uid: u32) -> Result<File, FileError> {
    let failed = |source: io::Error| FileError::Open { path: path.to_owned(), source };
    // Without NONBLOCK, opening a pipe of that name would wait for ever.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file =
        File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| failed(errno.into()))?);
    judge_file(path, &file.metadata().map_err(failed)?, exposure, process_uid)?;
    Ok(file)
}

/// Judges a file without opening it: whoever closes a file of a store loses the locks on it that the same
/// process holds.
pub fn check_trusted(path: &Path, exposure: Exposure, process_uid: u32) -> Result<(), FileError> {
    judge_file(path, &metadata_of(path)?, exposure, process_uid)
}

fn metadata_of(path: &Path) -> Result<Metadata, FileError> {
    path.metadata().map_err(|source| FileError::Open { path: path.to_owned(), source })
}

/// The file and its folder, and through a link that of the file itself as well as that of the link.
fn judge_file(path: &Path, found: &Metadata, exposure: Exposure, process_uid: u32) -> Result<(), FileError> {
    if !found.is_file() {
        return Err(FileError::NotAFile { path: path.to_owned() });
    }
    judge(path, found, exposure, process_uid)?;
    check_folder(folder_of(path), process_uid)?;
    let real = path.canonicalize().map_err(|source| FileError::Open { path: path.to_owned(), source })?;
    if real == path { Ok(()) } else { check_folder(folder_of(&real), process_uid) }
}

/// Refuses a folder that others could put files into or take them from. A sticky one counts too: it
/// protects files that are there, but not the names of those that are yet to come.
pub fn check_folder(path: &Path, process_uid: u32) -> Result<(), FileError> {
    check_is_folder(path)?;
    judge(path, &metadata_of(path)?, Exposure::Readable, process_uid)
}

fn judge(path: &Path, metadata: &Metadata, exposure: Exposure, process_uid: u32) -> Result<(), FileError> {
    let path = || path.to_owned();
    let (owner, mode) = (metadata.uid(), metadata.mode() & 0o7777);
    if owner != 0 && owner != process_uid {
        return Err(FileError::ForeignOwner { path: path(), owner, process_uid });
    }
    if mode & 0o022 != 0 {
        return Err(FileError::WritableByOthers { path: path(), mode });
    }
    let hidden = match exposure {
        Exposure::Readable => 0,
        Exposure::Private => 0o044,
        Exposure::Credential => 0o004,
    };
    if mode & hidden != 0 {
        return Err(FileError::ReadableByOthers { path: path(), mode });
    }
    Ok(())
}

/// Everything in a trusted file, up to 1 MiB, in memory that is wiped.
pub fn read_trusted(
    path: &Path,
    exposure: Exposure,
    process_uid: u32,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let failed = |source| FileError::Read { path: path.to_owned(), source };
    let file = open_trusted(path, exposure, process_uid)?;
    let length = file.metadata().map_err(failed)?.len();
    // One byte more than the file holds, so that reading its end does not make the buffer grow and move.
    let room = usize::try_from(length.min(MAX_BYTES) + 1).unwrap_or(0);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(FileError::TooLong { path: path.to_owned() });
    }
    Ok(bytes)
}

/// Makes a folder and those above it that are missing, each 0700 under any umask, and waits until they are
/// on disk. One that exists is left as it is.
pub fn create_folder(path: &Path) -> Result<(), FileError> {
    let failed = |source| FileError::MakeFolder { path: path.to_owned(), source };
    let mut missing: Vec<&Path> = Vec::new();
    for ancestor in path.ancestors().filter(|ancestor| !ancestor.as_os_str().is_empty()) {
        match ancestor.metadata() {
            Ok(metadata) if metadata.is_dir() => break,
            Ok(_) => return Err(FileError::NotAFolder { path: ancestor.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => missing.push(ancestor),
            Err(error) => return Err(failed(error)),
        }
    }
    for folder in missing.into_iter().rev() {
        match std::fs::DirBuilder::new().mode(PRIVATE_FOLDER).create(folder) {
            // Another process made it between the check and the creation.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => continue,
            made => made.map_err(failed)?,
        }
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(PRIVATE_FOLDER)).map_err(failed)?;
        sync_folder(folder_of(folder)).map_err(failed)?;
    }
    Ok(())
}

/// Holds a folder for this process alone, among those that ask for it, until what is returned is dropped.
pub fn lock_folder(path: &Path) -> Result<File, FileError> {
    let fault = |source: std::io::Error| FileError::Write { path: path.to_owned(), source };
    let folder = File::open(path).map_err(fault)?;
    rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive)
        .map_err(|errno| fault(errno.into()))?;
    Ok(folder)
}

/// Makes a new file, 0600 under any umask, for writing. It never opens what exists and follows no link.
pub(super) fn create_private(path: &Path) -> Result<File, FileError> {
    let failed = |source: io::Error| FileError::Open { path: path.to_owned(), source };
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::from_raw_mode(PRIVATE_FILE))
        .map_err(|errno| failed(errno.into()))?;
    rustix::fs::fchmod(&file, Mode::from_raw_mode(PRIVATE_FILE)).map_err(|errno| failed(errno.into()))?;
    Ok(File::from(file))
}

/// Makes a new private file with these bytes, which are on disk when this returns, for whoever gives it its name then: that
/// brings the folder to the disk ([`move_into`]). If it fails, no file is left.
pub fn write_unnamed(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut file = create_private(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|source| {
        // The file is ours and incomplete; that it could not be removed would add nothing to the error.
        let _ = std::fs::remove_file(path);
        FileError::Write { path: path.to_owned(), source }
    })
}

/// Lets the group of a file read it, beneath a folder that gives files its own group.
pub fn share_with_group(path: &Path) -> Result<(), FileError> {
    let mode = std::fs::Permissions::from_mode(PRIVATE_FILE | 0o040);
    std::fs::set_permissions(path, mode).map_err(|source| FileError::Write { path: path.to_owned(), source })
}

/// Whether a folder is there, and is one.
pub fn check_is_folder(path: &Path) -> Result<(), FileError> {
    let is_folder = metadata_of(path)?.is_dir();
    if is_folder { Ok(()) } else { Err(FileError::NotAFolder { path: path.to_owned() }) }
}

/// Moves a file to another name in the same file system, on disk when this returns. What stood there is replaced.
pub fn move_into(from: &Path, to: &Path) -> Result<(), FileError> {
    std::fs::rename(from, to)
        .and_then(|()| sync_folder(folder_of(to)))
        .map_err(|source| FileError::Write { path: to.to_owned(), source })
}

/// Removes the files of a folder whose names begin so, as far as that can be done.
pub fn remove_leavings(folder: &Path, begin: &str) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        if entry.file_name().to_string_lossy().starts_with(begin) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether this process could make files in a folder that exists, or make the folder where it does not.
pub fn can_write_beneath(path: &Path) -> bool {
    path.ancestors().find(|ancestor| ancestor.exists()).is_some_and(can_write_into)
}

/// Whether this process could make files in a folder that exists.
pub fn can_write_into(folder: &Path) -> bool {
    folder.is_dir() && rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

/// Whether this process may write to a file, or there is none.
pub fn can_write_to(file: &Path) -> bool {
    !file.exists() || rustix::fs::access(file, Access::WRITE_OK).is_ok()
}

/// Whether nobody can write to the file system of a path, whatever the modes say.
pub fn is_read_only(path: &Path) -> bool {
    let found = rustix::fs::statvfs(path);
    found.is_ok_and(|found| found.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY))
}

/// How many bytes this process could still write in the file system of a folder; `None` where it does not tell.
pub fn free_space(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

/// The folder a path stands in; a bare name stands in the current one.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) => Path::new("."),
        None => path,
    }
}

/// Waits until the folder's entries are on disk.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
