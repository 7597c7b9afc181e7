//! What a client is made of: where, as whom, how.

use crate::error::{Error, Result};
use crate::net::{HttpConfig, environment};
use crate::secret::Secret;

/// Where the service is, unless said otherwise.
pub const BASE_URL: &str = "https://gateway.respeecher.com";

/// The settings of a [`Client`](super::Client).
#[derive(Clone, Default)]
pub struct Config {
    api_key: Option<Secret>,
    login: Option<Login>,
    /// Where the service is. Else `RESPEECHER_BASE_URL` in the environment, else [`BASE_URL`].
    pub base_url: Option<String>,
    /// Whether the password stays with the client, which then signs in again when a session has expired. False: it is
    /// forgotten with the first sign-in, and what comes after an expiry is `Unauthorized`.
    pub keep_password: bool,
    /// How HTTP is spoken: limits, trust, proxy, retries.
    pub http: HttpConfig,
}

#[derive(Clone)]
pub(super) struct Login {
    pub email: String,
    pub password: Secret,
}

impl Config {
    /// Everything from the environment, or by default.
    pub fn new() -> Config {
        Config::default()
    }

    /// The key. Else, where there is no [`login`](Self::login) either, `RESPEECHER_API_KEY` in the environment.
    pub fn api_key(mut self, key: impl Into<String>) -> Config {
        self.api_key = Some(Secret::new(key.into()));
        self
    }

    /// Signs in with an account's address and password rather than with a key: with the first call, or with
    /// [`Client::login`](super::Client::login).
    pub fn login(mut self, email: impl Into<String>, password: impl Into<String>) -> Config {
        self.login = Some(Login {
            email: email.into(),
            password: Secret::new(password.into()),
        });
        self
    }

    /// Keeps the password, to sign in again when a session has expired.
    pub fn keep_password(mut self, keep: bool) -> Config {
        self.keep_password = keep;
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
            .or_else(|| environment("RESPEECHER_BASE_URL"))
            .unwrap_or_else(|| BASE_URL.to_owned())
    }

    pub(super) fn sign_in(&self) -> Result<SignIn> {
        if self.api_key.is_some() && self.login.is_some() {
            return Err(Error::invalid("api_key", "given besides a login", "one of the two"));
        }
        if let Some(login) = &self.login {
            for (field, value) in [("email", login.email.as_str()), ("password", login.password.expose())] {
                if value.trim().is_empty() {
                    return Err(Error::invalid(field, "empty", "an account's"));
                }
            }
            return Ok(SignIn::Login(login.clone()));
        }
        let takes = "a key: pass one or set RESPEECHER_API_KEY, or sign in with login";
        let key = match &self.api_key {
            Some(key) => key.clone(),
            None => Secret::new(
                environment("RESPEECHER_API_KEY").ok_or_else(|| Error::invalid("api_key", "not given", takes))?,
            ),
        };
        if key.expose().is_empty() {
            return Err(Error::invalid("api_key", "empty", takes));
        }
        // The key itself stays out of the message: it may be right for something else.
        if !key.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid(
                "api_key",
                "a text with spaces or characters that no key has",
                takes,
            ));
        }
        Ok(SignIn::Key(key))
    }
}

/// As whom a client speaks.
pub(super) enum SignIn {
    Key(Secret),
    Login(Login),
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("api_key", &self.api_key)
            .field("login", &self.login.is_some())
            .field("base_url", &self.base_url.as_deref().map(|url| url.split('?').next()))
            .field("keep_password", &self.keep_password)
            .field("http", &self.http)
            .finish()
    }
}
