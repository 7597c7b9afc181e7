//! What services answer with, as structs.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Map, Value};

/// Structs of optional fields, with what else there is in `extra`. What is left out, or null, is the field's default; but what
/// has an id, as in `Voice(id)`, is not what it should be without.
///
/// They are read out of a JSON object field by field, by functions that all structs share: what serde would derive for each
/// of them, `extra` included, is many times as large.
macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident $(($id:ident))? { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
        #[non_exhaustive]
        pub struct $name {
            $(
                /// Names it in other calls.
                pub $id: String,
            )?
            $($(#[$field_doc])* pub $field: $type,)*
            /// Whatever else the service said.
            #[serde(flatten)]
            pub extra: serde_json::Map<String, serde_json::Value>,
        }

        crate::answers::read_from_object!($name { $($id: needed,)? $($field: optional,)* });
    )*};
}

pub(crate) use answers;

/// `Deserialize` of a struct by how each of its fields is read: as one of the functions below does.
macro_rules! read_from_object {
    ($name:ident { $($field:ident: $how:ident,)* }) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                type Object = serde_json::Map<String, serde_json::Value>;
                #[allow(unused_mut, reason = "a struct may have no fields")]
                let mut object = <Object as serde::Deserialize>::deserialize(deserializer)?;
                Ok($name {
                    $($field: crate::answers::$how(&mut object, stringify!($field)).map_err(serde::de::Error::custom)?,)*
                    extra: object,
                })
            }
        }
    };
}

pub(crate) use read_from_object;

/// The field `name`, a Rust identifier. Null, or none, is the default.
pub(crate) fn optional<T: DeserializeOwned + Default>(
    object: &mut Map<String, Value>,
    name: &str,
) -> serde_json::Result<T> {
    let name = name.strip_prefix("r#").unwrap_or(name);
    read(object.remove(name))
}

/// The same for a field that the service spells `likeThis`.
pub(crate) fn optional_camel<T: DeserializeOwned + Default>(
    object: &mut Map<String, Value>,
    name: &str,
) -> serde_json::Result<T> {
    read(object.remove(&camel(name)))
}

/// The text `name`, which has to be there.
pub(crate) fn needed(object: &mut Map<String, Value>, name: &'static str) -> serde_json::Result<String> {
    match object.remove(name) {
        None => Err(serde_json::Error::missing_field(name)),
        Some(value) => String::deserialize(value),
    }
}

fn read<T: DeserializeOwned + Default>(value: Option<Value>) -> serde_json::Result<T> {
    match value {
        None | Some(Value::Null) => Ok(T::default()),
        Some(value) => T::deserialize(value),
    }
}

/// `like_this` as `likeThis`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        camel.push_str(&first.to_ascii_uppercase());
        camel.push_str(rest);
    }
    camel
}
