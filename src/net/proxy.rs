//! Which proxy a connection goes through, if any.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::Uri;
use percent_encoding::percent_decode_str;

use super::endpoint::{Endpoint, is_loopback};
use crate::error::{Error, Result};
use crate::secret::Secret;

const TAKES: &str = "http://[user:password@]host[:port], or https:// for a proxy that speaks TLS";

/// Which proxy a client's connections go through.
///
/// Where none is set, the environment is asked when the client is made: `https_proxy` or `HTTPS_PROXY`, else
/// `all_proxy` or `ALL_PROXY`, name the proxy for encrypted addresses; `no_proxy` or `NO_PROXY` lists the hosts that
/// are reached without it (names with all that is below them, addresses, each with `:port` or without; ranges such as
/// `10.0.0.0/8`; `*` is all; commas or spaces between). This machine (`localhost`, `127.0.0.0/8`, `::1`) is reached without it. `HTTP_PROXY` is
/// not looked at: unencrypted addresses are for this machine in the first place, and in a CGI program that variable is
/// a header that the other side sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(Option<Secret>);

impl Proxy {
    /// No proxy, whatever the environment says.
    pub fn none() -> Proxy {
        Proxy(None)
    }

    /// This one, for all of the client's connections, those to this machine and unencrypted ones included.
    ///
    /// `http://[user:password@]host[:port]`, where what is special in a URL is percent-encoded. The port is 80 where
    /// none is given, as URLs have it (curl takes 1080). With `https://` the connection to the proxy is encrypted
    /// too, and its port is 443. The proxy is asked for a tunnel (`CONNECT`) to the service, looks up the service's
    /// name, and sees nothing of what goes through; user name and password go to it alone, in the Basic scheme.
    pub fn url(url: impl Into<String>) -> Proxy {
        Proxy(Some(Secret::new(url.into())))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            // A URL may have a password in it.
            Some(_) => "Proxy::url(…)",
            None => "Proxy::none()",
        })
    }
}

/// A proxy that has been checked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ProxyServer {
    pub secure: bool,
    /// Without the brackets of an IPv6 address.
    pub host: String,
    pub port: u16,
    /// The value of `Proxy-Authorization`.
    pub authorization: Option<Secret>,
}

/// The choice of a proxy, endpoint by endpoint.
#[derive(Debug)]
pub(crate) enum Proxies {
    None,
    /// As the setting has it.
    All(Arc<ProxyServer>),
    /// As the environment has it.
    Encrypted {
        server: Arc<ProxyServer>,
        except: Exceptions,
    },
}

impl Proxies {
    /// For a client of these `endpoints`. `env` gives variables that are set to something.
    ///
    /// The environment is for all programs: what is wrong with it is an error only if an endpoint would need it.
    pub fn new(
        setting: Option<&Proxy>,
        endpoints: &[&Endpoint],
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Proxies> {
        match setting {
            Some(Proxy(None)) => return Ok(Proxies::None),
            Some(Proxy(Some(url))) => return Ok(Proxies::All(Arc::new(ProxyServer::parse("proxy", url)?))),
            None => {}
        }
        let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
        let Some((name, url)) = names.into_iter().find_map(|name| Some((name, env(name)?))) else {
            return Ok(Proxies::None);
        };
        let list = ["no_proxy", "NO_PROXY"].into_iter().find_map(env);
        let except = Exceptions::parse(list.as_deref().unwrap_or_default());
        if endpoints.iter().all(|endpoint| is_direct(endpoint, &except)) {
            return Ok(Proxies::None);
        }
        let server = Arc::new(ProxyServer::parse(name, &Secret::new(url))?);
        Ok(Proxies::Encrypted { server, except })
    }

    pub fn server(&self, endpoint: &Endpoint) -> Option<&Arc<ProxyServer>> {
        match self {
            Proxies::None => None,
            Proxies::All(server) => Some(server),
            Proxies::Encrypted { server, except } => (!is_direct(endpoint, except)).then_some(server),
        }
    }
}

fn is_direct(endpoint: &Endpoint, except: &Exceptions) -> bool {
    !endpoint.secure || is_loopback(&endpoint.host) || except.contain(&endpoint.host, endpoint.port)
}

impl ProxyServer {
    /// `field` is the setting or variable that the URL is from. The URL itself is in no message.
    fn parse(field: &str, url: &Secret) -> Result<ProxyServer> {
        let invalid = |what: &str| Error::invalid(field, what, TAKES);
        let url = url.expose().trim();
        // As everyone writes them in the environment.
        let with_scheme = if url.contains("://") {
            url.to_owned()
        } else {
            format!("http://{url}")
        };
        let uri: Uri = with_scheme.parse().map_err(|_| invalid("not a URL"))?;
        let secure = match uri.scheme_str().map(str::to_ascii_lowercase).as_deref() {
            Some("http") => false,
            Some("https") => true,
            Some(other) => return Err(invalid(&format!("a {other}:// URL"))),
            None => return Err(invalid("a URL with no scheme")),
        };
        if uri.path().len() > 1 || uri.query().is_some() {
            return Err(invalid("a URL with a path, so perhaps a script that chooses a proxy"));
        }
        let authority = uri.authority().ok_or_else(|| invalid("a URL with no host"))?;
        let (user, place) = match authority.as_str().rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority.as_str()),
        };
        let (host, port) = split_port(place).ok_or_else(|| invalid("a URL with a malformed host or port"))?;
        if host.is_empty() {
            return Err(invalid("a URL with no host"));
        }
        Ok(ProxyServer {
            secure,
            host: host.to_owned(),
            port: port.unwrap_or(if secure { 443 } else { 80 }),
            authorization: user.filter(|user| !user.is_empty()).map(basic),
        })
    }

    /// `host:port`: for messages, and with no password in it.
    pub fn name(&self) -> String {
        host_and_port(&self.host, self.port)
    }
}

