"""One server on this computer: its sockets, its link, and its end.

uvicorn does the HTTP. It is told to log no requests, since an address may hold the token, and to
believe no `X-Forwarded-For`. It has limits for the length of a request's head and for how many
requests run at once; it has none for how slowly one comes in.
"""

from __future__ import annotations

import errno
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final

import uvicorn

from uncramp.actions.runners import overview
from uncramp.errors import InputError, StoreError
from uncramp.web.app import create_app
from uncramp.web.sessions import new_token
from uncramp.web.settings import DEFAULT_PORT, WebSettings

__all__ = ["Started", "collect_less", "must_be_free", "serve"]

LOOPBACK: Final = "127.0.0.1"
LOOPBACK_6: Final = "::1"
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104  (only with --lan, and a passphrase)
A_PLACE_ELSEWHERE: Final = ("192.0.2.1", 9)
"""An address reserved for documents; asking the system for the way there sends nothing."""

PRIVATE: Final = 0o077
"""What the umask takes away: everything from everybody else."""
MOST_AT_ONCE: Final = 200
MOST_YOUNG: Final = 50_000
"""Objects made and not dropped before garbage is looked for; Python's own choice is 700."""
SECONDS_TO_FINISH: Final = 3
DEBUG_VARIABLE: Final = "UNCRAMP_DEBUG"
ENDING: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Ctrl-C, a polite kill, a closed window; not every system has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A server that accepts connections."""

    link: str
    """Lets in whoever has it, until the server stops."""
    addresses: tuple[str, ...]
    """Where other devices come in; none unless it is shared."""
    is_shared: bool
    is_opening: bool
    """Whether a browser is being opened."""


def serve(
    settings: WebSettings,
    *,
    port: int | None,
    opens_browser: bool,
    tell: Callable[[Started], None],
) -> None:
    """Serve until somebody stops it; `tell` is called once, when the link works.

    `port` None is the usual one, or a free one when that is taken; 0 is a free one. InputError
    `port_taken` for any other that is taken, StoreError for a store that cannot be opened.
    """
    umask = os.umask(PRIVATE)
    make_folder(settings.data_dir)
    with settings.context(settings.home_runner) as context:
        overview(context)  # a store that cannot be opened is told here and now
    is_shared = settings.passphrase is not None
    with ExitStack() as open_sockets:
        sockets = listen(EVERYWHERE if is_shared else LOOPBACK, port, open_sockets)
        port = sockets[0].getsockname()[1]
        numbers = own_numbers() if is_shared else ()
        names, first = own_names() if is_shared else (), new_token()
        hosts = (*settings.hosts, *numbers, *names)
        ready = replace(settings, port=port, hosts=hosts, first_token=first)
        server = Server(config_for(ready))
        is_opening = opens_browser and has_display()
        tell(
            Started(
                link=link(port, ready.token),
                addresses=tuple(f"http://{one}:{port}/" for one in numbers),
                is_shared=is_shared,
                is_opening=is_opening,
            )
        )
        if is_opening:
            open_browser(link(port, first), umask=umask)
        collect_less()
        server.run(sockets=sockets)


def must_be_free(port: int | None) -> None:
    """InputError `port_taken` for a port that `serve` would refuse, before any work is done."""
    with ExitStack() as open_sockets:
        listen(LOOPBACK, port, open_sockets)


def collect_less() -> None:
    """Look for garbage less often, and never among what lives as long as the server.

    A page of thousands of runs makes and drops thousands of small objects; by default a few of its
    hundred milliseconds go into searching everything that was ever imported.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(MOST_YOUNG, 20, 20)


def link(port: int, token: str) -> str:
    """The address that lets in."""
    return f"http://{LOOPBACK}:{port}/?token={token}"


