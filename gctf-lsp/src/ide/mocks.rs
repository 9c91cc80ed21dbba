//! The mock server that a folder declares, as a document sees it.

use crate::target::Target;
use std::net::IpAddr;

/// The mock of the nearest `gctf.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mock {
    /// `host:port`, as it is declared.
    pub listen: String,
    /// Where it listens, while it runs.
    pub running: Option<String>,
}

impl Mock {
    /// Whether calls to `target` reach it, or would if it ran.
    pub fn serves(&self, target: &Target) -> bool {
        serves(self.running.as_ref().unwrap_or(&self.listen), target)
    }
}

/// Whether calls to `target` reach what listens on `listen`, a `host:port`.
pub fn serves(listen: &str, target: &Target) -> bool {
    let Some((host, port)) = listen.rsplit_once(':') else {
        return false;
    };
    let same_port = port.parse() == Ok(target.port);
    let (own, other) = (Host::of(host), Host::of(&target.host));
    // `localhost` is both of the usual addresses.
    let same_host = own == other
        || matches!(
            (&own, &other),
            (Host::Localhost, Host::Usual(_)) | (Host::Usual(_), Host::Localhost)
        );
    same_port && same_host
}

#[derive(PartialEq, Eq)]
enum Host {
    Localhost,
    /// 127.0.0.1 or ::1.
    Usual(IpAddr),
    Other(String),
}

impl Host {
    fn of(text: &str) -> Self {
        let bare = text.trim_start_matches('[').trim_end_matches([']', '.']);
        let bare = bare.to_ascii_lowercase();
        match bare.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(address) if address.to_string() == "127.0.0.1" || address.to_string() == "::1" => Self::Usual(address),
            Err(_) if bare == "localhost" || bare.ends_with(".localhost") => Self::Localhost,
            _ => Self::Other(bare),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::Settings;
    use crate::ide::code_actions::code_actions;
    use crate::ide::runnables::lenses;
    use crate::ide::testing::{FILE, fixture};
    use crate::ide::{Analysis, Config, TestKey, TestRuns};
    use crate::outcome::{DocumentOutcome, Failure, Verdict};
    use crate::syntax::TokenSpan;
    use std::collections::BTreeMap;
    use std::path::PathBuf;
    use std::sync::Arc;

    /// A document whose call has failed with `code`, in a folder with a mock.
    fn failed(code: &'static str, listen: &str, running: Option<&str>) -> Analysis {
        let text = "--- ADDRESS ---\nlocalhost:4000\n--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{\"total\": 1}\n--- RESPONSE ---\n{}\n";
        let (mut analysis, _) = fixture(text);
        let mut state = analysis.file(FILE).unwrap().clone();
        let failure = Failure {
            code,
            fatal: true,
            span: TokenSpan { first: 0, last: 0 },
            message: "UNAVAILABLE (14): connection refused".to_owned(),
            report: String::new(),
            expected: None,
            actual: None,
            came: None,
        };
        let outcome = DocumentOutcome {
            verdict: Verdict::Failed,
            failures: vec![failure],
            ..DocumentOutcome::cancelled(state.source.run_hash(0, state.source.in_force(0)))
        };
        let mut runs = TestRuns::queued();
        runs.finish(Arc::new(outcome), BTreeMap::new(), 0);
        state.runs.insert(TestKey::of(&state.source, 0).unwrap(), runs);
        state.config = Some(Arc::new(Config {
            mock: Some(Mock {
                listen: listen.to_owned(),
                running: running.map(str::to_owned),
            }),
            settings: Settings {
                environments: BTreeMap::from([("staging".to_owned(), PathBuf::from("staging.env"))]),
                ..Settings::default()
            },
            ..Config::default()
        }));
        Arc::make_mut(&mut analysis.files).insert(FILE, Arc::new(state));
        analysis
    }

    #[test]
    fn what_is_offered() {
        for (code, listen, running, expected_lens, expected_actions) in [
            ("G511", "localhost:4000", None, true, "Start mock, Select environment"),
            // Somebody answers, whoever it is.
            ("G504", "localhost:4000", None, false, "Start mock, Select environment"),
            ("G511", "localhost:4001", None, false, "Select environment"),
            (
                "G511",
                "localhost:0",
                Some("localhost:4000"),
                false,
                "Stop mock, Select environment",
            ),
            ("G511", "localhost:0", None, false, "Select environment"),
        ] {
            let analysis = failed(code, listen, running);
            let lenses: Vec<_> = lenses(&analysis, FILE).into_iter().map(|lens| lens.title).collect();
            let has_lens = lenses.contains(&"Start mock".to_owned());
            assert_eq!(has_lens, expected_lens, "{code} {listen} {running:?}: {lenses:?}");
            let actions = code_actions(&analysis, FILE, 0..0);
            let own = ["Start mock", "Stop mock", "Select environment"];
            let actions = actions.into_iter().map(|action| action.title);
            let actions: Vec<_> = actions.filter(|title| own.contains(&title.as_str())).collect();
            assert_eq!(actions.join(", "), expected_actions, "{code} {listen} {running:?}");
        }
    }

    #[test]
    fn which_targets_it_is() {
        let target = |host: &str, port| Target {
            host: host.to_owned(),
            port,
            tls: None,
        };
        for (listen, host, port, expected) in [
            ("localhost:4000", "localhost", 4000, true),
            ("localhost:4000", "127.0.0.1", 4000, true),
            ("localhost:4000", "::1", 4000, true),
            ("localhost:4000", "api.localhost", 4000, true),
            ("localhost:4000", "localhost", 4001, false),
            ("localhost:4000", "example.org", 4000, false),
            ("localhost:4000", "127.0.0.2", 4000, false),
            ("127.0.0.1:4000", "localhost", 4000, true),
            ("127.0.0.1:4000", "::1", 4000, false),
            ("[::1]:4000", "::1", 4000, true),
            ("127.0.0.2:4000", "127.0.0.2", 4000, true),
            ("example.org:4000", "EXAMPLE.org", 4000, true),
            ("nonsense", "nonsense", 4000, false),
        ] {
            assert_eq!(serves(listen, &target(host, port)), expected, "{listen} {host}:{port}");
        }
    }
}
