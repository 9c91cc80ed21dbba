//! Descriptors as proto source that means the same, with the place of every element: what a definition leads to where
//! nobody has the source. Knows nothing of files on the disk.

mod fields;
mod messages;
mod names;
mod options;
#[cfg(test)]
mod tests;

use super::docs;
use super::source_info::SourceInfo;
use names::Names;
use prost_reflect::{DynamicMessage, EnumDescriptor, FileDescriptor, MethodDescriptor, ServiceDescriptor};
use std::collections::BTreeMap;
use std::ops::Range;

/// A file as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    pub text: String,
    places: BTreeMap<Vec<i32>, Range<usize>>,
}

impl Printed {
    /// The bytes of the name of the element at `path`, as descriptors count their parts.
    pub fn place(&self, path: &[i32]) -> Option<Range<usize>> {
        self.places.get(path).cloned()
    }
}

/// The text of `file`, with the comments that `info` has. It begins with `head`, a line that says where the file comes
/// from.
pub fn print(file: &FileDescriptor, info: &SourceInfo, head: &str) -> Printed {
    let mut printer = Printer {
        names: Names::new(file),
        file,
        info,
        out: String::new(),
        depth: 0,
        places: BTreeMap::new(),
    };
    printer.line(&format!("// {head}"));
    printer.file(file);
    printer.out.truncate(printer.out.trim_end().len());
    printer.out.push('\n');
    Printed {
        text: printer.out,
        places: printer.places,
    }
}

struct Printer<'a> {
    names: Names,
    file: &'a FileDescriptor,
    info: &'a SourceInfo,
    out: String,
    depth: usize,
    places: BTreeMap<Vec<i32>, Range<usize>>,
}

impl Printer<'_> {
    fn indent(&mut self) {
        self.out.push_str(&"  ".repeat(self.depth));
    }

    fn line(&mut self, text: &str) {
        self.indent();
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// A blank line, unless there is one.
    fn gap(&mut self) {
        if !self.out.ends_with("\n\n") && !self.out.ends_with("{\n") {
            self.out.push('\n');
        }
    }

    /// `name`, where the element at `path` is declared.
    fn name(&mut self, path: &[i32], name: &str) {
        let start = self.out.len();
        self.out.push_str(name);
        self.places.insert(path.to_vec(), start..self.out.len());
    }

    fn comment(&mut self, path: &[i32]) {
        for line in docs::comments(self.info, self.file, path).lines() {
            self.line(format!("// {line}").trim_end());
        }
    }

    fn open(&mut self) {
        self.out.push_str(" {\n");
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth -= 1;
        if self.out.ends_with("\n\n") {
            self.out.pop();
        }
        // A block that stayed empty is written on one line.
        match self.out.strip_suffix("{\n").map(str::len) {
            Some(length) => {
                self.out.truncate(length);
                self.out.push_str("{}\n");
            }
            None => self.line("}"),
        }
    }

    fn statements(&mut self, options: &DynamicMessage, scope: &str) {
        for (name, value) in options::set(options, &self.names, scope) {
            self.line(&format!("option {name} = {value};"));
        }
    }

    fn file(&mut self, file: &FileDescriptor) {
        let proto = file.file_descriptor_proto();
        self.gap();
        self.comment(&[12]);
        let syntax = match proto.syntax() {
            "proto3" => "proto3",
            _ => "proto2",
        };
        self.line(&format!("syntax = \"{syntax}\";"));
        if !proto.package().is_empty() {
            self.gap();
            self.comment(&[2]);
            self.line(&format!("package {};", proto.package()));
        }
        self.gap();
        for (at, name) in proto.dependency.iter().enumerate() {
            let is_in = |list: &[i32]| list.iter().any(|index| usize::try_from(*index) == Ok(at));
            let kind = match (is_in(&proto.public_dependency), is_in(&proto.weak_dependency)) {
                (true, _) => "public ",
                (_, true) => "weak ",
                _ => "",
            };
            self.line(&format!("import {kind}{};", options::quoted(name.as_bytes())));
        }
        self.gap();
        self.statements(&file.options(), file.package_name());
        for service in file.services() {
            self.service(&service);
        }
        let messages: Vec<_> = file.messages().collect();
        self.messages(&messages, &file.extensions().collect::<Vec<_>>());
        for descriptor in file.enums() {
            self.enumeration(&descriptor);
        }
        self.extensions(file.extensions(), file.package_name());
    }

    fn service(&mut self, service: &ServiceDescriptor) {
        self.gap();
        self.comment(service.path());
        self.indent();
        self.out.push_str("service ");
        self.name(service.path(), service.name());
        self.open();
        self.statements(&service.options(), service.full_name());
        for method in service.methods() {
            self.method(&method);
        }
        self.close();
    }

    fn method(&mut self, method: &MethodDescriptor) {
        let scope = method.parent_service().full_name();
        let message = |is_stream: bool, name: &str, names: &Names| {
            let stream = if is_stream { "stream " } else { "" };
            format!("{stream}{}", names.shortest(name, scope))
        };
        let input = message(method.is_client_streaming(), method.input().full_name(), &self.names);
        let output = message(method.is_server_streaming(), method.output().full_name(), &self.names);
        self.comment(method.path());
        self.indent();
        self.out.push_str("rpc ");
        self.name(method.path(), method.name());
        self.out.push_str(&format!("({input}) returns ({output})"));
        let options = method.options();
        match options::set(&options, &self.names, scope).is_empty() {
            true => self.out.push_str(";\n"),
            false => {
                self.open();
                self.statements(&options, scope);
                self.close();
            }
        }
    }

    fn enumeration(&mut self, descriptor: &EnumDescriptor) {
        self.gap();
        self.comment(descriptor.path());
        self.indent();
        self.out.push_str("enum ");
        self.name(descriptor.path(), descriptor.name());
        self.open();
        let scope = descriptor.full_name();
        self.statements(&descriptor.options(), scope);
        // `values()` goes by number.
        let mut values: Vec<_> = descriptor.values().collect();
        values.sort_by_key(|value| value.path().last().copied());
        for value in values {
            self.comment(value.path());
            self.indent();
            self.name(value.path(), value.name());
            let options = options::set(&value.options(), &self.names, scope);
            self.out
                .push_str(&format!(" = {}{};\n", value.number(), options::in_brackets(&options)));
        }
        let ranges = descriptor.enum_descriptor_proto().reserved_range.iter();
        let ranges = ranges.map(|range| messages::range(range.start(), range.end(), i32::MAX));
        self.reserved(ranges.collect(), &descriptor.enum_descriptor_proto().reserved_name);
        self.close();
        self.gap();
    }

    fn reserved(&mut self, ranges: Vec<String>, names: &[String]) {
        let names: Vec<_> = names.iter().map(|name| options::quoted(name.as_bytes())).collect();
        for list in [ranges, names].iter().filter(|list| !list.is_empty()) {
            self.line(&format!("reserved {};", list.join(", ")));
        }
    }
}
