//! What the benchmarks of the doors share: figures, the venue that they measure in, and the disk.

pub(crate) mod disk;
pub(crate) mod figure;
pub(crate) mod http;
pub(crate) mod polling;
pub(crate) mod venue;

use std::path::Path;

/// A folder on the disk that the build is on: the system's own for such things may be in memory, where a commit costs nothing.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap()
}
