//! The texts of ADDRESS and ENDPOINT by their parts.

/// An address by its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Host name or IP address, IPv6 without brackets.
    pub host: String,
    pub port: u16,
    pub scheme: Scheme,
}

/// What an address says about encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    None,
    Http,
    Https,
}

impl Address {
    /// Reads a text without templates.
    ///
    /// # Errors
    /// Why it is no address.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (scheme, rest) = match text.split_once("://") {
            None => (Scheme::None, text),
            Some(("http", rest)) => (Scheme::Http, rest),
            Some(("https", rest)) => (Scheme::Https, rest),
            Some((other, _)) => {
                return Err(format!(
                    "scheme `{other}` is not supported: write `host:port`, `http://host` or `https://host`"
                ));
            }
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.strip_prefix('[') {
            Some(bracketed) => {
                let (host, behind) = bracketed
                    .split_once(']')
                    .ok_or_else(|| "the bracket of the IPv6 address is not closed: write `[::1]:4770`".to_owned())?;
                (host, behind.strip_prefix(':'))
            }
            None => match rest.rsplit_once(':') {
                Some((host, _)) if host.contains(':') => {
                    return Err("an IPv6 address stands in brackets: write `[::1]:4770`".to_owned());
                }
                Some((host, port)) => (host, Some(port)),
                None => (rest, None),
            },
        };
        let port = match (port, scheme) {
            (Some(port), _) => port
                .parse()
                .map_err(|_| format!("`{port}` is no port: write a number from 1 to 65535"))?,
            (None, Scheme::Http) => 80,
            (None, Scheme::Https) => 443,
            (None, Scheme::None) => return Err(format!("the port is missing: write `{rest}:4770`")),
        };
        let sound =
            !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '@' | '?' | '#'));
        match sound && port != 0 {
            true => Ok(Self {
                host: host.to_owned(),
                port,
                scheme,
            }),
            false => Err("not an address: write `host:port`, `http://host` or `https://host`".to_owned()),
        }
    }
}

/// `package.Service/Method` cut at its one slash.
pub fn split_endpoint(endpoint: &str) -> Option<(&str, &str)> {
    let (service, method) = endpoint.split_once('/')?;
    let sound = !service.is_empty() && !method.is_empty() && !method.contains('/');
    sound.then_some((service, method))
}
