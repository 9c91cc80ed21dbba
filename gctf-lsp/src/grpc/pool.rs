//! Descriptor pools from what servers and files give, repaired where well-known servers are at fault.

use super::descriptor::{self, File, FileSet};
use super::editions;
use super::repair::repair;
use crate::schema::source_info::{Descriptors, Note, SourceInfo};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, FileDescriptor};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whether a file is one of the well-known types that every pool has.
pub(super) fn is_bundled(name: &str) -> bool {
    DescriptorPool::global().get_file_by_name(name).is_some() && name.starts_with("google/protobuf/")
}

/// A pool of `files` and of the well-known types and error details that they leave out, with the comments of the files.
/// Other places lead into sources that are not here, and are most of what a server sends along.
///
/// # Errors
/// Why the descriptors make no sense.
pub fn build(mut files: Vec<File>) -> Result<Descriptors, String> {
    files.iter_mut().for_each(editions::lower);
    let mut source_info = SourceInfo::default();
    for file in &mut files {
        keep_locations(file, &mut source_info, Note::has_comment);
    }
    let repaired = repair(&mut files);
    add_bundled(&mut files);
    import_publicly(&mut files)?;
    // Those that were repaired may need each other; the others come one by one, so that little is there twice.
    let batches = match repaired {
        true => vec![files],
        false => in_order(files)?.into_iter().map(|file| vec![file]).collect(),
    };
    // The library has panicked on malformed descriptors; a server must not end this program.
    let built = std::panic::catch_unwind(|| {
        let mut pool = DescriptorPool::new();
        for file in batches {
            pool.decode_file_descriptor_set(FileSet { file }.encode_to_vec().as_slice())?;
        }
        Ok::<_, prost_reflect::DescriptorError>(pool)
    });
    match built {
        Ok(Ok(pool)) => Ok(Descriptors {
            pool: with_well_known(pool),
            source_info: Arc::new(source_info),
        }),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("malformed descriptors".to_owned()),
    }
}

/// Well-known types that have a JSON form of their own: an Any can hold them, imported or not.
const IN_ANY: [&str; 7] = [
    "any",
    "duration",
    "empty",
    "field_mask",
    "struct",
    "timestamp",
    "wrappers",
];

/// `pool` with the well-known types that an Any can hold, and the details that a status carries by custom.
pub(crate) fn with_well_known(mut pool: DescriptorPool) -> DescriptorPool {
    let known = DescriptorPool::global();
    let well_known = IN_ANY
        .iter()
        .filter_map(|name| known.get_file_by_name(&format!("google/protobuf/{name}.proto")));
    let bundled = match super::details::error_details(&pool) {
        Some(_) => None,
        None => super::details::google_rpc(),
    };
    let error_details = bundled.as_ref().and_then(super::details::error_details);
    let missing = well_known.chain(error_details).filter(|file| {
        let is_there =
            |message: &prost_reflect::MessageDescriptor| pool.get_message_by_name(message.full_name()).is_some();
        pool.get_file_by_name(file.name()).is_none() && !file.messages().any(|message| is_there(&message))
    });
    let missing: Vec<_> = missing.map(|file| file.file_descriptor_proto().clone()).collect();
    for file in missing {
        // Without it one type is shown as bytes.
        let _ = pool.add_file_descriptor_proto(file);
    }
    pool
}

/// `pool`, compiled from sources; of all that a compiler notes down of each source, names and comments are kept.
pub fn slim(pool: &DescriptorPool) -> Descriptors {
    let mut source_info = SourceInfo::default();
    let files = pool.files().map(|file| {
        let mut file = File::from(&file);
        keep_locations(&mut file, &mut source_info, is_of_use);
        file
    });
    let slim = again(files);
    Descriptors {
        pool: slim.unwrap_or_else(|| pool.clone()),
        source_info: Arc::new(source_info),
    }
}

/// `pool` without the files of these names, which none of the others imports.
pub fn without(pool: &DescriptorPool, names: &BTreeSet<String>) -> DescriptorPool {
    if names.is_empty() {
        return pool.clone();
    }
    let others = pool.files().filter(|file| !names.contains(file.name()));
    again(others.map(|file| File::from(&file))).unwrap_or_else(|| pool.clone())
}

/// A pool of files that another one had, in its order; `None` if they need others.
fn again(files: impl Iterator<Item = File>) -> Option<DescriptorPool> {
    let mut pool = DescriptorPool::new();
    for file in files {
        let added = pool.decode_file_descriptor_proto(file.encode_to_vec().as_slice());
        added.ok()?;
    }
    Some(pool)
}

