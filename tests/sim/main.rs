//! A venue's night under a seed: the real state machines of doors and hub, with everything around them in the hands of one scheduler: the network,
//! the clocks, the disks' crashes, people. See docs/TESTING.md.
//!
//! | module | what it holds |
//! |---|---|
//! | `world` | the night: its seats, its hub, its time, and how one schedule goes |
//! | `place` | folders in memory, and the hub that every night starts with |
//! | `office` | the hub: restarted, backed up, restored; and the manager's requests |
//! | `seat` | a laptop with its clock, its link and its crashes |
//! | `network` | orders on their way out, answers on their way back |
//! | `streams` | streams on their way |
//! | `people` | what guests and staff do |
//! | `trouble` | what goes wrong |
//! | `oracle` | what was shown, and what must hold after every step |
//! | `verdict` | what must hold when all is quiet |
//! | `story` | what the log says: rows, sums, what is wrong and who was told |
//! | `contradictions` | every admitted-but-wrong case has a conflict |
//! | `schedules` | many seeds on all cores |
//! | `nights` | those of a normal test run; a failing one is printed |
//! | `planted` | known bugs, each of them caught |
//! | `regressions` | seeds that once failed |
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod contradictions;
mod network;
mod nights;
mod office;
mod oracle;
mod people;
mod place;
mod planted;
mod regressions;
mod schedules;
mod seat;
mod story;
mod streams;
mod trouble;
mod verdict;
mod world;
