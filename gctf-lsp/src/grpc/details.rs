//! The details of a status as JSON.

use super::metadata::{decode_base64, encode_base64};
use crate::schema::any::type_name;
use crate::schema::json::{Defaults, read, shown};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, FileDescriptor, MessageDescriptor};
use serde_json::{Value, json};
use std::cell::LazyCell;
use std::collections::BTreeSet;

/// The details in `encoded`, a `google.rpc.Status`, each with its `@type`; those of a type that neither `pool`
/// nor google.rpc has keep their bytes as base64 `value`.
pub fn decode(encoded: &[u8], pool: &DescriptorPool) -> Vec<Value> {
    let Ok(status) = tonic_types::Status::decode(encoded) else {
        return Vec::new();
    };
    let bundled: Bundled = LazyCell::new(google_rpc);
    status
        .details
        .iter()
        .map(|any| {
            let decoded = find(&any.type_url, pool, &bundled)
                .and_then(|message| DynamicMessage::decode(message, any.value.as_slice()).ok());
            match decoded.map(|decoded| shown(&decoded, Defaults::Omitted)) {
                Some(Value::Object(fields)) => {
                    let mut object = serde_json::Map::from_iter([("@type".to_owned(), json!(any.type_url))]);
                    object.extend(fields);
                    Value::Object(object)
                }
                _ => json!({"@type": any.type_url, "value": encode_base64(&any.value)}),
            }
        })
        .collect()
}

/// Full names of the types in `encoded`, a `google.rpc.Status`, that neither `pool` nor google.rpc has.
pub fn unknown(encoded: &[u8], pool: &DescriptorPool) -> BTreeSet<String> {
    let status = tonic_types::Status::decode(encoded).unwrap_or_default();
    if status.details.is_empty() {
        return BTreeSet::new();
    }
    let bundled: Bundled = LazyCell::new(google_rpc);
    let urls = status.details.iter().map(|any| any.type_url.as_str());
    let unknown = urls.filter(|url| !url.is_empty() && find(url, pool, &bundled).is_none());
    unknown.map(|url| type_name(url).to_owned()).collect()
}

/// The types of details that [`decode`] gave, where `pool` or google.rpc has them.
pub fn types(details: &[Value], pool: &DescriptorPool) -> Vec<Option<MessageDescriptor>> {
    let bundled: Bundled = LazyCell::new(google_rpc);
    let url = |detail: &Value| Some(detail.get("@type")?.as_str()?.to_owned());
    details
        .iter()
        .map(|detail| find(&url(detail)?, pool, &bundled))
        .collect()
}

/// google.rpc's types, compiled for a detail that needs them: most statuses have none.
type Bundled = LazyCell<Option<DescriptorPool>>;

fn find(url: &str, pool: &DescriptorPool, bundled: &Bundled) -> Option<MessageDescriptor> {
    let name = type_name(url);
    let known = pool.get_message_by_name(name);
    known.or_else(|| (**bundled).as_ref()?.get_message_by_name(name))
}

/// The error details of google.rpc, compiled from what the reply's library knows of them.
pub(super) fn google_rpc() -> Option<DescriptorPool> {
    let mut resolver = protox::file::ChainFileResolver::new();
    resolver.add(ErrorDetails);
    resolver.add(protox::file::GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).open_file(ERROR_DETAILS).ok()?;
    Some(compiler.descriptor_pool())
}

/// The file of the error details in the pool that [`google_rpc`] gives.
pub(super) fn error_details(bundled: &DescriptorPool) -> Option<FileDescriptor> {
    bundled.get_file_by_name(ERROR_DETAILS)
}

const ERROR_DETAILS: &str = "google/rpc/error_details.proto";

struct ErrorDetails;

impl protox::file::FileResolver for ErrorDetails {
    fn open_file(&self, name: &str) -> Result<protox::file::File, protox::Error> {
        match name {
            ERROR_DETAILS => protox::file::File::from_source(name, include_str!("error_details.proto")),
            _ => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// The type of a detail by its URL, where `pool` or google.rpc has it.
pub fn descriptor(url: &str, pool: &DescriptorPool) -> Option<MessageDescriptor> {
    find(url, pool, &LazyCell::new(google_rpc))
}

/// The bytes of a `google.rpc.Status` with `details`, each an object with `type` (or `@type`) and fields, or with
/// the bytes of an unknown type as base64 `value`.
///
/// # Errors
/// The detail that cannot be written so, and why.
pub fn encode(code: i32, message: &str, details: &[Value], pool: &DescriptorPool) -> Result<Vec<u8>, String> {
    let bundled: Bundled = LazyCell::new(google_rpc);
    let encoded = details.iter().enumerate().map(|(at, detail)| {
        let fail = |reason: &str| format!("details[{at}]: {reason}");
        let mut fields = detail.as_object().cloned().ok_or_else(|| fail("is no object"))?;
        let url = fields.shift_remove("@type").or_else(|| fields.shift_remove("type"));
        let url = url.as_ref().and_then(Value::as_str);
        let url =
            url.ok_or_else(|| fail("has no type: add \"type\", such as type.googleapis.com/google.rpc.ErrorInfo"))?;
        let bytes = match (find(url, pool, &bundled), fields.get("value").and_then(Value::as_str)) {
            (Some(descriptor), _) => read(&Value::Object(fields), &descriptor)
                .map_err(|error| fail(&error.to_string()))?
                .encode_to_vec(),
            (None, Some(value)) => decode_base64(value).ok_or_else(|| fail("its value is no base64"))?,
            (None, None) => return Err(fail(&format!("the type {url} is not known here"))),
        };
        Ok(prost_types::Any {
            type_url: url.to_owned(),
            value: bytes,
        })
    });
    let status = tonic_types::Status {
        code,
        message: message.to_owned(),
        details: encoded.collect::<Result<_, String>>()?,
    };
    Ok(match status.details.is_empty() {
        true => Vec::new(),
        false => status.encode_to_vec(),
    })
}
