//! JSON for C: one value behind a handle, read by pointers.

use std::collections::HashMap;
use std::ffi::{CString, c_char};
use std::ptr;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::handle::{self, Handle};
use super::input::{VW_OFF, VW_ON, VW_UNSET, optional_bytes, optional_text, out_pointer, vw_toggle};
use super::json_pointer::Pointer;
use super::status::{c_string, guard, vw_status};
use crate::error::{Error, ErrorKind, Result};
use crate::sync::Mutex;

/// The longest text that is parsed: 16 MiB.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// A JSON value: what a service answered, or what it is to be sent.
///
/// Places in it are named by JSON pointers (RFC 6901), such as "/list/0/name"; in names ~0 stands for ~ and ~1 for /. ""
/// is the whole, and so, for those that read, is NULL. What a pointer finds nothing at is absent, which is no failure: the
/// getters then return NULL, the fallback, VW_UNSET, 0 or VW_JSON_ABSENT. So they do for a handle that is none, or a
/// pointer that is none, but then vw_last_error tells.
///
/// Texts that are returned are borrowed: they stay until one of the vw_json_set functions changes the handle, or it is
/// freed. Each place's text is kept once, however often it is asked for. Any number of threads may read a handle at once;
/// who changes it sees to it that nobody uses a borrowed text of it meanwhile.
pub struct vw_json {
    _opaque: [u8; 0],
}

impl Handle for vw_json {
    type Object = Document;
    const NAME: &'static str = "vw_json";
}

/// What a place in a JSON value holds.
pub type vw_json_type = i32;
/// Nothing: there is no such place.
pub const VW_JSON_ABSENT: vw_json_type = 0;
/// null.
pub const VW_JSON_NULL: vw_json_type = 1;
/// true or false.
pub const VW_JSON_BOOL: vw_json_type = 2;
/// A number.
pub const VW_JSON_NUMBER: vw_json_type = 3;
/// A text.
pub const VW_JSON_TEXT: vw_json_type = 4;
/// An array.
pub const VW_JSON_ARRAY: vw_json_type = 5;
/// An object.
pub const VW_JSON_OBJECT: vw_json_type = 6;

/// A value, and the texts that C has borrowed of it.
pub(super) struct Document(Mutex<State>);

struct State {
    value: Value,
    borrowed: HashMap<(String, Borrowed), CString>,
}

#[derive(PartialEq, Eq, Hash)]
enum Borrowed {
    /// The text that the place holds.
    Text,
    /// The place's value, as JSON.
    Json,
    /// The name of a member of the object at the place.
    Name(usize),
}

impl Document {
    fn new(value: Value) -> Document {
        Document(Mutex::new(State {
            value,
            borrowed: HashMap::new(),
        }))
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&Value) -> T) -> T {
        read(&self.0.lock().value)
    }

    /// `change` fails or changes; borrowed texts end with a change.
    pub(super) fn change(&self, change: impl FnOnce(&mut Value) -> Result<()>) -> Result<()> {
        let mut state = self.0.lock();
        change(&mut state.value)?;
        state.borrowed.clear();
        Ok(())
    }

    /// A text that stays until the next change: its bytes are the `CString`'s own, wherever the table moves that. NULL
    /// where `make` finds none.
    fn lend(&self, pointer: &str, what: Borrowed, make: impl FnOnce(&Value) -> Option<CString>) -> *const c_char {
        let state = &mut *self.0.lock();
        let key = (pointer.to_owned(), what);
        if let Some(known) = state.borrowed.get(&key) {
            return known.as_ptr();
        }
        match make(&state.value) {
            Some(text) => state.borrowed.entry(key).or_insert(text).as_ptr(),
            None => ptr::null(),
        }
    }
}

/// # Safety
/// `out` is not NULL and may be written to.
pub(super) unsafe fn hand_over(value: Value, out: *mut *mut vw_json) {
    // SAFETY: promised by the caller.
    unsafe { out.write(handle::insert(Arc::new(Document::new(value)))) };
}

/// [`hand_over`], unless the caller does not want it.
///
/// # Safety
/// `out` is NULL or may be written to.
pub(super) unsafe fn hand_over_if_wanted(value: Value, out: *mut *mut vw_json) {
    if !out.is_null() {
        // SAFETY: promised by the caller.
        unsafe { hand_over(value, out) };
    }
}

