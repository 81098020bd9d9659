"""A small Magento store that answers as OpenMage does, over real HTTP.

``shop = start()`` runs one in a thread; ``python -m sandbox`` runs one alone. README.md says what it holds and can do.
"""

from __future__ import annotations

from .sandbox import Sandbox, start
from .settings import Settings, User

__all__ = ["Sandbox", "Settings", "User", "start"]
