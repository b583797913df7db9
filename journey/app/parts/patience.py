"""Long work: asked in a thread of its own, so that the reader sees how far it is and can stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from journey.app.text import _
from journey.errors import Cancelled
from journey.events.engine import watched

__all__ = ["Job", "patiently"]

T = TypeVar("T")
SOON = 0.5  # seconds without a word
STOPPED = "stopped work"


class Job(Generic[T]):
    """A question asked in a thread of its own; `stop` ends the query that is running for it."""

    def __init__(self, answer: Callable[[], T]) -> None:
        self.share: float | None = None
        self._answer = answer
        self._results: list[T] = []
        self._failed: BaseException | None = None
        self._done, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        if (session := get_script_run_ctx(suppress_warning=True)) is not None:
            add_script_run_ctx(self._thread, session)
        self._thread.start()

    def _run(self) -> None:
        try:
            with watched(self._look):
                self._results.append(self._answer())
        except BaseException as error:
            self._failed = error
        self._done.set()

    def _look(self, share: float | None) -> None:
        if self._stopped.is_set():
            raise Cancelled("Cancelled.")
        self.share = share

    def stop(self) -> None:
        self._stopped.set()

    def wait(self, seconds: float) -> bool:
        """Whether it is done within so many seconds."""
        return self._done.wait(seconds)

    def result(self) -> T:
        """The answer, or the error it ended in."""
        if self._failed is not None:
            raise self._failed
        return self._results[0]


def patiently(label: str, answer: Callable[[], T], *, key: str) -> T:
    """The answer; if it takes more than half a second, with a bar and a button to stop it.

    key   of the work: once stopped, it is only asked again when the reader says so
    """
    if st.session_state.get(STOPPED) == key:
        st.info(_("Stopped: {work}", work=label))
        if not st.button(_("Start again"), key=f"again-{key}"):
            st.stop()
        del st.session_state[STOPPED]
        st.rerun()
    job = Job(answer)
    if job.wait(SOON):
        return job.result()
    place = st.empty()
    try:
        with place.container():
            bar = st.progress(0.0, text=label)
            st.button(_("Cancel"), key=f"cancel-{key}", on_click=_stop, args=(key,))
        while not job.wait(0.2):
            bar.progress(min(1.0, max(0.0, job.share or 0.0)), text=label)
    except BaseException:
        job.stop()  # the reader went on to something else
        raise
    place.empty()
    return job.result()


def _stop(key: str) -> None:
    st.session_state[STOPPED] = key
