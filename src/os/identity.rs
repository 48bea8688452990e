//! Who acts, as the kernel tells it (security O1).

use std::ffi::CString;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use nix::unistd::{Gid, Group, Uid, User};

/// What `/proc/PID/loginuid` says where nobody logged in: daemons, containers, kernels without audit.
pub const NOBODY_LOGGED_IN: u32 = u32::MAX;

/// How far up the caller's sudo may be: sudo itself, its monitor, and a shell or wrapper between.
const SUDO_LEVELS: usize = 3;

/// Why it cannot be told who acts, or why nobody may act like this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("run with another user's or group's rights: regain is never installed setuid or setgid")]
    SetUid,
}

impl IdentityError {
    pub fn hint(self) -> &'static str {
        let Self::SetUid = self;
        "remove the setuid and setgid bits (chmod ug-s) and give access by a rule of sudo"
    }
}

/// What the environment claims about the caller. The kernel has the last word on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Claims<'a> {
    /// `SUDO_UID`: believed only beneath a running sudo.
    pub sudo_uid: Option<&'a str>,
    /// `SSH_CONNECTION`: told on as it is; whether it counts is for the config's `sources.trusted` to say.
    pub ssh_connection: Option<&'a str>,
}

/// The process and the person behind it. Numbers are read at once; names, which may ask a directory
/// service, only when they are wanted.
#[derive(Debug)]
pub struct Identity {
    /// The process's own user.
    pub uid: u32,
    /// The person who acts: the login uid, else the caller of sudo, else the process's user.
    pub actor_uid: u32,
    pub pid: u32,
    /// The other end of the SSH connection, as the environment has it.
    pub ssh_peer: Option<IpAddr>,
    user_name: OnceLock<String>,
    actor_name: OnceLock<String>,
    actor_groups: OnceLock<Vec<String>>,
    host: OnceLock<String>,
}

impl Identity {
    /// Reads who acts. Refuses a process whose effective rights are not its user's own (security T7).
    pub fn observe(claims: Claims<'_>) -> Result<Self, IdentityError> {
        use rustix::process::{getegid, geteuid, getgid, getuid};
        let uid = getuid().as_raw();
        if uid != geteuid().as_raw() || getgid() != getegid() {
            return Err(IdentityError::SetUid);
        }
        Ok(Self {
            uid,
            actor_uid: Proc::of_this_machine().actor(uid, claims.sudo_uid),
            pid: std::process::id(),
            ssh_peer: claims.ssh_connection.and_then(ssh_peer),
            user_name: OnceLock::new(),
            actor_name: OnceLock::new(),
            actor_groups: OnceLock::new(),
            host: OnceLock::new(),
        })
    }

    /// The process's user, or `uid:1234` if that number has no name.
    pub fn user_name(&self) -> &str {
        self.user_name.get_or_init(|| name_of(self.uid))
    }

    /// The name of the person who acts, or `uid:1234`.
    pub fn actor_name(&self) -> &str {
        self.actor_name.get_or_init(|| name_of(self.actor_uid))
    }

    /// The names of the groups the actor is in. Groups without a name are left out: no config can name them.
    pub fn actor_groups(&self) -> &[String] {
        self.actor_groups.get_or_init(|| groups_of(self.actor_uid))
    }

    /// The name of this machine.
    pub fn host(&self) -> &str {
        self.host.get_or_init(host_name)
    }
}

/// The name of this machine, as the kernel has it.
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// What tells this machine from others (machine-id(5)); its name, where it has no such number. It is not to be shown.
pub fn machine_id() -> String {
    ["/etc/machine-id", "/var/lib/dbus/machine-id"]
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .map(|text| text.trim().to_owned())
        .find(|id| !id.is_empty())
        .unwrap_or_else(host_name)
}

/// Whether this machine has a user of that name.
pub fn user_exists(name: &str) -> bool {
    matches!(User::from_name(name), Ok(Some(_)))
}

/// Whether this machine has a group of that name.
pub fn group_exists(name: &str) -> bool {
    matches!(Group::from_name(name), Ok(Some(_)))
}

/// The users of this machine that a name may mean which is compared without regard to case; `None` if it cannot be
/// asked.
fn namesakes(name: &str) -> Option<Vec<User>> {
    let mut spellings = vec![name.to_owned(), name.to_ascii_lowercase()];
    spellings.dedup();
    let found = spellings.iter().map(|spelling| User::from_name(spelling));
    found.filter_map(Result::transpose).collect::<Result<_, _>>().ok()
}

