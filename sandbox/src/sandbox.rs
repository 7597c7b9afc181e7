//! The handle of a running sandbox.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::state::State;
use crate::{Error, Fault, Generation, Options, Palabra, Request, Respeecher, deepdub, server, tls};

/// How long the end waits for speech that is being made.
const LEAVING: Duration = Duration::from_millis(300);

/// A running sandbox, on a port of 127.0.0.1 and a thread of its own. Dropping it closes every connection and ends the
/// thread, within a second (speech that takes longer to make is abandoned to a thread that ends when it is done). Any
/// number of them can run in one process. Its methods can be called from any thread.
pub struct Sandbox {
    state: Arc<State>,
    addr: SocketAddr,
    base_url: String,
    ca_pem: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// The process that it runs in. A fork's other side has the handle, and no thread behind it.
    process: u32,
}

impl Sandbox {
    /// Starts one; it answers from the moment that this returns.
    ///
    /// # Errors
    /// [`Error::Bind`] when the port is taken, [`Error::Tls`] and [`Error::Runtime`] when the system does not give
    /// what is needed.
    pub fn start(options: Options) -> Result<Sandbox, Error> {
        let bind = |source| Error::Bind {
            port: options.port,
            source,
        };
        // On Unix the standard library lets this have a port on which a sandbox's closed connections are still remembered.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let addr = listener.local_addr().map_err(bind)?;
        let tls = options.tls.then(tls::make).transpose()?;
        let scheme = if options.tls { "https" } else { "http" };
        let (acceptor, ca_pem) = match tls {
            Some(tls) => (Some(tls.acceptor), Some(tls.ca_pem)),
            None => (None, None),
        };

        // One thread is enough: what takes long, speaking and encoding, goes to the runtime's blocking threads.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::Runtime)?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(Error::Runtime)?
        };
        let state = Arc::new(State::new(options));
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("voicewire-sandbox".to_owned())
            .spawn({
                let state = Arc::clone(&state);
                move || {
                    runtime.block_on(async {
                        tokio::select! {
                            () = server::serve(listener, acceptor, state) => {}
                            _ = stopped => {}
                        }
                    });
                    runtime.shutdown_timeout(LEAVING);
                }
            })
            .map_err(Error::Runtime)?;
        Ok(Sandbox {
            state,
            addr,
            base_url: format!("{scheme}://{addr}"),
            ca_pem,
            stop: Some(stop),
            thread: Some(thread),
            process: std::process::id(),
        })
    }

    /// Where it listens: a port of 127.0.0.1.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// `http://127.0.0.1:PORT`, or `https://…` with [`Options::tls`].
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The base URL of Deepdub's REST API: `…/api/v1`.
    pub fn deepdub_rest_url(&self) -> String {
        format!("{}{}", self.base_url, deepdub::REST)
    }

    /// The URL of Deepdub's WebSocket for whole texts: `ws://127.0.0.1:PORT/open`, or `wss://…`.
    pub fn deepdub_open_url(&self) -> String {
        self.websocket_url(deepdub::OPEN)
    }

    /// The URL of Deepdub's WebSocket for text that is still being written: `ws://127.0.0.1:PORT/ws`, or `wss://…`.
    pub fn deepdub_live_url(&self) -> String {
        self.websocket_url(deepdub::LIVE)
    }

    fn websocket_url(&self, path: &str) -> String {
        // "http" becomes "ws", and "https" "wss".
        format!("ws{}{path}", &self.base_url["http".len()..])
    }

    /// A key that Deepdub accepts: the first of [`Options::keys`], or the vendor's public trial key.
    pub fn api_key(&self) -> &str {
        self.state.options.a_key(deepdub::TRIAL_KEY)
    }

    /// The base URL of Respeecher: that of the sandbox, to which paths that begin with `/api` are added.
    pub fn respeecher_url(&self) -> String {
        self.base_url.clone()
    }

    /// The base URL of Palabra: that of the sandbox, to which paths that begin with `/saas` are added.
    pub fn palabra_url(&self) -> String {
        self.base_url.clone()
    }

    /// The Respeecher part of it: its keys, and how it is steered.
    pub fn respeecher(&self) -> Respeecher<'_> {
        Respeecher::of(&self.state)
    }

    /// The Palabra part of it: its keys, and how it is steered.
    pub fn palabra(&self) -> Palabra<'_> {
        Palabra::of(&self.state)
    }

    /// From now on, recordings, conversions, calibrations and voices that are begun stay in the making; with `false`
    /// they go on, those that waited included.
    pub fn hold_processing(&self, hold: bool) {
        self.state.processing.hold(hold);
    }

    /// The certificate that a client has to trust, in PEM; none without [`Options::tls`].
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Makes the next request go wrong, and that one only. Faults are used in the order in which they come here.
    ///
    /// The next request is the next REST request; the next handshake, for a fault of the handshake; the next generation
    /// on any WebSocket connection, for others. A request whose URL or voice names a fault leaves this one alone.
    pub fn inject(&self, fault: Fault) {
        self.state.inject(fault);
    }

    /// Forgets the injected faults that no request has taken, and says how many there were.
    pub fn withdraw_faults(&self) -> usize {
        self.state.withdraw_injected()
    }

    /// What was asked of it, in order; the last 10 000. An entry is there before the client has its answer.
    pub fn requests(&self) -> Vec<Request> {
        self.state.requests()
    }

    /// The generations that were begun, in order; the last 10 000. When a client has received a chunk, it is counted
    /// here.
    pub fn generations(&self) -> Vec<Generation> {
        self.state.generations()
    }

    /// How many WebSocket connections are open.
    pub fn open_connections(&self) -> usize {
        self.state.open_sockets()
    }

    /// Waits until no WebSocket connection is open; false if some still are after that time.
    pub fn wait_until_idle(&self, timeout: Duration) -> bool {
        self.state.wait_until_idle(timeout)
    }

    /// The audio attached to an issue, decoded; none if there is no such issue or it has none.
    pub fn issue_audio(&self, id: &str) -> Option<Vec<u8>> {
        self.state.issues.audio(id)
    }

    /// Stops it, as dropping it does.
    pub fn stop(self) {}
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            std::mem::forget((self.stop.take(), self.thread.take()));
            return;
        }
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
