//! The JSON Schema of a study file, from the table of its keys.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::form::Form;
use super::keys::{Key, keys};
use super::reference::said;

/// A JSON Schema (draft 2020-12) of study files, for editors of TOML, as JSON text: every key with its line of
/// help, its form, its words and its default. What keys ask of each other and of the data is not in it.
pub fn schema() -> String {
    let mut schema = table("", keys());
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("A study of placebo");
    format!("{schema:#}\n")
}

/// A table of keys that stands in another, which is named.
fn table(above: &str, keys: &[Key]) -> Value {
    let mut properties = Map::new();
    for key in keys {
        let mut property = form(key.name, &key.form, key.inner());
        property["description"] = json!(said(above, key));
        if let Some(default) = &key.default {
            property["default"] = default.clone();
        }
        for name in [Some(key.name), key.also].into_iter().flatten() {
            properties.insert(name.to_owned(), property.clone());
        }
    }
    let required = keys.iter().filter(|key| key.is_required);
    let required: Vec<&str> = required.map(|key| key.name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// A value of the key `name`, which holds the keys `inner`.
fn form(name: &str, of: &Form, inner: &[Key]) -> Value {
    let inside = |of: &Form| form(name, of, inner);
    match of {
        Form::Text => json!({ "type": "string" }),
        Form::Whole { is_signed: true } => json!({ "type": "integer" }),
        Form::Whole { is_signed: false } => json!({ "type": "integer", "minimum": 0 }),
        Form::Number => json!({ "type": "number" }),
        Form::Truth => json!({ "type": "boolean" }),
        // Bare dates of TOML are text in JSON.
        Form::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Form::Words(words) => json!({ "type": "string", "enum": words }),
        Form::Table => table(name, inner),
        Form::Named(of) => json!({ "type": "object", "additionalProperties": inside(of) }),
        Form::List(of) => json!({ "type": "array", "items": inside(of) }),
        Form::Pair(of) => {
            json!({ "type": "array", "items": inside(of), "minItems": 2, "maxItems": 2 })
        }
        Form::Either(forms) => json!({ "anyOf": forms.iter().map(inside).collect::<Vec<_>>() }),
    }
}

/// Fills in what the keys of a struct are where they are not given: what it holds when read with no more
/// than it requires. Tables say so themselves; what is empty is nothing.
pub(super) fn fill_defaults<T: DeserializeOwned + Serialize>(keys: &mut [Key]) {
    let read: Option<T> = serde_json::from_value(least(keys)).ok();
    let held = read.and_then(|read| serde_json::to_value(read).ok());
    for key in keys.iter_mut().filter(|key| !key.is_required) {
        let value = held.as_ref().and_then(|held| held.get(key.name)).cloned();
        key.default = value.filter(|value| match value {
            Value::Null | Value::Object(_) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Bool(_) | Value::Number(_) => true,
        });
    }
}

/// A table with the keys that it requires alone.
pub(super) fn least(keys: &[Key]) -> Value {
    let required = keys.iter().filter(|key| key.is_required);
    required
        .map(|key| (key.name.to_owned(), some(&key.form, key.inner())))
        .collect()
}

/// Some value of a form.
fn some(of: &Form, inner: &[Key]) -> Value {
    match of {
        Form::Text => json!(""),
        Form::Whole { .. } | Form::Number => json!(0),
        Form::Truth => json!(false),
        Form::Date => json!("2025-01-27"),
        Form::Words(words) => json!(words.first()),
        Form::Table => least(inner),
        Form::Named(_) => json!({}),
        Form::List(_) => json!([]),
        Form::Pair(of) => json!([some(of, inner), some(of, inner)]),
        Form::Either(forms) => forms.first().map_or(Value::Null, |of| some(of, inner)),
    }
}
