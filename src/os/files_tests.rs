use super::super::new_file::{replace, write_new};
use super::*;
use std::fs;

fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o700)).tempdir().unwrap()
}

fn uid() -> u32 {
    rustix::process::getuid().as_raw()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn t4_new_files_are_private_and_never_overwrite_or_follow() {
    let folder = folder();
    let path = folder.path().join("new");
    write_new(&path, b"one").unwrap();
    assert_eq!(mode(&path), 0o600);
    assert!(write_new(&path, b"two").unwrap_err().is_in_the_way());
    assert_eq!(fs::read(&path).unwrap(), b"one");

    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), &link).unwrap();
    assert!(write_new(&link, b"three").unwrap_err().is_in_the_way());
    assert!(!folder.path().join("elsewhere").exists());
}

#[test]
fn t4_folders_are_private_all_the_way_down_and_existing_ones_left_alone() {
    let folder = folder();
    let open = folder.path().join("open");
    fs::create_dir(&open).unwrap();
    set_mode(&open, 0o755);
    create_folder(&open.join("a/b/c")).unwrap();
    create_folder(&open.join("a/b/c")).unwrap();
    assert_eq!([mode(&open), mode(&open.join("a")), mode(&open.join("a/b/c"))], [0o755, 0o700, 0o700]);

    fs::write(folder.path().join("file"), "").unwrap();
    let refused = create_folder(&folder.path().join("file/inside")).unwrap_err();
    assert!(matches!(refused, FileError::MakeFolder { .. } | FileError::NotAFolder { .. }), "{refused}");
}

#[test]
fn replacing_leaves_one_private_file_with_the_new_bytes() {
    let folder = folder();
    let path = folder.path().join("regain.key");
    write_new(&path, b"old").unwrap();
    set_mode(&path, 0o644);
    replace(&path, b"new").unwrap();
    assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (b"new".as_slice(), 0o600));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn o0_files_and_folders_that_others_may_write_are_refused_with_the_remedy() {
    let folder = folder();
    let path = folder.path().join("config.toml");
    write_new(&path, b"x").unwrap();
    for (bits, writable) in [(0o600, false), (0o644, false), (0o620, true), (0o602, true), (0o664, true)] {
        set_mode(&path, bits);
        let judged = check_trusted(&path, Exposure::Readable, uid());
        assert_eq!(matches!(judged, Err(FileError::WritableByOthers { .. })), writable, "{bits:o}");
    }
    let refused = check_trusted(&path, Exposure::Readable, uid()).unwrap_err();
    let shown = path.display();
    assert_eq!(refused.to_string(), format!("trust {shown}: others may write to it (mode 0664)"));
    assert_eq!(refused.hint(), Some(format!("chmod go-w {shown}")));

    set_mode(&path, 0o600);
    for bits in [0o770, 0o707, 0o1777] {
        set_mode(folder.path(), bits);
        let refused = check_trusted(&path, Exposure::Readable, uid()).unwrap_err();
        assert_eq!(refused.hint(), Some(format!("chmod go-w {}", folder.path().display())), "{bits:o}");
    }
    set_mode(folder.path(), 0o755);
    assert!(check_trusted(&path, Exposure::Readable, uid()).is_ok());
}

#[test]
fn t4_a_key_that_others_may_read_is_refused() {
    let folder = folder();
    let path = folder.path().join("regain.key");
    write_new(&path, b"x").unwrap();
    for (bits, refused) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
        set_mode(&path, bits);
        let judged = check_trusted(&path, Exposure::Private, uid());
        assert_eq!(matches!(judged, Err(FileError::ReadableByOthers { .. })), refused, "{bits:o}");
    }
    let hint = check_trusted(&path, Exposure::Private, uid()).unwrap_err().hint();
    assert_eq!(hint, Some(format!("chmod 600 {}", path.display())));
}

#[test]
fn o0_the_folder_behind_a_link_counts_too() {
    let (open, closed) = (folder(), folder());
    let real = open.path().join("real");
    write_new(&real, b"x").unwrap();
    let link = closed.path().join("config.toml");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert!(check_trusted(&link, Exposure::Readable, uid()).is_ok());
    set_mode(open.path(), 0o777);
    assert!(matches!(
        check_trusted(&link, Exposure::Readable, uid()),
        Err(FileError::WritableByOthers { .. })
    ));
}

#[test]
fn o0_a_strangers_file_is_refused() {
    let folder = folder();
    let path = folder.path().join("config.toml");
    write_new(&path, b"x").unwrap();
    let metadata = path.metadata().unwrap();
    if metadata.uid() == 0 {
        // Only root can give a file away; others see this from the other side below.
        std::os::unix::fs::chown(&path, Some(4_242), None).unwrap();
        assert!(matches!(
            check_trusted(&path, Exposure::Readable, 0),
            Err(FileError::ForeignOwner { owner: 4_242, process_uid: 0, .. })
        ));
    } else {
        assert!(matches!(
            check_trusted(&path, Exposure::Readable, metadata.uid() + 1),
            Err(FileError::ForeignOwner { .. })
        ));
    }
}

#[test]
fn pipes_folders_and_long_files_are_refused_without_waiting() {
    let folder = folder();
    let pipe = folder.path().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, Mode::from_raw_mode(0o600), 0)
        .unwrap();
    assert!(matches!(read_trusted(&pipe, Exposure::Readable, uid()), Err(FileError::NotAFile { .. })));
    assert!(matches!(
        read_trusted(folder.path(), Exposure::Readable, uid()),
        Err(FileError::NotAFile { .. })
    ));
    let long = folder.path().join("long");
    write_new(&long, &vec![b'#'; (1 << 20) + 1]).unwrap();
    assert!(matches!(read_trusted(&long, Exposure::Readable, uid()), Err(FileError::TooLong { .. })));
    assert!(read_trusted(&folder.path().join("none"), Exposure::Readable, uid()).unwrap_err().is_missing());
}

#[test]
fn a_hint_can_be_pasted_into_a_shell() {
    assert_eq!(quoted(Path::new("/etc/regain/regain.key")), "/etc/regain/regain.key");
    assert_eq!(quoted(Path::new("/a b/it's; rm")), r"'/a b/it'\''s; rm'");
}
