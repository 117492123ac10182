#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use super::*;
use std::os::unix::fs::symlink;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_new_file_is_private_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    write_new(&path, b"first", PRIVATE_FILE_MODE).unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
        0o600
    );
    assert!(matches!(
        write_new(&path, b"second", PRIVATE_FILE_MODE),
        Err(FileFault::Exists(_))
    ));
    assert_eq!(*read(&path, 10, Privacy::Private).unwrap(), b"first");
    assert_eq!(names(folder.path()), ["key"], "no drafts stay behind");
}

#[test]
fn replacing_leaves_one_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    replace(&path, b"old", PUBLIC_FILE_MODE).unwrap();
    replace(&path, b"new", PUBLIC_FILE_MODE).unwrap();
    assert_eq!(*read(&path, 10, Privacy::Public).unwrap(), b"new");
    assert_eq!(names(folder.path()), ["config.toml"]);
}

#[test]
fn a_private_file_that_others_may_open_is_refused_with_the_command_that_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    write_new(&path, b"secret", PRIVATE_FILE_MODE).unwrap();
    for mode in [0o640, 0o604, 0o660, 0o610, 0o601] {
        set_mode(&path, mode);
        let error = read(&path, 10, Privacy::Private).unwrap_err().to_string();
        assert!(error.contains(&format!("mode {mode:04o}")), "{error}");
        assert!(
            error.ends_with(&format!("run: chmod 600 {}", path.display())),
            "{error}"
        );
        assert!(read(&path, 10, Privacy::Public).is_ok());
    }
    set_mode(&path, 0o400);
    assert!(read(&path, 10, Privacy::Private).is_ok());
}

#[test]
fn a_private_folder_that_others_may_open_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/keys");
    create_private_folder(&path).unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
        0o700
    );
    create_private_folder(&path).unwrap();
    set_mode(&path, 0o755);
    let error = create_private_folder(&path).unwrap_err().to_string();
    assert!(
        error.ends_with(&format!("run: chmod 700 {}", path.display())),
        "{error}"
    );
}

#[test]
fn links_and_folders_are_no_key_files() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    write_new(&file, b"secret", PRIVATE_FILE_MODE).unwrap();
    symlink(&file, &link).unwrap();
    assert!(matches!(
        read(&link, 10, Privacy::Private),
        Err(FileFault::NotAFile(_))
    ));
    assert!(matches!(
        read(folder.path(), 10, Privacy::Private),
        Err(FileFault::NotAFile(_))
    ));
    assert!(matches!(
        read(folder.path(), 10, Privacy::Public),
        Err(FileFault::NotAFile(_))
    ));
    assert!(matches!(
        check_private_folder(&file),
        Err(FileFault::NotAFolder(_))
    ));
    assert!(matches!(
        create_private_folder(&file),
        Err(FileFault::NotAFolder(_))
    ));
    assert!(matches!(
        read(&folder.path().join("none"), 10, Privacy::Private),
        Err(FileFault::Missing(_))
    ));
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    write_new(&path, b"12345678901", PRIVATE_FILE_MODE).unwrap();
    assert!(matches!(
        read(&path, 10, Privacy::Private),
        Err(FileFault::TooLarge { max: 10, .. })
    ));
    assert_eq!(read(&path, 11, Privacy::Private).unwrap().len(), 11);
}