/// The credentials `user[:password]`, as they stand in a URL, for the Basic scheme (RFC 7617).
fn basic(user: &str) -> Secret {
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let mut plain: Vec<u8> = percent_decode_str(user).collect();
    plain.push(b':');
    plain.extend(percent_decode_str(password));
    Secret::new(format!("Basic {}", BASE64_STANDARD.encode(plain)))
}

/// `host:port`, with the brackets that an IPv6 address needs there.
pub(crate) fn host_and_port(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// `host`, `host:port`, `[address]` or `[address]:port`, taken apart.
fn split_port(place: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            match after {
                "" => (host, None),
                after => (host, Some(after.strip_prefix(':')?)),
            }
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    match port {
        Some(port) => Some((host, Some(port.parse().ok()?))),
        None => Some((host, None)),
    }
}

/// The hosts of `NO_PROXY`.
#[derive(Debug)]
pub(crate) struct Exceptions(Vec<Exception>);

#[derive(Debug)]
struct Exception {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Debug)]
enum Hosts {
    All,
    /// This name and those below it; in lower case.
    Name(String),
    /// The addresses that have these first bits.
    Range(IpAddr, u32),
}

impl Exceptions {
    /// What makes no sense in `list` is passed over, as all programs do.
    fn parse(list: &str) -> Exceptions {
        let items = list
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|item| !item.is_empty());
        Exceptions(items.filter_map(Exception::parse).collect())
    }

    fn contain(&self, host: &str, port: u16) -> bool {
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        let address = name.parse::<IpAddr>().ok().map(|address| address.to_canonical());
        self.0.iter().any(|exception| {
            let same_host = match (&exception.hosts, address) {
                (Hosts::All, _) => true,
                (Hosts::Name(suffix), None) => name
                    .strip_suffix(suffix.as_str())
                    .is_some_and(|before| before.is_empty() || before.ends_with('.')),
                (Hosts::Range(network, bits), Some(address)) => has_prefix(address, *network, *bits),
                _ => false,
            };
            same_host && exception.port.is_none_or(|only| only == port)
        })
    }
}

