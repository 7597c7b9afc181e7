//! What the service answers with: what it leaves out, or gives as null, is `None`; what is not known here is in `extra`.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};

/// Structs of optional fields, with what else there is in `extra`. How the service spells them is said behind the name:
/// `(snake)` as they are, `(camel)` like `createdAt`.
macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident($case:ident) { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        crate::deepdub::answer::answer!($case $(#[$doc])* $name { $($(#[$field_doc])* $field: $type,)* });
    )*};
}

pub(super) use answers;

macro_rules! answer {
    (snake $($struct:tt)*) => { crate::deepdub::answer::answer!("snake_case" optional $($struct)*); };
    (camel $($struct:tt)*) => { crate::deepdub::answer::answer!("camelCase" optional_camel $($struct)*); };
    ($case:literal $how:ident $(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
        #[serde(rename_all = $case)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$field_doc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
            /// Whatever else the service said.
            #[serde(flatten)]
            pub extra: serde_json::Map<String, serde_json::Value>,
        }

        crate::answers::read_from_object!($name { $($field: $how,)* });
    };
}

pub(super) use answer;

/// The answer as what it should be, such as "a voice".
pub(super) fn typed<T: DeserializeOwned>(answer: Value, what: &str) -> Result<T> {
    let wrong = |problem: String| Error::new(ErrorKind::Protocol, format!("the answer is not {what}: {problem}"));
    // Everything in these answers may be missing, so that anything would do for one.
    if !answer.is_object() && !answer.is_array() {
        return Err(wrong(format!("it is {}", short(&answer))));
    }
    serde_json::from_value(answer).map_err(|error| wrong(error.to_string()))
}

/// The field `name` of an answer, which has to have one.
pub(super) fn part(mut answer: Value, name: &str) -> Result<Value> {
    match answer.get_mut(name) {
        Some(part) if !part.is_null() => Ok(part.take()),
        _ => {
            let message = format!("the answer has no \"{name}\": {}", short(&answer));
            Err(Error::new(ErrorKind::Protocol, message))
        }
    }
}

/// Enough of it to be recognised.
fn short(value: &Value) -> String {
    value.to_string().chars().take(100).collect()
}
