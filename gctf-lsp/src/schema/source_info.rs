//! Comments and places of the sources of descriptors. They are kept encoded beside the pool, which would hold each of
//! them twice and several times as large.

use prost_reflect::prost::bytes::Bytes;
use prost_reflect::prost::{DecodeError, Message};
use prost_reflect::prost_types::source_code_info::Location;
use prost_reflect::{DescriptorPool, FileDescriptor};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// A pool, whose descriptors have no source info of their own, and what is known of their sources.
#[derive(Clone, Debug, Default)]
pub struct Descriptors {
    pub pool: DescriptorPool,
    pub source_info: Arc<SourceInfo>,
}

impl From<DescriptorPool> for Descriptors {
    fn from(pool: DescriptorPool) -> Self {
        Self {
            pool,
            source_info: Arc::default(),
        }
    }
}

/// The SourceCodeInfo of files, by their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceInfo {
    files: BTreeMap<String, Locations>,
}

/// Encoded locations.
#[derive(Clone, Debug, PartialEq)]
struct Locations {
    encoded: Box<[u8]>,
    /// Where each one is in `encoded`, by their paths.
    places: Box<[Range<usize>]>,
}

/// A SourceCodeInfo.
#[derive(Clone, PartialEq, Message)]
struct Encoded {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    location: Vec<Bytes>,
}

/// Of a location what it says, and of which element.
#[derive(Clone, PartialEq, Message)]
pub struct Note {
    #[prost(int32, repeated, tag = "1")]
    path: Vec<i32>,
    #[prost(string, optional, tag = "3")]
    leading_comments: Option<String>,
    #[prost(string, optional, tag = "4")]
    trailing_comments: Option<String>,
}

impl Note {
    /// Whether it says anything.
    pub fn has_comment(&self) -> bool {
        self.leading_comments.is_some() || self.trailing_comments.is_some()
    }

    /// Whether it is about an element's name, which has the number 1 in every kind of descriptor.
    pub fn is_name(&self) -> bool {
        self.path.len() % 2 == 1 && self.path.last() == Some(&1)
    }
}

/// Of a location only which element it is about.
#[derive(Clone, PartialEq, Message)]
struct Path {
    #[prost(int32, repeated, tag = "1")]
    path: Vec<i32>,
}

/// A location of nothing where it is malformed.
fn decoded<T: Message + Default>(location: &[u8]) -> T {
    T::decode(location).unwrap_or_default()
}

impl SourceInfo {
    /// Takes up what is wanted of `encoded`, the SourceCodeInfo of `file`.
    ///
    /// # Errors
    /// Bytes that are none.
    pub fn add(&mut self, file: &str, encoded: Vec<u8>, is_wanted: impl Fn(&Note) -> bool) -> Result<(), DecodeError> {
        let locations = Encoded::decode(Bytes::from(encoded))?.location.into_iter();
        self.insert(file, locations.filter(|location| is_wanted(&decoded(location))));
        Ok(())
    }

    /// Takes up encoded locations of `file`.
    pub(super) fn insert(&mut self, file: &str, locations: impl Iterator<Item = Bytes>) {
        let mut locations: Vec<_> = locations
            .map(|location| (decoded::<Path>(&location).path, location))
            .collect();
        if locations.is_empty() {
            return;
        }
        // Of several locations of an element the first one counts.
        locations.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut encoded = Vec::new();
        let places = locations.into_iter().map(|(_, location)| {
            let start = encoded.len();
            encoded.extend(location);
            start..encoded.len()
        });
        let places = places.collect();
        let encoded = encoded.into_boxed_slice();
        self.files.insert(file.to_owned(), Locations { encoded, places });
    }

    /// All that is known of `file`, encoded as a SourceCodeInfo.
    pub fn encoded(&self, file: &str) -> Option<Vec<u8>> {
        let locations = self.files.get(file)?;
        let location = locations.all().map(Bytes::copy_from_slice).collect();
        Some(Encoded { location }.encode_to_vec())
    }

    /// The encoded locations of `file`, by their paths.
    pub(super) fn of_file(&self, file: &str) -> impl Iterator<Item = &[u8]> {
        self.files.get(file).into_iter().flat_map(Locations::all)
    }

    /// What is known of the element at `path` of `file`, as descriptors count their parts.
    pub fn location(&self, file: &FileDescriptor, path: &[i32]) -> Option<Location> {
        self.files.get(file.name())?.find(path).map(decoded)
    }
}

impl Locations {
    fn all(&self) -> impl Iterator<Item = &[u8]> {
        self.places.iter().map(|place| &self.encoded[place.clone()])
    }

    fn find(&self, path: &[i32]) -> Option<&[u8]> {
        let path_at = |place: &Range<usize>| decoded::<Path>(&self.encoded[place.clone()]).path;
        let first = self.places.partition_point(|place| path_at(place).as_slice() < path);
        let place = self.places.get(first).filter(|place| path_at(place) == path)?;
        Some(&self.encoded[place.clone()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost_reflect::prost_types::SourceCodeInfo;

    fn location(path: &[i32], comment: &str) -> Location {
        Location {
            path: path.to_vec(),
            span: vec![1, 2, 3],
            leading_comments: Some(comment.to_owned()),
            ..Location::default()
        }
    }

    #[test]
    fn an_element_is_found_by_its_path() {
        let pool = DescriptorPool::global();
        let any = pool.get_file_by_name("google/protobuf/any.proto").unwrap();
        let empty = pool.get_file_by_name("google/protobuf/empty.proto").unwrap();
        let paths: [&[i32]; 7] = [
            &[4, 1],
            &[],
            &[4, 0],
            &[4, 0, 2, 10],
            &[4, 0, 2, 9],
            &[4, 0, 2, 9],
            &[12],
        ];
        let located = paths.iter().enumerate();
        let encoded = SourceCodeInfo {
            location: located.map(|(at, path)| location(path, &at.to_string())).collect(),
        };
        let mut info = SourceInfo::default();
        let is_wanted = |note: &Note| note.path != [12];
        info.add(any.name(), encoded.encode_to_vec(), is_wanted).unwrap();
        let comment = |file, path: &[i32]| Some(info.location(file, path)?.leading_comments().to_owned());
        let found: Vec<_> = paths.iter().map(|path| comment(&any, path)).collect();
        let expected = ["0", "1", "2", "3", "4", "4", ""].map(str::to_owned).map(Some);
        assert_eq!(found, [&expected[..6], &[None]].concat());
        for path in [&[4][..], &[4, 0, 2], &[4, 0, 2, 8], &[4, 2], &[99]] {
            assert_eq!(comment(&any, path), None, "{path:?}");
        }
        assert_eq!(comment(&empty, &[4, 0]), None);
        // What comes out is what went in, by path.
        let mut again = SourceInfo::default();
        again
            .add(any.name(), info.encoded(any.name()).unwrap(), |_| true)
            .unwrap();
        assert_eq!(again, info);
        assert_eq!(info.of_file(any.name()).count(), 6);
        assert_eq!(info.encoded(empty.name()), None);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let mut info = SourceInfo::default();
        assert!(info.add("a.proto", vec![0x0a, 5, 1], |_| true).is_err());
        // A malformed location is about nothing.
        info.add("a.proto", vec![0x0a, 1, 0x07], |_| true).unwrap();
        assert_eq!(info.of_file("a.proto").count(), 1);
    }
}
