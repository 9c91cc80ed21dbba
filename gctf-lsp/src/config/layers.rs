//! From the forms that settings are written in to a layer: what a client sends, and the text of a `gctf.toml`.

use super::settings::{Entry, KEYS, Layer, Origin};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The settings in what a client sends: nested objects or dotted names, with or without `gctf`.
pub fn of_client(value: &Json, base: PathBuf) -> Layer {
    let mut entries = Vec::new();
    flatten(String::new(), value, &mut entries);
    Layer {
        origin: Origin::User,
        base,
        entries,
    }
}

fn flatten(name: String, value: &Json, entries: &mut Vec<Entry>) {
    let is_key = KEYS.iter().any(|key| key.name == name);
    match value {
        // Some clients send every setting that they know, those without a value as null.
        Json::Null => {}
        Json::Object(members) if !is_key => {
            for (member, value) in members {
                let whole = match name.as_str() {
                    "" => member.clone(),
                    name => format!("{name}.{member}"),
                };
                let whole = whole.strip_prefix("gctf.").unwrap_or(&whole);
                let whole = if whole == "gctf" { "" } else { whole };
                flatten(whole.to_owned(), value, entries);
            }
        }
        value => entries.push(Entry {
            name,
            value: value.clone(),
            place: "gctf.".to_owned(),
        }),
    }
}

/// The settings in the text of the `gctf.toml` at `path`.
///
/// # Errors
/// The file, the line and what is wrong, for a text that is no TOML.
pub fn of_toml(text: &str, path: &Path) -> Result<Layer, String> {
    let place = |offset: usize| {
        let line = text[..offset.min(text.len())].matches('\n').count() + 1;
        format!("{}:{line}: ", path.display())
    };
    let table = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        format!("{}{}", place(offset), error.message())
    })?;
    let mut entries = Vec::new();
    collect("", table.get_ref(), &place, &mut entries);
    entries.sort_by_key(|(offset, _)| *offset);
    Ok(Layer {
        origin: Origin::Folder,
        base: path.parent().unwrap_or(Path::new(".")).to_owned(),
        entries: entries.into_iter().map(|(_, entry)| entry).collect(),
    })
}

/// The entries of a table, each with the offset of its name.
fn collect(prefix: &str, table: &DeTable<'_>, place: &impl Fn(usize) -> String, entries: &mut Vec<(usize, Entry)>) {
    for (key, value) in table {
        let name = match prefix {
            "" => key.get_ref().to_string(),
            prefix => format!("{prefix}.{}", key.get_ref()),
        };
        let is_key = KEYS.iter().any(|known| known.name == name);
        match value.get_ref() {
            // `gctf mock` reads it.
            _ if name == "mock" => {}
            DeValue::Table(table) if !is_key => collect(&name, table, place, entries),
            _ => {
                let at = key.span().start;
                let entry = Entry {
                    name,
                    value: to_json(value),
                    place: place(at),
                };
                entries.push((at, entry));
            }
        }
    }
}

fn to_json(value: &Spanned<DeValue<'_>>) -> Json {
    match value.get_ref() {
        DeValue::String(text) => Json::String(text.to_string()),
        DeValue::Integer(number) => {
            let read = i64::from_str_radix(number.as_str(), number.radix());
            read.map_or(Json::Null, Json::from)
        }
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Json::Null, Json::from),
        DeValue::Boolean(flag) => Json::Bool(*flag),
        DeValue::Datetime(time) => Json::String(time.to_string()),
        DeValue::Array(items) => items.iter().map(to_json).collect(),
        DeValue::Table(table) => {
            let members = table.iter();
            members
                .map(|(name, value)| (name.get_ref().to_string(), to_json(value)))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::{Names, Network, Settings};
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    fn toml(text: &str) -> Layer {
        of_toml(text, Path::new("/w/gctf.toml")).unwrap()
    }

    fn client(value: Json) -> Layer {
        of_client(&value, PathBuf::from("/w"))
    }

    #[test]
    fn the_table_says_the_defaults() {
        let entries = KEYS.iter().map(|key| Entry {
            name: key.name.to_owned(),
            value: serde_json::from_str(key.default).unwrap(),
            place: String::new(),
        });
        let layer = Layer {
            origin: Origin::User,
            base: PathBuf::new(),
            entries: entries.collect(),
        };
        assert_eq!(Settings::of([&layer]), (Settings::default(), Vec::new()));
    }

    #[test]
    fn later_layers_win() {
        let folder = toml("address = 'a:1'\n[run]\njobs = 2\ntimeoutSeconds = 5\n[schema]\nprotoRoots = ['protos']\n");
        let first = client(json!({ "run": { "jobs": 3 }, "address": null }));
        let last = client(json!({ "gctf": { "completion.names": "json" }, "gctf.lens.enabled": false }));
        let (settings, problems) = Settings::of([&folder, &first, &last]);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(settings.address.as_deref(), Some("a:1"));
        assert_eq!((settings.jobs, settings.timeout), (3, Duration::from_secs(5)));
        assert_eq!((settings.names, settings.lenses), (Names::Json, false));
        assert_eq!(settings.proto_roots, [PathBuf::from("/w/protos")]);
    }

    #[test]
    fn wrong_values_are_told_and_left_out() {
        let folder = toml(
            "adress = 'a:1'\nenvironment = 'x'\nnetwork = 'any'\n\n[run]\njobs = 0\n\n[diagnostics.severity]\nG607 = 'loud'\n\
             \n[secrets]\nmask = ['!token']\n[mock]\nlisten = 'x'\n",
        );
        let user =
            client(json!({ "run": { "jobs": "many" }, "lens": { "enabled": 1 }, "network": 5, "server.path": "x" }));
        let (settings, problems) = Settings::of([&folder, &user]);
        assert_eq!(settings, Settings::default());
        let expected = [
            "/w/gctf.toml:1: adress: no such setting; did you mean \"address\"?",
            "/w/gctf.toml:2: environment: only the user chooses it, not gctf.toml",
            "/w/gctf.toml:3: network: gctf.toml can only lower it: `any` stands in the settings of the user",
            "/w/gctf.toml:6: run.jobs: expected a number from 1 to 65535",
            "/w/gctf.toml:8: diagnostics.severity: G607: expected one of \"error\", \"warning\", \"information\", \"hint\", \"off\"",
            "/w/gctf.toml:12: secrets.mask: gctf.toml can only add names, not take them out with `!`",
            "gctf.run.jobs: expected a number from 1 to 65535",
            "gctf.lens.enabled: expected true or false",
            "gctf.network: expected one of \"none\", \"ask\", \"loopback\", \"any\"",
        ];
        assert_eq!(problems, expected);
        let broken = of_toml("a = 1\nb = ", Path::new("gctf.toml")).unwrap_err();
        assert!(broken.starts_with("gctf.toml:2: "), "{broken}");
    }

    #[test]
    fn a_folder_only_lowers_the_policy() {
        let network = |folder: &str, user: &str| {
            let layers = [
                toml(&format!("network = '{folder}'")),
                client(json!({ "network": user })),
            ];
            Settings::of(&layers).0.network
        };
        assert_eq!(network("none", "any"), Network::None);
        assert_eq!(network("ask", "loopback"), Network::Ask);
        assert_eq!(network("any", "loopback"), Network::Loopback);
        assert_eq!(network("any", "any"), Network::Any);
    }
}
