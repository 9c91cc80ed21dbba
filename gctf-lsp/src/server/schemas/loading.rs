//! One load of a schema.

use super::Fetched;
use crate::run::{SchemaFailure, Targets};
use crate::schema::Schema;
use crate::schema::local::Local;
use crate::server::disk;
use crate::server::local_protos::{self, Roots};
use crate::target::SchemaSource;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

/// Longest that a schema waits for what the sources beside it tell.
const PATIENCE: Duration = Duration::from_millis(50);

/// Loads a schema that the policy allows. Where the sources beside it take long, `bare` gets it before they are read.
pub(super) async fn load(
    targets: &Targets,
    source: SchemaSource,
    roots: Roots,
    bare: impl FnOnce(Schema),
) -> Result<Fetched, SchemaFailure> {
    let paths: Vec<PathBuf> = source.paths().map(Path::to_owned).collect();
    // Links are resolved on the disk, which may be slow.
    let own = roots.inside.clone();
    let checked = tokio::task::spawn_blocking(move || outside(paths, &own)).await;
    match checked {
        Ok(None) => {
            let named: Vec<_> = source
                .paths()
                .filter(|path| path.is_file())
                .map(Path::to_owned)
                .collect();
            let is_served = matches!(source, SchemaSource::Reflection { .. });
            let loaded = targets.reload(&source).await?;
            let schema = match is_served {
                true => {
                    let merging = local_protos::with_docs(loaded.schema.clone(), roots);
                    when_late(merging, PATIENCE, || bare(loaded.schema)).await
                }
                false => loaded.schema,
            };
            let beside = schema.local().into_iter().flat_map(Local::files);
            let beside: Vec<_> = beside.map(|(_, path)| path.to_owned()).collect();
            let stamps = disk::stamps(loaded.files.iter().chain(&named).chain(&beside));
            Ok(Fetched { schema, stamps })
        }
        Ok(Some(path)) => Err(SchemaFailure {
            code: "G620",
            message: format!("{} is outside the workspace and was not read", path.display()),
            connection: None,
            place: None,
        }),
        Err(error) => Err(SchemaFailure {
            code: "G301",
            message: error.to_string(),
            connection: None,
            place: None,
        }),
    }
}

/// Does `work`, and `meanwhile` where that takes longer than `patience`.
pub(super) async fn when_late<T>(work: impl Future<Output = T>, patience: Duration, meanwhile: impl FnOnce()) -> T {
    let mut work = pin!(work);
    match tokio::time::timeout(patience, &mut work).await {
        Ok(done) => done,
        Err(_) => {
            meanwhile();
            work.await
        }
    }
}

/// The first of `paths` that is in none of the folders `roots`, links followed. What does not exist is not read.
fn outside(paths: Vec<PathBuf>, roots: &[PathBuf]) -> Option<PathBuf> {
    let roots: Vec<_> = roots.iter().filter_map(|root| root.canonicalize().ok()).collect();
    let is_outside = |path: &PathBuf| match path.canonicalize() {
        Ok(path) => !roots.iter().any(|root| path.starts_with(root)),
        Err(_) => false,
    };
    paths.into_iter().find(is_outside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn only_what_is_late_has_a_meanwhile() {
        let done = when_late(async { 1 }, Duration::ZERO, || panic!("it is not late")).await;
        assert_eq!(done, 1);
        // What ends only by what is done meanwhile.
        let (sender, receiver) = oneshot::channel();
        let done = when_late(receiver, Duration::ZERO, || sender.send(2).unwrap()).await;
        assert_eq!(done, Ok(2));
    }
}
