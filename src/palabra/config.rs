//! What a client is made of: where, as whom, how.

use crate::error::{Error, Result};
use crate::net::{HttpConfig, environment};
use crate::secret::Secret;

/// Where the service is, unless said otherwise.
pub const BASE_URL: &str = "https://api.palabra.ai";

/// The settings of a [`Client`](super::Client). What is not given is looked up in the environment when the client is made.
#[derive(Clone, Default)]
pub struct Config {
    api_key: Option<Secret>,
    client: Option<(Secret, Secret)>,
    /// Where the service is. Else `PALABRA_API_URL`, else [`BASE_URL`].
    pub base_url: Option<String>,
    /// How HTTP is spoken: limits, trust, proxy, retries.
    pub http: HttpConfig,
}

impl Config {
    /// Everything from the environment, or by default.
    pub fn new() -> Config {
        Config::default()
    }

    /// Signs in with a key. Else, where there is no client id either, with `PALABRA_API_KEY`.
    pub fn api_key(mut self, key: impl Into<String>) -> Config {
        self.api_key = Some(Secret::new(key.into()));
        self
    }

    /// Signs in with a client's id and secret. Else, where there is no key at all, with `PALABRA_CLIENT_ID` and
    /// `PALABRA_CLIENT_SECRET`.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Config {
        self.client = Some((Secret::new(id.into()), Secret::new(secret.into())));
        self
    }

    /// Where the service is.
    pub fn base_url(mut self, url: impl Into<String>) -> Config {
        self.base_url = Some(url.into());
        self
    }

    /// How HTTP is spoken.
    pub fn http(mut self, http: HttpConfig) -> Config {
        self.http = http;
        self
    }

    pub(super) fn address(&self) -> String {
        self.base_url
            .clone()
            .or_else(|| environment("PALABRA_API_URL"))
            .unwrap_or_else(|| BASE_URL.to_owned())
    }

    pub(super) fn sign_in(&self) -> Result<SignIn> {
        if self.api_key.is_some() && self.client.is_some() {
            return Err(Error::invalid("api_key", "given besides a client id", "one of the two"));
        }
        let pair = || Some((environment("PALABRA_CLIENT_ID")?, environment("PALABRA_CLIENT_SECRET")?));
        let from_environment = || environment("PALABRA_API_KEY").map(Secret::new);
        let client = match (&self.api_key, &self.client) {
            (Some(_), _) => None,
            (None, Some(client)) => Some(client.clone()),
            (None, None) if from_environment().is_some() => None,
            (None, None) => pair().map(|(id, secret)| (Secret::new(id), Secret::new(secret))),
        };
        if let Some((id, secret)) = client {
            check("client_id", &id)?;
            check("client_secret", &secret)?;
            let headers = vec![("clientid", id), ("clientsecret", secret.clone())];
            return Ok(SignIn {
                headers,
                secrets: vec![secret],
            });
        }
        let key = self.api_key.clone().or_else(from_environment).ok_or_else(|| {
            Error::invalid(
                "api_key",
                "not given",
                "a key or a client id with its secret: pass them, or set PALABRA_API_KEY, or PALABRA_CLIENT_ID and PALABRA_CLIENT_SECRET",
            )
        })?;
        check("api_key", &key)?;
        let bearer = Secret::new(format!("Bearer {}", key.expose()));
        Ok(SignIn {
            headers: vec![("authorization", bearer)],
            secrets: vec![key],
        })
    }
}

/// As whom a client speaks.
pub(super) struct SignIn {
    /// What says so in a request.
    pub headers: Vec<(&'static str, Secret)>,
    /// What no error may hold.
    pub secrets: Vec<Secret>,
}

/// The text itself stays out of the message: it may be right for something else.
fn check(field: &str, secret: &Secret) -> Result<()> {
    let text = secret.expose();
    if text.is_empty() {
        Err(Error::invalid(field, "empty", "what the service gave"))
    } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Err(Error::invalid(
            field,
            "a text with spaces or characters that none has",
            "what the service gave",
        ))
    } else {
        Ok(())
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("api_key", &self.api_key)
            .field("client", &self.client.is_some())
            .field("base_url", &self.base_url.as_deref().map(|url| url.split('?').next()))
            .field("http", &self.http)
            .finish()
    }
}
