//! Commands by another user of the machine.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::{Ended, REGAIN, Site, ended, skipped};

impl Site {
    /// Lets a user without a name reach config, key and store, which it does not own: to the program it is
    /// `uid:NUMBER`. `false` where that cannot be arranged: only root can act as somebody else, and where
    /// somebody is logged in, it is they who act.
    pub fn let_in(&self, uid: u32) -> bool {
        let logged_in = std::fs::read_to_string("/proc/self/loginuid").unwrap_or_default();
        if !rustix::process::getuid().is_root() || !matches!(logged_in.trim(), "" | "4294967295") {
            skipped("this needs root without a login uid: roles of other users are not tested");
            return false;
        }
        // By another process: a file that this one has open for writing, and so a child of another test's, cannot run.
        let copied = Command::new("cp").arg(REGAIN).arg(self.path().join("regain")).status().unwrap();
        assert!(copied.success());
        let open =
            |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        open(self.path(), 0o755);
        for path in ["config", "config/regain", "config/regain/config.toml", "config/regain/regain.key"] {
            std::os::unix::fs::chown(self.path().join(path), Some(uid), None).unwrap();
        }
        true
    }

    /// A command by the user who was let in.
    pub fn run_as(&self, uid: u32, arguments: &[impl AsRef<OsStr>]) -> Ended {
        ended(self.command_as(uid, arguments).spawn().unwrap(), "")
    }

    /// The same, not yet started. It may open what is another's, as in a service, and here without its sudo.
    pub fn command_as(&self, uid: u32, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = self.program("setpriv", &[format!("--reuid={uid}"), format!("--regid={uid}")]);
        command.args(["--clear-groups", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]);
        command.arg(self.path().join("regain")).args(arguments);
        command
    }
}
