//! Expressions on values: variables by name, the call for plugins.

use super::template::Variables;
use crate::expr::{Bounds, Engine, ExprError, Place, Program, RunError};
use crate::types::Resolved;
use prost_reflect::MessageDescriptor;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// What plugins read of a call.
#[derive(Clone, Debug, Default)]
pub struct CallContext {
    pub headers: Vec<(String, String)>,
    pub trailers: Vec<(String, String)>,
    pub elapsed_ms: u64,
    pub total_elapsed_ms: u64,
    /// Messages that the section looks at.
    pub message_count: u64,
    /// Its number among such sections, from 1.
    pub index: u64,
}

impl CallContext {
    fn to_json(&self, variables: &Variables) -> Json {
        json!({
            "headers": self.headers,
            "trailers": self.trailers,
            "elapsed_ms": self.elapsed_ms,
            "total_elapsed_ms": self.total_elapsed_ms,
            "message_count": self.message_count,
            "index": self.index,
            "environment": variables.environment,
        })
    }
}

/// Why an expression gave no outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    Broken(Vec<ExprError>),
    Failed(RunError),
}

/// Expressions with the values that they can see.
#[derive(Debug)]
pub struct Scope<'a> {
    pub engine: &'a Engine,
    pub input: &'a Json,
    pub variables: &'a Variables,
    pub call: &'a CallContext,
    /// The type of `input`, if it is a message of a known one.
    pub message: Option<&'a MessageDescriptor>,
}

impl Scope<'_> {
    /// The names of the variables without `$`.
    pub(super) fn names(&self) -> Vec<&str> {
        self.bindings().into_keys().collect()
    }

    /// The variables by the names that `$` reads. Columns of rows, which have a name with a dot, are fields of one
    /// variable for all of them.
    fn bindings(&self) -> BTreeMap<&str, Json> {
        let values = &self.variables.values;
        let mut bindings: BTreeMap<&str, Json> = BTreeMap::new();
        for (name, value) in values {
            match name.split_once('.') {
                None => drop(bindings.insert(name, value.clone())),
                Some((root, _)) if values.contains_key(root) => {}
                Some((root, column)) => {
                    if let Json::Object(row) = bindings.entry(root).or_insert_with(|| json!({})) {
                        row.insert(column.to_owned(), value.clone());
                    }
                }
            }
        }
        bindings
    }

    /// The outputs of an expression as it is written.
    ///
    /// # Errors
    /// What is wrong with the text, or what went wrong when it ran.
    pub fn outputs(&self, source: &str, place: Place) -> Result<Vec<Json>, Fault> {
        self.outputs_of(&self.resolved(source, place), source, place)
    }

    /// The outputs of an expression that is resolved; `source` is its text as it is written.
    ///
    /// # Errors
    /// What is wrong with the text, or what went wrong when it ran.
    pub fn outputs_of(&self, resolved: &Resolved<'_>, source: &str, place: Place) -> Result<Vec<Json>, Fault> {
        if !resolved.errors.is_empty() {
            return Err(Fault::Broken(resolved.errors.clone()));
        }
        let names = self.names();
        let program = self.engine.compile(&resolved.text, place, &names);
        // Errors speak of the text as it was written.
        let program = program.or_else(|_| self.engine.compile(source, place, &names));
        self.run(program.map_err(Fault::Broken)?).map_err(Fault::Failed)
    }

    /// The expression with the fields of messages under the names that they are shown with.
    pub fn resolved<'s>(&self, source: &'s str, place: Place) -> Resolved<'s> {
        crate::types::resolve(source, place, self.message, &self.variables.shapes)
    }

    pub(super) fn run(&self, program: Program) -> Result<Vec<Json>, RunError> {
        let values: Vec<_> = self.bindings().into_values().collect();
        let call = self.call.to_json(self.variables);
        crate::expr::evaluate(program, self.input, &call, &values, Bounds::default())
    }
}