/// What a typed answer looks like as JSON.
pub(super) fn written(answer: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(answer).map_err(|error| {
        Error::new(
            ErrorKind::Internal,
            format!("an answer could not be written as JSON: {error}"),
        )
    })
}

/// A copy of what a handle holds; null for NULL.
pub(super) fn optional_value(json: *const vw_json) -> Result<Value> {
    if json.is_null() {
        Ok(Value::Null)
    } else {
        Ok(handle::get(json)?.read(Value::clone))
    }
}

/// # Safety
/// `pointer` is NULL or ends in a NUL, and stays as it is for `'a`.
pub(super) unsafe fn pointer_text<'a>(pointer: *const c_char) -> Result<&'a str> {
    // SAFETY: promised by the caller.
    Ok(unsafe { optional_text("pointer", pointer)? }.unwrap_or_default())
}

/// What `read` makes of the value at a place; `otherwise` where there is none, or it makes nothing of it.
///
/// # Safety
/// As for `pointer_text`.
unsafe fn read_at<T>(
    json: *const vw_json,
    pointer: *const c_char,
    otherwise: T,
    read: impl FnOnce(&Value) -> Option<T>,
) -> T {
    let mut found = None;
    guard(|| {
        let document = handle::get(json)?;
        // SAFETY: promised by the caller.
        let pointer = Pointer::parse(unsafe { pointer_text(pointer)? })?;
        found = document.read(|value| pointer.find(value).and_then(read));
        Ok(())
    });
    found.unwrap_or(otherwise)
}

/// Makes an empty object, to be filled with the vw_json_set functions. vw_json_parse of "[]" makes an array to begin with.
///
/// *out is the object; free it with vw_json_free. VW_ERR_INVALID_ARGUMENT when out is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_new(out: *mut *mut vw_json) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(Value::Object(Map::new()), out) };
        Ok(())
    })
}

/// Reads the size bytes at text, which need no NUL, as one JSON value.
///
/// *out is the value; free it with vw_json_free. VW_ERR_INVALID_ARGUMENT with the field "text" when they are no JSON, more
/// than 16 MiB, or have more than 127 arrays and objects in one another. Of members of the same name the last counts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_parse(text: *const c_char, size: usize, out: *mut *mut vw_json) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's bytes.
        let text = unsafe { optional_bytes("text", text.cast(), size)? };
        let text = text.ok_or_else(|| Error::invalid("text", "NULL", "JSON"))?;
        if text.len() > MAX_TEXT {
            return Err(Error::invalid(
                "text",
                format_args!("{} bytes", text.len()),
                &format!("{MAX_TEXT} bytes at most"),
            ));
        }
        let value = serde_json::from_slice(text)
            .map_err(|error| Error::invalid("text", format_args!("no JSON ({error})"), "JSON"))?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(value, out) };
        Ok(())
    })
}

/// Frees a value and the texts borrowed of it. VW_ERR_INVALID_ARGUMENT when json is neither NULL nor a live value.
#[unsafe(no_mangle)]
pub extern "C" fn vw_json_free(json: *mut vw_json) -> vw_status {
    guard(|| handle::remove(json.cast_const()).map(drop))
}

/// What is at a place: one of the VW_JSON constants.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_type_of(json: *const vw_json, pointer: *const c_char) -> vw_json_type {
    let type_of = |value: &Value| {
        Some(match value {
            Value::Null => VW_JSON_NULL,
            Value::Bool(_) => VW_JSON_BOOL,
            Value::Number(_) => VW_JSON_NUMBER,
            Value::String(_) => VW_JSON_TEXT,
            Value::Array(_) => VW_JSON_ARRAY,
            Value::Object(_) => VW_JSON_OBJECT,
        })
    };
    // SAFETY: the caller's text.
    unsafe { read_at(json, pointer, VW_JSON_ABSENT, type_of) }
}

/// The text at a place, borrowed; NULL when there is none. A NUL in it, which C could not hold, is U+FFFD.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_str(json: *const vw_json, pointer: *const c_char) -> *const c_char {
    let text = |value: &Value| value.as_str().map(c_string);
    // SAFETY: the caller's text.
    unsafe { lend_at(json, pointer, Borrowed::Text, text) }
}

