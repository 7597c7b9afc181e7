//! Reading what C hands over.

use std::ffi::{CStr, c_char};
use std::time::Duration;

use crate::error::{Error, Result};

/// Not given: for toggles, and for integers of which no negative value makes sense.
pub const VW_UNSET: i32 = -1;

/// Yes, no, or VW_UNSET.
pub type vw_toggle = i32;
/// No.
pub const VW_OFF: vw_toggle = 0;
/// Yes.
pub const VW_ON: vw_toggle = 1;

/// A time limit without end.
pub const VW_NO_TIMEOUT: u32 = u32::MAX;

/// The largest struct_size that is taken for one, rather than for garbage.
const MAX_STRUCT: usize = 4096;

/// A struct whose first member is its size, as the caller's compiler knew it.
///
/// # Safety
/// `repr(C)`, first field `struct_size: usize`, and valid for any bits in fields that `_init` fills.
pub(super) unsafe trait CallerStruct: Copy {
    /// The struct as `_init` fills it.
    fn init() -> Self;
    /// The parameter's name, for messages.
    const NAME: &'static str;
    /// The size of the first version of it that was published.
    const FIRST_SIZE: usize;
}

/// Copies a caller's struct: fields that its version does not have are as `_init` fills them; what a newer
/// version has besides must be unset, which is all zero bytes.
///
/// # Safety
/// `given` is NULL or points to a struct_size and as many readable bytes as that says.
pub(super) unsafe fn read_struct<T: CallerStruct>(given: *const T) -> Result<T> {
    if given.is_null() {
        return Err(Error::invalid(
            T::NAME,
            "NULL",
            &format!("a struct filled by {}_init", T::NAME),
        ));
    }
    // SAFETY: the caller of this library promises at least the first member; it may not be aligned.
    let size = unsafe { given.cast::<usize>().read_unaligned() };
    check_size::<T>(size)?;
    let mut value = T::init();
    let own = size_of::<T>();
    // SAFETY: `size` bytes are readable; both copies stay within them and within `value`.
    unsafe {
        std::ptr::copy_nonoverlapping(given.cast::<u8>(), (&raw mut value).cast::<u8>(), size.min(own));
        let beyond = std::slice::from_raw_parts(given.cast::<u8>().add(size.min(own)), size.saturating_sub(own));
        if beyond.iter().any(|&byte| byte != 0) {
            return Err(Error::invalid(
                T::NAME,
                "made for a newer version of the library, with fields set that this one does not know",
                "a struct of this version or one with the new fields unset",
            ));
        }
    }
    Ok(value)
}

/// Fills as much of the caller's struct as its version has.
///
/// # Safety
/// `out` points to a struct_size and as many writable bytes as that says.
pub(super) unsafe fn write_struct<T: CallerStruct>(out: *mut T, value: &T) -> Result<()> {
    // SAFETY: as for `read_struct`.
    let size = unsafe { out.cast::<usize>().read_unaligned() };
    check_size::<T>(size)?;
    let head = size_of::<usize>();
    // SAFETY: `size` bytes are writable; struct_size itself stays as the caller has it.
    unsafe {
        let from = std::ptr::from_ref(value).cast::<u8>().add(head);
        std::ptr::copy_nonoverlapping(from, out.cast::<u8>().add(head), size.min(size_of::<T>()) - head);
    }
    Ok(())
}

pub(super) fn check_size<T: CallerStruct>(size: usize) -> Result<()> {
    if (T::FIRST_SIZE..=MAX_STRUCT).contains(&size) {
        return Ok(());
    }
    let takes = format!(
        "{} to {MAX_STRUCT}: fill the struct with {}_init first",
        T::FIRST_SIZE,
        T::NAME
    );
    Err(Error::invalid(&format!("{}.struct_size", T::NAME), size, &takes))
}

/// A text, or `None` for NULL.
///
/// # Safety
/// `text` is NULL or ends in a NUL, and stays as it is for `'a`.
pub(super) unsafe fn optional_text<'a>(field: &str, text: *const c_char) -> Result<Option<&'a str>> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: promised by the caller.
    match unsafe { CStr::from_ptr(text) }.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(error) => Err(Error::invalid(
            field,
            format_args!("not UTF-8 (byte {})", error.valid_up_to()),
            "UTF-8 text",
        )),
    }
}

/// [`optional_text`], as a `String`.
///
/// # Safety
/// As for `optional_text`.
pub(super) unsafe fn optional_string(field: &str, text: *const c_char) -> Result<Option<String>> {
    // SAFETY: the same promise.
    Ok(unsafe { optional_text(field, text) }?.map(str::to_owned))
}

/// A text that has to be there.
///
/// # Safety
/// As for `optional_text`.
pub(super) unsafe fn required_text<'a>(field: &str, text: *const c_char) -> Result<&'a str> {
    // SAFETY: the same promise.
    unsafe { optional_text(field, text) }?.ok_or_else(|| Error::invalid(field, "NULL", "a text"))
}

/// The bytes of a text that has to be there, its NUL not included.
///
/// # Safety
/// As for `optional_text`.
pub(super) unsafe fn required_text_bytes<'a>(field: &str, text: *const c_char) -> Result<&'a [u8]> {
    if text.is_null() {
        return Err(Error::invalid(field, "NULL", "a text"));
    }
    // SAFETY: promised by the caller.
    Ok(unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// Bytes; `None` for NULL with size 0.
///
/// # Safety
/// `data` is NULL or points to `size` bytes that stay as they are for `'a`.
pub(super) unsafe fn optional_bytes<'a>(field: &str, data: *const u8, size: usize) -> Result<Option<&'a [u8]>> {
    match (data.is_null(), size) {
        (true, 0) => Ok(None),
        (true, _) => Err(Error::invalid(
            field,
            format_args!("NULL with a size of {size}"),
            "a pointer to that many bytes",
        )),
        (false, size) if isize::try_from(size).is_err() => Err(Error::invalid(
            field,
            format_args!("{size} bytes"),
            "a size that memory can have",
        )),
        // SAFETY: promised by the caller, and the size is one that a slice can have.
        (false, size) => Ok(Some(unsafe { std::slice::from_raw_parts(data, size) })),
    }
}

/// Where a result goes.
pub(super) fn out_pointer<T>(field: &str, out: *mut T) -> Result<*mut T> {
    if out.is_null() {
        Err(Error::invalid(field, "NULL", "a place for the result"))
    } else {
        Ok(out)
    }
}

pub(super) fn toggle(field: &str, value: vw_toggle) -> Result<Option<bool>> {
    match value {
        VW_UNSET => Ok(None),
        VW_OFF => Ok(Some(false)),
        VW_ON => Ok(Some(true)),
        other => Err(Error::invalid(field, other, "VW_OFF (0), VW_ON (1) or VW_UNSET (-1)")),
    }
}

pub(super) fn number(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}

pub(super) fn timeout(milliseconds: u32) -> Option<Duration> {
    (milliseconds != VW_NO_TIMEOUT).then(|| Duration::from_millis(milliseconds.into()))
}

pub(super) fn milliseconds(limit: Option<Duration>) -> u32 {
    limit.map_or(VW_NO_TIMEOUT, |limit| {
        u32::try_from(limit.as_millis()).unwrap_or(VW_NO_TIMEOUT - 1)
    })
}
