//! The details of a status as JSON.

use super::metadata::encode_base64;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde_json::{Value, json};

/// The details in `encoded`, a `google.rpc.Status`, each with its `@type`; those of a type that neither `pool`
/// nor google.rpc has keep their bytes as base64 `value`.
pub fn decode(encoded: &[u8], pool: &DescriptorPool) -> Vec<Value> {
    let Ok(status) = tonic_types::Status::decode(encoded) else {
        return Vec::new();
    };
    let bundled = google_rpc();
    status
        .details
        .iter()
        .map(|any| {
            let name = any.type_url.rsplit('/').next().unwrap_or_default();
            let message = pool
                .get_message_by_name(name)
                .or_else(|| bundled.as_ref()?.get_message_by_name(name));
            let decoded = message.and_then(|message| DynamicMessage::decode(message, any.value.as_slice()).ok());
            match decoded.map(|decoded| crate::schema::json::shown(&decoded)) {
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

/// The error details of google.rpc, compiled from what the reply's library knows of them.
fn google_rpc() -> Option<DescriptorPool> {
    let mut resolver = protox::file::ChainFileResolver::new();
    resolver.add(ErrorDetails);
    resolver.add(protox::file::GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).open_file(ERROR_DETAILS).ok()?;
    Some(compiler.descriptor_pool())
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

/// The bytes of a `google.rpc.Status` with `details`, each an object with `type` (or `@type`) and fields; those
/// of unknown types are left out.
pub fn encode(code: i32, message: &str, details: &[Value], pool: &DescriptorPool) -> Vec<u8> {
    let bundled = google_rpc();
    let encoded = details.iter().filter_map(|detail| {
        let mut fields = detail.as_object()?.clone();
        let url = fields.shift_remove("type").or_else(|| fields.shift_remove("@type"))?;
        let url = url.as_str()?.to_owned();
        let name = url.rsplit('/').next()?;
        let descriptor = pool
            .get_message_by_name(name)
            .or_else(|| bundled.as_ref()?.get_message_by_name(name))?;
        let detail = DynamicMessage::deserialize(descriptor, Value::Object(fields)).ok()?;
        Some(prost_types::Any {
            type_url: url,
            value: detail.encode_to_vec(),
        })
    });
    let status = tonic_types::Status {
        code,
        message: message.to_owned(),
        details: encoded.collect(),
    };
    match status.details.is_empty() {
        true => Vec::new(),
        false => status.encode_to_vec(),
    }
}
