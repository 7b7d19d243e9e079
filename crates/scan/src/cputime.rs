//! Time a thread has computed, which the load of other programs does not change.

/// Milliseconds that this thread has computed so far.
#[cfg(unix)]
pub(crate) fn thread_ms() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// Milliseconds on the wall clock: this system has no thread clock that safe code can read.
#[cfg(not(unix))]
pub(crate) fn thread_ms() -> f64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3
}
