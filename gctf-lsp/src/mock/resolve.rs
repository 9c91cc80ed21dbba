//! Stubs of YAML and JSON against the schema: full names of services, proto names of fields, answers that can be sent.

use super::patterns::bad_patterns;
use super::serve::message;
use super::stubs::{Inputs, Matcher, Output, Stub};
use crate::grpc::{details, metadata};
use crate::schema::Schema;
use crate::schema::shape::{Shape, field};
use crate::text::did_you_mean;
use prost_reflect::MethodDescriptor;
use serde_json::Value as Json;

/// The stubs with full service names, and with the proto names of fields everywhere.
///
/// # Errors
/// The stub whose service, method or field the schema does not have, with the nearest name.
pub(super) fn resolve(stubs: Vec<Stub>, schema: &Schema) -> Result<Vec<Stub>, String> {
    stubs.into_iter().map(|stub| resolve_one(stub, schema)).collect()
}

fn resolve_one(mut stub: Stub, schema: &Schema) -> Result<Stub, String> {
    let named = |error: String| format!("{}: {error}", stub.origin);
    let method = method(&stub, schema).map_err(named)?;
    stub.service = method.parent_service().full_name().to_owned();
    let origin = stub.origin.clone();
    let named = |error: String| format!("{origin}: {error}");
    let input = Shape::of_message(&method.input());
    let matchers = match &mut stub.inputs {
        Inputs::Each(matcher) => std::slice::from_mut(&mut **matcher),
        Inputs::Sequence(matchers) => matchers.as_mut_slice(),
    };
    for matcher in matchers {
        rename_matcher(matcher, &input).map_err(named)?;
        refuse_patterns(matcher).map_err(named)?;
    }
    refuse_patterns(&stub.headers).map_err(named)?;
    resolve_output(&mut stub.output, &method, schema).map_err(named)?;
    Ok(stub)
}

fn method(stub: &Stub, schema: &Schema) -> Result<MethodDescriptor, String> {
    let services: Vec<_> = schema.services().collect();
    let full = services.iter().find(|service| service.full_name() == stub.service);
    let short = || services.iter().find(|service| service.name() == stub.service);
    let Some(service) = full.or_else(short) else {
        let short = crate::text::nearest(&stub.service, services.iter().map(|service| service.name()));
        let named = services.iter().find(|service| Some(service.name()) == short.as_deref());
        let advice = match named {
            Some(service) => format!("; did you mean \"{}\"?", service.full_name()),
            None => did_you_mean(&stub.service, services.iter().map(|service| service.full_name())),
        };
        return Err(format!("no service \"{}\"{advice}", stub.service));
    };
    let mut methods = service.methods();
    methods.find(|method| method.name() == stub.method).ok_or_else(|| {
        let names: Vec<_> = service.methods().map(|method| method.name().to_owned()).collect();
        let advice = did_you_mean(&stub.method, names.iter().map(String::as_str));
        format!("{} has no method \"{}\"{advice}", service.full_name(), stub.method)
    })
}

/// Gives the fields of an answer their proto names, and refuses what could not be sent.
fn resolve_output(output: &mut Output, method: &MethodDescriptor, schema: &Schema) -> Result<(), String> {
    if output.messages.len() > 1 && !method.is_server_streaming() {
        return Err(format!(
            "{} answers with one message: write it as `data`",
            method.name()
        ));
    }
    let shape = Shape::of_message(&method.output());
    for item in &mut output.messages {
        rename(&mut item.message, &shape)?;
        message(&item.message, &method.output())?;
    }
    let in_stream = output.messages.iter().filter_map(|item| item.error.as_ref());
    for fault in in_stream.chain(&output.error) {
        details::encode(fault.code, &fault.message, &fault.details, schema.pool())?;
    }
    metadata::to_wire(&output.headers)?;
    metadata::to_wire(&output.trailers)?;
    Ok(())
}

fn refuse_patterns(matcher: &Matcher) -> Result<(), String> {
    match bad_patterns(matcher).into_iter().next() {
        Some(fault) => Err(fault),
        None => Ok(()),
    }
}

fn rename_matcher(matcher: &mut Matcher, shape: &Shape) -> Result<(), String> {
    for map in [
        &mut matcher.equals,
        &mut matcher.contains,
        &mut matcher.matches,
        &mut matcher.glob,
    ] {
        let mut value = Json::Object(std::mem::take(map));
        rename(&mut value, shape)?;
        if let Json::Object(renamed) = value {
            *map = renamed;
        }
    }
    matcher
        .any_of
        .iter_mut()
        .try_for_each(|inner| rename_matcher(inner, shape))
}

/// Gives every field its proto name.
fn rename(value: &mut Json, shape: &Shape) -> Result<(), String> {
    match (value, shape) {
        (Json::Object(object), Shape::Message(message)) => {
            for (key, mut value) in std::mem::take(object) {
                let Some(field) = field(message, &key) else {
                    let names: Vec<_> = message.fields().map(|field| field.name().to_owned()).collect();
                    let advice = did_you_mean(&key, names.iter().map(String::as_str));
                    return Err(format!("{} has no field \"{key}\"{advice}", message.full_name()));
                };
                rename(&mut value, &Shape::of_field(&field))?;
                object.insert(field.name().to_owned(), value);
            }
            Ok(())
        }
        (Json::Object(object), Shape::Map { value: shape, .. }) => {
            object.values_mut().try_for_each(|value| rename(value, shape))
        }
        (Json::Array(items), Shape::List(shape)) => items.iter_mut().try_for_each(|item| rename(item, shape)),
        _ => Ok(()),
    }
}
