//! What this process has used so far. On Linux; elsewhere memory and threads are 0.

use std::time::Duration;

/// Time on processors, in user space and in the system, of all threads.
pub fn cpu() -> Duration {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: it fills the struct that it is given, of which zero is a value, too.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let time = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000);
    time(usage.ru_utime) + time(usage.ru_stime)
}

/// The most memory that there was at once, in KiB (`VmHWM`), or the threads there are (`Threads`). Not from `getrusage`,
/// whose figure begins with that of the process that started this one.
#[allow(dead_code)] // not every program looks at it
pub fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
