"""What an operator asks of the gateway by `python -m gateway …`: one function a command, by what it is about."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from gateway.settings import Settings

# What a command does, what it is for, and its arguments as argparse takes them.
Command = Callable[[argparse.Namespace, Settings], int]
Commands = dict[str, tuple[Command, str, Mapping[str, Mapping[str, Any]]]]
