//! Deepdub: what an account has used, and what it has room for.

use std::ffi::c_char;
use std::ptr;

use super::cancel::{call_options, vw_cancel};
use super::deepdub_client::vw_deepdub_client;
use super::handle;
use super::input::{CallerStruct, optional_string, out_pointer, read_struct, required_text};
use super::json::{hand_over, vw_json, written};
use super::status::{guard, vw_status};
use crate::deepdub::UsageQuery;
use crate::error::{Error, Result};
use crate::net::CallOptions;

/// How many models may be asked for at once.
const MAX_MODELS: usize = 1000;

/// What to tell the usage of. Fill it with vw_deepdub_usage_query_init, then set from and to.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_usage_query {
    /// Set by vw_deepdub_usage_query_init.
    pub struct_size: usize,
    /// The first day, such as "2026-05-01". Required.
    pub from: *const c_char,
    /// The last day, which is counted too: on or after from, and 366 days in all at most. Required.
    pub to: *const c_char,
    /// Of this model only. Default all.
    pub model_id: *const c_char,
    /// Of this region only. Default all.
    pub region: *const c_char,
    /// Stops the call from outside. Default none.
    pub cancel: *const vw_cancel,
}

// SAFETY: repr(C), struct_size first, pointers only.
unsafe impl CallerStruct for vw_deepdub_usage_query {
    const NAME: &'static str = "vw_deepdub_usage_query";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_usage_query>();

    fn init() -> Self {
        vw_deepdub_usage_query {
            struct_size: size_of::<Self>(),
            from: ptr::null(),
            to: ptr::null(),
            model_id: ptr::null(),
            region: ptr::null(),
            cancel: ptr::null(),
        }
    }
}

impl vw_deepdub_usage_query {
    /// # Safety
    /// Each text is NULL or ends in a NUL.
    unsafe fn to_query(self) -> Result<(UsageQuery, CallOptions)> {
        // SAFETY: passed on.
        let query = unsafe {
            UsageQuery {
                model_id: optional_string("model_id", self.model_id)?,
                region: optional_string("region", self.region)?,
                ..UsageQuery::new(required_text("from", self.from)?, required_text("to", self.to)?)
            }
        };
        Ok((query, call_options(self.cancel)?))
    }
}

/// Fills a query with its defaults. VW_ERR_INVALID_ARGUMENT when query is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_usage_query_init(query: *mut vw_deepdub_usage_query) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("query", query)?.write(vw_deepdub_usage_query::init()) };
        Ok(())
    })
}

/// Usage by day, model and region: *out is an object with customerId, from, to, and items, an array of objects with date,
/// customerId, modelId, region, usageSecondsTimesSize, concurrencyHours and averageSize.
///
/// Free *out with vw_json_free. VW_ERR_INVALID_ARGUMENT before anything is sent; every other status but VW_ERR_FILE after.
/// After VW_ERR_SERVER with status 504 a smaller range may do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_usage(
    client: *const vw_deepdub_client,
    query: *const vw_deepdub_usage_query,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's struct, as the header asks for it.
        let (query, options) = unsafe { read_struct(query)?.to_query()? };
        let usage = client.usage_with(&query, &options)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(written(&usage)?, out) };
        Ok(())
    })
}

/// Usage by model and region, over the whole range: as vw_deepdub_usage, with items of modelId, region,
/// totalUsageSecondsTimesSize, totalConcurrencyHours, averageInstancesOverRange and daysWithUsage.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_usage_by_model(
    client: *const vw_deepdub_client,
    query: *const vw_deepdub_usage_query,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's struct, as the header asks for it.
        let (query, options) = unsafe { read_struct(query)?.to_query()? };
        let usage = client.usage_by_model_with(&query, &options)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(written(&usage)?, out) };
        Ok(())
    })
}

/// The capacity of a model, such as "dd-etts-3.0": *out is an object with concurrent_connections (that there are) and
/// desired_concurrent_connections (that there should be).
///
/// cancel may be NULL. Free *out with vw_json_free. VW_ERR_NOT_FOUND for a model that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_get_capacity(
    client: *const vw_deepdub_client,
    model_id: *const c_char,
    cancel: *const vw_cancel,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text.
        let model_id = unsafe { required_text("model_id", model_id)? };
        let capacity = client.capacity_with(model_id, &call_options(cancel)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(written(&capacity)?, out) };
        Ok(())
    })
}

/// Sets how many connections there should be for a model: size, 0 or more. *out is as of vw_deepdub_get_capacity.
///
/// cancel may be NULL. Free *out with vw_json_free. VW_ERR_NOT_FOUND for a model that is none; VW_ERR_REJECTED_INPUT for a
/// size that the service does not take.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_set_capacity(
    client: *const vw_deepdub_client,
    model_id: *const c_char,
    size: i32,
    cancel: *const vw_cancel,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text.
        let model_id = unsafe { required_text("model_id", model_id)? };
        let size = u32::try_from(size).map_err(|_| Error::invalid("size", size, "0 or more"))?;
        let capacity = client.set_capacity_with(model_id, size, &call_options(cancel)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(written(&capacity)?, out) };
        Ok(())
    })
}

/// The capacities of count models, 1 to 1000: *out is an array of objects as of vw_deepdub_get_capacity, each with its
/// model_id.
///
/// model_ids points to count texts, none of them NULL. cancel may be NULL. Free *out with vw_json_free.
/// VW_ERR_REJECTED_INPUT when one of them is no model.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_get_capacities(
    client: *const vw_deepdub_client,
    model_ids: *const *const c_char,
    count: usize,
    cancel: *const vw_cancel,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        if model_ids.is_null() || count > MAX_MODELS {
            let got = if model_ids.is_null() {
                "NULL".to_owned()
            } else {
                count.to_string()
            };
            return Err(Error::invalid("model_ids", got, "1 to 1000 ids of models"));
        }
        // SAFETY: the caller's texts, as many as it says.
        let ids: Vec<&str> = unsafe {
            (0..count)
                .map(|n| required_text("model_ids", model_ids.add(n).read_unaligned()))
                .collect::<Result<_>>()?
        };
        let capacities = client.capacities_with(&ids, &call_options(cancel)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(written(&capacities)?, out) };
        Ok(())
    })
}
