//! Descriptors as they should have been. Node's @grpc/reflection makes them anew, one file for each package: without
//! imports, with relative names, with copies of the well-known types, and without the mark of optional fields.

use super::descriptor::{Field, File, MessageType};
use prost::Message as _;
use prost_reflect::DescriptorPool;
use std::collections::{BTreeMap, BTreeSet};

/// Gives files without any import those that their names need; whether one was at fault. Such files may need each
/// other.
pub(super) fn repair(files: &mut Vec<File>) -> bool {
    let is_copy = |file: &File| file.package() == "google.protobuf" && !super::pool::is_bundled(file.name());
    let copied = files.iter().any(is_copy);
    files.retain(|file| !is_copy(file));
    let homes = homes(files);
    let mut repaired = false;
    for file in files.iter_mut().filter(|file| file.dependency.is_empty()) {
        let mut needed = BTreeSet::new();
        for (scope, name) in references(file) {
            needed.extend(home(&scope, &name, &homes));
        }
        needed.remove(file.name());
        repaired |= !needed.is_empty();
        file.dependency = needed.into_iter().collect();
    }
    let repaired = repaired || copied;
    if repaired {
        let messages = files.iter_mut().filter(|file| file.syntax() == "proto3");
        messages.flat_map(|file| &mut file.messages).for_each(mark_optional);
    }
    repaired
}

/// The file of each type, by its full name.
fn homes(files: &[File]) -> BTreeMap<String, String> {
    fn add(scope: &str, message: &MessageType, file: &str, homes: &mut BTreeMap<String, String>) {
        let full = qualified(scope, message.name());
        for nested in &message.enums {
            homes.insert(qualified(&full, nested.name()), file.to_owned());
        }
        for nested in &message.messages {
            add(&full, nested, file, homes);
        }
        homes.insert(full, file.to_owned());
    }
    let mut homes = BTreeMap::new();
    for file in files {
        for message in &file.messages {
            add(file.package(), message, file.name(), &mut homes);
        }
        for described in &file.enums {
            homes.insert(qualified(file.package(), described.name()), file.name().to_owned());
        }
    }
    homes
}

fn qualified(scope: &str, name: &str) -> String {
    match scope.is_empty() {
        true => name.to_owned(),
        false => format!("{scope}.{name}"),
    }
}

/// The names of types in a file, each with the scope that it stands in.
fn references(file: &File) -> Vec<(String, String)> {
    fn of_field(scope: &str, field: &Field, found: &mut Vec<(String, String)>) {
        let names = [field.type_name.clone(), field.extendee.clone()];
        found.extend(names.into_iter().flatten().map(|name| (scope.to_owned(), name)));
    }
    fn of_message(scope: &str, message: &MessageType, found: &mut Vec<(String, String)>) {
        let full = qualified(scope, message.name());
        let fields = message.fields.iter().chain(&message.extensions);
        fields.for_each(|field| of_field(&full, field, found));
        message
            .messages
            .iter()
            .for_each(|nested| of_message(&full, nested, found));
    }
    let mut found = Vec::new();
    let package = file.package();
    file.messages
        .iter()
        .for_each(|message| of_message(package, message, &mut found));
    file.extensions
        .iter()
        .for_each(|field| of_field(package, field, &mut found));
    let services = file.services.iter();
    let services = services.filter_map(|bytes| prost_types::ServiceDescriptorProto::decode(bytes.as_slice()).ok());
    for method in services.flat_map(|service| service.method) {
        let names = [method.input_type, method.output_type];
        found.extend(names.into_iter().flatten().map(|name| (package.to_owned(), name)));
    }
    found
}

/// The file of a type, looked for from the innermost scope out.
fn home(scope: &str, name: &str, homes: &BTreeMap<String, String>) -> Option<String> {
    let known = |full: &str| {
        let bundled = || {
            let pool = DescriptorPool::global();
            let message = pool.get_message_by_name(full).map(|message| message.parent_file());
            let file = message.or_else(|| pool.get_enum_by_name(full).map(|found| found.parent_file()))?;
            Some(file.name().to_owned())
        };
        homes.get(full).cloned().or_else(bundled)
    };
    if let Some(full) = name.strip_prefix('.') {
        return known(full);
    }
    let mut scope = scope;
    loop {
        if let Some(found) = known(&qualified(scope, name)) {
            return Some(found);
        }
        if scope.is_empty() {
            return None;
        }
        scope = scope.rsplit_once('.').map_or("", |(outer, _)| outer);
    }
}

/// A field alone in a oneof of its own name is one that was declared as optional.
fn mark_optional(message: &mut MessageType) {
    for (at, oneof) in message.oneofs.iter().enumerate() {
        let mut members = message
            .fields
            .iter_mut()
            .filter(|field| field.oneof_index.and_then(|index| usize::try_from(index).ok()) == Some(at));
        if let (Some(field), None) = (members.next(), members.next())
            && oneof.name().strip_prefix('_') == Some(field.name())
        {
            field.proto3_optional = Some(true);
        }
    }
    message.messages.iter_mut().for_each(mark_optional);
}

