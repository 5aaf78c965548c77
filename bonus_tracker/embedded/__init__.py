"""The checkout's own PostgreSQL and Valkey, for running without setting anything up.

`attach(var_dir)` is the whole interface. What happens behind it:

* Every process that uses the servers holds a shared lock on `run/lease`. The kernel frees it
  however the process ends; forked children inherit it, so the servers live as long as any of them.
* One keeper process (`keeper.py`, in its own session, out of reach of Ctrl-C) starts both servers,
  starts one again if it dies, and stops both ten seconds after the last lease is gone, or at once
  when the folder is removed. If the keeper itself is killed, the kernel stops both servers with it
  and the next `attach` starts anew.
* While the servers are ready, and only then, the keeper holds an exclusive lock on
  `run/servers.json`. So an address in that file can be trusted exactly when the lock is held:
  no pid is ever compared, and nothing goes stale after a crash or a reboot.
* The servers hold inherited locks beside their data and their sockets, so no second PostgreSQL
  starts on a folder before every process of the first is gone.

Environment: `BONUS_EMBEDDED_IDLE_SECONDS` (default 10) replaces the ten seconds;
`BONUS_EMBEDDED_FAST=1` makes a *new* cluster a throwaway one, without fsync, for tests. An
existing cluster stays what it was made, so the variable cannot endanger data.
"""

from .client import attach
from .layout import EmbeddedError, Endpoints

__all__ = ["EmbeddedError", "Endpoints", "attach"]
