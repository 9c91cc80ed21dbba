//! Schemas and what changed in them, for people.

use crate::schema::Schema;
use crate::schema::diff::{SchemaChange, Weight};
use crate::schema::docs::method_line;
use crate::schema::print::print;
use crate::target::Target;

/// The services of a server, those for its own upkeep aside, with their methods in proto syntax.
pub fn services(target: &Target, schema: &Schema) -> String {
    let mut text = format!("{target}\n");
    for service in schema.own_services() {
        text.push_str(&format!("  service {}\n", service.full_name()));
        for method in service.methods() {
            text.push_str(&format!("    {}\n", method_line(&method)));
        }
    }
    text
}

/// The proto files that a server's own services need, well-known ones aside, as source.
pub fn protos(target: &Target, schema: &Schema) -> String {
    let mut files: Vec<_> = schema.own_services().map(|service| service.parent_file()).collect();
    let mut at = 0;
    while let Some(file) = files.get(at).cloned() {
        let imports = file
            .dependencies()
            .filter(|import| !import.name().starts_with("google/protobuf/"));
        for import in imports {
            if !files.iter().any(|known| known.name() == import.name()) {
                files.push(import);
            }
        }
        at += 1;
    }
    let mut seen = std::collections::BTreeSet::new();
    let texts = files
        .iter()
        .filter(|file| seen.insert(file.name().to_owned()))
        .map(|file| {
            let head = format!("{} of {target}.", file.name());
            print(file, schema.source_info(), &head).text
        });
    texts.collect::<Vec<_>>().join("\n")
}

/// What changed at a server since its schema was saved.
pub fn changes(target: &Target, found: &[SchemaChange]) -> String {
    if found.is_empty() {
        return format!("{target}: nothing has changed\n");
    }
    let mut text = format!("{target}\n");
    for change in found {
        let weight = match change.weight {
            Weight::Breaking => "breaking",
            Weight::Additive => "additive",
        };
        text.push_str(&format!("  {weight}  {}: {}\n", change.element, change.text));
    }
    text
}
