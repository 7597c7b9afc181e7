//! This library's log, handed to the host.

use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::sync::{PoisonError, RwLock};

use log::{LevelFilter, Log, Metadata, Record};

use super::status::{c_string, guard, vw_status};
use crate::error::{Error, Result};

/// How much is logged: everything up to this.
pub type vw_log_level = i32;
/// Nothing.
pub const VW_LOG_OFF: vw_log_level = 0;
/// What went wrong and is not also a status.
pub const VW_LOG_ERROR: vw_log_level = 1;
/// What may be going wrong.
pub const VW_LOG_WARN: vw_log_level = 2;
/// What a person running the program may want to know.
pub const VW_LOG_INFO: vw_log_level = 3;
/// What a developer may want to know: connections, requests, how they ended.
pub const VW_LOG_DEBUG: vw_log_level = 4;

/// Gets one line of the log: its level, and its text without a line break. Called on whatever thread does the work,
/// on several at once if several work.
pub type vw_log_fn = Option<unsafe extern "C" fn(level: vw_log_level, message: *const c_char, user_data: *mut c_void)>;

struct Sink {
    level: LevelFilter,
    callback: unsafe extern "C" fn(vw_log_level, *const c_char, *mut c_void),
    user_data: *mut c_void,
}

// SAFETY: the header asks for a callback that may be called on any thread with this pointer.
unsafe impl Send for Sink {}
// SAFETY: as above, on several at once.
unsafe impl Sync for Sink {}

static SINK: RwLock<Option<Sink>> = RwLock::new(None);

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Sends the log to callback, up to level, in place of wherever it went. The log is off until this is called. NULL, or
/// VW_LOG_OFF, turns it off. No key is ever in it.
///
/// What the library has to say while callback itself calls it is left out. When vw_set_log returns, the callback that was set before is not running and will not be called again.
/// VW_ERR_INVALID_ARGUMENT for a level that is none, when called from inside the log callback, and in a Rust
/// program that has a logger of its own.
#[unsafe(no_mangle)]
pub extern "C" fn vw_set_log(level: vw_log_level, callback: vw_log_fn, user_data: *mut c_void) -> vw_status {
    guard(|| {
        let level = match level {
            VW_LOG_OFF => LevelFilter::Off,
            VW_LOG_ERROR => LevelFilter::Error,
            VW_LOG_WARN => LevelFilter::Warn,
            VW_LOG_INFO => LevelFilter::Info,
            VW_LOG_DEBUG => LevelFilter::Debug,
            other => return Err(Error::invalid("level", other, "VW_LOG_OFF (0) to VW_LOG_DEBUG (4)")),
        };
        if INSIDE.get() {
            return Err(Error::invalid(
                "callback",
                "changed from inside the log callback",
                "a change from anywhere else",
            ));
        }
        install()?;
        let sink = callback.filter(|_| level != LevelFilter::Off).map(|callback| Sink {
            level,
            callback,
            user_data,
        });
        log::set_max_level(sink.as_ref().map_or(LevelFilter::Off, |sink| sink.level));
        // Waits for callbacks that are running.
        *SINK.write().unwrap_or_else(PoisonError::into_inner) = sink;
        Ok(())
    })
}

fn install() -> Result<()> {
    static INSTALLED: once_cell::sync::Lazy<bool> = once_cell::sync::Lazy::new(|| log::set_logger(&Forward).is_ok());
    if *INSTALLED {
        return Ok(());
    }
    Err(Error::invalid(
        "callback",
        "given in a Rust program with a logger of its own",
        "a program without one: the log goes there already",
    ))
}

struct Forward;

impl Log for Forward {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Only this library's own lines: it vouches for no other's.
        metadata.target().starts_with("voicewire")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) || INSIDE.get() {
            return;
        }
        let sink = SINK.read().unwrap_or_else(PoisonError::into_inner);
        let Some(sink) = sink.as_ref().filter(|sink| record.level() <= sink.level) else {
            return;
        };
        let message = c_string(&record.args().to_string().replace(['\n', '\r'], " "));
        INSIDE.set(true);
        // SAFETY: what was given to vw_set_log, which waits for this to end before it forgets it.
        unsafe { (sink.callback)(record.level() as vw_log_level, message.as_ptr(), sink.user_data) };
        INSIDE.set(false);
    }

    fn flush(&self) {}
}
