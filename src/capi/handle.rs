//! Handles: numbers dressed as pointers.
//!
//! A handle is never followed. It is looked up in the table of live objects, so that NULL, garbage, a handle of
//! another type and one that was freed are all found out, and an object that one thread frees lives on until
//! the calls that are using it have returned.

use std::any::Any;
use std::collections::BTreeMap;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::error::{Error, Result};

type Object = Arc<dyn Any + Send + Sync>;

static LIVE: RwLock<BTreeMap<usize, Object>> = RwLock::new(BTreeMap::new());
static NEXT: AtomicUsize = AtomicUsize::new(1);

/// What event loops wait for: `intptr_t` in the header, where `isize` would be a `ptrdiff_t`.
pub(super) type PollHandle = isize;

/// A type that C knows only as a pointer, and what stands behind it.
pub(super) trait Handle {
    type Object: Any + Send + Sync;
    /// The parameter's name, for messages.
    const NAME: &'static str;
}

/// A new handle for `object`. Odd, so that it can be no object's address, and never used again.
pub(super) fn insert<H: Handle>(object: Arc<H::Object>) -> *mut H {
    let number = NEXT.fetch_add(2, Ordering::Relaxed);
    insert_at(number, object);
    ptr::without_provenance_mut(number)
}

/// Keeps `object` under an address of its own: for structs that C reads.
pub(super) fn insert_at(number: usize, object: Object) {
    LIVE.write()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(number, object);
}

/// What stands behind a handle, alive at least as long as the result.
pub(super) fn get<H: Handle>(handle: *const H) -> Result<Arc<H::Object>> {
    let object = LIVE
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&handle.addr())
        .cloned();
    typed::<H>(handle, object)
}

/// Ends a handle. Its object goes when nobody uses it any more. `None` for NULL.
pub(super) fn remove<H: Handle>(handle: *const H) -> Result<Option<Arc<H::Object>>> {
    if handle.is_null() {
        return Ok(None);
    }
    let mut live = LIVE.write().unwrap_or_else(PoisonError::into_inner);
    let object = typed::<H>(handle, live.get(&handle.addr()).cloned())?;
    let removed = live.remove(&handle.addr());
    // Objects may do anything when they go: not under the lock.
    drop(live);
    drop(removed);
    Ok(Some(object))
}

fn typed<H: Handle>(handle: *const H, object: Option<Object>) -> Result<Arc<H::Object>> {
    let got = match object.map(Arc::downcast::<H::Object>) {
        Some(Ok(object)) => return Ok(object),
        Some(Err(_)) => "a handle of another type",
        None if handle.is_null() => "NULL",
        None => "no live handle (freed already, or never made)",
    };
    Err(Error::invalid(
        H::NAME,
        got,
        &format!("a {} that has not been freed", H::NAME),
    ))
}
