//! Capacity: how many connections a model serves at once, for accounts with machines of their own.

use serde_json::{Map, Value, json};

use super::answer::{answers, part, typed};
use super::client::Client;
use super::rest::Wanted;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{CallOptions, Method, path_segment};

answers! {
    /// How many connections a model serves.
    Capacity(snake) {
        /// The model; only where several are asked for at once.
        model_id: String,
        /// Connections that there are.
        concurrent_connections: u64,
        /// Connections that there should be.
        desired_concurrent_connections: u64,
    }
}

impl Client {
    /// The capacity of a model, such as `dd-etts-3.0`.
    ///
    /// # Errors
    /// `NotFound` for a model that is none.
    pub fn capacity(&self, model_id: &str) -> Result<Capacity> {
        self.capacity_with(model_id, &CallOptions::new())
    }

    /// [`capacity`](Self::capacity) that can be ended from outside.
    ///
    /// # Errors
    /// As `capacity`; `Cancelled` when `options` ended it.
    pub fn capacity_with(&self, model_id: &str, options: &CallOptions) -> Result<Capacity> {
        let path = capacity_path(model_id)?;
        self.rest(Wanted::new(Method::Get, &path), options, one)
    }

    /// Sets how many connections there should be for a model, 0 or more; answers with what is so far.
    ///
    /// # Errors
    /// `NotFound` for a model that is none; `RejectedInput` for a size that the service does not take.
    pub fn set_capacity(&self, model_id: &str, size: u32) -> Result<Capacity> {
        self.set_capacity_with(model_id, size, &CallOptions::new())
    }

    /// [`set_capacity`](Self::set_capacity) that can be ended from outside.
    ///
    /// # Errors
    /// As `set_capacity`; `Cancelled` when `options` ended it.
    pub fn set_capacity_with(&self, model_id: &str, size: u32, options: &CallOptions) -> Result<Capacity> {
        let path = capacity_path(model_id)?;
        let wanted = Wanted::json(Method::Put, &path, &json!({ "size": size }))?;
        self.rest(wanted, options, one)
    }

    /// The capacities of several models.
    ///
    /// # Errors
    /// `InvalidArgument` for no models, before anything is sent; `RejectedInput` when one of them is none.
    pub fn capacities(&self, model_ids: &[&str]) -> Result<Vec<Capacity>> {
        self.capacities_with(model_ids, &CallOptions::new())
    }

    /// [`capacities`](Self::capacities) that can be ended from outside.
    ///
    /// # Errors
    /// As `capacities`; `Cancelled` when `options` ended it.
    pub fn capacities_with(&self, model_ids: &[&str], options: &CallOptions) -> Result<Vec<Capacity>> {
        let takes = "the ids of models, such as dd-etts-3.0, without commas";
        if model_ids.is_empty() {
            return Err(Error::invalid("model_ids", "none", takes));
        }
        // The service takes them as one text.
        if let Some(bad) = model_ids.iter().find(|id| id.trim().is_empty() || id.contains(',')) {
            return Err(Error::invalid("model_ids", format_args!("{bad:?}"), takes));
        }
        let wanted = Wanted {
            query: vec![("model_ids", model_ids.join(","))],
            ..Wanted::new(Method::Get, "/concurrent_connections/batch")
        };
        self.rest(wanted, options, |answer| match part(answer, "data")? {
            Value::Object(by_model) => by_model.into_iter().map(named).collect(),
            list => typed(list, "a list of capacities"),
        })
    }
}

fn one(answer: Value) -> Result<Capacity> {
    typed(part(answer, "data")?, "a capacity")
}

/// The vendor's page leaves open whether it is a list or an object by models.
fn named((model_id, capacity): (String, Value)) -> Result<Capacity> {
    let Value::Object(fields) = capacity else {
        let message = format!("the capacity of {model_id} is none");
        return Err(Error::new(ErrorKind::Protocol, message));
    };
    let mut with_name = Map::from_iter([("model_id".to_owned(), Value::from(model_id))]);
    with_name.extend(fields);
    typed(Value::Object(with_name), "a capacity")
}

/// The path of one model, whatever the id holds.
fn capacity_path(model_id: &str) -> Result<String> {
    let takes = "the id of a model, such as dd-etts-3.0";
    let segment = path_segment("model_id", model_id, takes)?;
    // That place is taken by another call.
    if segment == "batch" {
        return Err(Error::invalid("model_id", "\"batch\"", takes));
    }
    Ok(format!("/concurrent_connections/{segment}"))
}