impl Exception {
    fn parse(item: &str) -> Option<Exception> {
        if item == "*" {
            let hosts = Hosts::All;
            return Some(Exception { hosts, port: None });
        }
        if let Some((network, bits)) = item.split_once('/') {
            let network: IpAddr = network.trim_matches(['[', ']']).parse().ok()?;
            let bits: u32 = bits.parse().ok()?;
            let hosts = Hosts::Range(network, bits);
            return (bits <= width(network)).then_some(Exception { hosts, port: None });
        }
        // Before the port is looked for: an IPv6 address needs no brackets here.
        let (host, port) = match item.parse::<IpAddr>() {
            Ok(_) => (item, None),
            Err(_) => split_port(item)?,
        };
        let hosts = match host.parse::<IpAddr>() {
            Ok(address) => {
                let address = address.to_canonical();
                Hosts::Range(address, width(address))
            }
            Err(_) => {
                let name = host.trim_start_matches('*').trim_matches('.').to_ascii_lowercase();
                (!name.is_empty()).then_some(Hosts::Name(name))?
            }
        };
        Some(Exception { hosts, port })
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn has_prefix(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    // A shift by the whole width, for no bits at all, is none that the machine knows.
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).checked_shr(32 - bits).unwrap_or(0) == 0,
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).checked_shr(128 - bits).unwrap_or(0) == 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn endpoint(url: &str) -> Endpoint {
        let schemes = if url.starts_with("ws") {
            ["ws", "wss"]
        } else {
            ["http", "https"]
        };
        Endpoint::parse("url", url, schemes, true).expect("a URL")
    }

    /// The proxy that `url` goes through by the environment alone.
    fn chosen(variables: &[(&str, &str)], url: &str) -> Option<String> {
        let endpoint = endpoint(url);
        let proxies = Proxies::new(None, &[&endpoint], env(variables)).expect("good");
        proxies.server(&endpoint).map(|server| server.name())
    }

