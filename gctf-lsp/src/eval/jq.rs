//! Expressions on values: variables by name, the call for plugins.

use super::template::Variables;
use crate::expr::{Bounds, Engine, ExprError, Place, Program, RunError, to_val};
use crate::schema::shape::Shape;
use crate::types::expression::{self, Resolved};
use crate::types::form::{Defaults, Type};
use jaq_json::Val;
use prost_reflect::MessageDescriptor;
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

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
            "environment": *variables.environment,
        })
    }
}

/// Why an expression gave no outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    Broken(Vec<ExprError>),
    Failed(RunError),
}

/// What an expression compiles to.
#[derive(Clone, Debug)]
struct Compiled {
    program: Arc<Program>,
    /// What its outputs can be.
    ty: Type,
}

/// An expression as it is written, where it stands, and whether its input has a type.
type Key = (Place, bool, String);

/// What has been compiled, and for which variables.
#[derive(Debug)]
struct Known {
    names: Vec<String>,
    types: BTreeMap<String, Type>,
    compiled: Result<Compiled, Vec<ExprError>>,
}

/// The expressions of a document, each compiled once: a stream may ask for a line with every message. Its messages
/// have one type, and what is no message has none.
#[derive(Debug)]
pub struct Programs {
    engine: Arc<Engine>,
    compiled: Mutex<HashMap<Key, Known>>,
}

impl Programs {
    pub fn new(engine: Arc<Engine>) -> Self {
        Self {
            engine,
            compiled: Mutex::default(),
        }
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What `source` compiles to, unless it has been compiled before for the same variables.
    fn compiled(&self, source: &str, place: Place, scope: &Scope<'_>) -> Result<Compiled, Vec<ExprError>> {
        let key = (place, scope.message.is_some(), source.to_owned());
        let types = &scope.variables.types;
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        match compiled.get(&key) {
            Some(known) if known.names == scope.names && known.types == *types => known.compiled.clone(),
            _ => {
                let program = scope.compile(source, place);
                let known = Known {
                    names: scope.names.iter().map(|name| (*name).to_owned()).collect(),
                    types: types.clone(),
                    compiled: program.clone(),
                };
                compiled.insert(key, known);
                program
            }
        }
    }
}

/// What expressions look at, read by them as often as they like.
#[derive(Debug)]
pub struct Input<'a> {
    json: Cow<'a, Json>,
    value: OnceCell<Val>,
}

impl<'a> Input<'a> {
    pub fn new(json: Cow<'a, Json>) -> Self {
        let value = OnceCell::new();
        Self { json, value }
    }

    fn value(&self) -> Val {
        self.value.get_or_init(|| to_val(&self.json)).clone()
    }
}

/// Expressions with the values that they can see.
#[derive(Debug)]
pub struct Scope<'a> {
    programs: &'a Programs,
    input: &'a Input<'a>,
    variables: &'a Variables,
    call: &'a CallContext,
    /// The type of the input, if it is a message of a known one.
    message: Option<&'a MessageDescriptor>,
    /// The names of the variables without `$`.
    names: Vec<&'a str>,
    /// What plugins read of the call.
    call_value: OnceCell<Val>,
    /// The values of the variables, in the order of their names.
    values: OnceCell<Vec<Val>>,
}

impl<'a> Scope<'a> {
    pub fn new(
        programs: &'a Programs,
        input: &'a Input<'a>,
        variables: &'a Variables,
        call: &'a CallContext,
        message: Option<&'a MessageDescriptor>,
    ) -> Self {
        Self {
            programs,
            input,
            variables,
            call,
            message,
            names: bindings(variables).into_keys().collect(),
            call_value: OnceCell::new(),
            values: OnceCell::new(),
        }
    }

    pub(super) fn engine(&self) -> &Engine {
        self.programs.engine()
    }

    pub(super) fn names(&self) -> &[&'a str] {
        &self.names
    }

    /// The outputs of an expression as it is written.
    ///
    /// # Errors
    /// What is wrong with the text, or what went wrong when it ran.
    pub fn outputs(&self, source: &str, place: Place) -> Result<Vec<Json>, Fault> {
        Ok(self.typed_outputs(source, place)?.0)
    }

    /// The outputs of an expression, and what they can be by type.
    ///
    /// # Errors
    /// What is wrong with the text, or what went wrong when it ran.
    pub fn typed_outputs(&self, source: &str, place: Place) -> Result<(Vec<Json>, Type), Fault> {
        let compiled = self.programs.compiled(source, place, self).map_err(Fault::Broken)?;
        let outputs = self.run(&compiled.program).map_err(Fault::Failed)?;
        Ok((outputs, compiled.ty.clone()))
    }

    fn compile(&self, source: &str, place: Place) -> Result<Compiled, Vec<ExprError>> {
        let resolved = self.resolved(source, place);
        if !resolved.errors.is_empty() {
            return Err(resolved.errors);
        }
        let program = self.engine().compile(&resolved.text, place, &self.names);
        // Errors speak of the text as it was written.
        let program = program.or_else(|_| self.engine().compile(source, place, &self.names))?;
        Ok(Compiled {
            program: Arc::new(program),
            ty: resolved.ty,
        })
    }

    /// The expression with the fields of messages under the names that they are shown with.
    pub fn resolved<'s>(&self, source: &'s str, place: Place) -> Resolved<'s> {
        let ty = self
            .message
            .map_or(Type::Unknown, |message| Type::of(Shape::of_message(message)));
        let input = expression::Input {
            ty,
            variables: &self.variables.types,
            defaults: Defaults::Uncertain,
        };
        expression::resolve(source, place, &input)
    }

    pub(super) fn run(&self, program: &Arc<Program>) -> Result<Vec<Json>, RunError> {
        let call = match program.reads_call {
            true => self
                .call_value
                .get_or_init(|| to_val(&self.call.to_json(self.variables))),
            false => &Val::Null,
        };
        let values = self.values.get_or_init(|| {
            let bindings = bindings(self.variables).into_values();
            bindings.map(|value| to_val(&value)).collect()
        });
        let globals = [call].into_iter().chain(values).cloned().collect();
        let engine = self.engine();
        engine.evaluate(program, self.input.value(), globals, Bounds::default())
    }
}

/// The variables by the names that `$` reads. Columns of rows, which have a name with a dot, are fields of one
/// variable for all of them.
fn bindings(variables: &Variables) -> BTreeMap<&str, Cow<'_, Json>> {
    let values = &variables.values;
    let mut bindings: BTreeMap<&str, Cow<'_, Json>> = BTreeMap::new();
    for (name, value) in values {
        match name.split_once('.') {
            None => drop(bindings.insert(name, Cow::Borrowed(value))),
            Some((root, _)) if values.contains_key(root) => {}
            Some((root, column)) => {
                let row = bindings.entry(root).or_insert_with(|| Cow::Owned(json!({})));
                if let Json::Object(row) = row.to_mut() {
                    row.insert(column.to_owned(), value.clone());
                }
            }
        }
    }
    bindings
}
