//! What a file and its environment make secret before anything is called.

use super::{ItemSettings, RunItem, Runner, fixtures};
use crate::eval::template::Variables;
use crate::secrets::Secrets;
use crate::syntax::SourceFile;
use std::collections::BTreeSet;

/// The secrets that the text of a file tells, and what it reads of the environment.
pub fn secrets_of(item: &RunItem, settings: &ItemSettings) -> Secrets {
    let mut secrets = Secrets::new(settings.mask.clone());
    item.source.tell_secrets(&mut secrets);
    add(environment_names(&item.source), settings, &mut secrets);
    secrets
}

/// The same with what its `_setup.gctf` reads of the environment.
pub(super) fn of_item(runner: &Runner, item: &RunItem) -> Secrets {
    let settings = runner.settings(item);
    let mut secrets = secrets_of(item, settings);
    let setup = fixtures::folder(item).and_then(|folder| runner.setups.get(&folder));
    let of_setup = setup.map(|setup| setup.environment.clone());
    add(of_setup.unwrap_or_default(), settings, &mut secrets);
    secrets
}

/// The same with those among the variables.
pub(super) fn with_variables(secrets: &Secrets, variables: &Variables) -> Secrets {
    let mut secrets = secrets.clone();
    let values = variables.values.iter();
    values.for_each(|(name, value)| secrets.meet(name, value));
    secrets
}

fn add(names: BTreeSet<String>, settings: &ItemSettings, secrets: &mut Secrets) {
    for name in names {
        let value = settings.environment.get(&name);
        value.into_iter().for_each(|value| secrets.add(value));
    }
}

/// What a file may read of the environment, by its text.
pub(super) fn environment_names(source: &SourceFile) -> BTreeSet<String> {
    let texts = source.documents().map(|(_, document)| document.text());
    let names = texts.flat_map(crate::secrets::environment_names);
    names.map(str::to_owned).collect()
}
