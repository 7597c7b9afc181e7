//! As whom a client speaks: a key, or a session that is opened, renewed and ended.

use serde_json::{Map, Value};

use super::config::{Login, SignIn};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::sync::Mutex;

pub(super) struct Credentials {
    keep_password: bool,
    state: Mutex<State>,
}

struct State {
    session: Session,
    /// While it may still be needed.
    login: Option<Login>,
    /// Counts the sessions, to tell an old one's expiry from the present one's.
    number: u64,
}

enum Session {
    Key(Secret),
    /// None yet, or expired: the next call opens one.
    Wanted,
    Open {
        cookies: Vec<Secret>,
        csrf: Secret,
    },
    Ended,
}

/// What a request says about who makes it.
pub(super) struct SignedIn {
    number: u64,
    headers: Vec<(&'static str, Secret)>,
}

impl SignedIn {
    pub fn headers(&self) -> Vec<(&'static str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (*name, value.expose()))
            .collect()
    }

    pub fn is_session(&self) -> bool {
        self.number > 0
    }
}

impl Credentials {
    pub fn new(sign_in: SignIn, keep_password: bool) -> Credentials {
        let (session, login) = match sign_in {
            SignIn::Key(key) => (Session::Key(key), None),
            SignIn::Login(login) => (Session::Wanted, Some(login)),
        };
        let state = Mutex::new(State {
            session,
            login,
            number: 0,
        });
        Credentials { keep_password, state }
    }

    /// `None` when a session has to be opened first.
    pub fn current(&self) -> Result<Option<SignedIn>> {
        let state = self.state.lock();
        match &state.session {
            Session::Key(key) => Ok(Some(SignedIn {
                number: 0,
                headers: vec![("api-key", key.clone())],
            })),
            Session::Open { cookies, csrf } => {
                let pairs: Vec<&str> = cookies.iter().map(Secret::expose).collect();
                let cookie = Secret::new(pairs.join("; "));
                let mut headers = vec![("x-csrf-token", csrf.clone())];
                if !pairs.is_empty() {
                    headers.push(("cookie", cookie));
                }
                Ok(Some(SignedIn {
                    number: state.number,
                    headers,
                }))
            }
            Session::Wanted => Ok(None),
            Session::Ended => Err(Error::new(
                ErrorKind::Unauthorized,
                "the session has ended, by logout or because it expired; login opens another",
            )),
        }
    }

    /// What to open a session with.
    pub fn login(&self) -> Result<Login> {
        self.state.lock().login.clone().ok_or_else(|| {
            Error::invalid(
                "password",
                "not known (any more)",
                "a client made with a login rather than a key, which has not been used or has keep_password",
            )
        })
    }

    /// Signs in as somebody else from now on. Answers with as whom it was before.
    pub fn become_login(&self, parameters: &Map<String, Value>) -> Result<Option<Login>> {
        let text = |name: &str| match parameters.get(name) {
            Some(Value::String(text)) => Ok(text.clone()),
            _ => Err(Error::invalid(name, "no text", "an account's")),
        };
        let login = Login {
            email: text("email")?,
            password: Secret::new(text("password")?),
        };
        Ok(self.state.lock().login.replace(login))
    }

    /// That came to nothing, and what it was tried with is forgotten.
    pub fn stay_login(&self, before: Option<Login>) {
        self.state.lock().login = before;
    }

    /// A session was opened. Its token is taken out of the answer: it belongs into requests and nowhere else.
    pub fn opened(&self, cookies: Vec<Secret>, answer: &mut Value) -> Result<()> {
        let csrf = answer.as_object_mut().and_then(|answer| answer.remove("csrf_token"));
        let Some(Value::String(csrf)) = csrf else {
            return Err(Error::new(ErrorKind::Protocol, "the answer to login has no csrf_token"));
        };
        let all = cookies.iter().map(Secret::expose).chain([csrf.as_str()]);
        // They go into headers.
        if all
            .into_iter()
            .any(|text| !text.bytes().all(|byte| (0x20..0x7f).contains(&byte)))
        {
            return Err(Error::new(
                ErrorKind::Protocol,
                "the session's cookie or token cannot be in a header",
            ));
        }
        let mut state = self.state.lock();
        state.session = Session::Open {
            cookies,
            csrf: Secret::new(csrf),
        };
        state.number += 1;
        if !self.keep_password {
            state.login = None;
        }
        Ok(())
    }

    /// Servers may change a session's cookie with any answer.
    pub fn renew(&self, new: &[Secret]) {
        let mut state = self.state.lock();
        let Session::Open { cookies, .. } = &mut state.session else {
            return;
        };
        let name = |pair: &Secret| pair.expose().split('=').next().unwrap_or_default().to_owned();
        for pair in new {
            if let Some(known) = cookies.iter_mut().find(|known| name(known) == name(pair)) {
                known.clone_from(pair);
            }
        }
    }

    /// The service does not know the session of `who` any more. Whether it can be asked again as somebody it may know.
    pub fn expired(&self, who: &SignedIn) -> bool {
        let mut state = self.state.lock();
        // Another thread has opened another meanwhile.
        if state.number != who.number {
            return !matches!(state.session, Session::Ended);
        }
        let can_come_back = state.login.is_some();
        state.session = if can_come_back { Session::Wanted } else { Session::Ended };
        can_come_back
    }

    pub fn sign_out(&self) {
        let mut state = self.state.lock();
        if !matches!(state.session, Session::Key(_)) {
            state.session = Session::Ended;
        }
    }

    /// What must be in no error.
    pub fn secrets(&self) -> Vec<Secret> {
        let state = self.state.lock();
        let mut secrets = Vec::new();
        match &state.session {
            Session::Key(key) => secrets.push(key.clone()),
            Session::Open { cookies, csrf } => {
                secrets.push(csrf.clone());
                for pair in cookies {
                    secrets.push(pair.clone());
                    // The value alone, as well.
                    if let Some((_, value)) = pair.expose().split_once('=') {
                        secrets.push(Secret::new(value.to_owned()));
                    }
                }
            }
            Session::Wanted | Session::Ended => {}
        }
        secrets.extend(state.login.iter().map(|login| login.password.clone()));
        // Replacing every place where there is nothing would fill the text.
        secrets.retain(|secret| !secret.expose().is_empty());
        secrets
    }
}
