//! Which environment the settings make the active one.

use super::settings::Settings;
use std::path::Path;

impl Settings {
    /// The file of the active environment, if there is one. A name means nothing where no environment is declared.
    ///
    /// # Errors
    /// That there is none of that name, with those there are.
    pub fn environment_file(&self) -> Result<Option<&Path>, String> {
        let name = &self.environment;
        match self.environments.get(name) {
            Some(path) => Ok(Some(path)),
            None if name.is_empty() || self.environments.is_empty() => Ok(None),
            None => Err(self.no_environment(name)),
        }
    }

    /// That no environment is called `name`, with those there are.
    pub fn no_environment(&self, name: &str) -> String {
        let known = self.environments.keys().map(String::as_str);
        match self.environments.is_empty() {
            true => format!(
                "no environment \"{name}\": write `{name} = \"FILE\"` under [environments] in gctf.toml, or set \
                 gctf.environments"
            ),
            false => format!(
                "no environment \"{name}\": there are {}{}",
                known.clone().collect::<Vec<_>>().join(", "),
                crate::text::did_you_mean(name, known)
            ),
        }
    }
}
