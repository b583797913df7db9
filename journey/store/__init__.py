"""What people save: kept by SQLAlchemy, in a file of SQLite unless an address names another database."""

from journey.store.database import address, connect
from journey.store.segments import Segments

__all__ = ["Segments", "address", "connect"]