/// The whole number at a place, 3.0 being 3; fallback when there is none, or none that an int64_t can hold.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_int(json: *const vw_json, pointer: *const c_char, fallback: i64) -> i64 {
    let whole = |value: &Value| match value.as_f64() {
        _ if value.is_i64() => value.as_i64(),
        // 2^53: from there on the number may have been rounded.
        Some(number) if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 => Some(number as i64),
        _ => None,
    };
    // SAFETY: the caller's text.
    unsafe { read_at(json, pointer, fallback, whole) }
}

/// The number at a place; fallback when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_number(json: *const vw_json, pointer: *const c_char, fallback: f64) -> f64 {
    // SAFETY: the caller's text.
    unsafe { read_at(json, pointer, fallback, Value::as_f64) }
}

/// VW_ON for true and VW_OFF for false at a place; VW_UNSET when there is neither.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_bool(json: *const vw_json, pointer: *const c_char) -> vw_toggle {
    let toggle = |value: &Value| value.as_bool().map(|is_on| if is_on { VW_ON } else { VW_OFF });
    // SAFETY: the caller's text.
    unsafe { read_at(json, pointer, VW_UNSET, toggle) }
}

/// How many elements the array or members the object at a place has; 0 for everything else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_size(json: *const vw_json, pointer: *const c_char) -> usize {
    let size = |value: &Value| match value {
        Value::Array(elements) => Some(elements.len()),
        Value::Object(members) => Some(members.len()),
        _ => None,
    };
    // SAFETY: the caller's text.
    unsafe { read_at(json, pointer, 0, size) }
}

/// The name of member index (from 0) of the object at a place, borrowed; NULL when there is none. Members are in an order
/// that stays as it is until the handle is changed. In a pointer ~ and / of a name are to be written as ~0 and ~1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_key(json: *const vw_json, pointer: *const c_char, index: usize) -> *const c_char {
    let name = |value: &Value| value.as_object()?.keys().nth(index).map(|name| c_string(name));
    // SAFETY: the caller's text.
    unsafe { lend_at(json, pointer, Borrowed::Name(index), name) }
}

/// Copies what is at a place into a handle of its own. With NULL for pointer it copies the whole.
///
/// *out is the copy; free it with vw_json_free. VW_ERR_INVALID_ARGUMENT with the field "pointer" when nothing is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_get(
    json: *const vw_json,
    pointer: *const c_char,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let document = handle::get(json)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text.
        let pointer = Pointer::parse(unsafe { pointer_text(pointer)? })?;
        let copy = document.read(|value| pointer.get(value).cloned())?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(copy, out) };
        Ok(())
    })
}

/// What is at a place as JSON, with no spaces, into *text: borrowed.
///
/// VW_ERR_INVALID_ARGUMENT with the field "pointer" when nothing is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_text(
    json: *const vw_json,
    pointer: *const c_char,
    text: *mut *const c_char,
) -> vw_status {
    guard(|| {
        let document = handle::get(json)?;
        let text = out_pointer("text", text)?;
        // SAFETY: the caller's text.
        let place = unsafe { pointer_text(pointer)? };
        let pointer = Pointer::parse(place)?;
        let lent = document.lend(place, Borrowed::Json, |value| {
            pointer.find(value).map(|value| c_string(&value.to_string()))
        });
        if lent.is_null() {
            document.read(|value| pointer.get(value).map(drop))?;
        }
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { text.write(lent) };
        Ok(())
    })
}

/// # Safety
/// As for `pointer_text`.
unsafe fn lend_at(
    json: *const vw_json,
    pointer: *const c_char,
    what: Borrowed,
    make: impl FnOnce(&Value) -> Option<CString>,
) -> *const c_char {
    let mut lent = ptr::null();
    guard(|| {
        let document = handle::get(json)?;
        // SAFETY: promised by the caller.
        let place = unsafe { pointer_text(pointer)? };
        let pointer = Pointer::parse(place)?;
        lent = document.lend(place, what, |value| make(pointer.find(value)?));
        Ok(())
    });
    lent
}
