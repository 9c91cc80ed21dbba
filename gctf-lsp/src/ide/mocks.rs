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