    fn env<'a>(variables: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        }
    }

    fn parse(url: &str) -> Result<ProxyServer> {
        ProxyServer::parse("proxy", &Secret::new(url.to_owned()))
    }

    #[test]
    fn the_environment_names_a_proxy_for_encrypted_addresses() {
        let both = [("HTTPS_PROXY", "http://a:1"), ("ALL_PROXY", "http://b:2")];
        assert_eq!(chosen(&both, "wss://service.example").as_deref(), Some("a:1"));
        assert_eq!(chosen(&both, "https://service.example").as_deref(), Some("a:1"));
        assert_eq!(chosen(&both[1..], "wss://service.example").as_deref(), Some("b:2"));
        let lower = [("https_proxy", "http://c:3"), ("HTTPS_PROXY", "http://a:1")];
        assert_eq!(chosen(&lower, "wss://service.example").as_deref(), Some("c:3"));
        assert_eq!(chosen(&both, "ws://service.example"), None);
        assert_eq!(chosen(&[("HTTP_PROXY", "http://a:1")], "http://service.example"), None);
        assert_eq!(chosen(&[("HTTP_PROXY", "http://a:1")], "https://service.example"), None);
    }

    #[test]
    fn this_machine_is_reached_without_the_environment_s_proxy() {
        let variables = [("HTTPS_PROXY", "http://a:1")];
        for host in ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.8.7", "[::1]"] {
            assert_eq!(chosen(&variables, &format!("wss://{host}:8443")), None, "{host}");
        }
        let setting = Proxy::url("http://b:2");
        for url in ["ws://localhost", "http://127.0.0.1:8080", "wss://service.example"] {
            let endpoint = endpoint(url);
            let all = Proxies::new(Some(&setting), &[&endpoint], env(&variables)).expect("good");
            assert_eq!(
                all.server(&endpoint).map(|server| server.name()).as_deref(),
                Some("b:2")
            );
            let none = Proxies::new(Some(&Proxy::none()), &[&endpoint], env(&variables)).expect("good");
            assert_eq!(none.server(&endpoint), None);
        }
    }

    #[test]
    fn no_proxy_lists_names_addresses_and_ranges() {
        let known = [
            ("*", "wss://service.example", true),
            ("service.example", "wss://service.example", true),
            ("service.example", "wss://Api.Service.Example.", true),
            (".service.example", "wss://api.service.example", true),
            (".service.example", "wss://service.example", true),
            ("*.service.example", "wss://api.service.example", true),
            ("service.example", "wss://otherservice.example", false),
            ("service.example:8443", "wss://service.example:8443", true),
            ("service.example:8443", "wss://service.example", false),
            ("service.example:443", "wss://service.example", true),
            (" a.example , SERVICE.example ", "wss://service.example", true),
            ("a.example,,b.example", "wss://service.example", false),
            ("a.example service.example", "wss://service.example", true),
            ("192.0.2.7", "wss://192.0.2.7", true),
            ("192.0.2.7", "wss://192.0.2.77", false),
            ("192.0.2.7:443", "wss://192.0.2.7", true),
            ("192.0.2.7:444", "wss://192.0.2.7", false),
            ("2.7", "wss://192.0.2.7", false),
            ("192.0.2.0/24", "wss://192.0.2.255", true),
            ("192.0.2.0/24", "wss://192.0.3.0", false),
            ("192.0.2.0/33", "wss://192.0.2.0", false),
            ("0.0.0.0/0", "wss://192.0.2.7", true),
            ("0.0.0.0/0", "wss://[2001:db8::1]", false),
            ("192.0.2.7/32", "wss://192.0.2.7", true),
            ("2001:db8::1", "wss://[2001:db8::1]", true),
            ("[2001:db8::1]:443", "wss://[2001:db8::1]", true),
            ("[2001:db8::1]:444", "wss://[2001:db8::1]", false),
            ("2001:db8::/32", "wss://[2001:db8:ffff::1]", true),
            ("2001:db8::/32", "wss://[2001:db9::1]", false),
            ("::/0", "wss://[2001:db8::1]", true),
            ("192.0.2.0/24", "wss://[::ffff:192.0.2.7]", true),
            ("service.example/24,:,:80,*:x,.", "wss://service.example", false),
        ];
        for (list, url, direct) in known {
            let variables = [("HTTPS_PROXY", "http://a:1"), ("NO_PROXY", list)];
            assert_eq!(chosen(&variables, url).is_none(), direct, "{list} {url}");
        }
        let lower = [
            ("HTTPS_PROXY", "http://a:1"),
            ("NO_PROXY", "*"),
            ("no_proxy", "b.example"),
        ];
        assert_eq!(chosen(&lower, "wss://service.example").as_deref(), Some("a:1"));
    }

    #[test]
    fn a_proxy_s_url_is_taken_apart() {
        let known = [
            ("http://proxy.example:3128", false, "proxy.example", 3128, None),
            ("http://proxy.example", false, "proxy.example", 80, None),
            ("https://proxy.example/", true, "proxy.example", 443, None),
            ("proxy.example:8080", false, "proxy.example", 8080, None),
            ("HTTP://[2001:db8::1]:8080", false, "2001:db8::1", 8080, None),
            // The example of RFC 7617, section 2.
            (
                "http://Aladdin:open%20sesame@proxy.example",
                false,
                "proxy.example",
                80,
                Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ),
            ("http://u:p%40%3A@[::1]", false, "::1", 80, Some("Basic dTpwQDo=")),
            ("u@proxy.example:1", false, "proxy.example", 1, Some("Basic dTo=")),
        ];
        for (url, secure, host, port, authorization) in known {
            let server = parse(url).expect(url);
            assert_eq!((server.secure, server.host.as_str(), server.port), (secure, host, port));
            assert_eq!(
                server.authorization.as_ref().map(Secret::expose),
                authorization,
                "{url}"
            );
            assert!(!format!("{server:?}").contains("Basic"), "{server:?}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_being_repeated() {
        let wrong = [
            ("socks5://user:hunter2@proxy.example:1080", "socks5://"),
            ("http://user:hunter2@proxy.example:port", "port"),
            ("http://user:hunter2@", "not a URL"),
            ("http://user:hunter2@proxy.example:70000", "port"),
            ("http://proxy.example/proxy.pac", "script"),
            ("http://hunter2 x", "not a URL"),
            ("", "not a URL"),
        ];
        for (url, what) in wrong {
            let error = parse(url).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert_eq!(error.field(), Some("proxy"));
            assert!(error.message().contains(what), "{error}");
            assert!(
                error.message().contains("takes http://[user:password@]host[:port]"),
                "{error}"
            );
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_wrong_environment_matters_only_where_it_is_needed() {
        let variables = [("ALL_PROXY", "socks5://a:1"), ("NO_PROXY", "b.example")];
        assert_eq!(chosen(&variables, "wss://localhost"), None);
        assert_eq!(chosen(&variables, "wss://b.example"), None);
        let error = Proxies::new(None, &[&endpoint("wss://c.example")], env(&variables)).expect_err("needed");
        assert_eq!(error.field(), Some("ALL_PROXY"));
    }
}
