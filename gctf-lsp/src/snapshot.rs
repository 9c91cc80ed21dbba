//! What a server understood when somebody saved it: `HOST_PORT.binpb`, a FileDescriptorSet that PROTO `descriptor`
//! can name as well, and `HOST_PORT.toml`, which says where it came from.

use crate::grpc::{pool, protos};
use crate::schema::Schema;
use crate::target::Target;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The folder of snapshots, beside the tests, where nothing names another one.
pub const FOLDER: &str = "gctf-schema";

/// What stands beside the descriptors.
#[derive(Debug, Serialize, Deserialize)]
struct Notes {
    /// Where the schema was loaded from, without credentials.
    source: String,
    /// Seconds since 1970-01-01T00:00:00Z.
    saved: u64,
    /// SHA-256 of the descriptors' file, hexadecimal.
    sha256: String,
    /// The services that the server lists.
    services: Vec<String>,
}

/// A schema that was saved.
#[derive(Debug)]
pub struct Snapshot {
    pub schema: Schema,
    pub saved: SystemTime,
}

/// Where the descriptors of `target` are saved in `folder`.
pub fn path(folder: &Path, target: &Target) -> PathBuf {
    let host: String = target
        .host
        .chars()
        .map(
            |character| match character.is_ascii_alphanumeric() || matches!(character, '.' | '-') {
                true => character,
                false => '_',
            },
        )
        .collect();
    folder.join(format!("{host}_{}.binpb", target.port))
}

/// Writes the schema of `target`, both files whole or not at all; where to.
///
/// # Errors
/// The file that cannot be written.
pub fn save(folder: &Path, target: &Target, schema: &Schema) -> Result<PathBuf, String> {
    let path = path(folder, target);
    let bytes = pool::encode(schema.descriptors());
    let notes = Notes {
        source: format!("reflection of {target}"),
        saved: seconds(SystemTime::now()),
        sha256: digest(&bytes),
        services: schema
            .services()
            .map(|service| service.full_name().to_owned())
            .collect(),
    };
    let text = toml::to_string(&notes).map_err(|error| error.to_string())?;
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    write(&path, &bytes)?;
    write(&path.with_extension("toml"), text.as_bytes())?;
    Ok(path)
}

/// Reads the schema of `target`; `None` if none was saved.
///
/// # Errors
/// The file that cannot be read, or does not hold what was saved.
pub fn read(folder: &Path, target: &Target) -> Result<Option<Snapshot>, String> {
    let path = path(folder, target);
    let notes = path.with_extension("toml");
    let text = match std::fs::read_to_string(&notes) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(&notes, &error)),
    };
    let known: Notes = toml::from_str(&text).map_err(|error| failed(&notes, &error))?;
    let bytes = std::fs::read(&path).map_err(|error| failed(&path, &error))?;
    if digest(&bytes) != known.sha256 {
        return Err(format!(
            "{}: not what was saved, save the schema again with `gctf schema save`",
            path.display()
        ));
    }
    let loaded = protos::read_descriptor_set(&path).map_err(|error| error.message)?;
    Ok(Some(Snapshot {
        schema: Schema::new(loaded.descriptors, known.services),
        saved: SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(known.saved),
    }))
}

fn failed(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {}", path.display(), error.to_string().trim_end())
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

fn digest(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A reader sees the old file or the new one, never a part.
fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let unfinished = path.with_extension("unfinished");
    std::fs::write(&unfinished, bytes).map_err(|error| failed(&unfinished, &error))?;
    std::fs::rename(&unfinished, path).map_err(|error| failed(path, &error))
}