/// The numbers of the users whom a name may mean, in whatever case it is written; `None` if that cannot be known.
pub fn uids_of(name: &str) -> Option<Vec<u32>> {
    Some(namesakes(name)?.into_iter().map(|user| user.uid.as_raw()).collect())
}

/// Whether whoever a name may mean, in whatever case it is written, is in a group. `None` if that cannot be known:
/// the group is not there, or the directory does not answer.
pub fn is_in_group(name: &str, group: &str) -> Option<bool> {
    let group = Group::from_name(group).ok()??;
    if group.mem.iter().any(|member| member.eq_ignore_ascii_case(name)) {
        return Some(true);
    }
    for user in namesakes(name)? {
        // With its first group, which the list of members does not have.
        let user_name = CString::new(user.name).ok()?;
        if nix::unistd::getgrouplist(&user_name, user.gid).ok()?.contains(&group.gid) {
            return Some(true);
        }
    }
    Some(false)
}

/// Whether the kernel knows who logged in.
pub fn login_uid_is_set() -> bool {
    Proc::of_this_machine().login_uid().is_some()
}

fn name_of(uid: u32) -> String {
    match User::from_uid(Uid::from_raw(uid)) {
        Ok(Some(user)) => user.name,
        Ok(None) | Err(_) => format!("uid:{uid}"),
    }
}

fn groups_of(uid: u32) -> Vec<String> {
    let Ok(Some(user)) = User::from_uid(Uid::from_raw(uid)) else { return Vec::new() };
    let Ok(name) = CString::new(user.name) else { return Vec::new() };
    let numbers: Vec<Gid> = nix::unistd::getgrouplist(&name, user.gid).unwrap_or_default();
    numbers
        .into_iter()
        .filter_map(|gid| Group::from_gid(gid).ok().flatten())
        .map(|group| group.name)
        .collect()
}

/// The first field of `SSH_CONNECTION` (client address, client port, server address, server port).
fn ssh_peer(connection: &str) -> Option<IpAddr> {
    let fields: Vec<&str> = connection.split(' ').collect();
    let [peer, _, _, _] = fields.as_slice() else { return None };
    // A link-local address carries its interface, which is no part of who it is.
    peer.split('%').next()?.parse().ok()
}

/// The kernel's account of processes: `/proc`, or a folder like it in a test.
struct Proc {
    root: PathBuf,
}

impl Proc {
    fn of_this_machine() -> Self {
        Self { root: PathBuf::from("/proc") }
    }

    fn actor(&self, uid: u32, sudo_uid: Option<&str>) -> u32 {
        self.login_uid().or_else(|| self.sudo_caller(sudo_uid?)).unwrap_or(uid)
    }

    fn login_uid(&self) -> Option<u32> {
        let text = self.read(Path::new("self/loginuid"))?;
        text.trim().parse().ok().filter(|uid| *uid != NOBODY_LOGGED_IN)
    }

    /// The claimed caller, if one of the nearest ancestors is a sudo with root's rights. Anyone can name a
    /// process `sudo` and set the variable; nobody without root can do it with effective user 0.
    fn sudo_caller(&self, claimed: &str) -> Option<u32> {
        let claimed: u32 = claimed.parse().ok()?;
        let mut status = self.status("self")?;
        for _ in 0..SUDO_LEVELS {
            status = self.status(&status.parent)?;
            if status.name == "sudo" && status.effective_uid == 0 {
                return Some(claimed);
            }
        }
        None
    }

    fn status(&self, pid: &str) -> Option<Status> {
        let text = self.read(&Path::new(pid).join("status"))?;
        // The first line of a name is the kernel's: a name with a line break is shown escaped.
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        Some(Status {
            name: field("Name:")?.to_owned(),
            parent: field("PPid:")?.to_owned(),
            effective_uid: field("Uid:")?.split_ascii_whitespace().nth(1)?.parse().ok()?,
        })
    }

    fn read(&self, path: &Path) -> Option<String> {
        std::fs::read_to_string(self.root.join(path)).ok()
    }
}

