//! Descriptor pools from what servers and files give, repaired where well-known servers are at fault.

use super::descriptor::{self, File, FileSet};
use super::repair::repair;
use super::{census, editions};
use prost::Message as _;
use prost::encoding::{WireType, encode_key, encode_varint};
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
    files.iter_mut().for_each(keep_comments);
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

/// `pool`, compiled from sources, without the places that nobody asks for: of all that a compiler notes down, only names
/// and comments.
pub(super) fn slim(pool: DescriptorPool) -> DescriptorPool {
    let mut slim = DescriptorPool::new();
    for mut file in descriptor::files(&pool) {
        keep_places(&mut file, |place| place.has_comment() || place.is_name());
        let file = FileSet { file: vec![file] };
        if slim
            .decode_file_descriptor_set(file.encode_to_vec().as_slice())
            .is_err()
        {
            return pool;
        }
    }
    slim
}

/// A place in the sources, and what stands there.
#[derive(Clone, PartialEq, prost::Message)]
struct Place {
    #[prost(int32, repeated, tag = "1")]
    path: Vec<i32>,
    #[prost(string, optional, tag = "3")]
    leading_comments: Option<String>,
    #[prost(string, optional, tag = "4")]
    trailing_comments: Option<String>,
}

impl Place {
    fn has_comment(&self) -> bool {
        self.leading_comments.is_some() || self.trailing_comments.is_some()
    }

    /// Whether it is that of an element's name, which has the number 1 in every kind of descriptor.
    fn is_name(&self) -> bool {
        self.path.len() % 2 == 1 && self.path.last() == Some(&1)
    }
}

/// Drops the places of what has no comment: they lead into sources that are not here, and are most of what a server
/// sends along.
fn keep_comments(file: &mut File) {
    keep_places(file, Place::has_comment);
}

fn keep_places(file: &mut File, is_kept: impl Fn(&Place) -> bool) {
    let Some(places) = file.source_code_info.take() else {
        return;
    };
    let mut kept = Vec::new();
    let is_wanted = |place: &[u8]| is_kept(&Place::decode(place).unwrap_or_default());
    for (number, place) in census::parts(&places).filter(|(_, place)| is_wanted(place)) {
        encode_key(number, WireType::LengthDelimited, &mut kept);
        encode_varint(place.len() as u64, &mut kept);
        kept.extend(place);
    }
    file.source_code_info = Some(kept);
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
pub fn encode(pool: &DescriptorPool) -> Vec<u8> {
    let (mut file, mut stuck) = sorted(super::descriptor::files(pool));
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
