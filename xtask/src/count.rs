//! How many tests a step ran, read from what its programs print.

use std::ops::AddAssign;

/// Tests that passed, and tests that did not.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Count {
    /// A step's count: what its programs said; one where they count nothing, and at least one failure where it failed.
    pub(crate) fn of_step(ok: bool, output: &str) -> Self {
        let mut count = Self::of(output);
        if ok && count == Self::default() {
            count.passed = 1;
        } else if !ok && count.failed == 0 {
            count.failed = 1;
        }
        count
    }

    /// Adds up every summary line of Rust's tests, Vitest and Playwright, and every `ok` of a shell script.
    fn of(output: &str) -> Self {
        let mut count = Self::default();
        for line in output.lines() {
            count += rust(line)
                .or_else(|| vitest(line))
                .or_else(|| playwright(line))
                .or_else(|| script(line))
                .unwrap_or_default();
        }
        count
    }
}

/// `test result: ok. 12 passed; 0 failed; 0 ignored; …`
fn rust(line: &str) -> Option<Count> {
    let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
    Some(Count {
        passed: before(numbers, " passed")?,
        failed: before(numbers, " failed")?,
    })
}

/// `      Tests  1 failed | 11 passed (12)`
fn vitest(line: &str) -> Option<Count> {
    let numbers = line.trim_start().strip_prefix("Tests  ")?;
    Some(Count {
        passed: before(numbers, " passed").unwrap_or(0),
        failed: before(numbers, " failed").unwrap_or(0),
    })
}

/// `  12 passed (3.4s)` and `  1 failed`, alone on their lines.
fn playwright(line: &str) -> Option<Count> {
    let (number, rest) = line.strip_prefix("  ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    match rest.split(' ').next()? {
        "passed" if rest.starts_with("passed (") => Some(Count {
            passed: number,
            failed: 0,
        }),
        "failed" if rest == "failed" => Some(Count {
            passed: 0,
            failed: number,
        }),
        _ => None,
    }
}

/// `ok  what was seen`: a script has no summary, and stops at its first failure.
fn script(line: &str) -> Option<Count> {
    line.starts_with("ok  ").then_some(Count { passed: 1, failed: 0 })
}

/// The number right before a word.
fn before(text: &str, word: &str) -> Option<u32> {
    let (left, _) = text.split_once(word)?;
    left.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_binary_counts() {
        let output = "test a ... ok\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured\n\
                      test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(
            Count::of(output),
            Count {
                passed: 15,
                failed: 2
            }
        );
    }

    #[test]
    fn vitest_counts_tests_and_not_files() {
        let output = " Test Files  4 passed (4)\n      Tests  31 passed (31)\n   Duration  1.2s\n";
        assert_eq!(
            Count::of(output),
            Count {
                passed: 31,
                failed: 0
            }
        );
        assert_eq!(
            Count::of("      Tests  1 failed | 30 passed (31)\n"),
            Count {
                passed: 30,
                failed: 1
            }
        );
    }

    #[test]
    fn playwright_counts_on_lines_of_their_own() {
        let output = "  ✓  1 a.spec.ts (0.4s)\n  1 failed\n    [dark] › a.spec.ts:3:1\n  22 passed (9.1s)\n";
        assert_eq!(
            Count::of(output),
            Count {
                passed: 22,
                failed: 1
            }
        );
    }

    #[test]
    fn a_script_counts_line_by_line() {
        assert_eq!(
            Count::of("ok  yuyv422: {}\nokay\nok  mjpeg: {}\n"),
            Count { passed: 2, failed: 0 }
        );
    }

    #[test]
    fn a_step_that_counts_nothing_is_one_check() {
        assert_eq!(Count::of_step(true, "Finished\n"), Count { passed: 1, failed: 0 });
        assert_eq!(
            Count::of_step(false, "error: could not compile\n"),
            Count { passed: 0, failed: 1 }
        );
    }

    #[test]
    fn a_step_never_fails_without_a_failure() {
        let output = "test result: ok. 12 passed; 0 failed; 0 ignored\nerror: 1 target failed\n";
        assert_eq!(
            Count::of_step(false, output),
            Count {
                passed: 12,
                failed: 1
            }
        );
    }
}