/// What counts of `/proc/PID/status`.
struct Status {
    name: String,
    parent: String,
    effective_uid: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A `/proc` with the process itself (10) and its ancestors, nearest first: name and effective uid.
    fn proc_with(login_uid: &str, ancestors: &[(&str, u32)]) -> (tempfile::TempDir, Proc) {
        let folder = tempfile::tempdir().unwrap();
        let write = |pid: &str, name: &str, parent: usize, uid: u32| {
            let place = folder.path().join(pid);
            fs::create_dir_all(&place).unwrap();
            let status =
                format!("Name:\t{name}\nPid:\t1\nPPid:\t{parent}\nUid:\t1000\t{uid}\t{uid}\t{uid}\n");
            fs::write(place.join("status"), status).unwrap();
        };
        write("self", "regain", 11, 1_000);
        for (at, (name, uid)) in ancestors.iter().enumerate() {
            write(&(11 + at).to_string(), name, 12 + at, *uid);
        }
        fs::write(folder.path().join("self/loginuid"), login_uid).unwrap();
        let root = folder.path().to_owned();
        (folder, Proc { root })
    }

    #[test]
    fn o1_the_login_uid_comes_first_where_it_is_set() {
        let (_folder, proc) = proc_with("1005\n", &[("sudo", 0)]);
        assert_eq!(proc.actor(0, Some("1007")), 1_005);
        let (_folder, proc) = proc_with("4294967295", &[("sudo", 0)]);
        assert_eq!(proc.actor(0, Some("1007")), 1_007);
    }

    #[test]
    fn o1_a_sudo_uid_counts_only_beneath_a_running_sudo_of_root() {
        let unset = "4294967295";
        for (ancestors, actor) in [
            (&[("sudo", 0)][..], 1_007),
            (&[("sh", 0), ("sudo", 0), ("sudo", 0)][..], 1_007),
            (&[("sh", 0), ("sh", 0), ("sudo", 0)][..], 1_007),
            (&[("sh", 0), ("sh", 0), ("sh", 0), ("sudo", 0)][..], 500),
            (&[("sudo", 1_000), ("sh", 1_000)][..], 500),
            (&[("sudoku", 0)][..], 500),
            (&[("bash", 1_000)][..], 500),
            (&[][..], 500),
        ] {
            let (_folder, proc) = proc_with(unset, ancestors);
            assert_eq!(proc.actor(500, Some("1007")), actor, "{ancestors:?}");
            assert_eq!(proc.actor(500, None), 500, "{ancestors:?}");
        }
        let (_folder, proc) = proc_with(unset, &[("sudo", 0)]);
        for odd in ["", "-1", "alice", "99999999999"] {
            assert_eq!(proc.actor(500, Some(odd)), 500, "{odd}");
        }
    }

    #[test]
    fn t7_a_made_up_sudo_uid_is_ignored_in_a_real_process() {
        let identity = Identity::observe(Claims { sudo_uid: Some("4242"), ssh_connection: None }).unwrap();
        assert_ne!(identity.actor_uid, 4_242);
    }

    #[test]
    fn a_number_without_a_name_is_shown_as_one_and_has_no_groups() {
        assert_eq!(name_of(3_999_999_999), "uid:3999999999");
        assert!(groups_of(3_999_999_999).is_empty());
        assert_eq!(name_of(0), "root");
        assert!(groups_of(0).contains(&"root".to_owned()));
    }

    #[test]
    fn o2_who_is_in_a_group_is_told_in_any_case_and_what_is_unknown_is_not_told() {
        // Their first group, which has no list of members.
        for name in ["root", "ROOT", "Root"] {
            assert_eq!(is_in_group(name, "root"), Some(true), "{name}");
            assert_eq!(uids_of(name), Some(vec![0]), "{name}");
        }
        assert_eq!(is_in_group("no such user", "root"), Some(false));
        assert_eq!(uids_of("no such user"), Some(Vec::new()));
        assert_eq!(is_in_group("root", "no-such-group"), None);
    }

    #[test]
    fn the_peer_is_the_first_of_four_fields() {
        assert_eq!(ssh_peer("192.0.2.7 50000 192.0.2.1 22"), "192.0.2.7".parse().ok());
        assert_eq!(ssh_peer("fe80::1%eth0 50000 fe80::2%eth0 22"), "fe80::1".parse().ok());
        for odd in ["", "192.0.2.7", "name 1 2 3", "192.0.2.7 1 2 3 4"] {
            assert_eq!(ssh_peer(odd), None, "{odd:?}");
        }
    }
}
