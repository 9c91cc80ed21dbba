//! Descriptor pools from what servers and files give, repaired where well-known servers are at fault.

use super::descriptor::{File, FileSet};
use super::editions;
use super::repair::repair;
use prost::Message as _;
use prost_reflect::DescriptorPool;
use std::collections::{BTreeMap, BTreeSet};

/// Whether a file is one of the well-known types that every pool has.
pub(super) fn is_bundled(name: &str) -> bool {
    DescriptorPool::global().get_file_by_name(name).is_some() && name.starts_with("google/protobuf/")
}

/// A pool of `files` and of the well-known types and error details that they leave out.
///
/// # Errors
/// Why the descriptors make no sense.
pub fn build(mut files: Vec<File>) -> Result<DescriptorPool, String> {
    files.iter_mut().for_each(editions::lower);
    let repaired = repair(&mut files);
    add_bundled(&mut files);
    if !repaired {
        refuse_cycles(&files)?;
    }
    import_publicly(&mut files)?;
    let set = FileSet { file: files }.encode_to_vec();
    // The library has panicked on malformed descriptors; a server must not end this program.
    let built = std::panic::catch_unwind(|| {
        let mut pool = DescriptorPool::new();
        pool.decode_file_descriptor_set(set.as_slice()).map(|()| pool)
    });
    match built {
        Ok(Ok(pool)) => Ok(with_well_known(pool)),
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

fn refuse_cycles(files: &[File]) -> Result<(), String> {
    let imports: BTreeMap<_, _> = files.iter().map(|file| (file.name(), &file.dependency)).collect();
    let mut done = BTreeSet::new();
    while done.len() < imports.len() {
        let ready: Vec<_> = imports
            .iter()
            .filter(|(name, needs)| {
                let settled = |need: &String| done.contains(need.as_str()) || !imports.contains_key(need.as_str());
                !done.contains(*name) && needs.iter().all(settled)
            })
            .map(|(name, _)| *name)
            .collect();
        if ready.is_empty() {
            let stuck = imports
                .keys()
                .find(|name| !done.contains(*name))
                .copied()
                .unwrap_or_default();
            return Err(format!("{stuck} imports itself in a circle"));
        }
        done.extend(ready);
    }
    Ok(())
}
