//! An address of a service, checked once.

use std::net::IpAddr;

use http::Uri;

use crate::error::{Error, Result};

/// Where a service is: a parsed URL that is allowed to be used.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub secure: bool,
    /// The host as it stands in the URL, without the brackets of an IPv6 address.
    pub host: String,
    pub port: u16,
    /// It begins with `/`.
    pub path: String,
    query: Option<String>,
    scheme: &'static str,
}

impl Endpoint {
    /// Parses `url`, the value of the setting `field`, to which paths are [joined](Self::join). `schemes` are the plain and
    /// the encrypted scheme.
    ///
    /// The plain scheme is refused for other hosts than this machine unless `allow_plaintext`, because the key
    /// would cross the network readable by anyone.
    pub fn parse(field: &str, url: &str, schemes: [&'static str; 2], allow_plaintext: bool) -> Result<Endpoint> {
        let mut endpoint = Endpoint::exact(field, url, schemes, allow_plaintext)?;
        let kept = endpoint.path.trim_end_matches('/').len().max(1);
        endpoint.path.truncate(kept);
        Ok(endpoint)
    }

    /// [`parse`](Self::parse) with the path as it is: to many services one with a `/` at its end is another.
    fn exact(field: &str, url: &str, schemes: [&'static str; 2], allow_plaintext: bool) -> Result<Endpoint> {
        let [plain, encrypted] = schemes;
        let takes = format!("a URL such as {encrypted}://host/path");
        // The URL itself stays out of the message: someone may have put a key into it.
        let invalid = |what: &str| Error::invalid(field, what, &takes);
        let uri: Uri = url
            .trim()
            .parse()
            .map_err(|error| invalid(&format!("not a URL ({error})")))?;
        let scheme = match uri.scheme_str() {
            Some(scheme) if scheme.eq_ignore_ascii_case(plain) => plain,
            Some(scheme) if scheme.eq_ignore_ascii_case(encrypted) => encrypted,
            Some(scheme) => return Err(invalid(&format!("a {scheme}: URL"))),
            None => return Err(invalid("a URL with no scheme")),
        };
        let authority = uri.authority().ok_or_else(|| invalid("a URL with no host"))?;
        if authority.as_str().contains('@') {
            return Err(invalid("a URL with a user name in it"));
        }
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        if host.is_empty() {
            return Err(invalid("a URL with no host"));
        }
        let secure = scheme == encrypted;
        if !secure && !allow_plaintext && !is_loopback(&host) {
            return Err(Error::invalid(
                field,
                format_args!("{plain}://{host}…"),
                &format!(
                    "{encrypted}:// (the key would be sent unencrypted; {plain}:// is for this machine only, unless allow_plaintext is set)"
                ),
            ));
        }
        let port = match authority.port_u16() {
            Some(port) => port,
            None if authority.as_str().ends_with(']') || !authority.as_str().contains(':') => {
                if secure {
                    443
                } else {
                    80
                }
            }
            None if authority.as_str().starts_with('[') || authority.as_str().matches(':').count() == 1 => {
                return Err(invalid("a URL with a port that is not a number from 0 to 65535"));
            }
            None => return Err(invalid("a URL with a malformed host")),
        };
        let path = uri.path();
        Ok(Endpoint {
            secure,
            host,
            port,
            path: if path.is_empty() {
                "/".to_owned()
            } else {
                path.to_owned()
            },
            query: uri.query().map(str::to_owned),
            scheme,
        })
    }

    /// `host:port`, without the port where it is the scheme's own: the `Host` header.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        let default_port = if self.secure { 443 } else { 80 };
        if self.port == default_port {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }

    /// The address without its query: for messages and logs.
    pub fn display(&self) -> String {
        format!("{}://{}{}", self.scheme, self.authority(), self.path)
    }

    /// What stands in the request line: the path, then the endpoint's own query joined with `more`.
    pub fn request_target(&self, more: Option<&str>) -> String {
        let query: Vec<&str> = self
            .query
            .as_deref()
            .into_iter()
            .chain(more)
            .filter(|q| !q.is_empty())
            .collect();
        if query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, query.join("&"))
        }
    }

    /// The same place with `path` (which begins with `/`) appended; the query stays.
    pub fn join(&self, path: &str) -> Endpoint {
        let base = if self.path == "/" { "" } else { &self.path };
        Endpoint {
            path: format!("{base}{path}"),
            ..self.clone()
        }
    }

    /// The same place with this query besides its own.
    pub fn with_query(&self, query: &str) -> Endpoint {
        let both: Vec<&str> = self
            .query
            .as_deref()
            .into_iter()
            .chain([query])
            .filter(|query| !query.is_empty())
            .collect();
        Endpoint {
            query: (!both.is_empty()).then(|| both.join("&")),
            ..self.clone()
        }
    }

    /// Where `link`, the value of the field `field`, leads from here: a whole URL, or a path of the same server.
    pub fn follow(&self, field: &str, link: &str, allow_plaintext: bool) -> Result<Endpoint> {
        if link.starts_with('/') && !link.starts_with("//") {
            let url = format!("{}://{}{link}", self.scheme, self.authority());
            // It is as encrypted as this is.
            return Endpoint::exact(field, &url, ["http", "https"], true);
        }
        Endpoint::exact(field, link, ["http", "https"], allow_plaintext)
    }

    /// Whether both are one server: what is told to the one in confidence may be told to the other.
    pub fn is_same_server(&self, other: &Endpoint) -> bool {
        self.secure == other.secure && self.port == other.port && self.host.eq_ignore_ascii_case(&other.host)
    }

    /// The whole URL, with its query.
    pub fn url(&self, more: Option<&str>) -> String {
        format!("{}://{}{}", self.scheme, self.authority(), self.request_target(more))
    }
}

/// Whether `host` is this machine by its name alone, with no look-up that someone else could answer.
pub(crate) fn is_loopback(host: &str) -> bool {
    is_localhost(host) || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

pub(crate) fn is_localhost(host: &str) -> bool {
    host.trim_end_matches('.').eq_ignore_ascii_case("localhost")
}
