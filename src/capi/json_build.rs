//! JSON for C: building what is sent.

use std::ffi::c_char;

use serde_json::{Number, Value};

use super::handle;
use super::input::{VW_OFF, VW_ON, required_text, vw_toggle};
use super::json::vw_json;
use super::json_pointer::Pointer;
use super::status::{guard, vw_status};
use crate::error::{Error, Result};

/// # Safety
/// `pointer` is NULL or ends in a NUL.
unsafe fn set(json: *mut vw_json, pointer: *const c_char, new: impl FnOnce() -> Result<Value>) -> vw_status {
    guard(|| {
        let document = handle::get(json.cast_const())?;
        // SAFETY: promised by the caller. Who forgot it does not mean all of the document.
        let pointer = Pointer::parse(unsafe { required_text("pointer", pointer)? })?;
        let new = new()?;
        document.change(|value| pointer.set(value, new))
    })
}

/// Puts a text at a place of json, where something else may have been.
///
/// What is missing, or null, on the way is made: an array where the next step is "-" or "0", else an object. "-", or an
/// index that is an array's size, adds an element to it. On failure json stays as it was. VW_ERR_INVALID_ARGUMENT with the
/// field "pointer" when it is NULL ("" is the whole) or none, leads through a text, a number or a bool, names an index
/// beyond an array's end, or would put more than 127 arrays and objects in one another; with "value" when that is NULL or
/// not UTF-8. All vw_json_set functions do it so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_set_str(
    json: *mut vw_json,
    pointer: *const c_char,
    value: *const c_char,
) -> vw_status {
    // SAFETY: the caller's texts.
    unsafe { set(json, pointer, || Ok(required_text("value", value)?.into())) }
}

/// Puts a whole number at a place of json, as vw_json_set_str puts a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_set_int(json: *mut vw_json, pointer: *const c_char, value: i64) -> vw_status {
    // SAFETY: the caller's text.
    unsafe { set(json, pointer, || Ok(value.into())) }
}

/// Puts a number at a place of json, as vw_json_set_str puts a text. VW_ERR_INVALID_ARGUMENT with the field "value" for a
/// NaN and the infinities, which JSON does not have.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_set_number(json: *mut vw_json, pointer: *const c_char, value: f64) -> vw_status {
    let number = || match Number::from_f64(value) {
        Some(number) => Ok(Value::Number(number)),
        None => Err(Error::invalid("value", value, "a finite number")),
    };
    // SAFETY: the caller's text.
    unsafe { set(json, pointer, number) }
}

/// Puts true (VW_ON) or false (VW_OFF) at a place of json, as vw_json_set_str puts a text. VW_ERR_INVALID_ARGUMENT with the
/// field "value" for anything else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_set_bool(json: *mut vw_json, pointer: *const c_char, value: vw_toggle) -> vw_status {
    let truth = || match value {
        VW_ON => Ok(Value::Bool(true)),
        VW_OFF => Ok(Value::Bool(false)),
        _ => Err(Error::invalid("value", value, "VW_OFF (0) or VW_ON (1)")),
    };
    // SAFETY: the caller's text.
    unsafe { set(json, pointer, truth) }
}

/// Puts null at a place of json, as vw_json_set_str puts a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_set_null(json: *mut vw_json, pointer: *const c_char) -> vw_status {
    // SAFETY: the caller's text.
    unsafe { set(json, pointer, || Ok(Value::Null)) }
}

/// Puts a copy of value, which may be json itself, at a place of json, as vw_json_set_str puts a text.
/// VW_ERR_INVALID_ARGUMENT when value is no live vw_json.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_json_set_json(
    json: *mut vw_json,
    pointer: *const c_char,
    value: *const vw_json,
) -> vw_status {
    // SAFETY: the caller's text.
    unsafe { set(json, pointer, || Ok(handle::get(value)?.read(Value::clone))) }
}