/// The files of `pool` that `served` has as they are, but for those that others of `pool` import.
pub fn also_in(served: &DescriptorPool, pool: &DescriptorPool) -> BTreeSet<String> {
    /// The name of the type of descriptors of files.
    const FILE: &str = "google.protobuf.FileDescriptorProto";
    // Compilers encode options in different orders: decoded by a pool that knows them they are compared as they are meant.
    let known = pool.get_message_by_name(FILE);
    let kind = known.or_else(|| DescriptorPool::global().get_message_by_name(FILE));
    let declared = |file: &FileDescriptor| {
        let decoded = DynamicMessage::decode(kind.clone()?, file.encode_to_vec().as_slice());
        let mut decoded = decoded.ok()?;
        decoded.clear_field_by_name("source_code_info");
        Some(decoded)
    };
    let is_same = |file: &FileDescriptor| {
        let other = served.get_file_by_name(file.name());
        other.is_some_and(|other| declared(file).is_some_and(|own| declared(&other) == Some(own)))
    };
    let (same, mut others): (Vec<_>, Vec<_>) = pool.files().partition(is_same);
    let mut same: BTreeSet<_> = same.iter().map(|file| file.name().to_owned()).collect();
    while let Some(file) = others.pop() {
        others.extend(file.dependencies().filter(|import| same.remove(import.name())));
    }
    same
}

/// What is of use of the locations of a source that is here.
pub(super) fn is_of_use(note: &Note) -> bool {
    note.has_comment() || note.is_name()
}

/// Moves the locations that are wanted from `file` to `source_info`.
fn keep_locations(file: &mut File, source_info: &mut SourceInfo, is_wanted: impl Fn(&Note) -> bool) {
    let encoded = file.source_code_info.take().unwrap_or_default();
    // What is malformed tells nothing.
    let _ = source_info.add(file.name(), encoded, is_wanted);
}

fn add_bundled(files: &mut Vec<File>) {
    let pool = DescriptorPool::global();
    let mut present: BTreeSet<_> = files.iter().map(|file| file.name().to_owned()).collect();
    let mut wanted: Vec<_> = files.iter().flat_map(|file| file.dependency.clone()).collect();
    while let Some(name) = wanted.pop() {
        if present.contains(&name) {
            continue;
        }
        if let Some(file) = pool.get_file_by_name(&name) {
            let descriptor = File::from(file.file_descriptor_proto());
            wanted.extend(descriptor.dependency.iter().cloned());
            present.insert(name);
            files.push(descriptor);
        }
    }
}

/// Imports what is imported publicly by name: the library does not look for it at two removes or more, and a web of
/// public imports can keep it looking for ever.
fn import_publicly(files: &mut [File]) -> Result<(), String> {
    /// Imports of all files together; those of a large company's schema are some thousands.
    const MOST: usize = 200_000;
    let public: BTreeMap<String, Vec<String>> = files
        .iter()
        .filter(|file| !file.public_dependency.is_empty())
        .map(|file| {
            let places = file.public_dependency.iter();
            let places = places.filter_map(|place| file.dependency.get(usize::try_from(*place).ok()?));
            (file.name().to_owned(), places.cloned().collect())
        })
        .collect();
    let mut imports = 0;
    for file in files.iter_mut() {
        let mut present: BTreeSet<_> = file.dependency.iter().cloned().collect();
        let mut at = 0;
        while let Some(import) = file.dependency.get(at) {
            let more = public.get(import).into_iter().flatten();
            let more: Vec<_> = more.filter(|name| present.insert((*name).clone())).cloned().collect();
            file.dependency.extend(more);
            at += 1;
        }
        file.public_dependency.clear();
        imports += file.dependency.len();
        if imports > MOST {
            return Err(format!("its files import more than {MOST} others"));
        }
    }
    Ok(())
}

/// The files of a pool as a FileDescriptorSet that compilers read, each behind what it imports. Those that import each
/// other in a circle, as no compiler lets them, are left without imports: [`build`] finds what they need by its names.
pub fn encode(descriptors: &Descriptors) -> Vec<u8> {
    let (mut file, mut stuck) = sorted(descriptor::files(descriptors));
    stuck.iter_mut().for_each(|file| file.dependency.clear());
    file.append(&mut stuck);
    file.iter_mut().for_each(editions::raise);
    FileSet { file }.encode_to_vec()
}

/// Files behind what they import.
fn in_order(files: Vec<File>) -> Result<Vec<File>, String> {
    let (ordered, stuck) = sorted(files);
    match stuck.iter().map(File::name).min() {
        Some(stuck) => Err(format!("{stuck} imports itself in a circle")),
        None => Ok(ordered),
    }
}