#[cfg(test)]
mod tests {
    use super::super::descriptor::{Field, File, FileSet, MessageType};
    use super::super::pool::build;
    use prost::Message as _;
    use prost_types::field_descriptor_proto::{Label, Type};

    /// A file with one message whose fields are of these types.
    fn file(name: &str, package: &str, message: &str, types: &[&str]) -> File {
        let field = |(at, kind): (usize, &&str)| Field {
            name: Some(format!("f{at}")),
            number: Some(at as i32 + 1),
            label: Some(Label::Optional as i32),
            kind: Some(Type::Message as i32),
            type_name: Some((*kind).to_owned()),
            ..Field::default()
        };
        File {
            name: Some(name.to_owned()),
            package: Some(package.to_owned()),
            syntax: Some("proto3".to_owned()),
            messages: vec![MessageType {
                name: Some(message.to_owned()),
                fields: types.iter().enumerate().map(field).collect(),
                ..MessageType::default()
            }],
            ..File::default()
        }
    }

    fn fields(files: Vec<File>, message: &str) -> Result<Vec<String>, String> {
        let message = build(files)?.pool.get_message_by_name(message).ok_or("no message")?;
        let names = message.fields().filter_map(|field| {
            let kind = field.kind();
            Some(kind.as_message()?.full_name().to_owned())
        });
        Ok(names.collect())
    }

    #[test]
    fn imports_by_names() {
        // The nearest scope wins; packages need each other; copies of well-known types are the types themselves.
        let files = vec![
            file(
                "a.proto",
                "x.a",
                "M",
                &["b.M", "M", ".x.c.M", "google.protobuf.Timestamp"],
            ),
            file("b.proto", "x.b", "M", &["x.a.M"]),
            file("c.proto", "x.c", "M", &[]),
            file("google_protobuf.proto", "google.protobuf", "Timestamp", &[]),
        ];
        assert_eq!(
            fields(files, "x.a.M").unwrap(),
            ["x.b.M", "x.a.M", "x.c.M", "google.protobuf.Timestamp"]
        );
    }

    #[test]
    fn imports_that_are_there() {
        let importing = |file: File, of: &[&str], public: &[i32]| File {
            dependency: of.iter().map(|name| (*name).to_owned()).collect(),
            public_dependency: public.to_vec(),
            ..file
        };
        let a = importing(file("a.proto", "a", "M", &[".d.M"]), &["b.proto"], &[]);
        let b = importing(file("b.proto", "b", "M", &[]), &["c.proto"], &[0]);
        let c = importing(file("c.proto", "c", "M", &[]), &["d.proto"], &[0]);
        let d = file("d.proto", "d", "M", &[]);
        // What is imported publicly comes along over any number of files.
        assert_eq!(
            fields(vec![a.clone(), b.clone(), c.clone(), d.clone()], "a.M").unwrap(),
            ["d.M"]
        );
        let back = importing(d.clone(), &["b.proto"], &[0]);
        assert_eq!(
            fields(vec![a.clone(), b.clone(), c.clone(), back], "a.M").unwrap_err(),
            "a.proto imports itself in a circle"
        );
        // Names that lead nowhere, and a web of public imports, which is no more than it says.
        let lost = file("a.proto", "a", "M", &["Nowhere"]);
        assert_eq!(fields(vec![lost], "a.M").unwrap_err(), "name 'Nowhere' is not defined");
        let web = (0..40).map(|at| {
            let names: Vec<_> = (at + 1..40).map(|other| format!("{other}.proto")).collect();
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            let public: Vec<_> = (-1..39 - at).collect();
            let kind = if at == 0 { ".p39.M" } else { ".p1.M" };
            let types: &[&str] = if at < 1 { &[kind] } else { &[] };
            importing(
                file(&format!("{at}.proto"), &format!("p{at}"), "M", types),
                &names,
                &public,
            )
        });
        assert_eq!(fields(web.collect(), "p0.M").unwrap(), ["p39.M"]);
    }

    #[test]
    fn a_circle_is_read_again() {
        let files = vec![
            file("a.proto", "x.a", "M", &["x.b.M", "google.protobuf.Timestamp"]),
            file("b.proto", "x.b", "M", &["x.a.M"]),
            file("c.proto", "x.c", "M", &["x.a.M"]),
        ];
        let bytes = super::super::pool::encode(&build(files).unwrap());
        let set = FileSet::decode(bytes.as_slice()).unwrap();
        assert_eq!(
            fields(set.file, "x.a.M").unwrap(),
            ["x.b.M", "google.protobuf.Timestamp"]
        );
    }
}
