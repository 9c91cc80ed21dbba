//! Schemas and what changed in them, for people.

use crate::schema::Schema;
use crate::schema::diff::{SchemaChange, Weight};
use crate::schema::docs::method_line;
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
