//! How a type is named at a place of a file: as short as possible, and so that it means nothing else there.

use prost_reflect::FileDescriptor;
use std::collections::HashSet;

/// All names that a name in a file could meet.
pub(super) struct Names {
    known: HashSet<String>,
}

impl Names {
    /// The names of everything in the pool of `file`: more than the file can see, so that a name that is short enough
    /// for all of it is right whatever the file imports.
    pub(super) fn new(file: &FileDescriptor) -> Self {
        let pool = file.parent_pool();
        let mut known = HashSet::new();
        for message in pool.all_messages() {
            known.extend(message.fields().map(|field| field.full_name().to_owned()));
            known.extend(message.oneofs().map(|oneof| oneof.full_name().to_owned()));
            known.insert(message.full_name().to_owned());
        }
        for descriptor in pool.all_enums() {
            known.extend(descriptor.values().map(|value| value.full_name().to_owned()));
            known.insert(descriptor.full_name().to_owned());
        }
        for service in pool.services() {
            known.extend(service.methods().map(|method| method.full_name().to_owned()));
            known.insert(service.full_name().to_owned());
        }
        known.extend(pool.all_extensions().map(|extension| extension.full_name().to_owned()));
        for file in pool.files() {
            let package = file.package_name();
            known.extend(prefixes(package).map(str::to_owned));
        }
        Self { known }
    }

    /// The shortest text that means `full` inside of `scope`, both full names.
    pub(super) fn shortest(&self, full: &str, scope: &str) -> String {
        let candidates = prefixes(scope).filter_map(|prefix| full.strip_prefix(prefix)?.strip_prefix('.'));
        candidates
            .chain([full])
            .find(|candidate| self.means(candidate, scope, full))
            .map_or_else(|| format!(".{full}"), str::to_owned)
    }

    /// Whether `name` inside of `scope` is `full`: its first part is looked for from the inside out.
    fn means(&self, name: &str, scope: &str, full: &str) -> bool {
        let first = name.split('.').next().unwrap_or(name);
        let found = prefixes(scope).find(|prefix| self.known.contains(&format!("{prefix}.{first}")));
        match found {
            Some(prefix) => full.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')) == Some(name),
            None => name == full,
        }
    }
}

/// `a.b.c`, `a.b`, `a`.
fn prefixes(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| Some(name.rsplit_once('.')?.0)).filter(|name| !name.is_empty())
}
