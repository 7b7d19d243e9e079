//! A hand scanner on a pseudo terminal.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io,
    os::unix::{ffi::OsStrExt as _, fs::symlink},
    path::Path,
};

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// Plugs it in at `path`. What is written to it, it sends; dropped, it is unplugged.
pub(crate) fn plug(path: &Path) -> io::Result<File> {
    let scanner = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    // A program that is started meanwhile would hold the plug as well.
    fcntl_setfd(&scanner, FdFlags::CLOEXEC)?;
    grantpt(&scanner)?;
    unlockpt(&scanner)?;
    let name = ptsname(&scanner, Vec::new())?;
    let _ = fs::remove_file(path);
    symlink(OsStr::from_bytes(name.as_bytes()), path)?;
    Ok(File::from(scanner))
}
