//! A look at a connection step by step: what each step found, and what to do where it failed.

use super::connection::{CONNECT_TIMEOUT, Connection, addresses};
use super::probe;
use super::reflection::{self, Limits};
use crate::target::{Target, Tls};
use std::time::Instant;
use tokio::net::TcpStream;
use tokio::time::timeout;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

/// What one step came to, a line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    lines: Vec<String>,
}

impl Report {
    fn good(&mut self, line: impl Into<String>) {
        self.lines.push(format!("✓ {}", line.into()));
    }

    fn bad(&mut self, line: impl Into<String>) {
        self.lines.push(format!("✗ {}", line.into()));
    }

    fn note(&mut self, line: impl Into<String>) {
        self.lines.push(format!("· {}", line.into()));
    }

    /// The lines, each with its end.
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// Looks at the way to `target`; reflection is asked with `metadata`, of which nothing is told.
pub async fn examine(target: &Target, metadata: &[(String, String)]) -> Report {
    let mut report = Report::default();
    if !reach(target, &mut report).await {
        return report;
    }
    speak(target, &mut report).await;
    if let Some(settings) = &target.tls {
        certificate(target, settings, &mut report).await;
    }
    match Connection::open(target, CONNECT_TIMEOUT).await {
        Ok(connection) => {
            report.good("connection: open, as the test wants it");
            reflect(&connection, metadata, &mut report).await;
        }
        Err(failure) => report.bad(format!("connection: {failure}")),
    }
    report
}

/// Whether the name leads somewhere and somebody is there.
async fn reach(target: &Target, report: &mut Report) -> bool {
    let found = match addresses(target).await {
        Ok(found) => found,
        Err(failure) => {
            report.bad(format!(
                "name: {failure}: check the spelling of ADDRESS, or the network"
            ));
            return false;
        }
    };
    let list: Vec<_> = found.iter().map(|address| address.ip().to_string()).collect();
    report.good(format!("name: {} is {}", target.host, list.join(", ")));
    let mut reached = false;
    for address in found {
        let start = Instant::now();
        match timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(_)) => {
                reached = true;
                report.good(format!("connect: {address} in {} ms", start.elapsed().as_millis()));
            }
            Ok(Err(error)) => report.bad(format!("connect: {address}: {error}")),
            Err(_) => report.bad(format!(
                "connect: {address}: no answer within {} s",
                CONNECT_TIMEOUT.as_secs()
            )),
        }
    }
    if !reached {
        report.note("start the server, or check the port and the firewall");
    }
    reached
}

/// What the port speaks, against what the test says.
async fn speak(target: &Target, report: &mut Report) {
    let (tls, plaintext) = (probe::answers_tls(target).await, probe::answers_plaintext(target).await);
    let spoken = match (tls, plaintext) {
        (true, true) => "TLS and plaintext",
        (true, false) => "TLS",
        (false, true) => "plaintext",
        (false, false) => "neither TLS nor HTTP/2 in plaintext: this is no gRPC server",
    };
    let line = format!("protocol: the port speaks {spoken}");
    match (target.tls.is_some(), tls, plaintext) {
        (true, false, true) => report.bad(format!("{line}: remove the TLS section, or say `mode: plaintext`")),
        (false, true, false) => report.bad(format!("{line}: add a TLS section")),
        (_, false, false) => report.bad(line),
        _ => report.good(line),
    }
}

/// What the server shows of itself, whether it is trusted or not.
async fn certificate(target: &Target, settings: &Tls, report: &mut Report) {
    match timeout(CONNECT_TIMEOUT, probe::shown(target)).await {
        Ok(Some(shown)) => {
            match shown.protocol.as_deref() {
                Some(b"h2") => report.good("ALPN: h2"),
                _ => report.bad("ALPN: the server does not agree on h2: it may be no gRPC server"),
            }
            let parsed = shown.certificate.as_deref().map(X509Certificate::from_der);
            if let Some(Ok((_, certificate))) = parsed {
                describe(&certificate, report);
            }
        }
        Ok(None) | Err(_) => report.bad("TLS: no handshake, even without verification"),
    }
    if !settings.verify {
        report.note("the TLS section skips the verification of the certificate");
    }
}

fn describe(certificate: &X509Certificate<'_>, report: &mut Report) {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.iter().flat_map(|extension| &extension.value.general_names);
    let names: Vec<_> = names
        .map(|name| match name {
            GeneralName::DNSName(name) => (*name).to_owned(),
            other => other.to_string(),
        })
        .collect();
    report.note(format!("certificate: for {}", names.join(", ")));
    report.note(format!("certificate: issued by {}", certificate.issuer()));
    let validity = certificate.validity();
    let dates = format!(
        "certificate: valid from {} to {}",
        validity.not_before, validity.not_after
    );
    match validity.is_valid() {
        true => report.good(dates),
        false => report.bad(format!("{dates}: it has expired or is not valid yet")),
    }
}

async fn reflect(connection: &Connection, metadata: &[(String, String)], report: &mut Report) {
    for (version, listed) in reflection::by_version(connection, metadata, Limits::default()).await {
        match listed {
            Ok(services) => report.good(format!("reflection {version}: {}", services.join(", "))),
            Err(failure) => report.note(format!("reflection {version}: {failure}")),
        }
    }
}
