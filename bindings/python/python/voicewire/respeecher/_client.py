"""The client: one account, any number of calls from any number of threads."""

from typing import Optional

from .._voicewire import _RespeecherClient
from ._account_calls import AccountCalls
from ._flow import FlowCalls
from ._library_calls import PlaceCalls


class Client(AccountCalls, PlaceCalls, FlowCalls):
    """Speaks to Respeecher's marketplace. Opens no connection before the first call.

        with voicewire.respeecher.Client() as client:  # the key from RESPEECHER_API_KEY
            voices = client.search_voices("Ophelia", limit=1)
            outcome = client.convert("Welcome to the show.", voices=voices, directory="takes")

    convert() does all that is needed from a text or a recording to finished files. Under it is each call of the
    vendor's reference by its name in ENDPOINTS, with types; call() has them as JSON.

    May be used from any number of threads at once. Every call blocks the thread that makes it and lets other threads
    run. Ctrl-C ends a call on the main thread within 100 ms; calls on other threads are ended by close(), or by the
    CancelToken that a call was given as `cancel`. As a context manager it is closed at the end of the block.

    After os.fork() make clients in the child, and leave alone those of the parent.

    Args:
        api_key: The key. Else, where there is no email either, the environment's RESPEECHER_API_KEY.
        email: Signs in with an account's address and password rather than with a key: with the first call, or login().
        password: As email.
        keep_password: Whether the password stays with the client, which then signs in again when a session has expired.
            Else it is forgotten with the first sign-in, and what comes after an expiry is UnauthorizedError.
        base_url: Where the service is. Else RESPEECHER_BASE_URL, else BASE_URL.
        connect_timeout: Seconds to open a connection, name look-up included. This and the following are more than 0;
            None is without end.
        rest_timeout: Seconds for a whole call with all its tries. Not for uploads and downloads, which take as long as
            they move.
        idle_timeout: Seconds that nothing may move in an upload or a download.
        ca_pem: Certificates, as the text of a PEM file, that are trusted besides the platform's own.
        allow_plaintext: Whether http:// is allowed to other hosts than this machine. The key and all audio then cross
            the network readable by anyone.
        max_message_bytes: The largest answer that is taken into memory; 1024 or more. Downloads have no limit.
        proxy: As for voicewire.deepdub.Client.
        retries: How often a call is tried again: reading, changing and deleting after failures of the connection and of
            the service and when it is too busy (HTTP 429); what makes something new only when the connection could not
            be made or the service was too busy. 0 is never.
        retry_first_delay: The longest wait, in seconds, before the first of them; each further one may be twice as
            long.
        retry_max_delay: The longest wait, in seconds, that the service did not ask for.

    Raises:
        InvalidArgumentError: neither a key nor a login, or an argument that cannot be; its `field` says which.
    """

    def __init__(
        self,
        api_key: Optional[str] = None,
        *,
        email: Optional[str] = None,
        password: Optional[str] = None,
        keep_password: bool = False,
        base_url: Optional[str] = None,
        connect_timeout: Optional[float] = 10.0,
        rest_timeout: Optional[float] = 60.0,
        idle_timeout: Optional[float] = 60.0,
        ca_pem: Optional[str] = None,
        allow_plaintext: bool = False,
        max_message_bytes: int = 16 * 1024 * 1024,
        proxy: Optional[str] = None,
        retries: int = 3,
        retry_first_delay: float = 0.25,
        retry_max_delay: float = 8.0,
    ) -> None:
        self._core = _RespeecherClient(
            api_key=api_key,
            email=email,
            password=password,
            keep_password=keep_password,
            base_url=base_url,
            connect_timeout=connect_timeout,
            rest_timeout=rest_timeout,
            idle_timeout=idle_timeout,
            ca_pem=ca_pem,
            allow_plaintext=allow_plaintext,
            max_message_bytes=max_message_bytes,
            proxy=proxy,
            retries=retries,
            retry_first_delay=retry_first_delay,
            retry_max_delay=retry_max_delay,
        )

    @property
    def base_url(self) -> str:
        """Where the service is, without a query."""
        return self._core.base_url

    def close(self) -> None:
        """Ends every call that is under way, on all threads, with CancelledError, and closes the connections. It is for
        good: calls made afterwards are a CancelledError too, with nothing sent. A second time it does nothing."""
        self._core.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<voicewire.respeecher.Client of {self.base_url}>"