def make_folder(folder: Path) -> None:
    """Make the data folder for its owner only; one that is there stays as it is."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("store_folder", values={"detail": error.strerror or ""}) from error


# Sockets


def listen(address: str, port: int | None, open_sockets: ExitStack) -> list[socket.socket]:
    """Sockets that listen at `address`, and at ::1 where there is one, on the same port.

    ::1 too, because `localhost` may mean it, and nobody else on this computer shall answer there.
    """
    try:
        return both(address, DEFAULT_PORT if port is None else port, open_sockets)
    except OSError as error:
        if port is None and error.errno in {errno.EADDRINUSE, errno.EACCES}:
            return both(address, 0, open_sockets)
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise InputError("port_taken", values={"port": port}) from error
        raise InputError("port_failed", values={"detail": error.strerror or ""}) from error


def both(address: str, port: int, open_sockets: ExitStack) -> list[socket.socket]:
    """One socket for each family; OSError when the port is taken in either."""
    for _ in range(10):
        with ExitStack() as tried:
            first = tried.enter_context(bound(socket.AF_INET, address, port))
            found = [first]
            try:
                chosen = first.getsockname()[1]
                found.append(tried.enter_context(bound(socket.AF_INET6, LOOPBACK_6, chosen)))
            except OSError as error:
                if error.errno == errno.EADDRINUSE and port:
                    raise
                if error.errno == errno.EADDRINUSE:
                    continue
            open_sockets.push(tried.pop_all())
            return found
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


@contextmanager
def bound(family: socket.AddressFamily, address: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens, and that no other program can share."""
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen()
        yield listener


def own_numbers() -> tuple[str, ...]:
    """Addresses at which other devices find this computer."""
    found: list[str] = []
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(A_PLACE_ELSEWHERE)
        found.append(asking.getsockname()[0])
    with suppress(OSError):
        own = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        found += [str(one[4][0]) for one in own]
    return tuple(one for one in dict.fromkeys(found) if not one.startswith("127."))


def own_names() -> tuple[str, ...]:
    """Names under which other devices may know this computer."""
    name = socket.gethostname().lower()
    if not name or name == "localhost":
        return ()
    return (name,) if "." in name else (name, f"{name}.local")


# A browser


def has_display() -> bool:
    """Whether a browser would open in a window of this desk, and not in this terminal."""
    if sys.platform in {"win32", "darwin"}:
        return "SSH_CONNECTION" not in os.environ
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def open_browser(address: str, *, umask: int) -> None:
    """Open the browser without waiting for it; where there is none, the link is printed anyway.

    Through a process of its own with the reader's own umask: a browser that starts now is not
    ours, and goes on when we end.
    """

    def open_it() -> None:
        with suppress(OSError):
            subprocess.run(  # noqa: S603  (our own Python and our own address)
                [sys.executable, "-m", "webbrowser", "-t", address],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                umask=umask,
                check=False,
            )

    threading.Thread(target=open_it, name="uncramp-browser", daemon=True).start()


# uvicorn


class Server(uvicorn.Server):
    """Ends quietly when told to: what stands after `run` is still done."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals that mean the end; they are not raised again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
        before = {number: signal.signal(number, self.handle_exit) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End after what is under way; at once when asked a second time."""
        del sig, frame
        self.force_exit = self.should_exit
        self.should_exit = True


def config_for(settings: WebSettings) -> uvicorn.Config:
    """How uvicorn serves the app."""
    write_log()
    return uvicorn.Config(
        create_app(settings),
        http="h11",
        ws="none",
        lifespan="on",
        workers=1,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )


def write_log() -> None:
    """Errors of the server to stderr, each in a line or two."""
    handler = logging.StreamHandler()
    handler.setFormatter(ShortFormatter("uncramp: %(message)s"))
    log = logging.getLogger("uvicorn")
    log.handlers[:] = [handler]
    log.propagate = False
    log.setLevel(logging.ERROR)


class ShortFormatter(logging.Formatter):
    """Says of an error its kind and its line: what it says itself may name files and runners."""

    def formatException(  # noqa: N802  (named by logging)
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """The kind of error and where it was raised; all of it under UNCRAMP_DEBUG."""
        if os.environ.get(DEBUG_VARIABLE) or ei[1] is None:
            return super().formatException(ei)
        frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(ei[2])
        where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
        return f"{type(ei[1]).__name__} at {where}"
