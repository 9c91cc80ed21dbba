//! What a file and its environment make secret before anything is called.

use super::{RunItem, Runner, fixtures};
use crate::eval::template::Variables;
use crate::secrets::Secrets;
use crate::syntax::SourceFile;
use std::collections::BTreeSet;

/// The secrets that the texts of a file tell, and what they and its `_setup.gctf` read of the environment.
pub(super) fn of_item(runner: &Runner, item: &RunItem) -> Secrets {
    let settings = runner.settings(item);
    let mut secrets = Secrets::new(settings.mask.clone());
    item.source.tell_secrets(&mut secrets);
    let setup = fixtures::folder(item).and_then(|folder| runner.setups.get(&folder));
    let of_setup = setup.into_iter().flat_map(|setup| setup.environment.iter().cloned());
    for name in environment_names(&item.source).into_iter().chain(of_setup) {
        let value = settings.environment.get(&name);
        value.into_iter().for_each(|value| secrets.add(value));
    }
    secrets
}

/// The same with those among the variables.
pub(super) fn with_variables(secrets: &Secrets, variables: &Variables) -> Secrets {
    let mut secrets = secrets.clone();
    let values = variables.values.iter();
    values.for_each(|(name, value)| secrets.meet(name, value));
    secrets
}

/// What a file may read of the environment, by its text.
pub(super) fn environment_names(source: &SourceFile) -> BTreeSet<String> {
    const BEFORE: [&str; 5] = ["env.", "ENV.", "@env(\"", "env[\"", "ENV[\""];
    let mut names = BTreeSet::new();
    for (_, document) in source.documents() {
        let pieces = BEFORE.iter().flat_map(|before| document.text().split(before).skip(1));
        let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
        names.extend(pieces.filter_map(|piece| Some(piece.split(|character| !word(character)).next()?.to_owned())));
    }
    names
}
