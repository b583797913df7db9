"""One of a few: a switch whose choice stands in the address by its code, whatever language it is read in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import streamlit as st

__all__ = ["choice", "from_address", "to_address"]


def choice(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    default: str | None = None,
    as_: Literal["switch", "list"] = "switch",
    hidden: bool = False,
    **look: Any,
) -> str:
    """The code of the chosen option.

    options   code → what the reader sees. The address holds the code, under `key`, unless it is the default
    as_       a row of buttons, or a list that opens
    """
    codes = list(options)
    first = default if default in options else codes[0]
    from_address(key, codes)
    if st.session_state.get(key) not in options:
        st.session_state[key] = first
    show: Any = st.segmented_control if as_ == "switch" else st.selectbox
    more: dict[str, Any] = {"required": True} if as_ == "switch" else {}
    chosen = show(
        label,
        codes,
        key=key,
        format_func=lambda code: options.get(code, str(code)),
        label_visibility="collapsed" if hidden else "visible",
        persist_state="session",
        **more,
        **look,
    )
    to_address(key, None if chosen == first else chosen)
    return str(chosen)


def from_address(key: str, allowed: list[str]) -> None:
    """Take a value over from the address when the session has none yet, or when the address was changed by hand."""
    told = st.query_params.get(key)
    seen = f"address of {key}"
    if told is not None and told != st.session_state.get(seen) and told in allowed:
        st.session_state[key] = told
    st.session_state[seen] = told


def to_address(key: str, value: str | None) -> None:
    """Write a value into the address; None takes it out."""
    if value is None:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != value:
        st.query_params[key] = value
    st.session_state[f"address of {key}"] = value