/// Files behind what they import, and those that import themselves over others, or import such files.
fn sorted(files: Vec<File>) -> (Vec<File>, Vec<File>) {
    let names: BTreeSet<_> = files.iter().map(|file| file.name().to_owned()).collect();
    let mut importers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    // How many imports of each file are not in order yet.
    let mut waiting = Vec::with_capacity(files.len());
    for (at, file) in files.iter().enumerate() {
        let needs: BTreeSet<_> = file.dependency.iter().filter(|name| names.contains(*name)).collect();
        waiting.push(needs.len());
        for need in needs {
            importers.entry(need.clone()).or_default().push(at);
        }
    }
    let mut slots: Vec<_> = files.into_iter().map(Some).collect();
    let mut ready: Vec<_> = (0..slots.len()).filter(|at| waiting[*at] == 0).collect();
    let mut ordered = Vec::with_capacity(slots.len());
    while let Some(file) = ready.pop().and_then(|at| slots[at].take()) {
        // Of files of one name the first one counts.
        for importer in importers.remove(file.name()).unwrap_or_default() {
            waiting[importer] -= 1;
            if waiting[importer] == 0 {
                ready.push(importer);
            }
        }
        ordered.push(file);
    }
    (ordered, slots.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::docs;

    /// A pool of files with their texts, each of which imports the one before it.
    fn compiled(texts: &[(&str, &str)]) -> Descriptors {
        let folder = tempfile::tempdir().unwrap();
        let mut import = String::new();
        let mut files = Vec::new();
        for (name, text) in texts {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("syntax = \"proto3\";\n{import}{text}")).unwrap();
            import = format!("import \"{name}\";\n");
            files.push(path);
        }
        super::super::protos::compile_what_can(&files, &[folder.path().to_owned()])
    }

    fn pool(texts: &[(&str, &str)]) -> DescriptorPool {
        compiled(texts).pool
    }

    #[test]
    fn files_that_two_pools_have() {
        const A: &str = "message A { string a = 1; }";
        const B: &str = "message B { A a = 1; }";
        const C: &str = "message C { B b = 1 [deprecated = true]; }";
        let served = pool(&[("a.proto", A), ("b.proto", B), ("c.proto", C)]);
        let names = |texts: [&str; 3]| {
            let [a, b, c] = texts;
            let pool = pool(&[("a.proto", a), ("b.proto", b), ("c.proto", c)]);
            also_in(&served, &pool).into_iter().collect::<Vec<_>>()
        };
        assert_eq!(names([A, B, C]), ["a.proto", "b.proto", "c.proto"]);
        // Comments are no difference, whatever else there is is one.
        let commented = format!("// A comment.\n{A} // Another.\n");
        assert_eq!(names([&commented, B, C]), ["a.proto", "b.proto", "c.proto"]);
        assert_eq!(names([A, B, "message C { B b = 1; }"]), Vec::<&str>::new());
        assert_eq!(names([A, "message B { A a = 2; }", C]), ["c.proto"]);
        assert_eq!(names(["message A { bytes a = 1; }", B, C]), ["b.proto", "c.proto"]);
        // Options are the same in whatever order a compiler has encoded them.
        let encoded = |options: &[u8]| {
            let mut file = File::from(&served.get_file_by_name("a.proto").unwrap());
            file.options = Some(options.to_vec());
            let mut pool = DescriptorPool::new();
            pool.decode_file_descriptor_proto(file.encode_to_vec().as_slice())
                .unwrap();
            pool
        };
        // java_package (1) and go_package (11).
        let (package, other) = (encoded(b"\x0a\x01j\x5a\x01g"), encoded(b"\x5a\x01g\x0a\x01j"));
        assert_eq!(also_in(&package, &other).len(), 1);
        assert_eq!(also_in(&package, &encoded(b"\x5a\x01g\x0a\x01k")).len(), 0);
        // What nobody serves is no part of it.
        let more = pool(&[("a.proto", A), ("new.proto", "message New { A a = 1; }")]);
        assert_eq!(also_in(&served, &more).len(), 0);
    }

    #[test]
    fn comments_stay_when_a_schema_is_built_again() {
        let compiled = compiled(&[(
            "a.proto",
            "// A comment.\nmessage A {\n  // Another.\n  string a = 1; }",
        )]);
        let built = build(descriptor::files(&compiled)).unwrap();
        let again = build(FileSet::decode(encode(&built).as_slice()).unwrap().file).unwrap();
        for Descriptors { pool, source_info } in [&compiled, &built, &again] {
            let message = pool.get_message_by_name("A").unwrap();
            assert_eq!(docs::of_message(source_info, &message), "A comment.");
            assert_eq!(docs::of_field(source_info, &message.get_field(1).unwrap()), "Another.");
            let own = message.parent_file();
            assert_eq!(own.file_descriptor_proto().source_code_info, None);
            // Only sources that are here have places of names.
            let name = [message.path(), &[1]].concat();
            let is_here = std::ptr::eq(source_info, &compiled.source_info);
            assert_eq!(source_info.location(&own, &name).is_some(), is_here);
        }
    }

    #[test]
    fn files_that_are_not_needed() {
        let all = pool(&[("a.proto", "message A {}"), ("b.proto", "message B { A a = 1; }")]);
        let names = |without: &[&str]| {
            let without: BTreeSet<_> = without.iter().map(|name| (*name).to_owned()).collect();
            let rest = super::without(&all, &without);
            rest.files().map(|file| file.name().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), ["a.proto", "b.proto"]);
        assert_eq!(names(&["b.proto"]), ["a.proto"]);
        assert_eq!(names(&["a.proto", "b.proto"]), Vec::<String>::new());
        // One that is needed all the same stays.
        assert_eq!(names(&["a.proto"]), ["a.proto", "b.proto"]);
    }
}
