//! What a set of files holds, in one number: has anything changed since the last build?

use std::{fs, io, path::Path};

/// FNV-1a, 64 bits: it has to notice a change, not to resist an attacker, and it is the same in every Rust.
#[derive(Debug, Clone, Copy)]
struct Fnv(u64);

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        // the end of one field is not the start of the next
        self.0 = (self.0 ^ 0xff).wrapping_mul(0x0100_0000_01b3);
    }
}

/// The print of files and folders below `root`: names and contents. What is missing counts as missing; `skip` names folders to leave out.
///
/// # Errors
/// Where something that exists cannot be read.
pub(crate) fn print(root: &Path, paths: &[&str], skip: &[&str]) -> io::Result<String> {
    let mut sum = Fnv(0xcbf2_9ce4_8422_2325);
    for path in paths {
        add(&mut sum, &root.join(path), path, skip)?;
    }
    Ok(format!("{:016x}", sum.0))
}

fn add(sum: &mut Fnv, path: &Path, name: &str, skip: &[&str]) -> io::Result<()> {
    sum.add(name.as_bytes());
    if path.is_dir() {
        for child in children(path)? {
            if !skip.contains(&child.as_str()) {
                add(sum, &path.join(&child), &child, skip)?;
            }
        }
    } else if path.exists() {
        sum.add(&fs::read(path)?);
    }
    Ok(())
}

/// The names in a folder, in order.
fn children(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Every file below a folder, as paths from it with `/` between, in order; none where there is no folder.
///
/// # Errors
/// Where a folder cannot be read.
pub(crate) fn below(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        for child in children(folder)? {
            let path = folder.join(&child);
            if path.is_dir() {
                found.extend(below(&path)?.into_iter().map(|inner| format!("{child}/{inner}")));
            } else {
                found.push(child);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("src/deep")).unwrap();
        fs::write(path.join("src/a.ts"), "one").unwrap();
        fs::write(path.join("src/deep/b.ts"), "two").unwrap();
        path
    }

    #[test]
    fn a_print_follows_names_and_contents_and_nothing_else() {
        let root = folder("print");
        let first = print(&root, &["src", "none"], &["dist"]).unwrap();
        fs::create_dir_all(root.join("src/dist")).unwrap();
        fs::write(root.join("src/dist/out.js"), "built").unwrap();
        assert_eq!(
            print(&root, &["src", "none"], &["dist"]).unwrap(),
            first,
            "a skipped folder"
        );
        fs::write(root.join("src/a.ts"), "One").unwrap();
        let changed = print(&root, &["src", "none"], &["dist"]).unwrap();
        assert_ne!(changed, first, "a content");
        fs::rename(root.join("src/a.ts"), root.join("src/c.ts")).unwrap();
        assert_ne!(
            print(&root, &["src", "none"], &["dist"]).unwrap(),
            changed,
            "a name"
        );
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn below_lists_every_file() {
        let root = folder("below");
        assert_eq!(below(&root).unwrap(), ["src/a.ts", "src/deep/b.ts"]);
        assert!(below(&root.join("missing")).unwrap().is_empty());
        fs::remove_dir_all(&root).unwrap();
    }
}
